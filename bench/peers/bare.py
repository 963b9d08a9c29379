"""The least that gives the same accepted rows and figures: DuckDB over the delivered files, all municipalities at once.

No accounting, no quarantine, no rules, no repairs, no pseudonyms, no lineage, no files between steps; it needs
deliveries without faults in the standard layout. What an indicator *is* is shared with the pipeline: the SQL of facts
and indicators, the county's parameters and the code lists. Quantiles have no intervals here, and rows of zeros are left
out.

    python bench/peers/bare.py HOME OUT
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import duckdb
import pyarrow as pa

from ibic_pipeline.compare.periods import last_whole_month, month_number
from ibic_pipeline.derive.engine import in_order
from ibic_pipeline.derive.headers import indicators
from ibic_pipeline.derive.reference import reference_tables
from ibic_pipeline.harmonise.codes import scale_words_only_pattern
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.synthetic.county_synth import END
from schemas import CONTRACTS
from schemas.codelists import codelist

HERE = Path(__file__).resolve().parent
FILES = {
    "utredning": "ISU_UTREDNING",
    "beslut": "ISU_BESLUT",
    "uppdrag": "ISU_UPPDRAG",
    "genomforandeplan": "ISU_PLAN",
    "uppfoljning": "ISU_UPPFOLJNING",
}
"""Table -> how the names of its files begin. Their last line, the number of records, is dropped as an error."""


def rows(connected: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Make one table per contract: the accepted rows of every municipality that has delivered."""
    for table, begins in FILES.items():
        connected.execute(f"""
            CREATE TABLE {table}_fil AS
            SELECT regexp_extract(filename, 'inkorg/([0-9]+)/', 1) || '|' AS k, * EXCLUDE (filename)
            FROM read_csv('{home.inkorg}/*/{END}/{begins}_*.csv', delim = ';', header = TRUE, all_varchar = TRUE,
                quote = '"', escape = '"', ignore_errors = TRUE, filename = TRUE)""")
    icf = codelist("icf")[["kod", "livsomrade"]].drop_duplicates("kod")
    connected.register("icf", pa.Table.from_pandas(icf, preserve_index=False))
    words = {"scale_words_only": scale_words_only_pattern().replace("'", "''"), "today": f"{END:%y%m%d}"}
    connected.execute(_filled((HERE / "bare_rows.sql").read_text(encoding="utf-8"), words))


def units(connected: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Make the tables of facts, and ``enhet``: the units of every indicator."""
    for name, table in reference_tables(home.profil(home.lan.kommuner[0], END), home.lan, END).items():
        connected.register(name, table)
    for fact in in_order():
        connected.execute(f"CREATE TABLE {fact.namn} AS {fact.sql}")
    for number, indicator in enumerate(indicators()):
        connected.execute(f"{'INSERT INTO enhet' if number else 'CREATE TABLE enhet AS'} {indicator.sql}")


def figures(connected: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Make the table ``figurer``: counts and quantiles per municipality, indicator, period and group."""
    known = [{"id": each.id, "typ": each.typ, "vaxande": each.varde_typ == "vaxande"} for each in indicators()]
    connected.register("indikator", pa.Table.from_pylist(known))
    first = month_number(
        END.replace(year=int(home.lan.forsta_period[:4]), month=int(home.lan.forsta_period[5:]), day=1)
    )
    window = {"first": str(first), "last": str(last_whole_month(END))}
    connected.execute(_filled((HERE / "bare_figures.sql").read_text(encoding="utf-8"), window))


def run(
    home: Home,
    out: Path,
    settings: Settings,
    stage: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> None:
    """Write the accepted rows and the figures as parquet; ``stage`` measures the three parts of it."""
    out.mkdir(parents=True, exist_ok=True)
    limits = {"threads": settings.threads, "memory_limit": settings.memory, "temp_directory": f"{out}/spill"}
    with duckdb.connect(":memory:", config=limits) as connected:
        connected.execute("SET enable_progress_bar = false")
        with stage("rows"):
            rows(connected, home)
            _write(connected, CONTRACTS, out)
        with stage("units"):
            units(connected, home)
        with stage("figures"):
            figures(connected, home)
            _write(connected, ["figurer"], out)


def _write(connected: duckdb.DuckDBPyConnection, tables: Iterable[str], out: Path) -> None:
    for table in tables:
        connected.execute(f"COPY {table} TO '{out}/{table}.parquet' (FORMAT parquet, COMPRESSION zstd)")


def _filled(text: str, values: dict[str, str]) -> str:
    """The SQL with its names in braces replaced; patterns hold braces of their own."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


if __name__ == "__main__":
    run(Home(Path(sys.argv[1])), Path(sys.argv[2]), Settings())
