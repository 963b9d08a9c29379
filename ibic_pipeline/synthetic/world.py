"""The drawn histories written out as world tables: ids, codes, dates and free text in the contracts' columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ibic_pipeline.synthetic import columns as col
from ibic_pipeline.synthetic import followups as fol
from ibic_pipeline.synthetic import persons as per
from ibic_pipeline.synthetic import world_authority, world_provider
from ibic_pipeline.synthetic.decisions import Window
from ibic_pipeline.synthetic.drawn import Drawn, Ids
from ibic_pipeline.synthetic.municipalities import Behaviour


def tables(rng: np.random.Generator, drawn: Drawn, way: Behaviour, window: Window) -> dict[str, pd.DataFrame]:
    """Contract table -> world table."""
    entered = fol.days_entered(drawn.follow_ups, window)
    ids = Ids(
        utredning=col.serial_ids("U", drawn.investigations["inledd"].to_numpy()),
        beslut=col.serial_ids("B", drawn.decisions["beslutad"].to_numpy()),
        uppdrag=col.serial_ids("UPD", drawn.commissions["skickat"].to_numpy()),
        plan=col.serial_ids("GP", drawn.plans["upprattad"].to_numpy()),
        mal=col.serial_ids("M", drawn.goals["dag"].to_numpy()),
        uppfoljning=col.serial_ids("UF", entered),
    )
    person_numbers = drawn.careers["nummer"].to_numpy()
    of_investigation = person_numbers[drawn.investigations["person"].to_numpy()]
    of_decision = person_numbers[drawn.decisions["person"].to_numpy()]
    of_plan = of_decision[drawn.commissions["beslut"].to_numpy()[drawn.plans["uppdrag"].to_numpy()]]
    of_goal = of_decision[drawn.goals["agare"].to_numpy()]
    of_assessment = of_investigation[drawn.assessments["utredning"].to_numpy()]
    goals_of_decision = np.bincount(
        drawn.goals["beslut"].to_numpy()[(drawn.goals["beslut"] != fol.NO_PARENT).to_numpy()],
        minlength=len(drawn.decisions),
    )
    made = (drawn.investigations["bygger_pa"] == np.arange(len(drawn.investigations))).to_numpy()
    found = {
        "individ": _individ(drawn),
        "utredning": world_authority.utredning(rng, drawn.investigations, of_investigation, ids, way),
        "bedomning": world_authority.bedomning(rng, drawn.assessments, of_assessment, ids, way),
        "beslut": world_authority.beslut(rng, drawn, of_decision, ids, window),
        "uppdrag": world_provider.uppdrag(rng, drawn.commissions, goals_of_decision, ids),
        "genomforandeplan": world_provider.genomforandeplan(rng, drawn.plans, of_plan, ids),
        "mal": world_provider.mal(rng, drawn.goals, of_goal, ids, way),
        "uppfoljning": world_provider.uppfoljning(rng, drawn.follow_ups, ids),
        "maluppfyllelse": world_provider.maluppfyllelse(drawn.outcomes, ids),
        "kvalitetssvar": world_provider.kvalitetssvar(drawn.answers, ids),
    }
    found["utredning"] = found["utredning"][made].reset_index(drop=True)
    of_made = made[drawn.assessments["utredning"].to_numpy()]
    found["bedomning"] = found["bedomning"][of_made].reset_index(drop=True)
    return found


def _individ(drawn: Drawn) -> pd.DataFrame:
    seen = np.zeros(len(drawn.careers), bool)
    seen[drawn.investigations["person"].to_numpy()] = True
    people = drawn.careers[seen]
    return col.table(
        "individ",
        {
            "individ_id": col.person_numbers(people["nummer"].to_numpy()),
            "fodelsear": col.integers(people["fodelsear"].to_numpy()),
            "kon": col.codes(("man", "kvinna"), people["kvinna"].to_numpy().astype(np.int64)),
            "skydd": col.codes(per.PROTECTION, people["skydd"].to_numpy()),
        },
    )
