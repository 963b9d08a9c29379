"""A delivery's files, read, corrected and harmonised, and the values and corrections in them that someone looks at."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from ibic_pipeline.codes import code_lists
from ibic_pipeline.corrections.apply import Outcome, correct
from ibic_pipeline.corrections.columns import corrections_of
from ibic_pipeline.corrections.outcome import outcome_table, with_unmet
from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import Delivery, read_file
from ibic_pipeline.harmonise import HarmonisedFile, harmonise_file
from ibic_pipeline.harmonise.unmapped import unmapped_table
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil
from ibic_pipeline.pseudonym import pseudonymiser


class ReadDelivery(NamedTuple):
    """``omappade``: values that no code list knows. ``rattelser``: what each correction met (``OUTCOME_SCHEMA``)."""

    files: list[HarmonisedFile]
    omappade: pa.Table
    rattelser: pa.Table


def read_delivery(home: Home, delivery: Delivery, profil: Profil) -> ReadDelivery:
    """Every file of the delivery.

    Raises:
        DeliveryRefused: some cannot be read; with the reasons of all of them.
        IbicError: the corrections are wrong, or two of them touch the same cell.
    """
    pseudonymise = pseudonymiser(home, profil, delivery.uttagsdatum)
    codes, corrections = code_lists(home), corrections_of(home, profil)
    harmonised: list[HarmonisedFile] = []
    outcomes: list[Outcome] = []
    reasons: list[tuple[str, str]] = []
    for file in delivery.files:
        try:
            raw, met = correct(read_file(file), file, corrections, profil, delivery.uttagsdatum)
        except DeliveryRefused as refused:
            reasons += refused.reasons
            continue
        harmonised.append(harmonise_file(raw, file, delivery, profil, pseudonymise, codes))
        outcomes += met
    if reasons:
        raise DeliveryRefused(dict.fromkeys(reasons))
    files = with_unmet(harmonised, corrections, outcomes, profil, delivery.uttagsdatum)
    return ReadDelivery(files, unmapped_table(files, codes), outcome_table(outcomes))
