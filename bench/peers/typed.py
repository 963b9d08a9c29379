"""Reading the delivered files into typed columns and nothing more, in three libraries: what any validation begins with.

python bench/peers/typed.py HOME
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc

from ibic_pipeline.home import Home, Settings

DATES, NUMBERS = "DATUM_", ("BEDOMT_GRAD", "AVSETT_GRAD", "MAL_GRAD", "GRAD_UPPF")


def of_pyarrow(path: Path) -> int:
    types = {name: _arrow_type(name) for name in _columns(path)}
    options = pc.ConvertOptions(column_types=types, timestamp_parsers=["%Y%m%d"], strings_can_be_null=True)
    parse = pc.ParseOptions(delimiter=";", newlines_in_values=True, invalid_row_handler=lambda _row: "skip")
    return pc.read_csv(path, convert_options=options, parse_options=parse).num_rows


def of_duckdb(path: Path, threads: int) -> int:
    types = ", ".join(f"'{name}': '{_sql_type(name)}'" for name in _columns(path))
    with duckdb.connect(config={"threads": threads}) as connected:
        connected.execute("SET enable_progress_bar = false")
        connected.execute(
            f"CREATE TABLE t AS SELECT * FROM read_csv('{path}', delim = ';', header = TRUE, columns = {{{types}}}, "
            "quote = '\"', escape = '\"', dateformat = '%Y%m%d', ignore_errors = TRUE)"
        )
        return int(connected.execute("SELECT count(*) FROM t").fetchall()[0][0])


def of_pandas(path: Path) -> int:
    columns = _columns(path)
    dates = [name for name in columns if name.startswith(DATES)]
    numbers = {name: "Int64" for name in columns if name in NUMBERS}
    texts = {name: "str" for name in columns if name not in numbers and name not in dates}
    frame = pd.read_csv(
        path, sep=";", encoding="utf-8-sig", dtype=numbers | texts | dict.fromkeys(dates, "str"), on_bad_lines="skip"
    )
    return len(frame.assign(**{name: pd.to_datetime(frame[name], format="%Y%m%d", errors="coerce") for name in dates}))


def run(
    home: Home,
    out: Path,  # noqa: ARG001 - nothing is kept
    settings: Settings,
    stage: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> None:
    """Read every file of every municipality, one library after the other."""
    files = sorted(home.inkorg.glob("*/*/*.csv"))
    pa.set_cpu_count(settings.threads)
    with stage("pyarrow"):
        for path in files:
            of_pyarrow(path)
    with stage("duckdb"):
        for path in files:
            of_duckdb(path, settings.threads)
    with stage("pandas"):
        for path in files:
            of_pandas(path)


def _columns(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig") as stream:
        return stream.readline().rstrip("\r\n").split(";")


def _arrow_type(name: str) -> pa.DataType:
    return pa.timestamp("s") if name.startswith(DATES) else pa.int32() if name in NUMBERS else pa.string()


def _sql_type(name: str) -> str:
    return "DATE" if name.startswith(DATES) else "INTEGER" if name in NUMBERS else "VARCHAR"


if __name__ == "__main__":
    run(Home(Path(sys.argv[1])), Path(), Settings())
