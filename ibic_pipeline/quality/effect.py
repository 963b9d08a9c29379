"""What flawed data do to figures, counted: units that a flag or a missing value touches, per indicator and period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.compare.periods import Period, calendar
from ibic_pipeline.county import Lan
from ibic_pipeline.derive.duckdb_engine import show_arrow
from ibic_pipeline.derive.engine import connection, fetch, parquet_list, show_parquet
from ibic_pipeline.derive.exclusions import NOT_KNOWN
from ibic_pipeline.derive.headers import Indicator, indicators
from ibic_pipeline.home import Settings
from ibic_pipeline.quality.lineage import columns_of_indicators
from ibic_pipeline.quality.sources import show_touched_units, source_of
from ibic_pipeline.storage import write_parquet
from schemas import CONTRACTS

PERIOD_TYPES = ("ar", "kvartal")
"""The lengths of the periods that are judged; the latest whole one of each."""

ENHETER = pa.schema(
    [
        ("indikator", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("namnare", pa.int64()),
        ("taljare", pa.int64()),
        ("berorda_i_taljaren", pa.int64()),
        ("berorda_utanfor", pa.int64()),
        ("saknade", pa.int64()),
        ("avvisade", pa.int64()),
    ]
)
"""Counts of units. ``berorda_i_taljaren`` and ``berorda_utanfor``: flagged ones of the denominator, in the numerator
and outside it. ``saknade``: excluded because something is not known. ``avvisade``: refused rows of the table that
holds the units, of any period, since a refused row has no day."""

ORSAKER = pa.schema(
    [
        ("indikator", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("orsak", pa.string()),
        ("antal", pa.int64()),
    ]
)
"""How many of the touched and the missing units each reason touches: a rule's code or an exclusion. A unit with two
reasons is counted in both."""

VARDEN = pa.schema(
    [
        ("indikator", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("varde", pa.float64()),
        ("antal", pa.int64()),
    ]
)
"""Of indicators that compare medians: how many units have each value."""

_FILES = {"enheter": ENHETER, "orsaker": ORSAKER, "varden": VARDEN}


@dataclass(frozen=True)
class Effect:
    """Counts of one municipality, by the schemas ``ENHETER``, ``ORSAKER`` and ``VARDEN``; restricted, not protected."""

    enheter: pa.Table
    orsaker: pa.Table
    varden: pa.Table


def measure_effect(folder: Path, lan: Lan, uttagsdatum: date, settings: Settings) -> Effect:
    """Count the units that flagged or missing data touch, in the latest whole year and quarter.

    Args:
        folder: a version with ``harmoniserat/``, ``karantan/``, ``fakta/`` and ``enheter/``.
        lan: says which periods there are.
    """
    chosen = latest_periods(calendar(lan.forsta_period, uttagsdatum))
    with connection(settings) as connected:
        _show(connected, folder, chosen)
        show_touched_units(connected)
        connected.execute(_UNITS.format(files=parquet_list(_files(folder))))
        found = (fetch(connected, query) for query in (_COUNTED, _REASONS, _VALUES))
        return Effect(*(table.cast(schema) for table, schema in zip(found, _FILES.values(), strict=True)))


def write_effect(effect: Effect, folder: Path) -> None:
    """Write the three tables to ``folder``, under the names that ``read_effect`` knows."""
    for name, schema in _FILES.items():
        write_parquet(getattr(effect, name).cast(schema), folder / f"effekt_{name}.parquet")


def read_effect(folder: Path) -> Effect | None:
    """What ``write_effect`` wrote; None where there is nothing, or what an earlier program wrote in another form."""
    paths = {name: folder / f"effekt_{name}.parquet" for name in _FILES}
    if not all(path.is_file() and pq.read_schema(path).equals(_FILES[name]) for name, path in paths.items()):
        return None
    return Effect(**{name: pq.read_table(path) for name, path in paths.items()})


def latest_periods(periods: Iterable[Period]) -> list[Period]:
    """The last period of each length that is judged."""
    by_type = {each.typ: each for each in sorted(periods, key=lambda each: each.number)}
    return [by_type[typ] for typ in PERIOD_TYPES if typ in by_type]


def _files(folder: Path) -> list[Path]:
    return [folder / "enheter" / f"{each.id}.parquet" for each in indicators()]


def _show(connected: duckdb.DuckDBPyConnection, folder: Path, periods: Sequence[Period]) -> None:
    show_parquet(connected, {table: folder / "harmoniserat" / f"{table}.parquet" for table in CONTRACTS})
    show_parquet(connected, {name: folder / "karantan" / f"{name}.parquet" for name in ("karantan", "flaggor")})
    facts = ("beslut_i_episod", "nya_utredningar")
    show_parquet(connected, {name: folder / "fakta" / f"{name}.parquet" for name in facts})
    tables = {
        "perioder": pa.table(
            {
                "period_typ": pa.array([each.typ for each in periods], pa.string()),
                "period": pa.array([each.name for each in periods], pa.string()),
                "fran": pa.array([each.start for each in periods], pa.date32()),
                "till": pa.array([each.end for each in periods], pa.date32()),
            }
        ),
        "indikatorer": _catalogue(indicators()),
        "okanda": pa.table({"orsak": pa.array(sorted(NOT_KNOWN), pa.string())}),
        "avgor": _deciding_columns(),
    }
    show_arrow(connected, tables)


def _catalogue(catalogue: Sequence[Indicator]) -> pa.Table:
    return pa.table(
        {
            "indikator": [each.id for each in catalogue],
            "tillstand": [each.typ == "tillstand" for each in catalogue],
            "vaxande": [each.varde_typ == "vaxande" for each in catalogue],
            "median": [each.matt == "median" for each in catalogue],
            "kalla": [source_of(each) for each in catalogue],
        }
    )


def _deciding_columns() -> pa.Table:
    pairs = [(indicator, *column) for indicator, columns in columns_of_indicators().items() for column in columns]
    return pa.table(
        {name: [each[place] for each in pairs] for place, name in enumerate(("indikator", "tabell", "kolumn"))}
    )


# A unit that is excluded because something is not known would have counted, had it been known; one that is excluded for
# another reason would not.
_UNITS = """
    CREATE TABLE enhet AS
    WITH berord AS (SELECT DISTINCT indikator, enhet_id FROM berorda)
    SELECT
        e.indikator, p.period_typ, p.period, e.enhet_id,
        e.i_namnare, e.i_taljare,
        e.i_namnare AND b.enhet_id IS NOT NULL AS berord,
        o.orsak AS okand,
        CASE WHEN i.median THEN e.varde END
            + CASE WHEN i.vaxande THEN DATE_DIFF('day', e.fran, p.till) ELSE 0 END AS varde
    FROM read_parquet({files}) AS e
    INNER JOIN indikatorer AS i ON e.indikator = i.indikator
    INNER JOIN perioder AS p
        ON
            e.fran <= p.till
            AND (e.till IS NULL OR e.till > p.till)
            AND (i.tillstand OR e.fran >= p.fran)
    LEFT JOIN berord AS b ON e.indikator = b.indikator AND e.enhet_id = b.enhet_id
    LEFT JOIN okanda AS o ON e.exkluderad = o.orsak
    WHERE e.i_namnare OR o.orsak IS NOT NULL
