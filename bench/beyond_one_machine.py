"""Municipalities in two worker processes against one, and their derive stage on a Spark Connect server against DuckDB.

    python -m bench.beyond_one_machine COUNTY [MUNICIPALITIES]

COUNTY is a home that `ibic bench` has made, such as ``home/bench/standard-13-0.1-alla-1``. It prints JSON: seconds of
each way, processor seconds, and whether both engines wrote the same bytes. The server is pysail, on 127.0.0.1.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ibic_pipeline.cli.bench.machine import machine
from ibic_pipeline.cli.bench.processes import in_a_process
from ibic_pipeline.derive import derive
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.synthetic.county_synth import END
from ibic_pipeline.workflow.municipality import work_on
from schemas import CONTRACTS
from tests.support.spark_server import a_server


def workers(home: Home, codes: list[str], number: int) -> dict[str, float]:
    """The data work with so many processes, each with its share of the threads; large and small ones in turn."""
    shares = [codes[place::number] for place in range(number)]
    threads = str(max(1, (os.cpu_count() or 1) // number))
    with patch.dict(os.environ, IBIC_THREADS=threads), ThreadPoolExecutor(number) as pool, _clock() as spent:
        stages = pool.map(lambda share: in_a_process("work:data_work", folder=str(home.path), codes=share), shares)
        cpu = sum(cost["cpu_seconds"] for each in stages for cost in each.values())
    return {"seconds": round(spent[0], 2), "cpu_seconds": round(cpu, 2)}


def engines(home: Home, codes: list[str], folder: Path) -> dict[str, Any]:
    """Facts and units of the same rows on both engines, in turn: seconds by the clock, and how many differ."""
    found: dict[str, Any] = {"duckdb": 0.0, "pysail": 0.0, "files_that_differ": 0}
    with a_server(folder) as address:
        for code in codes:
            rows = work_on(home, code).folder / "harmoniserat"
            tables = {name: rows / f"{name}.parquet" for name in CONTRACTS}
            written = {}
            for name, engine in (("duckdb", ""), ("pysail", address)):
                out = folder / name / code
                with _clock() as spent:
                    derive(tables, home.profil(code), home.lan, END, out, Settings(engine=engine))
                found[name] = round(found[name] + spent[0], 2)
                written[name] = {path.relative_to(out): path.read_bytes() for path in out.rglob("*.parquet")}
            found["files_that_differ"] += written["duckdb"] != written["pysail"]
    return found | {"pysail / duckdb": round(found["pysail"] / found["duckdb"], 2)}


@contextmanager
def _clock() -> Iterator[list[float]]:
    spent: list[float] = []
    started = time.perf_counter()
    yield spent
    spent.append(time.perf_counter() - started)


def main(folder: str, few: str = "13") -> None:
    home = Home(Path(folder))
    codes = list(home.lan.kommuner)[: int(few)]
    one, two = workers(home, codes, 1), workers(home, codes, 2)
    with tempfile.TemporaryDirectory() as name:
        found = engines(home, codes, Path(name))
    result = {
        "municipalities": len(codes),
        "one process": one,
        "two processes": two,
        "speed-up": round(one["seconds"] / two["seconds"], 2),
        "engines": found,
        "machine": machine(),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
