"""The steps of one municipality. Each reads what the step before left in the version's folder and leaves its own files.

``load_delivery`` decides which version is built and notes it in ``pagaende.json``; the steps after it may run in
other processes. Nothing is visible to readers before ``commit_version``. Whoever calls them holds ``only_writer``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ibic_pipeline.codes import code_lists, dated_lists
from ibic_pipeline.compare import aggregate, calendar, chain, waits
from ibic_pipeline.derive import derive, indicators
from ibic_pipeline.derive.engine import connection
from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract import Delivery
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.pseudonym import key_id, scope_of
from ibic_pipeline.storage import read_json, write_json, write_parquet, write_parquet_parts
from ibic_pipeline.summary import definitions, read_summary, settings_of
from ibic_pipeline.validate import Validated, check_limits, validate_delivery
from ibic_pipeline.validate.protected import without_protected
from ibic_pipeline.workflow.files import private_files
from ibic_pipeline.workflow.plan import Plan, fetch_and_plan, plan
from ibic_pipeline.workflow.quality import is_check, keep_measures
from ibic_pipeline.workflow.reading import ReadDelivery, read_delivery
from ibic_pipeline.workflow.taken_over import accept_summary, take_over_counts
from ibic_pipeline.workflow.versions import (
    building_folder,
    describe_version,
    fresh_building_folder,
    make_current,
    refused_folder,
    version_folder,
    write_note,
    write_status,
)
from schemas import CONTRACTS


@dataclass(frozen=True)
class Work:
    """The version that is being built, or that stands already and need not be built again."""

    kommunkod: str
    leverans: str
    version: str
    folder: Path
    finished: bool


def load_delivery(home: Home, kommunkod: str, *, rebuild: bool = False, fetch: bool = True) -> Plan:
    """Find, fingerprint and check the latest delivery; note what to build, or that the delivery is refused.

    Unless ``fetch`` is false the municipality's database or remote folder, if it has one, is asked for a new one first.
    """
    planned = (fetch_and_plan if fetch else plan)(home, kommunkod)
    with private_files():
        if planned.version is None:
            refuse(home, planned)
        else:
            write_note(home, kommunkod, planned.leverans, planned.version, rebuild=rebuild)
    return planned


def work_on(home: Home, kommunkod: str) -> Work:
    """What ``load_delivery`` decided.

    Raises:
        IbicError: no delivery has been checked.
    """
    note = read_json(home.versions(kommunkod) / "pagaende.json")
    if note is None:
        raise IbicError(f"a checked delivery of {kommunkod}", "none", "Run the step `leverans` first.")
    version = note["version"]
    if not note["bygg_om"] and describe_version(home, kommunkod).get("version") == version:
        return Work(kommunkod, note["leverans"], version, version_folder(home, kommunkod, version), finished=True)
    return Work(kommunkod, note["leverans"], version, building_folder(home, kommunkod, version), finished=False)


def harmonise_municipality(home: Home, kommunkod: str) -> Work:
    """Deliver ``harmoniserat/``, ``karantan/``, ``avstamning.parquet``, ``omappade.parquet`` and
    ``rattelser.parquet`` of the version, and ``utlamnas/`` when the municipality shares its rows.

    Raises:
        DeliveryRefused: unreadable files, too many refused rows, far fewer rows than last time.
    """
    work = work_on(home, kommunkod)
    if work.finished:
        return work
    profil = home.profil(kommunkod, extraction_date(work.leverans))
    try:
        validated, read = _validated(home, work, profil)
    except DeliveryRefused as refused:
        with private_files():
            write_status(
                home, kommunkod, "vagrad", leverans=work.leverans, version=work.version, reasons=refused.reasons
            )
        raise
    with private_files():
        folder = fresh_building_folder(home, kommunkod, work.version)
        for table in CONTRACTS:
            write_parquet(validated.tables[table], folder / "harmoniserat" / f"{table}.parquet")
        if profil.individniva.publicering == "lan":
            for table, rows in without_protected(validated.tables).items():
                write_parquet(rows, folder / "utlamnas" / f"{table}.parquet")
        _write_findings(validated, read, folder)
    return work


def derive_municipality(home: Home, kommunkod: str, settings: Settings) -> Work:
    """Deliver ``fakta/`` and ``enheter/`` of the version."""
    work = work_on(home, kommunkod)
    if work.finished:
        return work
    tables = {table: work.folder / "harmoniserat" / f"{table}.parquet" for table in CONTRACTS}
    with private_files():
        day = extraction_date(work.leverans)
        derive(tables, home.profil(kommunkod, day), home.lan, day, work.folder, settings, code_lists(home))
    return work


def aggregate_municipality(home: Home, kommunkod: str, settings: Settings) -> Work:
    """Deliver the counts of the version: ``aggregat``, ``tratt``, ``varden``, ``tider`` and ``processkedja``.

    They are counted here, or are those that the municipality has sent instead of its rows.
    """
    work = work_on(home, kommunkod)
    if work.finished:
        return work
    sender = home.profil(kommunkod, extraction_date(work.leverans)).sammanstallning
    if sender is not None:
        with private_files():
            take_over_counts(home, sender, _unchanged_delivery(home, work), work.folder)
        return work
    day, facts = extraction_date(work.leverans), work.folder / "fakta"
    counted = aggregate(work.folder / "enheter", home.lan, kommunkod, day, settings)
    with connection(settings) as connected:
        lengths = waits(connected, facts, kommunkod, int(home.lan.forsta_period[:4]))
        steps = chain(connected, facts, kommunkod, calendar(home.lan.forsta_period, day))
    with private_files():
        for name, table in (("aggregat", counted.figures), ("tratt", counted.funnel), ("varden", counted.values)):
            write_parquet_parts(_one_by_one(table), table.schema, work.folder / f"{name}.parquet")
        write_parquet(lengths, work.folder / "tider.parquet")
        write_parquet(steps, work.folder / "processkedja.parquet")
    return work


def _one_by_one(table: pa.Table) -> Iterator[pa.Table]:
    """The table's rows per indicator: the county reads one indicator of all municipalities at a time."""
    return (table.filter(pc.equal(table["indikator"], each.id)) for each in indicators())


