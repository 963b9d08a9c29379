"""The county's tables, made one indicator at a time, so that memory does not grow with the number of indicators."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.compare import (
    CHAIN,
    PAIRED,
    PAIRS_COUNTED,
    VALUES,
    ChainShown,
    Control,
    Earlier,
    Memory,
    Pattern,
    as_broken_down,
    calendar,
    county,
    county_chain,
    county_funnel,
    decide,
    differences,
    pairs,
    publishable,
    publishable_chain,
    publishable_curves,
    publishable_funnel,
    publishable_pairs,
    quantiles_of,
    record,
    signs_of,
    with_the_county,
)
from ibic_pipeline.compare.changes import TOTAL
from ibic_pipeline.county import Lan
from ibic_pipeline.derive import Indicator, indicators
from ibic_pipeline.derive.engine import connection
from ibic_pipeline.home import Settings
from ibic_pipeline.storage import read_json, write_parquet, write_parquet_parts


def put_together(versions: Mapping[str, Path], lan: Lan, target: Path, settings: Settings) -> None:
    """Write the county's unsuppressed counts in ``target``: figures, funnels, pairs, waits and process chains.

    ``versions``: kommunkod -> folder of the municipality's current version.
    """
    _write((_figures(each, versions, lan, settings) for each in indicators()), target / "indikator.parquet")
    _write((county_funnel(_tables(versions, "tratt", each)) for each in indicators()), target / "tratt.parquet")
    paired = [each for each in indicators() if each.id in PAIRED]
    _write((_pairs(each, versions, lan, settings) for each in paired), target / "par.parquet")
    write_parquet(with_the_county(_tables(versions, "tider")), target / "tider.parquet")
    write_parquet(county_chain(_tables(versions, "processkedja")), target / "processkedja.parquet")


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


def _figures(indicator: Indicator, versions: Mapping[str, Path], lan: Lan, settings: Settings) -> pa.Table:
    aggregates = _tables(versions, "aggregat", indicator)
    if indicator.varde is None or not _values(versions):
        return county(aggregates)
    return county(aggregates, _read_values(quantiles_of, indicator, versions, lan, settings))


def _pairs(indicator: Indicator, versions: Mapping[str, Path], lan: Lan, settings: Settings) -> pa.Table:
    if not _values(versions):
        return PAIRS_COUNTED.empty_table()
    return pairs(_read_values(signs_of, indicator, versions, lan, settings))


def _read_values(
    read: Callable[..., pd.DataFrame],
    indicator: Indicator,
    versions: Mapping[str, Path],
    lan: Lan,
    settings: Settings,
) -> pd.DataFrame:
    latest = max(date.fromisoformat(read_json(folder / "version.json")["uttagsdatum"]) for folder in versions.values())
    with connection(settings) as connected:
        breakdowns = (TOTAL, *lan.brytningar)
        return read(connected, _values(versions), breakdowns, [indicator], calendar(lan.forsta_period, latest))


def _values(versions: Mapping[str, Path]) -> list[Path]:
    """Files of values; a version that an earlier program made has none, or others."""
    paths = [folder / "varden.parquet" for folder in versions.values()]
    return [path for path in paths if path.is_file() and pq.read_schema(path).equals(VALUES)]


def _tables(versions: Mapping[str, Path], name: str, indicator: Indicator | None = None) -> dict[str, pa.Table]:
    paths = {kommunkod: folder / f"{name}.parquet" for kommunkod, folder in versions.items()}
    return {kommunkod: _table(path, indicator) for kommunkod, path in paths.items() if path.is_file()}


def _table(path: Path, indicator: Indicator | None) -> pa.Table:
    return pq.read_table(path, filters=None if indicator is None else [("indikator", "=", indicator.id)])


def _write(parts: Iterator[pa.Table], path: Path) -> None:
    first = next(parts)
    write_parquet_parts(_all(first, parts), first.schema, path)


def _all(first: pa.Table, rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from rest
