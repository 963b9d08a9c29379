"""A Spark Connect server of the tests' own, and the engine on it."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ibic_pipeline.derive.spark_engine import require_server

NEEDED = ("pysail", "pyspark")
needs_a_server = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in NEEDED),
    reason="pysail and pyspark-client are not installed: they serve as the Spark Connect server and its client",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def a_server(folder: Path) -> Iterator[str]:
    """The address of a server that answers; ``folder`` is where it works and writes its log."""
    port = free_port()
    command = [sys.executable, "-m", "pysail", "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for(port, server)
        address = f"sc://127.0.0.1:{port}"
        require_server(address)  # imports the library so that a test's worker, which has no main file, may import it
        yield address
    finally:
        server.kill()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended at once"
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not answer within 30 seconds")
