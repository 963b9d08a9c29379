"""Whether anyone outside the machine can reach Dagster, which asks nobody who they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import PurePath

import psutil

from ibic_pipeline.cli.doctor.finding import Finding


@dataclass(frozen=True)
class Listener:
    """A process that waits for connections."""

    name: str
    address: str
    port: int
    pid: int


def examine() -> Iterator[Finding]:
    """Findings on listening servers."""
    yield bound(listeners())


def bound(found: Iterable[Listener]) -> Finding:
    """Whether each server of Dagster listens to this machine alone."""
    every = list(found)
    open_ones = [each for each in every if is_public(each.address)]
    if open_ones:
        told = ", ".join(f"{each.name} (process {each.pid}) on {each.address}:{each.port}" for each in open_ones)
        do = "Stop it and start it with --host 127.0.0.1; others come in through the web server in front."
        return Finding("ports", "error", f"Anyone who reaches the machine can start and delete runs: {told}.", do)
    told = ", ".join(f"{each.name} on {each.address}:{each.port}" for each in every)
    return Finding("ports", "ok", told or "no server of Dagster is listening")


def listeners() -> list[Listener]:
    """Servers of Dagster that listen, as far as this user may see: root sees all, others see their own."""
    found = []
    for connection in psutil.net_connections(kind="tcp"):
        if connection.status != psutil.CONN_LISTEN or connection.pid is None or not connection.laddr:
            continue
        name = _name_of(connection.pid)
        if name is not None:
            found.append(Listener(name, connection.laddr.ip, connection.laddr.port, connection.pid))
    return found


def is_public(address: str) -> bool:
    """Whether others than this machine reach what listens there."""
    parsed = ip_address(address.partition("%")[0])
    return not (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def _name_of(pid: int) -> str | None:
    """The program's name when it is one of Dagster's, by the first words of its command line."""
    try:
        words = [PurePath(word).name for word in psutil.Process(pid).cmdline()[:4]]
    except psutil.Error:
        return None
    return next((word for word in words if word.startswith("dagster")), None)
