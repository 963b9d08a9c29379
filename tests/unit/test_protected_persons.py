"""Persons of protected identity are counted, but never shown row by row."""

from __future__ import annotations

import pyarrow as pa

from ibic_pipeline.validate.protected import without_protected
from schemas import CONTRACTS
from schemas.arrow import arrow_schema


def tables(skydd: str | None) -> dict[str, pa.Table]:
    """Two persons, P (with the given protection) and Q, each with one row in every table."""
    made = {}
    for name, contract in CONTRACTS.items():
        schema = arrow_schema(contract)
        rows = [{column: f"{column}-{who}" for column in references(name)} for who in "PQ"]
        if name == "individ":
            rows[0]["skydd"], rows[1]["skydd"] = skydd, "ingen"
        made[name] = pa.Table.from_pylist(rows, schema=schema)
    return made


def references(name: str) -> list[str]:
    """The columns that hold ids; goals and follow-ups belong to a plan here, not to a decision."""
    in_plan = {"mal", "uppfoljning"}
    columns = {*CONTRACTS[name].key(), *(parent.field for parent in CONTRACTS[name].parents())}
    return sorted(columns - ({"beslut_id"} if name in in_plan else set()))


def test_everything_that_belongs_to_a_protected_person_is_left_out() -> None:
    for level in ("sekretessmarkering", "skyddad_folkbokforing", "fingerade"):
        kept = without_protected(tables(level))
        for name, table in kept.items():
            assert len(table) == 1, name
            assert table[references(name)[0]].to_pylist() == [f"{references(name)[0]}-Q"]


def test_without_protection_nothing_is_left_out() -> None:
    for none in (None, "ingen"):
        assert {name: len(table) for name, table in without_protected(tables(none)).items()} == dict.fromkeys(
            CONTRACTS, 2
        )


def test_the_tables_keep_their_schema() -> None:
    kept = without_protected(tables("fingerade"))
    assert all(kept[name].schema.equals(arrow_schema(contract)) for name, contract in CONTRACTS.items())
