"""The county's settings, ``lan.yaml``: municipalities, parameters, groupings, thresholds. Unknown keys are refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from ibic_pipeline.identities import is_like_personal_number
from ibic_pipeline.nights import Larm, Natt
from schemas.codelists import codelist

DIMENSIONS = ("kon", "aldersgrupp", "insatsgrupp", "lagrum", "regiform")
Dimension = Literal["kon", "aldersgrupp", "insatsgrupp", "lagrum", "regiform"]
Direction = Literal["hogre_ar_battre", "lagre_ar_battre"]
Kommunkod = Annotated[str, Field(pattern=r"^\d{4}$")]
Indikator = Annotated[str, Field(pattern=r"^[A-Z][1-9]\d?$")]


def _names_nobody(text: str) -> str:
    """The text, which everyone who has the release may read."""
    words = (word.strip(".,;:()") for word in text.split())
    if any(is_like_personal_number(each, date.max) for each in (text, *words)):
        raise ValueError("a text without a personal number; it is published")
    return text


Atgard = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_names_nobody)]


class Strict(BaseModel):
    """A settings model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Parameter(Strict):
    """A number that decides a figure, in the unit that its name ends with, and a sentence on where it comes from."""

    varde: int = Field(ge=0)
    not_: str = Field(alias="not", min_length=1)


class Parametrar(Strict):
    """Parameters of the indicators, none of them with a default; a profile's ``frister`` may replace some of them."""

    uppfoljning_dagar: Parameter
    gp_frist_dagar: Parameter
    gp_aktuell_dagar: Parameter
    utredningstid_dagar: Parameter
    lang_tid_dagar: Parameter
    fore_slut_dagar: Parameter
    ombeslut_dagar: Parameter
    oforandrad_procent: Parameter
    glapp_sok_dagar: Parameter
    glapp_dagar: Parameter
    verkstallighet_manader: Parameter
    individuell_plan_dagar: Parameter
    boende_vantetid_dagar: Parameter
    episod_lucka_dagar: Parameter
    skala_avstand_dagar: Parameter
    ny_utredning_dagar: Parameter
    minsta_textlangd: Parameter
    kedja_fran_manader: Parameter
    kedja_till_manader: Parameter

    @model_validator(mode="after")
    def _windows_hold_something(self) -> Parametrar:
        if self.kedja_till_manader.varde <= self.kedja_fran_manader.varde:
            raise ValueError("kedja_till_manader: expected more months than kedja_fran_manader")
        if self.glapp_sok_dagar.varde < self.ombeslut_dagar.varde:
            raise ValueError("glapp_sok_dagar: expected at least as many days as ombeslut_dagar")
        return self


class Insatsregler(Strict):
    """Groups of interventions (``insatsgrupp`` of the code list ``insats``) that are treated in a way of their own."""

    utan_genomforandeplan: tuple[str, ...]
    utan_uppfoljningskrav: tuple[str, ...]
    not_: str = Field(alias="not", min_length=1)

    @field_validator("utan_genomforandeplan", "utan_uppfoljningskrav")
    @classmethod
    def _groups_are_known(cls, groups: tuple[str, ...]) -> tuple[str, ...]:
        known = set(codelist("insats")["insatsgrupp"])
        unknown = sorted(set(groups) - known)
        if unknown:
            raise ValueError(f"insatsgrupp {', '.join(unknown)}: expected some of {', '.join(sorted(known))}")
        return groups


class Signal(Strict):
    """Thresholds of an indicator's signal colour, as shares 0–1, in the direction that is better."""

    gron: float = Field(ge=0, le=1)
    gul: float = Field(ge=0, le=1)
    not_: str = Field(alias="not", min_length=1)


class Signaler(Strict):
    """Signal thresholds: one default, and those of single indicators."""

    standard: Signal
    indikatorer: dict[str, Signal] = Field(default_factory=dict)


