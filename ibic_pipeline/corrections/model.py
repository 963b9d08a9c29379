"""What ``rattelser/<kod>.yaml`` may say: corrections of single records that someone has decided, and no other key.

Every value is the text that stands in the file, so that ``0642`` and ``2024-03-15`` are what the delivery holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel, model_validator

from ibic_pipeline.county import Strict
from ibic_pipeline.identities import is_like_personal_number, read_as_written
from ibic_pipeline.profile import Export
from ibic_pipeline.storage import sha256_of_json

_ID = re.compile(r"KOR-[0-9]{3,}")
_FINGERPRINT_LENGTH = 16
_AROUND_A_WORD = ".,;:!?()[]\"'"
_NEEDS: dict[str, tuple[str, ...]] = {"satt": ("forvantat", "varden"), "tom": ("kolumner",), "uteslut": ()}

Filled = Annotated[str, Field(pattern=r"\S")]


class Rattelse(Strict):
    """One correction: the records that match and look as expected are changed, in memory."""

    id: str
    export: Export
    fil: str | None = None
    """Pattern (``monster``) of the one file it is for; every file of the export that has its columns when not set."""
    matcha: dict[str, Filled] = Field(min_length=1)
    """Local column -> the exact value, on every record that is meant."""
    forvantat: dict[str, str] = Field(default_factory=dict)
    """Local column -> what it holds as long as the source has not been mended; empty text for an empty cell."""
    atgard: Literal["satt", "tom", "uteslut"]
    """``satt``: write ``varden``. ``tom``: empty ``kolumner``. ``uteslut``: the record and what belongs to it."""
    varden: dict[str, Filled] = Field(default_factory=dict)
    kolumner: tuple[str, ...] = ()
    skal: str = Field(min_length=10)
    beslutad_av: Literal[
        "systemforvaltare",
        "verksamhetsutvecklare",
        "forsta_socialsekreterare",
        "enhetschef",
        "jurist",
        "dataskyddsombud",
    ]
    """A role, never a name."""
    beslutad: date
    galler_till: date | None = None
    """The last extraction date to which it applies."""

    @property
    def compared(self) -> tuple[str, ...]:
        """Local columns that decide whether a record is changed."""
        return tuple(dict.fromkeys((*self.matcha, *self.forvantat)))

    @property
    def changed(self) -> tuple[str, ...]:
        """Local columns that are changed."""
        return tuple(dict.fromkeys((*self.varden, *self.kolumner)))

    @property
    def columns(self) -> frozenset[str]:
        """Every local column that it names."""
        return frozenset((*self.compared, *self.changed))

    @property
    def fingerprint(self) -> str:
        """Another text as soon as anything in it is decided anew."""
        return sha256_of_json(self.model_dump(mode="json"))[:_FINGERPRINT_LENGTH]

    def applies(self, uttagsdatum: date) -> bool:
        """Whether it applies to a delivery of that day; else it has expired."""
        return self.galler_till is None or uttagsdatum <= self.galler_till

    @model_validator(mode="after")
    def _says_what_its_action_needs(self) -> Rattelse:
        needed = _NEEDS[self.atgard]
        for key in needed:
            if not getattr(self, key):
                raise ValueError(f"atgard: {self.atgard} needs {key}")
        for key in ("varden", "kolumner"):
            if key not in needed and getattr(self, key):
                raise ValueError(f"atgard: {self.atgard} takes no {key}")
        if self.galler_till is not None and self.galler_till < self.beslutad:
            raise ValueError("galler_till is earlier than beslutad")
        return self


class Rattelser(RootModel[dict[str, Rattelse]]):
    """The whole file, by id; errors name the id and the key, never a value."""

    @model_validator(mode="before")
    @classmethod
    def _by_id(cls, content: Any) -> dict[str, Any]:
        if not isinstance(content, list):
            raise ValueError("expected a list of corrections, each beginning with `- id: KOR-001`")
        found: dict[str, Any] = {}
        for number, entry in enumerate(content, start=1):
            name = entry.get("id") if isinstance(entry, dict) else None
            if not isinstance(name, str) or not _ID.fullmatch(name):
                raise ValueError(f"correction {number} of the file has no id of the form KOR-001")
            if name in found:
                raise ValueError(f"{name} stands twice; give each correction an id of its own")
            for key, text in _texts(entry):
                if tells_of_a_person(text):
                    where = key if key in Rattelse.model_fields else "a key"
                    raise ValueError(f"{name}.{where} holds a personal number; match on an id of the record instead")
            found[name] = entry
        return found


def tells_of_a_person(text: str) -> bool:
    """Whether a text is a valid personal number or holds one, at whatever day it is read."""
    words = (word.strip(_AROUND_A_WORD) for word in text.split())
    return any(
        is_like_personal_number(each, date.max) or read_as_written(each, date.max).number for each in (text, *words)
    )


def _texts(entry: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    """(key of the correction, text) of every key and value below it."""
    for key, value in entry.items():
        yield from ((str(key), text) for text in (str(key), *_leaves(value)))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value is not None:
        yield str(value)
