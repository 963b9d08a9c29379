"""What may be mended in a delivery, under which code: a repair is made only where one reading alone is possible."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from schemas.contract import Rule
from schemas.delivery_rules import DELIVERY, delivery_rules

Scope = Literal["fil", "rad", "cell"]
"""What a repair is made to: the whole file, a line or record of it, or one value."""

Certainty = Literal["saker", "trolig"]
"""``saker``: nothing else can be meant; only counted. ``trolig``: probably meant; the row is flagged too."""


@dataclass(frozen=True)
class Repair:
    """One kind of repair: what was found, what is done, and how the sender avoids it."""

    code: str
    scope: Scope
    certainty: Certainty
    found: str
    done: str
    next_step: str

    @property
    def message(self) -> str:
        """One Swedish text: found, done, what next."""
        return f"{self.found} {self.done} {self.next_step}"


_KINDS = (
    Repair(
        "REP-001",
        "fil",
        "saker",
        "Filen har en annan teckenkodning än profilen anger.",
        "Den har lästs med den kodning som ger alla kolumner.",
        "Rätta kodning i profilen, eller ta ut filen som avtalat.",
    ),
    Repair(
        "REP-002",
        "fil",
        "saker",
        "Filen har en annan avgränsare än profilen anger.",
        "Den har lästs med den avgränsare som ger alla kolumner.",
        "Rätta avgransare i profilen, eller ta ut filen som avtalat.",
    ),
    Repair(
        "REP-003",
        "fil",
        "saker",
        "Rubriken står på en annan rad än profilen anger.",
        "Rubriken har tagits där den står.",
        "Rätta rader_fore_rubrik i profilen, eller ta ut filen utan extra rader.",
    ),
    Repair(
        "REP-004",
        "rad",
        "saker",
        "Rubriken upprepas mitt i filen.",
        "Raden räknas inte som en post.",
        "Ta ut filen utan sidbrytningar.",
    ),
    Repair(
        "REP-005",
        "rad",
        "saker",
        "En summa-, antals- eller utskriftsrad står bland posterna.",
        "Raden räknas inte som en post.",
        "Ange raden som svans i profilen, eller ta ut filen utan den.",
    ),
    Repair(
        "REP-006",
        "rad",
        "saker",
        "Posten slutar med tomma fält utöver rubrikens.",
        "De tomma fälten har tagits bort.",
        "Ta ut filen utan avslutande avgränsare.",
    ),
    Repair(
        "REP-007",
        "fil",
        "saker",
        "Filen är kodad i UTF-8 två gånger.",
        "Den ena kodningen har tagits bort.",
        "Öppna och spara inte om filen innan den skickas.",
    ),
    Repair(
        "REP-008",
        "fil",
        "saker",
        "Samma kolumn finns flera gånger med samma innehåll.",
        "Den första har lästs.",
        "Ta ut varje kolumn en gång.",
    ),
    Repair(
        "REP-009",
        "fil",
        "saker",
        "Samma fil finns flera gånger i leveransen.",
        "Den har lästs en gång.",
        "Lägg varje fil en gång i leveransmappen.",
    ),
    Repair(
        "REP-010",
        "fil",
        "saker",
        "En rubrik skiljer sig från profilen i osynliga tecken eller i stora och små bokstäver.",
        "Kolumnen har lästs som den profilen anger.",
        "Rätta kolumnnamnet i profilen eller i uttaget.",
    ),
    Repair(
        "REP-011",
        "rad",
        "saker",
        "Cellen är sammanslagen med den ovanför.",
        "Den sammanslagna cellens värde gäller raden.",
        "Ta ut arbetsboken utan sammanslagna celler.",
    ),
    Repair(
        "REP-020",
        "cell",
        "saker",
        "Värdet har tabbtecken, radbrytning eller andra ovanliga blanktecken före eller efter.",
        "De har tagits bort.",
        "Behöver inte åtgärdas.",
    ),
    Repair(
        "REP-021",
        "cell",
        "saker",
        "Värdet har hårda blanksteg eller osynliga tecken.",
        "De har tagits bort.",
        "Behöver inte åtgärdas.",
    ),
    Repair(
        "REP-022",
        "cell",
        "saker",
        "Värdet är kodat i UTF-8 två gånger.",
        "Den ena kodningen har tagits bort.",
        "Öppna och spara inte om filen innan den skickas.",
    ),
    Repair(
        "REP-023",
        "cell",
        "saker",
        "Datumet är skrivet på ett annat entydigt sätt än profilen anger.",
        "Datumet har tolkats.",
        "Lägg formatet under datum i profilen.",
    ),
    Repair(
        "REP-024",
        "cell",
        "saker",
        "Datumet är ett löpnummer ur Excel.",
        "Numret har räknats om till datum.",
        "Formatera kolumnen som datum innan filen sparas.",
    ),
    Repair(
        "REP-025",
        "cell",
        "saker",
        "Slutdatumet är 9999-12-31.",
        "Det har lästs som tills vidare.",
        "Lägg värdet under tills_vidare i profilen.",
    ),
    Repair(
        "REP-026",
        "cell",
        "trolig",
        "Datumet är ett värde som brukar betyda att inget är ifyllt.",
        "Det har lästs som tomt.",
        "Rätta datumet, eller ta bort värdet ur inget_datum i profilen om det är ett riktigt datum.",
    ),
    Repair(
        "REP-027",
        "cell",
        "saker",
        "Talet har ett annat decimaltecken än profilen anger.",
        "Talet har tolkats.",
        "Rätta decimaltecken i profilen.",
    ),
    Repair(
        "REP-028",
        "cell",
        "saker",
        "Talet har avgränsade tusental.",
        "Talet har tolkats.",
        "Behöver inte åtgärdas.",
    ),
    Repair(
        "REP-029",
        "cell",
        "saker",
        "Koden har tappat inledande nollor.",
        "De har satts tillbaka.",
        "Formatera kolumnen som text innan filen sparas.",
    ),
    Repair(
        "REP-030",
        "cell",
        "saker",
        "Ett heltal är skrivet med decimaler.",
        "Heltalet har lästs.",
        "Formatera kolumnen som text innan filen sparas.",
    ),
    Repair(
        "REP-031",
        "cell",
        "saker",
        "Personnumret har tappat inledande nollor.",
        "De har satts tillbaka; kontrollsiffran stämmer.",
        "Formatera kolumnen som text innan filen sparas.",
    ),
    Repair(
        "REP-032",
        "cell",
        "saker",
        "Personnumret är skrivet som ett tal med alla siffror kvar.",
        "Siffrorna har lästs.",
        "Formatera kolumnen som text innan filen sparas.",
    ),
)

REPAIRS: dict[str, Repair] = {each.code: each for each in _KINDS}
"""Code -> repair, in the order of the codes."""

CORRECTION = "KOR-"
"""Codes of a municipality's own corrections begin with this; they are counted like repairs."""


def is_repair(code: str) -> bool:
    """Whether a finding is a repair or a correction, and not a rule that is broken."""
    return code in REPAIRS or code.startswith(CORRECTION)


@cache
def _warnings() -> frozenset[str]:
    return frozenset(rule.code for rule in (*repair_rules(), *delivery_rules()) if rule.severity == "varna")


def is_flag(code: str) -> bool:
    """Whether a finding is shown as a warning: a probable repair, or a warning about the delivery."""
    return code in _warnings()


def repair_rules() -> tuple[Rule, ...]:
    """Every repair as a rule, in the order of the codes; a probable one is a warning."""
    return tuple(
        Rule(
            each.code,
            "reparera" if each.certainty == "saker" else "varna",
            DELIVERY,
            (),
            each.message,
            "reparation",
        )
        for each in REPAIRS.values()
    )
