"""The tables of a world as numpy arrays, for the true figures: what the definitions ask of each row.

Days are days since 1970 and ``NEVER`` is no day; references are row numbers and ``NO_ROW`` is none.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ibic_pipeline.synthetic.columns import NEVER
from ibic_pipeline.synthetic.truth_parameters import intervention_groups
from ibic_pipeline.synthetic.truth_reading import (
    NO_ROW,
    Table,
    coded,
    days,
    is_one_of,
    is_there,
    is_true,
    lengths,
    numbers,
    on_the_scale,
    only_scale_words,
    ranks,
    rows_of,
    same_codes,
    translated,
    with_none,
)

_GRANTED = ("bifall", "delvis_bifall")


def investigations(world: dict[str, pd.DataFrame], people: Table) -> Table:
    """Investigations, with the person's groupings."""
    of = world["utredning"]
    who = rows_of(of["individ_id"], world["individ"]["individ_id"])
    return {
        **{name: values[who] for name, values in people.items()},
        "lag": coded(translated(of["lagrum"], "lagrum", "lag"), ["SoL", "LSS"]),
        **{name: days(of[name]) for name in ("ansokan_datum", "inledd", "avslutad")},
        "avskriven": is_one_of(of["utfall"], "avskriven"),
        "individen_sjalv": is_one_of(of["uppgifter_fran"], "individen", "individen_och_andra"),
        "uppfattning": lengths(of["individens_uppfattning"]) > 0,
        "delar": np.stack(
            [
                is_there(of["uppgifter_fran"]),
                is_true(of["samtycke"]),
                is_true(of["informerat_samtal"]),
                lengths(of["individens_uppfattning"]) > 0,
                lengths(of["samlad_bedomning"]) > 0,
                is_true(of["kommunicerad"]),
            ]
        ).sum(axis=0),
    }


def assessments(world: dict[str, pd.DataFrame]) -> Table:
    """Assessments of needs."""
    of = world["bedomning"]
    return {
        "utredning": rows_of(of["utredning_id"], world["utredning"]["utredning_id"]),
        "icf": same_codes(of["icf_kod"], world["mal"]["icf_kod"])[0],
        "tal": on_the_scale(of["bedomt"]),
        "utan_tal": np.isin(numbers(of["bedomt"]), (8, 9)),
        "resurser": lengths(of["resurser"]) > 0,
    }


def decisions(world: dict[str, pd.DataFrame], people: Table, investigation: Table) -> Table:
    """Decisions, with the person's groupings."""
    of = world["beslut"]
    who = rows_of(of["individ_id"], world["individ"]["individ_id"])
    investigated = rows_of(of["utredning_id"], world["utredning"]["utredning_id"])
    insatsgrupp = coded(translated(of["insats"], "insats", "insatsgrupp"), intervention_groups())
    fran, tom, upphort = days(of["galler_fran"]), days(of["galler_tom"]), days(of["upphort"])
    granted = is_one_of(of["utfall"], *_GRANTED)
    slut = np.minimum(tom, upphort)
    return {
        **{name: values[who] for name, values in people.items()},
        "person": who,
        "ordning": ranks(of["beslut_id"]),
        "utredning": investigated,
        "utredning_angiven": is_there(of["utredning_id"]),
        "ansokan": with_none(investigation["ansokan_datum"], NEVER)[investigated],
        "beslutad": days(of["beslutsdatum"]),
        "fran": fran,
        "tom": tom,
        "upphort": upphort,
        "slut": slut,
        "verkstallt": days(of["verkstallt"]),
        "vill_vanta": is_one_of(of["ej_verkstallt_skal"], "vill_vanta"),
        "beviljad": granted,
        "gallande": granted & (fran < NEVER) & (slut >= fran),
        "avslag": is_one_of(of["utfall"], "avslag"),
        "insatsgrupp": insatsgrupp,
        "lag": coded(translated(of["lagrum"], "lagrum", "lag"), ["SoL", "LSS"]),
        "omfattning": of["omfattning"].to_numpy(np.float64, na_value=np.nan),
        "enhet": pd.factorize(of["omfattning_enhet"])[0],
        "utan_prov": is_one_of(translated(of["lagrum"], "lagrum", "utan_behovsprovning"), "ja")
        | is_true(of["utan_behovsprovning"]),
    }


