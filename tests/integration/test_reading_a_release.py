"""A release in the hands of analysts: the snippets of docs/analyst.md, and the same content in every tool."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.compare.published import INDIKATOR, TRATT
from ibic_pipeline.home import Home
from ibic_pipeline.publish import current_release
from ibic_pipeline.publish.tables import published_files
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.storage import write_parquet
from schemas import CONTRACTS
from schemas.arrow import arrow_schema
from tests.support.releases import (
    SMALL_FIGURES,
    indikator_table,
    make_home,
    no_pages,
    publish_small,
    small_municipalities,
)
from tests.support.spark_server import a_server, needs_a_server

PAGE = PACKAGE.parent / "docs" / "analyst.md"
TEXTS = ["0642", "åäö", "", " ", 'a"b', "a;b", "rad\nrad", "NULL", "\\N", "0", "1e5", "🙂", "x" * 300]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two municipalities' rows of every type with gaps, and figures of which some are hidden."""
    draw = random.Random(7)
    home = make_home(tmp_path_factory.mktemp("plats") / "home")
    municipalities = small_municipalities(home)
    for code in ("0642", "0643"):
        for name, contract in CONTRACTS.items():
            schema = arrow_schema(contract)
            rows = [{field.name: drawn(field, code, draw) for field in schema} for _ in range(60)]
            path = home.versions(code) / "v1" / "utlamnas" / f"{name}.parquet"
            write_parquet(pa.Table.from_pylist(rows, schema=schema), path)
    figures = [{field.name: drawn(field, "0642", draw) for field in INDIKATOR} for _ in range(60)]
    funnel = [{field.name: drawn(field, "0642", draw) for field in TRATT} for _ in range(60)]
    tables = {
        "indikator": pa.concat_tables([indikator_table(SMALL_FIGURES), pa.Table.from_pylist(figures, INDIKATOR)]),
        "tratt": pa.Table.from_pylist(funnel, TRATT),
    }
    publish_small(home, municipalities=municipalities, write_pages=no_pages, tables=tables)
    return home


def drawn(field: pa.Field, kommunkod: str, draw: random.Random) -> Any:
    if field.name == "kommunkod":
        return kommunkod
    if field.nullable and draw.random() < 0.3:
        return None
    if pa.types.is_string(field.type):
        return draw.choice(TEXTS)
    if pa.types.is_date(field.type):
        return date(1900, 1, 1) + timedelta(days=draw.randrange(80_000))
    if pa.types.is_boolean(field.type):
        return draw.random() < 0.5
    if pa.types.is_floating(field.type):
        return draw.choice([0.0, -0.1, 1 / 3, 1e-300, 1e300, 28.5])
    most = 2**63 - 1 if pa.types.is_int64(field.type) else 2**31 - 1
    return draw.choice([0, 1, -1, most, -most - 1, 8, 9])


@pytest.fixture(scope="module")
def release(home: Home) -> Path:
    found = current_release(home)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def spark_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with a_server(tmp_path_factory.mktemp("spark")) as address:
        yield address


def with_duckdb(files: list[Path]) -> pa.Table:
    paths = [str(path) for path in files]
    sql = "SELECT * FROM read_parquet(?, hive_partitioning = false)"
    with duckdb.connect() as connection:
        return connection.sql(sql, params=[paths]).to_arrow_table()


def with_pandas(files: list[Path]) -> pa.Table:
    frame = pd.concat([pd.read_parquet(path, dtype_backend="pyarrow") for path in files], ignore_index=True)
    return pa.Table.from_pandas(frame, preserve_index=False)


def with_polars(files: list[Path]) -> pa.Table:
    return pl.read_parquet(files, hive_partitioning=False).to_arrow()


def with_dataset(files: list[Path]) -> pa.Table:
    import pyarrow.dataset as ds

    return ds.dataset([str(path) for path in files], partitioning=None).to_table()


def same(found: pa.Table, files: list[Path]) -> None:
    """Names, values and the types' kinds are as pyarrow reads them file by file; the order of rows is free."""
    expected = pa.concat_tables([pq.read_table(path, partitioning=None) for path in files])
    assert found.column_names == expected.column_names
    for field in expected.schema:
        assert kind(found.schema.field(field.name).type) == kind(field.type), field.name
    assert sorted(found.to_pylist(), key=repr) == sorted(expected.to_pylist(), key=repr)


def kind(found: pa.DataType) -> str:
    if pa.types.is_string(found) or pa.types.is_large_string(found) or pa.types.is_string_view(found):
        return "string"
    return str(found)


