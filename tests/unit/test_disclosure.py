"""What readers may see."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ibic_pipeline.compare.aggregate import AGGREGATE, FUNNEL
from ibic_pipeline.compare.county import county, county_funnel
from ibic_pipeline.compare.disclosure import safe_steps
from ibic_pipeline.compare.published import INDIKATOR, publishable, publishable_funnel
from ibic_pipeline.derive import indicators
from tests.support import small_tables

HIDDEN = ["taljare", "andel", "ki_lag", "ki_hog"]


def figures(*rows: tuple[int, int, int], kommunkod: str = "9901", period: str = "2025-01") -> pa.Table:
    base = {"indikator": "T1", "version": "2026-07-01", "kommunkod": kommunkod, "period_typ": "manad", "period": period}
    return pa.Table.from_pylist(
        [
            {
                **base,
                "brytning": "total" if number == 0 else "kon",
                "grupp": "alla" if number == 0 else f"g{number}",
                "namnare": namnare,
                "taljare": taljare,
                "exkluderade": excluded,
            }
            for number, (namnare, taljare, excluded) in enumerate(rows)
        ],
        schema=AGGREGATE,
    )


def published(aggregates: dict[str, pa.Table], stale: tuple[str, ...] = (), **lan: Any) -> pd.DataFrame:
    table = publishable(county(aggregates), small_tables.county(**lan), stale)
    assert table.schema.equals(INDIKATOR)
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def one(namnare: int, taljare: int, excluded: int = 0) -> pd.Series:
    return (
        published({"9901": figures((namnare, taljare, excluded))}, kommuner=["9901"]).query("niva == 'kommun'").iloc[0]
    )


@pytest.mark.parametrize(
    ("namnare", "taljare", "status"),
    [
        (0, 0, "ej_tillampligt"),
        (1, 0, "undertryckt"),
        (9, 0, "undertryckt"),
        (10, 0, "osaker"),
        (10, 10, "osaker"),
        (29, 5, "osaker"),
        (30, 5, "visas"),
        (30, 4, "undertryckt"),
        (30, 26, "undertryckt"),
        (30, 25, "visas"),
        (30, 0, "visas"),
    ],
)
def test_a_figure_has_the_status_of_its_counts(namnare: int, taljare: int, status: str):
    row = one(namnare, taljare)
    assert row["status"] == status
    shown = status in {"visas", "osaker"}
    assert row[["andel", "ki_lag", "ki_hog"]].notna().all() == shown
    assert row[["median", "p90"]].isna().all()


def test_zero_of_zero_is_shown_as_counts_but_not_as_a_share():
    row = one(0, 0)
    assert (row["namnare"], row["taljare"], row["signal"]) == (0, 0, "ej_utvarderad")
    assert pd.isna(row["andel"])


def test_a_hidden_number_is_null_and_never_zero():
    pairs = [(n, k, 7) for n in range(1, 41) for k in range(n + 1)]
    found = published({"9901": figures((0, 0, 0), *pairs)}, kommuner=["9901"])
    hidden = found[found["status"] == "undertryckt"]
    assert len(hidden) > 0
    assert hidden[HIDDEN].isna().all(axis=None)
    assert set(hidden["signal"].dropna()) == {"ej_utvarderad"}
    assert (hidden["namnare"].dropna() >= 10).all()
    shown = found[~found["status"].isin(["undertryckt"])]
    rest = shown["namnare"] - shown["taljare"]
    assert not shown["taljare"].between(1, 4).any()
    assert not rest.between(1, 4).any()


@pytest.mark.parametrize(("excluded", "shown"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_small_number_of_excluded_is_hidden(excluded: int, shown: int | None):
    found = one(30, 15, excluded)["exkluderade"]
    assert pd.isna(found) if shown is None else found == shown


def test_the_signal_is_shown_when_the_share_is():
    assert [one(30, k)["signal"] for k in (30, 22, 10)] == ["gron", "gul", "rod"]
    assert pd.isna(one(30, 27)["signal"])


@pytest.mark.parametrize("grupp", ["ej_redovisad", "kvinna_x_ej_redovisad", "ej_redovisad_x_SoL"])
@pytest.mark.parametrize("counts", [(300, 150, 40), (0, 0, 40), (3, 1, 0)])
def test_the_group_that_holds_persons_of_protected_identity_is_never_shown(grupp: str, counts: tuple[int, int, int]):
    table = figures((300, 150, 40), counts)
    groups = pa.array(["alla", grupp])
    found = published({"9901": table.set_column(table.schema.get_field_index("grupp"), "grupp", groups)})
    assert set(found.query("grupp == 'alla' and kommunkod != '9902'")["status"]) == {"visas"}
    withheld = found[found["grupp"] == grupp]
    assert set(withheld["niva"]) == {"kommun", "lan"}
    assert set(withheld["status"]) == {"undertryckt"}
    assert withheld[["namnare", *HIDDEN, "exkluderade", "signal"]].isna().all(axis=None)


def test_what_was_counted_by_an_earlier_definition_is_neither_added_nor_compared():
    earlier = figures((90, 90, 0), kommunkod="9902")
    place = earlier.schema.get_field_index("version")
    earlier = earlier.set_column(place, "version", pa.array(["2020-01-01"]))
    of_earlier_program = figures((90, 90, 0), kommunkod="9902").drop_columns("version")
    for older in (earlier, of_earlier_program):
        found = published({"9901": figures((30, 15, 0)), "9902": older}, stale=("9902",))
        rows = found.set_index(["niva", found["kommunkod"].fillna("")])
        assert len(rows) == 3
        assert rows.loc[("lan", ""), ["namnare", "inaktuell"]].tolist() == [30, True]
        assert rows.loc[("kommun", "9902"), ["status", "inaktuell"]].tolist() == ["ej_utvarderad", True]


def test_a_stale_municipality_marks_itself_and_the_county():
    found = published({"9901": figures((30, 15, 0)), "9902": figures((30, 15, 0), kommunkod="9902")}, stale=("9902",))
    marked = {(row.niva, row.kommunkod if row.niva == "kommun" else None): row.inaktuell for row in found.itertuples()}
    assert marked == {("kommun", "9901"): False, ("kommun", "9902"): True, ("lan", None): True}


def test_a_municipality_that_has_not_reached_a_period_is_not_evaluated_and_the_county_says_so():
    found = published(
        {
            "9901": pa.concat_tables([figures((30, 15, 0)), figures((30, 15, 0), period="2025-02")]),
            "9902": figures((30, 15, 0), kommunkod="9902"),
        }
    )
    behind = found[(found["kommunkod"] == "9902") & (found["period"] == "2025-02")].iloc[0]
    assert (behind["status"], behind["signal"]) == ("ej_utvarderad", "ej_utvarderad")
    assert behind[["namnare", *HIDDEN, "exkluderade"]].isna().all()
    of_county = found[found["niva"] == "lan"].set_index("period")["inaktuell"]
    assert of_county.to_dict() == {"2025-01": False, "2025-02": True}


def test_a_municipality_without_any_delivery_is_listed_too():
    found = published({"9901": figures((30, 15, 0))})
    assert set(found.loc[found["kommunkod"] == "9902", "status"]) == {"ej_utvarderad"}


def test_rows_come_in_one_order_whatever_order_municipalities_came_in():
    one_way = {"9901": figures((30, 15, 0)), "9902": figures((31, 15, 0), kommunkod="9902")}
    other_way = dict(reversed(one_way.items()))
    assert published(one_way).equals(published(other_way))


def test_nothing_delivered_gives_an_empty_table():
    assert len(published({})) == 0
    assert publishable_funnel(county_funnel({}), small_tables.county()).num_rows == 0


def funnel(left: list[int], taljare: int, with_value: list[int] | None = None) -> pd.DataFrame:
    t1 = next(each for each in indicators() if each.id == "T1")
    rows = [
        {
            "indikator": "T1",
            "version": t1.version,
            "kommunkod": "9901",
            "period_typ": "manad",
            "period": "2025-01",
            "steg": step,
            "orsak": (None, *t1.exkluderingar)[step],
            "kvar": kvar,
            "med_varde": (with_value or [0] * 5)[step],
            "i_taljare": taljare,
        }
        for step, kvar in enumerate(left)
    ]
    table = publishable_funnel(
        county_funnel({"9901": pa.Table.from_pylist(rows, schema=FUNNEL)}), small_tables.county()
    )
    return table.to_pandas(types_mapper=pd.ArrowDtype).query("niva == 'kommun'")


def listed(column: pd.Series) -> list[int | None]:
    return [None if pd.isna(value) else int(value) for value in column]


def test_a_funnel_hides_the_steps_that_would_show_a_small_difference():
    assert listed(funnel([100, 90, 90, 60, 60], 30)["kvar"]) == [100, 90, 90, 60, 60]
    assert listed(funnel([100, 98, 90, 60, 60], 30)["kvar"]) == [100, None, 90, 60, 60]
    assert listed(funnel([62, 61, 61, 60, 60], 30)["kvar"]) == [None, None, None, 60, 60]


def test_a_funnel_of_an_earlier_definition_with_other_steps_does_not_stop_the_county():
    steps = [
        {"indikator": "T1", "version": version, "kommunkod": kommunkod, "period_typ": "manad", "period": "2025-01"}
        | {"steg": step, "orsak": reason, "kvar": 50, "med_varde": 0, "i_taljare": 20}
        for version, kommunkod, reasons in (
            (next(each for each in indicators() if each.id == "T1").version, "9901", (None, "ej_beviljat", "ej_moget")),
            ("2020-01-01", "9902", (None, "ej_moget")),
        )
        for step, reason in enumerate(reasons)
    ]
    tables = {
        kommunkod: pa.Table.from_pylist([row for row in steps if row["kommunkod"] == kommunkod], schema=FUNNEL)
        for kommunkod in ("9901", "9902")
    }
    found = publishable_funnel(county_funnel(tables), small_tables.county())
    assert found["kommunkod"].to_pylist() == ["9901"] * 3 + [None] * 3
    assert set(found["kvar"].to_pylist()) == {50}


def test_a_funnel_whose_denominator_is_hidden_is_hidden():
    found = funnel([100, 90, 90, 60, 7], 3)
    assert listed(found["kvar"]) == [None] * 5
    assert listed(found["i_taljare"]) == [None] * 5


def test_a_funnel_hides_a_small_numerator_and_few_with_a_value():
    found = funnel([100, 90, 90, 60, 60], 58, with_value=[50, 50, 50, 3, 3])
    assert listed(found["i_taljare"]) == [None] * 5
    assert listed(found["kvar"]) == [100, 90, 90, 60, 60]
    assert listed(found["med_varde"]) == [50, 50, 50, None, None]


def test_no_two_steps_that_are_shown_differ_by_a_small_count():
    random = np.random.default_rng(7)
    left = np.sort(random.integers(0, 40, size=(500, 6)), axis=1)[:, ::-1]
    shown = safe_steps(left, 5)
    for a, b in itertools.combinations(range(6), 2):
        both = shown[:, a] & shown[:, b]
        gap = (left[:, a] - left[:, b])[both]
        assert not ((gap > 0) & (gap < 5)).any()
    # The first step follows from the denominator and the number of excluded, which is shown when it is not small.
    known = ~((left[:, 0] - left[:, -1] > 0) & (left[:, 0] - left[:, -1] < 5)) & shown[:, -1]
    gaps = (left[:, :1] - left)[known][shown[known]]
    assert not ((gaps > 0) & (gaps < 5)).any()
