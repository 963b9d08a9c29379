"""What a fault in a cell is: where it can be, the value it writes, and the code under which it must be found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

import numpy as np

from ibic_pipeline.profile import Format, Profil
from ibic_pipeline.synthetic.localwords import date_pattern, in_local_date
from schemas import CONTRACTS
from schemas.contract import NUMBER_OF_MARK


@dataclass(frozen=True)
class Spot:
    """What is to be damaged: strings of one contract column, how the file is written, and randomness."""

    table: str
    column: str
    fmt: Format
    old: list[str]
    rng: np.random.Generator
    profil: Profil

    @property
    def count(self) -> int:
        """How many strings are to be damaged."""
        return len(self.old)

    @property
    def pattern(self) -> str:
        """How the column's dates are written."""
        return date_pattern(self.fmt, self.table, self.column)

    def dates(self) -> list[date]:
        """The strings as the dates that they are."""
        return [datetime.strptime(text, self.pattern).date() for text in self.old]


Damage = Callable[[Spot], list[str]]
Fits = Callable[[Profil, Format], bool]


def always(_profil: Profil, _fmt: Format) -> bool:
    """A fault that every layout can have."""
    return True


def anything(_text: str) -> bool:
    """A fault that any value can have."""
    return True


@dataclass(frozen=True)
class Fault:
    """One kind of fault in one column of one table; several may share a name.

    ``rule`` is empty where the form is simply normal, and must be read as if nothing were.
    """

    name: str
    table: str
    column: str
    rule: str
    value: Damage
    has: tuple[str, ...] = ()
    """Columns of the row that must hold something for the rule to see the fault."""
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Columns, and the codes of which they must hold one."""
    parent: str | None = None
    """The reference whose row must stand and be accepted, because the rule compares with it."""
    also: tuple[str, ...] = ()
    """Further codes under which the same value is found."""
    of_empty: bool = False
    """Only cells that hold nothing, or what means no end, can have it."""
    suits: Callable[[str], bool] = anything
    """Which values can have it."""
    fits: Fits = always
    """Which layouts can have it."""
    changes: bool = False
    """What is read is accepted but is not what stood there before."""

    @property
    def is_refusing(self) -> bool:
        """Whether the row is refused."""
        return any(severity_of(code) == "avvisa" for code in self.found_as)

    @property
    def found_as(self) -> tuple[str, ...]:
        """Every code under which it is found."""
        return (self.rule, *self.also) if self.rule else ()


@cache
def severity_of(code: str) -> str:
    """The severity of any code."""
    from schemas.rulebook import every_rule  # the book needs all contracts, and this module is read with them

    return every_rule()[code].severity


@cache
def code_of(table: str, column: str, kind: str) -> str:
    """The code of a rule that a field implies.

    Raises:
        StopIteration: the field has no such rule.
    """
    return next(rule.code for rule in CONTRACTS[table].rules() if rule.kind == kind and rule.fields == (column,))


def across(places: Sequence[tuple[str, str]], name: str, rule: str, value: Damage, **more: object) -> list[Fault]:
    """One fault in several columns; ``rule`` is a code, or a kind of rule that each column has its own code of."""
    kinds = {"saknas", "otolkbar", "utanfor", "identitet", *NUMBER_OF_MARK}
    return [
        Fault(name, table, column, code_of(table, column, rule) if rule in kinds else rule, value, **more)  # type: ignore[arg-type]
        for table, column in places
    ]


def a_date_long_ago(at: Spot) -> list[str]:
    """Valid dates before anything that the made-up county knows of."""
    return dates_from(date(1998, 1, 1), at)


def dates_from(first: date, at: Spot) -> list[str]:
    """Dates within eight years, as the column writes them."""
    return [in_local_date(first + timedelta(days=int(day)), at.pattern) for day in at.rng.integers(0, 3000, at.count)]


def same(text: str) -> Damage:
    """Always the same text."""
    return lambda at: [text] * at.count


def around(before: str, after: str) -> Damage:
    """Something before and after what stood there."""
    return lambda at: [f"{before}{old}{after}" for old in at.old]


def twelve_digits(text: str) -> str:
    """A personal number of the made-up county, in any of its spellings, as twelve digits."""
    digits = re.sub(r"\D", "", text)
    if len(digits) == 12:
        return digits
    century = "19" if "+" in text or int(digits[:2]) > 26 else "20"
    return century + digits
