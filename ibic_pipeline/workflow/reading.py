"""A delivery's files, read, corrected and harmonised, and the values and corrections in them that someone looks at."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from ibic_pipeline.codes import code_lists
from ibic_pipeline.corrections.columns import corrections_of
from ibic_pipeline.corrections.outcome import outcome_table
from ibic_pipeline.corrections.reading import read_files
from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import Delivery
from ibic_pipeline.harmonise import HarmonisedFile
from ibic_pipeline.harmonise.unmapped import unmapped_table
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil
from ibic_pipeline.pseudonym import key_id, pseudonymiser, scope_of
from ibic_pipeline.publish.purge_list import purged_of_key
from ibic_pipeline.workflow.forgotten import without_forgotten


class ReadDelivery(NamedTuple):
    """``omappade``: values that no code list knows. ``rattelser``: what each correction met (``OUTCOME_SCHEMA``).

    ``gallrade``: delivered file -> rows that are left out, of persons who are purged; both tables count them too.
    """

    files: list[HarmonisedFile]
    omappade: pa.Table
    rattelser: pa.Table
    gallrade: dict[str, int]


def read_delivery(home: Home, delivery: Delivery, profil: Profil) -> ReadDelivery:
    """Every file of the delivery, without the persons that the municipality has purged.

    Raises:
        DeliveryRefused: some cannot be read; with the reasons of all of them.
        IbicError: the corrections are wrong, two of them touch the same cell, or a file is no longer as it was.
    """
    codes, corrections = code_lists(home), corrections_of(home, profil)
    read = read_files(delivery, profil, corrections, pseudonymiser(home, profil, delivery.uttagsdatum), codes)
    if read.reasons:
        raise DeliveryRefused(dict.fromkeys(read.reasons))
    purged = purged_of_key(home, profil.kommunkod, key_id(home, scope_of(profil)))
    kept = without_forgotten(read.files, purged, home.lan.gallring.of(profil.kommunkod), delivery.uttagsdatum)
    return ReadDelivery(kept.files, unmapped_table(read.files, codes), outcome_table(read.outcomes), kept.rader)
