"""A municipality's row level: its current version, its units in a period, and the groups that can be asked for."""

# ruff: noqa: S608 - the names in the queries are our own, not input
from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ibic_pipeline.compare.periods import Period, calendar
from ibic_pipeline.county import DIMENSIONS, Lan
from ibic_pipeline.derive.engine import connection, parquet_list, show_parquet
from ibic_pipeline.derive.headers import Indicator, indicators
from ibic_pipeline.derive.reference import aldersgrans
from ibic_pipeline.errors import IbicError, did_you_mean
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.storage import read_json
from schemas.codelists import codelist

RESTRICTED = "BEGRÄNSAT: individnivå och små antal, för kommunen själv. Får inte lämna kommunen eller publiceras."
HIDDEN = "ej_redovisad"
_ANOTHER_DEFINITION = "Run `ibic run --kommun {code} --force`, then ask again."


@dataclass(frozen=True)
class Rows:
    """One municipality's current version, its folder resolved once so that all is read from the same."""

    kommunkod: str
    namn: str
    uttagsdatum: date
    folder: Path
    lan: Lan


def row_level(home: Home, kommunkod: str) -> Rows:
    """The municipality's rows in this home.

    Raises:
        IbicError: there are none here (only a release, or nothing yet) or none that this user may read, or the
            municipality is unknown.
    """
    try:
        return _current(home, kommunkod)
    except PermissionError:
        raise IbicError(
            f"row level of {kommunkod} that this user may read",
            "files for another user alone",
            f"Ask the one who loads {kommunkod}; a release is for everyone in the county.",
        ) from None


def _current(home: Home, kommunkod: str) -> Rows:
    if not home.lager.is_dir():
        raise IbicError(
            f"row level under {home.lager}",
            "none: this home holds no more than a release",
            "Ask where the municipality's data are loaded; a release does not hold the units.",
        )
    if kommunkod not in home.lan.kommuner:
        near = did_you_mean(kommunkod, home.lan.kommuner)
        raise IbicError(f"a municipality of {home.lan.namn}", f"{kommunkod}{near}", "Give its code, such as 0642.")
    folder = home.current(kommunkod).resolve()
    about = read_json(folder / "version.json")
    if about is None:
        raise IbicError(
            f"row level of {kommunkod} under {home.lager}",
            "none here",
            f"Load it with `ibic run --kommun {kommunkod}`.",
        )
    if about.get("sammanstallning"):
        raise IbicError(
            f"row level of {kommunkod} under {home.lager}",
            "counts alone, as the municipality has sent them",
            "Ask the municipality: it has the units, and the same command.",
        )
    return Rows(kommunkod, about["namn"], date.fromisoformat(about["uttagsdatum"]), folder, home.lan)


def indicator_of(name: str) -> Indicator:
    """The indicator with this id, in upper or lower case.

    Raises:
        IbicError: there is none.
    """
    known = {each.id: each for each in indicators()}
    if name.upper() not in known:
        raise IbicError("an indicator", f"{name}{did_you_mean(name.upper(), known)}", "`ibic indicators` lists them.")
    return known[name.upper()]


def period_of(rows: Rows, indicator: Indicator, name: str) -> Period:
    """The period with this name (``2026-06``, ``2026-K2``, ``2026-H1``, ``2026``).

    Raises:
        IbicError: it has not ended by the day of extraction, or the indicator has no such periods.
    """
    periods = [each for each in calendar(rows.lan.forsta_period, rows.uttagsdatum) if each.typ in indicator.periodtyper]
    for period in periods:
        if period.name == name:
            return period
    shown = f"{periods[0].name} to {periods[-1].name}" if periods else "none"
    raise IbicError(
        f"a period that {rows.kommunkod} has reached by {rows.uttagsdatum}, written 2026-06, 2026-K2, 2026-H1 or 2026",
        name,
        f"{indicator.id} has {shown} ({', '.join(indicator.periodtyper)}).",
    )


def require_known_groups(groups: Mapping[str, str], lan: Lan) -> None:
    """Every group is one that the breakdown can have.

    Raises:
        IbicError: it is not.
    """
    known = {
        "kon": {"kvinna", "man"},
        "aldersgrupp": set(aldersgrans(lan.aldersgranser)["grupp"].to_pylist()),
        "insatsgrupp": set(codelist("insats")["insatsgrupp"]),
        "lagrum": set(codelist("lagrum")["lag"]),
        "regiform": set(codelist("regiform")["grupp"]),
    }
    for dimension, group in groups.items():
        if group not in known[dimension] | {HIDDEN}:
            near = did_you_mean(group, known[dimension])
            allowed = ", ".join(sorted(known[dimension]))
            raise IbicError(f"{dimension}: {allowed} or {HIDDEN}", f"{group}{near}", "Correct the group.")


@contextmanager
def opened(rows: Rows, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view per fact of the municipality."""
    facts = {path.stem: path for path in sorted((rows.folder / "fakta").glob("*.parquet"))}
    with connection(settings) as connected:
        show_parquet(connected, facts)
        yield connected


def show_units(connected: duckdb.DuckDBPyConnection, rows: Rows, indicator: Indicator, period: Period) -> None:
    """Make the table ``enhet``: the indicator's units that the period counts, one row each.

    ``gransdag`` is the day on which the unit is judged: the period's last day of a state, its own day of an event.
    A value that grows by one a day is what it is on that day.

    Raises:
        IbicError: the units were derived by another definition than today's.
    """
    path = rows.folder / "enheter" / f"{indicator.id}.parquet"
    if not path.is_file() or not _same_definition(rows, indicator):
        raise IbicError(
            f"units of {rows.kommunkod} by the definition of {indicator.id} from {indicator.version}",
            "units by another one, or none",
            _ANOTHER_DEFINITION.format(code=rows.kommunkod),
        )
    start, end = (f"DATE '{day.isoformat()}'" for day in (period.start, period.end))
    state = indicator.typ == "tillstand"
    counted = (
        f"e.fran <= {end} AND (e.till IS NULL OR e.till > {end})"
        if state
        else f"e.fran BETWEEN {start} AND {end} AND (e.till IS NULL OR e.till > {end})"
    )
    judged = end if state else "e.fran"
    value = f"e.varde + DATE_DIFF('day', e.fran, {end})" if indicator.varde_typ == "vaxande" else "e.varde"
    connected.execute(
        f"""
        CREATE OR REPLACE TABLE enhet AS
        SELECT e.enhet_id, e.fran, e.till, e.i_namnare, e.i_taljare, e.exkluderad, {value} AS varde,
            {", ".join(f"e.{name}" for name in DIMENSIONS)}, {judged} AS gransdag
        FROM read_parquet({parquet_list([path])}) AS e
        WHERE {counted}
        """
    )


def _same_definition(rows: Rows, indicator: Indicator) -> bool:
    figures = pq.read_table(
        rows.folder / "aggregat.parquet", columns=["version"], filters=[("indikator", "=", indicator.id)]
    )
    return bool(pc.unique(figures["version"]).to_pylist() == [indicator.version])
