"""The table ``processkedja``: of the decisions that F1 counts, how many are left after each step of the process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.compare.changes import TOTAL
from ibic_pipeline.compare.counts import counts_of
from ibic_pipeline.compare.disclosure.chains import Chains, hidden_losses
from ibic_pipeline.compare.disclosure.earlier import Earlier
from ibic_pipeline.compare.disclosure.patterns import Control
from ibic_pipeline.compare.disclosure.record import Checked
from ibic_pipeline.compare.disclosure.rules import EJ_UTVARDERAD, UNDERTRYCKT, null_where
from ibic_pipeline.compare.periods import Period
from ibic_pipeline.derive.engine import fetch, parquet_list
from ibic_pipeline.derive.headers import indicators

CHAIN = "F1"
"""The indicator whose denominator the chain begins with and whose numerator it ends with."""
FACT = "kedjesteg"
STEPS = ("alla", "utredning", "beslut", "uppdrag", "genomforandeplan", "uppfoljning")
"""Names of the fact's steps, by their numbers; the first is everyone."""

CHAINED = pa.schema(
    [
        ("indikator", pa.string()),
        ("version", pa.string()),
        ("kommunkod", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("steg", pa.int64()),
        ("processteg", pa.string()),
        ("kvar", pa.int64()),
    ]
)
"""Columns of ``processkedja.parquet``; ``steg`` numbers ``STEPS`` from 0."""

PROCESSKEDJA = pa.schema(
    [
        ("indikator", pa.string()),
        ("niva", pa.string()),
        ("kommunkod", pa.string()),
        ("period_typ", pa.string()),
        ("period", pa.string()),
        ("steg", pa.int64()),
        ("processteg", pa.string()),
        ("kvar", pa.int64()),
        ("bortfall", pa.int64()),
        ("andel_kvar", pa.float64()),
        ("andel_bortfall", pa.float64()),
        ("status", pa.string()),
    ]
)
"""Columns of the published table ``processkedja``; both shares are of the decisions that the chain begins with."""

_PLACE = ["niva", "kommunkod", "period_typ", "period"]

_CHANGES = """
    WITH rad AS (
        SELECT
            k.steg AS steg,
            GREATEST(12 * YEAR(k.fran) + MONTH(k.fran) - 1, {first}) AS fran_manad,
            COALESCE(12 * YEAR(k.till) + MONTH(k.till) - 1, {last} + 1) AS till_manad
        FROM read_parquet({files}) AS k
    ),
    andring AS (
        SELECT r.steg AS steg, r.fran_manad AS nummer, 1 AS tecken FROM rad AS r WHERE r.fran_manad < r.till_manad
        UNION ALL
        SELECT r.steg AS steg, r.till_manad AS nummer, -1 AS tecken FROM rad AS r WHERE r.fran_manad < r.till_manad
    )
    SELECT CAST(a.steg AS VARCHAR) AS grupp, a.nummer AS nummer, CAST(SUM(a.tecken) AS BIGINT) AS namnare
    FROM andring AS a
    WHERE a.nummer <= {last}
    GROUP BY a.steg, a.nummer
"""


def chain(connected: duckdb.DuckDBPyConnection, fakta: Path, kommunkod: str, periods: Sequence[Period]) -> pa.Table:
    """One municipality's decisions by period and step, as ``CHAINED``.

    Args:
        fakta: folder with ``kedjesteg.parquet``.
        periods: as ``calendar`` gives them; nothing is counted where there are none.
    """
    counted = next((each for each in indicators() if each.id == CHAIN), None)
    if counted is None or not periods:
        return CHAINED.empty_table()
    months = [period.last_month for period in periods]
    files = parquet_list([fakta / f"{FACT}.parquet"])
    changes = fetch(connected, _CHANGES.format(first=min(months), last=max(months), files=files)).to_pandas()
    named = {"indikator": CHAIN, "brytning": FACT, "manader": 1, "taljare": 0, "exkluderade": 0, "med_varde": 0}
    cells = pd.DataFrame({"grupp": [str(step) for step in range(len(STEPS))]}).assign(indikator=CHAIN, brytning=FACT)
    left = counts_of(changes.assign(**named), cells, periods)["namnare"]
    wanted = np.array([period.typ in counted.periodtyper for period in periods])
    step, place = np.nonzero(np.broadcast_to(wanted, left.shape))
    frame = pd.DataFrame(
        {
            "period_typ": np.array([period.typ for period in periods])[place],
            "period": np.array([period.name for period in periods])[place],
            "steg": step,
            "processteg": np.array(STEPS)[step],
            "kvar": left[step, place],
        }
    ).assign(indikator=CHAIN, version=counted.version, kommunkod=kommunkod)
    table = pa.Table.from_pandas(frame[CHAINED.names], schema=CHAINED, preserve_index=False)
    return table.replace_schema_metadata(None).sort_by([(name, "ascending") for name in CHAINED.names[:-1]])


@dataclass(frozen=True)
class ChainShown:
    """The published table ``processkedja``, and what disclosure control has to say of it."""

    table: pa.Table
    checked: Checked


def publishable_chain(found: pa.Table, figures: pa.Table, shown: pa.Table, control: Control) -> ChainShown:
    """The table ``processkedja``: a chain for each figure of everyone that the indicator publishes.

    It is hidden where the figure is. It is not evaluated where the figure is not, and where its ends are not the
    figure's own counts: of a municipality that was counted by an earlier program there is none, nor then of the county.

    Args:
        found: chains as ``county_chain`` gives them.
        figures: the unsuppressed counts of the indicator, as ``county`` gives them.
        shown: its published figures, as ``publishable`` gives them.
    """
    rows = _totals(shown, "status").merge(_totals(figures, "namnare", "taljare"), on=_PLACE, how="left")
    places, left = _by_place(found, "kvar")
    at = _index(places).get_indexer(_index(rows))
    left = np.vstack([left, np.zeros((1, len(STEPS)))])[at].astype(np.int64)  # no chain, -1: none left
    ends = (left[:, [0, -1]] == rows[["namnare", "taljare"]].to_numpy()).all(axis=1)
    there = (at >= 0) & ends & rows["status"].ne(EJ_UTVARDERAD).to_numpy()
    losses, narrow = np.zeros((len(rows), len(STEPS) - 1), dtype=bool), 0
    if there.any():
        figure = rows["status"].eq(UNDERTRYCKT).to_numpy()
        chains = Chains(rows[there], left[there], figure[there], losses[there])
        losses[there], narrow = hidden_losses(chains, control, _before(control.earlier, set(found["version"])))
    checked = (CHAIN, "processkedja", losses[there].size, int(losses.sum()), narrow)
    return ChainShown(_published(rows, left, there, losses), checked)


def _before(earlier: Earlier | None, versions: set[pa.Scalar]) -> Chains | None:
    """The chains of the release before, when they were counted by the same definition."""
    seen = None if earlier is None else earlier.chains()
    if seen is None or set(seen[0]["version"]) != versions:
        return None
    places, left = _by_place(seen[0], "kvar")
    then, kept = _by_place(seen[1], "kvar")
    lost = _by_place(seen[1], "bortfall")[1]
    evaluated = _by_place(seen[1], "status")[1][:, 0] != EJ_UTVARDERAD
    at = _index(places).get_indexer(_index(then[evaluated]))
    return Chains(then[evaluated], left[at], np.isnan(kept[evaluated, 0]), np.isnan(lost[evaluated, 1:]))


def _totals(figures: pa.Table, *columns: str) -> pd.DataFrame:
    """Figures of everyone: their places and periods, and the columns."""
    totals = figures.filter(pc.equal(figures["brytning"], TOTAL)).select([*_PLACE, *columns]).to_pandas()
    return totals.assign(kommunkod=totals["kommunkod"].fillna(""))


def _by_place(found: pa.Table, column: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Places and periods in order, and by these and step the values of a column."""
    ordered = found.select([*_PLACE, "steg", column]).to_pandas()
    ordered = ordered.assign(kommunkod=ordered["kommunkod"].fillna("")).sort_values([*_PLACE, "steg"])
    return ordered.loc[ordered["steg"] == 0, _PLACE], ordered[column].to_numpy().reshape(-1, len(STEPS))


def _index(places: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(places[_PLACE])


def _published(rows: pd.DataFrame, left: np.ndarray, there: np.ndarray, losses: np.ndarray) -> pa.Table:
    """The table; a number is told where it follows from what the figure tells and from losses that are shown."""
    figure = rows["status"].eq(UNDERTRYCKT).to_numpy()
    before = np.column_stack([np.zeros(len(rows), dtype=bool), losses]).cumsum(axis=1) > 0
    after = np.column_stack([losses, np.zeros(len(rows), dtype=bool)])[:, ::-1].cumsum(axis=1)[:, ::-1] > 0
    unseen = ~there[:, None]
    no_left = unseen | figure[:, None] | (before & after)
    no_loss = unseen | np.column_stack([figure, losses])
    lost = -np.diff(left, axis=1, prepend=left[:, :1])
    with np.errstate(invalid="ignore"):
        of_all = [each / left[:, :1] for each in (left, lost)]
    status = np.where(no_left | no_loss, UNDERTRYCKT, rows[["status"]].to_numpy())
    each_row = np.repeat(np.arange(len(rows)), len(STEPS))
    frame = rows.iloc[each_row].assign(
        indikator=CHAIN,
        kommunkod=rows["kommunkod"].replace("", None).iloc[each_row],
        steg=np.tile(np.arange(len(STEPS)), len(rows)),
        processteg=np.tile(np.array(STEPS, dtype=object), len(rows)),
        kvar=null_where(left.ravel(), no_left.ravel()).to_numpy(),
        bortfall=null_where(lost.ravel(), no_loss.ravel()).to_numpy(),
        andel_kvar=np.where(no_left, np.nan, of_all[0]).ravel(),
        andel_bortfall=np.where(no_loss, np.nan, of_all[1]).ravel(),
        status=np.where(unseen, EJ_UTVARDERAD, status).ravel(),
    )
    table = pa.Table.from_pandas(frame[PROCESSKEDJA.names], schema=PROCESSKEDJA, preserve_index=False)
    return table.replace_schema_metadata(None).sort_by([(name, "ascending") for name in [*_PLACE, "steg"]])
