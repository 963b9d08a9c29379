"""Where a code stands: its level, what lies above it, its life area, and the law and group of an intervention."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from schemas.codelists import codelist

_OTHER_INTERVENTIONS = {"YAA": ("SoL", "ovrigt_sol"), "YAB": ("LSS", "lss_ovrigt")}
"""Law and group of an intervention that the built-in list has no group for; other chapters are not of IBIC."""

_INTERVENTION = re.compile(r"(?P<prefix>(?P<kapitel>[A-Z]{3})\.[A-Z0-9]{2})\.[A-Z0-9]{2}")
_ICF_LEVELS = {1: "komponent", 2: "kapitel", 4: "2", 5: "3", 6: "4"}


def icf_level(kod: str) -> str:
    """``komponent``, ``kapitel``, ``block``, ``2``, ``3``, ``4`` or ``nationell``."""
    if "-" in kod:
        return "block"
    return "nationell" if kod[-1].isupper() else _ICF_LEVELS[len(kod)]


def ksi_level(kod: str) -> str:
    """``kapitel``, ``inriktning`` or ``aktivitet``."""
    return "aktivitet" if "." in kod else "inriktning" if len(kod) == 3 else "kapitel"


def icf_parents(codes: Iterable[str]) -> dict[str, str]:
    """Each code's parent: the narrowest block of a second-level code, else the code itself without its end."""
    blocks = sorted((kod for kod in codes if "-" in kod), key=_width_of_block)
    return {kod: _icf_parent(kod, blocks) for kod in codes}


def ksi_parents(codes: Iterable[str]) -> dict[str, str]:
    """Each code's parent: an activity's focus, a focus's chapter (whose code may be a range)."""
    chapters = [kod for kod in codes if ksi_level(kod) == "kapitel"]
    return {kod: _ksi_parent(kod, chapters) for kod in codes}


def icf_life_areas(codes: Iterable[str]) -> dict[str, str]:
    """Life area of each code: the chapter of d, and those that the built-in list gives to others; else ""."""
    built_in = codelist("icf")
    special = built_in[(built_in["komponent"] != "d") & (built_in["livsomrade"] != "")]
    known = dict(zip(special["kod"], special["livsomrade"], strict=True))
    return {kod: kod[:2] if kod.startswith("d") and len(kod) > 1 else known.get(kod, "") for kod in codes}


def interventions(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Law and group of each intervention of SoL or LSS, as those of the built-in list that begin as it does."""
    built_in = codelist("insats")
    beginnings = built_in["kod"].str.slice(0, 6)
    groups = {
        beginning: (lag, group)
        for beginning, lag, group in zip(beginnings, built_in["lag"], built_in["insatsgrupp"], strict=True)
    }
    found = {kod: _INTERVENTION.fullmatch(kod) for kod in codes}
    return {
        kod: groups.get(match["prefix"], _OTHER_INTERVENTIONS[match["kapitel"]])
        for kod, match in found.items()
        if match is not None and match["kapitel"] in _OTHER_INTERVENTIONS
    }


def without_own_group(codes: Iterable[str]) -> list[str]:
    """Interventions whose beginning the built-in list does not have, so that they count among the other ones."""
    known = set(codelist("insats")["kod"].str.slice(0, 6))
    return sorted({kod for kod in interventions(codes) if kod[:6] not in known})


def leaves(rows: pd.DataFrame) -> list[bool]:
    """Whether each code has nothing below it: as the file tells, else by what lies above others."""
    parents = set(rows["overordnad"])
    return [kod not in parents if told is None else told for kod, told in zip(rows["kod"], rows["lovnod"], strict=True)]


def _width_of_block(kod: str) -> int:
    return int(kod[6:]) - int(kod[1:4])


def _icf_parent(kod: str, blocks: list[str]) -> str:
    if len(kod) < 3 or len(kod) > 4:
        return kod[:2] if "-" in kod else kod[:-1]
    return next((block for block in blocks if block[:4] <= kod <= block[5:]), kod[:2])


def _ksi_parent(kod: str, chapters: list[str]) -> str:
    level = ksi_level(kod)
    if level == "aktivitet":
        return kod[:3]
    if level == "kapitel":
        return ""
    return next((chapter for chapter in chapters if chapter[:2] <= kod[:2] <= chapter[-2:]), "")
