"""The release as a Frictionless data package: one resource per table, generated from contracts and parquet schemas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.publish.columns import COMPARISON_COLUMNS, COMPARISON_KEYS, table_description, table_title
from ibic_pipeline.publish.documents import Document, documents
from ibic_pipeline.publish.kolada import COLUMNS as KOLADA
from ibic_pipeline.publish.tables import COMPARED, compared_files, harmonised_files
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
    """Describe the tables of a release, and what people open in it, one resource per file.

    A municipality's file of a harmonised table is the resource ``<table>-<kommunkod>``: programs that read data
    packages read one parquet file per resource. Its keys are those within a municipality, and its foreign keys lead to
    resources of the same one; with ``kommunkod`` in them, an empty reference would count as a broken one.
    """
    compared = [_comparison(paths[0]) for paths in compared_files(folder).values()]
    harmonised = harmonised_files(folder)
    rows = [_harmonised(CONTRACTS[table], path, folder) for table, paths in harmonised.items() for path in paths]
    kolada = [_kolada()] if (folder / "kolada.csv").is_file() else []
    beside = [_file(each) for each in documents(folder)]
    return {"$schema": PROFILE, "name": "ibic", "resources": [*compared, *kolada, *rows, *beside]}


def _file(each: Document) -> dict[str, Any]:
    """A file that people open; it is not called a table. Frictionless reads any workbook, and not by the standard."""
    sheet = {"dialect": {"sheetName": each.blad, "excel": {"sheet": each.blad}}} if each.blad else {}
    return {
        "name": each.name,
        "title": each.title,
        "description": each.description,
        "path": each.path,
        "format": each.path.rpartition(".")[2],
        "mediatype": each.mediatype,
    } | sheet


def _resource(name: str, title: str, description: str, path: str, schema: dict[str, Any]) -> dict[str, Any]:
    form = {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    if path.endswith(".parquet"):
        form = {"format": "parquet", "mediatype": "application/vnd.apache.parquet"}
    return {
        "name": name,
        "type": "table",
        "title": title,
        "description": description,
        "path": path,
        "schema": schema,
    } | form


def _comparison(path: Path) -> dict[str, Any]:
    fields = [
        {"name": column.name, "type": _type(column.type), "description": COMPARISON_COLUMNS[column.name]}
        for column in pq.read_schema(path)
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": _MISSING}
    if path.stem in COMPARISON_KEYS:
        # The county has no kommunkod, and a primary key may not be null.
        schema["uniqueKeys"] = [COMPARISON_KEYS[path.stem]]
    name = path.stem
    return _resource(name, table_title(name), table_description(name), f"{COMPARED}/{path.name}", schema)


def _kolada() -> dict[str, Any]:
    types = {"value": "number", "count": "integer"}
    fields = [{"name": name, "type": types.get(name, "string"), "description": said} for name, said in KOLADA.items()]
    key = ["kpi", "municipality", "period", "gender"]
    schema = {"fields": fields, "missingValues": _MISSING, "primaryKey": key}
    return _resource("kolada", table_title("kolada"), table_description("kolada"), "kolada.csv", schema)


def _harmonised(contract: type[Contract], path: Path, folder: Path) -> dict[str, Any]:
    code = path.stem
    schema = {
        "fields": [_field(contract, name, column) for name, column in contract.columns().items()],
        "missingValues": _MISSING,
        "primaryKey": list(contract.key()),
        "foreignKeys": [
            {
                "fields": [parent.field],
                "reference": {
                    "resource": f"{parent.table}-{code}",
                    "fields": list(CONTRACTS[parent.table].key()),
                },
            }
            for parent in contract.parents()
            if parent.missing_severity == "avvisa"
        ],
    }
    title = f"{contract.table()}, kommun {code}"
    return _resource(
        f"{contract.table()}-{code}",
        title,
        (contract.__doc__ or "").strip(),
        path.relative_to(folder).as_posix(),
        schema,
    )


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
