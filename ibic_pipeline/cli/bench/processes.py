"""Measurements in processes of their own: peak memory and loaded libraries are those of one measurement alone."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from ibic_pipeline.errors import IbicError

_CHILD = "ibic_pipeline.cli.bench.child"


def in_a_process(task: str, **given: Any) -> Any:
    """What ``module:function`` of this folder answers to the arguments, in a fresh process.

    Arguments and answer are such as JSON can hold.

    Raises:
        IbicError: the process ended with an error.
    """
    done = subprocess.run(  # noqa: S603 - this program, with arguments of our own
        [sys.executable, "-m", _CHILD],
        input=json.dumps({"task": task, "given": given}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        what = given.get("name", task.partition(":")[2])
        raise IbicError(
            f"{what} to be measured",
            f"its process ended with {done.returncode}{_cause(done.stderr)}",
            "Take fewer --times or a smaller --scale, or allow more with IBIC_MEMORY.",
        )
    return json.loads(done.stdout.splitlines()[-1])


def _cause(told: str) -> str:
    """The kind of the error, without its text: it could quote data."""
    lines = [line for line in told.splitlines() if line and not line.startswith(" ")]
    return f" ({lines[-1].partition(':')[0]})" if lines else ""
