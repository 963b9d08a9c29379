"""World tables that the authority writes: investigations, assessments, decisions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.synthetic import columns as col
from ibic_pipeline.synthetic import decisions as dec
from ibic_pipeline.synthetic import investigations as inv
from ibic_pipeline.synthetic import persons as per
from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints
from ibic_pipeline.synthetic.decisions import Window
from ibic_pipeline.synthetic.drawn import Drawn, Ids
from ibic_pipeline.synthetic.municipalities import EARLIER_SYSTEM, Behaviour
from ibic_pipeline.synthetic.texts import free_text
from schemas.codelists import codelist

NEW_ACT = 20_270
"""2025-07-01, from which the Social Services Act of 2025 applies, in days since 1970."""

_LAWS = ("sol_2001", "sol_2025", "lss", "sol_2001_utan_behovsprovning", "sol_2025_utan_behovsprovning")
_INFORMANTS = ("individen", "individen_och_andra", "foretradare", "anhorig", "professionell")
_WITHOUT_COMMISSION = 0.8
"""Decisions without any documented commission that are carried out all the same (an assumption)."""
_LATE_DAYS, _REASON_OF_LATE = 92, 0.7
"""Decisions carried out later than so many days keep their reason this often (an assumption)."""
_NOT_CARRIED_OUT = ("resursbrist", "vill_vanta", "tackat_nej", "ovrigt")


def utredning(rng: np.random.Generator, of: pd.DataFrame, numbers: Ints, ids: Ids, way: Behaviour) -> pd.DataFrame:
    size = len(of)
    earlier = of["tidigare"].to_numpy()
    finished = (of["utfall"] != inv.ONGOING).to_numpy()

    def documented(share_now: float, share_earlier: float) -> Bools:
        return np.asarray(finished & (rng.random(size) < np.where(earlier, share_earlier, share_now)))

    return col.table(
        "utredning",
        {
            "utredning_id": ids.utredning,
            "individ_id": col.person_numbers(numbers),
            "lagrum": col.codes(_LAWS, _law(of["grupp"].to_numpy(), of["inledd"].to_numpy())),
            "kallsystem": col.codes(("combine", EARLIER_SYSTEM), earlier.astype(np.int64)),
            "aktualiserad": col.dates(of["aktuell"].to_numpy()),
            "ansokan_datum": col.dates(of["ansokt"].to_numpy()),
            "ansokan_text_langd": free_text(rng, "ansokan", rng.random(size) < 0.6, numbers),
            "inledd": col.dates(of["inledd"].to_numpy()),
            "avslutad": col.dates(of["avslutad"].to_numpy()),
            "utfall": col.codes(inv.OUTCOMES, np.where(finished, of["utfall"].to_numpy(), 0), finished),
            "uppgifter_fran": col.codes(
                _INFORMANTS, col.choose(rng, (0.4, 0.3, 0.1, 0.15, 0.05), size), documented(0.8, 0.7)
            ),
            "individens_uppfattning": free_text(
                rng, "uppfattning", documented(way.uppfattning, min(0.95, way.uppfattning + 0.2)), numbers
            ),
            "samtycke": col.booleans(rng.random(size) < 0.9, documented(0.7, 0.6)),
            "informerat_samtal": col.booleans(rng.random(size) < 0.7, documented(0.6, 0.5)),
            "samlad_bedomning": free_text(
                rng, "bedomning", documented(0.7, 0.85), numbers, sentences=rng.integers(1, 4, size)
            ),
            "kommunicerad": col.booleans(rng.random(size) < 0.8, documented(0.75, 0.75)),
        },
    )


def bedomning(rng: np.random.Generator, of: pd.DataFrame, numbers: Ints, ids: Ids, way: Behaviour) -> pd.DataFrame:
    size, scaled = len(of), of["skala"].to_numpy()
    sentences = np.where(scaled, 1, rng.integers(2, 5, size))
    aimed: Bools = ~scaled | (rng.random(size) < 0.9)
    aimed_text = ~scaled | (rng.random(size) < 1 - way.endast_skala)
    return col.table(
        "bedomning",
        {
            "utredning_id": col.references(ids.utredning, of["utredning"].to_numpy()),
            "icf_kod": col.codes(inv.CODES, of["icf"].to_numpy()),
            "livsomrade": col.codes(tuple(inv.AREAS), of["omrade"].to_numpy()),
            "bedomt": col.integers(of["bedomt"].to_numpy(), scaled),
            "bedomt_text_langd": free_text(
                rng, "bedomning", ~scaled | (rng.random(size) < 0.6), numbers, sentences=sentences
            ),
            "avsett": col.integers(of["avsett"].to_numpy(), scaled & aimed),
            "avsett_text_langd": free_text(rng, "mal", aimed_text, numbers, sentences=sentences),
            "resurser": free_text(rng, "resurser", rng.random(size) < np.where(scaled, 0.25, 0.6), numbers),
            "relaterade_faktorer": free_text(rng, "faktorer", rng.random(size) < 0.4, numbers),
        },
    )


def beslut(rng: np.random.Generator, drawn: Drawn, numbers: Ints, ids: Ids, window: Window) -> pd.DataFrame:
    of = drawn.decisions
    size, group = len(of), of["grupp"].to_numpy()
    fran, tom, decided = of["fran"].to_numpy(), of["tom"].to_numpy(), of["beslutad"].to_numpy()
    granted = (of["utfall"] < dec.FIRST_REFUSAL).to_numpy()
    carried_out = np.full(size, NEVER)
    np.minimum.at(carried_out, drawn.commissions["beslut"].to_numpy(), drawn.commissions["paborjat"].to_numpy())
    ceased = of["upphort"].to_numpy()
    handed = np.zeros(size, bool)
    handed[drawn.commissions["beslut"].to_numpy()] = True
    begins = np.maximum(fran, decided) + rng.integers(0, 4, size)
    alone = granted & ~handed & (rng.random(size) < _WITHOUT_COMMISSION)
    alone &= begins <= np.minimum(np.minimum(tom, ceased), window.end)
    carried_out = np.where(alone, begins, carried_out)
    overdue = granted & (carried_out == NEVER) & (fran < window.end - 30)
    late = (carried_out < NEVER) & (carried_out > decided + _LATE_DAYS) & (rng.random(size) < _REASON_OF_LATE)
    planned = np.minimum(fran + np.where(tom - fran < 300, 150, 330), tom)
    simplified = of["forenklad"].to_numpy()
    # The same fact is documented in one of two places or in both.
    by_law = simplified & (rng.random(size) < 0.7)
    by_flag = simplified & (~by_law | (rng.random(size) < 0.5))
    extent = of["omfattning"].to_numpy(np.float64)
    from_earlier = decided < min(window.start, window.migrated)
    return col.table(
        "beslut",
        {
            "beslut_id": ids.beslut,
            "utredning_id": col.references(
                ids.utredning,
                drawn.investigations["bygger_pa"].to_numpy()[:size],
                ~(from_earlier & (rng.random(size) < 0.005)),
            ),
            "individ_id": col.person_numbers(numbers),
            "lagrum": col.codes(_LAWS, _law(group, decided) + np.where(by_law, 3, 0)),
            "insats": _insats(rng, group),
            "utfall": col.codes(dec.OUTCOMES, of["utfall"].to_numpy()),
            "beslutsdatum": col.dates(decided),
            "galler_fran": col.dates(fran),
            "galler_tom": col.dates(tom),
            "omfattning": col.decimals(extent, extent > 0),
            "omfattning_enhet": col.codes(dec.EXTENT_UNITS, dec.extent_units(group), extent > 0),
            "verkstallt": col.dates(carried_out),
            "ej_verkstallt_skal": col.codes(
                _NOT_CARRIED_OUT, col.choose(rng, (0.5, 0.2, 0.2, 0.1), size), overdue | late
            ),
            "upphort": col.dates(ceased),
            "upphort_orsak": col.codes(per.REASONS, of["orsak"].to_numpy(), ceased < NEVER),
            "planerad_uppfoljning": col.dates(np.where(granted & (rng.random(size) < 0.6), planned, NEVER)),
            "utan_behovsprovning": col.booleans(by_flag, by_flag | (rng.random(size) < 0.9)),
        },
    )


def _law(group: Ints, day: Ints) -> Ints:
    """Position in ``_LAWS`` of the ordinary law of an intervention on a day."""
    lss = np.array([name.startswith("lss_") for name in per.GROUPS])[group]
    return np.where(lss, 2, np.where(day >= NEW_ACT, 1, 0))


def _insats(rng: np.random.Generator, group: Ints) -> pa.Array:
    """An intervention code of each group: mostly the group's first."""
    known = codelist("insats")
    of_group = [known.loc[known["insatsgrupp"] == name, "kod"].to_list() for name in per.GROUPS]
    every = [code for codes in of_group for code in codes]
    counts = np.array([len(codes) for codes in of_group])
    first = np.cumsum(counts) - counts
    further = np.where(rng.random(len(group)) < 0.7, 0, (rng.random(len(group)) * counts[group]).astype(np.int64))
    return col.codes(every, first[group] + further)