def complete_version(home: Home, kommunkod: str) -> Work:
    """Describe the version in ``version.json``, once all of its files stand; readers do not see it yet.

    Raises:
        IbicError: a file is missing.
    """
    work = work_on(home, kommunkod)
    if not work.finished:
        _all_there(work.folder)
        with private_files():
            write_json(_description(home, work), work.folder / "version.json")
    return work


def commit_version(home: Home, kommunkod: str) -> Work:
    """Make the version the one that readers see, once all of its files stand.

    Raises:
        IbicError: a file is missing.
    """
    work = complete_version(home, kommunkod)
    with private_files():
        if not work.finished:
            make_current(home, kommunkod, work.version)
            keep_measures(home, kommunkod, work.leverans, version_folder(home, kommunkod, work.version))
            write_note(home, kommunkod, work.leverans, work.version, rebuild=False)
        write_status(home, kommunkod, "godkand", leverans=work.leverans, version=work.version)
    return work_on(home, kommunkod)


def keep_current(home: Home, planned: Plan) -> None:
    """Note that the current version is the latest delivery, also after a refused one has been taken away."""
    status = home.status(planned.kommunkod) or {}
    if status.get("utfall") != "godkand" or status.get("version") != planned.version:
        with private_files():
            write_status(home, planned.kommunkod, "godkand", leverans=planned.leverans, version=planned.version)


def is_refused_still(home: Home, planned: Plan) -> bool:
    """Whether the latest attempt refused this very delivery, so that reading it again would say the same."""
    status = home.status(planned.kommunkod) or {}
    if status.get("utfall") != "vagrad" or status["version"] != planned.version:
        return False
    if any(is_check(each["kod"]) for each in status["orsaker"]):  # the county may have set another threshold
        return False
    return planned.version is not None or [(each["kod"], each["text"]) for each in status["orsaker"]] == list(
        planned.reasons
    )


def refuse(home: Home, planned: Plan) -> None:
    """Note that the latest delivery is refused; the current version stays where it is."""
    with private_files():
        write_status(
            home,
            planned.kommunkod,
            "vagrad",
            leverans=planned.leverans,
            version=planned.version,
            reasons=planned.reasons,
        )


