"""A made-up county in a home: deliveries under ``inkorg/`` and, where no pipeline module reads, the truth of them."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.profile import Profil
from ibic_pipeline.resources import PROFILES
from ibic_pipeline.storage import write_parquet_parts, write_text
from ibic_pipeline.synthetic.delivered import as_delivered
from ibic_pipeline.synthetic.export import ExportFile, render, write_files
from ibic_pipeline.synthetic.faults import TEST_PERSON, Planted, plant
from ibic_pipeline.synthetic.faults.identities import coordination_number
from ibic_pipeline.synthetic.histories import simulate
from ibic_pipeline.synthetic.truth import true_figures
from schemas.codelists import codelist

END = date(2026, 6, 30)
"""The extraction day of every made-up delivery."""
FIRST = date(2019, 1, 1)
"""No history begins earlier."""

STANDARD = "standard.yaml"
"""Profile that municipalities without one of their own inherit: one flat file per export."""
_STANDARD_FROM = PROFILES / "jonkopings-lan" / "kommuner" / "0643.yaml"

FILE_COLUMNS = ("mapp", "fil", "kommunkod", "rader", "dubbletter")
FAULT_COLUMNS = ("mapp", "fil", "kommunkod", "kallrad", "fel", "regel")
_FIGURE_KEY = ["indikator", "niva", "kommunkod", "period_typ", "period", "brytning", "grupp"]
_SUMMED = ["indikator", "period_typ", "period", "brytning", "grupp"]
_TEXTS = dict.fromkeys(_FIGURE_KEY, "str")
_COMPACT = dict.fromkeys(_FIGURE_KEY, "category")
_MANY = 30
"""Folders that are worth starting processes for."""

Progress = Callable[[str, int], None]
"""Called when a municipality's folder is written: its name, records written so far."""


@dataclass
class Summary:
    """What was written."""

    municipalities: int = 0
    files: int = 0
    rows: int = 0
    faults: int = 0


@dataclass
class _Truth:
    figures: list[pd.DataFrame] = field(default_factory=list)
    files: list[tuple[str, str, str, int, int]] = field(default_factory=list)
    faults: list[tuple[str, str, str, int, str, str]] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)

    def add(self, other: _Truth) -> None:
        self.figures += other.figures
        self.files += other.files
        self.faults += other.faults
        self.numbers |= other.numbers


@dataclass(frozen=True)
class _Order:
    """What is the same for every folder."""

    home: Home
    seed: int
    scale: float
    start: date
    faults: float
    fault_names: tuple[str, ...] | None
    with_truth: bool


class _Made(NamedTuple):
    """The truth about one folder's delivery, its files and their records."""

    truth: _Truth
    files: int
    rows: int


def write_county(
    home: Home,
    *,
    kommuner: Sequence[str],
    seed: int,
    scale: float,
    years: int | None = None,
    faults: float = 0.0,
    fault_names: Collection[str] | None = None,
    with_truth: bool = True,
    progress: Progress | None = None,
) -> Summary:
    """Write the deliveries of ``kommuner`` (codes) and the truth about them; equal arguments give equal bytes.

    ``years`` of history before the extraction, at most since 2019. Without ``with_truth``, half of the work, no one can
    tell whether the figures of the deliveries are right. A municipality without a profile gets one of
    the standard layout, and joins ``lan.yaml``.

    Raises:
        IbicError: the inbox holds deliveries that were not made here, or an argument is wrong.
    """
    _require_made_up(home)
    add_profiles(home, kommuner)
    start = FIRST if years is None else max(FIRST, date(END.year - years, END.month, END.day))
    home.facit.mkdir(parents=True, exist_ok=True)
    folders = _by_folder(home, kommuner)
    order = _Order(home, seed, scale, start, faults, tuple(fault_names) if fault_names else None, with_truth)
    truth, summary = _Truth(), Summary()
    for members, made in zip(folders.values(), _each_made(order, folders), strict=True):
        truth.add(made.truth)
        summary.municipalities += len(members)
        summary.files += made.files
        summary.rows += made.rows
        summary.faults += len(made.truth.faults)
        if progress is not None:
            progress(", ".join(profil.namn for profil in members.values()), summary.rows)
    if with_truth:
        _write_truth(home.facit, truth)
    return summary


def _each_made(order: _Order, folders: Mapping[str, Mapping[str, Profil]]) -> Iterator[_Made]:
    """Every folder's delivery, in their order; many are made by several processes, which changes no byte."""
    if len(folders) < _MANY:
        yield from (_made(order, folder) for folder in folders.items())
        return
    with ProcessPoolExecutor(Settings().threads, mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(_made, order), folders.items())


def _made(order: _Order, folder: tuple[str, Mapping[str, Profil]]) -> _Made:
    """Write one folder's delivery."""
    mapp, members = folder
    truth = _Truth()
    worlds = {
        code: simulate(
            code, seed=order.seed, scale=order.scale, start=order.start, end=END, migrerad=profil.kallsystem.migrerad
        )
        for code, profil in members.items()
    }
    if order.with_truth:
        truth.figures = [
            true_figures(as_delivered(world, members[code]), order.home.lan, members[code], END).astype(_COMPACT)
            for code, world in worlds.items()
        ]
    for world in worlds.values():
        truth.numbers.update(world["individ"]["individ_id"].tolist())
    files = render(worlds, members, END)
    rng = np.random.default_rng((order.seed, *mapp.encode(), 100))
    first = next(iter(members.values()))
    planted = plant(files, first, order.faults, rng, order.fault_names) if order.faults > 0 else []
    _write_delivery(order.home.inkorg / mapp / END.isoformat(), files)
    _account(truth, mapp, list(members), files, planted)
    return _Made(truth, len(files), sum(len(file.frame) for file in files))


