"""Prints pages to PDF/UA with WeasyPrint, which needs Pango on the machine; the only module that knows the library.

It imports nothing of ours, so that the processes that print start at once.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

FOLDER = "utskrift"
"""Folder of a release's pages that holds its printable reports."""
NOT_MADE = (
    "No printable reports were made: WeasyPrint cannot find Pango. Install it, on Debian and Ubuntu with "
    "`apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core`, and publish again with "
    "`ibic run --force`; or set rapport.utskrift to false in lan.yaml."
)

_ENOUGH_FOR_MORE = 4
"""So many pages are worth the seconds that it takes to start more processes."""
_MOST_PROCESSES = 4


def can_print() -> bool:
    """Whether the machine has what printing needs."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):  # a library of the system that cannot be found is an OSError
        return False
    return True


def printed(pages: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """The PDF of each page, in order, where ``can_print``.

    Args:
        pages: what identifies the PDF, which should be its own, and the page.
    """
    todo = list(pages)
    processes = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)
    if len(todo) < _ENOUGH_FOR_MORE or processes == 1:
        yield from map(_print, todo)
        return
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_print, todo)


def _print(page: tuple[str, str]) -> bytes:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    name, html = page
    # Pictures are in the page itself; nothing is fetched from anywhere.
    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"]))
    content: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=name.encode(), finisher=_with_scopes)
    return content


def _with_scopes(_document: Any, file: Any) -> None:
    """Say of each heading cell whether it heads its column or its row.

    WeasyPrint lets the cells name their headings; the one in the corner heads other headings, and no cell names it.
    """
    for each in file.objects:
        if isinstance(each, dict) and each.get("S") == "/TH" and "ID" in each:
            _, row, _ = each["ID"].string.split("-")
            each["A"]["Scope"] = "/Column" if row == "0" else "/Row"
