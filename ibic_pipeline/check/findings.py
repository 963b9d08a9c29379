"""What the rules found, one row per source row, table and rule, in the words and columns of the sender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.check.advice import advice, columns_of, is_cascade, local_columns
from ibic_pipeline.extract import DeliveredFile, RawTable
from ibic_pipeline.extract.cells import column_of
from ibic_pipeline.validate import Validated
from schemas.codebook import SEVERITIES
from schemas.rulebook import rule_of

FIRST_LINES = 5
_LONGEST_VALUE = 200

SCHEMA = pa.schema(
    [
        ("fil", pa.string()),
        ("rad", pa.int32()),
        ("kolumn", pa.string()),
        ("regel", pa.string()),
        ("foljd", pa.string()),
        ("meddelande", pa.string()),
    ]
)
"""``rad``: the record's number in the file, counted from the file's first line; 0 is the whole file."""


@dataclass(frozen=True)
class Finding:
    """One rule that rows of a file break. ``forst``: the first records. ``avledd``: gone once other rows are mended."""

    fil: str
    kolumn: str
    regel: str
    foljd: str
    meddelande: str
    gor_sa_har: str
    antal: int
    forst: tuple[int, ...]
    avvisar: bool
    avledd: bool


@dataclass(frozen=True)
class Repaired:
    """One kind of repair, or one correction, in a file: how many records or lines it was made to."""

    fil: str
    kolumn: str
    regel: str
    meddelande: str
    antal: int


def findings(
    validated: Validated, files: Mapping[str, DeliveredFile], raw: Mapping[str, RawTable] | None = None
) -> tuple[pa.Table, list[Finding]]:
    """Every finding, sorted by file and record, and the same summed per file and rule.

    What refuses rows comes first, and what is gone once other rows are mended last among it; then the most frequent.
    ``files`` and ``raw`` by ``kallfil``. With ``raw`` the table has the column ``varde``: the cells that a rule is
    about.
    """
    found = pa.concat_tables([validated.karantan, validated.flaggor])
    tables: list[pa.Table] = []
    summed: list[Finding] = []
    keys = found.select(["kallfil", "regel"]).group_by(["kallfil", "regel"], use_threads=False).aggregate([])
    for key in keys.to_pylist():
        name, code = key["kallfil"], key["regel"]
        here = pc.and_(pc.equal(found["kallfil"], name), pc.equal(found["regel"], code))
        records = found.filter(here)["kallrad"].combine_chunks().sort()
        rule, file = rule_of(code), files[name]
        columns = local_columns(rule, file)
        followed = SEVERITIES[rule.severity]
        each = Finding(
            name, ", ".join(columns), code, followed, rule.message, advice(rule, file, columns),
            len(records), tuple(records[:FIRST_LINES].to_pylist()), rule.severity != "varna", is_cascade(rule),
        )  # fmt: skip
        summed.append(each)
        tables.append(_lines(name, records, (each.kolumn, code, followed, rule.message), columns, raw))
    return _sorted(tables, raw), sorted(
        summed, key=lambda each: (not each.avvisar, each.avledd, -each.antal, each.fil, each.regel)
    )


def repairs(
    validated: Validated, files: Mapping[str, DeliveredFile], raw: Mapping[str, RawTable] | None = None
) -> tuple[pa.Table, list[Repaired]]:
    """What was mended or corrected: the records that are listed (``accounting.LISTED_REPAIRS``), and counts of all.

    The columns are those of ``findings``. A column that several tables are read from is told once.
    """
    tables: list[pa.Table] = []
    columns_in: dict[tuple[str, str], dict[str, None]] = {}
    found = validated.reparationer
    key_columns = ["kallfil", "tabell", "kolumn", "regel"]
    keys = found.select(key_columns).group_by(key_columns, use_threads=False).aggregate([])
    for key in keys.to_pylist():
        name, code, kolumn = key["kallfil"], key["regel"], key["kolumn"]
        here = pc.and_(pc.equal(found["kallfil"], name), pc.equal(found["regel"], code))
        here = pc.and_(here, pc.equal(found["tabell"], key["tabell"]))
        here = pc.and_(here, pc.is_null(found["kolumn"]) if kolumn is None else pc.equal(found["kolumn"], kolumn))
        records = found.filter(pc.fill_null(here, False))["kallrad"].combine_chunks()
        columns = columns_of(key["tabell"], [kolumn], files[name]) if kolumn else ()
        columns_in.setdefault((name, code), {}).update(dict.fromkeys(columns))
        rule = rule_of(code)
        told = (", ".join(columns), code, SEVERITIES[rule.severity], rule.message)
        tables.append(_lines(name, records, told, columns, raw))
    every = _sorted(tables, raw)
    return every.group_by(every.column_names, use_threads=False).aggregate([]), _counted(validated, columns_in)


def _counted(validated: Validated, columns_in: Mapping[tuple[str, str], Mapping[str, None]]) -> list[Repaired]:
    summed = [
        Repaired(file["kallfil"], ", ".join(columns_in.get((file["kallfil"], code), ())), code, message, count)
        for file in validated.avstamning.to_pylist()
        for code, count in file["reparationer"]
        for message in [rule_of(code).message]
    ]
    return sorted(summed, key=lambda each: (-each.antal, each.fil, each.regel))


def _lines(
    name: str, records: pa.Array, told: Sequence[str], columns: tuple[str, ...], raw: Mapping[str, RawTable] | None
) -> pa.Table:
    cells = [] if raw is None else [_cells(raw[name], columns, records)]
    constant = [_repeated(text, records) for text in told]
    return pa.table([_repeated(name, records), records, *constant, *cells], schema=_schema(raw))


def _sorted(tables: Sequence[pa.Table], raw: Mapping[str, RawTable] | None) -> pa.Table:
    every = pa.concat_tables([_schema(raw).empty_table(), *tables])
    return every.sort_by([(column, "ascending") for column in ("fil", "rad", "regel")])


def _schema(raw: Mapping[str, RawTable] | None) -> pa.Schema:
    return SCHEMA if raw is None else SCHEMA.append(pa.field("varde", pa.string()))


def _repeated(text: str, records: pa.Array) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), len(records))


def _cells(raw: RawTable, columns: tuple[str, ...], records: pa.Array) -> pa.Array:
    """The cells of some columns, joined; empty for records that could not be split into cells."""
    position = pc.index_in(records, value_set=raw.records)
    if not columns:
        return _repeated("", records)
    texts = [pc.fill_null(column_of(raw.table[column]).take(position).dictionary_decode(), "") for column in columns]
    return pc.utf8_slice_codeunits(pc.binary_join_element_wise(*texts, " | "), 0, _LONGEST_VALUE)