def mark_failed(home: Home, kommunkod: str, text: str) -> None:
    """Note that the latest attempt ended in an error; the current version stays where it is."""
    note = read_json(home.versions(kommunkod) / "pagaende.json") or {}
    with private_files():
        write_status(
            home,
            kommunkod,
            "fel",
            leverans=note.get("leverans"),
            version=note.get("version"),
            reasons=[("FEL", text)],
        )


def _validated(home: Home, work: Work, profil: Profil) -> tuple[Validated, ReadDelivery]:
    """The delivery's rows, judged, and what else was found while they were read.

    What a delivery beyond the limits was refused for stays in ``vagrad/``.
    """
    delivery = _unchanged_delivery(home, work)
    refused = refused_folder(home, work.kommunkod)
    shutil.rmtree(refused, ignore_errors=True)
    if profil.sammanstallning is not None:
        return accept_summary(home, delivery, profil, profil.sammanstallning)
    read = read_delivery(home, delivery, profil)
    validated = validate_delivery(read.files, delivery, profil, code_lists(home))
    try:
        check_limits(read.files, validated, _previous_accounting(home, work.kommunkod), profil)
    except DeliveryRefused:
        with private_files():
            _write_findings(validated, read, refused)
        raise
    return validated, read


def _write_findings(validated: Validated, read: ReadDelivery, folder: Path) -> None:
    for name in ("karantan", "flaggor", "reparationer"):
        write_parquet(getattr(validated, name), folder / "karantan" / f"{name}.parquet")
    write_parquet(validated.avstamning, folder / "avstamning.parquet")
    write_parquet(read.omappade, folder / "omappade.parquet")
    write_parquet(read.rattelser, folder / "rattelser.parquet")
    write_json(read.gallrade, folder / "gallrade.json")


def _previous_accounting(home: Home, kommunkod: str) -> pa.Table | None:
    path = home.current(kommunkod) / "avstamning.parquet"
    return pq.read_table(path) if path.exists() else None


def extraction_date(leverans: str) -> date:
    """The day on which the delivery was extracted: its name begins with it."""
    return date.fromisoformat(leverans[:10])


def _unchanged_delivery(home: Home, work: Work) -> Delivery:
    """The delivery of the version; one that changed meanwhile would be published under another's fingerprint."""
    now = plan(home, work.kommunkod)
    if now.delivery is None or now.version != work.version:
        raise IbicError(
            f"the delivery {work.leverans} of {work.kommunkod} as it was when the run began",
            "another content",
            "Run again when the delivery is complete.",
        )
    return now.delivery


def _all_there(folder: Path) -> None:
    expected = [folder / "harmoniserat" / f"{table}.parquet" for table in CONTRACTS]
    expected += [folder / "karantan" / f"{name}.parquet" for name in ("karantan", "flaggor", "reparationer")]
    names = ("avstamning", "omappade", "rattelser", "aggregat", "tratt", "varden", "tider", "processkedja")
    expected += [folder / f"{name}.parquet" for name in names]
    expected += [folder / "enheter" / f"{indicator.id}.parquet" for indicator in indicators()]
    missing = [path.relative_to(folder).as_posix() for path in expected if not path.is_file()]
    if missing:
        raise IbicError("all files of the version", f"{', '.join(missing)} missing", "Run the municipality again.")


def _description(home: Home, work: Work) -> dict[str, Any]:
    delivery = _unchanged_delivery(home, work)
    profil = home.profil(work.kommunkod, extraction_date(work.leverans))
    sender = profil.sammanstallning
    counted = None if sender is None else read_summary(delivery, sender, home.lan).description
    return {
        "version": work.version,
        "kommunkod": work.kommunkod,
        "namn": profil.namn,
        "individniva": profil.individniva.publicering,
        "leverans": work.leverans,
        "uttagsdatum": extraction_date(work.leverans).isoformat(),
        "frister": counted.frister if counted else profil.frister.model_dump(exclude_none=True),
        "sammanstallning": counted.version if counted else None,
        "lan": settings_of(home.lan),
        "definitioner": counted.definitioner if counted else definitions(),
        "nyckel": key_id(home, scope_of(profil)),
        "nyckel_omfattning": profil.identiteter.nyckel,
        "kodlistor": [each.path.name for each in dated_lists(home)],
        "gallrade": read_json(work.folder / "gallrade.json"),
        "filer": [{"fil": file.name, "export": file.export, "sha256": file.sha256} for file in delivery.files],
    }
