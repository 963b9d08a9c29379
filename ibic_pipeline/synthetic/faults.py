"""Planting known faults in rendered files, so that it is known of each which rule must find it on which record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from ibic_pipeline.errors import IbicError
from ibic_pipeline.profile import Del, Profil
from ibic_pipeline.synthetic import damaged_rows as rows_of
from ibic_pipeline.synthetic.columns import Bools, Ints
from ibic_pipeline.synthetic.damage import CHANGEABLE, FAULTS, Fault, Spot, a_date_long_ago
from ibic_pipeline.synthetic.export import ExportFile, row_keys
from ibic_pipeline.synthetic.localwords import STRING, words_for
from schemas import CONTRACTS
from schemas.delivery_rules import BROKEN_RECORD, UNKNOWN_MUNICIPALITY

DUPLICATE = "exakt_dubblett"
CHANGED_COPY = "samma_id_annat_innehall"
BROKEN = "for_manga_falt"
MISNAMED = "okand_kommun"


@dataclass(frozen=True)
class Planted:
    """One faulty record; ``regel`` is empty for exact duplicates, which are accounted as such and break no rule."""

    fil: ExportFile
    kommunkod: str
    kallrad: int
    fel: str
    regel: str


@dataclass
class _Site:
    """One file while faults are planted in it; ``used`` are the records that no further fault may touch."""

    file: ExportFile
    profil: Profil
    budget: int
    used: Bools
    planted: list[tuple[str, str, Ints]] = field(default_factory=list)
    appended: list[tuple[str, str, Ints, str | None]] = field(default_factory=list)


@dataclass
class _Delivery:
    """All files of one folder: the keys they hold per table, and those of which an accepted row is not certain."""

    sites: list[_Site]
    known: dict[str, set[str]]
    lost: dict[str, set[str]]


_Planter = Callable[[_Site, int, _Delivery, np.random.Generator], None]


def fault_names() -> tuple[str, ...]:
    """Every kind of fault that can be planted."""
    return (*(fault.name for fault in FAULTS), DUPLICATE, CHANGED_COPY, BROKEN, MISNAMED)


def plant(
    files: list[ExportFile],
    profil: Profil,
    rate: float,
    rng: np.random.Generator,
    only: Collection[str] | None = None,
) -> list[Planted]:
    """Damage about ``rate`` of the records of every file in place, each record at most once.

    A fault of a decision that stands on several records is on all of them. A fault is left out of a file where
    it would not surely be found under its own rule.

    Raises:
        IbicError: ``only`` names a fault that does not exist.
    """
    unknown = sorted(set(only or ()) - set(fault_names()))
    if unknown:
        raise IbicError(f"faults among {', '.join(fault_names())}", ", ".join(unknown), "Correct the name.")
    sites = [
        _Site(file, profil, round(rate * len(file.frame)), np.zeros(len(file.frame), dtype=bool)) for file in files
    ]
    delivery = _Delivery(sites, _known_keys(sites), {table: set() for table in CONTRACTS})
    for table in CONTRACTS:  # parents first, so that it is known which of them a child has lost
        _inherit_losses(table, delivery)
        for site in sites:
            _spend(site, table, delivery, rng, only)
    return [each for site in sites for each in _settle(site, rng)]


def _spend(
    site: _Site, table: str, delivery: _Delivery, rng: np.random.Generator, only: Collection[str] | None
) -> None:
    """Spend the file's budget, even over the faults that its tables allow, on the faults of one table."""
    tables = dict.fromkeys(part.tabell for part in site.file.fil.delar)
    planters = {each: list(_planters(site, each, only)) for each in tables}
    total = sum(map(len, planters.values()))
    for planter in planters.get(table, ()):
        share = site.budget / total
        planter(site, int(share) + int(rng.random() < share % 1), delivery, rng)


