"""Every expectation on rows fails on known-bad rows, passes on known-good ones, and says what no contract says."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

from ibic_pipeline.derive.engine import connection
from ibic_pipeline.derive.reference import parametrar
from ibic_pipeline.quality.batches import batch
from ibic_pipeline.quality.catalogue import ROW_CHECKS
from ibic_pipeline.quality.gx import Counted, Expected, count
from ibic_pipeline.quality.measure import measure
from ibic_pipeline.quality.model import RowCheck
from ibic_pipeline.storage import write_parquet
from schemas import CONTRACTS
from tests.support.deliveries import UTTAGSDATUM, Rows, hits, validated
from tests.support.quality_worlds import SPOILT, full_profile, good_world
from tests.support.small_tables import SETTINGS, county

BY_ID = {each.id: each for each in ROW_CHECKS}
SAID_OF_ROWS = {"DK-103": {"BES-004"}}
"""The contract flags each such row; the check tells how large a share they are."""


def tables_of(rows: Rows) -> dict[str, pa.Table]:
    """The rows as the contract's tables, whether or not they break it."""
    return {
        table: pa.table(
            {
                name: pa.array([row.get(name) for row in rows[table]], contract.arrow_type(name))
                for name in contract.own_columns()
            }
        )
        for table, contract in CONTRACTS.items()
    }


def asked(rows: Rows, checks: Mapping[str, RowCheck]) -> dict[str, Counted | None]:
    known = parametrar(full_profile(), county(), UTTAGSDATUM).append_column("nuvarande", pa.array(["combine"]))
    found: dict[str, Counted | None] = {}
    with connection(SETTINGS) as connected:
        connected.register("parametrar", known)
        for name, table in tables_of(rows).items():
            connected.register(name, table)
        for table in CONTRACTS:
            here = [each for each in checks.values() if each.table == table]
            if here:
                found |= count(batch(connected, table, here), {each.id: Expected(each.days) for each in here})
    return found


@cache
def of_the_good_world() -> dict[str, Counted | None]:
    return asked(good_world(), BY_ID)


def spoilt(code: str) -> Rows:
    rows = deepcopy(good_world())
    SPOILT[code](rows)
    return rows


def fails(code: str, found: Counted | None) -> bool:
    assert found is not None
    return found.underlag > 0 and found.brister > BY_ID[code].threshold * found.underlag


def test_every_check_of_rows_has_known_bad_rows() -> None:
    assert set(SPOILT) == set(BY_ID)


@pytest.mark.parametrize("code", sorted(BY_ID))
def test_known_good_rows_are_asked_and_pass(code: str) -> None:
    found = of_the_good_world()[code]
    assert found is not None
    assert found.underlag > 0
    assert found.brister == 0


@pytest.mark.parametrize("code", sorted(BY_ID))
def test_known_bad_rows_fail(code: str) -> None:
    assert fails(code, asked(spoilt(code), {code: BY_ID[code]})[code])


@cache
def rules_of_the_good_world() -> set[str]:
    return {rule for _, _, rule in hits(validated(good_world()))}


@pytest.mark.parametrize("code", sorted(BY_ID))
def test_what_a_check_says_no_rule_of_the_contract_says(code: str) -> None:
    rules = {rule for _, _, rule in hits(validated(spoilt(code)))} - rules_of_the_good_world()
    assert rules <= SAID_OF_ROWS.get(code, set())


def written(rows: Rows, folder: Path) -> dict[str, Path]:
    paths = {table: folder / f"{table}.parquet" for table in CONTRACTS}
    for table, content in tables_of(rows).items():
        write_parquet(content, paths[table])
    return paths


def measured(folder: Path, *left_out: str, day: date = UTTAGSDATUM) -> dict[str, tuple[int | None, int | None]]:
    found = measure(written(good_world(), folder), full_profile(*left_out), county(), day, SETTINGS).to_pylist()
    return {row["matt"]: (row["antal"], row["underlag"]) for row in found if row["matt"].startswith("DK-")}


def test_a_column_that_is_not_delivered_is_asked_of_nobody(tmp_path: Path) -> None:
    found = measured(tmp_path, "beslut.planerad_uppfoljning")
    assert found["DK-211"] == found["DK-314"] == (0, 0)
    assert found["DK-212"][1]


def test_a_check_that_cannot_run_has_no_counts_and_the_others_have_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ibic_pipeline.quality.measure.row_checks_of", with_a_broken_one)
    found = measured(tmp_path)
    assert found["DK-211"] == (None, None)
    assert found["DK-212"][1]


def with_a_broken_one(table: str) -> tuple[RowCheck, ...]:
    from dataclasses import replace

    return tuple(
        replace(each, measured="r.ingen_sadan") if each.id == "DK-211" else each
        for each in ROW_CHECKS
        if each.table == table
    )
