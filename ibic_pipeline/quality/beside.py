"""Deliveries beside the other municipalities' latest ones, and the latest one's date beside theirs."""

# ruff: noqa: S608 - the names and numbers in the queries are our own, not input
from __future__ import annotations

from ibic_pipeline.quality.checks.compared import EMPTIER_THAN_OTHERS, LATE, UNLIKE_OTHERS
from ibic_pipeline.quality.checks.filled import FILLED
from ibic_pipeline.quality.compared import LEAST_ROWS, OUTCOMES_QUOTED
from ibic_pipeline.quality.model import DELIVERY

NEEDED = tuple(sorted({f"{each.table}.{each.part}" for each in FILLED}))
"""Columns that indicators need; that they are empty tells how a municipality works."""

LEAST_DELIVERIES = 3
"""With fewer a municipality has no rhythm of its own."""

_LATEST = """
    CREATE OR REPLACE TEMP TABLE senaste AS
    SELECT * FROM matt
    QUALIFY leverans = max(leverans) OVER (PARTITION BY kommunkod)
"""

_UNLIKE = f"""
    WITH koder AS (
        SELECT kommunkod, tabell, del, varde, antal FROM senaste
        WHERE matt = 'koder' AND tabell || '.' || del IN ({OUTCOMES_QUOTED})
    ),
    lanets AS (SELECT tabell, del, varde, sum(antal) AS antal FROM koder GROUP BY tabell, del, varde),
    andras AS (
        SELECT k.kommunkod, l.tabell, l.del, l.varde, l.antal - coalesce(e.antal, 0) AS antal
        FROM (SELECT DISTINCT kommunkod FROM senaste) AS k
        CROSS JOIN lanets AS l
        LEFT JOIN koder AS e USING (kommunkod, tabell, del, varde)
    ),
    andel AS (
        SELECT *, antal / sum(antal) OVER w AS andel, sum(antal) OVER w AS alla FROM andras
        WINDOW w AS (PARTITION BY kommunkod, tabell, del)
    ),
    egna AS (SELECT DISTINCT kommunkod, leverans, tabell, del, underlag FROM matt WHERE matt = 'koder'),
    jamford AS (
        SELECT e.kommunkod, e.leverans, e.tabell, e.del, e.underlag,
            greatest(a.andel * e.underlag - coalesce(m.antal, 0), 0) AS saknas
        FROM egna AS e
        INNER JOIN andel AS a USING (kommunkod, tabell, del)
        LEFT JOIN (SELECT * FROM matt WHERE matt = 'koder') AS m
            ON m.kommunkod = e.kommunkod AND m.leverans = e.leverans AND m.tabell = e.tabell AND m.del = e.del
            AND m.varde = a.varde
        WHERE a.alla >= {LEAST_ROWS} AND e.underlag >= {LEAST_ROWS}
    )
    SELECT kommunkod, leverans, '{UNLIKE_OTHERS}' AS kontroll, tabell, del, sum(saknas) AS brister, underlag
    FROM jamford GROUP BY kommunkod, leverans, tabell, del, underlag
"""

_EMPTIER = f"""
    WITH tomma AS (
        SELECT * FROM senaste
        WHERE matt = 'tomma' AND tabell || '.' || del IN ({", ".join(f"'{each}'" for each in NEEDED)})
    ),
    andras AS (
        SELECT k.kommunkod, t.tabell, t.del, median(t.antal / t.underlag) AS vanlig
        FROM (SELECT DISTINCT kommunkod FROM senaste) AS k
        INNER JOIN tomma AS t ON t.kommunkod <> k.kommunkod
        GROUP BY k.kommunkod, t.tabell, t.del
    )
    SELECT m.kommunkod, m.leverans, '{EMPTIER_THAN_OTHERS}' AS kontroll, m.tabell, m.del,
        greatest(m.antal - a.vanlig * m.underlag, 0) AS brister, m.underlag
    FROM matt AS m INNER JOIN andras AS a USING (kommunkod, tabell, del)
    WHERE m.matt = 'tomma' AND m.underlag >= {LEAST_ROWS}
"""

_LATE = f"""
    WITH leveranser AS (SELECT DISTINCT kommunkod, leverans, dag FROM matt),
    steg AS (
        SELECT *, dag - lag(dag) OVER (PARTITION BY kommunkod ORDER BY leverans) AS dagar FROM leveranser
    ),
    takt AS (
        SELECT kommunkod, max(leverans) AS leverans, greatest(median(dagar), 1) AS takt,
            (SELECT max(dag) FROM leveranser) - max(dag) AS vantat
        FROM steg GROUP BY kommunkod HAVING count(*) >= {LEAST_DELIVERIES}
    )
    SELECT kommunkod, leverans, '{LATE}' AS kontroll, '{DELIVERY}' AS tabell, '' AS del,
        greatest(vantat - takt, 0) AS brister, takt AS underlag
    FROM takt
"""

PREPARED = (_LATEST,)
BESIDE_OTHERS = (_UNLIKE, _EMPTIER, _LATE)
"""Queries as those of ``compared``."""
