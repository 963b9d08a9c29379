"""The accounting as Dagster shows it: every row read is accepted, quarantined or an exact duplicate."""

from __future__ import annotations

from typing import Any

from dagster import AssetCheckResult, AssetCheckSeverity, MaterializeResult, MetadataValue

from assets.describe import accounting_summary, markdown_table


def unaccounted(files: list[dict[str, Any]]) -> int:
    """How many rows are missing from, or too many in, the accounting of the files."""
    return sum(abs(row["last"] - row["godkanda"] - row["karantan"] - row["dubbletter"]) for row in files)


def accounting(files: list[dict[str, Any]]) -> MaterializeResult[None]:
    """The asset ``avstamning`` with its blocking check."""
    totals = {name: sum(row[name] for row in files) for name in ("last", "godkanda", "karantan", "dubbletter")}
    rules: dict[str, int] = {}
    for row in files:
        for code, rows in row["regler"].items():
            rules[code] = rules.get(code, 0) + rows
    return MaterializeResult(
        asset_key="avstamning",
        metadata={
            **totals,
            "sammanfattning": accounting_summary(files),
            "regler": MetadataValue.md(markdown_table(("regel", "rader"), sorted(rules.items()))),
        },
        check_results=[
            AssetCheckResult(
                asset_key="avstamning",
                check_name="avstamning_gar_ihop",
                passed=bool(files) and unaccounted(files) == 0,
                severity=AssetCheckSeverity.ERROR,
                metadata={"filer": len(files), "rader_som_saknas": unaccounted(files)},
            )
        ],
    )
