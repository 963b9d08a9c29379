"""What a profile means in plain Swedish: sections of subject -> sentence, which are shown or compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ibic_pipeline.county import Lan
from ibic_pipeline.profile import Del, Fil, Format, Profil
from schemas import CONTRACTS, EXPORTS

Sections = dict[str, dict[str, str]]
"""Heading -> subject -> what holds for it."""

_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 med BOM", "cp1252": "Windows-1252", "utf-16": "UTF-16"}
_DELIMITERS = {";": "semikolon", "\t": "tabb", ",": "komma"}
_THINGS = {
    "folja_upp": "uppföljningar i processteget Följa upp",
    "journal": "uppföljningar i journalen",
    "genomforandeplan": "genomförandeplaner",
    "maluppfyllelse": "måluppfyllelse",
}
_DATE_WORDS = {"%Y": "ÅÅÅÅ", "%m": "MM", "%d": "DD", "%H": "TT", "%M": "MM", "%S": "SS"}


def explain(profil: Profil, lan: Lan, day: date = date.min, *, with_files: bool = True) -> Sections:
    """Every section of one profile; ``day`` is the first extraction date to which this version applies.

    Two profiles are compared without the file of every column, which would differ wherever the name of a file does.
    """
    return {
        "Kommunen": _municipality(profil, day),
        "Leveransen": _delivery(profil),
        "Filer": _joined(_files(profil)),
        "Kolumner": _joined(_columns(profil, with_files)),
        "Levereras inte": _not_delivered(profil) if profil.sammanstallning is None else {"Rader": "inga"},
        "Värden": _joined(_values(profil)),
        "Värden som läses som tomma": {
            where: f"{', '.join(map(repr, each.varden))}: {each.skal}" for where, each in profil.ignoreras.items()
        },
        "Går inte att se i det tidigare systemet": _not_observable(profil),
        "Frister": _deadlines(profil, lan),
        "Rader till länet": {"Personrader": _shares_rows(profil)},
    }


def differences(one: Sections, other: Sections) -> dict[str, dict[str, tuple[str | None, str | None]]]:
    """Heading -> subject -> what holds for the one and the other, where they differ; None where nothing is said."""
    found: dict[str, dict[str, tuple[str | None, str | None]]] = {}
    for heading in one:
        left, right = one[heading], other[heading]
        subjects = [*left, *(subject for subject in right if subject not in left)]
        differ = {
            subject: (left.get(subject), right.get(subject))
            for subject in subjects
            if left.get(subject) != right.get(subject)
        }
        if differ:
            found[heading] = differ
    return found


def _municipality(profil: Profil, day: date) -> dict[str, str]:
    system = profil.kallsystem
    before = "" if system.tidigare is None else f"; tidigare {system.tidigare}"
    moved = "" if system.migrerad is None else f", till {system.migrerad}"
    return {
        "Namn": f"{profil.namn} ({profil.kommunkod})",
        "Kontakt": profil.kontakt,
        "Källsystem": f"{system.nuvarande}{before}{moved}",
        "Gäller leveranser": "alla" if day == date.min else f"uttagna från och med {day}",
    }


def _delivery(profil: Profil) -> dict[str, str]:
    rules = profil.leverans
    found = {
        "Mapp": f"inkorg/{profil.mapp}/",
        "Vägras": f"när mer än {rules.hogsta_andel_karantan:.0%} av raderna avvisas, eller raderna är färre än "
        f"{rules.lagsta_andel_av_forra:.0%} av förra leveransens".replace("%", " %"),
    }
    if rules.databas is not None:
        found["Hämtas"] = f"ur databasen {rules.databas}"
    elif rules.hamtas_fran is not None:
        found["Hämtas"] = f"från {rules.hamtas_fran}"
    if profil.sammanstallning is not None:
        found["Innehåll"] = "kommunens egna antal, undertecknade med dess nyckel; inga rader"
    if rules.kommunkolumn is not None:
        names = ", ".join(f"{text} = {code}" for text, code in rules.kommunvarden.items())
        found["Flera kommuner"] = f"kommunen står i kolumnen {rules.kommunkolumn}" + (f" ({names})" if names else "")
        found["Rader av okänd kommun"] = f"redovisas av {rules.ansvarig or 'var och en av dem'}"
    return found


def _files(profil: Profil) -> Iterator[tuple[str, str]]:
    for export in EXPORTS:
        files = profil.exporter[export]  # type: ignore[index]
        for fil in files:
            tables = ", ".join(dict.fromkeys(part.tabell for part in fil.delar))
            yield f"{export}: {tables}", f"{fil.monster}, {_format(fil.format)}"
        if not files:
            yield export, "ingen fil"


def _format(form: Format) -> str:
    if form.typ == "csv":
        words = [f"text i {_ENCODINGS.get(form.kodning, form.kodning)}", _DELIMITERS.get(form.avgransare, "tecken")]
    elif form.typ == "sql":
        words = ["svaret på en fråga"]
    else:
        words = ["arbetsbok", f"bladet {form.blad}" if form.blad else "första bladet"]
    if form.rader_fore_rubrik:
        words.append(f"{form.rader_fore_rubrik} rader före rubriken")
    if form.svans:
        words.append("sista raden visar att filen är hel")
    words.append("datum som " + " eller ".join(_pattern(each) for each in form.datum))
    words.append("tills vidare som " + " eller ".join(form.tills_vidare))
    words.append(f"decimal{'komma' if form.decimaltecken == ',' else 'punkt'}")
    return ", ".join(words)


def _pattern(pattern: str) -> str:
    for code, word in _DATE_WORDS.items():
        pattern = pattern.replace(code, word)
    return pattern


def _parts(profil: Profil) -> Iterator[tuple[Fil, Del]]:
    for export in EXPORTS:
        for fil in profil.exporter[export]:  # type: ignore[index]
            for part in fil.delar:
                yield fil, part


def _columns(profil: Profil, with_files: bool) -> Iterator[tuple[str, str]]:
    for fil, part in _parts(profil):
        file = f" i {fil.format.blad or fil.monster}" if with_files else ""
        for kolumn in CONTRACTS[part.tabell].own_columns():
            if kolumn in part.kolumner:
                told = "".join(f" ({name} {value})" for name, value in part.konstanter.items() if name == "fraga")
                yield f"{part.tabell}.{kolumn}", f"kolumnen {part.kolumner[kolumn]}{told}{file}"
            elif kolumn in part.konstanter and kolumn != "fraga":
                yield f"{part.tabell}.{kolumn}", f"alltid {part.konstanter[kolumn]}{file}"


def _not_delivered(profil: Profil) -> dict[str, str]:
    delivered = {f"{part.tabell}.{name}" for _, part in _parts(profil) for name in (*part.kolumner, *part.konstanter)}
    derived = {"individ.fodelsear", "bedomning.livsomrade"}
    found = {}
    for tabell, contract in CONTRACTS.items():
        for kolumn, column in contract.own_columns().items():
            where = f"{tabell}.{kolumn}"
            if where not in delivered | derived:
                refused = " Utan den avvisas raderna." if column.metadata["saknas"] == "avvisa" else ""
                found[where] = f"{column.description}{refused}"
    return found


def _values(profil: Profil) -> Iterator[tuple[str, str]]:
    for where, words in profil.varden.items():
        for text, code in words.items():
            yield f"{where}: {code}", text


def _not_observable(profil: Profil) -> dict[str, str]:
    system = profil.kallsystem
    return {_THINGS[each]: f"räknas först från och med {system.migrerad}" for each in system.ej_observerbart}


def _deadlines(profil: Profil, lan: Lan) -> dict[str, str]:
    own, county = profil.frister, lan.parametrar
    return {
        "Genomförandeplan": _deadline(own.gp_frist_dagar, county.gp_frist_dagar.varde, "efter att insatsen påbörjats"),
        "Uppföljning av beslut": _deadline(
            own.uppfoljning_dagar, county.uppfoljning_dagar.varde, "mellan uppföljningar"
        ),
    }


def _deadline(own: int | None, county: float, what: str) -> str:
    return f"{county:g} dagar {what} (länets)" if own is None else f"{own} dagar {what} (kommunens egen)"


def _shares_rows(profil: Profil) -> str:
    basis = " ".join(profil.individniva.rattslig_grund.split())
    if profil.individniva.publicering == "lan":
        return f"pseudonymiserade rader ingår i länets datamängd. Rättslig grund: {basis}"
    return f"stannar hos kommunen; bara antal lämnas till länet. {basis}"


def _joined(pairs: Iterator[tuple[str, str]]) -> dict[str, str]:
    """One sentence per subject, what is said of it in several places after each other."""
    found: dict[str, dict[str, None]] = {}
    for subject, text in pairs:
        found.setdefault(subject, {})[text] = None
    return {subject: "; ".join(texts) for subject, texts in found.items()}
