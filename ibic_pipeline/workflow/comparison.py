"""The county's tables, made one indicator at a time, so that memory does not grow with the number of indicators."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.compare import (
    CHAIN,
    PAIRED,
    ChainShown,
    Control,
    Earlier,
    Memory,
    Pattern,
    as_broken_down,
    county,
    county_chain,
    county_funnel,
    decide,
    differences,
    publishable,
    publishable_chain,
    publishable_curves,
    publishable_funnel,
    publishable_pairs,
    record,
    with_the_county,
)
from ibic_pipeline.compare.changes import TOTAL
from ibic_pipeline.county import Lan
from ibic_pipeline.derive import Indicator, indicators
from ibic_pipeline.home import Settings
from ibic_pipeline.storage import write_parquet, write_parquet_parts
from ibic_pipeline.workflow.counted import Counted, Values


def put_together(versions: Mapping[str, Path], lan: Lan, target: Path, settings: Settings) -> None:
    """Write the county's unsuppressed counts in ``target``: figures, funnels, pairs, waits and process chains.

    ``versions``: kommunkod -> folder of the municipality's current version.
    """
    values = Values.of(versions, lan, settings)
    counted, left = Counted.of(versions, "aggregat"), Counted.of(versions, "tratt")
    _write((county(counted.by(each), values.quantiles(each)) for each in indicators()), target / "indikator.parquet")
    _write((county_funnel(left.by(each)) for each in indicators()), target / "tratt.parquet")
    _write((values.pairs(each) for each in indicators() if each.id in PAIRED), target / "par.parquet")
    write_parquet(with_the_county(Counted.of(versions, "tider").all()), target / "tider.parquet")
    write_parquet(county_chain(Counted.of(versions, "processkedja").all()), target / "processkedja.parquet")


def compare(source: Path, lan: Lan, stale: Collection[str], target: Path, earlier: Earlier | None = None) -> None:
    """Write what readers may see of the counts in ``source`` as the tables of a release in ``target``.

    ``earlier``: the release before, which must not tell more beside this one than each of them alone.
    """
    control = Control(lan.disclosure, Memory(source / "rojandeminne.parquet"), earlier)

    def counted(name: str, indicator: Indicator) -> pa.Table:
        table = _table(source / f"{name}.parquet", indicator)
        return table if name == "tratt" else as_broken_down(table, indicator, lan)

    def figures(indicator: Indicator) -> pa.Table:
        return counted("indikator", indicator)

    def funnels(indicator: Indicator) -> pa.Table:
        return counted("tratt", indicator)

    def paired(indicator: Indicator) -> pa.Table:
        return counted("par", indicator)

    patterns = decide(indicators(), figures, funnels, paired, control)
    tables: dict[str, Callable[[Indicator, Pattern], pa.Table]] = {
        "indikator": lambda each, pattern: publishable(figures(each), each, lan, stale, pattern),
        "skillnad": lambda each, pattern: differences(figures(each), pattern.hidden, lan),
        "tratt": lambda each, pattern: publishable_funnel(funnels(each), pattern),
        "parad_forandring": lambda each, pattern: publishable_pairs(paired(each), figures(each), pattern.hidden, lan),
    }
    for name, shown in tables.items():
        of_table = [each for each in indicators() if name != "parad_forandring" or each.id in PAIRED]
        _write((shown(each, patterns[each.id]) for each in of_table), target / f"{name}.parquet")
    waits = pq.read_table(source / "tider.parquet")
    write_parquet(publishable_curves(waits, lan, control), target / "overlevnad.parquet")
    chained = _chain(source, target, control)
    write_parquet(chained.table, target / "processkedja.parquet")
    write_parquet(record(patterns, [chained.checked], earlier=earlier is not None), target / "rojandekontroll.parquet")
    control.memory.save()


def _chain(source: Path, target: Path, control: Control) -> ChainShown:
    """The process chain, beside the figures of its indicator that are written already."""
    of_indicator = [("indikator", "=", CHAIN), ("brytning", "=", TOTAL)]
    counted, shown = (pq.read_table(each / "indikator.parquet", filters=of_indicator) for each in (source, target))
    return publishable_chain(pq.read_table(source / "processkedja.parquet"), counted, shown, control)


def _table(path: Path, indicator: Indicator | None) -> pa.Table:
    return pq.read_table(path, filters=None if indicator is None else [("indikator", "=", indicator.id)])


def _write(parts: Iterator[pa.Table], path: Path) -> None:
    first = next(parts)
    write_parquet_parts(_all(first, parts), first.schema, path)


def _all(first: pa.Table, rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from rest
