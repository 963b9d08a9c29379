"""Faults of a delivery as a whole: files that come twice, archives, a month that did not come."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from ibic_pipeline.profile import Del
from ibic_pipeline.synthetic.columns import Bools
from ibic_pipeline.synthetic.export import ExportFile, row_keys
from ibic_pipeline.synthetic.faults.files import FileFault, Found, PlantFile, whole
from ibic_pipeline.synthetic.faults.sites import Site, Sites
from ibic_pipeline.synthetic.localwords import date_pattern

MISSING_MONTH = "manad_saknas"
LEAST_IN_A_MONTH = 12
"""More than in the rule: in smaller files a month without a row is no wonder."""

LEAST_MONTHS = 6

AGAIN = "omtag"


def copied(same: bool) -> PlantFile:
    """The file comes once more under another name, with the same or with other content."""

    def plant(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
        if "*" not in site.file.fil.monster:
            return None
        site.file.writing.copies = {AGAIN: same}
        return whole("REP-009" if same else "LEV-008")

    return plant


def _pack(_site: Site, sites: Sites, _rng: np.random.Generator) -> Found | None:
    for each in sites.sites:
        each.file.writing.archived = "packad"
    return whole()


def _bomb(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
    site.file.writing.archived = "bomb"
    return whole("LEV-014")


def leave_out_a_month(sites: Sites) -> None:
    """Take a whole month of follow-ups away, with everything that refers to them; before anything else is planted.

    Follow-ups, since only goals met and answers refer to them: nothing else loses its parent. A municipality with
    few of them keeps all.
    """
    heads = [(site, part) for site in sites.sites for part in site.file.fil.delar[:1] if _tells_when(part)]
    if not heads:
        return
    of_heads = [_follow_ups(site, part) for site, part in heads]
    every = pd.concat(of_heads, ignore_index=True).drop_duplicates("id")
    chosen = {str(code): _interior(rows["month"].to_numpy()) for code, rows in every.groupby("kommunkod")}
    gone = set(every["id"][every["month"].to_numpy() == every["kommunkod"].map(chosen).fillna(-1).to_numpy()])
    for site in sites.sites:
        _drop(site, _refers(site.file, gone))
    heads[0][0].lines += [(MISSING_MONTH, "LEV-012", 0, code) for code, month in chosen.items() if month is not None]


def _tells_when(part: Del) -> bool:
    return part.tabell == "uppfoljning" and {"uppfoljning_id", "datum"} <= set(part.kolumner)


def _follow_ups(site: Site, part: Del) -> pd.DataFrame:
    """One row per record with a date: the follow-up, its municipality, and its month counted from year 0."""
    pattern = date_pattern(site.file.fil.format, part.tabell, "datum")
    texts = site.file.frame[part.kolumner["datum"]]
    days = {text: datetime.strptime(text, pattern).date() for text in texts.unique().tolist() if text}
    rows = pd.DataFrame(
        {
            "id": row_keys(site.file, part.kolumner["uppfoljning_id"]).tolist(),
            "kommunkod": site.file.kommunkod,
            "month": [days[text].year * 12 + days[text].month if text else 0 for text in texts.tolist()],
        }
    )
    return rows[rows["month"] > 0]


def _interior(months: np.ndarray) -> int | None:
    """The month with half of all rows before it; None where months are too small to be missed."""
    distinct, counts = np.unique(months, return_counts=True)
    if len(distinct) < LEAST_MONTHS or np.median(counts) < LEAST_IN_A_MONTH:
        return None
    return int(distinct[np.searchsorted(np.cumsum(counts), counts.sum() / 2)])


def _refers(file: ExportFile, ids: set[str]) -> Bools:
    refers = np.zeros(len(file.frame), dtype=bool)
    for part in file.fil.delar:
        if "uppfoljning_id" in part.kolumner:
            refers |= row_keys(file, part.kolumner["uppfoljning_id"]).isin(ids).to_numpy(dtype=bool)
    return refers


def _drop(site: Site, gone: Bools) -> None:
    if gone.any():
        site.file.frame = site.file.frame[~gone].reset_index(drop=True)
        site.file.kommunkod = site.file.kommunkod[~gone]
        site.used = site.used[~gone]


DELIVERY_FAULTS: tuple[FileFault, ...] = (
    FileFault("fil_tva_ganger", ("REP-009",), copied(same=True)),
    FileFault("tva_olika_filer", ("LEV-008",), copied(same=False)),
    FileFault("allt_i_ett_arkiv", (), _pack),
    FileFault("zipbomb", ("LEV-014",), _bomb),
)
