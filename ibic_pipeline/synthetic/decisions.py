"""Chains of decisions within each episode: time-limited with renewals, or until further notice; and refusals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints, choose, expand
from ibic_pipeline.synthetic.municipalities import Behaviour
from ibic_pipeline.synthetic.persons import CATEGORIES, GROUPS, REASONS, YEAR

OUTCOMES = ("bifall", "delvis_bifall", "avslag", "avvisat", "avskrivet")
FIRST_REFUSAL = 2

_TILLS_VIDARE_REDONE_PER_YEAR = 0.15
_LONG_TERM = ("sarskilt_boende", "lss_boende", "lss_daglig_verksamhet", "trygghetslarm", "lss_personlig_assistans")
_SIMPLIFIED = ("hemtjanst", "trygghetslarm", "matdistribution")
_UNITS = {
    "hemtjanst": ("timmar_per_manad", 28.0),
    "boendestod": ("timmar_per_vecka", 4.0),
    "dagverksamhet": ("dagar_per_vecka", 2.5),
    "korttidsplats": ("dygn_per_manad", 14.0),
    "avlosning": ("timmar_per_manad", 12.0),
    "ledsagning": ("timmar_per_manad", 8.0),
    "kontaktperson": ("tillfallen_per_manad", 3.0),
    "lss_daglig_verksamhet": ("dagar_per_vecka", 4.5),
    "lss_korttidsvistelse": ("dygn_per_manad", 5.0),
    "lss_personlig_assistans": ("timmar_per_vecka", 60.0),
    "lss_ledsagarservice": ("timmar_per_manad", 14.0),
    "lss_kontaktperson": ("tillfallen_per_manad", 3.0),
    "lss_avlosarservice": ("timmar_per_manad", 12.0),
}
_BEFORE_IT_BEGAN = tuple(REASONS.index(reason) for reason in ("avliden", "flytt", "egen_begaran"))
EXTENT_UNITS = tuple(sorted({unit for unit, _ in _UNITS.values()}))


@dataclass(frozen=True)
class Window:
    """The simulated days: from ``start`` to the extraction, ``end``; ``migrated`` is ``NEVER`` without migration."""

    start: int
    end: int
    migrated: int


def draw_decisions(
    rng: np.random.Generator, episodes: pd.DataFrame, way: Behaviour, window: Window, *, per_year: float
) -> pd.DataFrame:
    """One row per decision known at the extraction that is in force on or after ``window.start``, in order of day.

    Columns (days since 1970, ``NEVER`` = absent): ``person``, ``kategori``, ``grupp``, ``utfall`` (position in
    ``OUTCOMES``), ``beslutad``, ``fran``, ``tom``, ``upphort``, ``orsak``, ``fortsatt`` (a renewal),
    ``omfattning``, ``forenklad`` (without assessment of needs). About ``per_year`` decisions are made a year.
    """
    limited = _time_limited(rng, episodes, way)
    wanted = per_year * (window.end - window.start) / YEAR * (1 - way.avslag)
    step = _days_between(episodes, limited, window, wanted)
    chains = _chains(rng, episodes, limited, step, window)
    granted = _outcomes_of_granted(rng, _endings(rng, chains, episodes, window))
    granted["omfattning"] = _extent(rng, granted, way)
    decisions = pd.concat([granted, _refusals(rng, granted, way, window)], ignore_index=True)
    # The choice is made per person and intervention, so that it holds through a chain.
    chosen = np.random.default_rng(rng.integers(2**32)).random((episodes["person"].max() + 1, len(GROUPS)))
    simplified = np.isin(decisions["grupp"], [GROUPS.index(name) for name in _SIMPLIFIED])
    decisions["forenklad"] = simplified & (
        chosen[decisions["person"], decisions["grupp"]] < way.utan_behovsprovning / 0.7
    )
    return decisions.sort_values(["beslutad", "person", "grupp", "fran"], kind="stable").reset_index(drop=True)


def _time_limited(rng: np.random.Generator, episodes: pd.DataFrame, way: Behaviour) -> Bools:
    group = episodes["grupp"].to_numpy()
    long_term = np.isin(group, [GROUPS.index(name) for name in _LONG_TERM])
    share = np.where(long_term, way.tidsbegransade * 0.5, np.minimum(1.0, way.tidsbegransade * 1.25))
    return np.asarray((rng.random(len(group)) < share) | (group == GROUPS.index("korttidsplats")))


def _days_between(episodes: pd.DataFrame, limited: Bools, window: Window, wanted: float) -> Ints:
    """The mean length of each episode's decisions, set so that renewals make up the wanted number."""
    fran, till = episodes["fran"].to_numpy(), episodes["till"].to_numpy()
    inside = np.maximum(0, np.minimum(till, window.end) - np.maximum(fran, window.start))
    single = episodes["grupp"].to_numpy() == GROUPS.index("korttidsplats")
    new = int(((fran >= window.start) & (fran <= window.end)).sum())
    redone = float(inside[~limited].sum()) / YEAR * _TILLS_VIDARE_REDONE_PER_YEAR
    renewals = max(1.0, wanted - new - redone)
    length = int(np.clip(inside[limited & ~single].sum() / renewals, 0.4 * YEAR, 3 * YEAR))
    until_redone = round(YEAR / _TILLS_VIDARE_REDONE_PER_YEAR)
    return np.where(single, 10 * NEVER, np.where(limited, length, until_redone))


