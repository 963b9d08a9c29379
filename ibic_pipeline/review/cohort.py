"""A cohort: from everyone with an intervention on a day, step by step, to those that are reviewed. Restricted."""

# ruff: noqa: S608 - what stands in the queries is dates and numbers of ours; texts are passed as parameters
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from ibic_pipeline.derive.engine import fetch, show_parquet
from ibic_pipeline.derive.headers import Indicator
from ibic_pipeline.errors import IbicError
from ibic_pipeline.explain.evidence import units_with_evidence
from ibic_pipeline.explain.figure import Figure, figure_of, require_counted_figures
from ibic_pipeline.explain.rows import Rows, indicator_of, opened, period_of, row_level, show_units
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.review.definition import Ages, Kohort, Span
from ibic_pipeline.review.sampling import draw


@dataclass(frozen=True)
class Step:
    """A step of the definition in words, and the pseudonyms of those who are left after it."""

    text: str
    personer: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """An indicator in a period over the persons of each step, in the order of the steps."""

    indicator: Indicator
    period: str
    alla_insatser: bool
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Cohort:
    """What a definition gives in one municipality."""

    definition: Kohort
    rows: Rows
    steps: tuple[Step, ...]
    beslut: pd.DataFrame
    """Their decisions that are in force on the day: ``individ_id, beslut_id, galler_fran, slut``."""
    measured: Measured | None


def cohort(
    home: Home,
    kommunkod: str,
    definition: Kohort,
    *,
    indikator: str | None = None,
    period: str | None = None,
    alla_insatser: bool = False,
    settings: Settings | None = None,
) -> Cohort:
    """Find the cohort in one municipality, and an indicator over it.

    Persons with protected identity are in no cohort: they are never told apart by intervention.

    Args:
        alla_insatser: count the persons' units of every intervention, not only of the cohort's.

    Raises:
        IbicError: this home holds no row level of the municipality, the definition asks for days after the extraction,
            or the indicator or its period does not exist.
    """
    rows = row_level(home, kommunkod)
    _require_known_days(definition, rows)
    if (indikator is None) != (period is None):
        raise IbicError("--indikator and --period together", "one of them", "Give both, or none.")
    with opened(rows, settings or Settings()) as connected:
        show_parquet(connected, {"uppdrag": rows.folder / "harmoniserat" / "uppdrag.parquet"})
        _show_decisions(connected, definition)
        steps = _steps(connected, definition, rows)
        measured = None
        if indikator is not None and period is not None:
            group = None if alla_insatser else definition.insatsgrupp
            measured = _measured(connected, rows, steps, indikator, period, group)
        decisions = _ongoing(connected, definition.pagaende)
    left = decisions["individ_id"].isin(steps[-1].personer)
    return Cohort(definition, rows, steps, decisions[left].reset_index(drop=True), measured)


def _require_known_days(definition: Kohort, rows: Rows) -> None:
    days = {"pagaende": definition.pagaende} | ({"sammanhangande": definition.span.till} if definition.span else {})
    for name, day in days.items():
        if day > rows.uttagsdatum:
            raise IbicError(f"{name} by the day of extraction, {rows.uttagsdatum}", str(day), "Choose an earlier day.")


def _steps(connected: duckdb.DuckDBPyConnection, definition: Kohort, rows: Rows) -> tuple[Step, ...]:
    day = definition.pagaende
    left = set(_ongoing(connected, day)["individ_id"])
    steps = [_step(f"pågående {definition.insatsgrupp} den {day}", left)]
    if definition.span is not None:
        lucka = rows.lan.parametrar.episod_lucka_dagar.varde if definition.lucka is None else definition.lucka
        left = left & _continuous(connected, definition.span, lucka)
        span = f"{definition.span.fran} till {definition.span.till}"
        steps.append(_step(f"sammanhängande {span}, lucka högst {lucka} dagar", left))
    if definition.ages is not None:
        left = left & _of_age(connected, definition.ages, day)
        steps.append(_step(f"ålder {definition.alder}", left))
    if definition.regiform is not None:
        left = left & _with_commission(connected, day, "regiform", definition.regiform)
        steps.append(_step(f"utförare i {definition.regiform} regi den dagen", left))
    if definition.utforare is not None:
        left = left & _with_commission(connected, day, "utforare_id", definition.utforare)
        steps.append(_step(f"utförare {definition.utforare} den dagen", left))
    if definition.n is not None:
        steps.append(_step(f"urval {definition.n}, frö {definition.fro}", draw(left, definition.n, definition.fro)))
    return tuple(steps)


def _step(text: str, personer: Collection[str]) -> Step:
    return Step(text, tuple(sorted(personer)))


