"""What a delivery as a whole must be: the ``LEV-nnn`` rules and their Swedish sentences."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.contract import Rule, Severity

DELIVERY = "leverans"
"""The table name under which rules on deliveries and raw records are accounted."""


@dataclass(frozen=True)
class DeliveryRule:
    """One rule: what is expected of a delivery, and what the municipality does when it does not hold."""

    severity: Severity
    expected: str
    next_step: str


_RULES: dict[str, DeliveryRule] = {
    "LEV-001": DeliveryRule(
        "stoppa",
        "en leveransmapp med alla filer och blad som kommunens profil räknar upp",
        "Lägg det som saknas i leveransmappen, eller rätta profilen.",
    ),
    "LEV-002": DeliveryRule(
        "stoppa",
        "en fil där varje kolumn som profilen läser finns exakt en gång",
        "Ta ut filen på nytt med alla kolumner, eller rätta profilen om kolumnen bytt namn.",
    ),
    "LEV-003": DeliveryRule(
        "stoppa",
        "en läsbar fil i det format och den teckenkodning som profilen anger",
        "Ta ut filen på nytt, eller rätta format och kodning i profilen.",
    ),
    "LEV-004": DeliveryRule("stoppa", "en hel fil", "Ta ut filen på nytt och kontrollera att överföringen blev klar."),
    "LEV-005": DeliveryRule(
        "stoppa",
        "ungefär lika många rader som i förra leveransen",
        "Kontrollera urvalet i uttaget. Är minskningen riktig: sänk lagsta_andel_av_forra i profilen.",
    ),
    "LEV-006": DeliveryRule(
        "stoppa",
        "att bara en liten del av raderna avvisas",
        "Se i karantänen vilka regler som träffat, och rätta uttaget eller profilen.",
    ),
    "LEV-007": DeliveryRule(
        "stoppa",
        "en leveransmapp vars namn börjar med uttagsdatum, till exempel 2026-06-30",
        "Döp om mappen, eller flytta bort den om den inte är en leverans.",
    ),
    "LEV-008": DeliveryRule(
        "stoppa", "exakt en fil för varje filmönster i profilen", "Ta bort de filer som inte hör till leveransen."
    ),
    "LEV-009": DeliveryRule(
        "stoppa",
        "minst en rad för kommunen i den första filen för utredning och för beslut",
        "Kontrollera urvalet i uttaget, och kommunvarden i profilen när flera kommuner delar fil.",
    ),
    "LEV-010": DeliveryRule(
        "avvisa",
        "en kommun som profilen känner till på varje rad",
        "Rätta kommunen i källsystemet, eller lägg värdet under kommunvarden i profilen.",
    ),
    "LEV-011": DeliveryRule(
        "avvisa",
        "lika många fält i varje post som i rubriken",
        "Sätt citattecken kring texter med avgränsare eller radbrytning när filen tas ut.",
    ),
    "LEV-012": DeliveryRule(
        "varna",
        "poster i varje månad",
        "Kontrollera urvalet i uttaget: en månad utan en enda post kan vara en del som inte kom med.",
    ),
    "LEV-013": DeliveryRule(
        "varna",
        "en slutrad som anger lika många poster som filen har",
        "Kontrollera att hela filen kom med, och ange raden som svans i profilen.",
    ),
    "LEV-014": DeliveryRule(
        "stoppa",
        "ett okrypterat zip-arkiv av rimlig storlek, utan arkiv i arkivet",
        "Packa filerna på nytt, eller lägg dem opackade i leveransmappen.",
    ),
    "LEV-015": DeliveryRule(
        "stoppa",
        "en databas eller mapp som svarar och ger de kolumner som profilen läser",
        "Kontrollera anslutning, behörighet och fråga; kör sedan om.",
    ),
    "LEV-016": DeliveryRule(
        "varna",
        "att varje rättelse träffar poster som ser ut som när den beslutades",
        "Källan kan vara rättad: ta bort rättelsen, eller besluta den på nytt.",
    ),
    "LEV-017": DeliveryRule("avvisa", "poster som ska räknas", "Posten är utesluten genom en beslutad rättelse."),
    "LEV-018": DeliveryRule(
        "stoppa",
        "en fil som ryms inom gränsen för filstorlek",
        "Dela uttaget, eller höj gränsen IBIC_STORSTA_FIL_MIB.",
    ),
    "LEV-019": DeliveryRule(
        "varna",
        "en arbetsbok utan dolda rader",
        "Dolda rader läses som andra. Ta bort dem om de inte ska räknas, annars visa dem, innan filen skickas.",
    ),
    "LEV-020": DeliveryRule(
        "stoppa",
        "en hel sammanställning, undertecknad med den nyckel som länet känner till, för kommunen och mappens datum",
        "Be kommunen att skicka den på nytt, och kontrollera sammanstallning.publik_nyckel i profilen.",
    ),
    "LEV-021": DeliveryRule(
        "stoppa",
        "en sammanställning som är räknad med länets inställningar",
        "Ge kommunen länets lan.yaml, och be den räkna om och skicka på nytt.",
    ),
    "LEV-022": DeliveryRule(
        "varna",
        "en sammanställning där varje indikator har den definition som länet räknar efter",
        "De som har en annan räknas inte med. Be kommunen att byta till länets programversion och räkna om.",
    ),
}

UNKNOWN_MUNICIPALITY = "LEV-010"
BROKEN_RECORD = "LEV-011"
MONTH_WITHOUT_ROWS = "LEV-012"
TAIL_TELLS_ANOTHER_NUMBER = "LEV-013"
CORRECTION_WITHOUT_EFFECT = "LEV-016"
EXCLUDED_BY_CORRECTION = "LEV-017"
HIDDEN_ROWS = "LEV-019"
OTHER_DEFINITIONS = "LEV-022"

WHOLE_FILE = 0
"""The record number of what is found about a file as a whole."""


def refusal(code: str, found: str) -> tuple[str, str]:
    """A reason to refuse: the rule's code and a Swedish sentence; ``found`` must hold no cell value."""
    each = _RULES[code]
    return code, f"Förväntade {each.expected}. Fann {found}. {each.next_step}"


def delivery_rules() -> tuple[Rule, ...]:
    """Every rule on deliveries, in the order of the codes."""
    return tuple(
        Rule(code, each.severity, DELIVERY, (), f"Förväntat: {each.expected}. {each.next_step}", "leverans")
        for code, each in sorted(_RULES.items())
    )
