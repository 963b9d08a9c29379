"""Writes a municipality's summary: its current counts, described and signed, as one zip."""

from __future__ import annotations

import hashlib
import os
import zipfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.storage import json_text, read_json
from ibic_pipeline.summary.contents import DESCRIPTION, SIGNATURE, SUFFIX, TABLES, Description
from ibic_pipeline.summary.signing import sign

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""A zip's earliest; equal counts give equal bytes."""


def write_summary(home: Home, kommunkod: str, folder: Path) -> Path:
    """Write ``sammanstallning_<kommunkod>_<uttagsdatum>.zip`` in ``folder`` and return its path.

    The counts have not passed disclosure control: that happens once, at the county, over all municipalities.

    Raises:
        IbicError: nothing has been loaded, or there is no signing key.
    """
    version_folder = home.current(kommunkod).resolve()
    about = read_json(version_folder / "version.json")
    if about is None or not all((version_folder / f"{name}{SUFFIX}").is_file() for name in TABLES):
        raise IbicError(
            f"counts of {kommunkod} in {home.lager}", "none", f"Load it first: `ibic run --kommun {kommunkod}`."
        )
    tables = {f"{name}{SUFFIX}": (version_folder / f"{name}{SUFFIX}").read_bytes() for name in TABLES}
    description = Description(
        kommunkod=kommunkod,
        namn=about["namn"],
        leverans=about["leverans"],
        uttagsdatum=date.fromisoformat(about["uttagsdatum"]),
        version=about["version"],
        program=version("ibic-pipeline"),
        frister=about["frister"],
        kodlistor=tuple(about["kodlistor"]),
        lan=about["lan"],
        definitioner=about["definitioner"],
        filer={name: hashlib.sha256(content).hexdigest() for name, content in tables.items()},
    )
    signed = json_text(description.model_dump(mode="json")).encode()
    members = {DESCRIPTION: signed, SIGNATURE: sign(home, kommunkod, signed), **tables}
    target = folder / f"sammanstallning_{kommunkod}_{about['uttagsdatum']}.zip"
    _write_zip(members, target)
    return target


def _write_zip(members: dict[str, bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:  # parquet is compressed already
                for name, content in members.items():
                    archive.writestr(zipfile.ZipInfo(name, _MOMENT), content)
            stream.flush()
            os.fsync(stream.fileno())
        waiting.replace(target)
    finally:
        waiting.unlink(missing_ok=True)
