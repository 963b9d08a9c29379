"""World tables from the commission on: plans, goals, follow-ups by either party, outcomes, answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.synthetic import columns as col
from ibic_pipeline.synthetic import followups as fol
from ibic_pipeline.synthetic import investigations as inv
from ibic_pipeline.synthetic import provision as pro
from ibic_pipeline.synthetic.columns import Ints
from ibic_pipeline.synthetic.drawn import Ids
from ibic_pipeline.synthetic.municipalities import Behaviour
from ibic_pipeline.synthetic.texts import few_words, free_text, scale_words_only

_GOALS_NOT_COUNTED = 0.02
"""Commissions that do not say how many goals they carry (an assumption)."""
_SHORT, _WORDS_ALONE = 0.08, 0.1
"""Goals with a few words only, and goals in words without a step on the scale (assumptions)."""
_ANSWERS = ("mycket_bra", "ganska_bra", "varken_eller", "ganska_daligt", "mycket_daligt", "vet_inte")


def uppdrag(rng: np.random.Generator, of: pd.DataFrame, goals: Ints, ids: Ids) -> pd.DataFrame:
    size = len(of)
    carried = np.where(rng.random(size) < 0.75, goals[of["beslut"].to_numpy()], 0)
    names, position = np.unique(of["utforare"].to_numpy(), return_inverse=True)
    return col.table(
        "uppdrag",
        {
            "uppdrag_id": ids.uppdrag,
            "beslut_id": col.references(ids.beslut, of["beslut"].to_numpy()),
            "utforare_id": col.codes([f"E{name:05d}" for name in names], position),
            "regiform": col.codes(pro.REGIFORM, of["regiform"].to_numpy(), rng.random(size) >= 0.003),
            "skickat": col.dates(of["skickat"].to_numpy()),
            "mottaget": col.dates(of["mottaget"].to_numpy()),
            "paborjat": col.dates(of["paborjat"].to_numpy()),
            "avslutat": col.dates(of["avslutat"].to_numpy()),
            "antal_mal": col.integers(carried, rng.random(size) >= _GOALS_NOT_COUNTED),
        },
    )


def genomforandeplan(rng: np.random.Generator, of: pd.DataFrame, numbers: Ints, ids: Ids) -> pd.DataFrame:
    size, brief = len(of), of["kort"].to_numpy()
    return col.table(
        "genomforandeplan",
        {
            "plan_id": ids.plan,
            "uppdrag_id": col.references(ids.uppdrag, of["uppdrag"].to_numpy()),
            "typ": col.codes(pro.PLAN_KIND, of["typ"].to_numpy(), rng.random(size) >= 0.003),
            "status": col.codes(pro.PLAN_STATUS, of["status"].to_numpy()),
            "upprattad": col.dates(of["upprattad"].to_numpy()),
            "klarmarkerad": col.dates(of["klarmarkerad"].to_numpy()),
            "delgiven": col.dates(of["delgiven"].to_numpy()),
            "nasta_uppfoljning": col.dates(of["nasta"].to_numpy()),
            "delaktighet_text_langd": free_text(
                rng, "delaktighet", rng.random(size) < np.where(brief, 0.2, 0.8), numbers
            ),
            "onskemal": free_text(rng, "onskemal", rng.random(size) < np.where(brief, 0.2, 0.7), numbers),
        },
    )


def mal(rng: np.random.Generator, of: pd.DataFrame, numbers: Ints, ids: Ids, way: Behaviour) -> pd.DataFrame:
    size, scaled = len(of), of["skala"].to_numpy()
    only_scale = scaled & (rng.random(size) < way.endast_skala)
    text = free_text(rng, "mal", np.ones(size, bool), numbers, sentences=np.where(scaled, 1, 2))
    text = few_words(rng, text, rng.random(size) < _SHORT)
    text = scale_words_only(rng, text, only_scale)
    on_scale = scaled & (only_scale | (rng.random(size) >= _WORDS_ALONE))
    return col.table(
        "mal",
        {
            "mal_id": ids.mal,
            **_parent_columns(of, ids),
            "icf_kod": col.codes(inv.CODES, of["icf"].to_numpy()),
            "avsett": col.integers(of["avsett"].to_numpy(), on_scale),
            "text_langd": text,
            "endast_skala": text,
            "inriktning": col.codes(
                ("utveckla", "bibehalla"), of["bibehalla"].to_numpy().astype(np.int64), rng.random(size) < 0.9
            ),
        },
    )


def uppfoljning(rng: np.random.Generator, of: pd.DataFrame, ids: Ids) -> pd.DataFrame:
    size, done = len(of), (of["status"] == fol.DONE).to_numpy()
    return col.table(
        "uppfoljning",
        {
            "uppfoljning_id": ids.uppfoljning,
            **_parent_columns(of, ids),
            "part": col.codes(fol.PARTS, of["part"].to_numpy()),
            "kanal": col.codes(fol.CHANNELS, of["kanal"].to_numpy()),
            "typ": col.codes(("planerad", "vid_behov"), of["behov"].to_numpy().astype(np.int64)),
            "planerad": col.dates(of["planerad"].to_numpy()),
            "datum": col.dates(of["datum"].to_numpy()),
            "status": col.codes(fol.STATUS, of["status"].to_numpy()),
            "individen_deltog": col.booleans(rng.random(size) < 0.85, done & (rng.random(size) < 0.8)),
            "andrat_behov": col.booleans(rng.random(size) < 0.25, done & (rng.random(size) < 0.7)),
        },
    )


def _parent_columns(of: pd.DataFrame, ids: Ids) -> dict[str, pa.Array]:
    decision, plan = of["beslut"].to_numpy(), of["plan"].to_numpy()
    return {
        "beslut_id": col.references(ids.beslut, np.maximum(decision, 0), decision != fol.NO_PARENT),
        "plan_id": col.references(ids.plan, np.maximum(plan, 0), plan != fol.NO_PARENT),
    }


def maluppfyllelse(of: pd.DataFrame, ids: Ids) -> pd.DataFrame:
    scale = of["skala"].to_numpy()
    return col.table(
        "maluppfyllelse",
        {
            "uppfoljning_id": col.references(ids.uppfoljning, of["uppfoljning"].to_numpy()),
            "mal_id": col.references(ids.mal, of["mal"].to_numpy()),
            "utfall": col.codes(fol.OUTCOMES, of["utfall"].to_numpy()),
            "skala_vid_uppfoljning": col.integers(scale, scale >= 0),
        },
    )


def kvalitetssvar(of: pd.DataFrame, ids: Ids) -> pd.DataFrame:
    return col.table(
        "kvalitetssvar",
        {
            "uppfoljning_id": col.references(ids.uppfoljning, of["uppfoljning"].to_numpy()),
            "fraga": col.codes(("e598A", "e598B"), of["fraga"].to_numpy()),
            "svar": col.codes(_ANSWERS, of["svar"].to_numpy()),
        },
    )
