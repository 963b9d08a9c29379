"""The county's settings, ``lan.yaml``: municipalities, parameters, groupings, thresholds. Unknown keys are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas.codelists import codelist

DIMENSIONS = ("kon", "aldersgrupp", "insatsgrupp", "lagrum", "regiform")
Dimension = Literal["kon", "aldersgrupp", "insatsgrupp", "lagrum", "regiform"]
Direction = Literal["hogre_ar_battre", "lagre_ar_battre"]
Kommunkod = Annotated[str, Field(pattern=r"^\d{4}$")]


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


class Rojandekontroll(Strict):
    """Disclosure policy."""

    antal_min: Tal
    namnare_min: Tal
    osaker_under: Tal


class Lan(Strict):
    """One county."""

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

    @field_validator("kommuner")
    @classmethod
    def _municipalities_are_named_once(cls, kommuner: tuple[str, ...]) -> tuple[str, ...]:
        repeated = sorted({kommunkod for kommunkod in kommuner if kommuner.count(kommunkod) > 1})
        if repeated:
            raise ValueError(f"{', '.join(repeated)} more than once")
        return kommuner

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
