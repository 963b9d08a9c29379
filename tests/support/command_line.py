"""``ibic`` as it is typed, run in the test's own process."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from ibic_pipeline import cli

OF_A_HOME = ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME")
"""Environment variables that the verbs set."""


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


class Ibic:
    """Runs the command line in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch

    def __call__(self, *words: object) -> Said:
        self.monkeypatch.setattr(sys, "argv", ["ibic", *map(str, words)])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = self.capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)
