"""One raw file to the parts of one municipality, reading each distinct value of each local column once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.extract import DeliveredFile, Delivery, RawTable
from ibic_pipeline.extract.cells import Column, chosen, column_of
from ibic_pipeline.harmonise.cleaning import clean
from ibic_pipeline.harmonise.codes import ICF_SECOND_LEVEL
from ibic_pipeline.harmonise.groups import Coded, coded, group_rows
from ibic_pipeline.harmonise.municipality import Share, answers_for_unknown, rows_of_municipality
from ibic_pipeline.harmonise.parts import MARK, PRESENT, Finding, HarmonisedFile, Part
from ibic_pipeline.harmonise.readings import Reader
from ibic_pipeline.harmonise.unmapped import count_unmapped
from ibic_pipeline.profile import Del, Profil
from ibic_pipeline.pseudonym import Pseudonymise
from schemas import CONTRACTS
from schemas.codelists import BUILT_IN, CodeLists
from schemas.contract import FREE_TEXT, MARKS
from schemas.delivery_rules import DELIVERY, EXCLUDED_BY_CORRECTION

_FROM_NUMBER = ("fodelsear", "kon")
"""Columns of ``individ`` that the number itself tells when the profile maps none."""


def harmonise_file(
    raw: RawTable,
    file: DeliveredFile,
    delivery: Delivery,
    profil: Profil,
    pseudonymise: Pseudonymise,
    codes: CodeLists = BUILT_IN,
) -> HarmonisedFile:
    """Turn one raw file into parts of contract tables.

    A file that names persons also gives the part ``individ``, whether the profile lists it or not.

    Raises:
        IbicError: the profile maps a value to something that is not a code.
    """
    share = _share(raw, profil)
    rows = np.flatnonzero(share.own | share.unknown)
    unknown = share.unknown[rows]
    cells = [column_of(column) for column in raw.table.columns]
    mine = cells if len(rows) == raw.table.num_rows else chosen(cells, rows)
    sources = {name: _Source.of(column) for name, column in zip(raw.table.column_names, mine, strict=True)}
    groups = group_rows([Coded(each.indices, each.size) for each in sources.values()], len(rows))
    duplicate = groups.first_row[groups.of_row] != np.arange(len(rows)) if len(rows) else np.zeros(0, dtype=bool)
    reader = Reader(profil, file.fil.format, delivery.uttagsdatum, pseudonymise, codes)
    records = raw.records.to_numpy()[rows]
    wanted = _with_persons(file.fil.delar)
    alone = _columns_used_alone(wanted)
    excluded = np.isin(records, raw.findings.get(EXCLUDED_BY_CORRECTION, np.zeros(0, np.int32)))
    parts: list[Part] = []
    findings = [*_of_the_file(raw, records, profil), *_of_the_municipality(share, rows[~duplicate], raw)]
    for i, part in enumerate(wanted):
        columns = _read_columns(part, sources, reader)
        parts.append(_part(part, columns, sources, reader, ~unknown, excluded, None if i == 0 else alone[i]))
        findings += _findings(part, columns, records, (parts[-1].variant_of_row >= 0) & ~duplicate)
    return HarmonisedFile(
        file=file,
        records=records,
        duplicate=duplicate,
        broken=raw.broken if answers_for_unknown(profil) else (),
        parts=parts,
        unknown_municipality=unknown,
        findings=findings,
    )


def _of_the_file(raw: RawTable, own: np.ndarray, profil: Profil) -> list[Finding]:
    """What was found while reading; what is about no municipality's record belongs to the one who answers for such."""
    every = raw.records.to_numpy()
    found = []
    for code, about in raw.findings.items():
        mine = np.isin(about, own) | (~np.isin(about, every) & answers_for_unknown(profil))
        if mine.any():
            found.append(Finding(DELIVERY, None, code, about[mine].astype(np.int32)))
    return found


def _findings(part: Del, columns: dict[str, _Column], records: np.ndarray, counted: np.ndarray) -> list[Finding]:
    """The repairs of the part's cells on rows where it stands."""
    found = []
    for name, column in columns.items():
        for code, mended in column.findings.items():
            rows = counted & mended[column.indices] if column.indices is not None else np.zeros(len(records), bool)
            if rows.any():
                found.append(Finding(part.tabell, name, code, records[rows]))
    return found


