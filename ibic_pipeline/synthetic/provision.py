"""What providers do: commissions received or not, and versions of their plans."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints, choose, expand, known_by
from ibic_pipeline.synthetic.decisions import FIRST_REFUSAL, Window
from ibic_pipeline.synthetic.municipalities import Behaviour
from ibic_pipeline.synthetic.persons import GROUPS

REGIFORM = ("kommunal", "privat_entreprenad", "privat_lov")
PLAN_STATUS = ("arbetsanteckning", "klarmarkerad", "delgiven", "makulerad")
NOTE, COMPLETED, DELIVERED, CANCELLED = range(4)
PLAN_KIND = ("plan", "rutinbeskrivning", "individuell_plan")
INDIVIDUAL = 2

_HOUSING = {"sarskilt_boende": 1.0, "lss_boende": 1.5}
"""Housing -> how long one waits for it, compared with housing under SoL (an assumption)."""
_RENEWED_NOT_STARTED = 0.2
"""How often what is renewed stops at the renewal, compared with what is new (an assumption)."""
_INDIVIDUAL_PLAN = 0.4
"""People with LSS who accept an individual plan (an assumption: it is offered, 10 § LSS)."""
_GONE_THROUGH_LATE, _LATE_DAYS = 0.25, (40, 300)
"""Individual plans that are not gone through within the year, and how late they then are (assumptions)."""
_PLAN_FACTOR = {"hemtjanst": 1.0, "sarskilt_boende": 0.85, "korttidsplats": 0.1, "trygghetslarm": 0.4}
_PLAN_FACTOR_LSS = 0.7
_MONTHS_TO_SETTLE = 18
_EARLY_MATURITY = 0.3


def draw_commissions(rng: np.random.Generator, decisions: pd.DataFrame, way: Behaviour, window: Window) -> pd.DataFrame:
    """One row per commission known at the extraction.

    Columns: ``beslut`` (row of ``decisions``), ``skickat``, ``mottaget``, ``paborjat``, ``avslutat`` (days),
    ``regiform``, ``utforare`` (number), ``grupp``, ``slut`` (planned or actual last day, ``NEVER`` = open).
    """
    granted = (decisions["utfall"] < FIRST_REFUSAL).to_numpy()
    sent = granted & (rng.random(len(decisions)) < 0.975)
    first = _commission(rng, decisions, np.flatnonzero(sent), way, window)
    changes = (first["paborjat"] < NEVER).to_numpy() & (rng.random(len(first)) < 0.04)
    changes &= (np.minimum(first["slut"], window.end) - first["paborjat"]).to_numpy() > 90
    second = _next_provider(rng, first[changes], way, window)
    handed_over = first["avslutat"].to_numpy().copy()
    handed_over[changes] = second["skickat"].to_numpy()
    first["avslutat"] = handed_over
    every = pd.concat([first, second], ignore_index=True)
    every = every[every["skickat"] <= window.end].sort_values(["beslut", "skickat"], kind="stable")
    return every.reset_index(drop=True)


def _commission(
    rng: np.random.Generator, decisions: pd.DataFrame, rows: Ints, way: Behaviour, window: Window
) -> pd.DataFrame:
    of = decisions.iloc[rows]
    size, group = len(rows), of["grupp"].to_numpy()
    decided, fran = of["beslutad"].to_numpy(), of["fran"].to_numpy()
    last = np.minimum(of["tom"].to_numpy(), of["upphort"].to_numpy())
    sent = decided + rng.integers(0, 8, size)
    received = sent + rng.integers(0, 8, size)
    new = ~of["fortsatt"].to_numpy()
    late = new & (rng.random(size) < way.ej_verkstallt)
    soon = rng.geometric(0.4, size) - 1
    queue = np.array([_HOUSING.get(name, 0.0) for name in GROUPS])[group] * way.vantan_pa_boende / 2
    waited = np.where(new, rng.gamma(2.0, 1.0, size) * queue, 0).astype(np.int64)
    started = np.maximum(received, fran) + np.where(late, rng.integers(95, 300, size), soon + waited)
    stopped = rng.random(size) < way.ej_verkstallt * np.where(new, 1.0, _RENEWED_NOT_STARTED)
    never_started = stopped | (started > last)
    started = np.where(never_started, NEVER, started)
    received = np.where(rng.random(size) < np.where(never_started, 0.4, 0.02), NEVER, received)
    private = rng.random(size) < way.privat
    by_choice = private & (group == GROUPS.index("hemtjanst")) & (rng.random(size) < 0.7)
    form = np.select([by_choice, private], [2, 1], 0)
    return _as_known(rng, rows, sent, received, started, last, form, group, window)


def _next_provider(rng: np.random.Generator, before: pd.DataFrame, way: Behaviour, window: Window) -> pd.DataFrame:
    started, last = before["paborjat"].to_numpy(), before["slut"].to_numpy()
    room = np.minimum(last, window.end) - started - 40
    sent = started + 30 + (room * rng.random(len(before))).astype(np.int64)
    form = np.where(rng.random(len(before)) < way.privat, 1, 0)
    received, begun = sent + rng.integers(0, 5, len(before)), sent + rng.integers(5, 10, len(before))
    rows, group = before["beslut"].to_numpy(), before["grupp"].to_numpy()
    return _as_known(rng, rows, sent, received, begun, last, form, group, window)


def _as_known(
    rng: np.random.Generator,
    rows: Ints,
    sent: Ints,
    received: Ints,
    started: Ints,
    last: Ints,
    form: Ints,
    group: Ints,
    window: Window,
) -> pd.DataFrame:
    size = len(rows)
    started = known_by(started, window.end)
    ended = np.where(last < NEVER, last + rng.integers(0, 4, size), NEVER)
    ended = np.maximum(ended, np.where(started < NEVER, started, 0))
    units = np.array([4 + sum(map(ord, name)) % 9 for name in GROUPS])
    return pd.DataFrame(
        {
            "beslut": rows,
            "skickat": sent,
            "mottaget": known_by(received, window.end),
            "paborjat": started,
            "avslutat": known_by(ended, window.end),
            "regiform": form,
            "utforare": form * 10_000 + group * 100 + (rng.random(size) * units[group]).astype(np.int64),
            "grupp": group,
            "slut": last,
        }
    )


def draw_plans(rng: np.random.Generator, commissions: pd.DataFrame, way: Behaviour, window: Window) -> pd.DataFrame:
    """One row per version of a plan, in the commissions' order.

    Columns: ``uppdrag`` (row of ``commissions``), ``typ``, ``status``, ``upprattad``, ``klarmarkerad``,
    ``delgiven``, ``nasta``, ``kort`` (documented briefly).
    """
    day = np.minimum(commissions["paborjat"], commissions["mottaget"]).to_numpy()
    ends = np.minimum(commissions["avslutat"].to_numpy(), window.end)
    chance = _chance_of_plan(commissions["grupp"].to_numpy(), day, way, window)
    luck = rng.random(len(commissions))
    in_time, late = luck < chance, luck < chance + (1 - chance) * 0.3
    only_note = ~late & (rng.random(len(commissions)) < way.plan_forblir_anteckning)
    has_plan = (day < NEVER) & (late | only_note)
    delay = np.where(in_time, rng.integers(-4, 13, len(day)), 15 + rng.exponential(60, len(day)).astype(np.int64))
    first_ready = day + delay
    years = np.maximum(0, ends - first_ready) / 300
    further = np.where(in_time, rng.binomial(np.minimum(8, years).astype(np.int64), 0.7), 0)
    commission, number = expand(np.where(has_plan, 1 + further, 0))
    ready = first_ready[commission] + number * 300 + np.where(number > 0, rng.integers(-60, 60, len(number)), 0)
    note = only_note[commission] | ((number > 0) & (rng.random(len(number)) < 0.1))
    plans = _versions(rng, commissions, commission, ready, note)
    plans = plans[(plans["upprattad"] <= np.minimum(window.end, ends[commission] + 30))].reset_index(drop=True)
    return _as_plans_known(plans, window)


def draw_individual_plans(
    rng: np.random.Generator, commissions: pd.DataFrame, decisions: pd.DataFrame, window: Window
) -> pd.DataFrame:
    """Individual plans under LSS, as rows like those of ``draw_plans``: made when a person's first intervention
    has begun, and gone through about every year.
    """
    person = decisions["person"].to_numpy()[commissions["beslut"].to_numpy()]
    lss = np.array([name.startswith("lss_") for name in GROUPS])[commissions["grupp"].to_numpy()]
    eligible = lss & (commissions["paborjat"] < NEVER).to_numpy()
    first_group = np.full(person.max(initial=-1) + 1, -1)
    rows = np.flatnonzero(eligible)[::-1]
    first_group[person[rows]] = commissions["grupp"].to_numpy()[rows]  # the first is assigned last
    accepts = rng.random(len(first_group)) < _INDIVIDUAL_PLAN
    eligible &= accepts[person] & (first_group[person] == commissions["grupp"].to_numpy())
    begun = commissions["paborjat"].to_numpy()
    ends = np.minimum(commissions["avslutat"].to_numpy(), window.end)
    commission, number = expand(np.where(eligible, np.maximum(0, ends - begun) // 350 + 1, 0))
    late = (number > 0) & (rng.random(len(number)) < _GONE_THROUGH_LATE)
    between = np.where(number > 0, rng.integers(320, 366, len(number)), rng.integers(10, 120, len(number)))
    days = between + np.where(late, rng.integers(*_LATE_DAYS, len(number)), 0)
    total = np.cumsum(days)
    ready = begun[commission] + total - (total - days)[np.arange(len(number)) - number]
    plans = _versions(rng, commissions, commission, ready, rng.random(len(number)) < 0.1).assign(typ=INDIVIDUAL)
    plans = plans[plans["upprattad"] <= ends[commission]].reset_index(drop=True)
    return _as_plans_known(plans, window)


def _chance_of_plan(group: Ints, day: Ints, way: Behaviour, window: Window) -> np.ndarray:
    factor = [_PLAN_FACTOR.get(name, _PLAN_FACTOR_LSS if name.startswith("lss_") else 0.9) for name in GROUPS]
    if window.migrated >= NEVER:
        maturity = np.ones(len(day))
    else:
        months = (day - window.migrated) / 30.4
        maturity = np.where(months < 0, _EARLY_MATURITY, np.clip(months / _MONTHS_TO_SETTLE, _EARLY_MATURITY, 1))
    return np.asarray(way.plan_i_tid * maturity * np.array(factor)[group])


def _versions(
    rng: np.random.Generator, commissions: pd.DataFrame, commission: Ints, ready: Ints, note: Bools
) -> pd.DataFrame:
    size = len(commission)
    drawn_up = np.maximum(commissions["skickat"].to_numpy()[commission], ready - rng.integers(0, 15, size))
    ready = np.maximum(ready, drawn_up)
    status = np.where(note, NOTE, np.array([COMPLETED, DELIVERED, CANCELLED])[choose(rng, (0.36, 0.6, 0.04), size)])
    delivered = np.where(status == DELIVERED, ready + rng.integers(0, 15, size), NEVER)
    return pd.DataFrame(
        {
            "uppdrag": commission,
            "typ": (rng.random(size) < 0.05).astype(np.int64),
            "status": status,
            "upprattad": drawn_up,
            "klarmarkerad": np.where(note, NEVER, ready),
            "delgiven": delivered,
            "nasta": np.where(rng.random(size) < 0.7, ready + 180, NEVER),
            "kort": rng.random(size) < 0.5,
        }
    )


def _as_plans_known(plans: pd.DataFrame, window: Window) -> pd.DataFrame:
    """What had not happened by the extraction is undone: not yet completed is a working note still."""
    completed = known_by(plans["klarmarkerad"].to_numpy(), window.end)
    delivered = known_by(plans["delgiven"].to_numpy(), window.end)
    status = plans["status"].to_numpy()
    status = np.where((status == DELIVERED) & (delivered == NEVER), COMPLETED, status)
    status = np.where(completed == NEVER, NOTE, status)
    return plans.assign(klarmarkerad=completed, delgiven=np.where(status == DELIVERED, delivered, NEVER), status=status)
