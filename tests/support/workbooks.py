"""Workbooks for tests, as bytes: xlsx by xlsxwriter, ods by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

Content = Sequence[Sequence[Any]]
Edit = Callable[[Workbook, Worksheet], Any]


def xlsx(sheets: Mapping[str, Content], edit: Edit | None = None, **options: Any) -> bytes:
    """Sheets of rows; ``edit`` does what rows cannot say to the first sheet."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, options) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        if edit:
            edit(book, book.worksheets()[0])
    return stream.getvalue()


def cell(text: str, attributes: str = 'office:value-type="string"') -> str:
    """A cell of an ods sheet."""
    return f"<table:table-cell {attributes}><text:p>{escape(text)}</text:p></table:table-cell>"


def line(*cells: str, attributes: str = "") -> str:
    """A row of an ods sheet."""
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def ods(sheets: Mapping[str, str]) -> bytes:
    """Sheets by name, each the XML of its rows."""
    spaces = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"' for each in ("office", "table", "text")
    )
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    tables = "".join(f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in sheets.items())
    manifest = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {manifest}>{entry}</manifest:manifest>")
        body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        archive.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return stream.getvalue()


def with_member(book: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, change(old.read(each)) if each == name else old.read(each))
    return stream.getvalue()
