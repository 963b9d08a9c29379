"""What an alert is: one thing that someone must know of, in words, without anything of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Topic = Literal["inlasning", "sen", "lan", "natt", "databas", "release", "demon", "disk"]


@dataclass(frozen=True)
class Alert:
    """One thing that is wrong.

    ``topic`` and ``kommunkod`` (empty: the county or the machine) say what it is about; while that stays wrong for the
    same ``fingerprint`` nobody is told again. Alerts with the same ``title`` and ``cause`` are told together.
    ``about`` is what is particular to this one, ``means`` what it is to the figures, ``do`` what someone does about it.
    """

    topic: Topic
    kommunkod: str
    title: str
    cause: str
    about: str
    means: str
    do: str
    fingerprint: str

    @property
    def identity(self) -> str:
        """What it is about, as a name in the memory."""
        return f"{self.topic}/{self.kommunkod}" if self.kommunkod else self.topic


@dataclass(frozen=True)
class FailedRun:
    """The latest run of a job (of a municipality), which failed and is not being tried again.

    ``reason``: the sentence that the run ended with; empty when its process was killed.
    """

    job: str
    kommunkod: str
    ended: datetime
    reason: str


@dataclass(frozen=True)
class Watched:
    """What Dagster's storage tells. ``answers`` is false when it cannot be read.

    ``heartbeat``: when the daemon last gave a sign of life; None when there has never been one.
    ``latest_plan``: when the plan of a night was last made. ``at_work``: whether municipalities are being loaded.
    """

    answers: bool = True
    heartbeat: datetime | None = None
    latest_plan: datetime | None = None
    at_work: bool = False
    failed: tuple[FailedRun, ...] = ()
