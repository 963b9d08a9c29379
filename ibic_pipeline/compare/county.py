"""The county: municipalities' counts beside each other, and their sums period by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.compare.aggregate import AGGREGATE, CELL, FUNNEL, with_quantiles
from ibic_pipeline.compare.chain import CHAINED
from ibic_pipeline.compare.quantiles import SUMMARY
from ibic_pipeline.derive.headers import indicators

_FIGURE_COUNTS = ("namnare", "taljare", "exkluderade")
_FUNNEL_COUNTS = ("kvar", "med_varde", "i_taljare")

ORDERS = {
    "aggregat": CELL,
    "tratt": tuple(name for name in FUNNEL.names if name not in _FUNNEL_COUNTS),
    "processkedja": tuple(CHAINED.names[:-1]),
}
"""Name of a municipality's table of counts -> the columns that it is in order of."""


def county(aggregates: Mapping[str, pa.Table], quantiles: pd.DataFrame | None = None) -> pa.Table:
    """Figures of municipalities (``niva`` kommun) and their sums (``niva`` lan, ``kommunkod`` null).

    The sum of a period covers those that have reached it. What a stale municipality counted by an earlier definition is
    left out: it can be neither added nor compared.

    Args:
        aggregates: kommunkod -> table as ``AGGREGATE``, in its order (``ORDERS``).
        quantiles: the county's, as ``quantiles_of`` gives them from all municipalities' values; null where none.
    """
    together, sums = _with_sums(aggregates, AGGREGATE, _FIGURE_COUNTS)
    frame = sums.select([name for name in AGGREGATE.names if name not in SUMMARY]).to_pandas()
    columns = frame.reindex(columns=AGGREGATE.names) if quantiles is None else with_quantiles(frame, quantiles)
    columns = columns[AGGREGATE.names]
    of_county = pa.Table.from_pandas(columns, schema=AGGREGATE, preserve_index=False).replace_schema_metadata(None)
    return _both_levels(together, of_county, ORDERS["aggregat"])


def in_order(table: pa.Table, name: str) -> pa.Table:
    """A municipality's table of counts in the order that the county's are made in (``ORDERS``); others as they are."""
    return table.sort_by([(each, "ascending") for each in ORDERS[name]]) if name in ORDERS else table


def county_funnel(funnels: Mapping[str, pa.Table]) -> pa.Table:
    """Funnels of municipalities and their sums, as ``county``."""
    together, sums = _with_sums(funnels, FUNNEL, _FUNNEL_COUNTS)
    return _both_levels(together, sums, ORDERS["tratt"])


def county_chain(chains: Mapping[str, pa.Table]) -> pa.Table:
    """Process chains of municipalities and their sums, as ``county``."""
    together, sums = _with_sums(chains, CHAINED, ("kvar",))
    return _both_levels(together, sums, ORDERS["processkedja"])


def _with_sums(tables: Mapping[str, pa.Table], schema: pa.Schema, counts: Sequence[str]) -> tuple[pa.Table, pa.Table]:
    """Rows of all municipalities, and those of the county: columns that are neither keys nor ``counts`` are null."""
    comparable = [tables[kod] for kod in sorted(tables) if tables[kod].schema.equals(schema)]
    together = _by_current_definition(pa.concat_tables([schema.empty_table(), *comparable]))
    keys = [name for name in schema.names if name not in (*counts, *SUMMARY, "kommunkod")]
    sums = together.group_by(keys, use_threads=False).aggregate([(name, "sum") for name in counts])
    sums = sums.rename_columns([name.removesuffix("_sum") for name in sums.column_names])
    for field in schema:
        if field.name not in sums.column_names:
            sums = sums.append_column(field, pa.nulls(len(sums), field.type))
    return together, sums.select(schema.names)


def _both_levels(municipalities: pa.Table, of_county: pa.Table, order: Sequence[str]) -> pa.Table:
    """Rows of municipalities, which are in order of these already, and the county's after them in ``order``.

    Sorting a country's rows again would cost as much as reading them.
    """
    in_order = of_county.sort_by([(name, "ascending") for name in order])
    both = pa.concat_tables([_at_level(municipalities, "kommun"), _at_level(in_order, "lan")])
    several = pc.count_distinct(of_county["indikator"]).as_py() > 1
    return both.sort_by("indikator") if several else both  # equal rows keep their order


def _by_current_definition(table: pa.Table) -> pa.Table:
    current = {(each.id, each.version) for each in indicators()}
    counted = table.group_by(["indikator", "version"], use_threads=False).aggregate([]).to_pylist()
    if all(tuple(each.values()) in current for each in counted):
        return table
    names = pa.array([f"{name} {version}" for name, version in sorted(current)])
    return table.filter(pc.is_in(pc.binary_join_element_wise(table["indikator"], table["version"], " "), names))


def _at_level(table: pa.Table, niva: str) -> pa.Table:
    place = table.schema.get_field_index("kommunkod")
    return table.add_column(place, "niva", pc.cast(pa.repeat(niva, len(table)), pa.string()))
