"""An explained figure as lines that a person reads, in Swedish, and as values that a program reads."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
from babel.numbers import format_decimal

from ibic_pipeline.derive.exclusions import EXCLUSIONS
from ibic_pipeline.explain.figure import Figure
from ibic_pipeline.explain.rows import RESTRICTED
from ibic_pipeline.explain.run import EXCLUDED, IN_DENOMINATOR, IN_NUMERATOR, Explained
from ibic_pipeline.report import numbers

WIDTH = 110
PLACES = {IN_NUMERATOR: "i täljaren", IN_DENOMINATOR: "i nämnaren, inte i täljaren", EXCLUDED: "utesluten"}
SIGNALS = {"gron": "grön", "gul": "gul", "rod": "röd", "ej_utvarderad": "ej utvärderad"}
DIMENSION_NAMES = {
    "kon": "kön",
    "aldersgrupp": "åldersgrupp",
    "insatsgrupp": "insatsgrupp",
    "lagrum": "lagrum",
    "regiform": "regiform",
}
COLUMNS = {
    "ansokan_datum": "ansökan",
    "antal_beslut": "antal beslut",
    "antal_bedomningar": "bedömningar",
    "antal_delar": "delar av sex",
    "antal_mal": "antal mål",
    "antal_positiva_svar": "positiva svar",
    "antal_svar": "svar",
    "avsett_tal": "avsett",
    "avslutad": "avslutad",
    "avslutat": "avslutat",
    "bedomt_dag": "bedömt den",
    "bedomt_tal": "bedömt",
    "beslut_utfall": "utfall",
    "beslutsdatum": "beslutsdatum",
    "datum": "uppföljd",
    "delaktighet_text_langd": "tecken om delaktighet",
    "ej_verkstallt_skal": "skäl",
    "endast_skala": "endast skala",
    "enhet_id": "enhet",
    "episod_fran": "insatsen från",
    "exkluderad": "varför",
    "forra_beslutet": "förra beslutet",
    "forsta_klarmarkerad": "första planen klar",
    "galler_fran": "gäller från",
    "galler_tom": "gäller till",
    "glapp_dagar_antal": "dagar utan beslut",
    "har_8_9": "skala 8 eller 9",
    "har_bedomning": "bedömning",
    "i_steget_fore_nasta": "i steget före nästa",
    "i_steget_fore_utredningen": "i steget dessförinnan",
    "individ_id": "person",
    "individens_uppfattning": "individens uppfattning",
    "inledd": "inledd",
    "kanal": "kanal",
    "klarmarkerad": "klarmarkerad",
    "lage": "läge",
    "livsomraden": "livsområden",
    "mal_i_beslutet": "mål i beslutet",
    "malets_dag": "målet satt",
    "nasta_galler_fran": "nästa beslut från",
    "nasta_utredning": "ny utredning inledd",
    "omfattning_andrad": "omfattning",
    "onskemal": "önskemål",
    "part": "part",
    "plan_dag": "plan klar",
    "resurser": "resurser",
    "senast_av_myndigheten": "senast uppföljd av myndigheten",
    "senast_i_steget": "senast uppföljd i steget",
    "senast_klarmarkerad": "senaste planen klar",
    "senast_uppfoljd": "senast uppföljd",
    "slut": "slut",
    "startdag": "start",
    "status": "status",
    "text_langd": "tecken i texten",
    "typ": "typ",
    "uppdrag_dag": "uppdrag",
    "uppfoljning_dag": "uppföljd",
    "uppfoljt_tal": "uppföljt",
    "uppgifter_fran": "uppgifter från",
    "upprattad": "upprättad",
    "utfall": "utfall",
    "utfall_beraknat": "utfall enligt skalan",
    "utredning_dag": "utredning klar",
    "utredning_utfall": "utfall",
    "varde": "värde",
    "verkstallighetsfrist": "frist",
    "verkstallt": "verkställt",
}
"""Column -> what it is called where people read it."""
OF_STATE = {"fran": "läget sedan", "till": "läget till"}
OF_EVENT = {"fran": "dag"}
"""The days between which nothing changed about a unit, or its own day."""


def as_lines(explained: Explained, most: int) -> Iterator[str]:
    """The figure, the funnel, and at most ``most`` units of each set."""
    indicator = explained.indicator
    yield f"{indicator.id} {indicator.namn}: {_which(explained)}"
    yield RESTRICTED
    yield ""
    yield from _figure_lines(explained)
    yield from _wrapped("Nämnare", indicator.namnare)
    yield from _wrapped("Täljare", indicator.taljare)
    yield ""
    yield "Tratt: kvar, och hur många som räknats bort av det första skäl som gäller"
    yield from _funnel_lines(explained)
    for place in PLACES:
        yield from _unit_lines(explained, place, most)
    if explained.protected:
        yield ""
        yield f"{_units(explained.protected)} visas inte: personer med skyddade uppgifter. De är med i siffran."


def as_values(explained: Explained, most: int) -> dict[str, Any]:
    """The same for a program; ``enheter`` holds at most ``most`` units of each set, ``antal_enheter`` counts all."""
    indicator = explained.indicator
    figure, units = explained.figure, explained.units
    return {
        "begransat": RESTRICTED,
        "indikator": indicator.id,
        "namn": indicator.namn,
        "version": indicator.version,
        "kommunkod": explained.rows.kommunkod,
        "period": explained.period.name,
        "matdag" if indicator.typ == "tillstand" else "till_och_med": explained.period.end.isoformat(),
        "uttagsdatum": explained.rows.uttagsdatum.isoformat(),
        "grupper": explained.groups,
        **_figure_values(figure),
        "regiformer": {form: _figure_values(each) for form, each in explained.by_form.items()},
        "skillnad": None if explained.difference is None else asdict(explained.difference),
        "tratt": [asdict(step) for step in explained.funnel],
        "antal_enheter": {place: int((units["lage"] == place).sum()) for place in PLACES},
        "skyddade_visas_inte": explained.protected,
        "enheter": _records(units.groupby("lage", sort=False).head(most)),
    }


def _which(explained: Explained) -> str:
    period = numbers.period_text(explained.period.name)
    if explained.indicator.typ == "tillstand":
        period = f"{explained.period.end} ({period})"
    groups = [f"{DIMENSION_NAMES[name]} {group}" for name, group in explained.groups.items()]
    return ", ".join([f"{explained.rows.namn} ({explained.rows.kommunkod})", period, *groups])


def _figure_lines(explained: Explained) -> Iterator[str]:
    yield figure_text(explained.figure)
    for form, figure in explained.by_form.items():
        yield f"  {form}: {figure_text(figure)}"
    found = explained.difference
    if found is not None and found.skillnad_pe is not None and found.ki_lag is not None and found.ki_hog is not None:
        points, low, high = (number_text(round(each, 1)) for each in (found.skillnad_pe, found.ki_lag, found.ki_hog))
        yield f"  Skillnad privat − kommunal: {points} procentenheter (95 %: {low} till {high})"


def figure_text(figure: Figure) -> str:
    """A figure in one line."""
    antal = figure.antal
    left_out = f"; {numbers.count_text(antal.exkluderade)} uteslutna" if antal.exkluderade else ""
    if figure.andel is None or figure.ki_lag is None or figure.ki_hog is None:
        return f"Ej tillämpligt: ingen enhet i nämnaren{left_out}"
    of = f"{numbers.count_text(antal.taljare)} av {numbers.count_text(antal.namnare)}"
    interval = numbers.interval_text(figure.ki_lag, figure.ki_hog)
    text = f"{of} = {numbers.percent_text(figure.andel)} (95 %: {interval}), signal {SIGNALS[figure.signal]}{left_out}"
    if figure.median is not None and figure.p90 is not None:
        text += f"; median {number_text(figure.median)}, 90:e percentil {number_text(figure.p90)}"
    return text


def _wrapped(title: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=f"{title}: ", subsequent_indent=" " * (len(title) + 2))


def _funnel_lines(explained: Explained) -> Iterator[str]:
    before = 0
    for step in explained.funnel:
        if step.orsak is None:
            yield f"{numbers.count_text(step.kvar):>8}  {'':>6}  alla"
        else:
            gone = numbers.count_text(before - step.kvar)
            yield f"{numbers.count_text(step.kvar):>8}  {'−' + gone:>6}  {reason_text(step.orsak)}"
        before = step.kvar


def reason_text(reason: str) -> str:
    """A reason for exclusion in words."""
    return EXCLUSIONS.get(reason, reason.replace("_", " "))


def _unit_lines(explained: Explained, place: str, most: int) -> Iterator[str]:
    units = explained.units[explained.units["lage"] == place]
    yield ""
    shown = units.head(most)
    capped = f", de första {len(shown)} visas (--max)" if len(shown) < len(units) else ""
    yield f"{PLACES[place].capitalize()}: {_units(len(units))}{capped}"
    if len(shown):
        own = OF_STATE if explained.indicator.typ == "tillstand" else OF_EVENT
        yield from _table(shown.drop(columns=_not_shown(explained, place)), COLUMNS | own)


def _not_shown(explained: Explained, place: str) -> list[str]:
    """Groups are chosen, not decided; a state's ``till`` and an empty value say nothing."""
    left_out = ["lage", *DIMENSION_NAMES]
    if explained.indicator.typ == "handelse":
        left_out.append("till")
    if place != EXCLUDED:
        left_out.append("exkluderad")
    if explained.indicator.varde is None:
        left_out.append("varde")
    return left_out


