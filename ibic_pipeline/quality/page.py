"""The page that lists every check, generated from the catalogue: ``python -m ibic_pipeline.quality.page``."""

from __future__ import annotations

from pathlib import Path

from ibic_pipeline.quality.catalogue import every_check
from ibic_pipeline.quality.model import Check, ComparedCheck, RowCheck
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.storage import write_text

PAGE = PACKAGE.parent / "docs" / "quality.md"
"""The page holds what is written by hand above ``LIST``, and the list below it."""
LIST = "<!-- listan nedan skrivs av python -m ibic_pipeline.quality.page -->"

_CHAPTERS = {
    "1": "Länkar mellan tabeller",
    "2": "Fält som indikatorerna behöver",
    "3": "Dagar mellan händelser",
    "4": "Jämfört med kommunens tidigare leveranser",
    "5": "Leveransen som helhet",
    "6": "Jämfört med de andra kommunerna",
    "7": "Länets tabeller",
}
"""First figure of a check's number -> what such checks are about."""


def page() -> str:
    """The whole page, with a list that is as the catalogue is now."""
    written = PAGE.read_text(encoding="utf-8").partition(LIST)[0] if PAGE.is_file() else ""
    return f"{written}{LIST}\n\n{_list()}"


def _list() -> str:
    checks = every_check().values()
    parts = [
        "\n\n".join([f"## {title}", *(_described(each) for each in checks if each.id[3] == figure)])
        for figure, title in _CHAPTERS.items()
    ]
    return "\n\n".join(parts) + "\n"


def _described(check: Check) -> str:
    about = [
        f"Tröskel {_share(check.threshold)} · {check.severity} · {check.owner}{_where(check)}",
        f"*Varför:* {check.why}",
        f"*Gör så:* {check.what_to_do}{' (Allmänt råd.)' if check.general_advice else ''}",
    ]
    if isinstance(check, ComparedCheck):
        about.insert(1, f"*I länet:* högst {_share(check.county_threshold)} av alla delar samtidigt.")
    return f"**{check.id}** {check.sentence}\n\n" + "\n".join(f"- {each}" for each in about)


def _where(check: Check) -> str:
    if not isinstance(check, RowCheck):
        return ""
    return f" · `{check.table}{f'.{check.part}' if check.part else ''}`"


def _share(value: float) -> str:
    return f"{100 * value:g} %".replace(".", ",")


def main(path: Path = PAGE) -> None:
    """Write the page."""
    write_text(page(), path)


if __name__ == "__main__":
    main()
