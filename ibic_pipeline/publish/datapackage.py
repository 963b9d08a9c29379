"""The release as a Frictionless data package: one resource per table, generated from contracts and parquet schemas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.publish.columns import COMPARISON_COLUMNS, COMPARISON_KEYS
from schemas import CONTRACTS, Contract

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

# Frictionless reads parquet through pandas, where an empty integer becomes nan.
_MISSING = ["", "nan"]
_TYPES = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_date, "date"),
)


def datapackage(folder: Path) -> dict[str, Any]:
    """Describe the tables of a release.

    A table of several municipalities is one resource whose ``path`` lists its files. A foreign key is a pair:
    ids are unique within a municipality only.
    """
    compared = [_comparison(path) for path in sorted((folder / "jamforelse").glob("*.parquet"))]
    present = {table: sorted((folder / "harmoniserat" / table).glob("*.parquet")) for table in CONTRACTS}
    harmonised = [
        _harmonised(contract, [path.relative_to(folder).as_posix() for path in present[table]])
        for table, contract in CONTRACTS.items()
        if present[table]
    ]
    return {"$schema": PROFILE, "name": "ibic", "resources": compared + harmonised}


def _resource(name: str, title: str, paths: str | list[str], schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "type": "table",
        "description": title,
        "path": paths,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": schema,
    }


def _comparison(path: Path) -> dict[str, Any]:
    fields = [
        {"name": column.name, "type": _type(column.type), "description": COMPARISON_COLUMNS[column.name]}
        for column in pq.read_schema(path)
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": _MISSING}
    if path.stem in COMPARISON_KEYS:
        # The county has no kommunkod, and a primary key may not be null.
        schema["uniqueKeys"] = [COMPARISON_KEYS[path.stem]]
    return _resource(path.stem, f"Jämförelsetabellen {path.stem}.", f"jamforelse/{path.name}", schema)


def _harmonised(contract: type[Contract], paths: list[str]) -> dict[str, Any]:
    schema = {
        "fields": [_field(contract, name, column) for name, column in contract.columns().items()],
        "missingValues": _MISSING,
        "primaryKey": ["kommunkod", *contract.key()],
        "foreignKeys": [
            {
                "fields": ["kommunkod", parent.field],
                "reference": {"resource": parent.table, "fields": ["kommunkod", *CONTRACTS[parent.table].key()]},
            }
            for parent in contract.parents()
        ],
    }
    return _resource(contract.table(), (contract.__doc__ or "").strip(), paths, schema)


def _field(contract: type[Contract], name: str, column: Any) -> dict[str, Any]:
    limits = {"minimum": column.metadata.get("minst"), "maximum": column.metadata.get("hogst")}
    constraints = {key: value for key, value in limits.items() if value is not None}
    if not column.nullable:
        constraints["required"] = True
    described = {
        "name": name,
        "type": _type(contract.arrow_type(name)),
        "description": column.description,
        "constraints": constraints,
        "ibic:kodlista": column.metadata.get("kodlista"),
        "ibic:kanslighet": column.metadata.get("kanslighet"),
    }
    return {key: value for key, value in described.items() if value}


def _type(arrow: pa.DataType) -> str:
    return next((name for matches, name in _TYPES if matches(arrow)), "string")
