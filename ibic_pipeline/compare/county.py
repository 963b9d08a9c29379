"""The county: municipalities' counts beside each other, and their sums period by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.compare.aggregate import AGGREGATE, FUNNEL
from ibic_pipeline.derive.headers import indicators

_FIGURE_COUNTS = ("namnare", "taljare", "exkluderade")
_FUNNEL_COUNTS = ("kvar", "med_varde", "i_taljare")


def county(aggregates: Mapping[str, pa.Table]) -> pa.Table:
    """Figures of municipalities (``niva`` kommun) and their sums (``niva`` lan, ``kommunkod`` null).

    ``aggregates``: kommunkod -> table as ``AGGREGATE``. The sum of a period covers those that have reached it. What a
    stale municipality counted by an earlier definition is left out: it can be neither added nor compared.
    """
    return _with_sums(aggregates, AGGREGATE, _FIGURE_COUNTS)


def county_funnel(funnels: Mapping[str, pa.Table]) -> pa.Table:
    """Funnels of municipalities and their sums, as ``county``."""
    return _with_sums(funnels, FUNNEL, _FUNNEL_COUNTS)


def _with_sums(tables: Mapping[str, pa.Table], schema: pa.Schema, counts: Sequence[str]) -> pa.Table:
    comparable = [tables[kod] for kod in sorted(tables) if tables[kod].schema.equals(schema)]
    together = _by_current_definition(pa.concat_tables([schema.empty_table(), *comparable]))
    keys = [name for name in schema.names if name not in (*counts, "kommunkod")]
    sums = together.group_by(keys, use_threads=False).aggregate([(name, "sum") for name in counts])
    sums = sums.rename_columns([name.removesuffix("_sum") for name in sums.column_names])
    sums = sums.append_column("kommunkod", pa.nulls(len(sums), pa.string())).select(schema.names)
    order = [name for name in schema.names if name not in counts]
    both = pa.concat_tables([_at_level(together, "kommun"), _at_level(sums, "lan")])
    return both.sort_by(
        [("indikator", "ascending"), ("niva", "ascending"), *((name, "ascending") for name in order[1:])]
    )


def _by_current_definition(table: pa.Table) -> pa.Table:
    current = pa.array([f"{each.id} {each.version}" for each in indicators()])
    of_row = pc.binary_join_element_wise(table["indikator"], table["version"], " ")
    return table.filter(pc.is_in(of_row, value_set=current))


def _at_level(table: pa.Table, niva: str) -> pa.Table:
    place = table.schema.get_field_index("kommunkod")
    return table.add_column(place, "niva", pc.cast(pa.array([niva] * len(table)), pa.string()))
