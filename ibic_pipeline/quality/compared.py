"""Deliveries beside earlier ones of the same municipality: how far off, out of how much.

Every delivery that is kept is compared with those before it, so that one can tell since when something deviates.
"""

# ruff: noqa: S608 - the names and numbers in the queries are our own, not input
from __future__ import annotations

from ibic_pipeline.quality.checks.compared import (
    CODES,
    EMPTIER,
    LAST_MONTH,
    OUTCOME_COLUMNS,
    OUTCOMES,
    RESENT,
    VANISHED,
    VOLUME,
)
from ibic_pipeline.quality.model import DELIVERY

REFERENCE = 8
"""A delivery is compared with the median of so many before it, or of as many as there are."""
LEAST_ROWS = 20
"""Fewer rows than this swing too much to be compared."""
IN_USE_ROWS, IN_USE_SHARE = 10, 0.01
"""A code that has at least so many rows, and that share of them, does not vanish by chance."""
LEAST_OF_A_MONTH = 10
"""With fewer rows than this in the median month, one with few is no surprise."""

OUTCOMES_QUOTED = ", ".join(f"'{each}'" for each in OUTCOME_COLUMNS)


def _before(*parts: str) -> str:
    """The deliveries before one, of the same municipality and part."""
    whose = ", ".join(("kommunkod", *parts))
    return f"(PARTITION BY {whose} ORDER BY leverans ROWS BETWEEN {REFERENCE} PRECEDING AND 1 PRECEDING)"


_VOLUMES = f"""
    WITH jamford AS (
        SELECT *, median(antal) OVER {_before("tabell")} AS vanlig FROM matt WHERE matt = 'rader'
    )
    SELECT kommunkod, leverans, '{VOLUME}' AS kontroll, tabell, del, abs(antal - vanlig) AS brister, vanlig AS underlag
    FROM jamford WHERE vanlig >= {LEAST_ROWS}
"""

_EMPTIER = f"""
    WITH jamford AS (
        SELECT *, median(antal / underlag) OVER {_before("tabell", "del")} AS vanlig FROM matt WHERE matt = 'tomma'
    )
    SELECT kommunkod, leverans, '{EMPTIER}' AS kontroll, tabell, del,
        greatest(antal - vanlig * underlag, 0) AS brister, underlag
    FROM jamford WHERE vanlig IS NOT NULL AND underlag >= {LEAST_ROWS}
"""

_CODES_IN_TIME = f"""
    CREATE OR REPLACE TEMP TABLE koder_i_tid AS
    WITH kolumner AS (
        SELECT DISTINCT kommunkod, leverans, tabell, del, underlag FROM matt WHERE matt = 'koder'
    ),
    koder AS (
        SELECT DISTINCT kommunkod, tabell, del, varde FROM matt WHERE matt = 'koder'
    ),
    antal AS (
        SELECT k.kommunkod, k.leverans, k.tabell, k.del, o.varde, k.underlag, coalesce(m.antal, 0) AS antal
        FROM kolumner AS k
        INNER JOIN koder AS o USING (kommunkod, tabell, del)
        LEFT JOIN (SELECT * FROM matt WHERE matt = 'koder') AS m USING (kommunkod, leverans, tabell, del, varde)
    )
    SELECT *,
        median(antal / underlag) OVER w AS vanlig_andel,
        median(antal) OVER w AS vanligt_antal,
        median(underlag) OVER w AS vanligt_underlag
    FROM antal
    WINDOW w AS {_before("tabell", "del", "varde")}
"""

_MOVED = f"""
    SELECT kommunkod, leverans,
        CASE WHEN tabell || '.' || del IN ({OUTCOMES_QUOTED}) THEN '{OUTCOMES}' ELSE '{CODES}' END AS kontroll,
        tabell, del, sum(abs(antal / underlag - vanlig_andel)) / 2 * any_value(underlag) AS brister,
        any_value(underlag) AS underlag
    FROM koder_i_tid WHERE underlag >= {LEAST_ROWS} AND vanligt_underlag >= {LEAST_ROWS}
    GROUP BY kommunkod, leverans, tabell, del
"""

_VANISHED = f"""
    SELECT kommunkod, leverans, '{VANISHED}' AS kontroll, tabell, del,
        count(*) FILTER (antal = 0) AS brister, count(*) AS underlag
    FROM koder_i_tid WHERE vanlig_andel >= {IN_USE_SHARE} AND vanligt_antal >= {IN_USE_ROWS}
    GROUP BY kommunkod, leverans, tabell, del
"""

_LAST_MONTH = f"""
    WITH sista AS (
        SELECT DISTINCT kommunkod, leverans, tabell,
            CAST(date_trunc('month', dag + 1) - INTERVAL 1 MONTH AS DATE) AS manad
        FROM matt WHERE matt = 'manader'
    ),
    ar AS (
        SELECT s.kommunkod, s.leverans, s.tabell, b.bak, coalesce(m.antal, 0) AS antal
        FROM sista AS s
        CROSS JOIN (SELECT unnest(range(13)) AS bak) AS b
        LEFT JOIN (SELECT * FROM matt WHERE matt = 'manader') AS m
            ON m.kommunkod = s.kommunkod AND m.leverans = s.leverans AND m.tabell = s.tabell
            AND m.varde = strftime(s.manad - to_months(CAST(b.bak AS INTEGER)), '%Y-%m')
    ),
    jamford AS (
        SELECT kommunkod, leverans, tabell, median(antal) FILTER (bak > 0) AS vanligt,
            max(antal) FILTER (bak = 0) AS antal
        FROM ar GROUP BY kommunkod, leverans, tabell
    )
    SELECT kommunkod, leverans, '{LAST_MONTH}' AS kontroll, tabell, '' AS del,
        greatest(vanligt - antal, 0) AS brister, vanligt AS underlag
    FROM jamford WHERE vanligt >= {LEAST_OF_A_MONTH}
"""

_RESENT = f"""
    WITH avtryck AS (SELECT kommunkod, leverans, tabell, varde FROM matt WHERE matt = 'avtryck'),
    lika AS (
        SELECT n.kommunkod, n.leverans, count(*) AS antal
        FROM avtryck AS n
        INNER JOIN avtryck AS f
            ON f.kommunkod = n.kommunkod AND f.tabell = n.tabell AND f.varde = n.varde AND f.leverans < n.leverans
        GROUP BY n.kommunkod, n.leverans, f.leverans
    ),
    mest AS (SELECT kommunkod, leverans, max(antal) AS antal FROM lika GROUP BY kommunkod, leverans),
    alla AS (SELECT kommunkod, leverans, count(*) AS antal FROM avtryck GROUP BY kommunkod, leverans)
    SELECT a.kommunkod, a.leverans, '{RESENT}' AS kontroll, '{DELIVERY}' AS tabell, '' AS del,
        coalesce(m.antal, 0) AS brister, a.antal AS underlag
    FROM alla AS a LEFT JOIN mest AS m USING (kommunkod, leverans)
    WHERE EXISTS (SELECT 1 FROM alla AS t WHERE t.kommunkod = a.kommunkod AND t.leverans < a.leverans)
"""

PREPARED = (_CODES_IN_TIME,)
WITH_EARLIER = (_VOLUMES, _EMPTIER, _MOVED, _VANISHED, _LAST_MONTH, _RESENT)
"""Queries over ``matt`` (``history.read``, ``del`` never null): municipality, delivery, check, part, two numbers."""
