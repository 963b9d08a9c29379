"""What corrections came to in a whole delivery: which met nothing, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pyarrow as pa

from ibic_pipeline.corrections.apply import Outcome, correct
from ibic_pipeline.corrections.columns import corrections_of, files_for, is_for
from ibic_pipeline.corrections.model import Rattelse
from ibic_pipeline.extract import Delivery, find_delivery, profile_of_latest, read_file
from ibic_pipeline.harmonise import HarmonisedFile
from ibic_pipeline.harmonise.parts import Finding
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil
from schemas.delivery_rules import CORRECTION_WITHOUT_EFFECT, DELIVERY, WHOLE_FILE

OUTCOME_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("rattelse", "innehall", "kallfil")]
    + [(name, pa.int64()) for name in ("traffade", "rattade")]
)
"""``rattelser.parquet`` of a version: one row per correction that applied and file that it is for."""

State = Literal["rattad", "avviker", "traffar_inget", "utgangen", "ej_provad"]


@dataclass(frozen=True)
class Tally:
    """A correction over all files. ``avviker``: some record that matches does not look as expected."""

    rattelse: Rattelse
    lage: State
    traffade: int
    rattade: int


def outcome_table(outcomes: Iterable[Outcome]) -> pa.Table:
    """The outcomes as they are kept."""
    return pa.Table.from_pylist([each._asdict() for each in outcomes], schema=OUTCOME_SCHEMA)


def tallies(corrections: Iterable[Rattelse], outcomes: Sequence[Outcome], uttagsdatum: date) -> list[Tally]:
    """Every correction, in the order of the municipality's file."""
    met: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        met.setdefault(outcome.innehall, []).append(outcome)
    return [_tally(each, met.get(each.fingerprint, []), uttagsdatum) for each in corrections]


def with_unmet(
    files: Sequence[HarmonisedFile],
    corrections: Sequence[Rattelse],
    outcomes: Sequence[Outcome],
    profil: Profil,
    uttagsdatum: date,
) -> list[HarmonisedFile]:
    """The files, with LEV-016 on the first that a correction is for when it has expired or met no record in any.

    A correction for a file that is not at hand is not judged.
    """
    at_hand = {file.file.fil.monster for file in files}
    unmet = [
        each.rattelse
        for each in tallies(corrections, outcomes, uttagsdatum)
        if each.lage in ("utgangen", "traffar_inget")
        and {fil.monster for fil in files_for(each.rattelse, profil)} <= at_hand
    ]
    places = {next((i for i, file in enumerate(files) if is_for(each, file.file)), None) for each in unmet}
    finding = Finding(DELIVERY, None, CORRECTION_WITHOUT_EFFECT, np.array([WHOLE_FILE], dtype=np.int32))
    return [replace(file, findings=[*file.findings, finding]) if i in places else file for i, file in enumerate(files)]


def dry_run(home: Home, kommunkod: str) -> tuple[Delivery, list[Tally]]:
    """What the corrections would do to the latest delivery; only files that they are for are read.

    Raises:
        IbicError: the corrections or the profile are wrong.
        DeliveryRefused: there is no delivery, or a file of it cannot be read.
    """
    profil = profile_of_latest(home, kommunkod)
    corrections = corrections_of(home, profil)
    delivery = find_delivery(home, profil)
    outcomes: list[Outcome] = []
    for file in delivery.files:
        if any(is_for(each, file) for each in corrections):
            outcomes += correct(read_file(file), file, corrections, profil, delivery.uttagsdatum)[1]
    return delivery, tallies(corrections, outcomes, delivery.uttagsdatum)


def _tally(correction: Rattelse, outcomes: Sequence[Outcome], uttagsdatum: date) -> Tally:
    met, changed = sum(each.traffade for each in outcomes), sum(each.rattade for each in outcomes)
    if not correction.applies(uttagsdatum):
        return Tally(correction, "utgangen", met, changed)
    if not outcomes:
        return Tally(correction, "ej_provad", met, changed)
    state: State = "traffar_inget" if not met else "rattad" if met == changed else "avviker"
    return Tally(correction, state, met, changed)