def _show_decisions(connected: duckdb.DuckDBPyConnection, definition: Kohort) -> None:
    """The table ``insatsbeslut``: granted decisions of the group that came into force, of any system."""
    connected.execute(
        """
        CREATE TABLE insatsbeslut AS
        SELECT b.beslut_id, b.individ_id, b.fodelsear, b.galler_fran, b.slut
        FROM beslutsfakta AS b
        WHERE b.insatsgrupp = ? AND b.beviljat AND (b.slut IS NULL OR b.slut >= b.galler_fran)
        """,
        [definition.insatsgrupp],
    )


def _ongoing(connected: duckdb.DuckDBPyConnection, day: date) -> pd.DataFrame:
    query = f"""
        SELECT b.individ_id, b.beslut_id, b.galler_fran, b.slut
        FROM insatsbeslut AS b
        WHERE b.galler_fran <= DATE '{day}' AND (b.slut IS NULL OR b.slut >= DATE '{day}')
        ORDER BY b.individ_id, b.galler_fran, b.beslut_id
    """
    return fetch(connected, query).to_pandas()


def _continuous(connected: duckdb.DuckDBPyConnection, span: Span, lucka: int) -> set[str]:
    """Persons with no more than ``lucka`` days in a row without a decision from ``span.fran`` to ``span.till``."""
    first, last = f"DATE '{span.fran}'", f"DATE '{span.till}'"
    query = f"""
        WITH del AS (
            SELECT
                b.individ_id, b.beslut_id,
                GREATEST(b.galler_fran, {first}) AS fran,
                LEAST(COALESCE(b.slut, {last}), {last}) AS till
            FROM insatsbeslut AS b
            WHERE b.galler_fran <= {last} AND (b.slut IS NULL OR b.slut >= {first})
        ),
        del_med_tackning AS (
            SELECT d.*, MAX(d.till) OVER (
                PARTITION BY d.individ_id ORDER BY d.fran, d.beslut_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS tackt_till
            FROM del AS d
        )
        SELECT t.individ_id
        FROM del_med_tackning AS t
        GROUP BY t.individ_id
        HAVING
            MAX(DATE_DIFF('day', COALESCE(t.tackt_till, {first} - 1), t.fran) - 1) <= {lucka}
            AND DATE_DIFF('day', MAX(t.till), {last}) <= {lucka}
    """
    return set(fetch(connected, query)["individ_id"].to_pylist())


def _of_age(connected: duckdb.DuckDBPyConnection, ages: Ages, day: date) -> set[str]:
    """Persons whose age, the year of the day less the year of birth, is within ``ages``."""
    born = fetch(connected, "SELECT DISTINCT individ_id, fodelsear FROM insatsbeslut").to_pandas()
    age = day.year - born["fodelsear"]
    return set(born.loc[age.between(ages.fran, age.max() if ages.till is None else ages.till), "individ_id"])


def _with_commission(connected: duckdb.DuckDBPyConnection, day: date, column: str, value: str) -> set[str]:
    """Persons whose ongoing decision has a commission that is under way on the day, with this provider or form."""
    source = {"regiform": "f.regiform", "utforare_id": "u.utforare_id"}[column]
    query = f"""
        SELECT DISTINCT b.individ_id
        FROM insatsbeslut AS b
        INNER JOIN uppdragsfakta AS f ON b.beslut_id = f.beslut_id
        INNER JOIN uppdrag AS u ON f.uppdrag_id = u.uppdrag_id
        WHERE
            b.galler_fran <= DATE '{day}' AND (b.slut IS NULL OR b.slut >= DATE '{day}')
            AND f.startdag <= DATE '{day}' AND (f.slut IS NULL OR f.slut >= DATE '{day}')
            AND {source} = ?
    """
    return {person for (person,) in connected.execute(query, [value]).fetchall()}


def _measured(
    connected: duckdb.DuckDBPyConnection,
    rows: Rows,
    steps: tuple[Step, ...],
    indikator: str,
    period: str,
    insatsgrupp: str | None,
) -> Measured:
    indicator = indicator_of(indikator)
    chosen = period_of(rows, indicator, period)
    show_units(connected, rows, indicator, chosen)
    require_counted_figures(rows, indicator, chosen, fetch(connected, "SELECT * FROM enhet").to_pandas(), {})
    units = units_with_evidence(connected, indicator)
    if insatsgrupp is not None:
        units = units[units["insatsgrupp"] == insatsgrupp]
    figures = [figure_of(units[units["individ_id"].isin(step.personer)], indicator, rows.lan) for step in steps]
    return Measured(indicator, chosen.name, insatsgrupp is None, tuple(figures))
