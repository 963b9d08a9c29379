"""Nights in fast motion with faults: what may happen to a county's server between two mornings, and what must hold.

``python -m tests.support.chaos 100 --seed 1 --json FILE`` is the long form. Odd nights have a fault; on even ones it is
gone, and a county that nothing happened to is made beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from tests.support import postgres
from tests.support.chaos_at_work import work
from tests.support.chaos_county import County, Servers
from tests.support.chaos_faults import FAULTS, MOUNT, NOTHING, POSTGRESQL, Fault, missing, small_disk
from tests.support.chaos_mornings import Night, badly_told, every_night_came, left_behind, not_whole, stands
from tests.support.homes import TWO

BEGINS = date(2024, 3, 1)
"""A night is two days after the one before; the clocks change on the way."""
USUAL, LATE = 2, 50
"""Days between two nights; without a delivery, so many that one is late."""


AT_WORK = 2


def nights(
    count: int,
    seed: int,
    folder: Path,
    *,
    faults: Sequence[str] = tuple(FAULTS),
    on_files: bool = False,
    calm_from: int = 0,
    codes: Sequence[str] = TWO,
    tell: Callable[[Night], Any] = str,
) -> list[Night]:
    """Let nights pass and see each morning what holds.

    ``on_files``: Dagster's records in SQLite, and no database. ``calm_from``: the number of the first night on which
    the county that nothing happens to is run, too. ``codes``: the municipalities.
    """
    rng = random.Random(seed)
    order: list[str] = []
    passed: list[Night] = []
    with ExitStack() as stack:
        lacking = missing() | ({POSTGRESQL} if on_files else set())
        if MOUNT not in lacking and any(FAULTS[each].needs == MOUNT for each in faults):
            stack.enter_context(small_disk(folder / "stord" / "home"))
        servers = [] if POSTGRESQL in lacking else [stack.enter_context(postgres.running()) for _ in range(2)]
        disturbed = County(folder / "stord", stack, tells=True, servers=Servers(*servers), codes=codes)
        calm = County(folder / "ostord", stack, tells=False, codes=codes)
        shutil.copytree(disturbed.home.nycklar, calm.home.nycklar, dirs_exist_ok=True)  # the same pseudonyms
        inbox = Inbox(disturbed, calm)
        when = BEGINS
        for number in range(count):
            order = order or _round([each for each in faults if FAULTS[each].needs not in lacking], rng)
            fault = FAULTS[order.pop()] if number % 2 else NOTHING
            before, when = when, when + timedelta(days=LATE if fault.name == "late" else USUAL)
            began, spent = time.monotonic(), _spent(disturbed, calm)
            night = Night(number, when, fault.name, [], [], False, 0.0)
            _passes(disturbed, calm if number >= calm_from and not fault.name else None, inbox, night, fault, rng)
            night.broken += [] if every_night_came(before, when) else ["the schedule did not come once every night"]
            night.seconds = round(time.monotonic() - began, 1)
            night.cpu_seconds = round(_spent(disturbed, calm) - spent, 1)
            passed.append(night)
            tell(night)
    return passed


def _passes(
    disturbed: County, calm: County | None, inbox: Inbox, night: Night, fault: Fault, rng: random.Random
) -> None:
    """``calm``: what the county is to be like in the morning."""
    said = len(disturbed.hook.bodies)
    codes = inbox.arrives(night, fault)
    undisturbed = disturbed.workers.start_everything(calm.home) if calm else None
    if fault.at_work:
        try:
            work(disturbed, fault, codes, rng)
        except AssertionError as error:
            night.broken.append(str(error))
    if fault.name == "no daemon":
        disturbed.morning += timedelta(days=USUAL)
    else:
        disturbed.night(night.date, fault, rng)
    night.wrong = sorted(disturbed.told(silent=fault.name == "no daemon"))
    night.sent = sorted({each["amne"] for body in disturbed.hook.bodies[said:] for each in body["larm"]})
    night.made_up = bool(disturbed.hurt) and disturbed.made_up_for()
    night.broken += [*badly_told(night, fault), *not_whole(disturbed, night)]
    if calm is not None and undisturbed is not None:
        calm.worked += disturbed.workers.wait(undisturbed)
        now, expected = stands(disturbed), stands(calm)
        night.broken += [f"{name} differ from the undisturbed county's" for name in now if now[name] != expected[name]]
        night.broken += left_behind(disturbed)


def _round(faults: Sequence[str], rng: random.Random) -> list[str]:
    """Each once, in any order; of those that happen to a real daemon, which take minutes, a few."""
    slow = [each for each in faults if FAULTS[each].at_work]
    chosen = [each for each in faults if each not in slow] + rng.sample(slow, min(AT_WORK, len(slow)))
    return rng.sample(chosen, len(chosen))


def _spent(*counties: County) -> float:
    return time.process_time() + sum(each.worked for each in counties)


class Inbox:
    """What both counties are sent; what is wrong with a delivery is put right on the night after."""

    def __init__(self, disturbed: County, calm: County) -> None:
        self.disturbed, self.calm = disturbed, calm
        self.wrong: list[tuple[Path, Path]] = []
        self.before = ""

    def arrives(self, night: Night, fault: Fault) -> Sequence[str]:
        """The night's deliveries; whose they are."""
        for broken, whole in self.wrong:
            shutil.rmtree(broken)
            shutil.copytree(whole, broken)
            (broken / "klar").unlink()
            (broken / "klar").touch()
        self.wrong.clear()
        everyone = bool(night.number % 2) or self.before == "late"
        nobody = fault.name == "late" or self.before == "warehouse stopped"
        self.before = fault.name
        codes = self.disturbed.codes
        codes = [] if nobody else codes if everyone else codes[:1]
        for code in codes:
            self._delivered(code, night, fault.name)
        return codes

    def _delivered(self, code: str, night: Night, fault: str) -> None:
        name = night.date.isoformat()
        whole = self.calm.deliver(code, name, night.number)
        folder = self.disturbed.deliver(code, name, night.number, whole=fault != "half copied")
        if fault == "broken":
            (folder / "beslut.csv").unlink()
        if fault == "half copied":
            content = (folder / "beslut.csv").read_bytes()
            (folder / "beslut.csv").write_bytes(content[: len(content) // 2])
        if fault in ("broken", "half copied"):
            self.wrong.append((folder, whole))
        if fault == "double":
            for county in (self.disturbed, self.calm):
                county.deliver(code, f"{name}_omtag", night.number)


def summary(passed: Sequence[Night], seed: int, left_out: dict[str, str]) -> dict[str, Any]:
    """What the nights came to."""
    kinds: dict[str, Any] = {}
    for name in dict.fromkeys(each.fault for each in passed):
        those = [each for each in passed if each.fault == name]
        kinds[name or "none"] = {
            "nights": len(those),
            "someone_was_told": sum(bool(each.sent) for each in those),
            "made_up_for_the_same_night": sum(each.made_up for each in those),
            "seconds": median(each.seconds for each in those),
            "cpu_seconds": median(each.cpu_seconds for each in those),
        }
    return {
        "scenario": "chaos",
        "nights": len(passed),
        "seed": seed,
        "faults": kinds,
        "left_out": left_out,
        "seconds_per_night": {
            "median": median(each.seconds for each in passed),
            "most": max(each.seconds for each in passed),
            "all": round(sum(each.seconds for each in passed)),
        },
        "what_did_not_hold": [asdict(each) for each in passed if each.broken],
        "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "load": os.getloadavg()},
    }


def _said(night: Night) -> None:
    what, cost = (
        f"{night.number:>3} {night.date} {night.fault or '-':<24}",
        f"{night.seconds} s, CPU {night.cpu_seconds} s",
    )
    print(f"{what} told {night.sent}, {cost}", flush=True)
    for each in night.broken:
        print(f"    DOES NOT HOLD: {each}", flush=True)


def main() -> int:
    """The tool; exit code 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nights", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", action="append", choices=sorted(FAULTS), help="only these")
    parser.add_argument("--on-files", action="store_true", help="SQLite, also where PostgreSQL is installed")
    parser.add_argument("--json", type=Path, help="where to write the result, after every night")
    given = parser.parse_args()
    lacking = missing() | ({POSTGRESQL} if given.on_files else set())
    faults = given.fault or list(FAULTS)
    left_out = {name: f"needs {FAULTS[name].needs}" for name in faults if FAULTS[name].needs in lacking}
    for name, why in left_out.items():
        print(f"left out: {name} ({why})", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers are stopped, and the small disk goes
    folder = Path(tempfile.mkdtemp(prefix="kaos-"))
    print(f"in {folder}", flush=True)
    so_far: list[Night] = []

    def tell(night: Night) -> None:
        _said(night)
        so_far.append(night)
        if given.json:
            text = json.dumps(summary(so_far, given.seed, left_out), indent=1, default=str, ensure_ascii=False)
            given.json.write_text(text + "\n", encoding="utf-8")

    nights(given.nights, given.seed, folder, faults=faults, on_files=given.on_files, tell=tell)
    return int(any(each.broken for each in so_far))


if __name__ == "__main__":
    sys.exit(main())
