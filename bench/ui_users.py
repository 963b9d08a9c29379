"""Many people in Dagster's UI while a municipality is loaded: is each request answered, does the run end well?

``python bench/ui_users.py HOME [--users 50] [--seconds 60] > bench/results/ui-users.json``. HOME is a home with runs;
give a copy: a municipality is loaded anew in it. The webserver listens on 127.0.0.1 and ends with the script.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "runs": """{ runsOrError(limit: 30) { ... on Runs { results {
        id status jobName tags { key value } startTime endTime assetSelection { path } } } } }""",
    "assets": """{ assetsOrError { ... on AssetConnection { nodes { key { path } definition { groupName description
        kinds partitionDefinition { description } } } } } }""",
    "partitions": """{ assetNodes(assetKeys: [{path: ["leverans"]}, {path: ["aggregat"]}]) { assetKey { path }
        partitionStats { numMaterialized numFailed } } }""",
    "everyone": """{ assetOrError(assetKey: {path: ["alla_kommuner"]}) { ... on Asset {
        assetMaterializations(limit: 1) { timestamp metadataEntries {
        label ... on TextMetadataEntry { text } } } } } }""",
    "automation": """{ repositoriesOrError { ... on RepositoryConnection { nodes {
        schedules { name scheduleState { status } } sensors { name sensorState { status } } } } } }""",
}


def main() -> None:
    """Measure, and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kommun", default="0642")
    given = parser.parse_args()
    home = given.home.resolve()
    environment = os.environ | {
        "IBIC_HOME": str(home),
        "DAGSTER_HOME": str(home / "dagster"),
        "IBIC_DAGSTER": str(home / "dagster"),
        "PYTHONPATH": str(ROOT),
    }
    port = _free_port()
    words = ["-m", "dagster_webserver", "-h", "127.0.0.1", "-p", str(port), "-m", "assets.definitions"]
    server = subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address)
        ibic = [
            sys.executable,
            "-m",
            "ibic_pipeline.cli",
            "run",
            "--home",
            str(home),
            "--kommun",
            given.kommun,
            "--force",
        ]
        began = time.monotonic()
        night = subprocess.Popen(ibic, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        answers = _visited(address, given.users, given.seconds, night)
        night.communicate()
        seconds = time.monotonic() - began
    finally:
        server.terminate()
        server.wait()
    sys.stdout.write(json.dumps(_told(answers, given.users, night.returncode, seconds), indent=1) + "\n")


def _visited(address: str, users: int, seconds: float, night: subprocess.Popen[bytes]) -> list[tuple[str, float, bool]]:
    """Every user opens pages at random, with a pause of a second or two, for so long and until the night is over."""
    answers: list[tuple[str, float, bool]] = []
    end = time.monotonic() + seconds

    def user(number: int) -> None:
        rng = random.Random(number)
        while time.monotonic() < end or night.poll() is None:
            page = rng.choice(list(PAGES))
            began = time.monotonic()
            try:
                right = "errors" not in _asked(address, PAGES[page])
            except OSError:
                right = False
            answers.append((page, time.monotonic() - began, right))
            time.sleep(rng.uniform(1, 3))

    threads = [threading.Thread(target=user, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _asked(address: str, query: str) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{address}/graphql", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def _told(answers: list[tuple[str, float, bool]], users: int, exit_code: int, seconds: float) -> dict[str, Any]:
    pages = {}
    for page in PAGES:
        times = sorted(spent for name, spent, _ in answers if name == page)
        pages[page] = {
            "requests": len(times),
            "median_seconds": round(statistics.median(times), 3),
            "p95_seconds": round(times[int(0.95 * (len(times) - 1))], 3),
        }
    return {
        "users": users,
        "requests": len(answers),
        "failed_requests": sum(not right for *_, right in answers),
        "pages": pages,
        "run": {"exit_code": exit_code, "seconds": round(seconds, 1)},
        "machine": {
            "system": platform.platform(),
            "cpus": os.cpu_count(),
            "load": os.getloadavg(),
            "python": platform.python_version(),
        },
    }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/server_info", timeout=5).close()
        except OSError:
            time.sleep(1)
        else:
            return
    raise SystemExit("the webserver did not answer within two minutes")


if __name__ == "__main__":
    main()
