"""A municipality's profile, ``kommuner/<kod>.yaml``: how its export is read. Unknown keys are refused.

Keys are Swedish because municipal staff write them. ``arver`` names another file in the same folder whose
keys apply unless this one sets its own (mappings are merged, everything else is replaced). ``versioner`` lists
what changed between deliveries (``profile_layers``); a ``Profil`` is what applies to deliveries of one day.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from ibic_pipeline.county import Kommunkod, Strict
from ibic_pipeline.errors import did_you_mean
from ibic_pipeline.profile_identities import Identiteter
from schemas import CONTRACTS, codelists

_FIXED_BY_SQL = ("blad", "kodning", "avgransare", "rader_fore_rubrik", "rubrikrader", "svans", "decimaltecken")
"""Keys of a format that a fetched query's file has as they are when not set."""

Export = Literal["utredning", "beslut", "uppdrag", "genomforandeplan", "uppfoljning"]


class Format(Strict):
    """How files are written. Every key has a default, may be set for all files, and again for one file."""

    typ: Literal["csv", "xlsx", "xls", "ods", "sql"] = "csv"
    blad: str | None = None
    """Sheet of a workbook; with ``*`` every sheet that fits is read, each as a file of its own."""
    kodning: Literal["utf-8", "utf-8-sig", "cp1252", "utf-16", "auto"] = "utf-8-sig"
    """``auto``: whichever gives every column. Otherwise another is used, and reported, only where this one fails."""
    avgransare: Literal[";", "\t", ",", "|", "auto"] = ";"
    rader_fore_rubrik: int = Field(default=0, ge=0)
    rubrikrader: Literal[1, 2] = 1
    """With two, a column's name is ``Grupp / Namn``: the upper row's text applies until the next one."""
    svans: str | None = None
    """Regular expression of the last line, with a group ``antal`` for the number of records, such as
    ``^Antal rader: (?P<antal>\\d+)``. When set, a file without it, or with another number, is truncated."""
    datum: tuple[str, ...] = ("%Y-%m-%d",)
    """``strptime`` patterns, tried in order."""
    tills_vidare: tuple[str, ...] = ("9999-12-31",)
    """Date texts that mean: no end."""
    inget_datum: tuple[str, ...] = ("1900-01-01",)
    """Dates that are probably no dates; read as empty and flagged."""
    decimaltecken: Literal[",", "."] = ","

    @model_validator(mode="after")
    def _a_query_s_file_is_written_in_one_way(self) -> Format:
        fields = type(self).model_fields
        if self.typ != "sql":
            return self
        changed = [name for name in _FIXED_BY_SQL if getattr(self, name) != fields[name].default]
        if changed:
            raise ValueError(f"{', '.join(changed)}: typ: sql decides how the file is written; leave it out")
        if "%Y-%m-%d" not in self.datum:
            raise ValueError("datum: typ: sql writes dates as %Y-%m-%d; add it to the patterns")
        return self


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
    fraga: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$")
    """With ``typ: sql``: the name of the query in ``sql/sources/`` whose result becomes the file ``<fraga>.csv``."""
    format: Format = Format()
    delar: tuple[Del, ...] = Field(min_length=1)
    """The first part stands on every row; another stands where one of the columns that it alone uses has a value."""

    @model_validator(mode="before")
    @classmethod
    def _a_query_names_its_file(cls, content: Any) -> Any:
        if isinstance(content, dict) and "fraga" in content:
            return {"monster": f"{content['fraga']}.csv", **content}
        return content

    @model_validator(mode="after")
    def _a_query_is_of_a_database(self) -> Fil:
        if (self.format.typ == "sql") != (self.fraga is not None):
            raise ValueError("typ: sql needs fraga, the name of a query; a file of another typ has none")
        if self.fraga is not None and self.monster != f"{self.fraga}.csv":
            raise ValueError(f"monster: the query's file is {self.fraga}.csv; leave monster out")
        return self