@pytest.mark.parametrize("read", [with_duckdb, with_pandas, with_polars, with_dataset])
def test_every_published_table_has_the_same_content_in(read: Callable[[list[Path]], pa.Table], release: Path) -> None:
    files = published_files(release)
    assert len(files) == 2 + len(CONTRACTS)
    for paths in files.values():
        same(read(paths), paths)


@needs_a_server
def test_every_published_table_has_the_same_content_in_spark(release: Path, spark_address: str) -> None:
    from pyspark.sql.connect.session import SparkSession

    spark = SparkSession.builder.remote(spark_address).getOrCreate()
    try:
        for paths in published_files(release).values():
            same(spark.read.parquet(*[str(path) for path in paths]).toArrow(), paths)
    finally:
        spark.stop()


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


FIRST, *OTHERS = snippets("python")
NAMED = {re.findall(r"^(?:import|from) (\w+)", code)[0]: code for code in OTHERS}


def answer(code: str, home: Home, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a snippet leaves behind, run where ``home`` lies as the page says, after the one that finds the release."""
    monkeypatch.chdir(home.path.parent)
    left: dict[str, Any] = {}
    exec(compile(FIRST + code, str(PAGE), "exec"), left)
    return left


def rows_of(frame: Any) -> list[dict[str, Any]]:
    if isinstance(frame, pd.DataFrame):
        return pa.Table.from_pandas(frame, preserve_index=False).to_pylist()
    return frame.to_dicts() if isinstance(frame, pl.DataFrame) else frame.to_pylist()


def t1_of(release: Path) -> list[dict[str, Any]]:
    rows = pq.read_table(release / "jamforelse" / "indikator.parquet").to_pylist()
    wanted = ("kommunkod", "period", "taljare", "namnare", "andel", "status")
    chosen = [row for row in rows if (row["indikator"], row["niva"], row["brytning"]) == ("T1", "kommun", "total")]
    return [{name: row[name] for name in wanted} for row in chosen]


def beslut_of(release: Path) -> list[dict[str, Any]]:
    files = sorted((release / "harmoniserat" / "beslut").glob("*.parquet"))
    return pa.concat_tables([pq.read_table(path) for path in files]).to_pylist()


def test_the_page_has_a_snippet_per_tool() -> None:
    assert set(NAMED) == {"duckdb", "pandas", "polars", "pyarrow", "pyspark"}
    assert len(snippets("r")) == len(snippets("powerquery")) == 1


@pytest.mark.parametrize(
    "tool", ["duckdb", "pandas", "polars", "pyarrow", pytest.param("pyspark", marks=needs_a_server)]
)
def test_a_snippet_of_the_page_reads_figures_and_rows(
    tool: str, home: Home, release: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if tool == "pyspark":
        monkeypatch.setenv("SPARK_REMOTE", request.getfixturevalue("spark_address"))
    left = answer(NAMED[tool], home, monkeypatch)
    t1, beslut = rows_of(left["t1"]), rows_of(left["beslut"])
    assert sorted(t1, key=repr) == sorted(t1_of(release), key=repr)
    assert sorted(beslut, key=repr) == sorted(beslut_of(release), key=repr)
    assert {row["kommunkod"] for row in t1} == {"0604", "0642", "0643"}
    assert {row["kommunkod"] for row in beslut} == {"0642", "0643"}
    hidden = [row for row in t1 if row["kommunkod"] == "0604"]
    assert [(row["status"], row["andel"]) for row in hidden] == [("undertryckt", None)]


HAS_R = (
    shutil.which("Rscript") is not None
    and not subprocess.run(
        ["Rscript", "-e", "library(arrow); library(dplyr); library(jsonlite)"], capture_output=True
    ).returncode
)


@pytest.mark.skipif(not HAS_R, reason="Rscript with the packages arrow, dplyr and jsonlite is not installed here")
def test_the_snippet_in_r_reads_figures_and_rows(home: Home, release: Path, tmp_path: Path) -> None:
    told = 'cat(sort(unique(t1$kommunkod)), nrow(t1), sort(unique(beslut$kommunkod)), nrow(beslut), sep = " ")'
    script = tmp_path / "analys.R"
    script.write_text(f"{snippets('r')[0]}\n{told}\n", encoding="utf-8")
    said = subprocess.run(
        ["Rscript", str(script)], cwd=home.path.parent, capture_output=True, text=True, check=True, timeout=300
    )
    expected = f"0604 0642 0643 {len(t1_of(release))} 0642 0643 {len(beslut_of(release))}"
    assert said.stdout.splitlines()[-1].strip() == expected
