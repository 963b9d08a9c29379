"""Faults of whole records: copies, a wrong number of fields, headers between them, municipalities that no one knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from ibic_pipeline.synthetic.columns import Bools, Ints
from ibic_pipeline.synthetic.export import row_keys
from ibic_pipeline.synthetic.faults import rows as rows_of
from ibic_pipeline.synthetic.faults.sites import Site, Sites, draw, lose
from ibic_pipeline.synthetic.faults.spots import Spot, a_date_long_ago
from ibic_pipeline.synthetic.localwords import STRING
from schemas import CONTRACTS
from schemas.contract import FREE_TEXT
from schemas.delivery_rules import BROKEN_RECORD, UNKNOWN_MUNICIPALITY

CHANGEABLE = {
    "utredning": "aktualiserad",
    "beslut": "planerad_uppfoljning",
    "genomforandeplan": "nasta_uppfoljning",
    "uppfoljning": "planerad",
}
"""Per table a date that breaks no refusing rule when it is another."""

DUPLICATE = "exakt_dubblett"
CHANGED_COPY = "samma_id_annat_innehall"
BROKEN = "for_manga_falt"
DELIMITER_IN_TEXT = "fritext_med_avgransare"
LINE_BREAK_IN_TEXT = "fritext_med_radbrytning"
REPEATED_HEADER = "upprepad_rubrik"
EMPTY_FIELDS = "tomma_slutfalt"
MISNAMED = "okand_kommun"
SHORT_CODE = "kommunkod_utan_nolla"

RECORD_FAULTS: dict[str, tuple[str, ...]] = {
    DUPLICATE: (),
    CHANGED_COPY: tuple(f"{CONTRACTS[table].prefix()}-001" for table in CHANGEABLE),
    BROKEN: (BROKEN_RECORD,),
    DELIMITER_IN_TEXT: (BROKEN_RECORD,),
    LINE_BREAK_IN_TEXT: (BROKEN_RECORD,),
    REPEATED_HEADER: ("REP-004",),
    EMPTY_FIELDS: ("REP-006",),
    MISNAMED: (UNKNOWN_MUNICIPALITY,),
    SHORT_CODE: ("REP-029",),
}
"""Fault -> the codes under which it may be found."""

RecordPlanter = Callable[[Site, int, Sites, np.random.Generator], None]


def record_planters(site: Site) -> Iterator[tuple[str, RecordPlanter]]:
    """The faults of records that the file can have."""
    head, csv = site.file.fil.delar[0], site.file.fil.format.typ == "csv"
    yield DUPLICATE, _repeat
    if CHANGEABLE.get(head.tabell) in head.kolumner:
        yield CHANGED_COPY, _repeat_changed
    yield REPEATED_HEADER, _repeat_header
    if csv:
        yield BROKEN, _break
        yield EMPTY_FIELDS, _pad
        if text_columns(site):
            yield DELIMITER_IN_TEXT, _write_raw_delimiter
            yield LINE_BREAK_IN_TEXT, _tear
    if site.profil.leverans.kommunkolumn is not None:
        yield MISNAMED, _misname
        yield SHORT_CODE, _shorten


def text_columns(site: Site) -> list[str]:
    """Free texts of the first part that stand neither first nor last in the file."""
    head, names = site.file.fil.delar[0], list(site.file.frame.columns)
    declared = CONTRACTS[head.tabell].own_columns()
    texts = [local for column, local in head.kolumner.items() if declared[column].metadata["lasning"] in FREE_TEXT]
    return [name for name in names[1:-1] if name in texts]


def _repeat(site: Site, count: int, _delivery: Sites, rng: np.random.Generator) -> None:
    rows = draw(~site.used, count, rng)
    site.used[rows] = True
    site.appended.append((DUPLICATE, "", rows, None))


def _repeat_changed(site: Site, count: int, delivery: Sites, rng: np.random.Generator) -> None:
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
    whole = rows_of.draw_whole(things, possible, count, rng)
    rows = whole[np.unique(things[whole], return_index=True)[1]]
    site.used[whole] = True
    lose(site, head, rows, delivery)
    site.planted.append((CHANGED_COPY, f"{contract.prefix()}-001", whole))
    site.appended.append((CHANGED_COPY, f"{contract.prefix()}-001", rows, CHANGEABLE[head.tabell]))


def _break(site: Site, count: int, delivery: Sites, rng: np.random.Generator) -> None:
    rows = _lose_records(site, count, delivery, rng)
    site.file.broken.update(rows.tolist())
    site.planted.append((BROKEN, BROKEN_RECORD, rows))


def _write_raw_delimiter(site: Site, count: int, delivery: Sites, rng: np.random.Generator) -> None:
    """Where the last field is empty, the record would look as if it only ended with a delimiter too many."""
    last_is_empty = (site.file.frame.iloc[:, -1] == "").to_numpy(dtype=bool)
    rows = _lose_records(site, count, delivery, rng, ~last_is_empty)
    delimiter = site.file.fil.format.avgransare
    site.file.broken.update(rows.tolist())
    site.file.writing.raw |= {row: (text_columns(site)[0], f"Vill bo kvar{delimiter} helst") for row in rows.tolist()}
    site.planted.append((DELIMITER_IN_TEXT, BROKEN_RECORD, rows))


def _tear(site: Site, count: int, delivery: Sites, rng: np.random.Generator) -> None:
    """Not the last records: a file that ends in a record with too few fields is one that was cut off."""
    rows = _lose_records(site, count, delivery, rng, np.arange(len(site.used)) < len(site.used) - 2)
    site.file.broken.update(rows.tolist())
    line_end = site.file.writing.line_end
    site.file.writing.raw |= {row: (text_columns(site)[0], f"Vill bo kvar.{line_end}Trivs") for row in rows.tolist()}
    site.file.writing.torn.update(rows.tolist())
    site.planted.append((LINE_BREAK_IN_TEXT, BROKEN_RECORD, rows))


def _repeat_header(site: Site, count: int, _delivery: Sites, rng: np.random.Generator) -> None:
    rows = draw(np.arange(len(site.file.frame)) > 0, count, rng)
    site.file.writing.header_before.update(rows.tolist())


def _pad(site: Site, count: int, _delivery: Sites, rng: np.random.Generator) -> None:
    rows = draw(~site.used, count, rng)
    site.used[rows] = True
    site.file.writing.padded.update(rows.tolist())
    site.planted.append((EMPTY_FIELDS, "REP-006", rows))


def _misname(site: Site, count: int, delivery: Sites, rng: np.random.Generator) -> None:
    rows = _lose_records(site, count, delivery, rng)
    rows_of.put(site.file.frame, site.profil.leverans.kommunkolumn or "", rows, "Okänd kommun")
    site.planted.append((MISNAMED, UNKNOWN_MUNICIPALITY, rows))


def _shorten(site: Site, count: int, _delivery: Sites, rng: np.random.Generator) -> None:
    """Codes that the profile lists without their zero are no repair."""
    known = {code for word, code in site.profil.leverans.kommunvarden.items() if word == code.lstrip("0")}
    rows = draw(~site.used & ~np.isin(site.file.kommunkod, sorted(known)), count, rng)
    site.used[rows] = True
    short = np.char.lstrip(site.file.kommunkod[rows].astype(str), "0").astype(object)
    rows_of.put(site.file.frame, site.profil.leverans.kommunkolumn or "", rows, short)
    site.planted.append((SHORT_CODE, "REP-029", rows))


def _lose_records(
    site: Site, count: int, delivery: Sites, rng: np.random.Generator, possible: Bools | bool = True
) -> Ints:
    """Draw records of which nothing will be read; whoever answers for a shared file accounts them."""
    rows = draw(~site.used & possible, count, rng)
    site.used[rows] = True
    for part in site.file.fil.delar:
        lose(site, part, rows, delivery)
    if site.profil.leverans.kommunkolumn is not None and site.profil.leverans.ansvarig is not None:
        site.file.kommunkod[rows] = site.profil.leverans.ansvarig
    return rows


def append_copies(site: Site, rng: np.random.Generator) -> None:
    """Put the copies at the end of the file."""
    file = site.file
    for name, rule, rows, column in site.appended:
        copies = file.frame.iloc[rows].reset_index(drop=True)
        if column is not None:
            head = file.fil.delar[0]
            local = head.kolumner[column]
            spot = Spot(head.tabell, column, file.fil.format, copies[local].tolist(), rng, site.profil)
            rows_of.put(copies, local, np.arange(len(rows)), np.array(a_date_long_ago(spot), dtype=object))
        site.planted.append((name, rule, len(file.frame) + np.arange(len(rows))))
        file.frame = pd.concat([file.frame, copies], ignore_index=True).astype(STRING)
        file.kommunkod = np.concatenate([file.kommunkod, file.kommunkod[rows]])
