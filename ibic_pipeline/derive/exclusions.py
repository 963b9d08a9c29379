"""Why a unit is not counted, in the words of those who read figures: one phrase per reason that the SQL gives."""

from __future__ import annotations

EXCLUSIONS = {
    "ej_beviljat": "inte beviljat",
    "utan_behovsprovning": "insats utan behovsprövning",
    "utan_genomforandeplan": "insats utan genomförandeplan",
    "utan_uppfoljningskrav": "insats utan krav på uppföljning",
    "utan_uppdrag": "inget uppdrag skickat",
    "utan_efterfoljare": "inget nytt beslut om samma slags insats",
    "utan_bedomning": "utredningen har ingen bedömning",
    "ej_paborjat": "inte påbörjat",
    "ej_observerbar": "går inte att se i det tidigare systemet",
    "ej_moget": "tiden har inte gått ut än",
    "ej_bedomt": "målet bedömdes inte",
    "ej_bibehallande": "målet är inte att behålla tillståndet som utredningen bedömde",
    "ej_redovisad_regiform": "utförarens regiform redovisas inte",
    "avslutat_fore_frist": "avslutat före fristen",
    "avslutat_fore_slut": "upphörde före beslutets slutdag",
    "upphort_fore_frist": "upphörde före fristen utan att ha verkställts",
    "vill_vanta": "den enskilde vill vänta",
    "fornyat_beslut": "fortsätter en insats som personen redan hade",
    "saknar_ansokan": "ansökans datum saknas",
    "ansokan_efter_beslut": "ansökan är daterad efter beslutet",
    "saknar_skala": "ingen siffra mellan 0 och 4 att räkna på",
    "for_tatt": "uppföljt för nära bedömningen",
    "delvis": "målet är delvis uppfyllt",
    "avskriven": "utredningen avskrevs",
    "andrad_omfattning": "det nya beslutet har en annan eller okänd omfattning",
    "rutinbeskrivning": "rutinbeskrivning, inte en plan",
    "makulerad": "planen är makulerad",
}

NOT_KNOWN = frozenset(
    {"utan_bedomning", "ej_bedomt", "ej_redovisad_regiform", "saknar_ansokan", "ansokan_efter_beslut", "saknar_skala"}
)
"""Reasons that say that something is not known, where the unit would have counted had it been. What another system
cannot show (``ej_observerbar``) or what lies ahead (``ej_moget``) is not missing."""