def _units(count: int) -> str:
    return f"{numbers.count_text(count)} {'enhet' if count == 1 else 'enheter'}"


def _table(units: pd.DataFrame, names: Mapping[str, str]) -> Iterator[str]:
    """Columns of text under their names, two spaces apart."""
    if "exkluderad" in units:
        units = units.assign(exkluderad=[reason_text(reason) for reason in units["exkluderad"]])
    texts = [[names[name], *(_cell(value) for value in units[name])] for name in _in_reading_order(units.columns)]
    widths = [max(map(len, column)) for column in texts]
    for row in zip(*texts, strict=True):
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _in_reading_order(columns: Sequence[str]) -> list[str]:
    first = [name for name in ("enhet_id", "individ_id", "exkluderad", "fran", "till", "varde") if name in columns]
    return [*first, *(name for name in columns if name not in first)]


def _cell(value: Any) -> str:
    if value is None or pd.isna(value):
        return "–"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return number_text(value) if isinstance(value, float) else str(value)


def number_text(value: float) -> str:
    """A number with a decimal comma, and decimals only where it has any."""
    return format_decimal(value, "#,##0.##", locale=numbers.LOCALE)


def _figure_values(figure: Figure) -> dict[str, Any]:
    values = asdict(figure)
    return {**values.pop("antal"), **values}


def _records(units: pd.DataFrame) -> list[dict[str, Any]]:
    plain = units.astype(object).where(units.notna(), None)
    return [{name: _plain(value) for name, value in row.items()} for row in plain.to_dict("records")]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
