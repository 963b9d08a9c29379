"""What readers may see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ibic_pipeline.compare.aggregate import AGGREGATE, FUNNEL
from ibic_pipeline.compare.county import county, county_funnel
from ibic_pipeline.compare.disclosure.patterns import Pattern
from ibic_pipeline.compare.disclosure.record import ROJANDEKONTROLL, record
from ibic_pipeline.compare.published import INDIKATOR
from ibic_pipeline.derive import indicators
from tests.support import counties, small_tables

T1 = next(each for each in indicators() if each.id == "T1")
HIDDEN = ["namnare", "taljare", "andel", "ki_lag", "ki_hog"]


def figures(*rows: tuple[int, int, int], kommunkod: str = "9901", period: str = "2025-01") -> pa.Table:
    base = {"indikator": "T1", "version": T1.version, "kommunkod": kommunkod, "period_typ": "manad", "period": period}
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
    table = counties.shown(county(aggregates), small_tables.county(**lan), stale)["indikator"]
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
    pairs = [(n, k) for n in range(1, 41) for k in range(n + 1)]
    months = [f"{1900 + number // 12}-{number % 12 + 1:02d}" for number in range(len(pairs))]
    tables = [figures((n, k, 7), period=month) for (n, k), month in zip(pairs, months, strict=True)]
    found = published({"9901": pa.concat_tables(tables[::3])}, kommuner=["9901"])
    hidden = found[found["status"] == "undertryckt"]
    assert len(hidden) > 0
    assert hidden[[*HIDDEN, "signal"]].isna().all(axis=None)
    shown = found[found["status"] != "undertryckt"]
    rest = shown["namnare"] - shown["taljare"]
    assert (shown["namnare"] >= 10).all()
    assert not shown["taljare"].between(1, 4).any()
    assert not rest.between(1, 4).any()


@pytest.mark.parametrize(
    ("counts", "regel"),
    [
        ((30, 15), None),
        ((20, 10), "osaker_under"),
        ((0, 0), "tom_namnare"),
        ((9, 9), "sma_tal"),
        ((30, 2), "sma_tal"),
    ],
)
def test_a_status_says_by_which_rule(counts: tuple[int, int], regel: str | None):
    found = one(*counts)["regel"]
    assert pd.isna(found) if regel is None else found == regel


def test_the_rule_does_not_tell_which_of_two_hidden_numbers_is_the_small_one():
    found = published({"9901": figures((80, 40, 0), (60, 38, 0), (20, 2, 0))}).set_index(["kommunkod", "grupp"])
    assert found.loc[[("9901", "g1"), ("9901", "g2")], "regel"].tolist() == ["sma_tal", "sma_tal"]
    assert found.loc[("9901", "alla"), "status"] == "visas"


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
    table = figures((600, 300, 90), counts)
    groups = pa.array(["alla", grupp])
    found = published({"9901": table.set_column(table.schema.get_field_index("grupp"), "grupp", groups)})
    withheld = found[found["grupp"] == grupp]
    assert set(withheld["niva"]) == {"kommun", "lan"}
    assert set(withheld["status"]) == {"undertryckt"}
    assert set(withheld["regel"]) == {"skyddad_grupp"}
    assert withheld[[*HIDDEN, "exkluderade", "signal"]].isna().all(axis=None)


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
    assert (behind["brytning"], behind["grupp"], behind["regel"]) == ("total", "alla", "ej_levererat")
    assert behind[["namnare", *HIDDEN, "exkluderade"]].isna().all()
    of_county = found[found["niva"] == "lan"].set_index("period")["inaktuell"]
    assert of_county.to_dict() == {"2025-01": False, "2025-02": True}


def test_a_municipality_without_any_delivery_is_listed_too_unless_none_has_delivered():
    found = published({"9901": figures((30, 15, 0))})
    assert set(found.loc[found["kommunkod"] == "9902", "status"]) == {"ej_utvarderad"}
    assert len(published({})) == 0


def test_rows_come_in_one_order_whatever_order_municipalities_came_in():
    one_way = {"9901": figures((30, 15, 0)), "9902": figures((31, 15, 0), kommunkod="9902")}
    other_way = dict(reversed(one_way.items()))
    assert published(one_way).equals(published(other_way))


def test_a_state_is_hidden_alike_in_the_month_quarter_and_year_that_end_on_the_same_day():
    """Beside a small municipality one of seven others as large as each other is hidden."""
    codes = [f"990{number}" for number in range(1, 9)]
    tables = {}
    for code in codes:
        rows = figures((30, 2, 0) if code == "9901" else (60, 30, 0), kommunkod=code).to_pylist()
        ends = [("manad", "2025-12"), ("kvartal", "2025-K4"), ("halvar", "2025-H2"), ("ar", "2025")]
        sooner = [("manad", "2025-11"), ("kvartal", "2025-K3"), ("halvar", "2025-H1")]
        rows = [row | {"period_typ": typ, "period": period} for row in rows for typ, period in ends + sooner]
        tables[code] = pa.Table.from_pylist(rows, schema=AGGREGATE)
    found = published(tables, kommuner=codes)
    hidden = found[found["status"] == "undertryckt"].groupby("period")["kommunkod"].agg(frozenset)
    assert len({hidden[period] for _, period in ends}) == 1


def steps(left: list[int], taljare: int, with_value: list[int], kommunkod: str, version: str) -> pa.Table:
    rows = [
        {"indikator": "T1", "version": version, "kommunkod": kommunkod, "period_typ": "manad", "period": "2025-01"}
        | {"steg": step, "orsak": (None, *T1.exkluderingar)[step], "kvar": kvar, "med_varde": with_value[step]}
        | {"i_taljare": taljare}
        for step, kvar in enumerate(left)
    ]
    return pa.Table.from_pylist(rows, schema=FUNNEL)


def funnels(
    left: list[int], taljare: int, with_value: list[int] | None = None, beside: list[int] | None = None
) -> pd.DataFrame:
    """The funnel of a municipality, of a large one (``beside``: those of it with a value) and of the county."""
    both = {"9901": (left, taljare, with_value or [0] * 5), "9902": ([900, 800, 700, 600, 500], 200, beside or [0] * 5)}
    lan = small_tables.county()
    totals = {
        code: figures((kvar[-1], counted, kvar[0] - kvar[-1]), kommunkod=code)
        for code, (kvar, counted, _) in both.items()
    }
    tables = {code: steps(*found, code, T1.version) for code, found in both.items()}
    table = counties.shown(county(totals), lan, funnels=county_funnel(tables))["tratt"]
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def funnel(left: list[int], taljare: int, with_value: list[int] | None = None) -> pd.DataFrame:
    return funnels(left, taljare, with_value).query("kommunkod == '9901'")


def listed(column: pd.Series) -> list[int | None]:
    return [None if pd.isna(value) else int(value) for value in column]


def test_a_step_that_takes_away_few_is_hidden_with_another_so_that_it_does_not_follow():
    assert listed(funnel([100, 90, 90, 60, 60], 30)["kvar"]) == [100, 90, 90, 60, 60]
    assert listed(funnel([100, 98, 90, 60, 60], 30)["kvar"]) == [100, None, 90, 60, 60]
    assert listed(funnel([62, 61, 61, 60, 60], 30)["kvar"]) == [None, None, None, 60, 60]


def test_a_funnel_of_an_earlier_definition_with_other_steps_does_not_stop_the_county():
    older = steps([50, 40], 20, [0, 0], "9902", "2020-01-01")
    tables = {"9901": steps([90, 80, 70, 60, 50], 20, [0] * 5, "9901", T1.version), "9902": older}
    totals = county({"9901": figures((50, 20, 40))})
    found = counties.shown(totals, small_tables.county(), funnels=county_funnel(tables))["tratt"]
    assert found["kommunkod"].to_pylist() == ["9901"] * 5 + [None] * 5


def test_a_funnel_whose_denominator_is_hidden_is_hidden():
    found = funnel([100, 90, 90, 60, 7], 3)
    assert listed(found["kvar"]) == [None] * 5
    assert listed(found["i_taljare"]) == [None] * 5


def test_a_funnel_hides_how_few_have_a_value():
    found = funnel([100, 90, 90, 60, 60], 30, with_value=[50, 50, 50, 3, 3])
    assert listed(found["kvar"]) == [100, 90, 90, 60, 60]
    assert listed(found["med_varde"]) == [None] * 5


def test_how_many_have_a_value_of_a_hidden_figure_does_not_follow_from_the_others():
    """All seven of 9901 have a value: the county's less those of 9902 would tell that there are seven."""
    found = funnels([100, 90, 90, 60, 7], 3, [50, 50, 50, 50, 7], [800, 700, 600, 500, 400])
    last = found.loc[found["steg"] == 4, "med_varde"].isna()
    assert (last.iloc[0], last.sum() >= 2) == (True, True)


