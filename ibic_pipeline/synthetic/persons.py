"""Who is in care, from when to when, with which interventions: careers and the episodes within them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ibic_pipeline.synthetic.columns import Bools, Ints, choose, expand, summer_moved
from ibic_pipeline.synthetic.identities import AgeBand, draw_identities
from ibic_pipeline.synthetic.municipalities import Volumes

YEAR = 365.25
LONGEST_BEFORE_START = round(6 * YEAR)
PROTECTION = ("ingen", "sekretessmarkering", "skyddad_folkbokforing", "fingerade")

GROUPS = (
    "hemtjanst",
    "trygghetslarm",
    "matdistribution",
    "dagverksamhet",
    "sarskilt_boende",
    "korttidsplats",
    "avlosning",
    "ledsagning",
    "kontaktperson",
    "boendestod",
    "ovrigt_sol",
    "lss_boende",
    "lss_daglig_verksamhet",
    "lss_korttidsvistelse",
    "lss_personlig_assistans",
    "lss_ledsagarservice",
    "lss_kontaktperson",
    "lss_avlosarservice",
    "lss_ovrigt",
)
"""Values of ``insatsgrupp`` that people of the made-up county get."""

REASONS = ("behov_upphort", "ny_insats", "flytt", "avliden", "lopt_ut", "egen_begaran")


@dataclass(frozen=True)
class Category:
    """A kind of people: ages, how long they stay in care, why they leave, what they get."""

    ages: tuple[AgeBand, ...]
    women: float
    mean_years: float
    leaves: dict[str, float]
    main: dict[str, float]
    extra: dict[str, float]
    extras_per_person: float


SENIORS = Category(
    ages=((63, 70, 0.08), (70, 80, 0.27), (80, 90, 0.43), (90, 97, 0.21), (97, 101, 0.01)),
    women=0.62,
    mean_years=5,
    leaves={"avliden": 0.62, "behov_upphort": 0.2, "flytt": 0.1, "egen_begaran": 0.08},
    main={
        "hemtjanst": 0.55,
        "trygghetslarm": 0.2,
        "sarskilt_boende": 0.17,
        "matdistribution": 0.03,
        "dagverksamhet": 0.02,
        "ledsagning": 0.02,
        "kontaktperson": 0.01,
    },
    extra={
        "trygghetslarm": 0.5,
        "matdistribution": 0.17,
        "dagverksamhet": 0.1,
        "korttidsplats": 0.2,
        "avlosning": 0.03,
    },
    extras_per_person=0.55,
)
ADULTS = Category(
    ages=((17, 30, 0.2), (30, 50, 0.4), (50, 68, 0.4)),
    women=0.51,
    mean_years=6,
    leaves={"behov_upphort": 0.6, "flytt": 0.2, "egen_begaran": 0.15, "avliden": 0.05},
    main={
        "boendestod": 0.56,
        "hemtjanst": 0.22,
        "kontaktperson": 0.1,
        "trygghetslarm": 0.04,
        "ledsagning": 0.03,
        "ovrigt_sol": 0.03,
        "sarskilt_boende": 0.02,
    },
    extra={"kontaktperson": 0.4, "ledsagning": 0.2, "boendestod": 0.2, "ovrigt_sol": 0.1, "korttidsplats": 0.1},
    extras_per_person=0.25,
)
LSS_ADULTS = Category(
    ages=((18, 40, 0.5), (40, 65, 0.4), (65, 85, 0.1)),
    women=0.41,
    mean_years=20,
    leaves={"flytt": 0.4, "avliden": 0.25, "behov_upphort": 0.2, "egen_begaran": 0.15},
    main={
        "lss_daglig_verksamhet": 0.35,
        "lss_boende": 0.35,
        "lss_kontaktperson": 0.13,
        "lss_personlig_assistans": 0.08,
        "lss_ledsagarservice": 0.06,
        "lss_ovrigt": 0.03,
    },
    extra={"lss_kontaktperson": 0.4, "lss_daglig_verksamhet": 0.4, "lss_ledsagarservice": 0.2},
    extras_per_person=0.5,
)
LSS_YOUNG = Category(
    ages=((10, 15, 0.4), (15, 21, 0.6)),
    women=0.4,
    mean_years=8,
    leaves={"flytt": 0.3, "behov_upphort": 0.5, "egen_begaran": 0.2},
    main={
        "lss_korttidsvistelse": 0.55,
        "lss_avlosarservice": 0.2,
        "lss_personlig_assistans": 0.1,
        "lss_ledsagarservice": 0.1,
        "lss_boende": 0.05,
    },
    extra={"lss_avlosarservice": 0.4, "lss_ledsagarservice": 0.3, "lss_kontaktperson": 0.3},
    extras_per_person=0.4,
)
CATEGORIES = (SENIORS, ADULTS, LSS_ADULTS, LSS_YOUNG)

_EXTRA_YEARS = 2.5
_KORTTID_DAYS = (14, 90)


def populations(volumes: Volumes, scale: float) -> tuple[int, ...]:
    """Ongoing people per category; at least one of each."""
    shares = (volumes.seniors, volumes.adults, volumes.lss * 0.85, volumes.lss * 0.15)
    return tuple(max(1, round(share * scale)) for share in shares)


def draw_careers(
    rng: np.random.Generator, ongoing: tuple[int, ...], *, start: int, end: int, middle: date
) -> pd.DataFrame:
    """One row per person: identity, category, first and last day in care, why it ended.

    The number in care is steady: those in care at ``start``, and as many who enter as who leave.
    Days are days since 1970; ``till`` may lie after ``end``.
    """
    taken = np.empty(0, np.int64)
    careers = []
    for number, (category, count) in enumerate(zip(CATEGORIES, ongoing, strict=True)):
        mean = category.mean_years * YEAR
        entering = round(count / mean * (end - start))
        already = rng.exponential(mean, count).astype(np.int64)
        recent = rng.integers(LONGEST_BEFORE_START // 2, LONGEST_BEFORE_START, count)
        already = np.where(already > LONGEST_BEFORE_START, recent, already)
        fran = np.concatenate([start - already, summer_moved(rng, rng.integers(start + 1, end + 1, entering))])
        till = np.maximum(fran, start) + 1 + rng.exponential(mean, count + entering).astype(np.int64)
        people, taken = draw_identities(
            rng, len(fran), at=middle, ages=category.ages, women=category.women, taken=taken
        )
        reasons = [REASONS.index(reason) for reason in category.leaves]
        careers.append(
            pd.DataFrame(
                {
                    "nummer": people.numbers,
                    "fodelsear": people.birth_year,
                    "kvinna": people.woman,
                    "kategori": number,
                    "fran": fran,
                    "till": till,
                    "orsak": np.array(reasons)[choose(rng, list(category.leaves.values()), len(fran))],
                }
            )
        )
    found = pd.concat(careers, ignore_index=True)
    found["skydd"] = choose(rng, (0.997, 0.001, 0.001, 0.001), len(found))
    return found[found["fran"] <= end].reset_index(drop=True)


def draw_episodes(rng: np.random.Generator, careers: pd.DataFrame) -> pd.DataFrame:
    """One row per person and intervention: ``person`` (row of ``careers``), ``grupp``, first and last day, reason."""
    main = _main_episodes(rng, careers)
    extra = _extra_episodes(rng, careers, main)
    return pd.concat([*_moves_to_housing(rng, main), extra], ignore_index=True)


def _groups(rng: np.random.Generator, category: Ints, kind: str) -> Ints:
    group = np.zeros(len(category), np.int64)
    for number, each in enumerate(CATEGORIES):
        weights: dict[str, float] = getattr(each, kind)
        rows = np.flatnonzero(category == number)
        group[rows] = np.array([GROUPS.index(name) for name in weights])[choose(rng, list(weights.values()), len(rows))]
    return group


def _main_episodes(rng: np.random.Generator, careers: pd.DataFrame) -> pd.DataFrame:
    main = careers[["kategori", "fran", "till", "orsak"]].copy()
    main.insert(0, "person", np.arange(len(careers)))
    main["grupp"] = _groups(rng, careers["kategori"].to_numpy(), "main")
    return main


def _moves_to_housing(rng: np.random.Generator, main: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Some who have home care move to special housing: home care ends, housing begins the day after."""
    length = (main["till"] - main["fran"]).to_numpy()
    moves: Bools = (main["grupp"] == GROUPS.index("hemtjanst")).to_numpy() & (rng.random(len(main)) < 0.25)
    moves &= length > 200
    day = (main["fran"].to_numpy() + length * rng.uniform(0.4, 0.9, len(main))).astype(np.int64)
    before, after = main.copy(), main[moves].copy()
    before.loc[moves, "till"] = day[moves]
    before.loc[moves, "orsak"] = REASONS.index("ny_insats")
    after["fran"] = day[moves] + 1
    after["grupp"] = GROUPS.index("sarskilt_boende")
    return before, after


