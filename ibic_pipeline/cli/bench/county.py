"""Scenarios of whole deliveries: a county or the country beside its peers, and one municipality that has changed."""

from __future__ import annotations

import shutil
import statistics
from typing import TYPE_CHECKING, Any

from ibic_pipeline.cli.bench.meter import Stages
from ibic_pipeline.cli.bench.processes import in_a_process
from ibic_pipeline.cli.bench.work import AGGREGATE, COMPARE, DATA_WORK, DERIVE, FEW, PUBLISH, RUN, VALIDATE
from ibic_pipeline.cli.common import progress
from ibic_pipeline.errors import IbicError

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

Ratios = dict[str, float]
PEERS = ("bare", "typed", "polars_derive")


def beside_peers(county: Home, repeat: int, *, usual: bool, quiet: bool) -> tuple[Stages, Ratios]:
    """The data work and its peers in turn, ``repeat`` times; of each stage the cheapest time counts.

    ``usual``: also the whole command from a cold start, and the usual peer.

    Raises:
        IbicError: a peer gives other rows or figures, so that it is no peer.
    """
    folder, out, codes = str(county.path), county.path / "andra", list(county.lan.kommuner)
    names = (*PEERS, *(["usual"] if usual else []))
    found: list[Stages] = []
    with progress("rounds", repeat * (2 + len(names) + usual), quiet=quiet) as shown:
        for _ in range(repeat):
            stages: Stages = {}

            def measured(task: str, told: str, **given: Any) -> None:
                shown.doing(told)
                stages.update(in_a_process(f"work:{task}", folder=folder, **given))  # noqa: B023 - used in this round
                shown.step(1)

            if usual:
                measured("whole_command", RUN)
            measured("data_work", "data work", codes=codes)
            measured("few_indicators", FEW)
            for peer in names:
                shutil.rmtree(out / peer, ignore_errors=True)
                measured("peer", peer, name=peer, out=str(out / peer))
            found.append(stages)
    differs: dict[str, int] = in_a_process("work:same", folder=folder, out=str(out), names=names)
    if differs:
        told = ", ".join(f"{rows} of {table}" for table, rows in differs.items())
        raise IbicError("the same rows and figures from every peer", f"others: {told}", "Correct bench/peers/.")
    return cheapest(found), _ratios(found)


def one_changed(county: Home, repeat: int, *, quiet: bool) -> tuple[Stages, Ratios]:
    """Everything loaded and published; then one municipality, of middle size, delivers again."""
    codes = list(county.lan.kommuner)
    with progress("nights", repeat + 1, quiet=quiet) as shown:
        shown.doing("everything")
        every: Stages = in_a_process("work:data_work", folder=str(county.path), codes=codes, commit=True)
        every |= in_a_process("work:county", folder=str(county.path))
        shown.step(1)
        middle = sorted(codes, key=lambda code: _size(county, code))[len(codes) // 2]
        found: list[Stages] = []
        for _ in range(repeat):
            shown.doing(middle)
            found.append(in_a_process("work:one_changed", folder=str(county.path), code=middle))
            shown.step(1)
    one = cheapest(found)
    whole = {f"all: {name}": cost for name, cost in every.items()}
    ratios = {
        f"one changed / all, {what}": round(_spent(one, *names) / _spent(every, *names), 4)
        for what, names in {
            "data work": DATA_WORK,
            "data work and county": (*DATA_WORK, COMPARE),
            "all with pages": (*DATA_WORK, COMPARE, PUBLISH),
        }.items()
    }
    return {**whole, **one}, ratios


def country(counties: dict[int, Home], *, quiet: bool) -> tuple[Stages, Ratios]:
    """Counties of more and more municipalities: the data work of each in one process, beside bare; then the county's.

    That bare gives the same rows and figures is held by the scenario of a county.
    """
    found: Stages = {}
    ratios: Ratios = {}
    with progress("sizes", 2 * len(counties), quiet=quiet) as shown:
        for size, county in counties.items():
            shown.doing(str(size))
            folder, out = str(county.path), county.path / "andra" / "bare"
            shutil.rmtree(out, ignore_errors=True)
            stages: Stages = in_a_process("work:data_work", folder=folder, codes=list(county.lan.kommuner), commit=True)
            stages |= in_a_process("work:peer", name="bare", folder=folder, out=str(out))
            found |= {f"x{size} {name}": cost for name, cost in stages.items()}
            rows, spent = stages[VALIDATE]["rows"], _spent(stages, *DATA_WORK)
            ratios[f"x{size} processor seconds of data work per million rows"] = round(spent / rows * 1e6, 2)
            ratios[f"x{size} data work / bare"] = median_ratio([stages], DATA_WORK, of_peer(stages, "bare"))
            shown.step(1)
        for size, county in counties.items():
            shown.doing(f"{size}, {COMPARE}")
            stages = in_a_process("work:county", folder=str(county.path), publish=False)
            found |= {f"x{size} {name}": cost for name, cost in stages.items()}
            shown.step(1)
    return found, ratios


def of_peer(stages: Stages, peer: str) -> tuple[str, ...]:
    """The names of a peer's stages."""
    return tuple(name for name in stages if name.startswith(f"{peer}: "))


def median_ratio(rounds: list[Stages], ours: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    """Processor seconds of ours over another's, the median of the rounds: neighbours in time met the same machine."""
    return round(statistics.median(_spent(each, *ours) / _spent(each, *theirs) for each in rounds), 2)


def _ratios(rounds: list[Stages]) -> Ratios:
    parts = {VALIDATE: "bare: rows", DERIVE: "bare: units", AGGREGATE: "bare: figures", FEW: "polars_derive: units"}
    found = {
        "data work / bare": median_ratio(rounds, DATA_WORK, of_peer(rounds[0], "bare")),
        **{f"{ours} / {theirs}": median_ratio(rounds, (ours,), (theirs,)) for ours, theirs in parts.items()},
        **{f"{VALIDATE} / {each}": median_ratio(rounds, (VALIDATE,), (each,)) for each in of_peer(rounds[0], "typed")},
    }
    if RUN in rounds[0]:
        found |= {
            f"usual / {RUN}": median_ratio(rounds, of_peer(rounds[0], "usual"), (RUN,)),
            f"usual / {VALIDATE} and {FEW}": median_ratio(rounds, of_peer(rounds[0], "usual"), (VALIDATE, FEW)),
        }
    return found


def _spent(stages: Stages, *names: str) -> float:
    return sum(stages[name]["cpu_seconds"] for name in names if name in stages)


def cheapest(rounds: list[Stages]) -> Stages:
    """Each stage as it was in the round in which it took the fewest processor seconds."""
    return {name: min((each[name] for each in rounds), key=lambda cost: cost["cpu_seconds"]) for name in rounds[0]}


def _size(county: Home, code: str) -> int:
    return sum(path.stat().st_size for path in (county.inkorg / code).rglob("*.csv"))
