"""Every file of a delivery, read, corrected and harmonised: the way that a load and a sender's check share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ibic_pipeline.corrections.apply import Outcome, correct
from ibic_pipeline.corrections.model import Rattelse
from ibic_pipeline.corrections.outcome import with_unmet
from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import Delivery, RawTable, let_go, read_file
from ibic_pipeline.harmonise import HarmonisedFile, harmonise_file
from ibic_pipeline.profile import Profil
from ibic_pipeline.pseudonym import Pseudonymise
from schemas.codelists import CodeLists


class ReadFiles(NamedTuple):
    """What became of a delivery's files.

    ``files``: those that can be read, in order. ``outcomes``: what each correction met in them. ``reasons``: why the
    others cannot be read. ``delivered``: name -> a file's cells before any correction, where they were asked for.
    """

    files: list[HarmonisedFile]
    outcomes: list[Outcome]
    reasons: list[tuple[str, str]]
    delivered: dict[str, RawTable]


def read_files(
    delivery: Delivery,
    profil: Profil,
    corrections: Sequence[Rattelse],
    pseudonymise: Pseudonymise,
    codes: CodeLists,
    *,
    keep_delivered: bool = False,
) -> ReadFiles:
    """Read a delivery's files one by one; a file that cannot be read keeps no other from being read.

    Raises:
        IbicError: two corrections touch the same cell, or a file has changed since it was fingerprinted.
    """
    harmonised: list[HarmonisedFile] = []
    outcomes: list[Outcome] = []
    reasons: list[tuple[str, str]] = []
    delivered: dict[str, RawTable] = {}
    try:
        for file in delivery.files:
            try:
                raw = read_file(file)
            except DeliveryRefused as refused:
                reasons += refused.reasons
                continue
            corrected, met = correct(raw, file, corrections, profil, delivery.uttagsdatum)
            harmonised.append(harmonise_file(corrected, file, delivery, profil, pseudonymise, codes))
            outcomes += met
            if keep_delivered:
                delivered[file.name] = raw
    finally:
        let_go()
    files = with_unmet(harmonised, corrections, outcomes, profil, delivery.uttagsdatum)
    return ReadFiles(files, outcomes, reasons, delivered)
