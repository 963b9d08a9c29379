"""Where the files that travel with the package lie: the same in a clone and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent

SQL = _ROOT / "sql"
SCHEMAS = _ROOT / "schemas"
PROFILES = _ROOT / "profiles"
PACKAGE = _ROOT / "ibic_pipeline"
