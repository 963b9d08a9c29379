"""One look: what is wrong, what of it nobody has been told, and telling it. It may be done by several at once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ibic_pipeline.alerts.found import alerts_of
from ibic_pipeline.alerts.model import Alert, Watched
from ibic_pipeline.alerts.send import NotSent, channels, send
from ibic_pipeline.alerts.words import Message, message_of, shortly
from ibic_pipeline.home import Home
from ibic_pipeline.storage import read_json, write_json
from ibic_pipeline.workflow.files import private_files

Known = dict[str, dict[str, Any]]
"""Identity of an alert -> ``avtryck``, ``rad`` (what it was) and ``skickad`` (when it was told)."""


@dataclass(frozen=True)
class Look:
    """What a look came to. ``sent``: channel -> subject; ``not_sent``: channel -> why."""

    alerts: tuple[Alert, ...]
    sent: dict[str, str]
    not_sent: dict[str, str]


def look(home: Home, watched: Watched | None, now: datetime, *, tell: bool = True) -> Look:
    """Find what is wrong, and tell by each channel what has not been told there. A failed sending is tried next time.

    Raises:
        IbicError: lan.yaml is missing or wrong.
    """
    with _alone(home):
        alerts = alerts_of(home, watched, now)
        memory: dict[str, Known] = _remembered(home)
        sent: dict[str, str] = {}
        failed: dict[str, str] = {}
        for channel in channels(home) if tell else []:
            known = memory.get(channel, {})
            waiting = watched is not None and watched.at_work
            message, after = _to_tell(home, alerts, known, now, waiting=waiting)
            if message is None:
                continue
            try:
                send(home, channel, message)
            except NotSent as error:
                failed[channel] = str(error)
                continue
            sent[channel] = message.subject
            memory[channel] = after
            _remember(home, memory)
        return Look(tuple(alerts), sent, failed)


def _to_tell(
    home: Home, alerts: list[Alert], known: Known, now: datetime, *, waiting: bool
) -> tuple[Message | None, Known]:
    """The message, if there is something to say, and what is known when it has been sent.

    While municipalities are ``waiting`` to be loaded nothing is said of loading: those that fail for one reason are
    then told together when all have ended.
    """
    considered = [alert for alert in alerts if not (waiting and alert.topic == "inlasning")]
    new = [alert for alert in considered if _is_new(home, alert, known.get(alert.identity), now)]
    present = {alert.identity for alert in alerts}
    passed = {
        identity: said["rad"]
        for identity, said in known.items()
        if identity not in present and not (waiting and identity.startswith("inlasning"))
    }
    if not new and not passed:
        return None, known
    after = {identity: said for identity, said in known.items() if identity not in passed}
    for alert in new:
        after[alert.identity] = {
            "avtryck": alert.fingerprint,
            "rad": shortly(alert),
            "skickad": now.isoformat(timespec="seconds"),
        }
    standing = sum(alert.identity in known for alert in considered) - sum(alert.identity in known for alert in new)
    return message_of(home.lan.namn, new, standing, passed), after


def _is_new(home: Home, alert: Alert, known: dict[str, Any] | None, now: datetime) -> bool:
    if known is None or known["avtryck"] != alert.fingerprint:
        return True
    return now - datetime.fromisoformat(known["skickad"]) >= timedelta(days=home.lan.larm.paminn_dagar.varde)


def _memory(home: Home) -> Path:
    return home.lager / "lan" / "larm.json"


def _remembered(home: Home) -> dict[str, Known]:
    """What has been told; a file that is damaged is as none, and then something is told twice."""
    with suppress(ValueError, OSError):
        found = read_json(_memory(home))
        if isinstance(found, dict):
            return found
    return {}


def _remember(home: Home, memory: dict[str, Known]) -> None:
    with suppress(OSError), private_files():  # where nothing can be written, what was told is told again
        write_json(memory, _memory(home))


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """The daemon's sensor and a timer may look at the same moment; the second waits, and finds nothing new."""
    with ExitStack() as held:
        with suppress(OSError), private_files():  # on a full disk it is better to tell twice than not at all
            (home.lager / "lan").mkdir(parents=True, exist_ok=True)
            stream = held.enter_context((home.lager / "lan" / ".larm-las").open("a"))
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
