"""The catalogue for those who read figures: one page per indicator and an index, made from the headers of the SQL.

``python -m ibic_pipeline.derive.catalogue`` writes ``docs/indikatorer/``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path

from ibic_pipeline.county import Insatsregler, Lan
from ibic_pipeline.derive.exclusions import EXCLUSIONS
from ibic_pipeline.derive.headers import Indicator, indicators
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Frister
from ibic_pipeline.resources import PACKAGE, PROFILES
from ibic_pipeline.storage import write_text

FOLDER = PACKAGE.parent / "docs" / "indikatorer"
INDEX = "README.md"
THEMES = {
    "T": "Tidhållning",
    "M": "Måluppfyllelse",
    "F": "Följsamhet",
    "D": "Dokumentation",
    "P": "Delaktighet",
}
"""First letter of an id -> what the indicators are about, in reading order."""
BETTER = {
    "andel": {"hogre_ar_battre": "högre är bättre", "lagre_ar_battre": "lägre är bättre"},
    "median": {"hogre_ar_battre": "högre andel är bättre", "lagre_ar_battre": "lägre andel är bättre"},
    "skillnad": {"hogre_ar_battre": "närmare noll är bättre", "lagre_ar_battre": "närmare noll är bättre"},
}
WHEN = {"tillstand": "läget på periodens sista dag", "handelse": "det som hände under perioden"}
PERIODS = {"manad": "månad", "kvartal": "kvartal", "halvar": "halvår", "ar": "år"}
MEASURES = {
    "andel": "andel: täljaren delad med nämnaren",
    "median": "median av värdet, med andelen bredvid",
    "skillnad": "skillnad mellan två gruppers andelar, i procentenheter",
}
WIDTH = 100

_GENERATED = "Skapad ur SQL-filernas huvuden med `python -m ibic_pipeline.derive.catalogue`; ändra inte för hand."
_HOW_TO_READ = (
    "Varje indikator har en sida: för vem den är, hur den läses, hur den kan vilseleda och vad man kan göra åt en "
    "dålig siffra. Det som länet bestämmer står med värdena i den medföljande profilen för {lan}; en kommun kan ha "
    "egna frister. `ibic indicators T1` visar samma sida med det egna länets värden.",
    "En indikator visar antingen läget på periodens sista dag eller det som hände under perioden. Det som inte räknas "
    "står i en tratt bredvid siffran, med hur många som föll bort och varför. En siffra som inte går att räkna är inte "
    "noll.",
)


def reading_order(id: str) -> tuple[int, int]:
    """Timeliness, goals, process, documentation, participation; T2 before T10."""
    return list(THEMES).index(id[0]), int(id[1:])


def in_reading_order() -> list[Indicator]:
    """Every indicator, theme by theme."""
    return sorted(indicators(), key=lambda each: reading_order(each.id))


def page(indicator: Indicator, lan: Lan) -> str:
    """The indicator's page in Markdown, in Swedish, with the county's parameters."""
    kind = f"*{THEMES[indicator.id[0]]}* · {_better(indicator)} · {WHEN[indicator.typ]}"
    blocks = [f"# {indicator.id} {indicator.namn}", kind, _filled(indicator.definition)]
    for heading, content in (
        ("För vem", _paragraph(indicator.malgrupp)),
        ("Vad som räknas", _counted(indicator)),
        ("Vad som inte räknas", _not_counted(indicator)),
        ("Så läser du siffran", _paragraph(indicator.tolkning)),
        ("Så kan den vilseleda", _paragraph(indicator.vilseleder)),
        ("Vad du kan göra", _paragraph(indicator.atgard)),
        ("Vad länet bestämmer", _decided(indicator, lan)),
        ("Varifrån den kommer", _origin(indicator)),
    ):
        if content:
            blocks += [f"## {heading}", content]
    return "\n\n".join(blocks) + "\n"


def index(lan: Lan) -> str:
    """The index of the pages in Markdown, theme by theme."""
    blocks = ["# Indikatorer", *(_filled(text.format(lan=lan.namn)) for text in (_GENERATED, *_HOW_TO_READ))]
    for letter, theme in THEMES.items():
        rows = [
            f"| [{each.id}]({each.id}.md) | {each.namn} | {each.definition} | {_better(each)} |"
            for each in in_reading_order()
            if each.id[0] == letter
        ]
        blocks += [f"## {theme}", "\n".join(["| | Namn | Vad den visar | Riktning |", "|---|---|---|---|", *rows])]
    return "\n\n".join(blocks) + "\n"


def catalogue() -> dict[str, str]:
    """Every page by file name, with the parameters of the county that is shipped."""
    lan = Home(PROFILES / "jonkopings-lan").lan
    return {INDEX: index(lan)} | {f"{each.id}.md": page(each, lan) for each in in_reading_order()}


def write_catalogue(folder: Path = FOLDER) -> None:
    """Write every page into the folder, and take away pages of indicators that are no more."""
    pages = catalogue()
    for name, text in pages.items():
        write_text(text, folder / name)
    for path in folder.glob("*.md"):
        if path.name not in pages:
            path.unlink()


def _better(indicator: Indicator) -> str:
    return BETTER[indicator.matt][indicator.riktning]


def _counted(indicator: Indicator) -> str:
    growing = " Det växer med en om dagen." if indicator.varde_typ == "vaxande" else ""
    facts = {
        "Enhet": indicator.enhet,
        "Nämnare": indicator.namnare,
        "Täljare": indicator.taljare,
        "Värde": indicator.varde and f"{indicator.varde}{growing}",
        "Visas som": MEASURES[indicator.matt],
        "Perioder": ", ".join(PERIODS[each] for each in indicator.periodtyper),
    }
    return _listed(f"**{name}:** {text}" for name, text in facts.items() if text)


def _not_counted(indicator: Indicator) -> str:
    if not indicator.exkluderingar:
        return ""
    reasons = (f"{EXCLUSIONS[reason]} (`{reason}`)" for reason in indicator.exkluderingar)
    numbered = "\n".join(_filled(text, f"{number}. ") for number, text in enumerate(reasons, start=1))
    return f"Det första som stämmer gäller.\n\n{numbered}"


def _decided(indicator: Indicator, lan: Lan) -> str:
    parameters = {name: getattr(lan.parametrar, name) for name in indicator.parametrar}
    own = {name: ", om inte kommunen har en egen" if name in Frister.model_fields else "" for name in parameters}
    found = [f"`{name}`: {each.varde}{own[name]}. {each.not_}" for name, each in parameters.items()]
    rules = [rule for rule in indicator.exkluderingar if rule in Insatsregler.model_fields]
    groups = [f"`{rule}`: {', '.join(getattr(lan.insatsregler, rule)) or 'ingen insats'}." for rule in rules]
    return _listed([*found, *(f"{text} {lan.insatsregler.not_}" for text in groups)])


def _origin(indicator: Indicator) -> str:
    return _listed(
        [
            f"**Källa:** {indicator.kalla}",
            f"**Definitionen är från:** {indicator.version}",
            f"**Räknas i:** [{indicator.id}.sql](../../sql/indicators/{indicator.id}.sql)",
            f"**Enheterna bakom en siffra:** `ibic explain {indicator.id} --kommun 0642 --period 2026-06`",
        ]
    )


def _paragraph(text: str | None) -> str:
    return _filled(text) if text else ""


def _listed(items: Iterable[str]) -> str:
    return "\n".join(_filled(item, "- ") for item in items)


def _filled(text: str, mark: str = "") -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )


if __name__ == "__main__":
    write_catalogue()
