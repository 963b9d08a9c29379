"""What a check came to, as lines of Swedish for a terminal and as values for a program; never a cell's value."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ibic_pipeline.check.findings import Finding
from ibic_pipeline.check.run import COUNTED, Checked
from schemas.delivery_rules import WHOLE_FILE

MOST_FREQUENT = 10
WORDS = {
    "last": "lästa",
    "godkanda": "godkända",
    "karantan": "avvisas",
    "dubbletter": "dubbletter",
    "flaggade": "flaggade",
    "reparerade": "reparerade",
}
"""What each count is called; ``last`` = ``godkanda`` + ``karantan`` + ``dubbletter``."""

THE_FILE = "hela filen"
"""What record 0 is called."""


def as_lines(checked: Checked) -> list[str]:
    """The summary."""
    return [
        f"{checked.kommunkod} {checked.namn}, uttagsdatum {checked.uttagsdatum}",
        *_section("Filer", _files(checked)),
        *_section("Kändes inte igen", [f"{name}: {why}" for name, why in checked.okanda.items()]),
        *_section("Gavs inte", _not_given(checked)),
        *_section("Leveransen skulle vägras", [f"{code}  {text}" for code, text in checked.skal]),
        *_section(_heading(checked), _most_frequent(checked)),
        *_section("Reparerat", _repaired(checked)),
        "",
        verdict(checked),
    ]


def as_values(checked: Checked) -> dict[str, Any]:
    """The same for a program, with every kind of finding."""
    return {
        "kommunkod": checked.kommunkod,
        "uttagsdatum": checked.uttagsdatum,
        "filer": list(checked.filer),
        "okanda": checked.okanda,
        "saknade": checked.saknade,
        "ej_bedomda": list(checked.ej_bedomda),
        "skal": [{"regel": code, "text": text} for code, text in checked.skal],
        "fynd": [asdict(each) for each in checked.fynd],
        "reparationer": [asdict(each) for each in checked.reparationer],
        "omdome": verdict(checked),
    }


def verdict(checked: Checked) -> str:
    """One sentence: whether the files can be sent."""
    if not checked.filer:
        return "Ingen fil kunde prövas."
    if checked.fine:
        whole = "" if not checked.saknade else " Det gäller de filer som gavs; resten av leveransen är inte prövad."
        return f"Filerna kan skickas: inget skulle avvisas.{whole}"
    return "Filerna bör rättas innan de skickas."


def number(value: int) -> str:
    """A count with a space between thousands."""
    return f"{value:,}".replace(",", "\u00a0")


def lines_of(finding: Finding) -> str:
    """The first records, and whether there are more."""
    shown = ", ".join(str(record) if record else THE_FILE for record in finding.forst)
    return shown if finding.antal <= len(finding.forst) else f"{shown} …"


def _section(heading: str, lines: list[str]) -> list[str]:
    return ["", heading, *(f"  {line}" for line in lines)] if lines else []


def _files(checked: Checked) -> list[str]:
    width = max((len(each["fil"]) for each in checked.filer), default=0)
    return [f"{each['fil']:<{width}}  {each['export']:<16}  {_rows(each)}" for each in checked.filer]


def _rows(each: dict[str, Any]) -> str:
    if not each["lasbar"]:
        return "kunde inte läsas"
    return ", ".join(f"{number(each[name])} {WORDS[name]}" for name in COUNTED)


def _not_given(checked: Checked) -> list[str]:
    given = [f"{export}: {', '.join(patterns)}" for export, patterns in checked.saknade.items()]
    if checked.ej_bedomda:
        given.append(f"Därför prövades inte om det som hänvisas till finns i {', '.join(checked.ej_bedomda)}.")
    return given


def _heading(checked: Checked) -> str:
    kinds = len(checked.fynd)
    return "Fynd" if kinds <= MOST_FREQUENT else f"De {MOST_FREQUENT} vanligaste av {kinds} slags fynd"


def _most_frequent(checked: Checked) -> list[str]:
    found: list[str] = []
    for each in checked.fynd[:MOST_FREQUENT]:
        column = f", kolumn {each.kolumn}" if each.kolumn else ""
        rows = "rad" if each.antal == 1 else "rader"
        whole = each.forst == (WHOLE_FILE,)
        where = f"{THE_FILE} {each.fil}" if whole else f"{number(each.antal)} {rows} i {each.fil}"
        found += [
            f"{each.regel}  {where}{column} ({each.foljd})",
            f"    {each.meddelande}",
            *([] if whole else [f"    Rad {lines_of(each)}"]),
            *([f"    {each.gor_sa_har}"] if each.gor_sa_har else []),
        ]
    return found


def _repaired(checked: Checked) -> list[str]:
    found: list[str] = []
    for each in checked.reparationer:
        column = f", kolumn {each.kolumn}" if each.kolumn else ""
        found += [f"{each.regel}  {number(each.antal)} i {each.fil}{column}", f"    {each.meddelande}"]
    return found
