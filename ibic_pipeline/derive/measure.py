"""What one fact or one indicator costs: an accepted county made larger under new ids, and one stage run over it."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ibic_pipeline.derive.engine import Engine, connection, engine_of, in_order, parquet_list
from ibic_pipeline.derive.headers import Fact, Indicator, indicators
from ibic_pipeline.derive.run import fact, units, write_pieces
from ibic_pipeline.home import Settings
from schemas import CONTRACTS

DELIVERY_ID = "leverans_id"


@dataclass
class Spent:
    """What something took."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """Of every processor together."""


@contextmanager
def stopwatch() -> Iterator[Spent]:
    """Measures what is done inside; the numbers stand when it ends."""
    spent = Spent()
    started, worked = time.perf_counter(), time.process_time()
    yield spent
    spent.seconds, spent.cpu_seconds = time.perf_counter() - started, time.process_time() - worked


def stages() -> dict[str, Fact | Indicator]:
    """Every fact, after those that it reads, and then every indicator, by name or id."""
    return {each.namn: each for each in in_order()} | {each.id: each for each in indicators()}


def multiply(sources: Mapping[str, Sequence[Path]], times: int, folder: Path, settings: Settings) -> dict[str, Path]:
    """One parquet file per contract under ``folder``: the rows of all its sources, ``times`` times under new ids.

    Every copy of a municipality is a municipality of its own: its persons, decisions and goals belong together and have
    nothing in common with another copy's. Equal sources give equal rows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.parquet" for name in CONTRACTS}
    with connection(settings) as connected:
        for name, path in paths.items():
            source = f"read_parquet({parquet_list(list(sources[name]))})"
            columns = [row[0] for row in connected.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
            chosen = ", ".join(_renamed(column) for column in columns)
            connected.execute(
                f"COPY (SELECT {chosen} FROM {source} AS t CROSS JOIN range({times}) AS k(nr)) "
                f"TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION zstd)"
            )
    return paths


def cost(
    name: str,
    tables: Mapping[str, Path],
    reference: Mapping[str, pa.Table],
    facts: Path,
    out: Path,
    settings: Settings,
    repeat: int,
) -> Spent:
    """What one stage takes: the least of ``repeat`` runs. It leaves its rows in ``out``.

    A stage is query, checks, sorting and writing, as in a load. The facts that it reads are taken from the files in
    ``facts`` first and are not part of the time.
    """
    stage = stages()[name]
    with engine_of(settings) as engine:
        engine.show_parquet(tables)
        engine.show_arrow(reference)
        for read in stage.indata:
            if (facts / f"{read}.parquet").exists():
                _held(engine, read, facts / f"{read}.parquet")
        spent = [_spent(engine, stage, out) for _ in range(repeat)]
    return Spent(min(each.seconds for each in spent), min(each.cpu_seconds for each in spent))


def _spent(engine: Engine, stage: Fact | Indicator, out: Path) -> Spent:
    with stopwatch() as spent:
        write_pieces(fact(engine, stage) if isinstance(stage, Fact) else units(engine, stage), out)
    return spent


def _held(engine: Engine, name: str, path: Path) -> None:
    """A fact as the engine holds it in a load, not as the file that it becomes."""
    engine.show_parquet({f"fil_{name}": path})
    engine.materialise(name, f"SELECT f.* FROM fil_{name} AS f", stages()[name].nyckel)  # type: ignore[union-attr]


def _renamed(column: str) -> str:
    if column.endswith("_id") and column != DELIVERY_ID:
        return f"t.{column} || '-' || t.kommunkod || '-' || k.nr AS {column}"
    return f"t.{column} AS {column}"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
