"""Which columns a municipality delivers, as its profile says; the others are not asked for."""

from __future__ import annotations

from ibic_pipeline.profile import Profil

_FOLLOWS = {
    "individ.individ_id": ("individ.fodelsear", "individ.kon"),
    "bedomning.icf_kod": ("bedomning.livsomrade",),
}
"""A delivered column -> those that are worked out of it when they are not delivered themselves."""


def delivered_columns(profil: Profil) -> frozenset[str]:
    """``<tabell>.<kolumn>`` of everything that some file of the municipality gives."""
    given = {
        f"{part.tabell}.{column}"
        for fil in profil.files()
        for part in fil.delar
        for column in (*part.kolumner, *part.konstanter)
    }
    return frozenset(given | {each for column in given for each in _FOLLOWS.get(column, ())})