class Tal(Strict):
    """A threshold of the disclosure policy, with a sentence on why."""

    varde: int = Field(ge=0)
    varfor: str = Field(min_length=1)


class Uppdelning(Strict):
    """The lengths of periods for which what happened (``handelse``) is broken down; with the total all are shown."""

    perioder: tuple[Literal["manad", "kvartal", "halvar", "ar"], ...]
    varfor: str = Field(min_length=1)


class Rojandekontroll(Strict):
    """Disclosure policy."""

    antal_min: Tal
    namnare_min: Tal
    osaker_under: Tal
    skyddsbredd: Tal = Tal(varde=3, varfor="Fyra möjliga värden blir kvar, lika många som i 1-4.")
    """The least distance between the lowest and the highest value that a hidden count can be thought to have."""
    uppdelning: Uppdelning = Uppdelning(
        perioder=("halvar", "ar"), varfor="Grupper av det som hände under en kortare tid är nästan alltid för små."
    )


class Kontakt(Strict):
    """Whom readers of the open data may write to."""

    namn: str = Field(min_length=1)
    epost: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")


class Katalog(Strict):
    """What the catalogue of the open figures says about who publishes them; nothing is assumed where it is not set."""

    utgivare: str = Field(min_length=1)
    utgivare_uri: str | None = Field(default=None, pattern=r"^https?://\S+$")
    kontakt: Kontakt | None = None
    licens: str | None = Field(default=None, pattern=r"^https?://\S+$")
    adress: str | None = Field(default=None, pattern=r"^https?://\S+/$")
    """Where ``publicerat/`` is served; without it addresses are relative to the catalogue's own file."""


class Warehouse(Strict):
    """The SQL database that releases are loaded into; ``IBIC_WAREHOUSE`` goes before ``url``."""

    url: str | None = None
    behall: int = Field(default=2, ge=1)
    """How many releases stay in the database, the current one among them."""

    @field_validator("url")
    @classmethod
    def _holds_no_password(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).password is not None or "password" in urlsplit(url).query.lower()):
            raise ValueError("an address without a password; the one with it stands in IBIC_WAREHOUSE")
        return url


class Publicering(Strict):
    """How long releases are kept, and how large a change between two must be to be told."""

    behall_antal: Tal
    behall_dagar: Tal
    frist_timmar: Tal
    tolerans_procent: Tal


class Rapport(Strict):
    """Which files a release has beside its pages, and how large the workbook may be."""

    arbetsbok: bool = True
    """Whether ``rapport/jamforelse.xlsx`` is made."""
    utskrift: bool = True
    """Whether ``rapport/utskrift/<kommunkod>.pdf`` are made, where the machine has what that needs."""
    arbetsbok_rader: Tal = Tal(
        varde=60_000, varfor="Så många rader öppnar och filtrerar ett kalkylprogram utan väntan."
    )
    """The most rows that the workbook's sheet of all figures has; what is left out stands in the parquet files."""


class Lasbar(Strict):
    """Who on the machine may read ``publicerat/``: its owner, the owner's group, or everyone."""

    varde: Literal["agare", "grupp", "alla"]
    varfor: str = Field(min_length=1)


class Drift(Strict):
    """What an installation tolerates before `ibic doctor` speaks, and how long Dagster's own records are kept."""

    publicerat_lasbart_for: Lasbar = Lasbar(
        varde="agare", varfor="En release rymmer pseudonymiserade rader; länet öppnar den för dem som ska läsa."
    )
    klocka_minuter: Tal = Tal(varde=10, varfor="Filer från framtiden betyder att klockan har gått bakåt.")
    korningar_dagar: Tal = Tal(
        varde=60, varfor="Två månaders nätter räcker för att se vad som hände; siffror och kvitton finns kvar i lager/."
    )
    lagring_mib: Tal = Tal(
        varde=1024, varfor="Dagsters egna databaser ska inte fylla disken; gallringen håller dem små."
    )