def test_how_many_have_a_value_is_shown_where_nothing_small_follows():
    found = funnels([100, 90, 90, 60, 60], 30, [80, 70, 70, 40, 40], [800, 700, 600, 500, 400])
    assert found["med_varde"].notna().all()
    assert listed(found[found["niva"] == "lan"]["med_varde"]) == [880, 770, 670, 540, 440]


@pytest.mark.parametrize("earlier", [True, False])
@pytest.mark.parametrize("narrow", [0, 2])
def test_the_record_says_how_many_were_tried_and_hidden_and_where_to_look(earlier: bool, narrow: int):
    rule = np.array(["", "skyddad_grupp", "antal_min", "antal_min", "komplement", ""], dtype=object)
    steps = np.array([True, True, False])
    pattern = Pattern(rule, np.array([True] * 5 + [False]), steps, steps, steps, narrow)
    nothing = Pattern(rule[:0], steps[:0], steps[:0], steps[:0], steps[:0], 0)
    table = record({"T1": pattern, "M1": nothing}, [("F1", "processkedja", 20, 4, 1)], earlier=earlier)
    assert table.schema.equals(ROJANDEKONTROLL)
    rows = [tuple(row.values()) for row in table.to_pylist()]
    assert {row[2:] for row in rows if row[0] == "M1"} == {(0, 0, 0, "ej_tillampligt")}
    assert rows[8:] == [
        ("T1", "skyddad_grupp", 6, 1, 0, "godkand"),
        ("T1", "namnare_min", 6, 0, 0, "godkand"),
        ("T1", "antal_min", 6, 2, 0, "godkand"),
        ("T1", "tidigare_utgava", 6 if earlier else 0, 0, 0, "godkand" if earlier else "ej_tillampligt"),
        ("T1", "komplement", 6, 1, 0, "godkand"),
        ("T1", "undantagna", 6, 5, 0, "godkand"),
        ("T1", "tratt", 3, 2, 0, "godkand"),
        ("T1", "intervall", 4, 4, narrow, "granska" if narrow else "godkand"),
        ("F1", "processkedja", 20, 4, 1, "granska"),
    ]
