"""Faults that only sheets of workbooks can have: merged cells, hidden rows, dates and numbers that are no text."""

from __future__ import annotations

import numpy as np

from ibic_pipeline.synthetic.faults.files import FileFault, Found, PlantFile, is_csv, wanted_columns, whole
from ibic_pipeline.synthetic.faults.sites import Site, Sites
from ibic_pipeline.synthetic.localwords import date_pattern
from schemas import CONTRACTS
from schemas.delivery_rules import HIDDEN_ROWS

_MOST_HIDDEN = 3


def _merge(site: Site, _sites: Sites, rng: np.random.Generator) -> Found | None:
    """The first records in a row that have the same value in some column share one cell."""
    if is_csv(site) or site.file.writing.header_before:
        return None
    for name in rng.permutation(wanted_columns(site)).tolist():
        values = site.file.frame[name].to_numpy(dtype=object)
        same = np.flatnonzero((values[1:] == values[:-1]) & (values[1:] != ""))
        if len(same):
            first = int(same[0])
            last = first + 1
            while last + 1 < len(values) and values[last + 1] == values[first]:
                last += 1
            site.file.writing.merged = {name: (first, last)}
            return [(int(number), "REP-011") for number in site.file.number(np.arange(first + 1, last + 1))]
    return None


def _hide(site: Site, _sites: Sites, rng: np.random.Generator) -> Found | None:
    if is_csv(site) or len(site.file.frame) < _MOST_HIDDEN:
        return None
    rows = np.sort(rng.choice(len(site.file.frame), _MOST_HIDDEN, replace=False))
    site.file.writing.hidden = set(rows.tolist())
    return [(int(number), HIDDEN_ROWS) for number in site.file.number(rows)]


def _of_reading(reading: str) -> PlantFile:
    """Every column of a kind of reading is written as what it is."""

    def plant(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
        if is_csv(site):
            return None
        fmt = site.file.fil.format
        typed = {
            local: date_pattern(fmt, part.tabell, column) if reading == "date" else None
            for part in site.file.fil.delar
            for column, local in part.kolumner.items()
            if CONTRACTS[part.tabell].own_columns()[column].metadata["lasning"] == reading
        }
        site.file.writing.typed = typed
        return whole() if typed else None

    return plant


BOOK_FAULTS: tuple[FileFault, ...] = (
    FileFault("sammanslagna_celler", ("REP-011",), _merge),
    FileFault("dolda_rader", (HIDDEN_ROWS,), _hide),
    FileFault("datumceller", (), _of_reading("date")),
    FileFault("talceller", (), _of_reading("decimal")),
)
