"""The workbook in which a municipality decides what its unknown values mean, out and in again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastexcel
import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.check.workbook import sheet
from ibic_pipeline.errors import IbicError, did_you_mean
from ibic_pipeline.harmonise.unmapped import HIDDEN, MORE, SCHEMA, YES_OR_NO, list_of
from ibic_pipeline.home import Home
from ibic_pipeline.workbooks import workbook
from schemas import CONTRACTS
from schemas.codelists import CodeLists, normalise

IGNORE = "ignorera"
SHEET = "Omappade värden"
_DECIDED = ("beslut", "skal")
COLUMNS = (*SCHEMA.names, *_DECIDED)
_WIDTHS = (18, 22, 22, 50, 9, 18, 16, 20, 50)
_HELP = (
    ("beslut", f"Kodens kod ur kodlistan, eller {IGNORE} när värdet inte ska läsas som något."),
    ("skal", f"Varför värdet inte säger något. Krävs när beslutet är {IGNORE}."),
    (HIDDEN, "Värden som kan röra en enskild visas inte. Rätta dem i källsystemet; de kan inte få någon kod."),
    (MORE, "Hur många rader som har andra, ovanligare värden."),
)


@dataclass(frozen=True)
class Decision:
    """What one value of one column means: ``kod``, or None when it is to be read as empty, with the reason."""

    tabell: str
    kolumn: str
    varde: str
    kod: str | None
    skal: str | None


def latest_unmapped(home: Home, kommunkod: str, refused: Path) -> pa.Table:
    """The unknown values of the latest delivery that was read, whether it was refused (in ``refused``) or accepted.

    Raises:
        IbicError: no delivery has been read.
    """
    status = home.status(kommunkod) or {}
    candidates = [home.current(kommunkod) / "omappade.parquet"]
    if status.get("utfall") == "vagrad":
        candidates.insert(0, refused / "omappade.parquet")
    for path in candidates:
        if path.exists():
            return pq.read_table(path)
    raise IbicError(f"a delivery of {kommunkod} that has been read", "none", f"Run `ibic run --kommun {kommunkod}`.")


def write_unmapped(table: pa.Table, path: Path) -> None:
    """Write the workbook, with the columns of the decision empty.

    Raises:
        IbicError: the file is there; it could hold decisions.
    """
    if path.exists():
        raise IbicError(f"no file {path}", "one", "Give another name with --ut, so that no decisions are lost.")
    rows = ([*row.values(), "", ""] for row in table.to_pylist())
    with workbook(path) as book:
        sheet(book, SHEET, COLUMNS, _WIDTHS, ([_shown(value) for value in row] for row in rows))
        sheet(book, "Så fyller du i", ("Kolumn", "Vad som menas"), (20, 100), _HELP)


def read_decisions(path: Path, codes: CodeLists) -> list[Decision]:
    """The decided rows of a filled-in workbook; rows without a decision are left as they are.

    Raises:
        IbicError: not such a workbook, or a decision that cannot be carried out. No value is told, only the row.
    """
    found: dict[tuple[str, str, str], Decision] = {}
    for number, row in _rows(path):
        if not row["beslut"]:
            continue
        decision = _decision(row, number, codes)
        key = (decision.tabell, decision.kolumn, normalise(decision.varde))
        if key in found and found[key].kod != decision.kod:
            raise _wrong(number, "one decision per value", "another one in a row above", "Keep one of them.")
        found[key] = decision
    return list(found.values())


def _decision(row: dict[str, str], number: int, codes: CodeLists) -> Decision:
    tabell, kolumn, varde = row["tabell"], row["kolumn"], row["varde"]
    columns = CONTRACTS[tabell].own_columns() if tabell in CONTRACTS else {}
    if kolumn not in columns or columns[kolumn].metadata["lasning"] not in ("code", "boolean"):
        raise _wrong(number, "a coded column in tabell and kolumn", "another", "Leave these columns as they were.")
    if varde in ("", HIDDEN, MORE):
        raise _wrong(
            number, "a value that is shown", varde or "none", "Take the decision away; mend such values at home."
        )
    if normalise(row["beslut"]) == IGNORE:
        if not row["skal"]:
            raise _wrong(number, f"a reason (skal) beside {IGNORE}", "none", "Write why the value says nothing.")
        return Decision(tabell, kolumn, varde, None, row["skal"])
    kodlista = list_of(tabell, kolumn)
    known = ["ja", "nej"] if kodlista == YES_OR_NO else sorted(set(codes.codelist(kodlista)["kod"]))
    if row["beslut"] not in known:
        near = did_you_mean(row["beslut"], known)
        step = f"`ibic codes list {kodlista}` shows the codes." if kodlista != YES_OR_NO else "Write ja or nej."
        raise _wrong(number, f"a code of the list {kodlista}, or {IGNORE}, in beslut", f"another{near}", step)
    return Decision(tabell, kolumn, varde, row["beslut"], row["skal"] or None)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The row's number in the sheet, and its cells as trimmed text."""
    try:
        cells = fastexcel.read_excel(path).load_sheet(SHEET, header_row=None, skip_rows=0, dtypes="string").to_arrow()
    except (fastexcel.FastExcelError, OSError):
        raise IbicError(
            f"a workbook with the sheet {SHEET}",
            f"something else in {path.name}",
            "Make one with `ibic unmapped --ut`.",
        ) from None
    rows = [[(cell or "").strip() for cell in row.values()] for row in cells.to_pylist()]
    headings = rows[0] if rows else []
    missing = [name for name in ("tabell", "kolumn", "varde", *_DECIDED) if name not in headings]
    if missing:
        raise IbicError(f"the columns {', '.join(COLUMNS)}", f"no {', '.join(missing)}", "Put the headings back.")
    for number, row in enumerate(rows[1:], start=2):
        yield number, dict(zip(headings, row, strict=True))


def _shown(value: Any) -> Any:
    return f"{value:.0%}" if isinstance(value, float) else value


def _wrong(number: int, expected: str, found: str, step: str) -> IbicError:
    return IbicError(f"{expected} (row {number} of the workbook)", found, step)
