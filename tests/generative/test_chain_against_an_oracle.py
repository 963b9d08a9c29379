"""Random small histories: the steps of the process chain are what the definition, decision by decision, gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from hypothesis import given, note

from ibic_pipeline.compare import calendar, chain
from ibic_pipeline.compare.chain import FACT, STEPS
from ibic_pipeline.derive.engine import connection
from ibic_pipeline.storage import write_parquet
from tests.generative.test_units_against_an_oracle import readable, stands
from tests.support.depth import searched
from tests.support.histories import EXTRACTION, PARAMETERS, histories
from tests.support.oracle import Oracle
from tests.support.small_tables import SETTINGS, derived

PERIODS = calendar("2024-01", EXTRACTION)


@searched(10, deep=300)
@given(histories(), PARAMETERS)
def test_as_many_decisions_are_left_after_each_step_as_the_definition_says(
    history: dict[str, pa.Table], parameters: dict[str, str]
):
    note(readable(history))
    left = counted(derived(FACT, history, parameters))
    units = derived("F1", history, parameters).to_pylist()
    oracle = Oracle(history, parameters, EXTRACTION)
    on_day: dict[date, list[int]] = {period.end: oracle.chain(period.end) for period in PERIODS}
    for period in PERIODS:
        found = left[period.typ, period.name]
        assert found == on_day[period.end], period.name
        assert found == sorted(found, reverse=True)
        assert [found[0], found[-1]] == ends(units, period.end), period.name


def counted(steps: pa.Table) -> dict[tuple[str, str], list[int]]:
    """Period -> how many are left after each step."""
    with TemporaryDirectory() as folder, connection(SETTINGS) as connected:
        write_parquet(steps, Path(folder) / f"{FACT}.parquet")
        rows = chain(connected, Path(folder), "9901", PERIODS).to_pylist()
    found: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        assert row["processteg"] == STEPS[row["steg"]]
        found.setdefault((row["period_typ"], row["period"]), []).append(row["kvar"])
    return found


def ends(units: list[dict[str, Any]], day: date) -> list[int]:
    """F1's denominator and numerator on one day."""
    standing = [each for each in units if stands(each, day)]
    return [sum(each[name] for each in standing) for name in ("i_namnare", "i_taljare")]
