"""What a harmonised table must be: fields, keys, parents and rules, declared once per table.

Everything else (parquet schema, code book, rule list, accounting) is generated from here.
A table is a pandera ``DataFrameModel`` whose columns are Arrow types, so that ``Beslut.validate(frame)``
proves a frame that has passed the rules, and whose rules are looked up by stable codes.

Rule codes are ``<prefix>-<nnn>``. Written rules have numbers below 100. Rules that a field implies get
theirs from the field's own number ``nn``: ``1nn`` the value is missing, ``2nn`` it could not be read
(unparsable, or a code that is not in the code list), ``3nn`` it lies outside its interval, ``4nn`` an
identifier holds something like a personal number. ``5nn`` to ``9nn`` are what only the raw value shows (``MARKS``):
a test person, a number that a spreadsheet has rounded, a reserve number, a formula, a personal number in free text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import pandas as pd
import pandera.pandas as pa
import pyarrow

Severity = Literal["avvisa", "varna", "stoppa", "reparera"]
"""``avvisa``: the row is refused. ``varna``: accepted and flagged. ``stoppa``: the delivery is refused.
``reparera``: mended where one reading alone is possible, and counted (``repairs``)."""

Sensitivity = Literal["open", "internal", "person"]

Reading = Literal[
    "identifier",  # trimmed text
    "personnummer",  # keyed pseudonym; the number itself is never kept
    "date",
    "integer",
    "decimal",
    "boolean",
    "code",  # a value of the field's code list, directly, by alias or by the profile's mapping
    "text_length",  # free text: only its length in characters survives
    "text_present",  # free text: only whether it is there survives
    "scale_word_only",  # free text: only whether it says nothing beyond the scale word survives
]

Text = Annotated[pd.ArrowDtype, pyarrow.string()]
Date = Annotated[pd.ArrowDtype, pyarrow.date32()]
Integer = Annotated[pd.ArrowDtype, pyarrow.int32()]
Decimal = Annotated[pd.ArrowDtype, pyarrow.float64()]
Boolean = Annotated[pd.ArrowDtype, pyarrow.bool_()]

IBIC = "IBIC, Individens behov i centrum"
KSI = "KSI, Klassifikation av socialtjänstens insatser och aktiviteter"
ICF = "ICF, Klassifikation av funktionstillstånd, funktionshinder och hälsa"
SOSFS = "SOSFS 2014:5"
ISU = "Individbaserad systematisk uppföljning"
ORIGIN = "Spårbarhet till leveransen"


def field(
    number: int,
    description: str,
    reading: Reading,
    *,
    source: str,
    sensitivity: Sensitivity = "internal",
    missing: Severity | None = None,
    unreadable: Severity | None = "avvisa",
    unit: str | None = None,
    codelist: str | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    outside: Severity | None = None,
) -> Any:
    """Declare one column of a contract.

    ``missing``, ``unreadable`` and ``outside`` are the severities of the three rules that a field
    implies; ``None`` means that the rule does not exist. A value that was refused as unreadable or
    outside with ``varna`` is null in the accepted row. ``outside`` is as severe as ``unreadable`` when not
    given. Every date has an interval of its own, so that the year 0202 does not become a very old decision.
    """
    lowest: float | date | None = EARLIEST if reading == "date" else at_least
    highest: float | date | None = LATEST if reading == "date" else at_most
    outside = outside or unreadable
    return pa.Field(
        nullable=missing != "avvisa",
        ge=at_least if outside == "avvisa" else None,
        le=at_most if outside == "avvisa" else None,
        description=description,
        metadata={
            "nummer": number,
            "lasning": reading,
            "kalla": source,
            "kanslighet": sensitivity,
            "saknas": missing,
            "otolkbar": unreadable if reading not in _ALWAYS_READABLE else None,
            "utanfor": outside if lowest is not None or highest is not None else None,
            "identitet": "avvisa" if reading == "identifier" else None,
            **{mark: severity if reading in readings else None for mark, (_, severity, readings, _) in MARKS.items()},
            "enhet": unit,
            "kodlista": codelist,
            "minst": lowest,
            "hogst": highest,
        },
    )


EARLIEST = date(1950, 1, 1)
LATEST = date(2100, 12, 31)

FREE_TEXT: tuple[Reading, ...] = ("text_length", "text_present", "scale_word_only")
_ALWAYS_READABLE = {"identifier", *FREE_TEXT}

MARKS: dict[str, tuple[int, Severity, tuple[Reading, ...], str]] = {
    "testperson": (5, "avvisa", ("personnummer",), "{name} är en testperson. Raden räknas inte."),
    "exceltal": (
        6,
        "avvisa",
        ("personnummer",),
        "{name} har avrundats av Excel och kan inte återställas. Formatera kolumnen som text och ta ut filen på nytt.",
    ),
    "reservnummer": (
        7,
        "varna",
        ("personnummer",),
        "{name} är ett reservnummer enligt profilen. Personen kan inte följas om numret byts.",
    ),
    "formel": (8, "avvisa", ("identifier",), "{name} börjar som en formel. Leverera id:t som text."),
    "rojande": (
        9,
        "varna",
        FREE_TEXT,
        "{name} innehåller ett personnummer. Bara textens längd sparas; ta bort numret ur texten i källsystemet.",
    ),
}
"""What only a raw value shows: mark -> hundred of its rules, severity, readings that can have it, message."""

NUMBER_OF_MARK: dict[str, int] = {mark: number for number, mark in enumerate(MARKS, start=1)}
"""How marks are stored in columns of numbers; 0 is none."""

Predicate = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Rule:
    """One thing that must hold, with the words for when it does not.

    ``violates`` takes the enriched frame of the table (its own columns, ``<parent>.<column>`` for each
    parent, ``leverans.uttagsdatum``) and gives True per row that breaks the rule; null counts as
    False. It is ``None`` for rules that the engine evaluates from the declaration itself.
    """

    code: str
    severity: Severity
    table: str
    fields: tuple[str, ...]
    message: str
    kind: Literal[
        "saknas", "otolkbar", "utanfor", "identitet", "testperson", "exceltal", "reservnummer", "formel", "rojande",
        "nyckel", "foralder", "skriven", "leverans", "reparation",
    ]  # fmt: skip
    violates: Predicate | None = None


@dataclass(frozen=True)
class Parent:
    """A reference to another table; ``missing`` and ``refused`` are the numbers of its two rules.

    A child of a refused row is always refused; ``missing_severity`` is for a parent that was never delivered.
    """

    field: str
    table: str
    missing: int
    refused: int
    missing_severity: Severity = "avvisa"


def rule(
    number: int, severity: Severity, message: str, *, fields: tuple[str, ...], parents: bool = False
) -> Callable[[Callable[[Any, pd.DataFrame], pd.Series]], Any]:
    """Declare a written rule on a contract; the function gives True per row that breaks it.

    A refusing rule that needs no parent also becomes a pandera check of the model, so that anyone can
    validate an accepted frame without the pipeline.
    """

    def declare(function: Callable[[Any, pd.DataFrame], pd.Series]) -> Any:
        def violates(frame: pd.DataFrame) -> pd.Series:
            return function(None, frame).fillna(False).astype(bool)

        if severity == "avvisa" and not parents:

            def holds(cls: Any, frame: pd.DataFrame) -> pd.Series:
                return ~violates(frame)

            holds.__name__ = function.__name__
            declared: Any = pa.dataframe_check(name=str(number), error=message)(holds)
        else:
            declared = staticmethod(function)
        declared.declared_rule = (number, severity, message, fields, violates)
        return declared

    return declare


class Contract(pa.DataFrameModel):
    """Columns that every harmonised table carries."""

    kommunkod: Text = pa.Field(
        nullable=False,
        str_matches=r"^\d{4}$",
        description="Kommunens kod enligt SCB, fyra tecken.",
        metadata={"kalla": ORIGIN, "kanslighet": "open", "lasning": "identifier", "kodlista": "kommun"},
    )
    leverans_id: Text = pa.Field(
        nullable=False,
        description="Leveransmappens namn.",
        metadata={"kalla": ORIGIN, "kanslighet": "internal", "lasning": "identifier"},
    )
    kallfil: Text = pa.Field(
        nullable=False,
        description="Filen (och bladet) som raden lästes ur; siffror som liknar personnummer är utbytta.",
        metadata={"kalla": ORIGIN, "kanslighet": "internal", "lasning": "identifier"},
    )
    kallrad: Integer = pa.Field(
        nullable=False,
        ge=1,
        description="Postens nummer i filen, räknat från filens första rad; den första när flera rader säger samma.",
        metadata={"kalla": ORIGIN, "kanslighet": "internal", "lasning": "integer"},
    )

    class Config:
        strict = True
        metadata: dict[str, Any] = {}

    @classmethod
    def _declared(cls) -> dict[str, Any]:
        cls.to_schema()  # pandera fills in the configuration when it builds the schema
        return cls.Config.metadata

    @classmethod
    def table(cls) -> str:
        """The table's name."""
        return str(cls._declared()["tabell"])

    @classmethod
    def prefix(cls) -> str:
        """The first part of the table's rule codes."""
        return str(cls._declared()["prefix"])

    @classmethod
    def key(cls) -> tuple[str, ...]:
        """The columns that identify a row within a municipality."""
        return tuple(cls._declared()["nyckel"])

    @classmethod
    def parents(cls) -> tuple[Parent, ...]:
        """References to other tables."""
        return tuple(cls._declared()["foraldrar"])

    @classmethod
    def columns(cls) -> dict[str, Any]:
        """Column name -> pandera column, in the order of the table; ``metadata`` as in ``field``."""
        return dict(cls.to_schema().columns)

    @classmethod
    def own_columns(cls) -> dict[str, Any]:
        """The columns that come out of the delivery, without the four of its origin."""
        return {name: column for name, column in cls.columns().items() if name not in ORIGIN_COLUMNS}

    @classmethod
    def arrow_type(cls, column: str) -> pyarrow.DataType:
        """The Arrow type in which the column is stored."""
        return cls.columns()[column].dtype.type.pyarrow_dtype

    @classmethod
    def rules(cls) -> tuple[Rule, ...]:
        """Every rule of the table, in the order of the codes."""
        found = [*cls._field_rules(), *cls._key_rules(), *cls._written_rules()]
        codes = [each.code for each in found]
        repeated = sorted({code for code in codes if codes.count(code) > 1})
        if repeated:
            raise ValueError(f"{cls.__name__}: rule codes used twice: {', '.join(repeated)}. Give each its own number.")
        return tuple(sorted(found, key=lambda each: each.code))

    @classmethod
    def _field_rules(cls) -> Iterator[Rule]:
        for name, column in cls.own_columns().items():
            meta = column.metadata
            number = meta["nummer"]
            for hundred, kind, text in (
                (1, "saknas", f"{name} saknas."),
                (2, "otolkbar", _unreadable_message(name, meta)),
                (3, "utanfor", _outside_message(name, meta)),
                (4, "identitet", f"{name} liknar ett personnummer. Leverera ett id som inte är ett personnummer."),
                *((hundred, mark, text.format(name=name)) for mark, (hundred, _, _, text) in MARKS.items()),
            ):
                if meta[kind] is not None:
                    code = f"{cls.prefix()}-{hundred}{number:02d}"
                    yield Rule(code, meta[kind], cls.table(), (name,), text, kind)  # type: ignore[arg-type]

    @classmethod
    def _key_rules(cls) -> Iterator[Rule]:
        key = ", ".join(cls.key())
        yield Rule(
            f"{cls.prefix()}-001",
            cls._declared().get("motstridig", "avvisa"),
            cls.table(),
            cls.key(),
            f"Samma {key} förekommer med olika innehåll. Rätta så att varje {key} har en enda uppgift.",
            "nyckel",
        )
        for parent in cls.parents():
            where = f"{cls.prefix()}-{{:03d}}", cls.table(), (parent.field,)
            missing: tuple[int, Severity, str] = (
                parent.missing,
                parent.missing_severity,
                f"{parent.field} finns inte i {parent.table}.",
            )
            refused: tuple[int, Severity, str] = (
                parent.refused,
                "avvisa",
                f"{parent.field} hör till en rad i {parent.table} som avvisats.",
            )
            for number, severity, text in (missing, refused):
                yield Rule(where[0].format(number), severity, where[1], where[2], text, "foralder")

    @classmethod
    def _written_rules(cls) -> Iterator[Rule]:
        for owner in reversed(cls.__mro__):
            for member in vars(owner).values():
                declared = getattr(member, "declared_rule", None)
                if declared is not None:
                    number, severity, message, fields, violates = declared
                    code = f"{cls.prefix()}-{number:03d}"
                    yield Rule(code, severity, cls.table(), fields, message, "skriven", violates)


ORIGIN_COLUMNS = ("kommunkod", "leverans_id", "kallfil", "kallrad")

_EXPECTED = {
    "date": "ett datum (till exempel 2024-03-15)",
    "integer": "ett heltal",
    "decimal": "ett tal",
    "boolean": "ja eller nej",
    "personnummer": "ett person- eller samordningsnummer med rätt kontrollsiffra",
}


def _outside_message(name: str, meta: dict[str, Any]) -> str:
    lowest, highest = meta["minst"], meta["hogst"]
    if highest is None:
        return f"{name} ska vara minst {lowest}."
    return f"{name} ska ligga mellan {lowest} och {highest}."


def _unreadable_message(name: str, meta: dict[str, Any]) -> str:
    if meta["lasning"] == "code":
        return f"{name} har ett värde som inte finns i kodlistan {meta['kodlista']} eller i kommunens profil."
    return f"{name} kan inte tolkas; förväntat {_EXPECTED.get(meta['lasning'], 'ett värde')}."
