"""One import: an official file to a dated list, and what it changes in what was known before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ibic_pipeline.codes.cells import counted, day_before
from ibic_pipeline.codes.changes import Change, changes
from ibic_pipeline.codes.dated import (
    COLUMNS,
    SOURCES,
    TEXT,
    DatedList,
    dated_list,
    dated_lists,
    iso,
    laid_over,
    periods_of,
    read_dated,
    write_dated,
)
from ibic_pipeline.codes.hierarchy import (
    icf_level,
    icf_life_areas,
    icf_parents,
    interventions,
    ksi_level,
    ksi_parents,
    leaves,
    without_own_group,
)
from ibic_pipeline.codes.official import Official, read_official
from ibic_pipeline.codes.periods import Periods
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home

MOST_WITHDRAWN = 0.1
"""The share of the codes in force that one list may end without being asked."""


@dataclass(frozen=True)
class Imported:
    """What an import did.

    ``read`` rows = ``taken`` + ``gone`` (blank, repeated) + ``refused``. ``changes`` were not known before;
    ``known`` are those that the file tells and that were. ``added``: codes of which nothing was known before, and
    whose beginning no one tells.
    """

    name: str
    path: Path
    giltig_fran: date
    unchanged: bool
    read: int
    taken: int
    gone: int
    refused: tuple[str, ...]
    repairs: Mapping[str, int]
    codes: int
    added: int
    changes: tuple[Change, ...]
    known: tuple[Change, ...]
    without_group: tuple[str, ...]


def import_list(
    home: Home, name: str, file: Path, giltig_fran: date, *, replace: bool = False, withdraw_many: bool = False
) -> Imported:
    """Write ``kodlistor/<name>-<giltig_fran>.csv`` from an official file and tell what it changes.

    Raises:
        IbicError: the file cannot be read; another list already stands under that day and ``replace`` is not set; or
            many codes would end and ``withdraw_many`` is not set.
    """
    official = read_official(name, file)
    rows = _rows(name, official)
    target = dated_list(home, name, giltig_fran)
    others = [(each.giltig_fran, read_dated(each)) for each in dated_lists(home) if _is_other(each, target)]
    standing = target.path.exists()
    unchanged = standing and read_dated(target).equals(rows)
    if standing and not unchanged and not replace:
        raise IbicError(
            f"no list of {name.upper()} in force from {giltig_fran}",
            f"another one in {target.path}",
            "Give the day from which this one is in force, or --replace.",
        )
    before = periods_of(laid_over(SOURCES[name], others))
    after = periods_of(laid_over(SOURCES[name], [*others, (giltig_fran, rows)]))
    was, now, told = {_event(change) for change in changes(before)}, changes(after), _told(rows)
    news = tuple(change for change in now if _event(change) not in was)
    if not withdraw_many:
        _require_whole(name, file, giltig_fran, before, news)
    if not unchanged:
        write_dated(rows, target)
    dated = {change.kod for change in now if change.kind == "new"}
    return Imported(
        name=name,
        path=target.path,
        giltig_fran=giltig_fran,
        unchanged=unchanged,
        read=official.read,
        taken=len(official.rows),
        gone=official.gone,
        refused=official.refused,
        repairs=counted(official.repairs),
        codes=rows["kod"].nunique(),
        added=len(set(after) - set(before) - dated),
        changes=news,
        known=tuple(change for change in now if _event(change) in was and change.kind != "new" and change.kod in told),
        without_group=tuple(without_own_group(rows["kod"])),
    )


def _require_whole(name: str, file: Path, day: date, before: Mapping[str, Periods], news: tuple[Change, ...]) -> None:
    """A selection, or half a file, must not pass for a year in which most codes were withdrawn."""
    in_force = sum(any(period.holds(day) for period in periods) for periods in before.values())
    ending = sum(change.kind == "withdrawn" and change.dag == day for change in news)
    if ending > MOST_WITHDRAWN * in_force:
        raise IbicError(
            f"the whole of {name.upper()}, in which at most {MOST_WITHDRAWN:.0%} of {in_force} known codes end",
            f"{ending} that are not in {file.name}",
            "Import the whole classification, or say --withdraw-many if they have ended.",
        )


def _event(change: Change) -> tuple[str, str, date]:
    return change.kind, change.kod, change.dag


def _is_other(one: DatedList, target: DatedList) -> bool:
    return one.name == target.name and one.path != target.path


def _told(rows: pd.DataFrame) -> set[str]:
    """Codes of which the file tells that they ended, or began to mean what they mean now."""
    return set(rows["kod"][rows["giltig_till"] != ""])


def _rows(name: str, official: Official) -> pd.DataFrame:
    """The columns of a dated list, sorted by code and time."""
    found = official.rows
    codes = found["kod"].unique()
    laws = interventions(codes) if name == "ksi" else {}
    parents = icf_parents(codes) if name == "icf" else ksi_parents(codes)
    areas = icf_life_areas(codes) if name == "icf" else {}
    related = found["icf"].str.extract(r"^(d[1-9])")[0].fillna("")
    above = found["overordnad"].where(found["overordnad"] != "", found["kod"].map(parents))
    columns = {
        "kod": found["kod"],
        "titel": found["titel"],
        "giltig_fran": found["ny"].map(iso),
        "giltig_till": found["borttagen"].map(day_before).map(iso),
        "alias": found["alias"],
        "niva": found["kod"].map(icf_level if name == "icf" else ksi_level),
        "komponent": found["kod"].str.slice(0, 1),
        "livsomrade": [areas.get(kod, area) for kod, area in zip(found["kod"], related, strict=True)],
        "overordnad": above,
        "lovnod": ["ja" if leaf else "nej" for leaf in leaves(found.assign(overordnad=above))],
        "lag": [laws.get(kod, ("", ""))[0] for kod in found["kod"]],
        "insatsgrupp": [laws.get(kod, ("", ""))[1] for kod in found["kod"]],
    }
    rows = pd.DataFrame(columns, columns=list(COLUMNS)).astype(TEXT)
    return rows.sort_values(["kod", "giltig_fran"], ignore_index=True)
