"""How large a made-up municipality is and how it works: volumes, and behaviour drawn once per municipality."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

EARLIER_SYSTEM = "treserva"


@dataclass(frozen=True)
class Volumes:
    """Ongoing people and decisions of one municipality at scale 1."""

    seniors: int
    """People aged 65 or more with an ongoing intervention under SoL."""
    adults: int
    """Younger people with an ongoing intervention under SoL."""
    lss: int
    """People with an ongoing intervention under LSS."""
    decisions: int
    """Decisions per year, refusals included."""


_ESTIMATED = {
    "0604": Volumes(240, 40, 50, 390),
    "0617": Volumes(270, 50, 70, 530),
    "0642": Volumes(250, 40, 60, 440),
    "0643": Volumes(360, 70, 100, 780),
    "0662": Volumes(920, 160, 220, 1680),
    "0665": Volumes(480, 80, 110, 860),
    "0680": Volumes(4640, 810, 1110, 8560),
    "0682": Volumes(1150, 170, 240, 1830),
    "0683": Volumes(1190, 190, 260, 2000),
    "0684": Volumes(430, 60, 90, 670),
    "0685": Volumes(1030, 150, 210, 1600),
    "0686": Volumes(710, 100, 130, 1030),
    "0687": Volumes(740, 100, 140, 1080),
}
_MEAN_POPULATION = 10_590_000 / 290


@dataclass(frozen=True)
class Behaviour:
    """Shares (0–1) by which municipalities differ."""

    folja_upp: float
    """Due follow-ups that are documented in the process step *Följa upp*."""
    journal: float
    """Due follow-ups that are documented in the journal alone."""
    aldrig: float
    """Decisions that nobody follows up."""
    tidsbegransade: float
    oforandrat_behov: float
    """Renewals in which nothing but the dates changes."""
    plan_i_tid: float
    """Commissions that get a completed plan in time when the way of working is settled."""
    plan_forblir_anteckning: float
    endast_skala: float
    """Goals in the current system without words of their own."""
    livsomraden: float
    """Mean number of life areas per investigation in the current system, 2–5."""
    uppfattning: float
    privat: float
    avslag: float
    ej_verkstallt: float
    utan_behovsprovning: float
    mal_bedoms: float
    """Goals that are assessed at a follow-up of their decision or plan."""
    utfall: tuple[float, float, float, float]
    """Goal outcomes: helt, delvis, inte, ej_bedomt; their sum is 1."""
    kvalitet: float
    """Follow-ups with answers about quality."""
    migrerad: date | None
    """The day on which the current system replaced the earlier one; None when it always was there."""
    vantan_pa_boende: float
    """Mean days from a decision about housing under SoL to the day of moving in (an assumption)."""


def volumes(kommunkod: str, seed: int) -> Volumes:
    """Volumes at scale 1: estimates for Jönköpings län, elsewhere drawn around the country's mean."""
    if kommunkod in _ESTIMATED:
        return _ESTIMATED[kommunkod]
    # Sizes of municipalities are skewed; the correction keeps the mean at the country's.
    spread = 0.8
    size = _MEAN_POPULATION * float(_generator(kommunkod, seed, 1).lognormal(-(spread**2) / 2, spread))
    size = float(np.clip(size, 2_500, 150_000))
    return Volumes(round(size * 0.0335), round(size * 0.0055), round(size * 0.0075), round(size * 0.058))


def behaviour(kommunkod: str, seed: int) -> Behaviour:
    """One municipality's way of working; the same code and seed give the same."""
    rng = _generator(kommunkod, seed, 2)
    outcome = rng.dirichlet(np.array([0.45, 0.35, 0.20]) * 60)
    not_assessed = rng.uniform(0.05, 0.20)
    helt, delvis, inte = (float(share) for share in outcome * (1 - not_assessed))
    return Behaviour(
        folja_upp=float(max(0.0, rng.uniform(-0.05, 0.4))),
        journal=float(rng.uniform(0.2, 0.6)),
        aldrig=float(rng.uniform(0.05, 0.25)),
        tidsbegransade=float(rng.uniform(0.3, 0.95)),
        oforandrat_behov=float(rng.uniform(0.4, 0.8)),
        plan_i_tid=float(rng.uniform(0.6, 0.85)),
        plan_forblir_anteckning=float(rng.uniform(0.1, 0.4)),
        endast_skala=float(rng.uniform(0.6, 0.95)),
        livsomraden=float(rng.uniform(2.3, 4.7)),
        uppfattning=float(rng.uniform(0.3, 0.7)),
        privat=float(rng.uniform(0.0, 0.25)),
        avslag=float(rng.uniform(0.05, 0.1)),
        ej_verkstallt=float(rng.uniform(0.01, 0.03)),
        utan_behovsprovning=float(max(0.0, rng.uniform(-0.05, 0.15))),
        mal_bedoms=float(rng.uniform(0.3, 0.8)),
        utfall=(helt, delvis, inte, float(not_assessed)),
        kvalitet=float(max(0.0, rng.uniform(-0.1, 0.5))),
        migrerad=_migration(rng),
        vantan_pa_boende=float(rng.uniform(20, 70)),
    )


def _migration(rng: np.random.Generator) -> date | None:
    year, month, always = int(rng.integers(2021, 2025)), int(rng.integers(1, 13)), rng.random() < 0.15
    return None if always else date(year, month, 1)


def _generator(kommunkod: str, seed: int, purpose: int) -> np.random.Generator:
    return np.random.default_rng((seed, int(kommunkod), purpose))
