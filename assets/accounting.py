"""The accounting as Dagster shows it: every row read is accepted, quarantined or an exact duplicate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dagster import AssetCheckResult, AssetCheckSeverity, MaterializeResult, MetadataValue

from assets.describe import accounting_picture, accounting_sentence, all_rules, commonest_rules, reasons_in_words
from assets.places import home

COUNTED = ("last", "godkanda", "karantan", "dubbletter", "flaggade", "reparerade")


def unaccounted(files: list[dict[str, Any]]) -> int:
    """How many rows are missing from, or too many in, the accounting of the files."""
    return sum(abs(row["last"] - row["godkanda"] - row["karantan"] - row["dubbletter"]) for row in files)


def accounting(files: list[dict[str, Any]], path: Path) -> MaterializeResult[None]:
    """The asset ``avstamning``; ``path`` is where its file will stand."""
    totals = _totals(files)
    rules = _rows_per_code(files, "regler")
    return MaterializeResult(
        asset_key="avstamning",
        metadata={
            "sammanfattning": accounting_sentence(totals, len(files)),
            "per_fil": accounting_picture(files),
            "vanligaste_regler": commonest_rules(rules),
            "alla_regler": all_rules(rules),
            "reparationer": all_rules(_rows_per_code(files, "reparationer")),
            **totals,
            "fil": MetadataValue.path(path),
        },
    )


def adds_up(kommunkod: str, files: list[dict[str, Any]]) -> AssetCheckResult:
    """The blocking check of the accounting."""
    return AssetCheckResult(
        asset_key="avstamning",
        check_name="avstamning_gar_ihop",
        passed=bool(files) and unaccounted(files) == 0,
        severity=AssetCheckSeverity.ERROR,
        description=f"{kommunkod}: {accounting_sentence(_totals(files), len(files))}",
        metadata={"filer": len(files), "rader_som_saknas": unaccounted(files)},
    )


def beyond_the_limits(kommunkod: str, reasons: Iterable[tuple[str, str]]) -> AssetCheckResult:
    """The failed check of a delivery that is refused for what its files hold, with the rules that were hit."""
    from ibic_pipeline.workflow.proof import accounting_of
    from ibic_pipeline.workflow.versions import refused_folder

    folder = refused_folder(home(), kommunkod)
    files = accounting_of(folder) if folder.exists() else []
    judged: dict[str, Any] = {
        "sammanfattning": accounting_sentence(_totals(files), len(files)),
        "vanligaste_regler": commonest_rules(_rows_per_code(files, "regler")),
        "karantan": MetadataValue.path(folder / "karantan"),
    }
    return AssetCheckResult(
        asset_key="avstamning",
        check_name="leverans_anvandbar",
        passed=False,
        severity=AssetCheckSeverity.ERROR,
        description=f"{kommunkod}: {reasons_in_words(reasons)}",
        metadata=judged if files else {},
    )


def _totals(files: list[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(row[name] for row in files) for name in COUNTED}


def _rows_per_code(files: list[dict[str, Any]], column: str) -> Counter[str]:
    return sum((Counter(row[column]) for row in files), Counter())
