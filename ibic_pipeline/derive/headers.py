"""The comment headers of ``sql/``: what each fact and indicator says about itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from ibic_pipeline.county import Direction, Parametrar
from ibic_pipeline.errors import IbicError
from ibic_pipeline.resources import SQL

Kind = Literal["tillstand", "handelse"]
Measure = Literal["andel", "median", "skillnad"]
Growth = Literal["fast", "vaxande"]
PERIOD_TYPES = ("manad", "kvartal", "halvar", "ar")

_KEY_LINE = re.compile(r"^-- (?P<key>[a-z_]+): (?P<value>.+)$")
_CONTINUATION = re.compile(r"^--   (?P<value>\S.*)$")
_ALLOWED = {
    "typ": ("tillstand", "handelse"),
    "riktning": ("hogre_ar_battre", "lagre_ar_battre"),
    "periodtyper": PERIOD_TYPES,
    "matt": get_args(Measure),
    "varde_typ": get_args(Growth),
    "parametrar": tuple(Parametrar.model_fields),
}
_LISTS = ("periodtyper", "parametrar")
_FACT_KEYS = ("namn", "beskrivning", "indata", "nyckel")
_INDICATOR_KEYS = (
    "id",
    "namn",
    "definition",
    "namnare",
    "taljare",
    "exkluderingar",
    "typ",
    "periodtyper",
    "riktning",
    "enhet",
    "kalla",
    "version",
    "tolkning",
    "indata",
)
_OPTIONAL_INDICATOR_KEYS = ("varde", "varde_typ", "matt", "parametrar", "malgrupp", "vilseleder", "atgard")


@dataclass(frozen=True)
class Fact:
    """A reusable table that indicators are derived from."""

    namn: str
    beskrivning: str
    indata: tuple[str, ...]
    nyckel: tuple[str, ...]
    antal_som: str | None
    """The table with exactly as many rows, when no row may be lost or doubled on the way."""
    sql: str


@dataclass(frozen=True)
class Indicator:
    """One indicator, as its header declares it; texts are Swedish and meant for readers."""

    id: str
    namn: str
    definition: str
    namnare: str
    taljare: str
    exkluderingar: tuple[str, ...]
    """Reasons in the order in which they apply, which is the order of the funnel."""
    typ: Kind
    periodtyper: tuple[str, ...]
    riktning: Direction
    enhet: str
    kalla: str
    version: str
    """Day of the definition, ``2026-07-01``."""
    varde: str | None
    varde_typ: Growth
    """``vaxande``: the value holds on the day ``fran`` and grows by one a day while the state lasts."""
    matt: Measure
    """What is compared: a share, the median of ``varde``, or the difference between shares of two groups."""
    parametrar: tuple[str, ...]
    """The county's parameters that decide the units, by their names in lan.yaml."""
    tolkning: str
    """How to read the figure, and what may mislead."""
    malgrupp: str | None
    """For whom the indicator is."""
    vilseleder: str | None
    """When a figure says something other than it seems to."""
    atgard: str | None
    """What to do about a bad figure."""
    indata: tuple[str, ...]
    sql: str


@cache
def indicators(folder: Path = SQL / "indicators") -> tuple[Indicator, ...]:
    """Every indicator, by id.

    Raises:
        IbicError: a header is incomplete or wrong.
    """
    return tuple(sorted((_indicator(path) for path in folder.glob("*.sql")), key=lambda each: each.id))


@cache
def facts(folder: Path = SQL / "facts") -> tuple[Fact, ...]:
    """Every fact, by name.

    Raises:
        IbicError: a header is incomplete or wrong.
    """
    return tuple(sorted((_fact(path) for path in folder.glob("*.sql")), key=lambda each: each.namn))


def _indicator(path: Path) -> Indicator:
    header, sql = _read(path, _INDICATOR_KEYS, optional=_OPTIONAL_INDICATOR_KEYS)
    _require_allowed_values(header, path)
    if header["id"] != path.stem:
        raise IbicError(f"id {path.stem} in {path.name}", "another id", "Give the file and the id the same name.")
    return Indicator(
        id=header["id"],
        namn=header["namn"],
        definition=header["definition"],
        namnare=header["namnare"],
        taljare=header["taljare"],
        exkluderingar=_list(header["exkluderingar"]),
        typ=header["typ"],  # type: ignore[arg-type]
        periodtyper=_list(header["periodtyper"]),
        riktning=header["riktning"],  # type: ignore[arg-type]
        enhet=header["enhet"],
        kalla=header["kalla"],
        version=header["version"],
        varde=header.get("varde"),
        varde_typ=header.get("varde_typ", "fast"),  # type: ignore[arg-type]
        matt=header.get("matt", "andel"),  # type: ignore[arg-type]
        parametrar=_list(header.get("parametrar", "")),
        tolkning=header["tolkning"],
        malgrupp=header.get("malgrupp"),
        vilseleder=header.get("vilseleder"),
        atgard=header.get("atgard"),
        indata=_list(header["indata"]),
        sql=sql,
    )


def _fact(path: Path) -> Fact:
    header, sql = _read(path, _FACT_KEYS, optional=("antal_som",))
    if header["namn"] != path.stem:
        raise IbicError(f"namn {path.stem} in {path.name}", "another name", "Give the file and namn the same name.")
    return Fact(
        namn=header["namn"],
        beskrivning=header["beskrivning"],
        indata=_list(header["indata"]),
        nyckel=_list(header["nyckel"]),
        antal_som=header.get("antal_som"),
        sql=sql,
    )


def _read(path: Path, required: tuple[str, ...], optional: tuple[str, ...]) -> tuple[dict[str, str], str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    length = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    header = _parse(lines[:length], path)
    missing = [key for key in required if key not in header]
    unknown = [key for key in header if key not in (*required, *optional)]
    if missing or unknown:
        found = [*(f"no {key}" for key in missing), *(f"an unknown key {key}" for key in unknown)]
        raise IbicError(f"a complete header in {path.name}", ", ".join(found), f"Complete the comment lines of {path}.")
    sql = "\n".join(lines[length:]).strip()
    if not sql:
        raise IbicError(f"a query below the header in {path.name}", "none", f"Write it in {path}.")
    return header, sql


def _parse(lines: list[str], path: Path) -> dict[str, str]:
    header: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if found := _KEY_LINE.match(line):
            key = found["key"]
            if key in header:
                raise IbicError(f"{key} once in {path.name}", f"it again on line {number}", "Keep one of them.")
            header[key] = found["value"].strip()
        elif header and (found := _CONTINUATION.match(line)):
            header[list(header)[-1]] += f" {found['value'].strip()}"
        else:
            raise IbicError(
                f"`-- key: value` in the header of {path.name}", f"something else on line {number}", f"Correct {path}."
            )
    return header


def _require_allowed_values(header: dict[str, str], path: Path) -> None:
    for key, allowed in _ALLOWED.items():
        given = _list(header.get(key, "")) if key in _LISTS else [header[key]] if key in header else []
        wrong = [value for value in given if value not in allowed]
        if wrong:
            raise IbicError(f"{key} in {path.name}: {', '.join(allowed)}", ", ".join(wrong), f"Correct {path}.")
    if "varde" not in header and ("varde_typ" in header or header.get("matt") == "median"):
        raise IbicError(f"a line varde in {path.name}", "none, though it is used", f"Complete the header of {path}.")
    try:
        date.fromisoformat(header["version"])
    except ValueError:
        raise IbicError(f"a day (2026-07-01) as version in {path.name}", "something else", f"Correct {path}.") from None


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())
