"""Goals in decisions and plans, follow-ups of both, outcomes of the goals and answers about quality."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints, choose, expand, summer_moved
from ibic_pipeline.synthetic.decisions import FIRST_REFUSAL, Window
from ibic_pipeline.synthetic.investigations import code_on
from ibic_pipeline.synthetic.municipalities import Behaviour
from ibic_pipeline.synthetic.provision import COMPLETED, DELIVERED, INDIVIDUAL

PARTS = ("myndighet", "utforare")
CHANNELS = ("folja_upp", "journal")
STATUS = ("planerad", "pagaende", "klarmarkerad", "makulerad")
PLANNED, ONGOING, DONE, CANCELLED = range(4)
OUTCOMES = ("helt", "delvis", "inte", "ej_bedomt")
NO_PARENT = -1

_AS_STATED = 0.9
"""Outcomes that agree with the functioning on the scale (an assumption)."""
_WITHOUT_NUMBER = 0.02
"""Goals that are followed up with 8 or 9 on the scale (an assumption)."""

_PRIVATE_FACTOR = 17 / 37
"""Private providers follow up less: 17 % against 37 % in a national survey of 2023."""


def draw_goals(
    rng: np.random.Generator, decisions: pd.DataFrame, assessments: pd.DataFrame, plans: pd.DataFrame, owner: Ints
) -> pd.DataFrame:
    """One row per goal, those of decisions first.

    ``assessments`` of the decisions' investigations have the decisions' row numbers as ``utredning``; ``owner``
    is the decision of each plan. Columns: ``beslut``, ``plan`` (rows, or ``NO_PARENT``), ``agare`` (the decision
    in either case), ``icf``, ``avsett``, ``skala``, ``bibehalla``, ``dag`` (the day it was set).
    """
    with_goals = (decisions["utfall"] < FIRST_REFUSAL).to_numpy() & (rng.random(len(decisions)) < 0.93)
    of = assessments["utredning"].to_numpy()
    set_in_decision = (of < len(decisions)) & (rng.random(len(of)) < 0.6)
    set_in_decision &= with_goals[np.minimum(of, len(decisions) - 1)]
    chosen = assessments[set_in_decision]
    in_decision = pd.DataFrame(
        {
            "beslut": chosen["utredning"].to_numpy(),
            "plan": NO_PARENT,
            "agare": chosen["utredning"].to_numpy(),
            "icf": chosen["icf"].to_numpy(),
            "avsett": chosen["avsett"].to_numpy(),
            "skala": chosen["skala"].to_numpy(),
            "bibehalla": (chosen["avsett"] == chosen["bedomt"]).to_numpy(),
            "dag": decisions["beslutad"].to_numpy()[chosen["utredning"].to_numpy()],
        }
    )
    plan, goal = _goals_of_parent(in_decision["agare"].to_numpy(), owner, len(decisions))
    taken_over = (rng.random(len(plan)) < 0.5) & (plans["typ"].to_numpy()[plan] != INDIVIDUAL)
    plan, goal = plan[taken_over], goal[taken_over]
    day = plans["upprattad"].to_numpy()[plan]
    in_plan = in_decision.iloc[goal].assign(beslut=NO_PARENT, plan=plan, dag=day)
    in_plan["icf"] = code_on(in_plan["icf"].to_numpy(), day)
    return pd.concat([in_decision, in_plan], ignore_index=True)


def _goals_of_parent(parent_of_goal: Ints, wanted: Ints, parents: int) -> tuple[Ints, Ints]:
    """Every pair (position in ``wanted``, goal) where the goal's parent is the wanted one; goals in parents' order."""
    order = np.argsort(parent_of_goal, kind="stable")
    counts = np.bincount(parent_of_goal, minlength=parents)
    starts = np.cumsum(counts) - counts
    position, number = expand(counts[wanted])
    return position, order[starts[wanted[position]] + number]


def draw_follow_ups(
    rng: np.random.Generator,
    decisions: pd.DataFrame,
    commissions: pd.DataFrame,
    plans: pd.DataFrame,
    way: Behaviour,
    window: Window,
) -> pd.DataFrame:
    """One row per follow-up, done or not.

    Columns: ``beslut``, ``plan`` (rows, or ``NO_PARENT``), ``part``, ``kanal``, ``status``, ``planerad``,
    ``datum`` (days), ``behov`` (not planned beforehand), ``agare`` (the decision in either case).
    """
    private = np.zeros(len(decisions), bool)
    private[commissions["beslut"].to_numpy()] = (commissions["regiform"] > 0).to_numpy()
    by_authority = _of_decisions(rng, decisions, private, way, window)
    by_provider = _of_plans(rng, commissions, plans, way, window)
    every = pd.concat([by_authority, by_provider, _second_note(rng, by_authority)], ignore_index=True)
    return every[every["datum"].where(every["datum"] < NEVER, every["planerad"]) < NEVER].reset_index(drop=True)


def _of_decisions(
    rng: np.random.Generator, decisions: pd.DataFrame, private: Bools, way: Behaviour, window: Window
) -> pd.DataFrame:
    fran = np.maximum(decisions["fran"], decisions["beslutad"]).to_numpy()
    last = np.minimum(np.minimum(decisions["tom"], decisions["upphort"]).to_numpy(), window.end + 180)
    granted = (decisions["utfall"] < FIRST_REFUSAL).to_numpy()
    every = np.where(rng.random(len(fran)) < 0.3, 180, 330)
    counts = np.where(granted & (fran < NEVER), np.maximum(0, (last - fran) // every), 0)
    decision, number = expand(counts)
    due = fran[decision] + (number + 1) * every[decision] + rng.integers(-50, 36, len(decision))
    due = np.maximum(summer_moved(rng, due), decisions["beslutad"].to_numpy()[decision])
    forgotten = rng.random(len(fran)) < way.aldrig
    factor = np.where(private, _PRIVATE_FACTOR, 1.0)[decision] * ~forgotten[decision]
    in_step = way.folja_upp * np.where(due < window.migrated if window.migrated < NEVER else False, 0.1, 1.0)
    luck = rng.random(len(decision)) / np.maximum(factor, 1e-9)
    made = luck < in_step + way.journal
    channel = np.where(luck < in_step, 0, 1)
    status = np.where(made, np.array([DONE, ONGOING, CANCELLED])[choose(rng, (0.95, 0.03, 0.02), len(due))], PLANNED)
    waiting = ~made & (rng.random(len(due)) < 0.25)
    future = (due > window.end) & (rng.random(len(due)) < 0.6)
    kept = np.where(due > window.end, future, made | waiting)
    status = np.where(due > window.end, PLANNED, status)
    frame = _frame(rng, decision, np.full(len(decision), NO_PARENT), decision, due, channel, status, part=0)
    # Now and then the provider's follow-up stands on the decision instead of on the plan.
    frame["part"] = (rng.random(len(frame)) < 0.02).astype(np.int64)
    return frame[kept]


def _of_plans(
    rng: np.random.Generator, commissions: pd.DataFrame, plans: pd.DataFrame, way: Behaviour, window: Window
) -> pd.DataFrame:
    commission = plans["uppdrag"].to_numpy()
    usable = plans["status"].isin([COMPLETED, DELIVERED]).to_numpy() & (plans["typ"] == 0).to_numpy()
    ready = plans["klarmarkerad"].to_numpy()
    replaced = np.append(np.where(commission[1:] == commission[:-1], ready[1:], NEVER), NEVER)[: len(plans)]
    last = np.minimum(np.minimum(commissions["avslutat"].to_numpy()[commission], replaced), window.end)
    counts = np.where(usable, np.clip((last - ready) // 170, 0, 20), 0)
    plan, number = expand(counts)
    due = summer_moved(rng, ready[plan] + (number + 1) * 170 + rng.integers(-30, 20, len(plan)))
    due = np.maximum(due, plans["upprattad"].to_numpy()[plan])
    private = (commissions["regiform"].to_numpy() > 0)[commission[plan]]
    luck = rng.random(len(plan)) / np.where(private, _PRIVATE_FACTOR, 1.0)
    made = (luck < way.folja_upp + way.journal) & (due <= window.end)
    channel = np.where(luck < way.folja_upp, 0, 1)
    status = np.array([DONE, ONGOING, CANCELLED])[choose(rng, (0.95, 0.03, 0.02), len(plan))]
    owner = commissions["beslut"].to_numpy()[commission[plan]]
    frame = _frame(rng, np.full(len(plan), NO_PARENT), plan, owner, due, channel, status, part=1)
    frame["part"] = (rng.random(len(frame)) >= 0.01).astype(np.int64)
    return frame[made]


def _frame(
    rng: np.random.Generator,
    decision: Ints,
    plan: Ints,
    owner: Ints,
    due: Ints,
    channel: Ints,
    status: Ints,
    *,
    part: int,
) -> pd.DataFrame:
    size = len(due)
    unplanned = (rng.random(size) < 0.12) & (status != PLANNED)
    not_dated = (status == PLANNED) | ((status == ONGOING) & (rng.random(size) < 0.5))
    return pd.DataFrame(
        {
            "beslut": decision,
            "plan": plan,
            "agare": owner,
            "part": part,
            "kanal": channel,
            "status": status,
            "planerad": np.where(unplanned, NEVER, due - np.where(not_dated, 0, rng.integers(-5, 25, size))),
            "datum": np.where(not_dated, NEVER, due),
            "behov": unplanned,
        }
    )


def _second_note(rng: np.random.Generator, follow_ups: pd.DataFrame) -> pd.DataFrame:
    """Some that were made in the process step are also noted in the journal the same day."""
    again = (follow_ups["kanal"] == 0).to_numpy() & (follow_ups["status"] == DONE).to_numpy()
    again &= rng.random(len(follow_ups)) < 0.03
    return follow_ups[again].assign(kanal=1, planerad=NEVER, behov=True)


def draw_goal_outcomes(
    rng: np.random.Generator, goals: pd.DataFrame, follow_ups: pd.DataFrame, way: Behaviour
) -> pd.DataFrame:
    """One row per follow-up and goal assessed in it: ``uppfoljning``, ``mal`` (rows), ``utfall``, ``skala``.

    ``skala`` is the functioning at the follow-up on the scale, -1 where it was not given.
    """
    pairs = [_pairs(goals, follow_ups, kind) for kind in ("beslut", "plan")]
    follow_up, goal = (np.concatenate(side) for side in zip(*pairs, strict=True))
    in_step = (follow_ups["kanal"] == 0).to_numpy()
    done = (follow_ups["status"] == DONE).to_numpy()
    ongoing = (follow_ups["status"] == ONGOING).to_numpy() & (rng.random(len(follow_ups)) < 0.02)
    share = np.where(in_step, 0.85, 0.15) * (done | ongoing)
    assessed_at_all = rng.random(len(follow_ups)) < share
    assessed = assessed_at_all[follow_up] & (rng.random(len(goal)) < way.mal_bedoms)
    follow_up, goal = follow_up[assessed], goal[assessed]
    outcome = choose(rng, way.utfall, len(goal))
    aimed = goals["avsett"].to_numpy()[goal]
    measured = _on_the_scale(rng, aimed, outcome)
    scaled = goals["skala"].to_numpy()[goal] & in_step[follow_up] & (aimed <= 4) & (outcome < 3)
    scaled &= rng.random(len(goal)) < 0.85
    found = pd.DataFrame(
        {"uppfoljning": follow_up, "mal": goal, "utfall": outcome, "skala": np.where(scaled, measured, -1)}
    )
    return found.sort_values(["uppfoljning", "mal"], kind="stable").reset_index(drop=True)


def _on_the_scale(rng: np.random.Generator, aimed: Ints, outcome: Ints) -> Ints:
    """The functioning at follow-ups: mostly as far from the aim as the outcome says, now and then no number."""
    size = len(aimed)
    off = np.where(rng.random(size) < _AS_STATED, 0, np.array([-1, 1, 2])[rng.integers(0, 3, size)])
    level = np.clip(aimed + outcome + off, 0, 4)
    return np.where(rng.random(size) < _WITHOUT_NUMBER, rng.integers(8, 10, size), level)


def _pairs(goals: pd.DataFrame, follow_ups: pd.DataFrame, kind: str) -> tuple[Ints, Ints]:
    of_goal, of_follow_up = goals[kind].to_numpy(), follow_ups[kind].to_numpy()
    goal_rows, follow_rows = np.flatnonzero(of_goal != NO_PARENT), np.flatnonzero(of_follow_up != NO_PARENT)
    parents = int(max(of_goal.max(initial=-1), of_follow_up.max(initial=-1))) + 1
    position, goal = _goals_of_parent(of_goal[goal_rows], of_follow_up[follow_rows], parents)
    return follow_rows[position], goal_rows[goal]


def draw_answers(rng: np.random.Generator, follow_ups: pd.DataFrame, way: Behaviour) -> pd.DataFrame:
    """One row per follow-up and question: ``uppfoljning`` (row), ``fraga``, ``svar`` (positions in code lists)."""
    asked = (follow_ups["kanal"] == 0).to_numpy() & (follow_ups["status"] == DONE).to_numpy()
    asked &= rng.random(len(follow_ups)) < way.kvalitet
    rows = np.flatnonzero(asked)
    follow_up, question = np.repeat(rows, 2), np.tile([0, 1], len(rows))
    answered = rng.random(len(follow_up)) < 0.9
    answer = choose(rng, (0.35, 0.35, 0.12, 0.07, 0.03, 0.08), len(follow_up))
    return pd.DataFrame({"uppfoljning": follow_up, "fraga": question, "svar": answer})[answered]


def days_entered(follow_ups: pd.DataFrame, window: Window) -> Ints:
    """The day by which each follow-up had been entered in the system; not later than the extraction."""
    day = np.minimum(follow_ups["datum"].to_numpy(), follow_ups["planerad"].to_numpy())
    return np.asarray(np.minimum(day, window.end))
