"""What is measured of the derive stage, each function in a process of its own: one stage, or all of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ibic_pipeline.cli.bench.meter import peak_mib

if TYPE_CHECKING:
    from ibic_pipeline.derive.measure import Spent
    from ibic_pipeline.home import Home

FEW, MANY = "figures of 2 years", "figures of 8 years"
YEARS = {FEW: 2, MANY: 8}


def size_folder(county: Home, size: int) -> Path:
    """Where the county at so many times its size lies: its tables, and what became of them."""
    return county.path / f"x{size}"


def nothing(folder: str, size: int, day: str) -> dict[str, float]:
    """What a process that only opens the engine takes."""
    from ibic_pipeline.derive.engine import engine_of
    from ibic_pipeline.derive.measure import stopwatch
    from ibic_pipeline.home import Home, Settings

    home = Home(Path(folder))
    with stopwatch() as spent, engine_of(Settings()) as engine:
        engine.show_parquet(tables_of(size_folder(home, size)))
        engine.show_arrow(_reference(home, day))
    return _cost(spent, 0)


def stage(folder: str, size: int, day: str, name: str, repeat: int) -> dict[str, float]:
    """What one fact or one indicator takes."""
    import pyarrow.parquet as pq

    from ibic_pipeline.derive.measure import cost
    from ibic_pipeline.home import Home, Settings

    home = Home(Path(folder))
    tables = tables_of(size_folder(home, size))
    out = size_folder(home, size) / "utfall" / f"{name}.parquet"
    spent = cost(name, tables, _reference(home, day), out.parent, out, Settings(), repeat)
    return _cost(spent, pq.read_metadata(out).num_rows)


def whole(folder: str, size: int, day: str) -> dict[str, dict[str, float]]:
    """All facts and units, and then their figures for each number of years."""
    import pyarrow.parquet as pq

    from ibic_pipeline.compare import aggregate
    from ibic_pipeline.derive import derive
    from ibic_pipeline.derive.measure import stopwatch
    from ibic_pipeline.home import Home, Settings

    home, last = Home(Path(folder)), date.fromisoformat(day)
    code, out = home.lan.kommuner[0], size_folder(home, size) / "allt"
    tables = tables_of(size_folder(home, size))
    rows = sum(pq.read_metadata(path).num_rows for path in tables.values())
    with stopwatch() as spent:
        derive(tables, home.profil(code), home.lan, last, out, Settings())
    found = {"units": _cost(spent, rows)}
    for name, years in YEARS.items():
        lan = home.lan.model_copy(update={"forsta_period": f"{last.year - years}-{last.month:02}"})
        with stopwatch() as spent:
            aggregate(out / "enheter", lan, code, last, Settings())
        found[name] = _cost(spent, rows)
    return found


def tables_of(folder: Path) -> dict[str, Path]:
    """The accepted rows of a county at one size: contract -> file."""
    from schemas import CONTRACTS

    return {name: folder / "tabeller" / f"{name}.parquet" for name in CONTRACTS}


def _reference(home: Home, day: str) -> dict[str, Any]:
    """Parameters of the first municipality and of the county: which ones does not change what has to be done."""
    from ibic_pipeline.derive.reference import reference_tables

    return reference_tables(home.profil(home.lan.kommuner[0]), home.lan, date.fromisoformat(day))


def _cost(spent: Spent, rows: int) -> dict[str, float]:
    return {
        "seconds": round(spent.seconds, 4),
        "cpu_seconds": round(spent.cpu_seconds, 4),
        "rows": rows,
        "peak_mib": round(peak_mib(), 1),
    }