def _extra_episodes(rng: np.random.Generator, careers: pd.DataFrame, main: pd.DataFrame) -> pd.DataFrame:
    category = careers["kategori"].to_numpy()
    rate = np.array([each.extras_per_person for each in CATEGORIES])[category]
    person, _ = expand(rng.poisson(rate * 1.4))  # more than are wanted at one time, since each lasts a part of a career
    career = careers.iloc[person]
    grupp = _groups(rng, category[person], "extra")
    length = (career["till"] - career["fran"]).to_numpy()
    fran = career["fran"].to_numpy() + (length * rng.uniform(0, 0.8, len(person))).astype(np.int64)
    lasts = rng.exponential(_EXTRA_YEARS * YEAR, len(person)).astype(np.int64) + 60
    short = grupp == GROUPS.index("korttidsplats")
    lasts = np.where(short, rng.integers(*_KORTTID_DAYS, len(person)), lasts)
    till = np.minimum(fran + lasts, career["till"].to_numpy())
    with_person = till == career["till"].to_numpy()
    extra = pd.DataFrame(
        {
            "person": person,
            "kategori": category[person],
            "fran": fran,
            "till": till,
            "orsak": np.where(with_person, career["orsak"].to_numpy(), REASONS.index("behov_upphort")),
            "grupp": grupp,
        }
    )
    return extra[grupp != main["grupp"].to_numpy()[person]]


def middle_of(start: date, end: date) -> date:
    """The day halfway between two days."""
    return start + timedelta(days=(end - start).days // 2)