def _chains(
    rng: np.random.Generator, episodes: pd.DataFrame, limited: Bools, step: Ints, window: Window
) -> pd.DataFrame:
    fran, till = episodes["fran"].to_numpy(), episodes["till"].to_numpy()
    single = step > NEVER
    # What was decided and ran out long before the window is never seen, so limited chains begin near it.
    first = np.where(limited & ~single, np.maximum(fran, window.start - round(1.5 * YEAR)), fran)
    last = np.minimum(till, window.end + 60)
    shortest = np.where(limited, 0.6 * step, 200)
    counts = np.maximum(0, np.ceil((last - first + 1) / shortest)).astype(np.int64) + 1
    episode, number = expand(np.where(single, 1, counts))
    size = len(episode)
    spread = np.where(limited[episode], rng.uniform(0.6, 1.4, size), np.maximum(0.1, rng.exponential(1.0, size)))
    length = np.maximum(np.where(limited[episode], 30, 200), (step[episode] * spread).astype(np.int64))
    length = np.where(single[episode], (till - fran + 1)[episode], length)
    gap = np.array([0, 1, -1])[choose(rng, (0.81, 0.12, 0.07), size)] * rng.integers(2, 30, size)
    advance = length + np.where(limited[episode], gap, 0)
    before = np.cumsum(advance) - advance
    starts = np.cumsum(counts := np.bincount(episode, minlength=len(episodes))) - counts
    begins = first[episode] + before - before[starts[episode]]
    retroactive = rng.random(size) < 0.05
    decided = begins - np.where(retroactive, -rng.integers(1, 7, size), rng.integers(0, 15, size))
    chain = pd.DataFrame(
        {
            "episod": episode,
            "person": episodes["person"].to_numpy()[episode],
            "kategori": episodes["kategori"].to_numpy()[episode],
            "grupp": episodes["grupp"].to_numpy()[episode],
            "fran": begins,
            "tom": np.where(limited[episode], begins + length - 1, NEVER),
            "beslutad": decided,
            "fortsatt": (number > 0) | (first > fran)[episode],
        }
    )
    # A person may die, move or decline after the decision and before its first day.
    never_begun = (decided <= till[episode]) & np.isin(episodes["orsak"].to_numpy()[episode], _BEFORE_IT_BEGAN)
    kept = ((begins <= till[episode]) | never_begun) & (decided <= window.end)
    return chain[kept].reset_index(drop=True)


