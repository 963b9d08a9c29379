"""The clean world as a municipality would deliver it: texts, a file per table, on their way through harmonising."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ibic_pipeline.extract import DeliveredFile, RawTable
from ibic_pipeline.harmonise import HarmonisedFile, harmonise_file
from ibic_pipeline.profile import Del, Fil, Profil
from ibic_pipeline.pseudonym import pseudonymiser_with
from ibic_pipeline.validate import Validated, validate_delivery
from schemas import CONTRACTS
from tests.support.deliveries import ANNA, UTTAGSDATUM, Rows, a_delivery, clean_world, profile

Texts = dict[str, list[dict[str, str]]]

_KEY = b"prov" * 8


def raw_world() -> Texts:
    """The clean world as texts, with a number for its person."""
    rows = clean_world()
    rows["individ"][0] |= {"fodelsear": int(ANNA[:4]), "kon": "man"}
    return as_texts(rows)


def as_texts(rows: Rows) -> Texts:
    """Contents of tables as texts; lengths become texts of that length."""
    return {
        table: [
            {name: _text(row.get(name), column.metadata["lasning"]) for name, column in columns.items()}
            for row in contents
        ]
        for table, contents in rows.items()
        if (columns := CONTRACTS[table].own_columns())
    }


def harmonised_texts(
    table: str, rows: list[dict[str, str]], profil: Profil, form: Mapping[str, Any] | None = None
) -> HarmonisedFile:
    """One file whose local names are the contract's own; records from 2 on."""
    names = list(rows[0])
    fil = Fil(
        monster=f"{table}.csv",
        format=dict(form or {}),
        delar=(Del(tabell=table, kolumner={name: name for name in names if name != profil.leverans.kommunkolumn}),),
    )
    raw = RawTable(
        pa.table({name: pa.chunked_array([[row[name] for row in rows]], pa.string()) for name in names}),
        pa.array(np.arange(2, 2 + len(rows)), pa.int32()),
        (),
    )
    file = DeliveredFile("beslut", fil, Path(fil.monster), fil.monster, "0")
    pseudonymise = pseudonymiser_with(_KEY, UTTAGSDATUM, profil.identiteter)
    return harmonise_file(raw, file, a_delivery(), profil, pseudonymise)


def validated_texts(texts: Texts, profil: Profil | None = None) -> Validated:
    """Harmonise and validate tables of texts."""
    known = profil or profile()
    files = [harmonised_texts(table, rows, known) for table, rows in texts.items() if rows]
    return validate_delivery(files, a_delivery(), known)


def _text(value: Any, reading: str) -> str:
    if reading == "personnummer":
        return ANNA
    if reading == "text_length" and value:
        return "x" * int(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