def _planters(site: _Site, table: str, only: Collection[str] | None) -> Iterator[_Planter]:
    fil = site.file.fil
    for part in fil.delar:
        for fault in FAULTS:
            wanted = fault.table == table == part.tabell and (only is None or fault.name in only)
            if wanted and _applies(fault, part, fil.delar):
                yield partial(_damage, fault=fault, part=part)
    head = fil.delar[0]
    if head.tabell != table:
        return
    records: dict[str, _Planter] = {DUPLICATE: _repeat}
    if CHANGEABLE.get(table) in head.kolumner:
        records[CHANGED_COPY] = _repeat_changed
    if fil.format.typ == "csv":
        records[BROKEN] = _break
    if site.profil.leverans.kommunkolumn is not None:
        records[MISNAMED] = _misname
    yield from (planter for name, planter in records.items() if only is None or name in only)


def _applies(fault: Fault, part: Del, parts: tuple[Del, ...]) -> bool:
    """Whether the file has the columns, and the damaged one means nothing to other parts than the person's."""
    needed = {fault.column, *fault.has, *fault.codes}
    if not needed <= set(part.kolumner):
        return False
    local = part.kolumner[fault.column]
    others = {each.tabell for each in parts if each is not part and local in each.kolumner.values()}
    return others <= {"individ"}


def _damage(site: _Site, count: int, delivery: _Delivery, rng: np.random.Generator, *, fault: Fault, part: Del) -> None:
    frame, local = site.file.frame, part.kolumner
    possible = ~site.used & rows_of.standing(frame, part)
    for column in fault.has:
        possible &= rows_of.holding(frame, part, column, site.profil, site.file.fil.format)
    for column, codes in fault.codes.items():
        possible &= frame[local[column]].isin(words_for(site.profil, part.tabell, column, codes)).to_numpy(dtype=bool)
    for parent in CONTRACTS[part.tabell].parents():
        if parent.field == fault.parent:
            certain = delivery.known[parent.table] - delivery.lost[parent.table]
            possible &= row_keys(site.file, local[parent.field]).isin(certain).to_numpy(dtype=bool)
    things = rows_of.things(site.file, part)
    rows = rows_of.draw_whole(things, possible, count, rng)
    if not len(rows):
        return
    if rows_of.is_refusing(fault.table, fault.rule):
        _lose(site, part, rows, delivery)
    _, first, same = np.unique(things[rows], return_index=True, return_inverse=True)
    old = frame[local[fault.column]].iloc[rows[first]].tolist()
    new = fault.value(Spot(part.tabell, fault.column, site.file.fil.format, old, rng))
    rows_of.put(frame, local[fault.column], rows, np.array(new, dtype=object)[same])
    site.used[rows] = True
    site.planted.append((fault.name, fault.rule, rows))


def _repeat(site: _Site, count: int, _delivery: _Delivery, rng: np.random.Generator) -> None:
    rows = _draw(~site.used, count, rng)
    site.used[rows] = True
    site.appended.append((DUPLICATE, "", rows, None))


def _repeat_changed(site: _Site, count: int, delivery: _Delivery, rng: np.random.Generator) -> None:
    """The same id once more with another date; neither may be refused for anything else.

    The first record has a date too, since an empty cell contradicts nothing.
    """
    head = site.file.fil.delar[0]
    contract = CONTRACTS[head.tabell]
    possible = ~site.used & rows_of.standing(site.file.frame, head)
    possible &= rows_of.holding(site.file.frame, head, CHANGEABLE[head.tabell], site.profil, site.file.fil.format)
    for parent in contract.parents():
        if parent.field in head.kolumner:
            keys = row_keys(site.file, head.kolumner[parent.field])
            possible &= ~keys.isin(delivery.lost[parent.table]).to_numpy(dtype=bool)
    things = rows_of.things(site.file, head)
    rows = rows_of.draw_whole(things, possible, count, rng)
    rows = rows[np.unique(things[rows], return_index=True)[1]]
    site.used[rows] = True
    _lose(site, head, rows, delivery)
    site.appended.append((CHANGED_COPY, f"{contract.prefix()}-001", rows, CHANGEABLE[head.tabell]))