def commissions(world: dict[str, pd.DataFrame], decision: Table) -> Table:
    """Commissions, with the day on which each began."""
    of = world["uppdrag"]
    whose = rows_of(of["beslut_id"], world["beslut"]["beslut_id"])
    sent, received, begun, ended = (days(of[name]) for name in ("skickat", "mottaget", "paborjat", "avslutat"))
    start = np.where(begun < NEVER, begun, received)
    handed = np.where(sent < NEVER, sent, decision["beslutad"][whose])
    return {
        "beslut": whose,
        "ordning": ranks(of["uppdrag_id"]),
        "skickat": sent,
        "lamnat": np.where(sent < NEVER, sent, received),
        "start": np.where(start < NEVER, start, handed),
        "ej_paborjat": start == NEVER,
        "avslutat": ended,
        "slut": np.minimum(ended, decision["slut"][whose]),
        "antal_mal": numbers(of["antal_mal"]),
    }


def plans(world: dict[str, pd.DataFrame], commission: Table) -> Table:
    """Plans, with their decisions."""
    of = world["genomforandeplan"]
    kind = {name: is_one_of(of["typ"], name) for name in ("plan", "rutinbeskrivning", "individuell_plan")}
    kind["plan"] |= ~is_there(of["typ"])
    completed = is_one_of(of["status"], "klarmarkerad", "delgiven")
    whose = rows_of(of["uppdrag_id"], world["uppdrag"]["uppdrag_id"])
    return {
        "uppdrag": whose,
        "beslut": commission["beslut"][whose],
        "upprattad": days(of["upprattad"]),
        "klar": np.where(completed, days(of["klarmarkerad"]), NEVER),
        "galler": kind["plan"] & completed & is_there(of["klarmarkerad"]),
        **kind,
        "makulerad": is_one_of(of["status"], "makulerad"),
        "delaktighet": (lengths(of["delaktighet_text_langd"]) > 0) | (lengths(of["onskemal"]) > 0),
    }


def goals(world: dict[str, pd.DataFrame], plan: Table) -> Table:
    """Goals, with the day on which each was set."""
    of = world["mal"]
    in_plan = rows_of(of["plan_id"], world["genomforandeplan"]["plan_id"])
    drawn_up = np.where(plan["upprattad"] < NEVER, plan["upprattad"], plan["klar"])
    decided = rows_of(of["beslut_id"], world["beslut"]["beslut_id"])
    return {
        "beslut": decided,
        "plan": in_plan,
        "dag": np.where(
            in_plan != NO_ROW,
            with_none(drawn_up, NEVER)[in_plan],
            with_none(days(world["beslut"]["beslutsdatum"]), NEVER)[decided],
        ),
        "icf": same_codes(world["bedomning"]["icf_kod"], of["icf_kod"])[1],
        "avsett": on_the_scale(of["avsett"]),
        "langd": lengths(of["text_langd"]),
        "endast_skala": only_scale_words(of["endast_skala"]),
    }


def follow_ups(world: dict[str, pd.DataFrame], plan: Table) -> Table:
    """Follow-ups, with the decision that each is about."""
    of, answers = world["uppfoljning"], world["kvalitetssvar"]
    answered = np.zeros(len(of) + 1, bool)
    answered[rows_of(answers["uppfoljning_id"], of["uppfoljning_id"])] = True
    decided = rows_of(of["beslut_id"], world["beslut"]["beslut_id"])
    of_plan = rows_of(of["plan_id"], world["genomforandeplan"]["plan_id"])
    return {
        "beslut": decided,
        "plan": of_plan,
        "agare": np.where(of_plan == NO_ROW, decided, with_none(plan["beslut"], NO_ROW)[of_plan]),
        "datum": days(of["datum"]),
        "gjord": is_one_of(of["status"], "klarmarkerad") & is_there(of["datum"]),
        "myndighet": is_one_of(of["part"], "myndighet"),
        "i_steg": is_one_of(of["kanal"], "folja_upp"),
        "svar": answered[:-1],
        "ordning": ranks(of["uppfoljning_id"]),
    }


def outcomes(world: dict[str, pd.DataFrame]) -> Table:
    """Outcomes of goals at follow-ups."""
    of = world["maluppfyllelse"]
    return {
        "uppfoljning": rows_of(of["uppfoljning_id"], world["uppfoljning"]["uppfoljning_id"]),
        "mal": rows_of(of["mal_id"], world["mal"]["mal_id"]),
        "uppfoljt": on_the_scale(of["skala_vid_uppfoljning"]),
        **{utfall: is_one_of(of["utfall"], utfall) for utfall in ("helt", "delvis", "ej_bedomt")},
    }
