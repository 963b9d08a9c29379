"""What of the database that releases are loaded into can be wrong: out of reach, or behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ibic_pipeline.cli.doctor.finding import Finding, from_error
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.home import Home


def examine(home: Home) -> Iterator[Finding]:
    """The finding on the warehouse."""
    yield _warehouse(home)


def _warehouse(home: Home) -> Finding:
    from ibic_pipeline.warehouse import is_configured, status_of

    if not is_configured(home):
        return Finding("database", "ok", "none is asked for")
    try:
        status = status_of(home)
    except IbicError as error:
        return from_error("database", "finding", error)
    if status.publicerad is not None and not status.visar_publicerad:
        text = f"{status.adress} does not show the current release."
        return Finding("database", "finding", text, "Run `ibic warehouse load`.")
    return Finding("database", "ok", f"{status.adress} shows the current release")
