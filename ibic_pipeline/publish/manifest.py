"""What a release says about itself: what went in, by which rules, and what came out."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ibic_pipeline import __version__
from ibic_pipeline.county import Lan
from ibic_pipeline.derive import Indicator
from ibic_pipeline.publish.municipality import Municipality
from ibic_pipeline.publish.verify import files_in
from ibic_pipeline.resources import PACKAGE, SCHEMAS
from ibic_pipeline.storage import read_json, sha256_of_file, sha256_of_json
from ibic_pipeline.validate.accounting import accounting_in
from schemas import CONTRACT_VERSION, CONTRACTS, Contract
from schemas.arrow import arrow_schema

_IN_PLAIN_WORDS = {
    "INST": "Kommunens inställningar går inte att läsa. Systemadministratören ser felet med kommandot ibic doctor.",
    "FEL": "Inläsningen avbröts av ett tekniskt fel. Systemadministratören ser felet i körningens logg.",
}
"""What readers of a release are told instead of a technical message, which may name folders and settings."""


def describe(
    name: str, now: datetime, lan: Lan, municipalities: Sequence[Municipality], catalogue: Sequence[Indicator]
) -> dict[str, Any]:
    """Everything the manifest says but the list of files."""
    ordered = sorted(municipalities, key=lambda each: each.kommunkod)
    return {
        "release": name,
        "publicerad": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "program": {"namn": "ibic-pipeline", "version": __version__, "git": _git_commit()},
        "lan": lan.model_dump(mode="json", by_alias=True),
        "kontraktsversion": CONTRACT_VERSION,
        "kontrakt": {table: _fingerprint(contract) for table, contract in CONTRACTS.items()},
        "kodlistor": {path.stem: sha256_of_file(path) for path in sorted((SCHEMAS / "kodlistor").glob("*.csv"))},
        "indikatorer": [_indicator(indicator) for indicator in catalogue],
        "kommuner": [_municipality(each) for each in ordered],
        "inaktuella": [each.kommunkod for each in ordered if each.inaktuell],
        "avstamning": [row for each in ordered for row in _accounting(each)],
    }


def fingerprint_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of every file of a release."""
    return {
        name: {"sha256": sha256_of_file(path), "byte": path.stat().st_size} for name, path in files_in(folder).items()
    }


def _municipality(each: Municipality) -> dict[str, Any]:
    return {
        "kommunkod": each.kommunkod,
        "namn": each.namn,
        "individniva": each.individniva,
        "inaktuell": each.inaktuell,
        "orsaker": [_IN_PLAIN_WORDS.get(reason.partition(":")[0], reason) for reason in each.orsaker],
        "version": each.version.name if each.version else None,
        "underlag": read_json(each.version / "version.json") if each.version else None,
    }


def _accounting(each: Municipality) -> list[dict[str, Any]]:
    if each.version is None:
        return []
    rows = accounting_in(each.version / "avstamning.parquet")
    return sorted(rows, key=lambda row: (row["kommunkod"], row["export"], row["kallfil"]))


def _fingerprint(contract: type[Contract]) -> str:
    """SHA-256 of a contract's columns, references and rules."""
    columns = arrow_schema(contract).to_string(show_field_metadata=True, truncate_metadata=False)
    parents = [dataclasses.astuple(parent) for parent in contract.parents()]
    rules = [(rule.code, rule.severity, rule.fields, rule.message) for rule in contract.rules()]
    return sha256_of_json([columns, parents, rules])


def _indicator(indicator: Indicator) -> dict[str, Any]:
    """An indicator as its header says, with the fingerprint of its SQL in place of the text."""
    plain = dataclasses.asdict(indicator)
    return plain | {"sql": sha256_of_json(plain["sql"])}


def _git_commit() -> str | None:
    """The commit of the clone that runs; None in an installed package."""
    root = PACKAGE.parent
    if not (root / ".git").exists():
        return None
    try:
        answer = subprocess.run(  # noqa: S603  a fixed command
            ["git", "-C", str(root), "rev-parse", "HEAD"],  # noqa: S607  wherever git is
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
