"""Values written in another way than the profile says: dates, numbers, blanks, invisible characters, codes, words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ibic_pipeline.profile import Format, Profil
from ibic_pipeline.synthetic.faults.spots import Damage, Fault, Fits, Spot, across, around, same
from ibic_pipeline.synthetic.lines import as_read_in_windows
from ibic_pipeline.synthetic.localwords import in_local_date, words_for

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_HARD_SPACE = "\u00a0"
_SOFT_HYPHEN = "\u00ad"

_CODED = (
    ("beslut", "lagrum"),
    ("beslut", "utfall"),
    ("uppdrag", "regiform"),
    ("genomforandeplan", "status"),
    ("uppfoljning", "part"),
    ("maluppfyllelse", "utfall"),
)
_MORE_CODED = (
    *_CODED,
    ("utredning", "uppgifter_fran"),
    ("utredning", "utfall"),
    ("beslut", "upphort_orsak"),
    ("beslut", "omfattning_enhet"),
    ("uppfoljning", "kanal"),
    ("uppfoljning", "status"),
    ("genomforandeplan", "typ"),
    ("mal", "inriktning"),
)
_FLAGS = (("utredning", "samtycke"), ("utredning", "kommunicerad"), ("uppfoljning", "individen_deltog"))


def _written(pattern: str, extra: str = "") -> Damage:
    return lambda at: [in_local_date(day, pattern) + extra for day in at.dates()]


def _undeclared(pattern: str) -> Fits:
    """Layouts that do not read the pattern, and whose own could not be taken for it."""
    return lambda _profil, fmt: pattern not in fmt.datum


def _serial(at: Spot) -> list[str]:
    return [str((day - _EXCEL_DAY_ZERO).days) for day in at.dates()]


def _endless(at: Spot) -> list[str]:
    return [in_local_date(date(9999, 12, 31), at.pattern)] * at.count


def _knows_no_9999(_profil: Profil, fmt: Format) -> bool:
    return not any("9999" in text for text in fmt.tills_vidare)


def _no_date(at: Spot) -> list[str]:
    return [in_local_date(date(1900, 1, 1), at.pattern)] * at.count


def _other_mark(at: Spot) -> list[str]:
    return [old.translate(str.maketrans(",.", ".,")) for old in at.old]


def _is_text(_profil: Profil, fmt: Format) -> bool:
    return fmt.typ == "csv"


def _thousands(space: str) -> Damage:
    return lambda at: [f"1{space}{number}" for number in at.rng.integers(100, 999, at.count)]


def _with_decimals(at: Spot) -> list[str]:
    return [f"{old}{at.fmt.decimaltecken}0" for old in at.old]


def _inside(character: str) -> Damage:
    return lambda at: [old[:2] + character + old[2:] for old in at.old]


def _encoded_twice(at: Spot) -> list[str]:
    return [as_read_in_windows(old) for old in at.old]


def _survives_windows(text: str) -> bool:
    """Whether a text has letters beyond ASCII that every encoding of the profiles can hold when encoded twice."""
    try:
        return not text.isascii() and bool(as_read_in_windows(text).encode("cp1252"))
    except UnicodeEncodeError:
        return False


def _other_word(yes: Sequence[str], no: Sequence[str]) -> Damage:
    """Other words for yes and no that everyone knows."""

    def written(at: Spot) -> list[str]:
        truth = words_for(at.profil, at.table, at.column, ("ja",))
        return [str(at.rng.choice(list(yes if old in truth else no))) for old in at.old]

    return written


def _has_figures(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]+[.,][0-9]+", text))


FORMS: tuple[Fault, ...] = (
    *across(
        (("beslut", "beslutsdatum"),),
        "datum_utan_bindestreck",
        "REP-023",
        _written("%Y%m%d"),
        has=("beslutsdatum",),
        fits=_undeclared("%Y%m%d"),
    ),
    *across(
        (("beslut", "beslutsdatum"),),
        "datum_med_bindestreck",
        "REP-023",
        _written("%Y-%m-%d"),
        has=("beslutsdatum",),
        fits=_undeclared("%Y-%m-%d"),
    ),
    *across(
        (("beslut", "galler_fran"),),
        "datum_med_snedstreck",
        "REP-023",
        _written("%d/%m %Y"),
        has=("galler_fran",),
        fits=_undeclared("%d/%m %Y"),
    ),
    *across(
        (("uppfoljning", "datum"),),
        "datum_med_klockslag",
        "",
        around("", " 00:00:00"),
        has=("datum",),
    ),
    *across(
        (("utredning", "inledd"),),
        "datum_med_tidszon",
        "REP-023",
        _written("%Y-%m-%d", "T00:00:00+01:00"),
        has=("inledd",),
    ),
    *across((("uppdrag", "mottaget"),), "datum_excel_serie", "REP-024", _serial, has=("mottaget",)),
    Fault("datum_9999", "beslut", "galler_tom", "REP-025", _endless, of_empty=True, fits=_knows_no_9999),
    Fault("datum_1900", "beslut", "planerad_uppfoljning", "REP-026", _no_date, of_empty=True),
    *across(
        (("genomforandeplan", "upprattad"),),
        "datum_tva_i_cellen",
        "otolkbar",
        around("", "\n(2016-01-01)"),
        has=("upprattad",),
    ),
    Fault(
        "tal_annat_decimaltecken",
        "beslut",
        "omfattning",
        "REP-027",
        _other_mark,
        suits=_has_figures,
        fits=_is_text,
    ),
    Fault("tal_tusental", "beslut", "omfattning", "REP-028", _thousands(" "), has=("omfattning",), changes=True),
    Fault(
        "tal_tusental_hart_blanksteg",
        "beslut",
        "omfattning",
        "REP-028",
        _thousands(_HARD_SPACE),
        has=("omfattning",),
        also=("REP-021",),
        changes=True,
    ),
    Fault("antal_med_decimaler", "uppdrag", "antal_mal", "REP-030", _with_decimals, has=("antal_mal",)),
    *across(_CODED, "varde_med_blanksteg", "", around("  ", " "), suits=bool),
    *across(_CODED, "varde_med_radbrytning", "REP-020", around("", "\n"), suits=bool),
    *across(_CODED, "kod_med_hart_blanksteg", "REP-021", around("", _HARD_SPACE), suits=bool),
    Fault(
        "id_med_hart_blanksteg",
        "uppdrag",
        "utforare_id",
        "REP-021",
        around("", _HARD_SPACE),
        has=("utforare_id",),
    ),
    *across(_CODED, "kod_med_mjukt_bindestreck", "REP-021", _inside(_SOFT_HYPHEN), suits=bool),
    *across(_MORE_CODED, "kod_dubbelkodad", "REP-022", _encoded_twice, suits=_survives_windows),
    *across(
        _FLAGS,
        "ja_nej_med_andra_ord",
        "",
        _other_word(("J", "X", "SANT", "True", "1"), ("N", "FALSKT", "FALSK", "False", "0")),
        suits=bool,
    ),
    *across(_FLAGS, "flagga_halvt_sann", "otolkbar", same("SANT FALSKT"), changes=True),
    *across(_FLAGS, "flagga_med_fragetecken", "otolkbar", same("1?"), changes=True),
    *across(
        (("beslut", "upphort_orsak"), ("utredning", "utfall"), ("uppfoljning", "planerad")),
        "bara_blanksteg",
        "",
        same(" "),
        of_empty=True,
    ),
    *across((("uppfoljning", "status"),), "status_pa_engelska", "otolkbar", same("Completed")),
    *across((("uppdrag", "utforare_id"),), "formel_i_id", "formel", same("=cmd|' /C calc'!A0"), has=("utforare_id",)),
    *across((("uppdrag", "regiform"),), "formel_i_kod", "otolkbar", same("=+++A2+C2"), changes=True),
    *across(
        (("utredning", "samlad_bedomning"), ("genomforandeplan", "delaktighet_text_langd")),
        "formel_i_fritext",
        "",
        same("=HYPERLINK(A1)"),
        changes=True,
    ),
    *across(
        (
            ("utredning", "individens_uppfattning"),
            ("genomforandeplan", "onskemal"),
            ("bedomning", "resurser"),
            ("mal", "text_langd"),
        ),
        "personnummer_i_fritext",
        "rojande",
        same("Enligt samtal med 19121212-1212 och anhörig."),
        changes=True,
    ),
)
"""Each is mended, flagged, refused or simply read."""