def _share(raw: RawTable, profil: Profil) -> Share:
    """The rows that this municipality accounts, and which of them have no known municipality."""
    column = profil.leverans.kommunkolumn
    if column is None:
        return Share(np.ones(raw.table.num_rows, dtype=bool), np.zeros(raw.table.num_rows, dtype=bool))
    return rows_of_municipality(raw.table[column], profil)


def _of_the_municipality(share: Share, rows: np.ndarray, raw: RawTable) -> list[Finding]:
    """The repairs of the municipality's name or code on the given rows."""
    records = raw.records.to_numpy()[rows]
    found = ((code, records[mask[rows]]) for code, mask in share.findings.items())
    return [Finding(DELIVERY, "kommunkod", code, about) for code, about in found if len(about)]


class _Source(NamedTuple):
    """A local column: ``indices`` (int32) of each row into ``distinct``, its cleaned distinct values."""

    indices: np.ndarray
    size: int
    distinct: pa.Array
    findings: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, column: Column) -> _Source:
        distinct, findings = clean(column.dictionary)
        return cls(column.indices.to_numpy(), max(len(distinct), 1), distinct, findings)


def _with_persons(parts: tuple[Del, ...]) -> tuple[Del, ...]:
    if any(part.tabell == "individ" for part in parts):
        return parts
    columns = dict.fromkeys(part.kolumner["individ_id"] for part in parts if "individ_id" in part.kolumner)
    return (*parts, *(Del(tabell="individ", kolumner={"individ_id": column}) for column in columns))


def _columns_used_alone(parts: tuple[Del, ...]) -> list[set[str]]:
    """Per part, the contract columns that decide where it stands.

    They are those read from a local column that no other part uses. A part whose whole key is shared, and that uses
    no column alone, and persons always, stand where the key has a value.
    """
    used = Counter(local for part in parts for local in set(part.kolumner.values()))
    found = []
    for part in parts:
        own = {column for column, local in part.kolumner.items() if used[local] == 1}
        key = set(CONTRACTS[part.tabell].key()) & set(part.kolumner)
        found.append(key if part.tabell == "individ" or not own else own)
    return found


@dataclass
class _Column:
    """A contract column before it is collapsed: values per distinct raw value, and each row's index into them."""

    values: pa.Array
    present: np.ndarray
    indices: np.ndarray | None = None
    """None: the one value stands on every row."""
    findings: Mapping[str, np.ndarray] = field(default_factory=dict)
    marks: np.ndarray | None = None

    def present_on_rows(self, rows: int) -> np.ndarray:
        return np.full(rows, self.present[0]) if self.indices is None else self.present[self.indices]

    def content(self, rows: np.ndarray) -> Coded | None:
        """Codes of the harmonised contents on the given rows; None when they do not differ."""
        if self.indices is None:
            return None
        contents = coded(self.values).codes * 2 + self.present
        if self.marks is not None:
            contents = contents * (len(MARKS) + 1) + self.marks
        contents, distinct = pd.factorize(contents)
        return Coded(contents[self.indices[rows]], max(len(distinct), 1))

    def of_rows(self, rows: np.ndarray) -> np.ndarray:
        return np.zeros(len(rows), dtype=np.int64) if self.indices is None else self.indices[rows]

    def at(self, rows: np.ndarray) -> tuple[pa.Array, np.ndarray]:
        indices = self.of_rows(rows)
        return self.values.take(pa.array(indices)), self.present[indices]


def _part(
    part: Del,
    columns: dict[str, _Column],
    sources: dict[str, _Source],
    reader: Reader,
    known: np.ndarray,
    excluded: np.ndarray,
    alone: set[str] | None,
) -> Part:
    stands = known.copy()
    if alone is not None:
        somewhere = np.zeros(len(known), dtype=bool)
        for name in alone:
            somewhere |= columns[name].present_on_rows(len(known))
        stands &= somewhere
    rows = np.flatnonzero(stands)
    contents = [content for each in columns.values() if (content := each.content(rows)) is not None]
    if excluded.any():
        contents.append(Coded(excluded[rows].astype(np.int64), 2))  # what an excluded row says is a variant of its own
    groups = group_rows(contents, len(rows))
    variant_of_row = np.full(len(known), -1, dtype=np.int32)
    variant_of_row[rows] = groups.of_row
    frame = _frame(part.tabell, columns, rows[groups.first_row], reader.codes)
    return Part(part.tabell, frame, variant_of_row, _unmapped(part, columns, sources, rows))