def _break(site: _Site, count: int, delivery: _Delivery, rng: np.random.Generator) -> None:
    rows = _lose_records(site, count, delivery, rng)
    site.file.broken.update(rows.tolist())
    site.planted.append((BROKEN, BROKEN_RECORD, rows))


def _misname(site: _Site, count: int, delivery: _Delivery, rng: np.random.Generator) -> None:
    rows = _lose_records(site, count, delivery, rng)
    rows_of.put(site.file.frame, site.profil.leverans.kommunkolumn or "", rows, "Okänd kommun")
    site.planted.append((MISNAMED, UNKNOWN_MUNICIPALITY, rows))


def _lose_records(site: _Site, count: int, delivery: _Delivery, rng: np.random.Generator) -> Ints:
    """Draw records of which nothing will be read; whoever answers for a shared file accounts them."""
    rows = _draw(~site.used, count, rng)
    site.used[rows] = True
    for part in site.file.fil.delar:
        _lose(site, part, rows, delivery)
    if site.profil.leverans.kommunkolumn is not None and site.profil.leverans.ansvarig is not None:
        site.file.kommunkod[rows] = site.profil.leverans.ansvarig
    return rows


def _draw(possible: Bools, count: int, rng: np.random.Generator) -> Ints:
    candidates = np.flatnonzero(possible)
    return np.sort(rng.choice(candidates, min(count, len(candidates)), replace=False))


def _lose(site: _Site, part: Del, rows: Ints, delivery: _Delivery) -> None:
    key = CONTRACTS[part.tabell].key()[0]
    if key in part.kolumner:
        delivery.lost[part.tabell].update(row_keys(site.file, part.kolumner[key]).iloc[rows])


def _known_keys(sites: list[_Site]) -> dict[str, set[str]]:
    known: dict[str, set[str]] = {table: set() for table in CONTRACTS}
    for site in sites:
        for part in site.file.fil.delar:
            key = CONTRACTS[part.tabell].key()[0]
            if key in part.kolumner:
                known[part.tabell].update(row_keys(site.file, part.kolumner[key]).unique())
    return known


def _inherit_losses(table: str, delivery: _Delivery) -> None:
    """A row whose parent is not certain is not certain either."""
    for parent in CONTRACTS[table].parents():
        lost = delivery.lost[parent.table]
        for site in delivery.sites if lost else ():
            for part in site.file.fil.delar:
                if part.tabell == table and parent.field in part.kolumner:
                    rows = np.flatnonzero(row_keys(site.file, part.kolumner[parent.field]).isin(lost))
                    _lose(site, part, rows, delivery)


def _settle(site: _Site, rng: np.random.Generator) -> Iterator[Planted]:
    """Append the copies, and tell of every fault but those on records that happen to repeat an earlier one."""
    file, planted = site.file, list(site.planted)
    for name, rule, rows, column in site.appended:
        copies = file.frame.iloc[rows].reset_index(drop=True)
        if column is not None:
            head = file.fil.delar[0]
            local = head.kolumner[column]
            dates = a_date_long_ago(Spot(head.tabell, column, file.fil.format, copies[local].tolist(), rng))
            rows_of.put(copies, local, np.arange(len(rows)), np.array(dates, dtype=object))
        planted.append((name, rule, len(file.frame) + np.arange(len(rows))))
        file.frame = pd.concat([file.frame, copies], ignore_index=True).astype(STRING)
        file.kommunkod = np.concatenate([file.kommunkod, file.kommunkod[rows]])
    repeats = file.duplicates()
    for name, rule, rows in planted:
        for row in rows[(rule == "") | ~repeats[rows]].tolist():
            yield Planted(file, str(file.kommunkod[row]), file.first_record + row, name, rule)
