"""Small deliveries for tests: a clean world of one row per table, profiles, files on disk, and the way through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.extract import DeliveredFile, Delivery, find_delivery, read_file
from ibic_pipeline.harmonise import HarmonisedFile, Part, harmonise_file
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Del, Fil, Profil
from ibic_pipeline.pseudonym import create_key, pseudonymiser
from ibic_pipeline.validate import Validated, validate_delivery
from schemas import CONTRACTS, EXPORTS

UTTAGSDATUM = date(2026, 6, 30)
KOMMUN = "0680"
ANNA, BO = "19121213-2391", "20010203-2380"
"""Two numbers with right check digits, of birth numbers that are handed out for tests only."""

Rows = dict[str, list[dict[str, Any]]]


def clean_world() -> Rows:
    """Rows that break no rule: a person whose decision is granted, planned, followed up and assessed."""
    return {
        "individ": [{"individ_id": "p1", "fodelsear": 1940, "kon": "kvinna"}],
        "utredning": [
            {
                "utredning_id": "U1", "individ_id": "p1", "lagrum": "sol_2001", "kallsystem": "combine",
                "inledd": date(2024, 1, 1), "avslutad": date(2024, 1, 20), "utfall": "beslut",
            }
        ],
        "bedomning": [{"utredning_id": "U1", "icf_kod": "d510", "livsomrade": "d5", "bedomt": 3, "avsett": 2}],
        "beslut": [
            {
                "beslut_id": "B1", "utredning_id": "U1", "individ_id": "p1", "lagrum": "sol_2001",
                "insats": "YAA.05.00", "utfall": "bifall", "beslutsdatum": date(2024, 1, 20),
                "galler_fran": date(2024, 1, 21), "verkstallt": date(2024, 1, 25),
            }
        ],
        "uppdrag": [
            {
                "uppdrag_id": "X1", "beslut_id": "B1", "utforare_id": "E1", "regiform": "kommunal",
                "skickat": date(2024, 1, 21), "mottaget": date(2024, 1, 22), "paborjat": date(2024, 1, 25),
            }
        ],
        "genomforandeplan": [
            {
                "plan_id": "G1", "uppdrag_id": "X1", "typ": "plan", "status": "klarmarkerad",
                "upprattad": date(2024, 1, 26), "klarmarkerad": date(2024, 1, 30),
            }
        ],
        "mal": [{"mal_id": "M1", "beslut_id": "B1", "icf_kod": "d510", "avsett": 2, "text_langd": 40}],
        "uppfoljning": [
            {
                "uppfoljning_id": "F1", "beslut_id": "B1", "part": "myndighet", "kanal": "folja_upp",
                "planerad": date(2024, 12, 1), "datum": date(2024, 12, 2), "status": "klarmarkerad",
            }
        ],
        "maluppfyllelse": [{"uppfoljning_id": "F1", "mal_id": "M1", "utfall": "helt"}],
        "kvalitetssvar": [{"uppfoljning_id": "F1", "fraga": "e598A", "svar": "mycket_bra"}],
    }  # fmt: skip


def profile(exporter: Mapping[str, Any] | None = None, **own: Any) -> Profil:
    """A profile whose exports are empty unless given."""
    content = {
        "kommunkod": KOMMUN,
        "namn": "Provkommun",
        "kontakt": "prov",
        "individniva": {"publicering": "lan", "rattslig_grund": "prov"},
        "kallsystem": {},
        "exporter": {**{export: [] for export in EXPORTS}, **(exporter or {})},
    }
    return Profil.model_validate({**content, **own})


def one_to_one(table: str, columns: list[str]) -> dict[str, Any]:
    """A part whose local names are the contract's own."""
    return {"tabell": table, "kolumner": {column: column for column in columns}}


def harmonised(rows: Rows, unreadable: frozenset[tuple[str, int, str]] = frozenset()) -> list[HarmonisedFile]:
    """One file per table, records from 2 on; ``unreadable``: (table, row, column) where the source held a value."""
    return [
        HarmonisedFile(
            file=_delivered(f"{table}.csv", table),
            records=np.arange(2, 2 + len(contents), dtype=np.int32),
            duplicate=np.zeros(len(contents), dtype=bool),
            broken=(),
            parts=[Part(table, _frame(table, contents, unreadable), np.arange(len(contents), dtype=np.int32))],
            unknown_municipality=np.zeros(len(contents), dtype=bool),
        )
        for table, contents in rows.items()
    ]


def a_delivery(folder: Path = Path()) -> Delivery:
    """A delivery without files."""
    return Delivery(KOMMUN, UTTAGSDATUM.isoformat(), UTTAGSDATUM, folder, ())


def validated(rows: Rows, unreadable: frozenset[tuple[str, int, str]] = frozenset()) -> Validated:
    """Validate rows as they stand."""
    return validate_delivery(harmonised(rows, unreadable), a_delivery(), profile())


def hits(result: Validated) -> set[tuple[str, int, str]]:
    """(table, position of the row, rule) of everything found, in a delivery made by ``harmonised``."""
    every = pa.concat_tables([result.karantan, result.flaggor]).to_pylist()
    return {(each["tabell"], each["kallrad"] - 2, each["regel"]) for each in every}


def new_home(folder: Path, kommun: str = KOMMUN) -> Home:
    """A home with a key and nothing else."""
    home = Home(folder)
    create_key(home, kommun)
    return home


def deliver(home: Home, files: Mapping[str, bytes | str], mapp: str = KOMMUN) -> Path:
    """Write files into a delivery folder; texts become UTF-8."""
    folder = home.inkorg / mapp / UTTAGSDATUM.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def harmonise_home(home: Home, profil: Profil) -> tuple[Delivery, list[HarmonisedFile]]:
    """Find, read and harmonise the latest delivery."""
    delivery = find_delivery(home, profil)
    pseudonymise = pseudonymiser(home, profil, delivery.uttagsdatum)
    return delivery, [harmonise_file(read_file(f), f, delivery, profil, pseudonymise) for f in delivery.files]


def run(home: Home, profil: Profil) -> Validated:
    """From the inbox to accepted tables."""
    delivery, files = harmonise_home(home, profil)
    return validate_delivery(files, delivery, profil)


def contents(result: Validated, table: str) -> list[dict[str, Any]]:
    """Accepted rows of a table without their origin."""
    return result.tables[table].select(list(CONTRACTS[table].own_columns())).to_pylist()


def _delivered(name: str, table: str) -> DeliveredFile:
    return DeliveredFile("beslut", Fil(monster=name, delar=(Del(tabell=table, kolumner={}),)), Path(name), name, "0")


def _frame(table: str, rows: list[dict[str, Any]], unreadable: frozenset[tuple[str, int, str]]) -> pd.DataFrame:
    contract = CONTRACTS[table]
    columns: dict[str, Any] = {}
    for name in contract.own_columns():
        values = [row.get(name) for row in rows]
        columns[name] = pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, contract.arrow_type(name))))
        columns[f"{name}.kalla"] = [
            value is not None or (table, i, name) in unreadable for i, value in enumerate(values)
        ]
    return pd.DataFrame(columns)
