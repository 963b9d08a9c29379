"""Questions to a release."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.publish import current_release, open_release, run_query
from schemas import CONTRACTS
from tests.support.releases import make_home, no_pages, publish_small

SETTINGS = Settings(memory="200MB", threads=1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = make_home(tmp_path_factory.mktemp("home's"))
    publish_small(home, write_pages=no_pages)
    return home


def asked(home: Home, sql: str) -> list[dict]:
    return json.loads(run_query(home, sql, "json", SETTINGS))


def test_there_is_a_view_per_published_table(home: Home) -> None:
    with open_release(home, SETTINGS) as connection:
        names = {
            name for (name,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        }
    assert names == {"indikator", "tratt", *CONTRACTS}


def test_kommunkod_stays_text(home: Home) -> None:
    assert asked(home, "SELECT kommunkod FROM individ ORDER BY kommunkod") == [
        {"kommunkod": "0642"},
        {"kommunkod": "0643"},
    ]
    assert asked(home, "SELECT DISTINCT typeof(kommunkod) AS typ FROM indikator") == [{"typ": "VARCHAR"}]
    assert "0642" in run_query(home, "SELECT kommunkod FROM beslut", "csv", SETTINGS)


def test_a_suppressed_figure_is_null_and_not_zero(home: Home) -> None:
    sql = "SELECT namnare, taljare, andel FROM indikator WHERE status = 'undertryckt'"
    assert asked(home, sql) == [{"namnare": None, "taljare": None, "andel": None}]


def test_each_format_gives_the_same_answer(home: Home) -> None:
    sql = "SELECT kommunkod, namnare, andel FROM indikator WHERE kommunkod = '0642'"
    assert asked(home, sql) == [{"kommunkod": "0642", "namnare": 100, "andel": 0.2}]
    assert run_query(home, sql, "csv", SETTINGS) == '"kommunkod","namnare","andel"\n"0642",100,0.2\n'
    answer = run_query(home, sql, "parquet", SETTINGS)
    assert isinstance(answer, bytes)
    assert pq.read_table(io.BytesIO(answer)).to_pylist() == [{"kommunkod": "0642", "namnare": 100, "andel": 0.2}]
    table = run_query(home, sql, "table", SETTINGS)
    assert isinstance(table, str)
    assert [word for word in table.split() if word[0].isalnum()] == [
        "kommunkod",
        "namnare",
        "andel",
        "0642",
        "100",
        "0.2",
    ]


def test_a_long_answer_is_cut_with_a_word_about_it(home: Home) -> None:
    table = run_query(home, "SELECT range AS tal FROM range(201)", "table", SETTINGS)
    assert isinstance(table, str)
    assert table.endswith("200 of 201 rows; --format csv gives them all\n")


def test_days_are_written_as_days(home: Home) -> None:
    assert asked(home, "SELECT beslutsdatum FROM beslut LIMIT 1") == [{"beslutsdatum": "2024-03-15"}]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO 'x.csv'",
        "ATTACH 'x.db'",
        "SET enable_external_access = true",
        "CREATE TABLE x AS SELECT 1",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA enable_profiling",
        "CALL enable_logging(storage = 'file', storage_config = {'path': '/tmp'})",
        "EXPORT DATABASE '/tmp/ibic-export'",
        "WITH x AS (SELECT 1) INSERT INTO beslut SELECT * FROM x",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/ibic-x.csv'",
        "SELECT * FROM query($$ COPY (SELECT 1) TO '/tmp/ibic-x.csv' $$)",
        "SELECT * FROM query($$ SELECT * FROM read_csv('/etc/hostname') $$)",
        "SELECT * FROM query_table('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM 'https://example.com/x.parquet'",
        "DESCRIBE SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM duckdb_secrets()",
        "SELECT getenv('HOME')",
        "SELECT 1; DROP VIEW beslut",
        "",
    ],
)
def test_nothing_but_a_question_to_the_release_is_answered(home: Home, sql: str) -> None:
    with pytest.raises(IbicError):
        run_query(home, sql, "csv", SETTINGS)


def test_the_connection_itself_reaches_nothing_else(home: Home) -> None:
    with open_release(home, SETTINGS) as connection:
        for sql in ("COPY (SELECT 1) TO '/tmp/x.csv'", "SELECT * FROM read_text('/etc/hostname')", "SET threads = 8"):
            with pytest.raises(Exception, match=r"disabled by configuration|configuration has been locked"):
                connection.execute(sql).fetchall()


def test_files_of_the_home_beyond_the_published_tables_are_out_of_reach(home: Home) -> None:
    release = current_release(home)
    assert release is not None
    rows = home.versions("0642") / "v1" / "utlamnas" / "individ.parquet"
    roundabout = release / "harmoniserat" / "individ" / Path(*[".."] * 5) / rows.relative_to(home.path)
    assert rows.is_file()
    assert roundabout.resolve() == rows
    for path in (rows, roundabout, release / "manifest.json"):
        with pytest.raises(IbicError, match="disabled by configuration"):
            run_query(home, f"SELECT * FROM read_text($${path}$$)", "csv", SETTINGS)


def test_rows_that_do_not_fit_in_memory_are_not_written_to_disk(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sql = "SELECT count(*) FROM (SELECT DISTINCT range::VARCHAR || repeat('x', 99) FROM range(2000000))"
    with pytest.raises(IbicError, match="IBIC_MEMORY"):
        run_query(home, sql, "csv", Settings(memory="30MB", threads=1))
    with open_release(home, SETTINGS) as connection:
        assert connection.execute("SELECT current_setting('temp_directory')").fetchone() == ("",)
    assert list(tmp_path.iterdir()) == []


def test_two_columns_of_one_name_are_both_answered(home: Home) -> None:
    assert asked(home, "SELECT 1 AS a, 2 AS a, 3 AS b") == [{"a": 1, "a_1": 2, "b": 3}]


def test_values_that_a_format_has_no_form_for_are_answered(home: Home) -> None:
    sql = "SELECT [1, 2] AS lista, {'a': DATE '2026-06-30'} AS post, NULL::INTEGER[] AS tom"
    answer = run_query(home, sql, "csv", SETTINGS)
    assert answer == '"lista","post","tom"\n"[1, 2]","{""a"": ""2026-06-30""}",\n'
    assert asked(home, "SELECT 'nan'::DOUBLE AS a, '-inf'::DOUBLE AS b, 0.5::DOUBLE AS c") == [
        {"a": None, "b": None, "c": 0.5}
    ]


def test_a_sum_is_a_number(home: Home) -> None:
    assert asked(home, "SELECT sum(namnare) AS summa, 1.5 AS tal FROM indikator") == [{"summa": 500, "tal": 1.5}]


def test_python_variables_are_not_tables(home: Home) -> None:
    answer = pa.table({"hemlig": [1]})
    assert answer.num_rows == 1
    with pytest.raises(IbicError):
        run_query(home, "SELECT * FROM answer", "csv", SETTINGS)


def test_a_misspelt_table_is_answered_with_those_there_are(home: Home) -> None:
    with pytest.raises(IbicError) as raised:
        run_query(home, "SELECT * FROM indikatorer", "csv", SETTINGS)
    assert "indikatorer" in raised.value.found
    assert "indikator" in raised.value.next_step


def test_an_error_never_quotes_a_cell(home: Home) -> None:
    with pytest.raises(IbicError) as raised:
        run_query(home, "SELECT CAST(beslut_id AS INTEGER) FROM beslut", "csv", SETTINGS)
    assert "beslut_id-1" not in str(raised.value)


def test_too_little_memory_is_said_clearly(home: Home) -> None:
    with pytest.raises(IbicError, match="IBIC_MEMORY"):
        run_query(
            home,
            "SELECT list(tal) FROM (SELECT range AS tal FROM range(3000000))",
            "csv",
            Settings(memory="4MB", threads=1),
        )


def test_memory_and_threads_come_from_the_settings(home: Home) -> None:
    with open_release(home, Settings(memory="300MB", threads=1)) as connection:
        found = connection.execute("SELECT current_setting('threads'), current_setting('memory_limit')").fetchone()
    assert found == (1, "286.1 MiB")


def test_before_the_first_release_there_is_nothing_to_ask(tmp_path: Path) -> None:
    with pytest.raises(IbicError, match="none yet"):
        run_query(make_home(tmp_path), "SELECT 1", "csv", SETTINGS)
