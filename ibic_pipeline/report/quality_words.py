"""Says flaws of the data in Swedish: what is wrong, with how many of what, and how it is mended."""

from __future__ import annotations

from ibic_pipeline.report.numbers import count_text
from schemas import CONTRACTS
from schemas.contract import MARKS, Rule
from schemas.rulebook import every_rule

UNITS = {
    "beslut": "beslut",
    "insatsepisod; dess id är det första beslutets": "insatser",
    "uppdrag": "uppdrag",
    "uppdrag; ett beslut utan uppdrag är en enhet för sig": "uppdrag",
    "person med insats enligt LSS": "personer",
    "mål": "mål",
    "uppföljning": "uppföljningar",
    "uppföljning eller ny utredning": "uppföljningar och nya utredningar",
    "utredning": "utredningar",
    "planversion": "planer",
}
"""What an indicator counts, as its header says -> several of them."""

TABLES = {
    "individ": "personer",
    "utredning": "utredningar",
    "bedomning": "bedömningar",
    "beslut": "beslut",
    "uppdrag": "uppdrag",
    "genomforandeplan": "genomförandeplaner",
    "mal": "mål",
    "uppfoljning": "uppföljningar",
    "maluppfyllelse": "måluppfyllelser",
    "kvalitetssvar": "kvalitetssvar",
}
"""Table -> its rows in words."""

STEPS = {
    "utredning": "Utreda",
    "bedomning": "Utreda, bedöma behov",
    "beslut": "Besluta",
    "genomforandeplan": "Genomförande",
    "uppfoljning": "Följa upp och hantera resultat",
    "maluppfyllelse": "Följa upp och hantera resultat, måluppfyllelse",
    "kvalitetssvar": "Följa upp och hantera resultat, kvalitetsuppföljning",
}
"""Table -> the process step in Combine in which its rows are written; menus and fields below it are not known to us."""

_NOT_KNOWN = {
    "utan_bedomning": "{n} har ingen bedömning",
    "ej_bedomt": "{n} följdes upp utan att måluppfyllelsen bedömdes",
    "ej_redovisad_regiform": "{n} saknar uppgift om utförarens regiform",
    "saknar_ansokan": "{n} saknar ansökans datum",
    "ansokan_efter_beslut": "{n} har en ansökan som är daterad efter beslutet",
    "saknar_skala": "{n} saknar en siffra mellan 0 och 4 att räkna på",
}
"""Why a unit is left out that would have counted, had something been known."""

_WRITTEN_IN = {
    "utan_bedomning": "bedomning",
    "ej_bedomt": "maluppfyllelse",
    "ej_redovisad_regiform": "uppdrag",
    "saknar_ansokan": "utredning",
    "ansokan_efter_beslut": "utredning",
    "saknar_skala": "maluppfyllelse",
}
_MENDED = {
    "utan_bedomning": "Registrera bedömningen per livsområde innan utredningen avslutas",
    "ej_bedomt": "Ange för varje mål om det är helt, delvis eller inte uppfyllt när uppföljningen klarmarkeras",
    "ej_redovisad_regiform": "Lägg in regiform på utföraren, eller ge ordet en betydelse i profilen under varden",
    "saknar_ansokan": "Fyll i dagen då ansökan kom in, och se efter att kolumnen kommer med i uttaget",
    "ansokan_efter_beslut": "Jämför ansökans dag med beslutets och rätta den som är fel",
    "saknar_skala": "Ange funktionstillståndet som en siffra mellan 0 och 4 vid uppföljningen, utöver texten",
}


def many(count: int | None, units: str) -> str:
    """So many of them, or some where the number is hidden, be it small or not: 412 beslut, ett antal beslut."""
    return f"{'ett antal' if count is None else count_text(count)} {units}"


def wrong(reason: str, count: int | None, units: str) -> str:
    """What is wrong with so many units, by a rule's code or an exclusion, without a full stop."""
    if reason in _NOT_KNOWN:
        return _NOT_KNOWN[reason].format(n=many(count, units))
    return f"{many(count, units)}: {of_rule(every_rule()[reason])}"


def of_rule(rule: Rule) -> str:
    """What a rule says is wrong, with the table where it would not say which, and no more: without a full stop."""
    text = rule.message.partition(". ")[0].removesuffix(".")
    return f"{text} i tabellen {rule.table}" if rule.kind == "saknas" else text


def is_lost(reason: str) -> bool:
    """Whether units with this reason are left out of the figure; the others are in it, but not to be relied on."""
    return reason in _NOT_KNOWN


def mended(reason: str) -> str:
    """The next step, in the words of the source system as far as they are known."""
    if reason in _MENDED:
        return _in_the_step(_MENDED[reason], _WRITTEN_IN[reason])
    rule = every_rule()[reason]
    if rule.kind == "foralder":
        return "Ta ut alla exporter samma dag och med samma urval, så att de hänger ihop."
    words = {
        "saknas": f"Fyll i {_fields(rule)}, eller ta med kolumnen i uttaget",
        "otolkbar": f"Rätta {_fields(rule)}{_or_in_the_profile(rule)}",
        "utanfor": f"Rätta {_fields(rule)}",
        "identitet": f"Ta ut ett id som inte är ett personnummer i {_fields(rule)}",
        "nyckel": "Rätta så att raderna säger samma sak, eller ta bara ut den som gäller",
        "skriven": f"Jämför {_fields(rule)} med varandra och med ärendet, och rätta det som är fel",
    }
    return _in_the_step(words[rule.kind], rule.table) if rule.kind in words else "Rätta enligt regelns egna ord."


def is_general(reason: str) -> bool:
    """Whether the advice names no step of the source system, because none is known."""
    table = _WRITTEN_IN.get(reason) or every_rule()[reason].table
    return table not in STEPS or (
        reason not in _MENDED and every_rule()[reason].kind in ("foralder", "leverans", *MARKS)
    )


def _in_the_step(words: str, table: str) -> str:
    return f"{words}. Steg i Combine: {STEPS[table]}." if table in STEPS else f"{words}."


def _or_in_the_profile(rule: Rule) -> str:
    """What else mends a value that could not be read: the profile, where that says how such values are written."""
    reading = CONTRACTS[rule.table].own_columns()[rule.fields[0]].metadata["lasning"]
    if reading in ("code", "boolean"):
        return ", eller ge ordet en betydelse i kommunens profil under varden (ibic unmapped)"
    return ", eller lägg till datumformatet i kommunens profil" if reading == "date" else ""


def _fields(rule: Rule) -> str:
    return " och ".join(rule.fields)


def follows_from_another(rule: Rule) -> bool:
    """Whether a row breaks the rule only because a row that it belongs to is refused."""
    refused = [parent.refused for parent in CONTRACTS[rule.table].parents()] if rule.kind == "foralder" else []
    return any(rule.code.endswith(f"-{number:03d}") for number in refused)
