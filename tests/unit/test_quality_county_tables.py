"""The expectations on the county's own tables fail on known-bad tables and pass on known-good ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from ibic_pipeline.quality.county_tables import TABLES, groups_of, measure_county
from ibic_pipeline.quality.results import of_county
from ibic_pipeline.storage import write_parquet
from tests.support.small_tables import SETTINGS, county

KOMMUNER = ("9901", "9902")
GROUPS = (("total", "alla"), ("kon", "kvinna"), ("kon", "man"))


def tables(folder: Path, without: tuple[str, ...] = (), **changed: Any) -> Path:
    """The county's tables: two indicators and three groups of each municipality but ``without``."""
    rows = [
        {"kommunkod": code, "indikator": indicator, "brytning": each, "grupp": group, "period_typ": "ar",
         "period": year, "status": "visas"}
        for code in KOMMUNER if code not in without
        for indicator in ("T1", "T2") for each, group in GROUPS for year in ("2024", "2025")
    ]  # fmt: skip
    rows += [{**row, "kommunkod": None} for row in rows]
    frame = pd.DataFrame(rows)
    for table in TABLES:
        write_parquet(pa.Table.from_pandas(frame, preserve_index=False), folder / f"{table}.parquet")
    return folder


def rewritten(folder: Path, keep: Any = None, **values: Any) -> Path:
    frame = pd.read_parquet(folder / "indikator.parquet")
    frame = frame if keep is None else frame[keep(frame)]
    write_parquet(pa.Table.from_pandas(frame.assign(**values), preserve_index=False), folder / "indikator.parquet")
    return folder


def statuses(folder: Path, previous: Path | None = None, stale: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    before = None if previous is None else previous / "grupper.parquet"
    if previous is not None and before is not None:
        write_parquet(groups_of(previous, SETTINGS), before)
    counts = measure_county(folder, before, KOMMUNER, stale, SETTINGS)
    table = pa.Table.from_pandas(counts, preserve_index=False)
    told = pa.table({"leverans": ["2026-06-30"] * len(counts), "dag": ["2026-06-30"] * len(counts)})
    for name in table.column_names:
        told = told.append_column(name, table[name])
    found = of_county(told, county()).to_dict("records")
    return {(row["kontroll"], row["kommunkod"] or row["tabell"]): row["status"] for row in found}


def test_a_whole_county_passes(tmp_path: Path) -> None:
    found = statuses(tables(tmp_path / "nu"), tables(tmp_path / "fore"))

    assert set(found.values()) == {"godkand"}
    assert len(found) == len(TABLES) + 1 + 2 * len(KOMMUNER)


def test_a_municipality_that_is_in_no_table_turns_every_table(tmp_path: Path) -> None:
    found = statuses(tables(tmp_path, without=("9902",)))

    assert {found["DK-701", table] for table in TABLES} == {"underkand"}


def test_a_municipality_whose_latest_delivery_does_not_count_turns(tmp_path: Path) -> None:
    assert statuses(tables(tmp_path), stale=("9901",))["DK-702", "lan"] == "underkand"


def test_a_group_that_vanishes_turns_its_municipality(tmp_path: Path) -> None:
    now = rewritten(tables(tmp_path / "nu"), lambda f: (f["grupp"] != "man") | (f["kommunkod"] != "9901"))
    found = statuses(now, tables(tmp_path / "fore"))

    assert (found["DK-703", "9901"], found["DK-703", "9902"]) == ("underkand", "godkand")


def test_a_group_that_is_new_turns_nothing_and_a_first_release_has_nothing_to_ask(tmp_path: Path) -> None:
    before = rewritten(tables(tmp_path / "fore"), lambda f: f["grupp"] != "man")
    assert statuses(tables(tmp_path / "nu"), before)["DK-703", "9901"] == "godkand"
    assert statuses(tables(tmp_path / "nu"))["DK-703", "9901"] == "ej_tillampligt"


def test_indicators_that_nothing_can_be_counted_of_turn_their_municipality(tmp_path: Path) -> None:
    folder = tables(tmp_path)
    frame = pd.read_parquet(folder / "indikator.parquet")
    empty = (frame["kommunkod"] == "9901") & (frame["indikator"] == "T2") & (frame["period"] == "2025")
    found = statuses(rewritten(folder, status=frame["status"].mask(empty, "ej_tillampligt")))

    assert (found["DK-704", "9901"], found["DK-704", "9902"]) == ("underkand", "godkand")


@pytest.mark.parametrize("table", ["overlevnad", "tratt"])
def test_a_table_that_cannot_be_read_fails_to_run_and_the_others_are_asked(tmp_path: Path, table: str) -> None:
    (tables(tmp_path) / f"{table}.parquet").write_bytes(b"half a file")
    found = statuses(tmp_path)

    assert found["DK-701", table] == "fel"
    assert found["DK-701", "indikator"] == "godkand"
