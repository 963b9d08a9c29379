"""A row belongs to a person however far below it stands, and a person is old when the last note is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ibic_pipeline.publish.persons import ended_before, link_columns, owners, remaining
from ibic_pipeline.storage import write_parquet
from ibic_pipeline.workflow.forgotten import years_before
from schemas import CONTRACTS
from schemas.arrow import arrow_schema


def rows(table: str, *given: dict[str, Any]) -> pa.Table:
    schema = arrow_schema(CONTRACTS[table])
    needed = {field.name: "x" if pa.types.is_string(field.type) else 1 for field in schema if not field.nullable}
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | needed | row for row in given], schema=schema)


def county() -> dict[str, pa.Table]:
    """A and B, each with a decision; under A's a goal of a plan, followed up, and one that hangs on nothing."""
    return {
        "individ": rows("individ", {"individ_id": "A"}, {"individ_id": "B"}),
        "beslut": rows("beslut", {"beslut_id": "1", "individ_id": "A"}, {"beslut_id": "2", "individ_id": "B"}),
        "uppdrag": rows("uppdrag", {"uppdrag_id": "u1", "beslut_id": "1"}),
        "genomforandeplan": rows("genomforandeplan", {"plan_id": "p1", "uppdrag_id": "u1"}),
        "mal": rows("mal", {"mal_id": "m1", "plan_id": "p1"}, {"mal_id": "m2", "beslut_id": "2"}, {"mal_id": "m3"}),
        "uppfoljning": rows("uppfoljning", {"uppfoljning_id": "f1", "plan_id": "p1"}),
        "maluppfyllelse": rows("maluppfyllelse", {"uppfoljning_id": "f1", "mal_id": "m1"}),
    }


def pieces(tables: dict[str, pa.Table]) -> dict[str, list[dict[str, pa.Array]]]:
    def whole(column: pa.ChunkedArray) -> pa.Array:
        return pa.concat_arrays([*column.chunks, pa.array([], column.type)])

    return {
        table: [dict(zip(content.column_names, map(whole, content.columns), strict=True))]
        for table, content in tables.items()
    }


def test_a_row_belongs_to_the_person_of_its_parents_in_several_steps() -> None:
    found = {table: each[0].to_pylist() for table, each in owners(pieces(county())).items() if each}
    assert found["mal"] == ["A", "B", None]
    assert found["genomforandeplan"] == found["uppfoljning"] == found["maluppfyllelse"] == ["A"]


def test_parents_are_found_in_another_piece_of_their_table() -> None:
    tables = county()
    split = pieces(tables)
    split["beslut"] = [
        *pieces({"beslut": tables["beslut"].slice(1)})["beslut"],
        *pieces({"beslut": tables["beslut"].slice(0, 1)})["beslut"],
    ]
    assert owners(split)["uppdrag"][0].to_pylist() == ["A"]


def test_tables_are_left_without_a_persons_rows_and_untouched_ones_are_not_read_whole(tmp_path: Path) -> None:
    sources = {table: tmp_path / f"{table}.parquet" for table in county()}
    for table, content in county().items():
        write_parquet(content, sources[table])
    kept = remaining(sources, {"B"})
    assert {table: content.num_rows for table, content in kept.items()} == {"individ": 1, "beslut": 1, "mal": 2}
    assert kept["mal"].schema.equals(arrow_schema(CONTRACTS["mal"]), check_metadata=True)
    assert remaining(sources, {"C"}) == {}
    assert remaining(sources, set()) == {}


def test_every_table_is_tied_to_a_person_by_some_column() -> None:
    for table, contract in CONTRACTS.items():
        ties = {"individ_id", *(parent.field for parent in contract.parents())}
        assert ties & set(link_columns(table)), table


@pytest.mark.parametrize(
    ("dates", "old"),
    [
        ({"beslutsdatum": date(2018, 1, 1), "upphort": date(2019, 2, 27)}, True),
        ({"beslutsdatum": date(2018, 1, 1), "upphort": date(2019, 2, 28)}, False),
        ({"beslutsdatum": date(2018, 1, 1)}, False),  # until further notice
        ({"beslutsdatum": date(2018, 1, 1), "galler_tom": date(2018, 6, 1)}, True),
        (
            {
                "beslutsdatum": date(2018, 1, 1),
                "galler_tom": date(2018, 6, 1),
                "planerad_uppfoljning": date(2020, 1, 1),
            },
            False,
        ),
    ],
)
def test_a_person_is_old_when_every_note_is_and_no_decision_runs(dates: dict[str, date], old: bool) -> None:
    tables = {
        "individ": rows("individ", {"individ_id": "A"}),
        "beslut": rows("beslut", {"beslut_id": "1", "individ_id": "A", **dates}),
    }
    assert ended_before(pieces(tables), years_before(date(2024, 2, 29), 5)) == (["A"] if old else [])


def test_a_note_on_a_goal_far_below_keeps_its_person() -> None:
    tables = county()
    tables["beslut"] = rows(
        "beslut",
        {"beslut_id": "1", "individ_id": "A", "upphort": date(2010, 1, 1)},
        {"beslut_id": "2", "individ_id": "B", "upphort": date(2010, 1, 1)},
    )
    tables["uppfoljning"] = rows("uppfoljning", {"uppfoljning_id": "f1", "plan_id": "p1", "datum": date(2024, 1, 1)})
    assert ended_before(pieces(tables), date(2019, 1, 1)) == ["B"]


def test_who_has_no_date_at_all_is_not_old() -> None:
    assert ended_before(pieces({"individ": rows("individ", {"individ_id": "A"})}), date(2019, 1, 1)) == []
