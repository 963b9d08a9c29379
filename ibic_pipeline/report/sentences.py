"""Says in words what the charts of one page show: the trend, the funnel plot, groups, exclusions, waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ibic_pipeline.report.charts_of_size import in_the_funnel
from ibic_pipeline.report.equality import Compared
from ibic_pipeline.report.figures import Cell, Panel
from ibic_pipeline.report.funnels import Funnel
from ibic_pipeline.report.groups import Split
from ibic_pipeline.report.measures import POINTS, rounded, signed, span_text, value_text
from ibic_pipeline.report.numbers import count_text, names_text, percent_text
from ibic_pipeline.report.priorities import Priority
from ibic_pipeline.report.series import Point
from ibic_pipeline.report.waits import CURVES, Curve
from ibic_pipeline.report.words import apart_words, not_shown_text

WORSE = {"hogre_ar_battre": "under", "lagre_ar_battre": "över"}
HALF_A_YEAR, A_YEAR = 180, 360
ACROSS_ZERO = "Ett streck som korsar noll kan vara slump. Prickat streck: osäker, för att få ligger bakom."
"""Said under the charts of differences."""


def of_trend(panel: Panel, points: Sequence[Point], place: str) -> str:
    """First and last quarter that are shown, whether they can be told apart, and how many are not shown."""
    shown = [each for each in points if each.varde is not None]
    hidden = len(points) - len(shown)
    if not shown:
        return f"Ingen av de senaste {len(points)} kvartalen har en siffra för {place} som kan visas."
    first, last = shown[0], shown[-1]
    if first is last:
        text = f"Bara {last.period_text} har en siffra för {place} som kan visas: {_value(panel, last)}."
    else:
        text = f"{place}: {_value(panel, first)} {first.period_text} och {_value(panel, last)} {last.period_text}. "
        text += _compared(panel, first, last)
    return f"{text} {hidden} av {len(points)} kvartal visas inte." if hidden else text


def _compared(panel: Panel, first: Point, last: Point) -> str:
    assert first.varde is not None  # noqa: S101  those without a value are left out above
    assert last.varde is not None  # noqa: S101
    if rounded(first.varde, panel.matt) == rounded(last.varde, panel.matt):
        return "Siffran är densamma."
    word = "högre" if last.varde > first.varde else "lägre"
    if None in (first.lag, first.hog, last.lag, last.hog):
        return f"Siffran är {word}; om det är mer än slump går inte att säga."
    apart = last.lag > first.hog or last.hog < first.lag  # type: ignore[operator]
    return f"Siffran är tydligt {word}." if apart else "Intervallen överlappar, så det kan vara slump."


def of_funnel_plot(panel: Panel) -> str:
    """Who is outside the funnel's outer limits and on which side, and who is only outside the inner ones."""
    over: list[str] = []
    under: list[str] = []
    between: list[str] = []
    shown = in_the_funnel(panel)
    for each in shown:
        assert each.andel is not None  # noqa: S101  in_the_funnel has taken the others away
        assert each.granser is not None  # noqa: S101
        low, high, lower, higher = each.granser
        if lower <= each.andel <= higher:
            between += [] if low <= each.andel <= high else [each.namn]
        else:
            (over if each.andel > higher else under).append(each.namn)
    if not shown:
        return "Ingen kommun har en andel som kan visas i tratten."
    parts = [
        f"Utanför trattens yttre gräns, {word}: {names_text(names)}{_judged(panel, word)}."
        for word, names in (("över", over), ("under", under))
        if names
    ] or ["Ingen kommun ligger utanför trattens yttre gräns."]
    if between:
        parts.append(f"Mellan gränserna, svagt stöd för en skillnad: {names_text(between)}.")
    inside = len(shown) - len(over) - len(under) - len(between)
    if inside:
        parts.append(f"Innanför gränserna, där det kan vara slump: {inside} av {len(shown)} kommuner.")
    return " ".join(parts)


def _judged(panel: Panel, word: str) -> str:
    return " (sämre)" if WORSE[panel.riktning] == word else " (bättre)"


def of_split(split: Split, better: str) -> str:
    """The difference between two groups and whether it is more than chance; of ages who has the highest share."""
    shown = [each for each in split.grupper if each.varde is not None]
    if not shown:
        return f"Ingen grupp kan visas för {split.period_text}."
    if split.brytning == "aldersgrupp":
        return _of_ages(split, better)
    names = "kvinnor och män" if split.brytning == "kon" else "privata och kommunala utförare"
    if split.skillnad is None or split.skillnad.pe is None:
        why = "undertryckt" if split.skillnad is None else not_shown_text(split.skillnad.visning)
        return f"Skillnaden mellan {names} visas inte ({why})."
    first = "kvinnor" if split.brytning == "kon" else "privata utförare"
    value, low, high = split.skillnad.pe, split.skillnad.lag, split.skillnad.hog
    told = "" if low is None or high is None else f" ({span_text(low, high, 'skillnad', POINTS)})"
    if rounded(value, "skillnad") == 0:
        start = f"Ingen skillnad mellan {names}{told}"
    else:
        start = f"{signed(value)} procentenheter för {first}{told}"
    return f"{start}: {apart_words(split.skillnad.tydlig)}."


