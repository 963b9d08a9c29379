"""Indicators of the same units are hidden together, so their lists must follow the definitions."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ibic_pipeline.compare.aggregate import AGGREGATE
from ibic_pipeline.compare.county import county
from ibic_pipeline.compare.disclosure.families import RELATED, Family, families, measures, same_cells
from ibic_pipeline.derive import indicators
from tests.support import counties, small_tables


def test_indicators_with_the_same_denominator_and_exclusions_are_one_family():
    units = defaultdict(set)
    for each in indicators():
        units[each.namnare, each.exkluderingar, each.typ].add(each.id)
    together = {frozenset(ids) for ids in units.values() if len(ids) > 1}
    assert together == {frozenset(family.members) for family in RELATED}


def test_every_indicator_is_in_one_family():
    ids = [each.id for each in indicators()]
    members = [each for family in families(ids) for each in family.members]
    assert sorted(members) == sorted(ids)


def test_what_lies_between_two_numerators_is_counted():
    n, taljare = np.array([20]), {"M1": np.array([5]), "M2": np.array([8])}
    assert measures(n, taljare, Family(("M1", "M2"), "inom")).tolist() == [[[5, 3, 12]]]


def test_what_is_in_none_of_two_numerators_is_counted():
    n, taljare = np.array([20]), {"D1": np.array([5]), "D2": np.array([8])}
    assert measures(n, taljare, Family(("D1", "D2"), "isar")).tolist() == [[[5, 8, 7]]]


def test_numerators_that_are_not_related_are_each_counted_with_their_rest():
    n, taljare = np.array([20]), {"F2": np.array([5]), "P3": np.array([8])}
    assert measures(n, taljare, Family(("F2", "P3"), "fritt")).tolist() == [[[5, 15], [8, 12]]]


def test_the_same_units_are_those_with_the_same_denominators_and_exclusions_in_any_order_of_their_labels():
    names = {"niva": "kommun", "kommunkod": "9901", "period_typ": "ar", "period": "2025", "brytning": "total"}
    one = pd.DataFrame([names | {"grupp": "alla", "namnare": 9, "exkluderade": 2, "taljare": each} for each in (4, 5)])
    assert same_cells([one, one.assign(taljare=0).set_axis([7, 8])])
    assert not same_cells([one, one.assign(namnare=8)])
    assert not same_cells([one, one, one.assign(exkluderade=3)])
    assert not same_cells([one, one[:1]])


VERSIONS = {each.id: each.version for each in indicators()}


def figure(indikator: str, kommunkod: str, namnare: int, taljare: int, period: str = "2025") -> dict[str, object]:
    names = {"indikator": indikator, "version": VERSIONS[indikator], "kommunkod": kommunkod, "period_typ": "ar"}
    counts = {"namnare": namnare, "taljare": taljare, "exkluderade": 0}
    return names | {"period": period, "brytning": "total", "grupp": "alla"} | counts


def hidden(*rows: dict[str, object]) -> set[tuple[str, str, str]]:
    """Indicators, places and years whose figures of everyone are hidden."""
    codes = {str(each["kommunkod"]) for each in rows}
    tables = {
        code: pa.Table.from_pylist([each for each in rows if each["kommunkod"] == code], schema=AGGREGATE)
        for code in codes
    }
    found = counties.shown(county(tables), small_tables.county(kommuner=sorted(codes)))["indikator"].to_pylist()
    return {
        (row["indikator"], row["kommunkod"] or "lan", row["period"]) for row in found if row["status"] == "undertryckt"
    }


EARLIER = {"version": "2020-01-01"}


@pytest.mark.parametrize("small", ["M1", "M2"])
def test_what_one_of_a_family_hides_all_hide_also_where_one_lacks_a_municipality(small: str):
    """9902 counted M2 by an earlier definition. 9901 has the same units in both, and a small count in one of them."""
    counts = {"M1": 2 if small == "M1" else 30, "M2": 58 if small == "M2" else 30}
    of_9901 = [figure(each, "9901", 60, taljare) for each, taljare in counts.items()]
    others = [figure("M1", "9902", 60, 30), figure("M1", "9903", 90, 40), figure("M2", "9903", 90, 40)]
    older = figure("M2", "9902", 60, 30) | EARLIER
    found = hidden(*of_9901, *others, older)
    assert {("M1", "9901", "2025"), ("M2", "9901", "2025")} <= found
    assert {place for each, place, _ in found if each == "M1"} >= {place for each, place, _ in found if each == "M2"}
    assert len({place for each, place, _ in found if each == "M1"}) > 1


def test_of_a_family_that_lacks_a_municipality_nothing_is_hidden_that_need_not_be():
    """A year without anyone is shown too, beside one with a small count."""
    rows = [figure(each, code, 60, 30) for each in ("M1", "M2") for code in ("9901", "9903")]
    rows += [figure("M1", "9902", 60, 30), figure("M2", "9902", 60, 30) | EARLIER]
    assert hidden(*rows) == set()
    rows += [figure(each, "9901", 0, 0, "2024") for each in ("M1", "M2")]
    rows += [figure("M1", "9903", 7, 3, "2024"), figure("M2", "9903", 7, 3, "2024")]
    assert {(place, period) for _, place, period in hidden(*rows)} == {("9903", "2024"), ("lan", "2024")}
