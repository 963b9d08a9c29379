"""What became of every source row: accepted, quarantined or duplicate, and by which rules."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from ibic_pipeline.errors import IbicError
from ibic_pipeline.extract import Delivery
from ibic_pipeline.harmonise import HarmonisedFile
from ibic_pipeline.validate.table import Evaluated
from schemas import CONTRACTS
from schemas.delivery_rules import BROKEN_RECORD, DELIVERY, UNKNOWN_MUNICIPALITY

ROWS_SCHEMA = pa.schema(
    [
        ("kommunkod", pa.string()),
        ("leverans_id", pa.string()),
        ("kallfil", pa.string()),
        ("kallrad", pa.int32()),
        ("tabell", pa.string()),
        ("regel", pa.string()),
    ]
)
"""Quarantine and flags: one row per source row, table and rule; never a value."""

ACCOUNTING_SCHEMA = pa.schema(
    [
        ("kommunkod", pa.string()),
        ("leverans_id", pa.string()),
        ("kallfil", pa.string()),
        ("export", pa.string()),
        ("last", pa.int64()),
        ("godkanda", pa.int64()),
        ("karantan", pa.int64()),
        ("dubbletter", pa.int64()),
        ("flaggade", pa.int64()),
        ("regler", pa.map_(pa.string(), pa.int64())),
    ]
)
"""One row per file. ``last`` = ``godkanda`` + ``karantan`` + ``dubbletter``; ``flaggade`` are among the accepted."""


def account(
    delivery: Delivery, files: list[HarmonisedFile], tables: dict[str, Evaluated]
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Quarantine, flags and accounting of a delivery. Duplicates are accounted as such and under no rule.

    Raises:
        IbicError: a row is neither accepted, quarantined nor duplicate, or is more than one of them.
    """
    refusing = {rule.code: rule.severity != "varna" for each in CONTRACTS.values() for rule in each.rules()}
    refusing |= {BROKEN_RECORD: True, UNKNOWN_MUNICIPALITY: True}
    quarantine: list[pa.Table] = []
    flags: list[pa.Table] = []
    accounts: list[dict[str, object]] = []
    for i, file in enumerate(files):
        hits: dict[tuple[str, str], np.ndarray] = dict(_hits(i, file, tables))
        refused = np.zeros(len(file.records), dtype=bool)
        flagged = np.zeros(len(file.records), dtype=bool)
        for (tabell, code), rows in hits.items():
            target = refused if refusing[code] else flagged
            target |= rows
            (quarantine if refusing[code] else flags).append(_rows(delivery, file, file.records[rows], tabell, code))
        if file.broken:
            broken = np.array(file.broken, dtype=np.int32)
            quarantine.append(_rows(delivery, file, broken, DELIVERY, BROKEN_RECORD))
        accounts.append(_account(delivery, i, file, hits, refused, flagged, tables))
    return _sorted(quarantine), _sorted(flags), pa.Table.from_pylist(accounts, schema=ACCOUNTING_SCHEMA)


def _hits(
    position: int, file: HarmonisedFile, tables: dict[str, Evaluated]
) -> Iterator[tuple[tuple[str, str], np.ndarray]]:
    """(table, rule) -> mask of the file's source rows, for rules that some row breaks."""
    counted = ~file.duplicate
    unknown = file.unknown_municipality & counted
    if unknown.any():
        yield (DELIVERY, UNKNOWN_MUNICIPALITY), unknown
    for tabell, table in tables.items():
        placed = [each for each in table.stack.placed if each.file == position]
        for code, mask in table.masks.items():
            rows = np.zeros(len(file.records), dtype=bool)
            for each in placed:
                broken = mask[each.offset : each.offset + len(each.part.frame)]
                if broken.any():
                    # The last element answers for -1, the rows on which the part does not stand.
                    rows |= np.append(broken, False)[each.part.variant_of_row]
            rows &= counted
            if rows.any():
                yield (tabell, code), rows


def _account(
    delivery: Delivery,
    position: int,
    file: HarmonisedFile,
    hits: dict[tuple[str, str], np.ndarray],
    refused: np.ndarray,
    flagged: np.ndarray,
    tables: dict[str, Evaluated],
) -> dict[str, object]:
    in_accepted = _wholly_accepted(position, file, tables) & ~file.duplicate
    regler: dict[str, int] = {}
    for (_, code), rows in hits.items():
        regler[code] = regler.get(code, 0) + int(rows.sum())
    if file.broken:
        regler[BROKEN_RECORD] = len(file.broken)
    found = {
        "kommunkod": delivery.kommunkod,
        "leverans_id": delivery.leverans_id,
        "kallfil": file.file.name,
        "export": file.file.export,
        "last": file.read,
        "godkanda": int(in_accepted.sum()),
        "karantan": int(refused.sum()) + len(file.broken),
        "dubbletter": int(file.duplicate.sum()),
        "flaggade": int((flagged & in_accepted).sum()),
        "regler": sorted(regler.items()),
    }
    accounted = int(found["godkanda"]) + int(found["karantan"]) + int(found["dubbletter"])  # type: ignore[call-overload]
    if accounted != file.read:
        raise IbicError(
            f"accepted + quarantined + duplicates = {file.read} rows read in {file.file.name}",
            f"{accounted}",
            "This is a fault in ibic-pipeline; please report it.",
        )
    return found


def _wholly_accepted(position: int, file: HarmonisedFile, tables: dict[str, Evaluated]) -> np.ndarray:
    """Rows of which every part was accepted; counted apart from the refused ones so that the sum can fail."""
    stands = np.zeros(len(file.records), dtype=bool)
    wholly = np.ones(len(file.records), dtype=bool)
    for table in tables.values():
        for each in table.stack.placed:
            if each.file == position:
                accepted = ~table.refused[each.offset : each.offset + len(each.part.frame)]
                wholly &= np.append(accepted, True)[each.part.variant_of_row]
                stands |= each.part.variant_of_row >= 0
    return wholly & stands


def _rows(delivery: Delivery, file: HarmonisedFile, records: np.ndarray, tabell: str, code: str) -> pa.Table:
    constant = (delivery.kommunkod, delivery.leverans_id, file.file.name, tabell, code)
    kommunkod, leverans_id, kallfil, table, rule = (pa.repeat(pa.scalar(each), len(records)) for each in constant)
    return pa.table([kommunkod, leverans_id, kallfil, pa.array(records, pa.int32()), table, rule], schema=ROWS_SCHEMA)


def _sorted(parts: list[pa.Table]) -> pa.Table:
    rows = pa.concat_tables([ROWS_SCHEMA.empty_table(), *parts])
    return rows.sort_by([(name, "ascending") for name in ("kallfil", "kallrad", "tabell", "regel")]).combine_chunks()