def _require_made_up(home: Home) -> None:
    """Never write among real deliveries."""
    if not home.is_made_up and home.inkorg.is_dir() and any(home.inkorg.glob("*/*")):
        raise IbicError(
            "an inbox that is empty or made up", "deliveries in inkorg/", "Choose another home for the made-up county."
        )


def _by_folder(home: Home, kommuner: Sequence[str]) -> dict[str, dict[str, Profil]]:
    """Folder under ``inkorg/`` -> the municipalities that deliver there."""
    folders: dict[str, dict[str, Profil]] = {}
    for code in sorted(set(kommuner)):
        profil = home.profil(code, END)
        folders.setdefault(profil.mapp, {})[code] = profil
    return folders


def _write_delivery(folder: Path, files: list[ExportFile]) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    write_files(files, folder, END)


def _account(truth: _Truth, mapp: str, members: list[str], files: list[ExportFile], planted: list[Planted]) -> None:
    for file in files:
        repeats = file.duplicates()
        for code in members:
            own = file.kommunkod == code
            truth.files.append((mapp, file.label(END), code, file.rows_of(code), int((own & repeats).sum())))
    truth.faults += [
        (mapp, each.fil.label(END), each.kommunkod, each.kallrad, each.fel, each.regel) for each in planted
    ]


def _write_truth(facit: Path, truth: _Truth) -> None:
    by_code = sorted(truth.figures, key=lambda frame: str(frame["kommunkod"].iloc[0]) if len(frame) else "")
    names = sorted({name for frame in by_code for name in frame["indikator"].cat.categories})
    tables = (_of_indicator([frame[frame["indikator"] == name] for frame in by_code]) for name in names)
    first = next(tables)
    write_parquet_parts(chain([first], tables), first.schema, facit / "indikatorer.parquet")
    write_text(_csv(FILE_COLUMNS, truth.files), facit / "filer.csv")
    write_text(_csv(FAULT_COLUMNS, truth.faults), facit / "fel.csv")
    of_faults = {TEST_PERSON, *map(coordination_number, truth.numbers)} if truth.faults else set()
    numbers = truth.numbers | of_faults
    write_text("".join(f"{number}\n" for number in sorted(numbers)), facit / "personnummer.txt")


def _of_indicator(frames: list[pd.DataFrame]) -> pa.Table:
    """One indicator's figures of all municipalities, in their order, and the county's.

    Those of all indicators of a country would not fit in memory as texts.
    """
    figures = pd.concat([frame.astype(_TEXTS) for frame in frames], ignore_index=True)
    summed = figures.groupby(_SUMMED, as_index=False)[["namnare", "taljare"]].sum().assign(niva="lan", kommunkod=None)
    every = pd.concat([figures, summed[figures.columns]], ignore_index=True)
    every = every.astype({"kommunkod": pd.ArrowDtype(pa.string())})
    return pa.Table.from_pandas(every, preserve_index=False)


def _csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(sorted(rows))  # type: ignore[type-var]
    return stream.getvalue()


def add_profiles(home: Home, kommuner: Sequence[str]) -> None:
    """Give a standard profile to those that have none, and make the county list them."""
    known = codelist("kommun").set_index("kod")["titel"]
    strangers = sorted(set(kommuner) - set(known.index))
    if strangers:
        raise IbicError("codes of municipalities", ", ".join(strangers), "Choose codes of the list kommun.")
    for code in sorted(set(kommuner)):
        path = home.kommuner / f"{code}.yaml"
        if not path.exists():
            _write_standard(home.kommuner / STANDARD)
            write_text(f'arver: {STANDARD}\nkommunkod: "{code}"\nnamn: "{known[code]}"\n', path)
    _list_in_county(home, kommuner)


def _write_standard(path: Path) -> None:
    """The flat layout of one shipped profile, without what is that municipality's own."""
    if not path.exists():
        text = _STANDARD_FROM.read_text(encoding="utf-8")
        write_text(re.sub(r"^(?:#.*|kommunkod:.*|namn:.*)\n", "", text, flags=re.MULTILINE), path)


def _list_in_county(home: Home, kommuner: Sequence[str]) -> None:
    missing = sorted(set(kommuner) - set(home.lan.kommuner))
    if not missing:
        return
    path = home.path / "lan.yaml"
    listed = ", ".join(f'"{code}"' for code in (*home.lan.kommuner, *missing))
    text, replaced = re.subn(
        r"^kommuner:[^\[\n]*\[[^\]]*\]", f"kommuner: [{listed}]", path.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    if not replaced:
        raise IbicError(f"kommuner: [...] in {path}", "another way of listing them", "Write the list in brackets.")
    write_text(text, path)
    vars(home).pop("lan")  # read anew on next use