def _endings(rng: np.random.Generator, chain: pd.DataFrame, episodes: pd.DataFrame, window: Window) -> pd.DataFrame:
    """When and why each decision ceased early: replaced by the next, or because the episode ended."""
    episode, tom = chain["episod"].to_numpy(), chain["tom"].to_numpy()
    following = np.append(episode[1:] == episode[:-1], False)
    next_begins = np.append(chain["fran"].to_numpy()[1:], NEVER)
    till, reason = episodes["till"].to_numpy()[episode], episodes["orsak"].to_numpy()[episode]
    replaced = following & (tom == NEVER) & (next_begins <= till)
    early = ~replaced & (till < tom)
    ran_out = ~replaced & ~early & ~following & (tom <= window.end) & (rng.random(len(chain)) < 0.3)
    ceased = np.select([replaced, early, ran_out], [next_begins - 1, till, tom], NEVER)
    why = np.select([replaced, early, ran_out], [REASONS.index("ny_insats"), reason, REASONS.index("lopt_ut")], 0)
    chain["upphort"] = np.where(ceased <= window.end, ceased, NEVER)
    chain["orsak"] = why
    in_force = np.minimum(tom, chain["upphort"].to_numpy()) >= window.start
    return chain[in_force].reset_index(drop=True)


def _outcomes_of_granted(rng: np.random.Generator, chain: pd.DataFrame) -> pd.DataFrame:
    chain["utfall"] = (rng.random(len(chain)) < np.where(chain["fortsatt"], 0.05, 0.12)).astype(np.int64)
    return chain


def _extent(rng: np.random.Generator, chain: pd.DataFrame, way: Behaviour) -> np.ndarray:
    """The granted extent; it changes only in renewals with changed need. 0 where the group has none."""
    group, episode = chain["grupp"].to_numpy(), chain["episod"].to_numpy()
    typical = np.array([_UNITS[name][1] if name in _UNITS else 0.0 for name in GROUPS])[group]
    first = np.append(True, episode[1:] != episode[:-1])
    changed = ~first & (rng.random(len(chain)) >= way.oforandrat_behov)
    drift = np.where(first, rng.normal(0, 0.5, len(chain)), np.where(changed, rng.normal(0.15, 0.4, len(chain)), 0.0))
    total = np.cumsum(drift)
    start_of = np.maximum.accumulate(np.where(first, np.arange(len(chain)), 0))
    level = total - (total - drift)[start_of]
    return np.asarray(np.where(typical > 0, np.maximum(0.5, np.round(typical * np.exp(level) * 2) / 2), 0.0))


def _refusals(rng: np.random.Generator, granted: pd.DataFrame, way: Behaviour, window: Window) -> pd.DataFrame:
    """Refusals to people who already have something, asked for at about the time of another decision."""
    in_window = np.flatnonzero((granted["beslutad"] >= window.start).to_numpy())
    size = round(len(in_window) * way.avslag / (1 - way.avslag))
    beside = granted.iloc[rng.choice(in_window, size)] if len(in_window) else granted.iloc[:0]
    decided = np.minimum(beside["beslutad"].to_numpy() + rng.integers(0, 120, len(beside)), window.end)
    category = beside["kategori"].to_numpy()
    group = np.zeros(len(beside), np.int64)
    for number, each in enumerate(CATEGORIES):
        rows = np.flatnonzero(category == number)
        names = np.array([GROUPS.index(name) for name in each.main])
        group[rows] = names[choose(rng, list(each.main.values()), len(rows))]
    dated = rng.random(len(beside)) < 0.4
    limited = dated & (rng.random(len(beside)) < 0.5)
    return pd.DataFrame(
        {
            "episod": -1,
            "person": beside["person"].to_numpy(),
            "kategori": category,
            "grupp": group,
            "fran": np.where(dated, decided + 1, NEVER),
            "tom": np.where(limited, decided + 180, NEVER),
            "beslutad": decided,
            "fortsatt": False,
            "upphort": NEVER,
            "orsak": 0,
            "utfall": FIRST_REFUSAL + choose(rng, (0.85, 0.05, 0.10), len(beside)),
            "omfattning": 0.0,
        }
    )


def extent_units(group: Ints) -> Ints:
    """Position in ``EXTENT_UNITS`` of each group's unit; 0 for groups without one."""
    positions = [EXTENT_UNITS.index(_UNITS[name][0]) if name in _UNITS else 0 for name in GROUPS]
    return np.array(positions)[group]
