"""What became of every source row: accepted, quarantined or duplicate, and by which rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.errors import IbicError
from ibic_pipeline.extract import Delivery
from ibic_pipeline.harmonise import HarmonisedFile
from ibic_pipeline.harmonise.parts import Finding
from ibic_pipeline.validate.table import Evaluated
from schemas import CONTRACTS
from schemas.delivery_rules import (
    BROKEN_RECORD,
    DELIVERY,
    EXCLUDED_BY_CORRECTION,
    UNKNOWN_MUNICIPALITY,
    delivery_rules,
)
from schemas.repairs import is_flag, is_repair

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
"""Quarantine and flags: one row per source row, table and rule; never a value. ``kallrad`` 0 is the whole file."""

REPAIRS_SCHEMA = ROWS_SCHEMA.append(pa.field("kolumn", pa.string()))
"""Repairs and corrections: one row per source row, table, column and code; ``kolumn`` is null when not of a cell.
At most the first ``LISTED_REPAIRS`` records of each file, table, column and code; the accounting counts them all."""

LISTED_REPAIRS = 10_000

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
        ("reparerade", pa.int64()),
        ("reparationer", pa.map_(pa.string(), pa.int64())),
    ]
)
"""One row per file. ``last`` = ``godkanda`` + ``karantan`` + ``dubbletter``; ``flaggade`` are among the accepted.
``reparerade``: read rows, no duplicates, of which something was mended. ``reparationer``: code -> records, among them
lines that are no rows, and 1 for a whole file."""


def account(
    delivery: Delivery, files: list[HarmonisedFile], tables: dict[str, Evaluated]
) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    """Quarantine, flags, repairs and accounting of a delivery. Duplicates are accounted as such and under no rule.

    Raises:
        IbicError: a row is neither accepted, quarantined nor duplicate, or is more than one of them.
    """
    refusing = {rule.code: rule.severity != "varna" for each in CONTRACTS.values() for rule in each.rules()}
    refusing |= {rule.code: rule.severity == "avvisa" for rule in delivery_rules()}
    quarantine: list[pa.Table] = []
    flags: list[pa.Table] = []
    repairs: list[pa.Table] = []
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
        for each in _each_once(each._replace(kolumn=None) for each in file.findings if is_flag(each.code)):
            flags.append(_rows(delivery, file, each.records, each.tabell, each.code))
            flagged |= np.isin(file.records, each.records)
        repairs += [_repairs(delivery, file, each) for each in _each_once(file.findings) if is_repair(each.code)]
        accounts.append(_account(delivery, i, file, hits, refused, flagged, tables))
    accounting = pa.Table.from_pylist(accounts, schema=ACCOUNTING_SCHEMA)
    return _sorted(quarantine), _sorted(flags), _sorted(repairs, REPAIRS_SCHEMA), accounting


def accounting_in(path: Path) -> list[dict[str, Any]]:
    """A stored accounting, one row per file, with mappings from code to rows.

    What the program did not yet count when the version was made is 0: a stale municipality's may be old.
    """
    rows = pq.read_table(path, schema=ACCOUNTING_SCHEMA).to_pylist()
    return [
        row
        | {"reparerade": row["reparerade"] or 0}
        | {name: dict(row[name] or ()) for name in ("regler", "reparationer")}
        for row in rows
    ]


def _hits(
    position: int, file: HarmonisedFile, tables: dict[str, Evaluated]
) -> Iterator[tuple[tuple[str, str], np.ndarray]]:
    """(table, rule) -> mask of the file's source rows, for rules that some row breaks."""
    counted = ~file.duplicate
    unknown = file.unknown_municipality & counted
    if unknown.any():
        yield (DELIVERY, UNKNOWN_MUNICIPALITY), unknown
    excluded = file.excluded & counted
    if excluded.any():
        yield (DELIVERY, EXCLUDED_BY_CORRECTION), excluded
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
    found_on = _records_of(file.findings)
    regler |= {code: len(records) for code, records in found_on.items() if is_flag(code)}
    repaired = {code: records for code, records in found_on.items() if is_repair(code)}
    mended = np.isin(file.records, np.concatenate([*repaired.values(), np.zeros(0, np.int32)]))
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
        "reparerade": int((mended & ~file.duplicate).sum()),
        "reparationer": sorted((code, len(records)) for code, records in repaired.items()),
    }
    accounted = int(found["godkanda"]) + int(found["karantan"]) + int(found["dubbletter"])  # type: ignore[call-overload]
    if accounted != file.read:
        raise IbicError(
            f"accepted + quarantined + duplicates = {file.read} rows read in {file.file.name}",
            f"{accounted}",
            "This is a fault in ibic-pipeline; please report it.",
        )
    return found


def _each_once(findings: Iterable[Finding]) -> list[Finding]:
    """One finding per table, column and code, each record once: several parts of a file may become the same table."""
    found: dict[tuple[str, str | None, str], list[np.ndarray]] = {}
    for each in findings:
        found.setdefault((each.tabell, each.kolumn, each.code), []).append(each.records)
    return [Finding(*where, records=np.unique(np.concatenate(records))) for where, records in found.items()]


def _records_of(findings: list[Finding]) -> dict[str, np.ndarray]:
    """Code -> records, each once."""
    found: dict[str, np.ndarray] = {}
    for each in findings:
        found[each.code] = np.union1d(found.get(each.code, np.zeros(0, np.int32)), each.records)
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


def _repairs(delivery: Delivery, file: HarmonisedFile, finding: Finding) -> pa.Table:
    rows = _rows(delivery, file, finding.records[:LISTED_REPAIRS], finding.tabell, finding.code)
    return rows.append_column("kolumn", pa.repeat(pa.scalar(finding.kolumn, pa.string()), rows.num_rows))


def _sorted(parts: list[pa.Table], schema: pa.Schema = ROWS_SCHEMA) -> pa.Table:
    rows = pa.concat_tables([schema.empty_table(), *parts])
    names = [name for name in schema.names if name not in ("kommunkod", "leverans_id")]
    return rows.sort_by([(name, "ascending") for name in names]).combine_chunks()
