"""Small counts of data quality cannot be read out of a release, nor worked out from the county's sums."""

from __future__ import annotations

from itertools import product

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ibic_pipeline.quality.published import results_table
from tests.support.small_tables import county

LAN = county()
LEAST = LAN.disclosure.antal_min.varde
CHECK = {
    "kontroll": "DK-211", "tabell": "beslut", "del": "planerad_uppfoljning", "dag": "2026-06-30", "troskel": 0.4,
    "allvar": "varna", "status": "godkand", "forst_sedd": None, "senast_godkand": None,
}  # fmt: skip


def shown(counts: list[int], asked: int = 100) -> tuple[list[int | None], int | None]:
    """What a release shows of each municipality, and of the county, where so many rows are not as they should."""
    rows = [
        {**CHECK, "kommunkod": f"{9900 + n}", "brister": count, "underlag": asked} for n, count in enumerate(counts)
    ]
    rows.append({**CHECK, "kommunkod": "", "brister": sum(counts), "underlag": asked * len(counts)})
    table = results_table(pd.DataFrame(rows).assign(andel=lambda f: f["brister"] / f["underlag"]), LAN.disclosure)
    found = {row["kommunkod"]: row for row in table.to_pylist()}
    for row in found.values():
        assert (row["brister"] is None) == (row["andel"] is None) == row["fa"]
    return [found[f"{9900 + n}"]["brister"] for n in range(len(counts))], found[None]["brister"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=5))
def test_every_hidden_count_could_be_any_small_number(counts: list[int]) -> None:
    of_each, of_all = shown(counts)

    assert [count for count in of_each if count is not None] == [n for n in counts if not 0 < n < LEAST]
    hidden = of_each.count(None)
    if of_all is None or hidden == 0:
        return
    left = of_all - sum(count for count in of_each if count is not None)
    possible = [each for each in product(range(1, LEAST), repeat=hidden) if sum(each) == left]
    for place in range(hidden):
        assert {each[place] for each in possible} == set(range(1, LEAST))


def test_a_sum_that_gives_nothing_away_is_shown() -> None:
    assert shown([0, 7, 20])[1] == 27
    assert shown([1, 4, 20])[1] == 25
    assert shown([2, 20])[1] is None
    assert shown([1, 1, 20])[1] is None


def test_a_denominator_of_a_few_is_hidden_with_its_count() -> None:
    rows = [{**CHECK, "kommunkod": "9900", "brister": 0, "underlag": 3, "andel": 0.0}]
    (row,) = results_table(pd.DataFrame(rows), LAN.disclosure).to_pylist()

    assert (row["brister"], row["underlag"], row["andel"], row["fa"], row["status"]) == (
        None,
        None,
        None,
        True,
        "godkand",
    )
