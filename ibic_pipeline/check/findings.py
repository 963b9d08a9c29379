"""What the rules found, one row per source row, table and rule, in the words and columns of the sender."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.check.advice import advice, is_cascade, local_columns, rules
from ibic_pipeline.extract import DeliveredFile, RawTable
from ibic_pipeline.validate import Validated
from schemas.codebook import SEVERITIES

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
"""``rad``: the record's number in the file, counted from the file's first line."""


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


def findings(
    validated: Validated, files: Mapping[str, DeliveredFile], raw: Mapping[str, RawTable] | None = None
) -> tuple[pa.Table, list[Finding]]:
    """Every finding, sorted by file and record, and the same summed per file and rule.

    What refuses rows comes first, and what is gone once other rows are mended last among it; then the most frequent.
    ``files`` and ``raw`` by ``kallfil``. With ``raw`` the table has the column ``varde``: the cells that a rule is
    about.
    """
    found = pa.concat_tables([validated.karantan, validated.flaggor])
    schema = SCHEMA if raw is None else SCHEMA.append(pa.field("varde", pa.string()))
    tables: list[pa.Table] = []
    summed: list[Finding] = []
    keys = found.select(["kallfil", "regel"]).group_by(["kallfil", "regel"], use_threads=False).aggregate([])
    for key in keys.to_pylist():
        name, code = key["kallfil"], key["regel"]
        here = pc.and_(pc.equal(found["kallfil"], name), pc.equal(found["regel"], code))
        records = found.filter(here)["kallrad"].combine_chunks().sort()
        rule, file = rules()[code], files[name]
        columns = local_columns(rule, file)
        followed = SEVERITIES[rule.severity]
        each = Finding(
            name, ", ".join(columns), code, followed, rule.message, advice(rule, file, columns),
            len(records), tuple(records[:FIRST_LINES].to_pylist()), rule.severity != "varna", is_cascade(rule),
        )  # fmt: skip
        summed.append(each)
        constant = [_repeated(text, records) for text in (each.kolumn, code, followed, rule.message)]
        cells = [] if raw is None else [_cells(raw[name], columns, records)]
        tables.append(pa.table([_repeated(name, records), records, *constant, *cells], schema=schema))
    every = pa.concat_tables([schema.empty_table(), *tables])
    every = every.sort_by([(column, "ascending") for column in ("fil", "rad", "regel")])
    return every, sorted(summed, key=lambda each: (not each.avvisar, each.avledd, -each.antal, each.fil, each.regel))


def _repeated(text: str, records: pa.Array) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), len(records))


def _cells(raw: RawTable, columns: tuple[str, ...], records: pa.Array) -> pa.Array:
    """The cells of some columns, joined; empty for records that could not be split into cells."""
    position = pc.index_in(records, value_set=raw.records)
    if not columns:
        return _repeated("", records)
    texts = [pc.fill_null(raw.table[column].combine_chunks().take(position), "") for column in columns]
    return pc.utf8_slice_codeunits(pc.binary_join_element_wise(*texts, " | "), 0, _LONGEST_VALUE)
