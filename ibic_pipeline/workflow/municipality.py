"""The steps of one municipality. Each reads what the step before left in the version's folder and leaves its own files.

``load_delivery`` decides which version is built and notes it in ``pagaende.json``; the steps after it may run in
other processes. Nothing is visible to readers before ``commit_version``. Whoever calls them holds ``only_writer``.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.codes import code_lists, dated_lists
from ibic_pipeline.compare import aggregate
from ibic_pipeline.derive import derive, indicators
from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract import Delivery, read_file
from ibic_pipeline.harmonise import HarmonisedFile, harmonise_file
from ibic_pipeline.harmonise.unmapped import unmapped_table
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.pseudonym import key_id, pseudonymiser
from ibic_pipeline.storage import read_json, write_json, write_parquet
from ibic_pipeline.validate import Validated, check_limits, validate_delivery
from ibic_pipeline.validate.protected import without_protected
from ibic_pipeline.workflow.files import private_files
from ibic_pipeline.workflow.plan import Plan, plan
from ibic_pipeline.workflow.versions import (
    building_folder,
    describe_version,
    fresh_building_folder,
    make_current,
    refused_folder,
    version_folder,
    write_status,
)
from schemas import CONTRACTS
from schemas.codelists import CodeLists


@dataclass(frozen=True)
class Work:
    """The version that is being built, or that stands already and need not be built again."""

    kommunkod: str
    leverans: str
    version: str
    folder: Path
    finished: bool


def load_delivery(home: Home, kommunkod: str, *, rebuild: bool = False) -> Plan:
    """Find, fingerprint and check the latest delivery; note what to build, or that the delivery is refused."""
    planned = plan(home, kommunkod)
    with private_files():
        if planned.version is None:
            refuse(home, planned)
        else:
            _note(home, kommunkod, planned.leverans, planned.version, rebuild=rebuild)
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
    """Deliver ``harmoniserat/``, ``karantan/``, ``avstamning.parquet`` and ``omappade.parquet`` of the
    version, and ``utlamnas/`` when the municipality shares its rows.

    Raises:
        DeliveryRefused: unreadable files, too many refused rows, far fewer rows than last time.
    """
    work = work_on(home, kommunkod)
    if work.finished:
        return work
    profil = home.profil(kommunkod, extraction_date(work.leverans))
    try:
        validated, unmapped = _validated(home, work, profil)
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
        _write_findings(validated, unmapped, folder)
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
    """Deliver ``aggregat.parquet`` and ``tratt.parquet`` of the version."""
    work = work_on(home, kommunkod)
    if work.finished:
        return work
    enheter = work.folder / "enheter"
    figures, funnel = aggregate(enheter, home.lan, kommunkod, extraction_date(work.leverans), settings)
    with private_files():
        write_parquet(figures, work.folder / "aggregat.parquet")
        write_parquet(funnel, work.folder / "tratt.parquet")
    return work


def commit_version(home: Home, kommunkod: str) -> Work:
    """Make the version the one that readers see, once all of its files stand.

    Raises:
        IbicError: a file is missing.
    """
    work = work_on(home, kommunkod)
    with private_files():
        if not work.finished:
            _all_there(work.folder)
            write_json(_description(home, work), work.folder / "version.json")
            make_current(home, kommunkod, work.version)
            _note(home, kommunkod, work.leverans, work.version, rebuild=False)
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


def _note(home: Home, kommunkod: str, leverans: str | None, version: str, *, rebuild: bool) -> None:
    note = {"leverans": leverans, "version": version, "bygg_om": rebuild}
    write_json(note, home.versions(kommunkod) / "pagaende.json")


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


def _validated(home: Home, work: Work, profil: Profil) -> tuple[Validated, pa.Table]:
    """The delivery's rows, judged, and its values that are no codes.

    What a delivery beyond the limits was refused for stays in ``vagrad/``.
    """
    delivery = _unchanged_delivery(home, work)
    refused = refused_folder(home, work.kommunkod)
    shutil.rmtree(refused, ignore_errors=True)
    codes = code_lists(home)
    files = _harmonised_files(home, delivery, profil, codes)
    unmapped = unmapped_table(files, codes)
    validated = validate_delivery(files, delivery, profil, codes)
    try:
        check_limits(files, validated, _previous_accounting(home, work.kommunkod), profil)
    except DeliveryRefused:
        with private_files():
            _write_findings(validated, unmapped, refused)
        raise
    return validated, unmapped


def _write_findings(validated: Validated, unmapped: pa.Table, folder: Path) -> None:
    write_parquet(validated.karantan, folder / "karantan" / "karantan.parquet")
    write_parquet(validated.flaggor, folder / "karantan" / "flaggor.parquet")
    write_parquet(validated.avstamning, folder / "avstamning.parquet")
    write_parquet(unmapped, folder / "omappade.parquet")


def _harmonised_files(home: Home, delivery: Delivery, profil: Profil, codes: CodeLists) -> list[HarmonisedFile]:
    """Every file of the delivery; when some cannot be read, the refusal gives the reasons of all of them."""
    pseudonymise = pseudonymiser(home, delivery.kommunkod, delivery.uttagsdatum)
    harmonised: list[HarmonisedFile] = []
    reasons: list[tuple[str, str]] = []
    for file in delivery.files:
        try:
            harmonised.append(harmonise_file(read_file(file), file, delivery, profil, pseudonymise, codes))
        except DeliveryRefused as refused:
            reasons += refused.reasons
    if reasons:
        raise DeliveryRefused(dict.fromkeys(reasons))
    return harmonised


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
    expected += [folder / "karantan" / "karantan.parquet", folder / "karantan" / "flaggor.parquet"]
    expected += [folder / f"{name}.parquet" for name in ("avstamning", "omappade", "aggregat", "tratt")]
    expected += [folder / "enheter" / f"{indicator.id}.parquet" for indicator in indicators()]
    missing = [path.relative_to(folder).as_posix() for path in expected if not path.is_file()]
    if missing:
        raise IbicError("all files of the version", f"{', '.join(missing)} missing", "Run the municipality again.")


def _description(home: Home, work: Work) -> dict[str, Any]:
    delivery = _unchanged_delivery(home, work)
    profil = home.profil(work.kommunkod, extraction_date(work.leverans))
    return {
        "version": work.version,
        "kommunkod": work.kommunkod,
        "namn": profil.namn,
        "individniva": profil.individniva.publicering,
        "leverans": work.leverans,
        "uttagsdatum": extraction_date(work.leverans).isoformat(),
        "frister": profil.frister.model_dump(exclude_none=True),
        "nyckel": key_id(home, work.kommunkod),
        "kodlistor": [each.path.name for each in dated_lists(home)],
        "filer": [{"fil": file.name, "export": file.export, "sha256": file.sha256} for file in delivery.files],
    }
