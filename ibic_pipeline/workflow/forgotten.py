"""Rows that a load leaves out: of persons who are purged, and of those whose retention time has passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.county import Gallringsregel
from ibic_pipeline.harmonise import HarmonisedFile, Part
from ibic_pipeline.publish.persons import Piece, ended_before, is_among, link_columns, owners
from schemas import CONTRACTS
from schemas.arrow import arrow_schema


class Remembered(NamedTuple):
    """The files without those rows, and how many each lost: delivered file -> rows."""

    files: list[HarmonisedFile]
    rader: dict[str, int]


def without_forgotten(
    files: Sequence[HarmonisedFile], purged: Sequence[str], rule: Gallringsregel | None, uttagsdatum: date
) -> Remembered:
    """Leave out every source row of which some part belongs to such a person; what is left is as if never sent.

    Args:
        purged: pseudonyms.
        rule: leaves out persons whose latest note is so many years older than the extraction, too.
    """
    old = [] if rule is None else ended_before(_pieces(files, whole=True), years_before(uttagsdatum, rule.ar))
    persons = {*purged, *old}
    if not persons:
        return Remembered(list(files), {})
    masks = _rows_of(files, persons)
    kept = [_without(file, mask) if mask.any() else file for file, mask in zip(files, masks, strict=True)]
    lost = {file.file.name: int(mask.sum()) for file, mask in zip(files, masks, strict=True) if mask.any()}
    return Remembered(kept, lost)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 28 February for 29 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _rows_of(files: Sequence[HarmonisedFile], persons: set[str]) -> list[np.ndarray]:
    """Per file, which of its source rows are theirs."""
    masks = [np.zeros(len(file.records), dtype=bool) for file in files]
    owned = {table: iter(found) for table, found in owners(_pieces(files, whole=False)).items()}
    for mask, file in zip(masks, files, strict=True):
        for part in file.parts:
            theirs = np.asarray(is_among(next(owned[part.tabell]), persons))
            mask |= np.append(theirs, False)[part.variant_of_row]
    return masks


def _pieces(files: Sequence[HarmonisedFile], *, whole: bool) -> dict[str, list[Piece]]:
    """The parts per table, in the order of files and parts: all columns, or those that tie a row to its person."""
    found: dict[str, list[Piece]] = {table: [] for table in CONTRACTS}
    for part in (part for file in files for part in file.parts):
        contract = CONTRACTS[part.tabell]
        names = list(contract.own_columns()) if whole else link_columns(part.tabell)
        schema = arrow_schema(contract)
        found[part.tabell].append({name: _array(part.frame[name], schema.field(name).type) for name in names})
    return found


def _array(column: pd.Series, type: pa.DataType) -> pa.Array:
    array = pa.array(column)
    whole = pa.concat_arrays([*array.chunks, pa.array([], array.type)]) if hasattr(array, "chunks") else array
    return whole.cast(type)


def _without(file: HarmonisedFile, theirs: np.ndarray) -> HarmonisedFile:
    left = ~theirs
    gone = file.records[theirs]
    return replace(
        file,
        records=file.records[left],
        duplicate=file.duplicate[left],
        unknown_municipality=file.unknown_municipality[left],
        parts=[_part_without(part, left) for part in file.parts],
        findings=[each._replace(records=np.setdiff1d(each.records, gone)) for each in file.findings],
    )


def _part_without(part: Part, left: np.ndarray) -> Part:
    stated = np.unique(part.variant_of_row[left & (part.variant_of_row >= 0)])
    place = np.full(len(part.frame) + 1, -1, dtype=np.int32)
    place[stated] = np.arange(len(stated), dtype=np.int32)
    return replace(
        part,
        frame=part.frame.iloc[stated].reset_index(drop=True),
        variant_of_row=place[part.variant_of_row[left]],
    )
