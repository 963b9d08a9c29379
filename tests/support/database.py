"""A made-up world as the tables that the example queries ask, and profiles of a database and of files that fit it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import yaml
from sqlalchemy import Boolean, Column, Date, Engine, Integer, MetaData, Numeric, String, Table, Text, create_engine

from ibic_pipeline.profile import Profil
from ibic_pipeline.resources import SQL
from ibic_pipeline.synthetic.localwords import one_array
from schemas import CONTRACTS

EXAMPLE = SQL / "sources" / "profil.yaml"
DATABASE = "COMBINE_0642"
TEXTS = {
    "ansokan_text_langd": "ansokan_text",
    "bedomt_text_langd": "bedomt_text",
    "avsett_text_langd": "avsett_text",
    "delaktighet_text_langd": "delaktighet",
    "text_langd": "maltext",
}
"""Contract columns that only tell how long a text is -> the text itself."""
NOT_STORED = {"endast_skala", "fodelsear"}
TYPES: dict[str, Any] = {
    "date": Date(), "boolean": Boolean(), "integer": Integer(), "decimal": Numeric(10, 2),
    "identifier": String(40), "personnummer": String(13), "code": String(60),
}  # fmt: skip


def write_tables(url: str, worlds: Mapping[str, Mapping[str, pd.DataFrame]]) -> None:
    """Create a table ``v_<table>`` per contract table and fill it with the worlds of all municipalities."""
    engine = create_engine(url)
    for name in CONTRACTS:
        _write_table(engine, name, worlds)
    engine.dispose()


def database_profile() -> dict[str, Any]:
    """The shipped example."""
    content: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    return content


def file_profile(kommunkod: str) -> Profil:
    """The same columns, delivered as csv files."""
    content = database_profile()
    content |= {"kommunkod": kommunkod, "leverans": {}, "format": {}}
    for files in content["exporter"].values():
        for fil in files:
            fil["monster"] = f"{fil.pop('fraga')}.csv"
    return Profil.model_validate(content)


def write_profile(home: Path, content: Mapping[str, Any]) -> None:
    """Write a profile to its place."""
    folder = home / "kommuner"
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False)
    (folder / f"{content['kommunkod']}.yaml").write_text(text, encoding="utf-8")


def _write_table(engine: Engine, name: str, worlds: Mapping[str, Mapping[str, pd.DataFrame]]) -> None:
    own = {
        column: declared.metadata["lasning"]
        for column, declared in CONTRACTS[name].own_columns().items()
        if column not in NOT_STORED
    }
    columns = [Column(TEXTS.get(column, column), TYPES.get(reading, Text())) for column, reading in own.items()]
    added = [Column("kommunkod", String(4)), Column("registrerad", Date())]
    table = Table(f"v_{name}", MetaData(), *added, *columns)
    rows = [
        {"kommunkod": kommunkod, "registrerad": date(2026, 1, 1), **row}
        for kommunkod, world in worlds.items()
        for row in _rows(world[name], own)
    ]
    table.create(engine)
    with engine.begin() as connection:
        if rows:
            connection.execute(table.insert(), rows)


def _rows(frame: pd.DataFrame, own: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows as a driver takes them: Python's own values, None where nothing is known."""
    columns = {column: one_array(frame[column]) for column in own}
    texts = {column: values.cast(pa.string()) for column, values in columns.items() if own[column] == "code"}
    table = pa.table(columns | texts)
    return table.rename_columns([TEXTS.get(column, column) for column in own]).to_pylist()
