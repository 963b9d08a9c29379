"""Python in a process of its own, at work in a home."""

from __future__ import annotations

import os
import subprocess
import sys

from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE


def started(home: Home, code: str, *words: str) -> subprocess.Popen[str]:
    """Start code with words as its arguments; what it leaves behind when it is killed lies beside the home."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("IBIC", "DAGSTER"))}
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=PACKAGE.parent,
        env=environment | {"IBIC_HOME": str(home.path), "TMPDIR": str(home.path.parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
