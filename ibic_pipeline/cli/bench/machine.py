"""The machine and the versions that a measurement was made with, and where its results are kept."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

LIBRARIES = (
    *("ibic-pipeline", "duckdb", "pyarrow", "pandas", "pandera", "polars", "dagster", "sqlglot", "great-expectations"),
    *("altair", "vl-convert-python", "pysail"),
)


def machine() -> dict[str, Any]:
    """What decides how long something takes, and how busy the machine was with other things at the end of it."""
    import psutil

    from ibic_pipeline.home import Settings

    settings = Settings()
    return {
        "system": platform.platform(),
        "cpus": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load_average": [round(each, 2) for each in os.getloadavg()],
        "threads": settings.threads,
        "memory": settings.memory,
        "python": platform.python_version(),
        **{name: found for name in LIBRARIES if (found := _version(name)) is not None},
    }


def keep(result: dict[str, Any], folder: Path) -> Path:
    """Add a result, as one line with the time, to the history of its scenario."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result['scenario']}.jsonl"
    with path.open("a", encoding="utf-8") as history:
        told = {"when": datetime.now(tz=UTC).isoformat(timespec="seconds"), **result}
        history.write(json.dumps(told, ensure_ascii=False) + "\n")
    return path


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
