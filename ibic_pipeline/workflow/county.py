"""The steps of the county: the municipalities' figures put together, compared, published.

``county_figures`` resolves each municipality's link once and notes in ``underlag.json`` what it found, so that a
municipality that becomes current while the county is made is in the next release whole, and not in this one by half.
Whoever calls the steps holds ``only_writer`` of the county.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from ibic_pipeline.compare import earlier_release, keep_counts
from ibic_pipeline.derive import indicators
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.publish import Municipality, changed_figures, current_release, publish_release
from ibic_pipeline.publish.difference import difference
from ibic_pipeline.publish.pointer import read_pointer
from ibic_pipeline.publish.retention import purge_releases
from ibic_pipeline.storage import read_json, write_json
from ibic_pipeline.workflow.comparison import compare, put_together
from ibic_pipeline.workflow.files import COUNTY, private_files
from ibic_pipeline.workflow.fingerprint import county_version_of
from ibic_pipeline.workflow.purge import finish_purges
from ibic_pipeline.workflow.quality import write_quality

PUBLISHED = "utgiven"
"""Folder beside the county's counts: those that the current release was made of; the next is held against them."""

DRAWN = "diagram"
"""Folder beside them: the charts of the latest release by their data, which are not drawn again; may be deleted."""

NOTHING_YET = "Kommunen har ännu inte levererat något som kunnat användas."


@dataclass(frozen=True)
class Release:
    """A published release, whether it stood already, and whose data in it are not the latest."""

    folder: Path
    unchanged: bool
    stale: tuple[Municipality, ...]
    left_out: tuple[str, ...] = ()
    """What the release lacks because the machine does, and what to do about it."""


def municipalities_of(home: Home) -> list[Municipality]:
    """``municipality_of`` for the whole county."""
    return [municipality_of(home, kommunkod) for kommunkod in home.lan.kommuner]


def county_version(home: Home, municipalities: Sequence[Municipality]) -> str:
    """Fingerprint of everything that decides a release."""
    versions = {each.kommunkod: each.version.name if each.version else "" for each in municipalities}
    stale = {each.kommunkod: each.orsaker for each in municipalities if each.inaktuell}
    sharing = [each.kommunkod for each in municipalities if each.individniva == "lan"]
    return county_version_of(versions, stale, sharing, home.lan)


def is_published(home: Home, municipalities: Sequence[Municipality]) -> Path | None:
    """The current release when it was made of just this, or stands in place of what was; else None.

    A rollback holds until there is something else to publish than what was rolled back.
    """
    release = current_release(home)
    if release is None:
        return None
    rolled_back = (read_pointer(home) or {}).get("aterstalld") or {}
    made_of = {"version": county_version(home, municipalities), "release": rolled_back.get("fran", release.name)}
    return release if read_json(home.lager / COUNTY / "lan.json") == made_of else None


def county_figures(home: Home, settings: Settings | None = None) -> Path:
    """Put the municipalities' counts together and add up the county, one indicator at a time.

    Makes ``indikator``, ``tratt``, ``par``, ``tider`` and ``processkedja`` in ``lager/lan``. The counts
    are not disclosure controlled; the folder is restricted.

    Raises:
        IbicError: no municipality has any data.
    """
    municipalities = municipalities_of(home)
    versions = {each.kommunkod: each.version for each in municipalities if each.version is not None}
    if not versions:
        raise IbicError("data of at least one municipality", "none", "Correct a delivery, then run it again.")
    target = home.lager / COUNTY
    with private_files():
        write_json([asdict(each) for each in municipalities], target / "underlag.json")
        put_together(versions, home.lan, target, settings or Settings())
    return target / "indikator.parquet"


def published_figures(home: Home, settings: Settings | None = None) -> Path:
    """Compare under disclosure control, one indicator at a time: a release's tables, in ``lager/lan/jamforelse``."""
    path = compared_figures(home)
    quality_figures(home, settings or Settings())
    return path


def compared_figures(home: Home) -> Path:
    """The part of ``published_figures`` that compares the municipalities."""
    stale = {each.kommunkod for each in _made_of(home) if each.inaktuell}
    with private_files():
        earlier = earlier_release(current_release(home), home.lager / COUNTY / PUBLISHED)
        compare(home.lager / COUNTY, home.lan, stale, home.lager / COUNTY / "jamforelse", earlier)
    return home.lager / COUNTY / "jamforelse" / "indikator.parquet"


