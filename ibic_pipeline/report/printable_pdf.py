"""Prints a page to PDF/UA with WeasyPrint, the only module that knows the library; it needs Pango on the machine."""

from __future__ import annotations

from collections.abc import Callable

Renderer = Callable[[str, str], bytes]
"""Given a page and a text that names the report, its PDF."""


def renderer() -> Renderer | None:
    """What prints; None where the machine has no Pango."""
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):  # a library of the system that cannot be found is an OSError
        return None

    def render(html: str, name: str) -> bytes:
        # Pictures are in the page itself; nothing is fetched from anywhere.
        page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["data"]))
        printed: bytes = page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=name.encode())
        return printed

    return render
