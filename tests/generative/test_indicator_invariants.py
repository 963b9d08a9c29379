"""Random small histories: what must hold of units and figures whatever was delivered."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from ibic_pipeline.compare import aggregate, calendar
from ibic_pipeline.county import DIMENSIONS
from ibic_pipeline.derive import indicators
from ibic_pipeline.derive.run import UNITS
from ibic_pipeline.storage import write_parquet
from schemas import CONTRACTS
from tests.support.small_tables import SETTINGS, all_units, county, table

FEW = settings(max_examples=12, deadline=None, derandomize=True)
EXTRACTION = date(2026, 6, 30)
DAYS = st.dates(date(2023, 6, 1), EXTRACTION)
COUNTS = ["namnare", "taljare", "exkluderade"]


@st.composite
def histories(draw: st.DrawFn) -> dict[str, pa.Table]:
    """Persons with decisions, commissions, plans, goals and follow-ups, within the rules of the contracts."""
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in CONTRACTS}
    for person in range(3):
        skydd = draw(st.sampled_from(["", "", "ingen", "fingerade"]))
        born = draw(st.sampled_from(["", "1944", "1945", "1960", "2007"]))
        rows["individ"].append({"individ_id": f"P{person}", "fodelsear": born, "skydd": skydd})
    for number in range(draw(st.integers(1, 8))):
        _draw_decision(draw, rows, f"{number}")
    return {name: table(name, some) for name, some in rows.items()}


def _draw_decision(draw: st.DrawFn, rows: dict[str, list[dict[str, str]]], number: str) -> None:
    start = draw(DAYS)
    granted = draw(st.integers(0, 5)) > 0
    ends = [draw(st.none() | st.integers(0, 900)), draw(st.none() | st.integers(0, 900))]
    tom, ended = ("" if days is None else _text(start + timedelta(days)) for days in ends)
    rows["beslut"].append(
        {
            "beslut_id": f"B{number}",
            "individ_id": f"P{draw(st.integers(0, 2))}",
            "lagrum": draw(st.sampled_from(["sol_2001", "lss", "sol_2001_utan_behovsprovning"])),
            "insats": draw(st.sampled_from(["hemtjanst", "korttidsplats", "trygghetslarm", "lss_boende", "okand"])),
            "utfall": "bifall" if granted else "avslag",
            "beslutsdatum": _text(start - timedelta(draw(st.integers(0, 400)))),
            "galler_fran": _text(start),
            "galler_tom": tom,
            "upphort": ended,
        }
    )
    followed = [("beslut_id", f"B{number}")]
    if granted and draw(st.booleans()):
        day = draw(st.none() | DAYS)
        rows["uppdrag"].append(
            {
                "uppdrag_id": f"U{number}",
                "beslut_id": f"B{number}",
                "regiform": draw(st.sampled_from(["kommunal", "privat_lov", ""])),
                "mottaget": "" if day is None else _text(day),
                "avslutat": "" if day is None or draw(st.booleans()) else _text(day + timedelta(10)),
            }
        )
        rows["genomforandeplan"].append(
            {"plan_id": f"G{number}", "uppdrag_id": f"U{number}", "klarmarkerad": _text(draw(DAYS))}
        )
        followed.append(("plan_id", f"G{number}"))
    for column, key in followed:
        goals = [f"M{key}{goal}" for goal in range(draw(st.integers(0, 2)))]
        rows["mal"].extend({"mal_id": goal, column: key} for goal in goals)
        for turn in range(draw(st.integers(0, 4))):
            _draw_follow_up(draw, rows, {"uppfoljning_id": f"F{key}{turn}", column: key}, goals)


def _draw_follow_up(
    draw: st.DrawFn, rows: dict[str, list[dict[str, str]]], of: dict[str, str], goals: list[str]
) -> None:
    rows["uppfoljning"].append(
        {
            **of,
            "datum": _text(draw(DAYS)),
            "part": draw(st.sampled_from(["myndighet", "myndighet", "utforare"])),
            "kanal": draw(st.sampled_from(["folja_upp", "journal"])),
            "status": draw(st.sampled_from(["klarmarkerad", "klarmarkerad", "pagaende"])),
        }
    )
    outcomes = st.sampled_from(["helt", "delvis", "inte", "ej_bedomt", None])
    rows["maluppfyllelse"].extend(
        {"uppfoljning_id": of["uppfoljning_id"], "mal_id": goal, "utfall": outcome}
        for goal in goals
        if (outcome := draw(outcomes)) is not None
    )


def _text(day: date) -> str:
    return day.isoformat()


PARAMETERS = st.fixed_dictionaries(
    {
        "uppfoljning_dagar": st.sampled_from(["90", "365"]),
        "folja_upp_fran": st.sampled_from(["1900-01-01", "2024-09-15"]),
        "journal_fran": st.sampled_from(["1900-01-01", "2024-09-15"]),
        "maluppfyllelse_fran": st.sampled_from(["1900-01-01", "2024-09-15"]),
    }
)


@FEW
@given(histories(), PARAMETERS)
def test_units_hold_their_invariants_and_figures_add_up(history: dict[str, pa.Table], parameters: dict[str, str]):
    units = all_units(history, parameters)  # derives with every check on: subset, disjoint, no overlap
    figures = counted(units)
    for brytning in DIMENSIONS:
        keys = ["indikator", "period_typ", "period"]
        total = figures[figures["brytning"] == "total"].set_index(keys)[COUNTS]
        parts = figures[figures["brytning"] == brytning].groupby(keys)[COUNTS].sum()
        pd.testing.assert_frame_equal(parts, total[total.sum(axis=1) > 0].loc[parts.index], check_dtype=False)
        assert total.drop(parts.index)[COUNTS].sum().sum() == 0
    _assert_periods_split(figures)
    _assert_protected_are_in_no_group(history, units)


@FEW
@given(histories(), PARAMETERS, st.sampled_from([("T1", "folja_upp"), ("T2", "journal")]))
def test_states_are_what_the_definition_says_on_every_day(
    history: dict[str, pa.Table], parameters: dict[str, str], measure: tuple[str, str]
):
    indicator, channel = measure
    window = timedelta(int(parameters["uppfoljning_dagar"]))
    observable = date.fromisoformat(parameters[f"{channel}_fran"]) + window
    channels = {"folja_upp"} if indicator == "T1" else {"folja_upp", "journal"}
    decisions = history["beslut"].to_pylist()
    follow_ups = history["uppfoljning"].to_pylist()
    days = [date(2023, 6, 1) + timedelta(step) for step in range(0, 1125, 9)]
    units = all_units(history, parameters)[indicator].to_pylist()
    for decision in decisions:
        mine = [unit for unit in units if unit["enhet_id"] == decision["beslut_id"]]
        done = [
            each["datum"]
            for each in follow_ups
            if each["beslut_id"] == decision["beslut_id"]
            and each["status"] == "klarmarkerad"
            and each["part"] == "myndighet"
            and each["kanal"] in channels
        ]
        for day in days:
            found = [
                (unit["exkluderad"], unit["i_taljare"])
                for unit in mine
                if unit["fran"] <= day and (unit["till"] is None or day < unit["till"])
            ]
            assert found == _state(decision, done, day, window, observable)


def _state(
    decision: dict[str, Any], done: list[date], day: date, window: timedelta, observable: date
) -> list[tuple[str | None, bool]]:
    ends = [end for end in (decision["galler_tom"], decision["upphort"]) if end is not None]
    if day < decision["galler_fran"] or (ends and day > min(ends)):
        return []
    if decision["utfall"] == "avslag":
        return [("ej_beviljat", False)]
    if decision["insats"] == "trygghetslarm":
        return [("utan_uppfoljningskrav", False)]
    if day < observable:
        return [("ej_observerbar", False)]
    if day < decision["galler_fran"] + window:
        return [("ej_moget", False)]
    return [(None, any(each <= day < each + window for each in done))]


SPANS = st.lists(
    st.tuples(DAYS, st.none() | st.integers(1, 400), st.sampled_from(["in", "counted", "out"]), st.booleans()),
    max_size=40,
)


@FEW
@given(SPANS, SPANS)
def test_running_sums_equal_a_direct_count_per_period(states: list[Any], events: list[Any]):
    units = {each.id: UNITS.empty_table() for each in indicators()}
    units |= {"T1": spans("T1", states, "ej_moget"), "M1": spans("M1", events, "ej_bedomt")}
    figures = counted(units).set_index(["indikator", "period_typ", "period", "brytning", "grupp"])[COUNTS]
    for indicator in ("T1", "M1"):
        rows = units[indicator].to_pandas()
        till = rows["till"].fillna(date(9999, 1, 1))
        for period in calendar("2024-01", EXTRACTION):
            if indicator == "T1":
                inside = (rows["fran"] <= period.end) & (till > period.end)
            else:
                inside = rows["fran"].between(period.start, period.end) & ~till.between(period.start, period.end)
            for brytning, grupp, chosen in (
                ("total", "alla", inside),
                *(("kon", sex, inside & (rows["kon"] == sex)) for sex in ("kvinna", "man")),
            ):
                direct = rows[chosen]
                expected = (direct["i_namnare"].sum(), direct["i_taljare"].sum(), direct["exkluderad"].notna().sum())
                key = (indicator, period.typ, period.name, brytning, grupp)
                found = tuple(figures.loc[key]) if key in figures.index else (0, 0, 0)
                assert found == expected


def spans(indicator: str, drawn: list[Any], reason: str) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                **dict.fromkeys(UNITS.names),
                **dict.fromkeys(DIMENSIONS, "ej_redovisad"),
                "indikator": indicator,
                "enhet_id": f"E{number}",
                "fran": fran,
                "till": None if length is None else fran + timedelta(length),
                "i_namnare": kind != "out",
                "i_taljare": kind == "counted",
                "exkluderad": reason if kind == "out" else None,
                "kon": "kvinna" if woman else "man",
            }
            for number, (fran, length, kind, woman) in enumerate(drawn)
        ],
        schema=UNITS,
    )


def counted(units: dict[str, pa.Table]) -> pd.DataFrame:
    with TemporaryDirectory() as folder:
        for name, each in units.items():
            write_parquet(each, Path(folder) / f"{name}.parquet")
        lan = county(forsta_period="2024-01", brytningar=list(DIMENSIONS))
        figures, funnel = aggregate(Path(folder), lan, "9901", EXTRACTION, SETTINGS)
    _assert_funnel_ends_in_the_denominator(figures.to_pandas(), funnel.to_pandas())
    return figures.to_pandas()


def _assert_funnel_ends_in_the_denominator(figures: pd.DataFrame, funnel: pd.DataFrame) -> None:
    keys = ["indikator", "period_typ", "period"]
    total = figures[figures["brytning"] == "total"].set_index(keys).sort_index()
    steps = funnel.sort_values([*keys, "steg"]).groupby(keys)["kvar"]
    assert (steps.last() == total["namnare"]).all()
    assert (steps.first() == total["namnare"] + total["exkluderade"]).all()


def _assert_periods_split(figures: pd.DataFrame) -> None:
    """Dated events that nothing replaces: the months of a quarter add up. States: a quarter is its last month."""
    total = figures[figures["brytning"] == "total"]
    months = total[total["period_typ"] == "manad"].copy()
    number = months["period"].str[5:].astype(int)
    months["kvartal"] = months["period"].str[:4] + "-K" + ((number + 2) // 3).astype(str)
    quarters = total[total["period_typ"] == "kvartal"].set_index(["indikator", "period"])[COUNTS].sort_index()
    grouped = months.sort_values("period").groupby(["indikator", "kvartal"])[COUNTS]
    for ids, expected in ((["F2", "T10"], grouped.sum()), (["T1", "T2"], grouped.last())):
        for each in ids:
            assert (expected.loc[each].to_numpy() == quarters.loc[each].to_numpy()).all()


def _assert_protected_are_in_no_group(history: dict[str, pa.Table], units: dict[str, pa.Table]) -> None:
    hidden = {row["individ_id"] for row in history["individ"].to_pylist() if row["skydd"] == "fingerade"}
    theirs = {row["beslut_id"] for row in history["beslut"].to_pylist() if row["individ_id"] in hidden}
    for unit in units["T1"].to_pylist():
        if unit["enhet_id"] in theirs:
            assert {unit[dimension] for dimension in DIMENSIONS} == {"ej_redovisad"}
