"""A cohort as lines that a person reads, in Swedish, and as values that a program reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ibic_pipeline.explain.rows import RESTRICTED
from ibic_pipeline.explain.words import figure_text
from ibic_pipeline.report.numbers import count_text
from ibic_pipeline.review.cohort import Cohort


def as_lines(found: Cohort, most: int) -> Iterator[str]:
    """The size at each step, the indicator over each, and at most ``most`` of those who are left."""
    rows = found.rows
    yield f"Kohort i {rows.namn} ({rows.kommunkod}), uttag {rows.uttagsdatum}"
    yield RESTRICTED
    yield ""
    yield "personer"
    for step in found.steps:
        yield f"{count_text(len(step.personer)):>8}  {step.text}"
    measured = found.measured
    if measured is not None:
        of = "alla insatser" if measured.alla_insatser else found.definition.insatsgrupp
        yield ""
        yield f"{measured.indicator.id} {measured.indicator.namn}, {measured.period}, kohortens enheter ({of})"
        for step, figure in zip(found.steps, measured.figures, strict=True):
            yield f"  {step.text}: {figure_text(figure)}"
    yield ""
    yield from _person_lines(found, most)


def _person_lines(found: Cohort, most: int) -> Iterator[str]:
    persons = found.steps[-1].personer
    capped = f", de första {most} visas (--max)" if len(persons) > most else ""
    yield f"Kvar: {count_text(len(persons))} personer{capped}"
    decisions = found.beslut[found.beslut["individ_id"].isin(persons[:most])]
    for each in decisions.itertuples(index=False):
        until = "tills vidare" if each.slut is None or each.slut != each.slut else f"till {each.slut}"
        yield f"  {each.individ_id}  {each.beslut_id}  från {each.galler_fran} {until}"


def as_values(found: Cohort) -> dict[str, Any]:
    """The same for a program, with everyone who is left."""
    measured = found.measured
    figures = measured.figures if measured is not None else (None,) * len(found.steps)
    decisions = found.beslut.astype(object).where(found.beslut.notna(), None)
    return {
        "begransat": RESTRICTED,
        "kommunkod": found.rows.kommunkod,
        "uttagsdatum": found.rows.uttagsdatum.isoformat(),
        "definition": found.definition.model_dump(mode="json", exclude_none=True),
        "indikator": None if measured is None else measured.indicator.id,
        "period": None if measured is None else measured.period,
        "alla_insatser": None if measured is None else measured.alla_insatser,
        "steg": [
            {"steg": step.text, "personer": len(step.personer)} | ({"siffra": asdict(figure)} if figure else {})
            for step, figure in zip(found.steps, figures, strict=True)
        ],
        "personer": list(found.steps[-1].personer),
        "beslut": decisions.to_dict("records"),
    }
