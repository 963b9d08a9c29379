"""A small delivery in which every check of rows has something to ask and nothing to remark, and how to spoil it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from ibic_pipeline.profile import Profil
from schemas import CONTRACTS
from tests.support.deliveries import UTTAGSDATUM, Rows, clean_world, one_to_one, profile

Spoil = Callable[[Rows], None]


def full_profile(*left_out: str) -> Profil:
    """A municipality that delivers every column but those (``tabell.kolumn``) left out."""
    parts = [
        one_to_one(table, [name for name in contract.own_columns() if f"{table}.{name}" not in left_out])
        for table, contract in CONTRACTS.items()
    ]
    return profile({"beslut": [{"monster": "allt.csv", "delar": parts}]})


def good_world() -> Rows:
    """Rows that break no rule and no expectation."""
    rows = clean_world()
    rows["utredning"][0] |= {
        "samtycke": True, "informerat_samtal": True, "kommunicerad": True, "uppgifter_fran": "individen",
        "ansokan_datum": date(2023, 12, 20),
    }  # fmt: skip
    rows["utredning"].append(
        {"utredning_id": "U2", "individ_id": "p1", "lagrum": "sol_2001", "kallsystem": "combine",
         "inledd": date(2026, 5, 1)}
    )  # fmt: skip
    first = rows["beslut"][0]
    first |= {"planerad_uppfoljning": date(2025, 1, 15), "omfattning": 10.0, "omfattning_enhet": "timmar_per_manad"}
    ending = {**first, "beslut_id": "B2", "galler_tom": date(2026, 6, 20)}
    ended = {**first, "beslut_id": "B3", "upphort": date(2025, 5, 1), "upphort_orsak": "behov_upphort"}
    rows["beslut"] += [ending, ended]
    sent = rows["uppdrag"][0]
    sent |= {"antal_mal": 1}
    rows["uppdrag"] += [
        {**sent, "uppdrag_id": "X2", "beslut_id": "B2"},
        {**sent, "uppdrag_id": "X3", "beslut_id": "B3", "avslutat": date(2025, 5, 1)},
    ]
    rows["genomforandeplan"][0] |= {"delgiven": date(2024, 2, 1), "nasta_uppfoljning": date(2025, 1, 30)}
    goal = rows["mal"][0]
    rows["mal"] += [{**goal, "mal_id": f"M{b}", "beslut_id": f"B{b}"} for b in (2, 3)]
    rows["mal"].append({**goal, "mal_id": "M4", "beslut_id": None, "plan_id": "G1"})
    done = rows["uppfoljning"][0]
    done |= {"individen_deltog": True, "andrat_behov": False}
    rows["uppfoljning"] += [
        {**done, "uppfoljning_id": "F2", "beslut_id": "B2"},
        {**done, "uppfoljning_id": "F3", "status": "planerad", "planerad": date(2026, 6, 1), "datum": None},
    ]
    rows["maluppfyllelse"] = [
        {"uppfoljning_id": f"F{n}", "mal_id": f"M{n}", "utfall": "helt", "skala_vid_uppfoljning": 2} for n in (1, 2)
    ]
    return rows


def without(table: str, *columns: str) -> Spoil:
    """No row has a value in these columns."""
    return every(table, **dict.fromkeys(columns))


def every(table: str, **values: Any) -> Spoil:
    """Every row has these values."""

    def spoil(rows: Rows) -> None:
        rows[table] = [{**row, **values} for row in rows[table]]

    return spoil


def one(table: str, row: int, **values: Any) -> Spoil:
    """One row has these values."""

    def spoil(rows: Rows) -> None:
        rows[table][row] = {**rows[table][row], **values}

    return spoil


def none_in(*tables: str) -> Spoil:
    """Tables without rows."""

    def spoil(rows: Rows) -> None:
        rows.update({table: [] for table in tables})

    return spoil


def goals_only(column: str) -> Spoil:
    """Goals of decisions, or of plans, alone, and no assessments of them."""

    def spoil(rows: Rows) -> None:
        rows["mal"] = [row for row in rows["mal"] if row.get(column) is not None]
        rows["maluppfyllelse"] = []

    return spoil


def stranger(rows: Rows) -> None:
    """A person whom nothing is about."""
    rows["individ"] = [*rows["individ"], {"individ_id": "p2", "fodelsear": 1950, "kon": "man"}]


def investigated_for_nothing(rows: Rows) -> None:
    """An investigation that ended with a decision that is not there."""
    rows["utredning"] = [*rows["utredning"], {**rows["utredning"][0], "utredning_id": "U3"}]


def only_first(table: str) -> Spoil:
    """A table without rows but its first."""

    def spoil(rows: Rows) -> None:
        rows[table] = rows[table][:1]

    return spoil


LATER = UTTAGSDATUM + timedelta(days=60)

SPOILT: dict[str, Spoil] = {
    "DK-101": investigated_for_nothing,
    "DK-102": none_in("bedomning"),
    "DK-103": every("beslut", utredning_id="U-tidigare"),
    "DK-104": only_first("uppdrag"),
    "DK-105": goals_only("plan_id"),
    "DK-106": goals_only("beslut_id"),
    "DK-107": none_in("maluppfyllelse"),
    "DK-108": stranger,
    "DK-109": goals_only("plan_id"),
    "DK-201": without("utredning", "samtycke"),
    "DK-202": without("utredning", "informerat_samtal"),
    "DK-203": without("utredning", "kommunicerad"),
    "DK-204": without("utredning", "uppgifter_fran"),
    "DK-205": without("utredning", "ansokan_datum"),
    "DK-206": every("bedomning", bedomt=None, bedomt_text_langd=40),
    "DK-207": every("bedomning", bedomt=8),
    "DK-208": without("bedomning", "avsett"),
    "DK-211": without("beslut", "planerad_uppfoljning"),
    "DK-212": without("beslut", "verkstallt"),
    "DK-213": without("beslut", "omfattning", "omfattning_enhet"),
    "DK-221": without("uppdrag", "antal_mal"),
    "DK-222": without("uppdrag", "mottaget"),
    "DK-231": without("genomforandeplan", "nasta_uppfoljning"),
    "DK-241": without("mal", "avsett"),
    "DK-251": without("uppfoljning", "individen_deltog"),
    "DK-252": without("uppfoljning", "andrat_behov"),
    "DK-261": without("maluppfyllelse", "skala_vid_uppfoljning"),
    "DK-301": one("utredning", 1, inledd=date(2021, 1, 1)),
    "DK-302": one("utredning", 0, ansokan_datum=date(2023, 9, 1)),
    "DK-303": one("utredning", 0, inledd=date(2022, 1, 1), ansokan_datum=date(2022, 1, 1)),
    "DK-311": one("beslut", 0, galler_fran=date(2022, 1, 21), planerad_uppfoljning=date(2023, 1, 21)),
    "DK-312": one("beslut", 1, galler_tom=date(2044, 6, 20)),
    "DK-313": one("utredning", 0, avslutad=date(2024, 5, 1)),
    "DK-314": one("beslut", 0, planerad_uppfoljning=date(2029, 1, 15)),
    "DK-315": one("beslut", 2, upphort=LATER),
    "DK-321": one("uppdrag", 1, skickat=date(2024, 12, 1), mottaget=date(2024, 12, 2), paborjat=date(2024, 12, 3)),
    "DK-322": one("uppdrag", 0, mottaget=date(2024, 5, 22)),
    "DK-323": one("uppdrag", 2, avslutat=LATER),
    "DK-324": one("beslut", 1, galler_tom=date(2025, 12, 20)),
    "DK-331": one(
        "genomforandeplan", 0, upprattad=date(2025, 6, 1), klarmarkerad=date(2025, 6, 2), delgiven=date(2025, 6, 3),
        nasta_uppfoljning=date(2026, 1, 1),
    ),
    "DK-332": one("genomforandeplan", 0, klarmarkerad=date(2024, 11, 30), delgiven=date(2024, 12, 1)),
    "DK-333": one("genomforandeplan", 0, nasta_uppfoljning=date(2024, 1, 27)),
    "DK-334": one("genomforandeplan", 0, delgiven=LATER),
    "DK-351": one("uppfoljning", 0, planerad=date(2026, 12, 1)),
    "DK-352": one("uppfoljning", 2, planerad=date(2025, 6, 1)),
    "DK-353": one("beslut", 1, galler_tom=date(2024, 6, 20)),
    "DK-361": one("individ", 0, fodelsear=1908),
}  # fmt: skip
"""Check -> what spoils the good world so that it does not hold."""
