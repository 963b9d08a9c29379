"""Random decisions: episodes, successors and calendar months are what their definitions, applied one by one, give."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas import CONTRACTS
from tests.support.depth import searched
from tests.support.small_tables import derived, table

Row = dict[str, Any]

SOME = searched(40, deep=600)
FIRST, EXTRACTION = date(2026, 5, 1), date(2026, 6, 30)
GAP, SEARCHED = 3, 10


@st.composite
def decisions(draw: st.DrawFn) -> list[Row]:
    """Decisions of two persons within two months, so that they touch, hold each other and leave gaps."""
    rows = []
    for number in range(draw(st.integers(0, 9))):
        start = FIRST + timedelta(draw(st.integers(0, 65)))
        length = draw(st.none() | st.integers(-1, 20))
        rows.append(
            {
                "beslut_id": f"B{draw(st.integers(0, 9))}{number}",
                "individ_id": draw(st.sampled_from(["P1", "P1", "P1", "P2"])),
                "insats": draw(st.sampled_from(["hemtjanst", "hemtjanst", "korttidsplats"])),
                "utfall": draw(st.sampled_from(["bifall", "bifall", "delvis_bifall", "avslag"])),
                "galler_fran": start,
                "galler_tom": None if length is None else start + timedelta(length),
                "utredning_id": draw(st.sampled_from(["A1", "A2", "A3", None])),
                "omfattning": draw(st.sampled_from([None, 0.0, 9.0, 10.0, 11.0, 12.1])),
                "omfattning_enhet": draw(st.sampled_from(["dagar_per_vecka", "dagar_per_vecka", None])),
            }
        )
    return rows


def contracts(rows: list[Row]) -> dict[str, pa.Table]:
    texts = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    persons = [{"individ_id": "P1"}, {"individ_id": "P2"}]
    investigations = [{"utredning_id": f"A{number}"} for number in (1, 2, 3)]
    filled = {"individ": persons, "utredning": investigations, "beslut": texts}
    return {name: table(name, filled.get(name, [])) for name in CONTRACTS}


def in_force(rows: list[Row]) -> list[Row]:
    """Granted decisions that ever began, in order of their beginning."""
    begun = [
        r for r in rows if r["utfall"] != "avslag" and not (r["galler_tom"] and r["galler_tom"] < r["galler_fran"])
    ]
    return sorted(begun, key=lambda row: (row["galler_fran"], row["beslut_id"]))


def same_kind(one: Row, other: Row) -> bool:
    return (one["individ_id"], one["insats"]) == (other["individ_id"], other["insats"])


def touching(one: Row, other: Row) -> bool:
    """Two decisions of one kind with at most ``GAP`` days without a decision between them."""
    first, second = sorted((one, other), key=lambda row: row["galler_fran"])
    end = first["galler_tom"]
    return same_kind(one, other) and (end is None or (second["galler_fran"] - end).days - 1 <= GAP)


@SOME
@given(decisions())
def test_an_episode_is_what_can_be_reached_from_decision_to_decision(rows: list[Row]) -> None:
    known = [row for row in in_force(rows) if row["galler_fran"] <= EXTRACTION]
    expected = []
    left = list(known)
    while left:
        episode = [left.pop(0)]
        while joined := [row for row in left if any(touching(row, other) for other in episode)]:
            episode += joined
            left = [row for row in left if row not in joined]
        episode.sort(key=known.index)
        ends = [row["galler_tom"] for row in episode]
        expected.append(
            {
                "episod_id": episode[0]["beslut_id"],
                "senaste_beslut_id": episode[-1]["beslut_id"],
                "fran": episode[0]["galler_fran"],
                "slut": None if None in ends else max(ends),
                "antal_beslut": len(episode),
            }
        )
    found = derived("insatsepisoder", contracts(rows), {"episod_lucka_dagar": str(GAP)})
    assert found.select(list(expected[0])).to_pylist() == by_id(expected, "episod_id") if expected else not len(found)


@SOME
@given(decisions())
def test_a_successor_is_the_next_decision_to_begin(rows: list[Row]) -> None:
    begun = in_force(rows)
    expected = []
    for row in begun:
        later = [other for other in begun if same_kind(row, other) and other["galler_fran"] > row["galler_fran"]]
        end = row["galler_tom"]
        if later and (end is None or later[0]["galler_fran"] <= end + timedelta(SEARCHED)):
            after = later[0]
            expected.append(
                {
                    "beslut_id": row["beslut_id"],
                    "efterfoljare_id": after["beslut_id"],
                    "glapp_dagar_antal": None if end is None else (after["galler_fran"] - end).days - 1,
                    "omfattning_andrad": change(row, after),
                    "ny_utredning": after["utredning_id"] not in (None, row["utredning_id"]),
                }
            )
    limits = {"glapp_sok_dagar": str(SEARCHED), "ombeslut_dagar": "5"}
    found = derived("efterfoljare", contracts(rows), limits)
    assert found.select(list(expected[0])).to_pylist() == by_id(expected, "beslut_id") if expected else not len(found)


def change(before: Row, after: Row) -> str:
    units = {before["omfattning_enhet"], after["omfattning_enhet"]}
    old, new = before["omfattning"], after["omfattning"]
    if None in (old, new) or None in units or len(units) > 1:
        return "okand"
    if old == 0:
        return "okad" if new else "oforandrad"
    percent = round((new / old - 1) * 100, 6)
    return "oforandrad" if abs(percent) <= 10 else "okad" if percent > 0 else "minskad"


def by_id(rows: list[Row], key: str) -> list[Row]:
    return sorted(rows, key=lambda row: str(row[key]))


@SOME
@given(st.lists(st.dates(date(1990, 1, 1), date(2060, 12, 31)), max_size=30), st.integers(0, 60))
def test_months_are_counted_by_the_calendar(days: list[date], months: int) -> None:
    rows = [{"beslut_id": str(number), "galler_fran": day} for number, day in enumerate(days)]
    limits = dict.fromkeys(("verkstallighet_manader", "kedja_fran_manader", "kedja_till_manader"), str(months))
    found = derived("manadsfrister", contracts(rows), limits).to_pylist()
    assert {row["dag"] for row in found} == {*days, *([date(2024, 1, 1)] if days else [])}
    for row in found:
        year, month = divmod(row["dag"].year * 12 + row["dag"].month - 1 + months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        assert row["frist"] == date(year, month + 1, min(row["dag"].day, last))