class Kvalitetsgrans(Strict):
    """Another threshold of a data quality check than its own, and whether a breach keeps a version from applying."""

    varde: float = Field(ge=0)
    """The share of breaches above which the check does not hold."""
    allvar: Literal["varna", "stoppa"] | None = None
    not_: str = Field(alias="not", min_length=1)


class Gallringsregel(Strict):
    """So many years after the latest note a person is purged, and a sentence on where that is decided."""

    ar: int = Field(ge=1)
    not_: str = Field(alias="not", min_length=1)


class Gallring(Strict):
    """Statutory retention: one rule for the county, and those of single municipalities."""

    standard: Gallringsregel | None = None
    kommuner: dict[Kommunkod, Gallringsregel] = Field(default_factory=dict)

    def of(self, kommunkod: str) -> Gallringsregel | None:
        """The municipality's rule; None when nobody is purged by age of their notes."""
        return self.kommuner.get(kommunkod, self.standard)


class Lan(Strict):
    """One county. Without ``publicering`` every release is kept, and without ``gallring`` every person."""

    kod: str = Field(pattern=r"^\d{2}$")
    namn: str
    kommuner: tuple[Kommunkod, ...] = Field(min_length=1)
    forsta_period: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    brytningar: tuple[str, ...]
    aldersgranser: tuple[int, ...] = (18, 65, 80)
    parametrar: Parametrar
    insatsregler: Insatsregler
    signaler: Signaler
    disclosure: Rojandekontroll
    publicering: Publicering | None = None
    gallring: Gallring = Gallring()
    rapport: Rapport = Rapport()
    kvalitet: dict[Annotated[str, Field(pattern=r"^DK-\d{3}$")], Kvalitetsgrans] = Field(default_factory=dict)
    """Id of a check -> what replaces its own threshold; stored counts are scored by it without being counted anew."""
    atgarder: dict[Kommunkod, dict[Indikator, Atgard]] = Field(default_factory=dict)
    """Municipality -> indicator -> what is being done about the figure; a red signal asks for one."""
    # None of these decides a figure: they are left out of fingerprints, and of the manifest.
    katalog: Katalog | None = Field(default=None, exclude=True)
    warehouse: Warehouse = Field(default=Warehouse(), exclude=True)
    drift: Drift = Field(default=Drift(), exclude=True)
    natt: Natt = Field(default=Natt(), exclude=True)
    larm: Larm = Field(default=Larm(), exclude=True)

    @field_validator("kommuner")
    @classmethod
    def _municipalities_are_named_once(cls, kommuner: tuple[str, ...]) -> tuple[str, ...]:
        repeated = sorted({kommunkod for kommunkod in kommuner if kommuner.count(kommunkod) > 1})
        if repeated:
            raise ValueError(f"{', '.join(repeated)} more than once")
        return kommuner

    @model_validator(mode="after")
    def _actions_are_of_the_county(self) -> Lan:
        if unknown := sorted(set(self.atgarder) - set(self.kommuner)):
            raise ValueError(f"atgarder {', '.join(unknown)}: expected municipalities of the county")
        return self

    @field_validator("aldersgranser")
    @classmethod
    def _ages_rise(cls, limits: tuple[int, ...]) -> tuple[int, ...]:
        if any(limit <= before for before, limit in zip((0, *limits), limits, strict=False)):
            raise ValueError("expected ages above 0, each higher than the one before")
        return limits

    @model_validator(mode="after")
    def _groupings_are_known(self) -> Lan:
        for brytning in self.brytningar:
            parts = brytning.split("_x_")
            if not set(parts) <= set(DIMENSIONS) or len(parts) > 2 or len(set(parts)) < len(parts):
                raise ValueError(f"brytning {brytning!r}: expected {', '.join(DIMENSIONS)}, or two joined by _x_")
        return self
