"""The made-up world of one municipality: ten tables that could have been its case system, up to an extraction day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ibic_pipeline.errors import IbicError
from ibic_pipeline.synthetic import world
from ibic_pipeline.synthetic.columns import NEVER, day_number
from ibic_pipeline.synthetic.decisions import Window, draw_decisions
from ibic_pipeline.synthetic.drawn import Drawn
from ibic_pipeline.synthetic.followups import (
    draw_answers,
    draw_follow_ups,
    draw_goal_outcomes,
    draw_goals,
)
from ibic_pipeline.synthetic.investigations import draw_assessments, draw_investigations
from ibic_pipeline.synthetic.municipalities import behaviour, volumes
from ibic_pipeline.synthetic.persons import draw_careers, draw_episodes, middle_of, populations
from ibic_pipeline.synthetic.provision import draw_commissions, draw_individual_plans, draw_plans


def simulate(
    kommunkod: str, *, seed: int, scale: float, start: date, end: date, migrerad: date | None
) -> dict[str, pd.DataFrame]:
    """Simulate a municipality from ``start`` to the extraction day ``end``.

    ``scale`` multiplies its volumes; ``migrerad`` is the day on which the current system replaced the earlier
    one. Equal arguments give equal tables. No event lies after ``end``; days that are planned, and the days
    between which a decision is in force, may.

    Returns:
        Contract table -> frame with the contract's own columns (Arrow dtypes) and contract codes, except that
        ``individ_id`` is the twelve-digit synthetic personal number and free text stands as text.

    Raises:
        IbicError: ``end`` does not come after ``start``, ``scale`` is not positive, or there is no room for
            so many people among the synthetic numbers.
    """
    if end <= start or scale <= 0:
        raise IbicError(
            "an end after the start, and a positive scale", f"{start} to {end}, {scale}", "Correct the arguments."
        )
    way, size = behaviour(kommunkod, seed), volumes(kommunkod, seed)
    migrated = NEVER if migrerad is None else day_number(migrerad)
    window = Window(day_number(start), day_number(end), migrated)
    # A stream of its own per stage: a change in one stage leaves what the stages before it drew.
    people_rng, decision_rng, need_rng, plan_rng, follow_rng, text_rng = (
        np.random.default_rng((seed, int(kommunkod), 10 + stage)) for stage in range(6)
    )
    careers = draw_careers(
        people_rng, populations(size, scale), start=window.start, end=window.end, middle=middle_of(start, end)
    )
    episodes = draw_episodes(people_rng, careers)
    decisions = draw_decisions(decision_rng, episodes, way, window, per_year=size.decisions * scale)
    investigations = draw_investigations(need_rng, decisions, window)
    assessments = draw_assessments(need_rng, investigations, way)
    commissions = draw_commissions(plan_rng, decisions, way, window)
    plans = pd.concat(
        [
            draw_plans(plan_rng, commissions, way, window),
            draw_individual_plans(plan_rng, commissions, decisions, window),
        ],
        ignore_index=True,
    )
    owner = commissions["beslut"].to_numpy()[plans["uppdrag"].to_numpy()]
    goals = draw_goals(follow_rng, decisions, assessments, plans, owner)
    follow_ups = draw_follow_ups(follow_rng, decisions, commissions, plans, way, window)
    drawn = Drawn(
        careers=careers,
        investigations=investigations,
        assessments=assessments,
        decisions=decisions,
        commissions=commissions,
        plans=plans,
        goals=goals,
        follow_ups=follow_ups,
        outcomes=draw_goal_outcomes(follow_rng, goals, follow_ups, way),
        answers=draw_answers(follow_rng, follow_ups, way),
    )
    return world.tables(text_rng, drawn, way, window)
