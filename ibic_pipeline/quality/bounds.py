"""How low and how high a figure could be if all that flawed data touch went one way: what readers may see of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.compare.disclosure.rules import OSAKER, VISAS, is_small
from ibic_pipeline.county import Lan
from ibic_pipeline.derive.headers import indicators
from ibic_pipeline.quality.effect import PERIOD_TYPES, Effect

DATAKVALITET_EFFEKT = pa.schema(
    [
        ("indikator", pa.string()),
        ("niva", pa.string()),
        ("kommunkod", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("brytning", pa.string()),
        ("matt", pa.string()),
        ("andel_berord", pa.float64()),
        ("lagst", pa.float64()),
        ("hogst", pa.float64()),
        ("orsak", pa.string()),
        ("avvisade", pa.int64()),
        ("skal", pa.string()),
    ]
)
"""Columns of the published table ``datakvalitet_effekt``."""

DATAKVALITET_ORSAK = pa.schema(
    [
        ("orsak", pa.string()),
        ("indikator", pa.string()),
        ("niva", pa.string()),
        ("kommunkod", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("antal", pa.int64()),
        ("andel", pa.float64()),
        ("fa", pa.bool_()),
    ]
)
"""Columns of the published table ``datakvalitet_orsak``."""

NOT_SHOWN, A_DIFFERENCE, MOST_ARE_TOUCHED = "siffran_visas_inte", "skillnad", "for_manga_berorda"
TOO_FEW_VALUES, NOT_MEASURED, INCOMPLETE = "for_fa_varden", "ej_matt", "alla_kommuner_ar_inte_med"
LEAST_STEP = 0.01
"""Bounds are rounded outwards to steps of at least this share of the units."""

_CELL = ["indikator", "niva", "kommunkod", "period_typ", "period"]
_COUNTS = ["namnare", "taljare", "berorda_i_taljaren", "berorda_utanfor", "saknade"]
_REFUSED = "avvisade"


def publishable_effect(effects: Mapping[str, Effect], figures: pa.Table, lan: Lan) -> tuple[pa.Table, pa.Table]:
    """The tables ``datakvalitet_effekt`` and ``datakvalitet_orsak``, protected.

    Args:
        effects: kommunkod -> what was counted there; a municipality without counts gets rows without bounds.
        figures: the published table ``indikator``; a figure that it does not show gets no bounds.
    """
    shown = _shown_figures(figures)
    counted = _with_county([(code, each.enheter.to_pandas()) for code, each in effects.items()], [*_COUNTS, _REFUSED])
    reasons = _with_county([(code, each.orsaker.to_pandas()) for code, each in effects.items()], ["antal"], ["orsak"])
    values = _with_county([(code, each.varden.to_pandas()) for code, each in effects.items()], ["antal"], ["varde"])
    cells = _cells(shown, counted)
    told = _told_reasons(reasons, cells, lan)
    bounded = _bounded(cells, values, lan)
    bounded["orsak"] = _most(reasons, bounded)
    few = is_small(bounded[_REFUSED].fillna(0).to_numpy(), lan.disclosure.antal_min.varde)
    bounded[_REFUSED] = bounded[_REFUSED].mask(few)
    return _table(bounded.assign(brytning="total"), DATAKVALITET_EFFEKT), _table(told, DATAKVALITET_ORSAK)


def _shown_figures(figures: pa.Table) -> pd.DataFrame:
    frame = figures.to_pandas()
    kept = frame[(frame["brytning"] == "total") & frame["period_typ"].isin(PERIOD_TYPES)]
    names = {"namnare": "visad_namnare", "taljare": "visad_taljare"}
    columns = [*_CELL, "namnare", "taljare", "andel", "median", "status"]
    return kept[columns].rename(columns=names).assign(kommunkod=kept["kommunkod"].fillna(""))


def _with_county(
    parts: list[tuple[str, pd.DataFrame]], counts: list[str], more: list[str] | None = None
) -> pd.DataFrame:
    """The municipalities' rows under each other, and the county's sums, whose ``kommunkod`` is empty."""
    keys = ["indikator", "period_typ", "period", *(more or [])]
    columns = [*keys, *counts]
    municipal = pd.concat(
        [pd.DataFrame(columns=[*columns, "kommunkod", "niva"])]
        + [frame[columns].assign(kommunkod=code, niva="kommun") for code, frame in parts],
        ignore_index=True,
    )
    county = municipal.groupby(keys, as_index=False)[counts].sum().assign(kommunkod="", niva="lan")
    together = pd.concat([municipal, county], ignore_index=True)
    return together.astype(dict.fromkeys(counts, "int64"))


def _cells(shown: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """One row per indicator, place and period that is judged, with its counts, its figure and why it has no bounds."""
    latest = counted[counted["niva"] == "kommun"][[*_CELL]]
    absent = shown[(shown["niva"] == "kommun") & ~shown["kommunkod"].isin(latest["kommunkod"])]
    absent = absent.sort_values("period").drop_duplicates(["indikator", "kommunkod", "period_typ"], keep="last")
    county = latest.sort_values("period").drop_duplicates(["indikator", "period_typ"], keep="last")
    wanted = pd.concat([latest, absent[_CELL], county.assign(niva="lan", kommunkod="")], ignore_index=True)
    cells = wanted.merge(shown, on=_CELL, how="left").merge(counted, on=_CELL, how="left")
    cells["matt"] = cells["indikator"].map({each.id: each.matt for each in indicators()})
    cells["skal"] = None
    for why, holds in reversed(list(_why_not(cells).items())):
        cells.loc[holds, "skal"] = why
    return cells


def _why_not(cells: pd.DataFrame) -> dict[str, np.ndarray]:
    """Where each reason against bounds holds; the first that does is told."""
    share_shown = cells["status"].isin([VISAS, OSAKER]) & cells["andel"].notna()
    shown = np.where(cells["matt"] == "median", cells["median"].notna() & cells["visad_namnare"].notna(), share_shown)
    others = cells["visad_namnare"].notna() & (cells["visad_namnare"] != cells["namnare"])
    of_county = cells["niva"] == "lan"
    return {
        NOT_SHOWN: ~shown.astype(bool),
        NOT_MEASURED: (cells["namnare"].isna() | (~of_county & others)).to_numpy(),
        INCOMPLETE: (of_county & others).to_numpy(),
        A_DIFFERENCE: (cells["matt"] == "skillnad").to_numpy(),
    }


def _bounded(cells: pd.DataFrame, values: pd.DataFrame, lan: Lan) -> pd.DataFrame:
    found = cells.assign(lagst=np.nan, hogst=np.nan, andel_berord=np.nan)
    told = found["skal"].isna() | (found["skal"] == A_DIFFERENCE)
    least = lan.disclosure.antal_min.varde
    n, _, inside, outside, missing = (_column(found[told], name) for name in _COUNTS)
    found.loc[told, "andel_berord"] = touched_share(n, inside + outside + missing, missing, least)
    shares = told & (found["matt"] == "andel")
    found.loc[shares, "lagst"], found.loc[shares, "hogst"] = share_bounds(found[shares], least)
    by_cell = dict(iter(values.groupby(["indikator", "kommunkod", "period_typ", "period"])))
    for row in found[found["skal"].isna() & (found["matt"] == "median")].itertuples():
        own = by_cell[(row.indikator, row.kommunkod, row.period_typ, row.period)].sort_values("varde")
        units = own["varde"].to_numpy(dtype=float), own["antal"].to_numpy(dtype=np.int64)
        touched = int(row.berorda_i_taljaren + row.berorda_utanfor)
        *ends, why = median_bounds(*units, touched, int(row.saknade), least)
        found.loc[row.Index, ["lagst", "hogst"]] = ends
        found.loc[row.Index, "skal"] = why
    return found


def _column(cells: pd.DataFrame, name: str) -> np.ndarray:
    counts: np.ndarray = cells[name].to_numpy(dtype=np.int64)
    return counts


def step_of(units: np.ndarray, antal_min: int) -> np.ndarray:
    """How many units bounds are rounded by: enough that no small count can be read out of them."""
    step: np.ndarray = np.maximum(max(antal_min, 1), np.ceil(LEAST_STEP * units)).astype(np.int64)
    return step


def rounded_up(counts: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Counts rounded up to whole steps; none stays none."""
    rounded: np.ndarray = -(-counts // step) * step
    return rounded


def touched_share(namnare: np.ndarray, touched: np.ndarray, missing: np.ndarray, antal_min: int) -> np.ndarray:
    """The share of all units, missing ones among them, that are touched or missing, rounded up."""
    step = step_of(namnare, antal_min)
    every = namnare + rounded_up(missing, step)
    share: np.ndarray = np.minimum(rounded_up(touched, step), every) / np.maximum(every, 1)
    return share


def share_bounds(cells: pd.DataFrame, antal_min: int) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest share, should every touched unit go one way and every missing one be counted.

    Args:
        cells: counts of units by the names of ``ENHETER``.
        antal_min: counts below it may not be worked out of the bounds.

    With nothing touched both are the share itself. What would be left on a side is never a small count.
    """
    namnare, taljare, inside, outside, missing = (_column(cells, name) for name in _COUNTS)
    step = step_of(namnare, antal_min)
    unknown = rounded_up(missing, step)
    falling = _all_but_few(rounded_up(inside, step), taljare, antal_min)
    rising = _all_but_few(rounded_up(outside, step), namnare - taljare, antal_min)
    every = np.maximum(namnare + unknown, 1)
    return (taljare - falling) / every, (taljare + rising + unknown) / every


def _all_but_few(moved: np.ndarray, of_all: np.ndarray, antal_min: int) -> np.ndarray:
    return np.where((moved > 0) & (of_all - moved < antal_min), of_all, moved)


def median_bounds(
    values: np.ndarray, counts: np.ndarray, touched: int, missing: int, antal_min: int
) -> tuple[float, float, str | None]:
    """The lowest and the highest median, should every touched and every missing unit lie at one end.

    Which of the values are the touched units' is not asked: the median moves by no more than one place in the order for
    each of them, and half a place for each that is missing.

    Args:
        values: distinct values, rising.
        counts: how many units have each.
        touched: how many of the units are touched.
        missing: units without a value that would be counted, were something known.

    NaN and a reason when the median could be any value, or when a bound would be nearly nobody's.
    """
    n = int(counts.sum())
    step = int(step_of(np.array(n), antal_min))
    moved, unknown = (-(-count // step) * step for count in (touched, missing))
    every = n + unknown
    low = [rank - moved - unknown for rank in ((every + 1) // 2, every // 2 + 1)]
    high = [rank + moved for rank in ((every + 1) // 2, every // 2 + 1)]
    if low[0] < 1 or high[1] > n:
        return np.nan, np.nan, MOST_ARE_TOUCHED
    if min(low[0], n - high[1] + 1) < antal_min and moved + unknown:
        return np.nan, np.nan, TOO_FEW_VALUES
    places = np.searchsorted(counts.cumsum(), [*low, *high])
    found = values[places].reshape(2, 2).mean(axis=1)
    return float(found[0]), float(found[1]), None


def _told_reasons(reasons: pd.DataFrame, cells: pd.DataFrame, lan: Lan) -> pd.DataFrame:
    """Reasons of figures that are shown.

    Where a municipality's number is hidden so is the county's, and the county's share is made of the highest number
    that the hidden one can be: otherwise it could be worked out of the difference.
    """
    least = lan.disclosure.antal_min.varde
    key = ["indikator", "period_typ", "period", "orsak"]
    few = reasons["antal"] < least
    outward = reasons["antal"].mask(few, least).where(reasons["niva"] == "kommun", 0)
    told = reasons.assign(
        utat=outward.where(
            reasons["niva"] == "kommun", outward.groupby([reasons[name] for name in key]).transform("sum")
        ),
        fa=few.where(reasons["niva"] == "kommun", few.groupby([reasons[name] for name in key]).transform("any")),
    )
    kept = told.merge(cells[cells["skal"].isna() | (cells["skal"] == A_DIFFERENCE)], on=_CELL)
    n, missing, counts = (_column(kept, name) for name in ("namnare", "saknade", "utat"))
    return kept.assign(
        antal=kept["antal"].astype("Int64").mask(kept["fa"]), andel=touched_share(n, counts, missing, least)
    )


def _most(reasons: pd.DataFrame, cells: pd.DataFrame) -> pd.Series:
    """The reason that touches most units of each cell that says anything, the first by name where several do."""
    first = reasons.sort_values(["antal", "orsak"], ascending=[False, True]).drop_duplicates(_CELL)
    most = cells[_CELL].merge(first[[*_CELL, "orsak"]], on=_CELL, how="left")["orsak"]
    return most.where(cells["andel_berord"].to_numpy() > 0, None)


def _table(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    plain = frame.assign(kommunkod=frame["kommunkod"].replace("", None)).reindex(columns=schema.names)
    table = pa.Table.from_pandas(plain, schema=schema, preserve_index=False).replace_schema_metadata(None)
    keys = [name for name in schema.names if pa.types.is_string(schema.field(name).type)]
    return table.sort_by([(name, "ascending") for name in keys])
