"""What people open in a release: its pages, its workbook, its printable reports; those that there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ibic_pipeline.pdf import FOLDER

REPORT, WORKBOOK = "rapport", "jamforelse.xlsx"
SHEET = "Data"
PRINTED = f"{REPORT}/{FOLDER}"


@dataclass(frozen=True)
class Document:
    """One file, in words for those who look for it."""

    name: str
    title: str
    description: str
    path: str
    """Within the release."""
    mediatype: str
    blad: str | None = None
    """The sheet of a workbook whose every row is a row of a table."""


def documents(folder: Path) -> Iterator[Document]:
    """The files of a release that people open, in the order in which they are told of."""
    known = [
        Document(
            "rapport",
            "Jämförelsen som webbsidor",
            "Börja här: översikten, med en sida per indikator och kommun. Öppnas i en webbläsare, utan nätverk.",
            f"{REPORT}/index.html",
            "text/html",
        ),
        Document(
            "arbetsbok",
            "Jämförelsen som arbetsbok",
            "Publicerade siffror med filter och diagram, för Excel och LibreOffice, efter röjandekontroll.",
            f"{REPORT}/{WORKBOOK}",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            SHEET,
        ),
    ]
    yield from (each for each in known if (folder / each.path).is_file())
    for path in sorted((folder / PRINTED).glob("*.pdf")):
        yield Document(
            f"utskrift-{path.stem}",
            f"Rapport att skriva ut, kommun {path.stem}",
            "Kommunens siffror bredvid länets, fråga för fråga, som tillgänglig PDF.",
            f"{PRINTED}/{path.name}",
            "application/pdf",
        )