def quality_figures(home: Home, settings: Settings) -> None:
    """The part of ``published_figures`` that tells of data quality, once the other tables stand."""
    municipalities = _made_of(home)
    versions = {each.kommunkod: each.version for each in municipalities if each.version is not None}
    stale = {each.kommunkod for each in municipalities if each.inaktuell}
    with private_files():
        write_quality(home, versions, stale, settings)


def publish_county(home: Home, *, republish: bool = False) -> Release:
    """Publish what ``published_figures`` made, unless the current release was made of the same.

    Raises:
        IbicError: the release does not verify, or someone else is publishing.
    """
    municipalities = _made_of(home)
    stale = tuple(each for each in municipalities if each.inaktuell)
    standing = None if republish else is_published(home, municipalities)
    if standing is not None:
        return Release(standing, unchanged=True, stale=stale)
    compared = home.lager / COUNTY / "jamforelse"
    tables: dict[str, pa.Table | Path] = {path.stem: path for path in sorted(compared.glob("*.parquet"))}
    previous, now = current_release(home), datetime.now(tz=UTC)
    tables["andringar"] = changed_figures(previous, compared / "indikator.parquet", municipalities, home.lan)
    left_out: list[str] = []
    pages = partial(_write_pages, previous, home, left_out)
    folder = publish_release(home, home.lan, tables, municipalities, indicators(), now, write_pages=pages)
    with private_files():
        made_of = {"version": county_version(home, municipalities), "release": folder.name}
        write_json(made_of, home.lager / COUNTY / "lan.json")
        keep_counts(home.lager / COUNTY, home.lager / COUNTY / PUBLISHED, folder.name)
    finish_purges(home)
    purge_releases(home, home.lan.publicering, now)
    return Release(folder, unchanged=False, stale=stale, left_out=tuple(left_out))


def _write_pages(previous: Path | None, home: Home, left_out: list[str], folder: Path, about: dict[str, Any]) -> None:
    """Pages, workbook and printable reports; what could not be made is added to ``left_out``."""
    # They draw with altair, which an unchanged county need not load.
    from ibic_pipeline.report import write_everything

    changed = None
    if previous is not None:
        policy = home.lan.publicering
        changed = difference(previous, folder, about, policy.tolerans_procent.varde if policy else 0)
    with private_files():  # whoever may read the release gets to when it is published; what is kept stays here
        not_printed = write_everything(folder, about, changed, home.lager / COUNTY / DRAWN)
    left_out += [not_printed] if not_printed else []


def municipality_of(home: Home, kommunkod: str) -> Municipality:
    """What a municipality brings to the county: its last good version, and why that is not the latest."""
    version = home.current(kommunkod).resolve()
    known = read_json(version / "version.json") or {}
    reasons = _reasons(home, kommunkod)
    return Municipality(
        kommunkod=kommunkod,
        namn=known.get("namn") or _name(home, kommunkod),
        individniva="lan" if _shares_rows(home, known) else "lokal",
        version=version if known else None,
        inaktuell=bool(reasons),
        orsaker=reasons,
    )


def _made_of(home: Home) -> list[Municipality]:
    """The municipalities as ``county_figures`` found them."""
    noted = read_json(home.lager / COUNTY / "underlag.json")
    if noted is None:
        raise IbicError("the county's figures", "none", "Run the step `jamfor` first.")
    return [
        Municipality(**each | {"version": each["version"] and Path(each["version"]), "orsaker": tuple(each["orsaker"])})
        for each in noted
    ]


def _shares_rows(home: Home, known: dict[str, Any]) -> bool:
    """Whether both the profile of today and the one that the version was made with share rows with the county."""
    try:
        today = home.profil(known["kommunkod"]).individniva.publicering if known else "lokal"
    except IbicError:
        return False
    return today == known.get("individniva") == "lan"


def _reasons(home: Home, kommunkod: str) -> tuple[str, ...]:
    status = home.status(kommunkod)
    if status is None:
        return (NOTHING_YET,)
    if status["utfall"] == "godkand":
        return ()
    return tuple(f"{reason['kod']}: {reason['text']}" for reason in status["orsaker"])


def _name(home: Home, kommunkod: str) -> str:
    try:
        return home.profil(kommunkod).namn
    except IbicError:
        return kommunkod
