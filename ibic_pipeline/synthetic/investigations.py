"""The investigation behind each decision, those that led to none, and the assessments made in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints, choose, day_number, expand
from ibic_pipeline.synthetic.decisions import Window
from ibic_pipeline.synthetic.municipalities import Behaviour
from schemas.codelists import validity

OUTCOMES = ("beslut", "avskriven", "aterkallad")
ONGOING = len(OUTCOMES)

AREAS: dict[str, tuple[tuple[str, ...], float]] = {
    "d1": (("d160", "d166", "d175", "d177"), 0.4),
    "d2": (("d210", "d220", "d230", "d240", "d298A"), 0.9),
    "d3": (("d310", "d330", "d350", "d360"), 0.4),
    "d4": (("d410", "d420", "d450", "d460", "d465", "d470"), 1.0),
    "d5": (("d510", "d520", "d530", "d540", "d550", "d570", "d598A"), 1.6),
    "d6": (("d620", "d630", "d640", "d650"), 1.6),
    "d7": (("d710", "d750", "d760"), 0.5),
    "d8": (("d845", "d850", "d860", "d870"), 0.3),
    "d9": (("d910", "d920"), 0.7),
    "trygghet": (("b1528C",), 0.9),
    "personligt_stod": (("e398A",), 0.15),
}
"""Life area -> ICF codes that are assessed in it, and how often the area is."""

SAFETY = "b1528C"
SAFETY_BEFORE = "b1528A"
"""*Känsla av otrygghet* was *Känsla av trygghet*, with a code of its own, until the new one became valid."""

_REUSED_BEFORE, _REUSED = 0.15, 0.02
"""Renewals on the investigation of the decision before: often in the earlier system, seldom in the current one, in
which a decision cannot be prolonged (domain: a new investigation is forced). The shares are assumptions."""
_JOINT_DAYS, _JOINT = 10, 0.5
"""Decisions for one person within so many days often come from one investigation (an assumption)."""
_APPLIED_AFTERWARDS = 0.004
"""Applications that are signed when the decision has been made (an assumption)."""

CODES = tuple(sorted({code for codes, _ in AREAS.values() for code in codes} | {SAFETY_BEFORE}))


def draw_investigations(rng: np.random.Generator, decisions: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row per investigation, first those of the decisions, in the decisions' order.

    Columns: ``person``, ``kategori``, ``grupp``, ``ansokt``, ``aktuell``, ``inledd``, ``avslutad`` (days),
    ``utfall`` (position in ``OUTCOMES``; ``ONGOING`` = none yet), ``tidigare`` (documented in the earlier
    system), ``forenklad``, ``bygger_pa`` (row of the investigation that the decision was made on: mostly its own,
    otherwise the own one was never made).
    """
    decided = decisions["beslutad"].to_numpy()
    length = np.minimum(rng.gamma(2.0, 12.0, len(decisions)).astype(np.int64), 180)
    of_decisions = decisions[["person", "kategori", "grupp", "forenklad"]].assign(
        inledd=decided - length, avslutad=decided, utfall=0
    )
    recent = np.flatnonzero(decided >= window.start)
    dropped = _copies(rng, of_decisions, recent, 0.05)
    dropped = dropped.assign(utfall=1 + choose(rng, (0.6, 0.4), len(dropped)))
    late = np.flatnonzero(decided >= window.end - 30)
    ongoing = _copies(rng, of_decisions, late, 0.8).assign(avslutad=NEVER, utfall=ONGOING)
    ongoing["inledd"] = window.end - rng.integers(0, 40, len(ongoing))
    every = pd.concat([of_decisions, dropped, ongoing], ignore_index=True)
    every["aktuell"] = every["inledd"] - rng.integers(0, 6, len(every))
    asked = rng.random(len(every)) < 0.85
    every["ansokt"] = np.where(asked, every["aktuell"] - rng.integers(0, 4, len(every)), NEVER)
    signed = every["avslutad"].to_numpy() + rng.integers(1, 21, len(every))
    afterwards = asked & (rng.random(len(every)) < _APPLIED_AFTERWARDS) & (signed <= window.end)
    every["ansokt"] = np.where(afterwards, signed, every["ansokt"])
    every["bygger_pa"] = np.arange(len(every))
    every.loc[: len(decisions) - 1, "bygger_pa"] = _made_on(rng, decisions, window)
    every["tidigare"] = (window.migrated < NEVER) & (every["inledd"] < window.migrated)
    return every


