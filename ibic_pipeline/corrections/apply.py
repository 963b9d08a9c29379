"""Corrections on one raw file: which records they mean, which of those look as expected, and the table they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.corrections.columns import is_for
from ibic_pipeline.corrections.model import Rattelse
from ibic_pipeline.errors import IbicError
from ibic_pipeline.extract import DeliveredFile, RawTable
from ibic_pipeline.extract.cells import column_of
from ibic_pipeline.harmonise.cleaning import clean
from ibic_pipeline.harmonise.municipality import rows_of_municipality
from ibic_pipeline.profile import Profil
from schemas.delivery_rules import CORRECTION_WITHOUT_EFFECT, EXCLUDED_BY_CORRECTION

_RECORD = ""
"""Stands for the record as such among the columns that a correction touches; no column is named so."""


class Outcome(NamedTuple):
    """How many records of a file a correction matched, and how many of them looked as expected and were changed.

    ``innehall`` is the correction's fingerprint: what another decision of the same id met is not told of this one.
    """

    rattelse: str
    innehall: str
    kallfil: str
    traffade: int
    rattade: int


def correct(
    raw: RawTable, file: DeliveredFile, corrections: Sequence[Rattelse], profil: Profil, uttagsdatum: date
) -> tuple[RawTable, list[Outcome]]:
    """The table as corrected, with a finding for every record that a correction changed or could not change.

    All corrections look at the records as delivered. Only the municipality's own records are matched. An excluded
    record stays as it is and is found under LEV-017; one that matches without looking as expected, under LEV-016.

    Raises:
        IbicError: two corrections touch the same cell.
    """
    mine = [each for each in corrections if is_for(each, file) and each.applies(uttagsdatum)]
    if not mine or not raw.table.num_rows:
        return raw, [Outcome(each.id, each.fingerprint, file.name, 0, 0) for each in mine]
    texts = {name: _Texts.of(raw.table[name]) for name in {name for each in mine for name in each.compared}}
    own = _own_rows(raw, profil)
    touched = {
        name: np.full(raw.table.num_rows, -1, dtype=np.int32)
        for name in (_RECORD, *dict.fromkeys(name for each in mine for name in each.changed))
    }
    found: dict[str, list[np.ndarray]] = {}
    outcomes: list[Outcome] = []
    for number, each in enumerate(mine):
        matching = _all_equal(texts, each.matcha, own)
        changed = _all_equal(texts, each.forvantat, matching)
        _touch(touched, each, number, changed, mine)
        found[each.id] = [changed]
        found.setdefault(CORRECTION_WITHOUT_EFFECT, []).append(matching & ~changed)
        if each.atgard == "uteslut":
            found.setdefault(EXCLUDED_BY_CORRECTION, []).append(changed)
        met, mended = int(matching.sum()), int(changed.sum())
        outcomes.append(Outcome(each.id, each.fingerprint, file.name, met, mended))
    return _corrected(raw, touched, mine, found), outcomes


class _Texts(NamedTuple):
    """A column as numbers: the cleaned text of each row, and the number of each text."""

    rows: np.ndarray
    numbers: dict[str, int]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> _Texts:
        encoded = column_of(column)
        cleaned = clean(encoded.dictionary).values.dictionary_encode()
        numbers = {text: number for number, text in enumerate(cleaned.dictionary.to_pylist())}
        return cls(cleaned.indices.to_numpy()[encoded.indices.to_numpy()], numbers)

    def equal(self, value: str) -> np.ndarray:
        equal: np.ndarray = self.rows == self.numbers.get(_cleaned(value), -1)
        return equal


def _cleaned(value: str) -> str:
    return str(clean(pa.array([value], pa.string())).values[0].as_py())


def _own_rows(raw: RawTable, profil: Profil) -> np.ndarray:
    column = profil.leverans.kommunkolumn
    if column is None:
        return np.ones(raw.table.num_rows, dtype=bool)
    return rows_of_municipality(raw.table[column], profil).own


def _all_equal(texts: dict[str, _Texts], wanted: dict[str, str], among: np.ndarray) -> np.ndarray:
    rows = among.copy()
    for name, value in wanted.items():
        rows &= texts[name].equal(value)
    return rows


def _touch(
    touched: dict[str, np.ndarray], correction: Rattelse, number: int, rows: np.ndarray, every: Sequence[Rattelse]
) -> None:
    """Note which correction changes which cell; an excluded record is touched in every cell."""
    for name in touched if correction.atgard == "uteslut" else correction.changed:
        before = touched[name][rows]
        if (before >= 0).any():
            other = every[int(before[before >= 0][0])]
            raise IbicError(
                f"one correction of each cell ({correction.id} and {other.id})",
                f"both on the same record{f', column {name}' if name else ''}",
                "Correct the municipality's file under rattelser/.",
            )
        touched[name][rows] = number


def _corrected(
    raw: RawTable, touched: dict[str, np.ndarray], every: Sequence[Rattelse], found: dict[str, list[np.ndarray]]
) -> RawTable:
    table, records = raw.table, raw.records.to_numpy()
    for name, numbers in touched.items():
        changed = numbers >= 0
        if name != _RECORD and changed.any():
            texts = pa.array(
                [None if each.atgard == "uteslut" else _cleaned(each.varden.get(name, "")) for each in every]
            )
            given = texts.cast(pa.string()).take(pa.array(np.where(changed, numbers, 0)))
            kept = pa.array(~changed | np.asarray(pc.is_null(given)))
            column = column_of(pc.if_else(kept, column_of(table[name]).dictionary_decode(), given))
            table = table.set_column(table.column_names.index(name), name, column)
    findings = dict(raw.findings)
    for code, masks in found.items():
        about = records[np.logical_or.reduce(masks)]
        if len(about):
            findings[code] = np.union1d(findings.get(code, np.zeros(0, np.int32)), about).astype(np.int32)
    return replace(raw, table=table, findings=findings)
