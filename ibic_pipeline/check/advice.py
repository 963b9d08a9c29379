"""What a sender does about a rule that rows break, in Swedish, with the names of the sender's own columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ibic_pipeline.extract import DeliveredFile
from schemas import CONTRACTS
from schemas.contract import MARKS, Rule

_EXAMPLE = date(2024, 3, 15)


def local_columns(rule: Rule, file: DeliveredFile) -> tuple[str, ...]:
    """The file's own columns that a rule looks at; none where the profile reads them from no column."""
    return columns_of(rule.table, rule.fields, file)


def columns_of(tabell: str, names: Iterable[str], file: DeliveredFile) -> tuple[str, ...]:
    """The file's own columns that columns of a table are read from."""
    parts = [part for part in file.fil.delar if part.tabell == tabell]
    if tabell == "individ" and not parts:
        parts = [part for part in file.fil.delar if "individ_id" in part.kolumner]
    return tuple(dict.fromkeys(part.kolumner[name] for name in names for part in parts if name in part.kolumner))


def is_cascade(rule: Rule) -> bool:
    """Whether a row breaks the rule only because a row that it belongs to is refused."""
    refused = [parent.refused for parent in CONTRACTS[rule.table].parents()] if rule.kind == "foralder" else []
    return any(rule.code.endswith(f"-{number:03d}") for number in refused)


def advice(rule: Rule, file: DeliveredFile, columns: tuple[str, ...]) -> str:
    """The next step; empty where the rule's own message gives it."""
    column = " och ".join(columns) or " och ".join(rule.fields)
    if rule.kind in ("leverans", "reparation", *MARKS):
        return ""
    if rule.kind == "foralder":
        return _about_parent(rule)
    if rule.kind == "otolkbar":
        return _about_unreadable(rule, file, column)
    return {
        "saknas": f"Fyll i {column} i källsystemet, eller ta med den i uttaget. Profilen läser {_place(columns)}.",
        "utanfor": f"Rätta {column} i källsystemet.",
        "identitet": f"Ta ut ett id som inte är ett personnummer i {column}.",
        "nyckel": "Rätta i källsystemet så att raderna säger samma sak, eller ta bara ut den som gäller.",
        "skriven": f"Rätta i källsystemet. Stämmer det där: se efter att profilen läser rätt kolumn ({column}).",
    }[rule.kind]


def _place(columns: tuple[str, ...]) -> str:
    return f"kolumnen {' och '.join(columns)}" if columns else "den inte från någon kolumn"


def _about_parent(rule: Rule) -> str:
    for parent in CONTRACTS[rule.table].parents():
        if rule.code.endswith(f"-{parent.missing:03d}"):
            return "Ta ut alla exporter samma dag och med samma urval, så att de hänger ihop."
        if rule.code.endswith(f"-{parent.refused:03d}"):
            return f"Rätta först felen i {parent.table}; då försvinner det här."
    return ""


def _about_unreadable(rule: Rule, file: DeliveredFile, column: str) -> str:
    meta = CONTRACTS[rule.table].own_columns()[rule.fields[0]].metadata
    if meta["lasning"] == "date":
        written = " eller ".join(_EXAMPLE.strftime(pattern) for pattern in file.fil.format.datum)
        return f"Skriv datum i {column} som {written}, eller lägg till datumformatet i profilen."
    if meta["lasning"] in ("code", "boolean"):
        return f"Rätta värdet i {column}, eller lägg det under varden i profilen (ibic unmapped hjälper till)."
    return f"Rätta {column} i källsystemet, eller ta ut filen så att värdet står som det är."
