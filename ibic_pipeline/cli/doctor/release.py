"""Whether what readers see is what was published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ibic_pipeline.cli.doctor.finding import Finding, from_error
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.home import Home


def examine(home: Home) -> Iterator[Finding]:
    """The finding on the current release."""
    yield _release(home)


def _release(home: Home) -> Finding:
    from ibic_pipeline.publish import current_release, verify_release

    try:
        release = current_release(home)
    except IbicError as error:
        return from_error("release", "error", error)
    if release is None:
        return Finding("release", "finding", "Nothing is published yet.", "Run `ibic run`.")
    differences = verify_release(release)
    if differences:
        text = f"{release.name}: {differences[0].fil} {differences[0].vad}"
        do = "Run `ibic release rollback` to the one before, then `ibic run --force`."
        return Finding("release", "error", text, do)
    return Finding("release", "ok", f"{release.name}, every file as its manifest says")