def _made_on(rng: np.random.Generator, decisions: pd.DataFrame, window: Window) -> Ints:
    """Per decision the row of the investigation that it was made on: its own, or that of an earlier decision."""
    size, decided = len(decisions), decisions["beslutad"].to_numpy()
    share = np.where(decided < window.migrated if window.migrated < NEVER else False, _REUSED_BEFORE, _REUSED)
    made_on = np.arange(size)
    renewal = decisions["fortsatt"].to_numpy() & (rng.random(size) < share)
    joint = rng.random(size) < _JOINT
    for keys, chosen, longest in ((["person", "grupp"], renewal, NEVER), (["person"], joint, _JOINT_DAYS)):
        before = decisions.groupby(keys)["beslutad"].shift().to_numpy()
        row_before = pd.Series(np.arange(size)).groupby([decisions[key] for key in keys]).shift().to_numpy()
        there = chosen & (decided - before <= longest) & (made_on == np.arange(size))
        made_on[there] = row_before[there].astype(np.int64)
    while (made_on != made_on[made_on]).any():
        made_on = made_on[made_on]
    return made_on


def _copies(rng: np.random.Generator, of_decisions: pd.DataFrame, rows: Ints, share: float) -> pd.DataFrame:
    size = round(len(rows) * share)
    return of_decisions.iloc[rng.choice(rows, size)] if len(rows) else of_decisions.iloc[:0]


def draw_assessments(rng: np.random.Generator, investigations: pd.DataFrame, way: Behaviour) -> pd.DataFrame:
    """One row per investigation and assessed ICF code, in the investigations' order.

    Columns: ``utredning`` (row of ``investigations``), ``icf`` (position in ``CODES``), ``omrade`` (position in
    ``AREAS``), ``bedomt``, ``avsett`` (on the scale), ``skala`` (False in the earlier system, which has none).
    """
    size = len(investigations)
    earlier = investigations["tidigare"].to_numpy()
    in_current = np.clip(np.round(rng.normal(way.livsomraden, 0.9, size)), 2, 5)
    wanted = np.where(earlier, rng.integers(7, 10, size), in_current).astype(np.int64)
    closed = investigations["avslutad"].to_numpy()
    # Needs were not documented with ICF codes before the national codes that IBIC builds on.
    assessed: Bools = ~investigations["forenklad"].to_numpy() & (closed < NEVER) & (closed >= _valid_from("d598A"))
    wanted = np.where(assessed, wanted, 0)
    # The areas with the least exponential times are a weighted draw without replacement.
    times = rng.exponential(size=(size, len(AREAS))) / np.array([weight for _, weight in AREAS.values()])
    order = np.argsort(times, axis=1)
    parent, number = expand(wanted)
    area = order[parent, number]
    longest = max(len(codes) for codes, _ in AREAS.values())
    table = np.array([[CODES.index(codes[i % len(codes)]) for i in range(longest)] for codes, _ in AREAS.values()])
    count = np.array([len(codes) for codes, _ in AREAS.values()])[area]
    code = table[area, (rng.random(len(area)) * count).astype(np.int64)]
    code = code_on(code, closed[parent])
    found = np.array([0, 1, 2, 3, 4, 8, 9])[choose(rng, (0.06, 0.25, 0.35, 0.22, 0.06, 0.03, 0.03), len(parent))]
    better = np.maximum(0, found - choose(rng, (0.55, 0.35, 0.10), len(parent)))
    aimed = np.where(found > 4, found, better)
    return pd.DataFrame(
        {
            "utredning": parent,
            "icf": code,
            "omrade": area,
            "bedomt": found,
            "avsett": aimed,
            "skala": ~earlier[parent],
        }
    )


def code_on(code: Ints, day: Ints) -> Ints:
    """The codes (positions in ``CODES``), with that for the feeling of safety which was valid on the day."""
    old, new = CODES.index(SAFETY_BEFORE), CODES.index(SAFETY)
    return np.where((code == old) | (code == new), np.where(day < _valid_from(SAFETY), old, new), code)


def _valid_from(code: str) -> int:
    known = validity("icf").set_index("kod")["giltig_fran"]
    return day_number(known[code])
