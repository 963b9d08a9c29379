"""The parameters of the true figures: the county's or the municipality's own, and what could be seen when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ibic_pipeline.county import Lan
from ibic_pipeline.profile import Profil
from ibic_pipeline.synthetic.columns import NEVER, Bools, Ints, day_number
from schemas.codelists import codelist

NOT_SHOWN = "ej_redovisad"


@dataclass(frozen=True)
class Parameters:
    """What the county and the municipality decide."""

    numbers: dict[str, int]
    """By their names in ``lan.yaml``; the municipality's own deadlines stand in the county's place."""
    without_plan: Bools
    """Per intervention group, in the order of ``intervention_groups``, and last for none of them."""
    without_follow_up: Bools
    """Likewise."""
    extraction: int
    migrated: int
    unobservable: frozenset[str]

    def __getitem__(self, name: str) -> int:
        """A number by its name in ``lan.yaml``."""
        return self.numbers[name]

    def seen_from(self, thing: str) -> int:
        """The first day on which ``thing`` could be observed; before every other when it always could."""
        return self.migrated if thing in self.unobservable else -NEVER

    def unseen(self, thing: str, day: Ints) -> Bools:
        """True where ``thing`` could not be observed on the day."""
        return np.asarray(day < self.seen_from(thing))


def parameters(lan: Lan, profil: Profil, extraction: int) -> Parameters:
    """The parameters that hold in one municipality; its own deadlines win over the county's."""
    numbers = {name: int(getattr(lan.parametrar, name).varde) for name in type(lan.parametrar).model_fields}
    own, system = profil.frister.model_dump(exclude_none=True), profil.kallsystem
    groups = [*intervention_groups(), NOT_SHOWN]
    return Parameters(
        numbers | own,
        np.isin(groups, lan.insatsregler.utan_genomforandeplan),
        np.isin(groups, lan.insatsregler.utan_uppfoljningskrav),
        extraction,
        -NEVER if system.migrerad is None else day_number(system.migrerad),
        frozenset(system.ej_observerbart),
    )


def intervention_groups() -> list[str]:
    """Every ``insatsgrupp`` of the code list of interventions."""
    return sorted(set(codelist("insats")["insatsgrupp"].dropna().to_list()))
