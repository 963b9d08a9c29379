"""The six questions as a municipality's printed report asks them: those of the pages, in the same order."""

from __future__ import annotations

from dataclasses import replace

from ibic_pipeline.report import questions

INTERVENTIONS = 2
"""The question that has the sixth one's own indicators; the report answers the sixth for every indicator."""

*_FIRST, _LAST = questions.QUESTIONS
QUESTIONS = tuple(
    replace(each, indikatorer=(*each.indikatorer, *_LAST.indikatorer)) if each.nummer == INTERVENTIONS else each
    for each in _FIRST
)
SIXTH = _LAST.text
