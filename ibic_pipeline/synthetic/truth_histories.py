"""What follows from a person's decisions together: episodes, which decision followed which, the chain of steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints
from ibic_pipeline.synthetic.truth_facts import Facts
from ibic_pipeline.synthetic.truth_kinds import Happenings
from ibic_pipeline.synthetic.truth_parameters import Parameters
from ibic_pipeline.synthetic.truth_reading import NO_ROW, Table, with_none

_APART = 4 * NEVER
"""Further apart than any two days."""


@dataclass(frozen=True)
class Episodes:
    """Decisions about one intervention that overlap or follow closely on each other."""

    fran: Ints
    slut: Ints
    latest: Ints
    """The row of the latest decision."""
    of_decision: Ints
    """Per decision its episode; ``NO_ROW`` for decisions that are in none."""
    continues: Bools
    """Per decision whether it is not the first of its episode."""


@dataclass(frozen=True)
class Successors:
    """Per decision the next one about the same intervention, ``NO_ROW`` where there is none."""

    decision: Ints
    fran: Ints
    """The successor's first day; ``NEVER`` without one."""
    gap: Ints
    """Days without a decision in between; negative when they overlap."""
    unchanged: Bools
    new_investigation: Bools


def months_later(day: Ints, months: int) -> Ints:
    """The same day of the month so many months later, or that month's last; ``NEVER`` stays."""
    known = np.where(day < NEVER, day, 0).astype("datetime64[D]")
    month = known.astype("datetime64[M]")
    wanted = month + months
    of_month = (known - month.astype("datetime64[D]")).astype(np.int64)
    last = ((wanted + 1).astype("datetime64[D]") - wanted.astype("datetime64[D]")).astype(np.int64) - 1
    later = wanted.astype("datetime64[D]").astype(np.int64) + np.minimum(of_month, last)
    return np.where(day < NEVER, later, NEVER)


def episodes(facts: Facts, of: Parameters) -> Episodes:
    """Granted decisions of one person and intervention, merged where at most so many days lie between them."""
    decision = facts.decision
    rows = np.flatnonzero(decision["gallande"] & (decision["fran"] <= of.extraction))
    rows, series = _in_series(decision, rows)
    fran, slut = decision["fran"][rows], decision["slut"][rows]
    reach = np.maximum.accumulate(series * _APART + slut) - series * _APART
    covered = np.append(-NEVER, reach)[: len(rows)]
    begins = np.append(True, series[1:] != series[:-1])[: len(rows)]
    begins |= fran > covered + of["episod_lucka_dagar"] + 1
    number = np.cumsum(begins) - 1
    size = int(begins.sum())
    ends, latest = np.full(size, -NEVER), np.zeros(size, np.int64)
    np.maximum.at(ends, number, slut)
    latest[number] = rows  # in order of day and id: the latest is assigned last
    of_decision = np.full(len(decision["fran"]), NO_ROW)
    of_decision[rows] = number
    continues = np.zeros(len(decision["fran"]), bool)
    continues[rows] = ~begins
    return Episodes(fran[begins], ends, latest, of_decision, continues)


def successors(facts: Facts, of: Parameters) -> Successors:
    """The decision about the same intervention that begins next, unless it begins too long after the end."""
    decision = facts.decision
    rows, series = _in_series(decision, np.flatnonzero(decision["gallande"]))
    fran, slut = decision["fran"][rows], decision["slut"][rows]
    place = series * _APART + fran
    following = np.searchsorted(place, place, side="right")
    there = np.append(series, -1)[following] == series
    next_fran = np.append(fran, NEVER)[following]
    there &= (slut == NEVER) | (next_fran <= slut + of["glapp_sok_dagar"])
    next_row = np.append(rows, NO_ROW)[following]
    found = Successors(
        decision=np.full(len(decision["fran"]), NO_ROW),
        fran=np.full(len(decision["fran"]), NEVER),
        gap=np.full(len(decision["fran"]), -NEVER),
        unchanged=np.zeros(len(decision["fran"]), bool),
        new_investigation=np.zeros(len(decision["fran"]), bool),
    )
    earlier, later = rows[there], next_row[there]
    found.decision[earlier] = later
    found.fran[earlier] = decision["fran"][later]
    found.gap[earlier] = decision["fran"][later] - decision["slut"][earlier] - 1
    found.unchanged[earlier] = _same_extent(decision, earlier, later, of["oforandrad_procent"])
    found.new_investigation[earlier] = decision["utredning_angiven"][later] & (
        decision["utredning"][later] != decision["utredning"][earlier]
    )
    return found


def _same_extent(decision: Table, earlier: Ints, later: Ints, per_cent: int) -> Bools:
    """Within so many per cent of the earlier one, in the same unit; unknown is not the same."""
    before, after = decision["omfattning"][earlier], decision["omfattning"][later]
    unit, other = decision["enhet"][earlier], decision["enhet"][later]
    same_unit = (unit >= 0) & (unit == other)
    with np.errstate(invalid="ignore"):
        close = np.abs(after - before) * 100 <= per_cent * before + 1e-6
    return np.asarray(same_unit & close)


def _in_series(decision: Table, rows: Ints) -> tuple[Ints, Ints]:
    """The rows in order of person, intervention, first day and id, and the number of each one's person and kind."""
    kind = decision["person"][rows] * 1000 + decision["insatsgrupp"][rows]
    order = np.lexsort((decision["ordning"][rows], decision["fran"][rows], kind))
    _, series = np.unique(kind[order], return_inverse=True)
    return rows[order], np.asarray(series)


def whole_chain(facts: Facts) -> Ints:
    """Per decision the day on which every step of the process had been taken; ``NEVER`` where one is missing."""
    decision, investigation, plan, done = facts.decision, facts.investigation, facts.plan, facts.follow_up["gjord"]
    size = len(decision["fran"])
    assessed = np.zeros(len(investigation["lag"]) + 1, bool)
    assessed[facts.assessment["utredning"]] = True
    assessed[NO_ROW] = False
    closed = with_none(investigation["avslutad"], NEVER)[decision["utredning"]]
    steps = [
        np.where(assessed[decision["utredning"]], closed, NEVER),
        decision["beslutad"],
        Happenings(facts.commission["beslut"], facts.commission["lamnat"], size).first(),
        Happenings(plan["beslut"][plan["galler"]], plan["klar"][plan["galler"]], size).first(),
        Happenings(facts.follow_up["agare"][done], facts.follow_up["datum"][done], size).first(),
    ]
    return np.asarray(np.maximum.reduce(steps))
