"""One measurement of ``ibic bench`` in a process of its own: what it took in seconds, rows and memory."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ibic_pipeline.derive.measure import Spent
    from ibic_pipeline.home import Home

FEW, MANY = "figures of 2 years", "figures of 8 years"
YEARS = {FEW: 2, MANY: 8}


def size_folder(county: Home, size: int) -> Path:
    """Where the county at so many times its size lies: its tables, and what became of them."""
    return county.path / f"x{size}"


def child() -> None:
    """One measurement, as the order on standard input says; seconds, rows and MiB to standard output."""
    from ibic_pipeline.home import Home

    order = json.load(sys.stdin)
    home = Home(Path(order["home"]))
    folder = size_folder(home, order["size"])
    measure = {"nothing": _nothing, "stage": _stage, "whole": _whole, "night": _night}[order["what"]]
    print(json.dumps(measure(home, folder, order)))  # noqa: T201 - the answer to the process that asked


def _nothing(home: Home, folder: Path, order: dict[str, Any]) -> dict[str, float]:
    """What a process that only opens the engine takes."""
    from ibic_pipeline.derive.engine import engine_of
    from ibic_pipeline.derive.measure import stopwatch
    from ibic_pipeline.home import Settings

    with stopwatch() as spent, engine_of(Settings()) as engine:
        engine.show_parquet(_tables(folder))
        engine.show_arrow(_reference(home, order))
    return _cost(spent, 0)


def _stage(home: Home, folder: Path, order: dict[str, Any]) -> dict[str, float]:
    import pyarrow.parquet as pq

    from ibic_pipeline.derive.measure import cost
    from ibic_pipeline.home import Settings

    out = folder / "utfall" / f"{order['name']}.parquet"
    spent = cost(order["name"], _tables(folder), _reference(home, order), out.parent, out, Settings(), order["repeat"])
    return _cost(spent, pq.read_metadata(out).num_rows)


def _whole(home: Home, folder: Path, order: dict[str, Any]) -> dict[str, dict[str, float]]:
    """All facts and units, and then their figures for each number of years."""
    import pyarrow.parquet as pq

    from ibic_pipeline.compare import aggregate
    from ibic_pipeline.derive import derive
    from ibic_pipeline.derive.measure import stopwatch
    from ibic_pipeline.home import Settings

    code, day, out = home.lan.kommuner[0], date.fromisoformat(order["day"]), folder / "allt"
    tables = _tables(folder)
    rows = sum(pq.read_metadata(path).num_rows for path in tables.values())
    with stopwatch() as spent:
        derive(tables, home.profil(code), home.lan, day, out, Settings())
    found = {"units": _cost(spent, rows)}
    for name, years in YEARS.items():
        lan = home.lan.model_copy(update={"forsta_period": f"{day.year - years}-{day.month:02}"})
        with stopwatch() as spent:
            aggregate(out / "enheter", lan, code, day, Settings())
        found[name] = _cost(spent, rows)
    return found


def _night(home: Home, folder: Path, order: dict[str, Any]) -> dict[str, dict[str, float]]:  # noqa: ARG001
    from ibic_pipeline.cli.bench_night import night

    return night(home, _peak_mib)


def _tables(folder: Path) -> dict[str, Path]:
    from schemas import CONTRACTS

    return {name: folder / "tabeller" / f"{name}.parquet" for name in CONTRACTS}


def _reference(home: Home, order: dict[str, Any]) -> dict[str, Any]:
    """Parameters of the first municipality and of the county: which ones does not change what has to be done."""
    from ibic_pipeline.derive.reference import reference_tables

    return reference_tables(home.profil(home.lan.kommuner[0]), home.lan, date.fromisoformat(order["day"]))


def _cost(spent: Spent, rows: int) -> dict[str, float]:
    return {
        "seconds": round(spent.seconds, 4),
        "cpu_seconds": round(spent.cpu_seconds, 4),
        "rows": rows,
        "peak_mib": round(_peak_mib(), 1),
    }


def _peak_mib() -> float:
    """The most memory that this process has held; ``getrusage`` would tell of the one that started it, too."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (each for each in status.read_text(encoding="ascii").splitlines() if each.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / 1024 if sys.platform == "darwin" else peak / 1024
