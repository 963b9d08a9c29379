"""Every code that a delivery can be judged by: rules of the contracts, rules on deliveries, repairs."""

from __future__ import annotations

from functools import cache

from schemas import CONTRACTS
from schemas.contract import Rule
from schemas.delivery_rules import DELIVERY, delivery_rules
from schemas.repairs import CORRECTION, repair_rules

_CORRECTED = (
    "Posten har ändrats enligt kommunens beslutade rättelse. Rätta den i källsystemet; ta sedan bort rättelsen."
)


@cache
def every_rule() -> dict[str, Rule]:
    """Code -> rule."""
    of_tables = (rule for contract in CONTRACTS.values() for rule in contract.rules())
    return {rule.code: rule for rule in (*of_tables, *delivery_rules(), *repair_rules())}


def rule_of(code: str) -> Rule:
    """The rule of a code that a finding has; a municipality's own corrections all say the same."""
    if code.startswith(CORRECTION):
        return Rule(code, "reparera", DELIVERY, (), _CORRECTED, "reparation")
    return every_rule()[code]
