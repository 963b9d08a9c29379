"""An official file's sheets as tables of text, whichever way it was saved."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import pyarrow as pa
import pyarrow.csv

from ibic_pipeline.codes.cells import FORMULA
from ibic_pipeline.errors import IbicError

_MOST_COLUMNS = 512
_LARGEST_BYTES = 64 * 1024**2
_WORKBOOK = b"PK\x03\x04"
_UNREADABLE = "Open it: is it the file that Socialstyrelsen publishes, saved as .xlsx or as text in UTF-8?"


@dataclass(frozen=True)
class Sheet:
    """Columns of strings, all of one length; ``broken``: numbers of lines with too few or too many fields."""

    name: str
    columns: list[pa.Array]
    broken: tuple[int, ...] = ()

    def row(self, position: int) -> list[str]:
        """The cells of one row, white space collapsed."""
        return [" ".join((column[position].as_py() or "").split()) for column in self.columns]

    @property
    def rows(self) -> int:
        """How many rows there are, header and blank ones too."""
        return len(self.columns[0]) if self.columns else 0


def read_sheets(path: Path, repairs: Counter[str]) -> list[Sheet]:
    """Every sheet of a workbook, or the one table of a text file.

    Raises:
        IbicError: no such file, too large, or neither a workbook nor text in UTF-8.
    """
    try:
        with path.open("rb") as stream:
            workbook = stream.read(len(_WORKBOOK)) == _WORKBOOK
    except OSError:
        raise IbicError(f"a file {path.name} that can be read", "none", "Correct the path.") from None
    if path.stat().st_size > _LARGEST_BYTES:
        raise IbicError("a code list of at most 64 MiB", f"more in {path.name}", _UNREADABLE)
    return _of_workbook(path, repairs) if workbook else [_of_text(path)]


def _of_workbook(path: Path, repairs: Counter[str]) -> list[Sheet]:
    try:
        repairs[FORMULA] += _formulas(path)
        workbook = fastexcel.read_excel(path)
        batches = {
            name: workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_arrow()
            for name in workbook.sheet_names
        }
    except (fastexcel.FastExcelError, zipfile.BadZipFile):
        raise IbicError("a workbook", f"something else in {path.name}", _UNREADABLE) from None
    return [Sheet(name, [each.column(i) for i in range(each.num_columns)]) for name, each in batches.items()]


def _formulas(path: Path) -> int:
    """How many cells hold a formula; the result that was saved with it is what is read."""
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > 4 * _LARGEST_BYTES:
            raise IbicError("a code list of at most 256 MiB unpacked", f"more in {path.name}", _UNREADABLE)
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return sum(len(re.findall(rb"<f[ >]", archive.read(name))) for name in sheets)


def _of_text(path: Path) -> Sheet:
    broken: list[int] = []

    def skip(row: pa.csv.InvalidRow) -> str:
        broken.append(row.number or 0)
        return "skip"

    with path.open("rb") as stream:
        first = stream.readline(1 << 16)
    try:
        table = pa.csv.read_csv(
            path,
            read_options=pa.csv.ReadOptions(autogenerate_column_names=True, use_threads=False),
            parse_options=pa.csv.ParseOptions(
                delimiter=max("\t;,", key=lambda mark: first.count(mark.encode())),
                newlines_in_values=True,
                invalid_row_handler=skip,
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types={f"f{i}": pa.string() for i in range(_MOST_COLUMNS)}, strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError):
        raise IbicError("a table of text in UTF-8", f"something else in {path.name}", _UNREADABLE) from None
    return Sheet(path.name, [column.combine_chunks() for column in table.columns], tuple(broken))
