"""Pieces of SQL that several checks share: when something is asked of a row, and when it holds."""

from __future__ import annotations

GRANTED = "r.utfall IN ('bifall', 'delvis_bifall')"
ASSESSED = "NOT coalesce(r.utan_behovsprovning, false)"
"""The decision rests on an assessment of needs; without one there are no goals and no investigation to ask for."""
ENDED = "least(coalesce({0}.galler_tom, {0}.upphort), coalesce({0}.upphort, {0}.galler_tom))"
"""The last day of a decision; null while it has none."""


def holds(asked: str, held: str) -> str:
    """True or false where it is asked, null elsewhere; what cannot be told does not hold."""
    return f"CASE WHEN {asked} THEN coalesce({held}, false) END"


def days(asked: str, earlier: str, later: str) -> str:
    """Days from one to the other where it is asked and both are known, null elsewhere."""
    return f"CASE WHEN {asked} THEN date_diff('day', {earlier}, {later}) END"


def there_is(table: str, key: str) -> str:
    """Whether some row of the table has the same key."""
    return f"EXISTS (SELECT 1 FROM {table} AS t WHERE t.{key} = r.{key})"  # noqa: S608 - names of our own
