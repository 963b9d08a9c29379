"""What a workbook is before it is read: one at all, within bounds, and with which sheets."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract.archive import DIRECTORY_BYTES, MOST_BYTES, directory_bytes, is_bomb
from ibic_pipeline.extract.sheet_facts import Inside, SheetFacts
from ibic_pipeline.extract.workbook_ods import CONTENT, inside_ods
from ibic_pipeline.extract.workbook_xls import MAGIC, inside_xls
from ibic_pipeline.extract.workbook_xlsx import WORKBOOK, inside_xlsx
from schemas.delivery_rules import refusal


def look_inside(stream: BinaryIO, shown: str) -> Inside:
    """The sheets of a workbook, whatever its name says of the format; of an xlsx no more is read than tells them.

    Args:
        stream: the file, at its beginning; facts of sheets can be asked for as long as it is open.
        shown: its name, as it may be shown.

    Raises:
        DeliveryRefused: LEV-003, no workbook, or encrypted; LEV-018, it grows beyond a bound when it is unpacked.
    """
    try:
        first = stream.read(len(MAGIC))
        if first == MAGIC:
            inside = inside_xls(stream)
        elif first.startswith(b"PK"):
            inside = _inside_zip(stream, shown)
        else:
            raise not_a_workbook(shown)
    except (DeliveryRefused, MemoryError):
        raise
    except Exception:  # three parsers of bytes that anybody may have made
        raise not_a_workbook(shown) from None
    if not inside.names:
        raise not_a_workbook(shown)
    return Inside(inside.names, lambda name: _facts(inside, name, shown))


def not_a_workbook(shown: str) -> DeliveryRefused:
    """The refusal of what cannot be read as a workbook."""
    return DeliveryRefused([refusal("LEV-003", f"något annat än en läsbar arbetsbok utan lösenord ({shown})")])


def _inside_zip(stream: BinaryIO, shown: str) -> Inside:
    if directory_bytes(stream) > DIRECTORY_BYTES:
        raise not_a_workbook(shown)
    archive = zipfile.ZipFile(stream)
    entries = archive.infolist()
    bombs = any(is_bomb(each.file_size, each.compress_size) for each in entries)
    if bombs or sum(each.file_size for each in entries) > MOST_BYTES:
        raise DeliveryRefused([refusal("LEV-018", f"en arbetsbok som växer orimligt när den packas upp ({shown})")])
    names = archive.NameToInfo
    return inside_xlsx(archive) if WORKBOOK in names or CONTENT not in names else inside_ods(archive)


def _facts(inside: Inside, name: str, shown: str) -> SheetFacts:
    try:
        return inside.facts(name)
    except KeyError:  # listed, but not there: the reader tells
        return SheetFacts()
    except OverflowError:
        raise DeliveryRefused([refusal("LEV-018", f"för många fel eller sammanslagna celler i {shown}")]) from None
    except Exception:
        raise not_a_workbook(shown) from None
