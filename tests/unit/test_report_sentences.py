"""What the pages say under their charts: right for ties, for what is hidden, for what is missing, and for chance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ibic_pipeline.county import Parametrar
from ibic_pipeline.report import sentences
from ibic_pipeline.report.equality import Compared
from ibic_pipeline.report.figures import Cell, Panel
from ibic_pipeline.report.funnels import Funnel, Step
from ibic_pipeline.report.groups import Apart, Split
from ibic_pipeline.report.parameters import WORDS
from ibic_pipeline.report.priorities import is_better, is_worse
from ibic_pipeline.report.reference import BESIDE, beside, national
from ibic_pipeline.report.series import Point
from ibic_pipeline.report.waits import Curve, Wait, chosen_year

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
WIDE = (0.3, 0.7, 0.2, 0.8)


def place(namn: str, andel: float | None = 0.5, **said: object) -> Cell:
    shown = andel is not None
    given = {"varde": andel, "andel": andel, "namnare": 100 if shown else None, "granser": WIDE if shown else None}
    return Cell(namn, "visas" if shown else "undertryckt", False, **(given | said))  # type: ignore[arg-type]


def panel(*places: Cell, riktning: str = "hogre_ar_battre") -> Panel:
    return Panel("T1", "Uppföljda", "andel", riktning, "2026-06", place("Länet"), places, True)


def points(*values: tuple[float, float, float] | None) -> list[Point]:
    return [
        Point(f"2025-K{number}", "visas", *each) if each else Point(f"2025-K{number}", "undertryckt")
        for number, each in enumerate(values, start=1)
    ]


@pytest.mark.parametrize(
    ("values", "end"),
    [
        ([(0.1, 0.05, 0.15), (0.3, 0.25, 0.35)], "Siffran är tydligt högre."),
        ([(0.3, 0.25, 0.35), (0.1, 0.05, 0.15)], "Siffran är tydligt lägre."),
        ([(0.2, 0.1, 0.3), (0.25, 0.15, 0.35)], "Intervallen överlappar, så det kan vara slump."),
        ([(0.2001, 0.1, 0.3), (0.2, 0.1, 0.3)], "Siffran är densamma."),
    ],
)
def test_a_trend_says_whether_first_and_last_can_be_told_apart(
    values: list[tuple[float, float, float]], end: str
) -> None:
    assert sentences.of_trend(panel(), points(*values), "Länet").endswith(end)


def test_a_trend_says_how_many_quarters_are_not_shown() -> None:
    some = points((0.1, 0.05, 0.15), None, (0.3, 0.25, 0.35))
    text = sentences.of_trend(panel(), some, "Länet")
    assert text.startswith(f"Länet: 10,0{NBSP}% första kvartalet 2025 och 30,0{NBSP}% tredje kvartalet 2025.")
    assert text.endswith("1 av 3 kvartal visas inte.")
    assert sentences.of_trend(panel(), points(None, None), "Länet") == (
        "Ingen av de senaste 2 kvartalen har en siffra för Länet som kan visas."
    )
    one = sentences.of_trend(panel(), points(None, (0.3, 0.25, 0.35)), "Länet")
    assert (
        one
        == f"Bara andra kvartalet 2025 har en siffra för Länet som kan visas: 30,0{NBSP}%. 1 av 2 kvartal visas inte."
    )


def test_the_funnel_names_those_outside_its_outer_limit_and_says_which_way_is_better() -> None:
    places = [place("Aneby", 0.9), place("Habo", 0.1), place("Mullsjö"), place("Tranås", 0.75), place("Gnosjö", None)]
    assert sentences.of_funnel_plot(panel(*places)) == (
        "Utanför trattens yttre gräns, över: Aneby (bättre). Utanför trattens yttre gräns, under: Habo (sämre). "
        "Mellan gränserna, svagt stöd för en skillnad: Tranås. "
        "Innanför gränserna, där det kan vara slump: 1 av 4 kommuner."
    )
    lower = sentences.of_funnel_plot(panel(place("Aneby", 0.9), riktning="lagre_ar_battre"))
    assert lower == "Utanför trattens yttre gräns, över: Aneby (sämre)."
    assert sentences.of_funnel_plot(panel(place("Mullsjö"))).startswith("Ingen kommun ligger utanför")
    assert (
        sentences.of_funnel_plot(panel(place("Gnosjö", None))) == "Ingen kommun har en andel som kan visas i tratten."
    )


def split(apart: Apart | None, *cells: Cell, brytning: str = "kon") -> Split:
    return Split(brytning, "2025", cells or (place("Kvinnor"), place("Män")), apart)


@pytest.mark.parametrize(
    ("apart", "start", "end"),
    [
        (Apart("visas", 4.2, 1.0, 7.4), "+4,2 procentenheter för kvinnor (+1,0 till +7,4", "tydlig skillnad."),
        (Apart("visas", -4.2, -9.0, 1.0), f"{MINUS}4,2 procentenheter för kvinnor", "kan vara slump."),
        (Apart("visas", 0.04, -1.0, 1.0), "Ingen skillnad mellan kvinnor och män", "kan vara slump."),
        (Apart("undertryckt"), "Skillnaden mellan kvinnor och män visas inte", "(undertryckt)."),
        (None, "Skillnaden mellan kvinnor och män visas inte", "(undertryckt)."),
    ],
)
def test_a_difference_between_groups_says_whether_it_may_be_chance(apart: Apart | None, start: str, end: str) -> None:
    text = sentences.of_split(split(apart), "högre är bättre")
    assert text.startswith(start)
    assert text.endswith(end)


def compared(id: str, apart: Apart | None) -> Compared:
    row = Cell(id, apart.visning, False, apart.pe, apart.lag, apart.hog) if apart else Cell(id, "saknas", False)
    return Compared(replace(panel(), id=id), split(apart), row)


SHOWN_APART = [
    compared("T1", Apart("visas", 12.0, 4.0, 20.0)),
    compared("T2", Apart("visas", 0.0, -9.0, 9.0)),
    compared("T3", Apart("visas", -8.0, -12.0, -4.0)),
]
HIDDEN_APART = [compared("M1", Apart("undertryckt")), compared("M2", None)]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            [*SHOWN_APART, *HIDDEN_APART],
            [
                "Skillnaden kan bara visas för 3 av 5 indikatorer. Tydlig skillnad, i procentenheter: T1 (+12,0) och "
                "T3 (−8,0).",
                "Av ren slump blir ungefär en av tjugo skillnader tydlig.",
                "Visas inte: M1 och M2.",
            ],
        ),
        ([SHOWN_APART[1]], ["Skillnaden kan visas för 1 av 1 indikatorer. Den är inte tydlig."]),
        (
            [SHOWN_APART[1], SHOWN_APART[1], HIDDEN_APART[0]],
            ["Skillnaden kan bara visas för 2 av 3 indikatorer. Ingen av dem är tydlig.", "Visas inte: M1."],
        ),
        (HIDDEN_APART, ["Ingen skillnad mellan grupperna kan visas."]),
    ],
)
def test_differences_say_how_many_could_be_shown_before_they_say_that_none_is_clear(
    found: list[Compared], told: list[str]
) -> None:
    assert sentences.of_differences(found) == told


def test_ages_are_ordered_only_where_the_intervals_allow() -> None:
    young, old = place("18–64 år", 0.2, lag=0.1, hog=0.3), place("80 år och äldre", 0.6, lag=0.5, hog=0.7)
    ages = split(None, young, old, brytning="aldersgrupp")
    assert (
        sentences.of_split(ages, "högre är bättre") == "Högst andel: 80 år och äldre. Lägst: 18–64 år; högre är bättre."
    )
    near = split(None, young, replace(old, lag=0.25), brytning="aldersgrupp")
    assert sentences.of_split(near, "högre är bättre").endswith("Intervallen överlappar, så ordningen är osäker.")
    same = split(None, young, replace(young, namn="80 år och äldre"), brytning="aldersgrupp")
    assert sentences.of_split(same, "") == "18–64 år och 80 år och äldre har samma andel."
    hidden = split(None, place("18–64 år", None), brytning="aldersgrupp")
    assert sentences.of_split(hidden, "") == "Ingen grupp kan visas för 2025."


def test_the_exclusions_say_how_many_are_left_and_what_is_hidden() -> None:
    funnel = Funnel((Step("", 1200), Step("inte beviljat", None), Step("tiden har inte gått ut än", 800)), 20)
    assert sentences.of_exclusions(funnel, "beslut") == (
        f"Av 1{NBSP}200 beslut räknas 800. 1 av 3 steg är undertryckta."
    )
    assert sentences.of_exclusions(Funnel((Step("", 7), Step("a", 7)), 1), "beslut") == "Alla 7 beslut räknas."
    hidden = Funnel((Step("", None), Step("a", 7)), None)
    assert "kan inte visas" in sentences.of_exclusions(hidden, "beslut")
    assert sentences.of_exclusions(None, "beslut") == "Ingen tratt är publicerad för perioden."


def curve(year: int, *shares: float | None) -> Curve:
    waits = [
        Wait(180 * number, "visas" if each is not None else "undertryckt", each) for number, each in enumerate(shares)
    ]
    return Curve("KM_uppfoljning", year, tuple(waits))


def test_a_wait_tells_only_the_days_that_are_shown() -> None:
    text = sentences.of_waiting(curve(2024, 1.0, 0.8, 0.4), "Habo")
    assert text == (
        f"Habo, beslut från 2024: efter ett halvår (180 dagar) hade 80,0{NBSP}% ännu inte följts upp och efter ett år "
        f"(360 dagar) hade 40,0{NBSP}% ännu inte följts upp."
    )
    hidden = sentences.of_waiting(curve(2024, 1.0, None, None), "Habo")
    assert hidden == "Habo, beslut från 2024: för få för att säga hur många som väntade efter ett halvår eller ett år."


def test_the_latest_year_that_can_be_followed_for_a_year_is_drawn() -> None:
    whole, begun, hidden = curve(2024, 1.0, 0.8, 0.4), curve(2025, 1.0, 0.9), curve(2023, 1.0, None, None)
    county = [curve(year, 1.0, 0.9, 0.8) for year in (2023, 2024, 2025)]
    assert chosen_year([begun, whole, hidden], county) == 2024
    assert chosen_year([hidden], county) is None


def test_better_and_worse_need_the_whole_interval_on_one_side_and_follow_the_direction() -> None:
    above = place("Aneby", 0.7, andel_lag=0.6, andel_hog=0.8)
    unsure = replace(above, andel_lag=0.4)
    higher, lower = panel(), panel(riktning="lagre_ar_battre")
    assert (is_better(higher, above), is_worse(higher, above)) == (True, False)
    assert (is_better(lower, above), is_worse(lower, above)) == (False, True)
    assert not is_better(higher, unsure)
    assert not is_worse(lower, unsure)
    assert not is_better(replace(higher, matt="skillnad"), above)


def test_the_national_figures_have_their_own_denominators_and_add_up() -> None:
    found = national()
    assert {(each.antal_svarande, each.svarande) for each in found if each.ar == 2023} == {
        (226, "kommuner som har svarat"),
        (189, "kommuner som har infört eller påbörjat IBIC"),
        (76, "kommuner som har infört eller påbörjat IBIC och har privata utförare"),
    }
    for each in found:
        told = [answer.antal for answer in each.svar]
        if len(told) == 3 and None not in told:
            assert sum(told) == each.antal_svarande
    assert {each.fraga for each in found} >= set(BESIDE.values())
    answers = beside("F2")
    assert answers is not None
    assert [(each.svar, each.procent) for each in answers.svar] == [
        ("Ja", 52), ("Ja, delvis", 39), ("Nej eller ej aktuellt", 10),
    ]  # fmt: skip


def test_every_parameter_of_the_county_has_words() -> None:
    assert set(WORDS) == set(Parametrar.model_fields)
