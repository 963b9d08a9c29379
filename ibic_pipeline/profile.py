"""A municipality's profile, ``kommuner/<kod>.yaml``: how its export is read. Unknown keys are refused.

Keys are Swedish because municipal staff write them. ``arver`` names another file in the same folder whose
keys apply unless this one sets its own (mappings are merged, everything else is replaced). ``versioner`` lists
what changed between deliveries (``profile_layers``); a ``Profil`` is what applies to deliveries of one day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from ibic_pipeline.county import Kommunkod, Strict
from ibic_pipeline.errors import did_you_mean
from schemas import CONTRACTS, codelists

Export = Literal["utredning", "beslut", "uppdrag", "genomforandeplan", "uppfoljning"]


class Format(Strict):
    """How files are written. Every key has a default, may be set for all files, and again for one file."""

    typ: Literal["csv", "xlsx"] = "csv"
    blad: str | None = None
    kodning: Literal["utf-8", "utf-8-sig", "cp1252", "utf-16"] = "utf-8-sig"
    avgransare: Literal[";", "\t", ","] = ";"
    rader_fore_rubrik: int = Field(default=0, ge=0)
    svans: str | None = None
    """Regular expression of the last line, with a group ``antal`` for the number of records, such as
    ``^Antal rader: (?P<antal>\\d+)``. When set, a file without it, or with another number, is truncated."""
    datum: tuple[str, ...] = ("%Y-%m-%d",)
    """``strptime`` patterns, tried in order."""
    tills_vidare: tuple[str, ...] = ("9999-12-31",)
    """Date texts that mean: no end."""
    decimaltecken: Literal[",", "."] = ","


class Ignorerat(Strict):
    """Local values that are known and deliberately read as empty."""

    varden: tuple[str, ...]
    skal: str = Field(min_length=1)


class Del(Strict):
    """The part of a file that becomes rows of one table."""

    tabell: str
    kolumner: dict[str, str]
    """Contract column -> local column."""
    konstanter: dict[str, str] = Field(default_factory=dict)
    """Contract column -> value (a code) for every row of the part."""

    @model_validator(mode="after")
    def _columns_exist(self) -> Del:
        if self.tabell not in CONTRACTS:
            near = did_you_mean(self.tabell, CONTRACTS)
            raise ValueError(f"tabell {self.tabell!r}{near}: expected one of {', '.join(CONTRACTS)}")
        known = CONTRACTS[self.tabell].own_columns()
        for column in (*self.kolumner, *self.konstanter):
            if column not in known:
                near = did_you_mean(column, known)
                raise ValueError(f"{self.tabell}.{column}{near}: expected one of {', '.join(known)}")
        return self


class Fil(Strict):
    """One file (or sheet) of an export."""

    monster: str
    """File name pattern within the delivery folder, such as ``beslut_*.csv``; exactly one file must match."""
    format: Format = Format()
    delar: tuple[Del, ...] = Field(min_length=1)
    """The first part stands on every row; another stands where one of the columns that it alone uses has a value."""


class Leverans(Strict):
    """Where deliveries are dropped, and what is refused as a whole."""

    mapp: str | None = None
    """Folder under ``inkorg/``; the municipality's code when not set."""
    kommunkolumn: str | None = None
    """Column that holds the municipality, when one file carries several."""
    kommunvarden: dict[str, Kommunkod] = Field(default_factory=dict)
    """Local name or code of the municipality -> code."""
    ansvarig: Kommunkod | None = None
    """The municipality that answers for rows whose municipality cannot be read."""
    hogsta_andel_karantan: float = Field(default=0.25, ge=0, le=1)
    lagsta_andel_av_forra: float = Field(default=0.5, ge=0, le=1)


class Kallsystem(Strict):
    """The system in use, the one before it, and what cannot be observed from before the migration."""

    nuvarande: str = "combine"
    tidigare: str | None = None
    migrerad: date | None = None
    ej_observerbart: tuple[Literal["folja_upp", "journal", "genomforandeplan", "maluppfyllelse"], ...] = ()

    @model_validator(mode="after")
    def _migration_is_dated(self) -> Kallsystem:
        if self.ej_observerbart and self.migrerad is None:
            raise ValueError("ej_observerbart needs migrerad: the day from which it can be observed")
        return self


class Individniva(Strict):
    """Whether pseudonymised rows join the county's dataset."""

    publicering: Literal["lan", "lokal"]
    rattslig_grund: str = Field(min_length=1)


class Frister(Strict):
    """The municipality's own deadlines; the county's apply where one is not set."""

    gp_frist_dagar: int | None = Field(default=None, ge=0)
    uppfoljning_dagar: int | None = Field(default=None, ge=1)


class Profil(Strict):
    """One municipality, after inheritance."""

    kommunkod: Kommunkod
    namn: str
    kontakt: str
    individniva: Individniva
    kallsystem: Kallsystem
    frister: Frister = Frister()
    leverans: Leverans = Leverans()
    format: Format = Format()
    """How the municipality's files are written; a file's own ``format`` overrides it key by key."""
    exporter: dict[Export, tuple[Fil, ...]]
    varden: dict[str, dict[str, str]] = Field(default_factory=dict)
    """``<tabell>.<kolumn>`` or the name of a code list -> local value -> code."""
    ignoreras: dict[str, Ignorerat] = Field(default_factory=dict)
    """``<tabell>.<kolumn>`` -> values that are read as empty."""

    @property
    def mapp(self) -> str:
        """The folder under ``inkorg/`` in which this municipality's deliveries lie."""
        return self.leverans.mapp or self.kommunkod

    @model_validator(mode="before")
    @classmethod
    def _files_share_the_format(cls, content: Any) -> Any:
        shared, exporter = content.get("format"), content.get("exporter")
        if not isinstance(shared, dict) or not isinstance(exporter, dict):
            return content
        merged = {
            export: [_with_format(fil, shared) for fil in files] if isinstance(files, list) else files
            for export, files in exporter.items()
        }
        return {**content, "exporter": merged}

    @model_validator(mode="after")
    def _values_belong_somewhere(self) -> Profil:
        columns = {
            f"{tabell}.{name}": column.metadata["lasning"]
            for tabell, contract in CONTRACTS.items()
            for name, column in contract.own_columns().items()
        }
        mapped = {where for where, reading in columns.items() if reading in ("code", "boolean")}
        known: dict[str, tuple[Iterable[str], set[str]]] = {
            "varden": (self.varden, {*codelists.names(), *mapped}),
            "ignoreras": (self.ignoreras, set(columns)),
        }
        for key, (given, allowed) in known.items():
            for where in given:
                if where not in allowed:
                    raise ValueError(f"{key}.{where}{did_you_mean(where, allowed)}: no such column or code list")
        return self

    @model_validator(mode="after")
    def _exports_are_complete(self) -> Profil:
        expected = set(Export.__args__)  # type: ignore[attr-defined]
        missing = sorted(expected - set(self.exporter))
        if missing:
            raise ValueError(f"exporter lacks {', '.join(missing)}")
        return self


def _with_format(fil: Any, shared: dict[str, Any]) -> Any:
    """A file's settings with the shared format beneath its own; anything else is left for the model to refuse."""
    if not isinstance(fil, dict) or not isinstance(fil.get("format", {}), dict):
        return fil
    return {**fil, "format": {**shared, **fil.get("format", {})}}
