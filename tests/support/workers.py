"""Run workers that start at once: a process with everything loaded forks one for each run, and each can be killed.

``python -m tests.support.workers`` reads one order a line from standard input (``run``, ``kill_after``, ``bytes``, or
``everything``) and answers with the worker's process id; ``wait`` waits for one. Nothing but imports happens before a
fork. What is tried again is tried at once.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from tests.support.daemons import environment


class Workers:
    """Starts runs that stand in the storage, each in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def start(self, run_id: str, *, kill_after: float | None = None, most_bytes: int | None = None) -> int:
        """Begin a run; it is killed so many seconds into its first step, or writes no file above ``most_bytes``."""
        return int(self._asked({"run": run_id, "kill_after": kill_after, "bytes": most_bytes}))

    def start_everything(self, home: Home) -> int:
        """Begin what ``ibic run`` does, in any home."""
        return int(self._asked({"everything": str(home.path)}))

    def wait(self, pid: int) -> float:
        """Until the worker has ended, however it ends; the processor seconds that it took."""
        return float(self._asked({"wait": pid}))

    def _asked(self, order: dict[str, Any]) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the process that starts workers has ended"
        return answer


@contextmanager
def workers(home: Home, more: Mapping[str, str] | None = None) -> Iterator[Workers]:
    """A process that starts workers for a home, with ``more`` in their environment."""
    with (home.path.parent / "workers.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.workers"],
            cwd=PACKAGE.parent,
            env=environment(home, more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        yield Workers(process)
    finally:
        process.kill()
        process.communicate()


def _run_everything(folder: str) -> None:
    """``ibic run`` in this process."""
    from ibic_pipeline.cli.common import enter
    from ibic_pipeline.cli.run import run_all

    home = enter(Path(folder))
    run_all(home, list(home.lan.kommuner), quiet=True)


def _work(order: dict[str, Any]) -> None:
    """One run, in this process, which ends here."""
    from dagster import DagsterInstance
    from dagster._core.definitions.job_base import InMemoryJob
    from dagster._core.execution.api import execute_run_iterator

    from tests.support.night_definitions import defs

    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with DagsterInstance.get() as instance:
        run = instance.get_run_by_id(order["run"])
        assert run is not None
        if order["bytes"] is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (order["bytes"], order["bytes"]))
        for event in execute_run_iterator(InMemoryJob(defs.resolve_job_def(run.job_name)), run, instance):
            if event.is_step_start and order["kill_after"] is not None:
                signal.setitimer(signal.ITIMER_REAL, max(order.pop("kill_after"), 0.001))
                order["kill_after"] = None


def _main() -> None:
    import great_expectations  # noqa: F401
    from dagster import RetryPolicy
    from dagster._daemon import controller  # noqa: F401

    import ibic_pipeline
    import tests.support.night_definitions  # noqa: F401

    for module in walk_packages(ibic_pipeline.__path__, "ibic_pipeline."):
        if not module.name.startswith(("ibic_pipeline.synthetic", "ibic_pipeline.cli")):
            import_module(module.name)
    RetryPolicy.calculate_delay = lambda *_: 0.1  # type: ignore[method-assign]
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            used = os.wait4(order["wait"], 0)[2]
            print(used.ru_utime + used.ru_stime, flush=True)
        else:
            answer = os.fork()
            if answer == 0:
                os.dup2(2, 1)
                try:
                    _run_everything(order["everything"]) if "everything" in order else _work(order)
                finally:
                    time.sleep(0)
                    os._exit(0)
            print(answer, flush=True)


if __name__ == "__main__":
    _main()
