"""What lies beside a release's pages, so that they link to what is there and to nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ibic_pipeline.pdf import FOLDER
from ibic_pipeline.publish.documents import WORKBOOK
from ibic_pipeline.report.quality import has_quality

CHANGES = "andringar.html"


@dataclass(frozen=True)
class Menu:
    """What the pages may link to."""

    datakvalitet: bool
    andringar: bool
    arbetsbok: str | None
    """The workbook's address from a page."""
    utskrifter: frozenset[str]
    """Codes of the municipalities that have a printable report."""

    def utskrift(self, kod: str) -> str | None:
        """The address of a municipality's printable report from a page; None where there is none."""
        return f"{FOLDER}/{kod}.pdf" if kod in self.utskrifter else None


def menu_of(folder: Path) -> Menu:
    """What there is in the folder of a release by now."""
    report = folder / "rapport"
    return Menu(
        datakvalitet=has_quality(folder / "jamforelse"),
        andringar=(report / CHANGES).is_file(),
        arbetsbok=WORKBOOK if (report / WORKBOOK).is_file() else None,
        utskrifter=frozenset(path.stem for path in (report / FOLDER).glob("*.pdf")),
    )
