"""Made-up counts of a small county from units with several groups, published without the pipeline before it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.compare import (
    PAIRS_COUNTED,
    Control,
    Memory,
    as_broken_down,
    county,
    county_chain,
    county_funnel,
    decide,
    differences,
    in_order,
    publishable,
    publishable_funnel,
    publishable_pairs,
)
from ibic_pipeline.compare.aggregate import AGGREGATE, FUNNEL
from ibic_pipeline.compare.chain import CHAINED, STEPS
from ibic_pipeline.compare.disclosure.earlier import earlier_release, keep_counts
from ibic_pipeline.compare.periods import MONTHS_IN, period_name, period_number
from ibic_pipeline.compare.survival import CURVES, WAITS, with_the_county
from ibic_pipeline.county import Lan
from ibic_pipeline.derive import Indicator, indicators
from ibic_pipeline.storage import write_json, write_parquet
from ibic_pipeline.workflow.comparison import compare

GROUPS = {"kon": ("kvinna", "man", "ej_redovisad"), "lagrum": ("LSS", "SoL")}
YEAR = 2025


def units(random: np.random.Generator, months: int, mean: float, reasons: int) -> pd.DataFrame:
    """Counts of one municipality by month and combination of groups: ``taljare``, ``rest`` and each reason ``r1`` …"""
    sizes = {"kon": (0.5, 0.48, 0.02), "lagrum": (0.3, 0.7)}
    rows = [
        {"manad": month, "kon": kon, "lagrum": lagrum}
        | {
            name: int(random.poisson(mean * part * sizes["kon"][i] * sizes["lagrum"][j]))
            for name, part in [("taljare", 0.4), ("rest", 0.5), *((f"r{n + 1}", 0.1) for n in range(reasons))]
        }
        for month in range(months)
        for i, kon in enumerate(GROUPS["kon"])
        for j, lagrum in enumerate(GROUPS["lagrum"])
    ]
    return pd.DataFrame(rows)


def counted(indikator: str, kommunkod: str, found: pd.DataFrame, brytningar: tuple[str, ...]) -> dict[str, pa.Table]:
    """The tables ``aggregat`` and ``tratt`` of one municipality."""
    indicator = next(each for each in indicators() if each.id == indikator)
    reasons = [name for name in found.columns if name.startswith("r") and name != "rest"]
    assert len(reasons) == len(indicator.exkluderingar)
    numbers = ["taljare", "rest", *reasons]
    last = 12 * YEAR + int(found["manad"].max())
    figures, funnels = [], []
    for typ, length in MONTHS_IN.items():
        number = (12 * YEAR + found["manad"]) // length
        inside = (number + 1) * length - 1 <= last
        if indicator.typ == "tillstand":
            inside &= (12 * YEAR + found["manad"]) == (number + 1) * length - 1
        own = found[inside].assign(number=number[inside])
        for brytning in ("total", *brytningar):
            group = pd.Series("alla", own.index) if brytning == "total" else _joined(own, brytning)
            sums = own.groupby(["number", group.rename("grupp")])[numbers].sum().reset_index()
            namnare, excluded = sums["taljare"] + sums["rest"], sums[reasons].sum(axis=1)
            named = sums.assign(
                period_typ=typ, period=[period_name(typ, n) for n in sums["number"]], brytning=brytning,
                namnare=namnare, exkluderade=excluded,
            )  # fmt: skip
            figures.append(named[(namnare + excluded > 0) | (brytning == "total")])
            if brytning == "total":
                funnels += [
                    named.assign(
                        steg=step,
                        orsak=None if step == 0 else indicator.exkluderingar[step - 1],
                        med_varde=0,
                        kvar=namnare + sums[reasons[step:]].sum(axis=1),
                        i_taljare=sums["taljare"],
                    )
                    for step in range(len(reasons) + 1)
                ]
    names = {"indikator": indikator, "version": indicator.version, "kommunkod": kommunkod}
    parts = {"aggregat": (figures, AGGREGATE), "tratt": (funnels, FUNNEL)}
    found = {
        name: pa.Table.from_pandas(
            pd.concat(tables).assign(**names).reindex(columns=schema.names), schema=schema, preserve_index=False
        ).replace_schema_metadata(None)
        for name, (tables, schema) in parts.items()
    }
    return {name: in_order(each, name) for name, each in found.items()}


def chained(random: np.random.Generator, figures: pa.Table, parts: Sequence[float]) -> pa.Table:
    """Process chains of one municipality whose ends are its figures of F1; ``parts``: how losses fall on the steps."""
    totals = figures.filter(pc.equal(figures["brytning"], "total")).to_pandas()
    # A state's month, quarter and year that end on the same day are the same decisions.
    periods = zip(totals["period_typ"], totals["period"], strict=True)
    ends = [(period_number(typ, period) + 1) * MONTHS_IN[typ] for typ, period in periods]
    rest = (totals["namnare"] - totals["taljare"]).groupby(ends).first()
    lost = {end: random.multinomial(count, np.array(parts) / sum(parts)) for end, count in rest.items()}
    left = totals["namnare"].to_numpy()[:, None] - np.array([[0, *lost[end].cumsum()] for end in ends])
    each = totals.loc[totals.index.repeat(len(STEPS))]
    steps = np.tile(np.arange(len(STEPS)), len(totals))
    found = each.assign(steg=steps, processteg=np.array(STEPS)[steps], kvar=left.ravel())
    table = pa.Table.from_pandas(found[CHAINED.names], schema=CHAINED, preserve_index=False)
    return in_order(table.replace_schema_metadata(None), "processkedja")


def _joined(own: pd.DataFrame, brytning: str) -> pd.Series:
    first, *others = (own[part] for part in brytning.split("_x_"))
    return first.str.cat(others, sep="_x_") if others else first


def shown(
    figures: pa.Table,
    lan: Lan,
    stale: Collection[str] = (),
    funnels: pa.Table | None = None,
    outcomes: pa.Table | None = None,
) -> dict[str, pa.Table]:
    """What readers see of counts as ``county``, ``county_funnel`` and ``pairs`` give them."""

    def of(table: pa.Table | None, schema: pa.Schema) -> Callable[[Indicator], pa.Table]:
        whole = schema.empty_table() if table is None else table
        return lambda each: whole.filter(pc.equal(whole["indikator"], each.id))

    def broken_down(each: Indicator) -> pa.Table:
        return as_broken_down(of(figures, figures.schema)(each), each, lan)

    funnel, paired = of(funnels, county_funnel({}).schema), of(outcomes, PAIRS_COUNTED)
    there = set(figures["indikator"].to_pylist())
    some = [each for each in indicators() if each.id in there] or list(indicators())
    patterns = decide(some, broken_down, funnel, paired, Control(lan.disclosure, Memory()))
    found: dict[str, list[pa.Table]] = {"indikator": [], "skillnad": [], "tratt": [], "parad_forandring": []}
    for each in some:
        pattern, rows = patterns[each.id], broken_down(each)
        found["indikator"].append(publishable(rows, each, lan, stale, pattern))
        found["skillnad"].append(differences(rows, pattern.hidden, lan))
        found["tratt"].append(publishable_funnel(funnel(each), pattern))
        found["parad_forandring"].append(publishable_pairs(paired(each), rows, pattern.hidden, lan))
    return {name: pa.concat_tables(tables) for name, tables in found.items()}


def waiting(random: np.random.Generator, kommunkod: str, mean: float, years: int = 2) -> pa.Table:
    """Waits of one municipality, as ``tider.parquet`` has them."""
    days = np.arange(0, 400, 5)
    curve = CURVES[0]
    rows = [
        {
            "indikator": curve.id,
            "version": curve.version,
            "kommunkod": kommunkod,
            "start_ar": YEAR + year,
            "dag": int(day),
        }
        | {"handelser": int(random.poisson(mean / 40)), "censurerade": int(random.poisson(mean / 80))}
        for year in range(years)
        for day in days
    ]
    return pa.Table.from_pylist([row for row in rows if row["handelser"] + row["censurerade"]], schema=WAITS)


def source(
    folder: Path,
    tables: Mapping[str, list[dict[str, pa.Table]]],
    waits: Mapping[str, pa.Table] | None = None,
    chains: Mapping[str, pa.Table] | None = None,
) -> Path:
    """The county's unsuppressed counts as ``put_together`` leaves them; ``tables``: kommunkod -> one per indicator."""
    together = {
        name: {code: pa.concat_tables([each[name] for each in found]) for code, found in tables.items()}
        for name in ("aggregat", "tratt")
    }
    write_parquet(county(together["aggregat"]), folder / "indikator.parquet")
    write_parquet(county_funnel(together["tratt"]), folder / "tratt.parquet")
    write_parquet(PAIRS_COUNTED.empty_table(), folder / "par.parquet")
    write_parquet(with_the_county(waits or {"9901": WAITS.empty_table()}), folder / "tider.parquet")
    write_parquet(county_chain(chains or {}), folder / "processkedja.parquet")
    return folder


def release(folder: Path, counts: Path, lan: Lan, versions: Mapping[str, str], previous: Path | None = None) -> Path:
    """The open tables and the manifest of a release, as far as an attack reads them."""
    before = folder if previous is None else previous
    compare(counts, lan, (), folder / "jamforelse", earlier_release(previous, before / "underlag"))
    keep_counts(counts, folder / "underlag", folder.name)
    manifest: dict[str, Any] = {
        "lan": lan.model_dump(mode="json", by_alias=True),
        "kommuner": [{"kommunkod": code, "version": version} for code, version in versions.items()],
        "indikatorer": [{"id": each.id, "typ": each.typ, "version": each.version} for each in indicators()],
    }
    write_json(manifest, folder / "manifest.json")
    return folder