def _unmapped(
    part: Del, columns: dict[str, _Column], sources: dict[str, _Source], rows: np.ndarray
) -> dict[str, dict[str, int]]:
    """Per coded column, the values on the given rows that could not be read."""
    found = {}
    for name, local in part.kolumner.items():
        column, (meta, _) = columns[name], _declared(part.tabell)[name]
        unreadable = column.present & np.asarray(pc.is_null(column.values))
        if meta["lasning"] in ("code", "boolean") and column.indices is not None and unreadable.any():
            counts = np.bincount(column.indices[rows], minlength=len(unreadable))
            found[name] = count_unmapped(sources[local].distinct.filter(pa.array(unreadable)), counts[unreadable])
    return found


def _read_columns(part: Del, sources: dict[str, _Source], reader: Reader) -> dict[str, _Column]:
    columns: dict[str, _Column] = {}
    for name, (meta, arrow_type) in _declared(part.tabell).items():
        if name in part.kolumner:
            source = sources[part.kolumner[name]]
            read = reader.read(source.distinct, part.tabell, name, meta, arrow_type)
            mended = read.findings if meta["lasning"] in FREE_TEXT else {**source.findings, **read.findings}
            columns[name] = _Column(read.values, read.present, source.indices, mended, read.marks)
        elif name in part.konstanter:
            constant = pa.array([part.konstanter[name].strip()], pa.string())
            read = reader.read(constant, part.tabell, name, meta, arrow_type)
            columns[name] = _Column(read.values, read.present)
        else:
            columns[name] = _Column(pa.nulls(1, arrow_type), np.zeros(1, dtype=bool))
    if part.tabell == "individ" and "individ_id" in part.kolumner:
        _fill_from_number(part, sources[part.kolumner["individ_id"]], columns, reader)
    return columns


def _fill_from_number(part: Del, source: _Source, columns: dict[str, _Column], reader: Reader) -> None:
    identities = reader.identities(source.distinct)
    for name in _FROM_NUMBER:
        if name not in part.kolumner and name not in part.konstanter:
            values = getattr(identities, name)
            columns[name] = _Column(values, np.asarray(pc.is_valid(values)), source.indices)


def _frame(tabell: str, columns: dict[str, _Column], rows: np.ndarray, codes: CodeLists) -> pd.DataFrame:
    series: dict[str, Any] = {}
    present: dict[str, Any] = {}
    for name, column in columns.items():
        values, present[f"{name}{PRESENT}"] = column.at(rows)
        if tabell == "bedomning" and name == "livsomrade":
            derived = _life_areas(columns["icf_kod"].values, codes).take(pa.array(columns["icf_kod"].of_rows(rows)))
            values = pc.if_else(pa.array(present[f"{name}{PRESENT}"]), values, derived)
        series[name] = values
        if column.marks is not None and column.indices is not None:
            present[f"{name}{MARK}"] = column.marks[column.indices[rows]]
    return pd.DataFrame(
        {name: pd.Series(pd.arrays.ArrowExtensionArray(values)) for name, values in series.items()} | present
    )


def _life_areas(icf: pa.Array, codes: CodeLists) -> pa.Array:
    """The life area of each ICF code, or of the second-level code above it."""
    known = pa.Table.from_pandas(codes.validity("icf")[["kod", "livsomrade"]], preserve_index=False).combine_chunks()
    own, above = (
        pc.index_in(each, value_set=known["kod"].chunk(0), skip_nulls=True)
        for each in (icf, pc.utf8_slice_codeunits(icf, 0, ICF_SECOND_LEVEL))
    )
    return known["livsomrade"].chunk(0).take(pc.coalesce(own, above))


@cache
def _declared(tabell: str) -> dict[str, tuple[dict[str, Any], pa.DataType]]:
    contract = CONTRACTS[tabell]
    return {name: (column.metadata, contract.arrow_type(name)) for name, column in contract.own_columns().items()}
