"""How municipalities use their systems differently: columns delivered and filled in, codes that one alone lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.county import Lan
from ibic_pipeline.profile import Profil
from ibic_pipeline.quality.configuration import (
    ANVANDNING,
    KONFIGURATION,
    measure_configuration,
    publishable_configuration,
)
from ibic_pipeline.report.quality_configuration import lacked_codes, unequal_columns
from schemas import CONTRACTS
from tests.support.deliveries import one_to_one, profile
from tests.support.releases import make_home
from tests.support.small_tables import SETTINGS, inputs

NAMES = {"0604": "Aneby", "0617": "Gnosjö", "0642": "Mullsjö"}
DECISIONS = """
    beslut_id | beslutsdatum | galler_tom | utfall  | planerad_uppfoljning
    B1        | 2025-03-01   | 2026-03-01 | bifall  |
    B2        | 2025-03-01   |            | bifall  |
    B3        | 2025-03-01   |            | avslag  |
"""


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Lan:
    return make_home(tmp_path_factory.mktemp("home")).lan


def delivering(**columns: list[str]) -> Profil:
    """A municipality that delivers these columns of these tables."""
    parts = [one_to_one(table, names) for table, names in columns.items()]
    return profile({"beslut": [{"monster": "allt.csv", "delar": parts}]})


def used(folder: Path, tables: dict[str, str], profil: Profil) -> pa.Table:
    for name, rows in inputs(tables).items():
        (folder / "harmoniserat").mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, folder / "harmoniserat" / f"{name}.parquet")
    return measure_configuration(folder, profil, SETTINGS)


def rows_of(found: pa.Table, tabell: str, kolumn: str) -> list[tuple[Any, ...]]:
    return [
        (row["kod"], row["levereras"], row["rader"], row["antal"])
        for row in found.to_pylist()
        if (row["tabell"], row["kolumn"]) == (tabell, kolumn)
    ]


def test_each_column_tells_whether_it_is_delivered_and_filled_in_and_each_code_how_often(tmp_path: Path) -> None:
    profil = delivering(beslut=["beslut_id", "individ_id", "beslutsdatum", "galler_tom", "utfall"])
    found = used(tmp_path, {"beslut": DECISIONS}, profil)
    assert found.schema == ANVANDNING
    assert rows_of(found, "beslut", "galler_tom") == [(None, True, 3, 1)]
    assert rows_of(found, "beslut", "planerad_uppfoljning") == [(None, False, 3, 0)]
    assert rows_of(found, "beslut", "utfall") == [(None, True, 3, 3), ("avslag", True, 0, 1), ("bifall", True, 0, 2)]
    columns = {(row["tabell"], row["kolumn"]) for row in found.to_pylist()}
    assert columns == {(table, name) for table, contract in CONTRACTS.items() for name in contract.own_columns()}


def test_a_text_of_no_length_and_one_that_is_not_there_are_not_filled_in_and_a_box_that_says_no_is(
    tmp_path: Path,
) -> None:
    tables = {
        "utredning": "utredning_id | individens_uppfattning | samtycke | ansokan_text_langd\n"
        "A1 | nej | nej | 0\nA2 | ja | nej | 12",
    }
    found = used(tmp_path, tables, delivering(utredning=["utredning_id", "individ_id"]))
    filled = {
        name: rows_of(found, "utredning", name)[0][3]
        for name in ("individens_uppfattning", "samtycke", "ansokan_text_langd")
    }
    assert filled == {"individens_uppfattning": 1, "samtycke": 2, "ansokan_text_langd": 1}


def test_a_municipality_that_sends_counts_has_no_configuration(tmp_path: Path) -> None:
    profil = delivering(beslut=["beslut_id"]).model_copy(update={"exporter": {"beslut": ()}})
    assert used(tmp_path, {"beslut": DECISIONS}, profil).num_rows == 0


def use(kolumn: str, rader: int, antal: int, levereras: bool = True, koder: dict[str, int] | None = None) -> pa.Table:
    """What a municipality uses of one column of decisions."""
    key = {"tabell": "beslut", "kolumn": kolumn, "levereras": levereras}
    codes = [{**key, "kod": code, "rader": 0, "antal": n} for code, n in (koder or {}).items()]
    return pa.Table.from_pylist([{**key, "kod": None, "rader": rader, "antal": antal}, *codes], ANVANDNING)


def told(lan: Lan, *uses: pa.Table) -> dict[str, dict[str, Any]]:
    table = publishable_configuration(dict(zip(NAMES, uses, strict=False)), lan)
    assert table.schema == KONFIGURATION
    return {row["kommunkod"]: row for row in table.to_pylist()}


def test_the_share_of_filled_rows_is_hidden_where_it_would_tell_of_a_few(lan: Lan) -> None:
    rows = told(lan, use("galler_tom", 100, 40), use("galler_tom", 100, 97), use("galler_tom", 100, 100))
    assert [rows[code]["ifylld_andel"] for code in NAMES] == [0.4, None, 1.0]
    assert all(row["anvands"] for row in rows.values())
    assert "T5" in rows["0604"]["indikatorer"].split(", ")


def test_a_column_without_rows_is_not_used_and_has_no_share(lan: Lan) -> None:
    row = told(lan, use("galler_tom", 0, 0))["0604"]
    assert (row["levereras"], row["anvands"], row["ifylld_andel"], row["antal_koder"]) == (True, False, None, None)


def test_a_code_that_all_others_use_is_lacking_and_one_that_another_hardly_uses_is_not(lan: Lan) -> None:
    common = {"bifall": 50, "avslag": 20}
    rows = told(
        lan,
        use("utfall", 70, 70, koder=common),
        use("utfall", 53, 53, koder={"bifall": 50, "avvisat": 3}),
        use("utfall", 90, 90, koder={**common, "avvisat": 20}),
    )
    assert [rows[code]["saknade_koder"] for code in NAMES] == [None, "avslag", None]
    assert [rows[code]["antal_koder"] for code in NAMES] == [2, 2, 3]


def test_a_municipality_that_does_not_use_a_column_lacks_no_single_code_of_it(lan: Lan) -> None:
    rows = told(lan, *[use("utfall", 50, 50, koder={"bifall": 50})] * 2, use("utfall", 50, 0, levereras=False))
    assert [rows[code]["saknade_koder"] for code in NAMES] == [None, None, None]


def test_without_any_municipality_the_table_is_empty(lan: Lan) -> None:
    assert publishable_configuration({}, lan).num_rows == 0


def page_rows(lan: Lan, *uses: pa.Table) -> pd.DataFrame:
    return publishable_configuration(dict(zip(NAMES, uses, strict=False)), lan).to_pandas()


def test_the_map_tells_which_figures_a_column_makes_unequal_and_where(lan: Lan) -> None:
    rows = page_rows(
        lan, use("verkstallt", 90, 80), use("verkstallt", 90, 0, levereras=False), use("verkstallt", 90, 0)
    )
    (found,) = unequal_columns(rows, NAMES)
    assert (found.tabell, found.kolumn, found.indikatorer) == ("beslut", "verkstallt", "T9, T13")
    assert [each.text for each in found.bruk.values()] == ["88,9\N{NO-BREAK SPACE}%", "levereras inte", "aldrig ifylld"]
    assert [found.lacked_by(code) for code in NAMES] == [False, True, True]
    assert found.anvander == 1


def test_columns_that_all_use_alike_and_ids_are_not_on_the_map(lan: Lan) -> None:
    assert unequal_columns(page_rows(lan, use("verkstallt", 90, 80), use("verkstallt", 90, 70)), NAMES) == []
    assert unequal_columns(page_rows(lan, use("utredning_id", 90, 80), use("utredning_id", 90, 0)), NAMES) == []


def test_a_column_that_decides_figures_is_on_the_map_when_it_is_filled_in_very_differently(lan: Lan) -> None:
    differing = page_rows(lan, use("verkstallt", 90, 80), use("verkstallt", 90, 30))
    assert [each.kolumn for each in unequal_columns(differing, NAMES)] == ["verkstallt"]
    of_no_figure = page_rows(lan, use("planerad_uppfoljning", 90, 80), use("planerad_uppfoljning", 90, 30))
    assert unequal_columns(of_no_figure, NAMES) == []


def test_a_municipality_that_is_not_in_the_table_is_not_known(lan: Lan) -> None:
    (found,) = unequal_columns(page_rows(lan, use("verkstallt", 90, 80), use("verkstallt", 90, 0)), NAMES)
    assert found.bruk["0642"].text == "inte känt"


def test_codes_that_are_lacking_are_told_with_the_figures_that_they_decide(lan: Lan) -> None:
    common = {"bifall": 50, "avslag": 20}
    uses = [
        use("utfall", 70, 70, koder=common),
        use("utfall", 50, 50, koder={"bifall": 50}),
        use("utfall", 70, 70, koder=common),
    ]
    (found,) = lacked_codes(page_rows(lan, *uses))
    assert (found.kommunkod, found.kolumn, found.koder) == ("0617", "utfall", "avslag")
    assert "T9" in found.indikatorer