"""
_COUNTED = """
    WITH antal AS (
        SELECT
            e.indikator, e.period_typ, e.period,
            COUNT(*) FILTER (WHERE e.i_namnare) AS namnare,
            COUNT(*) FILTER (WHERE e.i_taljare) AS taljare,
            COUNT(*) FILTER (WHERE e.berord AND e.i_taljare) AS berorda_i_taljaren,
            COUNT(*) FILTER (WHERE e.berord AND NOT e.i_taljare) AS berorda_utanfor,
            COUNT(e.okand) AS saknade
        FROM enhet AS e
        GROUP BY ALL
    ),
    avvisade AS (
        SELECT k.tabell, COUNT(DISTINCT (k.kallfil, k.kallrad)) AS antal FROM karantan AS k GROUP BY ALL
    )
    SELECT
        i.indikator, p.period_typ, p.period,
        COALESCE(a.namnare, 0) AS namnare,
        COALESCE(a.taljare, 0) AS taljare,
        COALESCE(a.berorda_i_taljaren, 0) AS berorda_i_taljaren,
        COALESCE(a.berorda_utanfor, 0) AS berorda_utanfor,
        COALESCE(a.saknade, 0) AS saknade,
        COALESCE(r.antal, 0) AS avvisade
    FROM indikatorer AS i
    CROSS JOIN perioder AS p
    LEFT JOIN antal AS a ON i.indikator = a.indikator AND p.period_typ = a.period_typ
    LEFT JOIN avvisade AS r ON i.kalla = r.tabell
    ORDER BY ALL
"""
_REASONS = """
    SELECT e.indikator, e.period_typ, e.period, b.regel AS orsak, COUNT(*) AS antal
    FROM enhet AS e
    INNER JOIN berorda AS b ON e.indikator = b.indikator AND e.enhet_id = b.enhet_id
    WHERE e.berord
    GROUP BY ALL
    UNION ALL
    SELECT e.indikator, e.period_typ, e.period, e.okand AS orsak, COUNT(*) AS antal
    FROM enhet AS e
    WHERE e.okand IS NOT NULL
    GROUP BY ALL
    ORDER BY ALL
"""
_VALUES = """
    SELECT e.indikator, e.period_typ, e.period, e.varde, COUNT(*) AS antal
    FROM enhet AS e
    WHERE e.i_namnare AND e.varde IS NOT NULL
    GROUP BY ALL
    ORDER BY ALL
"""
