"""Every result of the municipalities' latest deliveries and of the county, from stored counts and today's settings."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from ibic_pipeline.county import Lan
from ibic_pipeline.derive.engine import connection, fetch
from ibic_pipeline.home import Settings
from ibic_pipeline.quality import beside
from ibic_pipeline.quality import compared as earlier
from ibic_pipeline.quality.catalogue import ROW_CHECKS, coded_columns, counted_columns
from ibic_pipeline.quality.checks.compared import (
    CODES,
    COMPARED,
    EMPTIER,
    EMPTIER_THAN_OTHERS,
    LAST_MONTH,
    LATE,
    OUTCOME_COLUMNS,
    OUTCOMES,
    RESENT,
    UNLIKE_OTHERS,
    VANISHED,
    VOLUME,
)
from ibic_pipeline.quality.gx import Counted, Expected, count
from ibic_pipeline.quality.model import DELIVERY, ComparedCheck
from ibic_pipeline.quality.score import latest_with_past, scored
from ibic_pipeline.quality.tally import EVENTS
from ibic_pipeline.quality.thresholds import thresholds
from schemas import CONTRACTS

Parts = list[tuple[str, str]]

_OF_ROWS = [each.id for each in ROW_CHECKS]
_NEEDS_OTHERS = {LATE, UNLIKE_OTHERS, EMPTIER_THAN_OTHERS}


def parts_of_deliveries() -> dict[str, Parts]:
    """Check -> table and column ("" for none) of everything in a delivery that it is asked of."""
    coded = [(table, column) for table in CONTRACTS for column in coded_columns(table)]
    outcomes = [each for each in coded if ".".join(each) in OUTCOME_COLUMNS]
    needed = [(table, column) for table, column in (each.split(".") for each in beside.NEEDED)]
    return {each.id: [(each.table, each.part or "")] for each in ROW_CHECKS} | {
        VOLUME: [(table, "") for table in CONTRACTS],
        EMPTIER: [(table, column) for table in CONTRACTS for column in counted_columns(table)],
        CODES: [each for each in coded if each not in outcomes],
        OUTCOMES: outcomes,
        VANISHED: coded,
        LATE: [(DELIVERY, "")],
        LAST_MONTH: [(table, "") for table in EVENTS],
        RESENT: [(DELIVERY, "")],
        UNLIKE_OTHERS: outcomes,
        EMPTIER_THAN_OTHERS: needed,
    }


def of_municipality(measures: pa.Table, lan: Lan, settings: Settings) -> pd.DataFrame:
    """Results of one municipality's latest delivery by itself: its rows, and itself beside its earlier deliveries.

    Args:
        measures: every delivery's, as ``history.read`` gives them.

    Returns:
        ``kommunkod``, ``kontroll``, ``tabell``, ``del``, ``leverans``, ``dag``, ``brister``, ``underlag``, ``andel``,
        ``troskel``, ``allvar``, ``status``, ``forst_sedd`` and ``senast_godkand``; one row per check and part.
    """
    return _results(measures, earlier.PREPARED, earlier.WITH_EARLIER, _NEEDS_OTHERS, lan, settings)


def of_municipalities(measures: pa.Table, lan: Lan, settings: Settings) -> pd.DataFrame:
    """As ``of_municipality`` for all of them, also beside each other."""
    prepared = (*earlier.PREPARED, *beside.PREPARED)
    return _results(measures, prepared, (*earlier.WITH_EARLIER, *beside.BESIDE_OTHERS), set(), lan, settings)


def of_all_together(results: pd.DataFrame, lan: Lan) -> pd.DataFrame:
    """The county's own counts: of row checks the municipalities' sums, of comparisons how many parts deviate at once.

    The comparisons are one batch of all municipalities' parts with a column of shares per check, held against today's
    thresholds in one suite.

    Returns:
        ``kommunkod`` (""), ``kontroll``, ``tabell``, ``del``, ``brister``, ``underlag``; of comparisons ``troskel``.
    """
    limits = thresholds(lan)
    summed = results[results["kontroll"].isin(_OF_ROWS)]
    sums = summed.groupby(["kontroll", "tabell", "del"])[["brister", "underlag"]].sum().reset_index()
    shares = results.pivot(index=["kommunkod", "tabell", "del"], columns="kontroll", values="andel")
    checks = {each.id: each for each in COMPARED if each.id in shares}
    counted = count(
        shares[list(checks)].astype("float64[pyarrow]").reset_index(drop=True),
        {code: Expected(between=(None, limits[code].varde)) for code in checks},
    )
    common = pd.DataFrame([_common(checks[code], found) for code, found in counted.items()])
    return pd.concat([sums, common], ignore_index=True).assign(kommunkod="")


def of_county(counts: pa.Table, lan: Lan) -> pd.DataFrame:
    """Results of the county's own counts of every day, as ``of_municipalities`` gives those of deliveries.

    Args:
        counts: as ``history.read`` gives them.
    """
    return latest_with_past(scored(counts.to_pandas(), thresholds(lan)))


def _common(check: ComparedCheck, found: Counted | None) -> dict[str, object]:
    numbers = (None, None) if found is None else (found.brister, found.underlag)
    where = {"kontroll": check.id, "tabell": DELIVERY, "del": "", "troskel": check.county_threshold}
    return where | dict(zip(("brister", "underlag"), numbers, strict=True))


def _results(
    measures: pa.Table,
    prepared: Sequence[str],
    queries: Sequence[str],
    left_out: set[str],
    lan: Lan,
    settings: Settings,
) -> pd.DataFrame:
    parts = {code: each for code, each in parts_of_deliveries().items() if code not in left_out}
    wanted = pa.Table.from_pylist(
        [{"kontroll": code, "tabell": table, "del": column} for code, each in parts.items() for table, column in each]
    )
    with connection(settings) as connected:
        connected.register("matt_som_de_ar", measures)
        connected.register("delar", wanted)
        connected.execute("CREATE TEMP TABLE matt AS SELECT * REPLACE (coalesce(del, '') AS del) FROM matt_som_de_ar")
        for each in prepared:
            connected.execute(each)
        found = fetch(connected, _ALL.format(jamfort=" UNION ALL ".join(f"({each})" for each in queries)))
    return latest_with_past(scored(found.to_pandas(), thresholds(lan)))


_ALL = """
    WITH jamfort AS ({jamfort}),
    leveranser AS (SELECT DISTINCT kommunkod, leverans, dag FROM matt),
    funnet AS (
        SELECT kommunkod, leverans, matt AS kontroll, tabell, del, CAST(antal AS DOUBLE) AS brister,
            CAST(underlag AS DOUBLE) AS underlag
        FROM matt WHERE matt LIKE 'DK-%'
        UNION ALL
        SELECT kommunkod, leverans, kontroll, tabell, del, round(brister), round(underlag) FROM jamfort
    ),
    senaste_av_alla AS (SELECT kommunkod, max(leverans) AS leverans FROM leveranser GROUP BY kommunkod),
    utan_fraga AS (
        SELECT s.kommunkod, s.leverans, d.kontroll, d.tabell, d.del, 0 AS brister, 0 AS underlag
        FROM senaste_av_alla AS s CROSS JOIN delar AS d
        ANTI JOIN funnet AS f USING (kommunkod, leverans, kontroll, tabell, del)
    )
    SELECT f.*, l.dag
    FROM (SELECT * FROM funnet UNION ALL SELECT * FROM utan_fraga) AS f
    INNER JOIN leveranser AS l USING (kommunkod, leverans)
    ORDER BY kommunkod, kontroll, tabell, del, leverans
"""
