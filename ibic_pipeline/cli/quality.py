"""``ibic quality``: which expectations on the current data do not hold, under the thresholds of today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ibic_pipeline.cli.common import (
    DEFAULT_HOME,
    EXIT_FINDINGS,
    EXIT_FINE,
    HomeOption,
    JsonOption,
    KommunerOption,
    chosen,
    enter,
    number,
    say,
    say_json,
)

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = ("ibic quality", "ibic quality --kommun 0642 --all", "ibic quality --json")
WORST_FIRST = ("fel", "underkand", "ej_tillampligt", "godkand")
FINDINGS = WORST_FIRST[:2]
SHOWN = ("kommunkod", "kontroll", "tabell", "del", "leverans", "brister", "underlag", "andel", "troskel", "status",
         "allvar", "forst_sedd", "senast_godkand")  # fmt: skip


def command(
    home: HomeOption = DEFAULT_HOME,
    kommun: KommunerOption = None,
    every: Annotated[bool, typer.Option("--all", help="Also what holds, and what was not asked.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Score what the latest deliveries have measured, by lan.yaml as it is now; no data are read again.

    Counts are not disclosure controlled: this is for those who may see the working tables. Exit code 1 when a check
    does not hold or could not run.
    """
    from ibic_pipeline.home import Settings
    from ibic_pipeline.workflow.quality import results_now

    entered = enter(home)
    codes = chosen(entered, kommun)
    results = results_now(entered, Settings())
    wanted = results[results["kommunkod"].isin(codes if kommun else ["", *codes])]
    found = wanted if every else wanted[wanted["status"].isin(FINDINGS)]
    rows = _ordered(found)
    if as_json:
        say_json({"statusar": _statuses(wanted), "kontroller": rows})
    else:
        _tell(rows, _statuses(wanted))
    raise typer.Exit(EXIT_FINDINGS if wanted["status"].isin(FINDINGS).any() else EXIT_FINE)


def _statuses(results: pd.DataFrame) -> dict[str, int]:
    counts = results["status"].value_counts()
    return {status: int(counts.get(status, 0)) for status in WORST_FIRST}


def _ordered(results: pd.DataFrame) -> list[dict[str, Any]]:
    """The county first, then by municipality; the worst status first, then the largest share."""
    from ibic_pipeline.quality.published import meaning

    rank = results["status"].map({status: place for place, status in enumerate(WORST_FIRST)})
    ordered = results.assign(rank=rank).sort_values(
        ["kommunkod", "rank", "andel", "kontroll"], ascending=[True, True, False, True]
    )
    return [
        {name: _plain(row[name]) for name in SHOWN} | {"mening": meaning(row["kontroll"], row["tabell"], row["del"])}
        for row in ordered.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    """What JSON has a word for: whole numbers, days as text, None for what is not known."""
    if value is None or value != value:
        return None
    if hasattr(value, "date"):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value or None if isinstance(value, str) else value


def _tell(rows: list[dict[str, Any]], statuses: dict[str, int]) -> None:
    for row in rows:
        counts = "" if row["brister"] is None else f" {number(row['brister'])} av {number(row['underlag'])}"
        since = f", sedan {row['forst_sedd']}" if row["forst_sedd"] else ""
        say(f"{row['kommunkod'] or 'länet':<6} {row['kontroll']} {row['status']:<14}{counts}{since}: {row['mening']}")
    say(", ".join(f"{number(count)} {status}" for status, count in statuses.items()))
