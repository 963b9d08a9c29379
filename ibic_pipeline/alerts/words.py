"""A message of alerts: those with one cause are told together, and what has passed is told as solved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ibic_pipeline.alerts.model import Alert

LINES_OF_A_GROUP = 40


@dataclass(frozen=True)
class Message:
    """What is sent: as a letter, and as JSON."""

    subject: str
    text: str
    content: dict[str, Any]


def message_of(county: str, new: Sequence[Alert], standing: int, solved: Mapping[str, str]) -> Message:
    """One message about everything that is new.

    Args:
        county: its name.
        new: alerts that nobody has been told of, or that someone should be reminded of.
        standing: how many others are known already and still wrong.
        solved: identity -> what it was, of those that have passed.
    """
    groups = _groups(new)
    parts = [_told(group) for group in groups]
    if solved:
        parts.append("LÖST\n" + "\n".join(f"- {what}" for what in solved.values()))
    if standing:
        parts.append(f"Dessutom står {standing} saker kvar som redan är sagda.")
    return Message(
        subject=f"[IBIC {county}] {_headline(groups, solved)}",
        text="\n\n".join(parts) + "\n",
        content={
            "lan": county,
            "larm": [_as_json(group) for group in groups],
            "lost": list(solved.values()),
            "kvarstar": standing,
        },
    )


def shortly(alert: Alert) -> str:
    """What it was, in one line, for the day when it is solved."""
    return f"{alert.title}: {alert.about.splitlines()[0]}" if alert.kommunkod else alert.title


def _groups(alerts: Sequence[Alert]) -> list[list[Alert]]:
    found: dict[tuple[str, str], list[Alert]] = {}
    for alert in alerts:
        found.setdefault((alert.title, alert.cause), []).append(alert)
    return list(found.values())


def _headline(groups: Sequence[Sequence[Alert]], solved: Mapping[str, str]) -> str:
    if not groups:
        return f"Löst: {next(iter(solved.values()))}" if len(solved) == 1 else f"{len(solved)} saker är lösta"
    first = groups[0][0]
    count = len(groups[0])
    who = f" ({count} kommuner)" if count > 1 else f" ({first.kommunkod})" if first.kommunkod else ""
    return f"{first.title}{who}" + (f" och {len(groups) - 1} saker till" if len(groups) > 1 else "")


def _told(group: Sequence[Alert]) -> str:
    first = group[0]
    lines = [first.title.upper() + (f" – {len(group)} kommuner" if len(group) > 1 else "")]
    if first.cause:
        lines.append(f"Orsak: {first.cause}")
    lines += [f"- {alert.about}" for alert in group[:LINES_OF_A_GROUP]]
    if len(group) > LINES_OF_A_GROUP:
        lines.append(f"- … och {len(group) - LINES_OF_A_GROUP} till")
    return "\n".join([*lines, f"Vad det betyder: {first.means}", f"Att göra: {first.do}"])


def _as_json(group: Sequence[Alert]) -> dict[str, Any]:
    first = group[0]
    return {
        "amne": first.topic,
        "rubrik": first.title,
        "orsak": first.cause,
        "kommuner": [alert.kommunkod for alert in group if alert.kommunkod],
        "vad": [alert.about for alert in group[:LINES_OF_A_GROUP]],
        "betyder": first.means,
        "gor": first.do,
    }
