"""Planting a fault of one value: on which records it can stand, and putting it there."""

from __future__ import annotations

import numpy as np

from ibic_pipeline.profile import Del
from ibic_pipeline.synthetic.columns import Bools
from ibic_pipeline.synthetic.export import row_keys
from ibic_pipeline.synthetic.faults import rows as rows_of
from ibic_pipeline.synthetic.faults.sites import Site, Sites, lose
from ibic_pipeline.synthetic.faults.spots import Fault, Spot, anything
from ibic_pipeline.synthetic.localwords import words_for
from schemas import CONTRACTS


def applies(fault: Fault, part: Del, site: Site) -> bool:
    """Whether the file has the columns, and the damaged one means nothing to other parts than the person's."""
    fil = site.file.fil
    needed = {fault.column, *fault.has, *fault.codes}
    if not needed <= set(part.kolumner) or not fault.fits(site.profil, fil.format):
        return False
    local = part.kolumner[fault.column]
    others = {each.tabell for each in fil.delar if each is not part and local in each.kolumner.values()}
    return others <= {"individ"}


def damage(site: Site, count: int, delivery: Sites, rng: np.random.Generator, *, fault: Fault, part: Del) -> None:
    """Plant about ``count`` of the fault; a thing that stands on several records has it on all of them."""
    frame, local = site.file.frame, part.kolumner
    possible = _possible(site, delivery, fault, part)
    things = rows_of.things(site.file, part)
    rows = rows_of.draw_whole(things, possible, count, rng)
    if not len(rows):
        return
    if fault.is_refusing:
        lose(site, part, rows, delivery)
    _, first, same = np.unique(things[rows], return_index=True, return_inverse=True)
    old = frame[local[fault.column]].iloc[rows[first]].tolist()
    new = fault.value(Spot(part.tabell, fault.column, site.file.fil.format, old, rng, site.profil))
    rows_of.put(frame, local[fault.column], rows, np.array(new, dtype=object)[same])
    site.used[rows] = True
    site.planted += [(fault.name, code, rows) for code in fault.found_as or ("",)]


def _possible(site: Site, delivery: Sites, fault: Fault, part: Del) -> Bools:
    frame, local, fmt = site.file.frame, part.kolumner, site.file.fil.format
    possible: Bools = ~site.used & rows_of.standing(frame, part)
    for column in fault.has:
        possible &= rows_of.holding(frame, part, column, site.profil, fmt)
    if fault.of_empty:
        possible &= frame[local[fault.column]].isin({"", *fmt.tills_vidare}).to_numpy(dtype=bool)
    if fault.suits is not anything:
        possible &= rows_of.holding(frame, part, fault.column, site.profil, fmt)
        suiting = [text for text in frame[local[fault.column]].unique().tolist() if fault.suits(text)]
        possible &= frame[local[fault.column]].isin(suiting).to_numpy(dtype=bool)
    for column, codes in fault.codes.items():
        possible &= frame[local[column]].isin(words_for(site.profil, part.tabell, column, codes)).to_numpy(dtype=bool)
    for parent in CONTRACTS[part.tabell].parents():
        if parent.field == fault.parent:
            certain = delivery.known[parent.table] - delivery.lost[parent.table]
            possible &= row_keys(site.file, local[parent.field]).isin(certain).to_numpy(dtype=bool)
    return possible
