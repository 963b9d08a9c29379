"""What a cohort is: a definition that stands on the command line or in a YAML file, and can be saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from ibic_pipeline.county import Strict
from ibic_pipeline.errors import IbicError, did_you_mean
from ibic_pipeline.storage import write_text
from schemas.codelists import codelist


class Span(NamedTuple):
    """Two days, both inclusive."""

    fran: date
    till: date


class Ages(NamedTuple):
    """Two ages, both inclusive; no upper one where ``till`` is None."""

    fran: int
    till: int | None


class Kohort(Strict):
    """A group of persons in one municipality."""

    insatsgrupp: str
    pagaende: date
    """The day on which a granted decision of the group must be in force."""
    sammanhangande: str | None = None
    """``2016-01-01..2022-06-30``: between these days the person has had decisions of the group without long gaps."""
    lucka: Annotated[int, Field(ge=0)] | None = None
    """Most days without a decision that are no gap, also at the ends of the span; the county's ``episod_lucka_dagar``
    when not set."""
    alder: str | None = Field(default=None, pattern=r"^\d{1,3}(-\d{1,3}|\+)$")
    """``18-64`` or ``65+``, on the day ``pagaende``."""
    utforare: str | None = None
    regiform: Literal["kommunal", "privat"] | None = None
    n: Annotated[int, Field(ge=1)] | None = None
    """How many to draw; all when not set."""
    fro: int = 1
    """Seed of the draw."""

    @field_validator("insatsgrupp")
    @classmethod
    def _group_is_known(cls, group: str) -> str:
        known = set(codelist("insats")["insatsgrupp"])
        if group not in known:
            raise ValueError(f"{group}{did_you_mean(group, known)}: expected one of {', '.join(sorted(known))}")
        return group

    @field_validator("sammanhangande")
    @classmethod
    def _span_runs_forward(cls, text: str | None) -> str | None:
        if text is not None and not _is_span(text):
            raise ValueError("expected two days, the earlier first: 2016-01-01..2022-06-30")
        return text

    @model_validator(mode="after")
    def _ages_run_forward(self) -> Kohort:
        ages = self.ages
        if ages is not None and ages.till is not None and ages.till < ages.fran:
            raise ValueError("alder: expected the lower age first: 18-64")
        return self

    @model_validator(mode="after")
    def _a_gap_is_in_a_span(self) -> Kohort:
        if self.lucka is not None and self.sammanhangande is None:
            raise ValueError("lucka: needs sammanhangande, the span in which gaps are looked for")
        return self

    @property
    def span(self) -> Span | None:
        """The span of ``sammanhangande``."""
        return None if self.sammanhangande is None else _span(self.sammanhangande)

    @property
    def ages(self) -> Ages | None:
        """The ages of ``alder``."""
        if self.alder is None:
            return None
        low, _, high = self.alder.removesuffix("+").partition("-")
        return Ages(int(low), int(high) if high else None)


def definition_of(file: Path | None, given: Mapping[str, Any]) -> Kohort:
    """The definition in a file, with what is given besides put over it (None: not given).

    Raises:
        IbicError: the file cannot be read, or the definition is wrong or incomplete.
    """
    content = {} if file is None else _read(file)
    values = {**content, **{name: value for name, value in given.items() if value is not None}}
    try:
        return Kohort.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        near = did_you_mean(where, Kohort.model_fields) if first["type"] == "extra_forbidden" else ""
        found = f"{where}{near}: {first['msg']}" if where else first["msg"]
        options = " ".join(f"--{name}" for name in ("insatsgrupp", "pagaende"))
        raise IbicError(
            "a cohort's definition", found, f"Give at least {options}, or --definition FILE with these keys."
        ) from None


def save(definition: Kohort, file: Path) -> None:
    """Write the definition as YAML that ``definition_of`` reads."""
    content = definition.model_dump(mode="json", exclude_none=True)
    write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), file)


def _read(file: Path) -> dict[str, Any]:
    try:
        # Every value is the text that stands in the file, so that a day that does not exist is told with its key.
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 (a safe one)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        content = None
    if not isinstance(content, dict):
        raise IbicError(f"keys and values in {file}", "no such file, or something else", "Correct --definition.")
    return content


def _is_span(text: str) -> bool:
    try:
        span = _span(text)
    except ValueError:
        return False
    return span.fran <= span.till


def _span(text: str) -> Span:
    first, _, last = text.partition("..")
    return Span(date.fromisoformat(first), date.fromisoformat(last))