def _of_ages(split: Split, better: str) -> str:
    shown = [each for each in split.grupper if each.varde is not None]
    if len(shown) == 1:
        return f"Bara gruppen {shown[0].namn} kan visas."
    values = {each.namn: rounded(each.varde, "andel") for each in shown if each.varde is not None}
    highest, lowest = max(values.values()), min(values.values())
    if highest == lowest:
        return f"{names_text(list(values))} har samma andel."
    top = [name for name, value in values.items() if value == highest]
    bottom = [name for name, value in values.items() if value == lowest]
    low = min(each.lag for each in shown if each.namn in top and each.lag is not None)
    high = max(each.hog for each in shown if each.namn in bottom and each.hog is not None)
    certain = "" if low > high else " Intervallen överlappar, så ordningen är osäker."
    return f"Högst andel: {names_text(top)}. Lägst: {names_text(bottom)}; {better}.{certain}"


def of_differences(found: Sequence[Compared]) -> list[str]:
    """How many indicators' differences between two groups are shown, and which are more than chance would make."""
    shown = [each for each in found if each.rad.varde is not None]
    hidden = [each.panel.id for each in found if each.rad.varde is None]
    if not shown:
        return ["Ingen skillnad mellan grupperna kan visas."]
    many = "Skillnaden kan visas för" if not hidden else "Skillnaden kan bara visas för"
    clear = [
        f"{each.panel.id} ({signed(each.rad.varde)})" for each in shown if each.tydlig and each.rad.varde is not None
    ]
    told = [f"{many} {len(shown)} av {len(found)} indikatorer."]
    if clear:
        told[0] += f" Tydlig skillnad, i procentenheter: {names_text(clear)}."
        told.append("Av ren slump blir ungefär en av tjugo skillnader tydlig.")
    else:
        told[0] += " Den är inte tydlig." if len(shown) == 1 else " Ingen av dem är tydlig."
    return [*told, f"Visas inte: {names_text(hidden)}."] if hidden else told


def of_exclusions(funnel: Funnel | None, unit: str) -> str:
    """How many there were, how many are left, and how many of the steps are hidden."""
    if funnel is None:
        return "Ingen tratt är publicerad för perioden."
    hidden = sum(each.kvar is None for each in funnel.steg)
    if funnel.fran is None or funnel.namnare is None:
        text = f"Hur många {unit} som räknades från början och till slut kan inte visas."
    elif funnel.fran == funnel.namnare:
        text = f"Alla {count_text(funnel.fran)} {unit} räknas."
    else:
        text = f"Av {count_text(funnel.fran)} {unit} räknas {count_text(funnel.namnare)}."
    return f"{text} {hidden} av {len(funnel.steg)} steg är undertryckta." if hidden else text


def of_priority(each: Priority) -> str:
    """A red figure beside the county's, and whether it is clearly worse."""
    own = [*_with_share(each.panel, each.cell), *_denominator(each.cell)]
    county = _with_share(each.panel, replace(each.panel.lan, lag=None))
    told = [", ".join(own), f"Länet: {', '.join(county)}" if county else "", _worse(each)]
    return " ".join(f"{part}." for part in told if part)


def _worse(each: Priority) -> str:
    return "Tydligt sämre än länet" if each.tydligt else "Inte tydligt sämre än länet"


def _with_share(panel: Panel, cell: Cell) -> list[str]:
    """A figure with its interval, and behind a median the share that its signal is of; nothing where it is hidden."""
    if cell.varde is None:
        return []
    told = value_text(cell.varde, panel.matt, panel.unit)
    if cell.lag is not None and cell.hog is not None:
        told += f" ({span_text(cell.lag, cell.hog, panel.matt, panel.unit)})"
    if panel.matt != "median" or cell.andel is None:
        return [told]
    return [told, f"andel {percent_text(cell.andel)}"]


def _denominator(cell: Cell) -> list[str]:
    return [] if cell.namnare is None else [f"n = {count_text(cell.namnare)}"]


def of_waiting(curve: Curve, namn: str) -> str:
    """How many still wait after half a year and a year."""
    _, unit, event = CURVES[curve.id]
    told = []
    for day, words in ((HALF_A_YEAR, "ett halvår (180 dagar)"), (A_YEAR, "ett år (360 dagar)")):
        point = curve.on(day)
        if point is not None and point.kvar is not None:
            told.append(f"efter {words} hade {percent_text(point.kvar)} ännu inte {event}")
    if not told:
        told = ["för få för att säga hur många som väntade efter ett halvår eller ett år"]
    return f"{namn}, {unit} från {curve.start_ar}: {' och '.join(told)}."


def of_value(panel: Panel, value: float | None) -> str:
    """A figure, or a dash."""
    return "–" if value is None else value_text(value, panel.matt, panel.unit)


def _value(panel: Panel, point: Point) -> str:
    return of_value(panel, point.varde)
