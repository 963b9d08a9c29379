"""The pipeline with a few indicators instead of all, for tests of what happens to a delivery whatever is counted.

``python -m tests.support.few_indicators run --home …`` is ``ibic`` in a process of its own that knows only those few.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ibic_pipeline import cli
from ibic_pipeline.derive import indicators
from ibic_pipeline.resources import SQL

KEPT = ("F1", "F6", "M5", "T1", "T8")
"""Both types, every measure, values and pairs are among them."""
LIBRARIES = ("ibic_pipeline.derive.duckdb_engine", "ibic_pipeline.quality.gx")
"""What these remember is a library that was started, which takes time and knows no indicators."""


@contextmanager
def few_indicators(folder: Path) -> Iterator[None]:
    """This process knows no other indicators than ``KEPT``; their SQL lies in ``folder`` meanwhile."""
    for name in KEPT:
        shutil.copy(SQL / "indicators" / f"{name}.sql", folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(indicators.__wrapped__, "__defaults__", (folder,))
        _forget_indicators()
        yield
    _forget_indicators()


def _forget_indicators() -> None:
    """Also what others remember of them."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("ibic_pipeline.derive", "ibic_pipeline.quality")) and name not in LIBRARIES:
            for each in list(vars(module).values()):
                if hasattr(each, "cache_clear"):
                    each.cache_clear()


def main() -> None:
    """The command line with few indicators."""
    with TemporaryDirectory(prefix="indikatorer-") as folder, few_indicators(Path(folder)):
        cli.main()


if __name__ == "__main__":
    main()
