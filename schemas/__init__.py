"""What the data must be: contracts, rules and code lists. Imports nothing else of the project."""

from schemas.bedomning import Bedomning
from schemas.beslut import Beslut
from schemas.contract import Contract, Parent, Rule
from schemas.genomforandeplan import Genomforandeplan
from schemas.individ import Individ
from schemas.kvalitetssvar import Kvalitetssvar
from schemas.mal import Mal
from schemas.maluppfyllelse import Maluppfyllelse
from schemas.uppdrag import Uppdrag
from schemas.uppfoljning import Uppfoljning
from schemas.utredning import Utredning

CONTRACT_VERSION = "2026-11-21"
"""The day from which the contracts, rules and code lists read as they do; written into every file made by them."""

CONTRACTS: dict[str, type[Contract]] = {
    "individ": Individ,
    "utredning": Utredning,
    "bedomning": Bedomning,
    "beslut": Beslut,
    "uppdrag": Uppdrag,
    "genomforandeplan": Genomforandeplan,
    "mal": Mal,
    "uppfoljning": Uppfoljning,
    "maluppfyllelse": Maluppfyllelse,
    "kvalitetssvar": Kvalitetssvar,
}
"""Every table, parents before children."""

EXPORTS = ("utredning", "beslut", "uppdrag", "genomforandeplan", "uppfoljning")
"""The five exports that a municipality delivers."""

__all__ = ["CONTRACTS", "CONTRACT_VERSION", "EXPORTS", "Contract", "Parent", "Rule"]