class Leverans(Strict):
    """Where deliveries are dropped, and what is refused as a whole."""

    mapp: str | None = None
    """Folder under ``inkorg/``; the municipality's code when not set."""
    hamtas_fran: str | None = None
    """Folder (any that fsspec reads, such as ``sftp://…``) whose delivery folders are fetched to ``inkorg/`` first."""
    databas: str | None = Field(default=None, pattern=r"^[A-Z0-9_]+$")
    """Name of the database of ``typ: sql``; its SQLAlchemy URL stands in the environment, ``IBIC_DATABAS_<namn>``."""
    kommunkolumn: str | None = None
    """Column that holds the municipality, when one file carries several."""
    kommunvarden: dict[str, Kommunkod] = Field(default_factory=dict)
    """Local name or code of the municipality -> code."""
    ansvarig: Kommunkod | None = None
    """The municipality that answers for rows whose municipality cannot be read."""
    hogsta_andel_karantan: float = Field(default=0.25, ge=0, le=1)
    lagsta_andel_av_forra: float = Field(default=0.5, ge=0, le=1)

    @field_validator("hamtas_fran")
    @classmethod
    def _holds_no_password(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).password is not None or "::" in url):
            raise ValueError("a plain address without a password; passwords stand in the environment")
        return url

    @model_validator(mode="after")
    def _has_one_source(self) -> Leverans:
        if self.databas is not None and self.hamtas_fran is not None:
            raise ValueError("databas or hamtas_fran: a delivery comes from one place")
        if self.databas is not None and self.mapp is not None:
            raise ValueError("mapp: what a query gives is one municipality's, and lies in a folder of its own")
        return self


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


class Sammanstallning(Strict):
    """The municipality sends its counts instead of its rows; how the county knows that they are its own."""

    publik_nyckel: str
    """What ``ibic aggregate key`` prints at the municipality."""

    @field_validator("publik_nyckel")
    @classmethod
    def _is_a_key(cls, text: str) -> str:
        try:
            key = base64.b64decode(text, validate=True)
        except ValueError:
            key = b""
        if len(key) != 32:
            raise ValueError("expected the public key as `ibic aggregate key` prints it: 44 characters")
        return text


class Frister(Strict):
    """The municipality's own deadlines; the county's apply where one is not set."""

    gp_frist_dagar: int | None = Field(default=None, ge=0)
    uppfoljning_dagar: int | None = Field(default=None, ge=1)
    gp_aktuell_dagar: int | None = Field(default=None, ge=1)
    utredningstid_dagar: int | None = Field(default=None, ge=0)


class Profil(Strict):
    """One municipality, after inheritance."""

    kommunkod: Kommunkod
    namn: str
    kontakt: str
    individniva: Individniva
    kallsystem: Kallsystem = Kallsystem()
    sammanstallning: Sammanstallning | None = None
    """Set where the municipality sends counts; such a profile has no exports."""
    frister: Frister = Frister()
    leverans: Leverans = Leverans()
    identiteter: Identiteter = Identiteter()
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

    def files(self) -> tuple[Fil, ...]:
        """The files of every export."""
        return tuple(fil for files in self.exporter.values() for fil in files)

    @model_validator(mode="before")
    @classmethod
    def _counts_come_without_files(cls, content: Any) -> Any:
        if content.get("sammanstallning") is None or "exporter" in content:
            return content
        return {**content, "exporter": dict.fromkeys(Export.__args__, ())}  # type: ignore[attr-defined]

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
        if self.sammanstallning is not None:
            if self.files() or self.individniva.publicering != "lokal":
                raise ValueError("sammanstallning: counts come without exports, and individniva.publicering is lokal")
        elif missing:
            raise ValueError(f"exporter lacks {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _a_delivery_comes_from_its_database_as_a_whole(self) -> Profil:
        queried = [fil.fraga is not None for fil in self.files()]
        if any(queried) != (self.leverans.databas is not None) or len(set(queried)) > 1:
            raise ValueError("leverans.databas and typ: sql go together, for every file of the profile or none")
        return self


def _with_format(fil: Any, shared: dict[str, Any]) -> Any:
    """A file's settings with the shared format beneath its own; anything else is left for the model to refuse."""
    if not isinstance(fil, dict) or not isinstance(fil.get("format", {}), dict):
        return fil
    return {**fil, "format": {**shared, **fil.get("format", {})}}
