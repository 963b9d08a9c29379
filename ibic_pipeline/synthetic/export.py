"""A made-up world written as a municipality's export: the profile that reads the files, used backwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ibic_pipeline.errors import IbicError
from ibic_pipeline.profile import Del, Fil, Profil
from ibic_pipeline.synthetic.columns import Bools, Ints
from ibic_pipeline.synthetic.lines import csv_bytes
from ibic_pipeline.synthetic.localwords import STRING, in_local_words, one_array
from ibic_pipeline.synthetic.packing import ARCHIVE, BOMB, BOMB_BYTES, packed
from ibic_pipeline.synthetic.sheets import workbook_bytes
from ibic_pipeline.synthetic.writing import Writing
from schemas import CONTRACTS

World = Mapping[str, pd.DataFrame]
"""Table name -> frame with the contract's own columns; ``individ_id`` is a personal number of 12 digits."""


@dataclass
class ExportFile:
    """One file (or sheet) before it is written: strings only, empty where nothing stands."""

    export: str
    fil: Fil
    frame: pd.DataFrame
    kommunkod: NDArray[np.str_]
    """The municipality of every row."""
    broken: set[int] = field(default_factory=set)
    """Positions of records that are written with a wrong number of fields."""
    writing: Writing = field(default_factory=Writing)
    """What is written in another way than the profile says."""

    @property
    def first_record(self) -> int:
        """Number of the first data record, counted from the file's first line."""
        return self.fil.format.rader_fore_rubrik + 2

    def number(self, positions: Ints) -> Ints:
        """The record number in the file of each position among the data records."""
        return np.asarray(self.first_record + positions + self.writing.offset(positions))

    def rows_of(self, kommunkod: str) -> int:
        """How many records of the municipality the file holds."""
        torn = sum(str(self.kommunkod[position]) == kommunkod for position in self.writing.torn)
        return int((self.kommunkod == kommunkod).sum()) + torn

    def duplicates(self) -> Bools:
        """Which records repeat an earlier one exactly; broken ones are read by nobody and repeat nothing."""
        repeats = np.zeros(len(self.frame), dtype=bool)
        whole = np.setdiff1d(np.arange(len(self.frame)), list(self.broken))
        if len(whole):
            strings = [one_array(self.frame[name].iloc[whole]) for name in self.frame.columns]
            joined = pc.binary_join_element_wise(*strings, "\x1f")
            repeats[whole] = pd.Series(joined, dtype=STRING).duplicated().to_numpy()
        return repeats

    def path(self, folder: Path, uttagsdatum: date) -> Path:
        """Where the file is written."""
        return folder / self.fil.monster.replace("*", uttagsdatum.isoformat())

    def label(self, uttagsdatum: date) -> str:
        """The file's name as the pipeline reports it: with its sheet, when it has one."""
        name = self.path(Path(), uttagsdatum).name
        if self.writing.archived == "packad":
            name = f"{ARCHIVE}/{name}"
        return name if self.fil.format.blad is None else f"{name}#{self.fil.format.blad}"


def write_export(
    worlds: Mapping[str, World], profiles: Mapping[str, Profil], folder: Path, uttagsdatum: date
) -> list[ExportFile]:
    """Write the delivery of the municipalities that share one folder (usually one).

    Raises:
        IbicError: a profile has no place for some row of its world.
    """
    files = render(worlds, profiles, uttagsdatum)
    write_files(files, folder, uttagsdatum)
    return files


def render(worlds: Mapping[str, World], profiles: Mapping[str, Profil], uttagsdatum: date) -> list[ExportFile]:
    """The files of one folder, as strings; municipalities that share files follow each other in them.

    Raises:
        IbicError: a profile has no place for some row of its world.
    """
    of_each = [_render_one(world, profiles[kommunkod], uttagsdatum) for kommunkod, world in worlds.items()]
    return [
        ExportFile(
            same[0].export,
            same[0].fil,
            pd.concat([each.frame for each in same], ignore_index=True),
            np.concatenate([each.kommunkod for each in same]),
        )
        for same in zip(*of_each, strict=True)
    ]


def write_files(files: list[ExportFile], folder: Path, uttagsdatum: date) -> None:
    """Write rendered files; equal files give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    together: dict[Path, list[ExportFile]] = {}
    for file in files:
        together.setdefault(file.path(Path(), uttagsdatum), []).append(file)
    written = {
        path.name: content for members in together.values() for path, content in _contents(members, uttagsdatum).items()
    }
    archived = {file.writing.archived for file in files}
    if "packad" in archived:
        written = {ARCHIVE: packed(written)}
    if "bomb" in archived:
        written[BOMB] = packed({"bilaga.csv": bytes(BOMB_BYTES)})
    for name, content in written.items():
        (folder / name).write_bytes(content)


def _contents(members: list[ExportFile], uttagsdatum: date) -> dict[Path, bytes]:
    """What one path holds, and each further file that its faults make of it."""
    first = members[0]
    if first.fil.format.typ == "csv":
        (file,) = members
        content = csv_bytes(file.fil.format, file.export, file.frame, file.broken, file.writing, uttagsdatum)
    else:
        sheets = [(each.fil.format, each.export, each.frame, each.writing) for each in members]
        content = workbook_bytes(sheets, uttagsdatum)
        if any(each.writing.cut for each in members):
            content = content[: len(content) // 2]
    contents = {first.path(Path(), uttagsdatum): content}
    for member in members:
        for instead, same in member.writing.copies.items():
            contents[Path(first.fil.monster.replace("*", instead))] = content if same else content + content[-1:]
    return contents


def _render_one(world: World, profil: Profil, uttagsdatum: date) -> list[ExportFile]:
    placed: dict[str, list[Ints]] = {}
    files = []
    for export, members in profil.exporter.items():
        for fil in members:
            frame = _render_file(world, fil, profil, uttagsdatum, placed)
            files.append(ExportFile(export, fil, frame, np.full(len(frame), profil.kommunkod)))
    _require_everything_placed(world, placed, profil)
    return files


def _render_file(
    world: World, fil: Fil, profil: Profil, uttagsdatum: date, placed: dict[str, list[Ints]]
) -> pd.DataFrame:
    """Left join of the first part with the others; children of different tables stand on rows of their own."""
    head, *others = fil.delar
    head_rows = _rows_of(world, head)
    found = [(part, *_join(world, head, head_rows, part)) for part in others]
    children = [each for each in found if not _beside_head(head, each[0])]
    at_head, child, at_child = _lay_out(
        len(head_rows), [rows for _, rows, _ in children], [to for _, _, to in children]
    )

    columns: dict[str, pa.Array] = {}
    strings = _strings(world, head, head_rows, profil, fil, uttagsdatum)
    columns.update({name: values.take(pa.array(at_head)) for name, values in strings.items()})
    placed.setdefault(head.tabell, []).append(head_rows)
    for part, rows, to_head in found:
        strings = _strings(world, part, rows, profil, fil, uttagsdatum)
        number = next((index for index, each in enumerate(children) if each[0] is part), None)
        if number is None:
            beside = np.full(len(head_rows), -1)
            beside[to_head] = np.arange(len(rows))
            where = beside[at_head]
        else:
            where = np.where(child == number, at_child, -1)
        indices = pa.array(where, mask=where < 0)
        for name, values in strings.items():
            if name not in columns:
                columns[name] = values.take(indices).fill_null("")
        placed.setdefault(part.tabell, []).append(rows)
    return _as_frame(columns, profil, len(at_head))


def _as_frame(columns: dict[str, pa.Array], profil: Profil, length: int) -> pd.DataFrame:
    frame = pd.DataFrame({name: pd.Series(values, dtype=STRING) for name, values in columns.items()})
    if profil.leverans.kommunkolumn is not None:
        words = [word for word, code in profil.leverans.kommunvarden.items() if code == profil.kommunkod]
        chosen = np.array(words or [profil.kommunkod])[np.arange(length) % max(len(words), 1)]
        frame.insert(0, profil.leverans.kommunkolumn, pd.Series(chosen, dtype=STRING))
    return frame


def _rows_of(world: World, part: Del) -> Ints:
    """Ints of the table's rows that the part holds: right constants, and a parent that the part names."""
    frame = world[part.tabell]
    holds = np.ones(len(frame), dtype=bool)
    for column, value in part.konstanter.items():
        holds &= (frame[column].astype(STRING) == value).fillna(False).to_numpy(dtype=bool)
    parents = [parent.field for parent in CONTRACTS[part.tabell].parents() if parent.field in part.kolumner]
    if parents:
        holds &= frame[parents].notna().any(axis=1).to_numpy()
    return np.flatnonzero(holds)


def _join(world: World, head: Del, head_rows: Ints, part: Del) -> tuple[Ints, Ints]:
    """The part's rows that have a row of the head, and that row's place among ``head_rows``.

    A row beside the head may stand beside several of its rows: a person has many decisions.
    """
    column, head_column = _link(head, part)
    rows = _rows_of(world, part)
    theirs = pd.Index(world[part.tabell][column].iloc[rows])
    heads = pd.Index(world[head.tabell][head_column].iloc[head_rows])
    if _beside_head(head, part):
        of_head = theirs.get_indexer(heads)
        return rows[of_head[of_head >= 0]], np.flatnonzero(of_head >= 0)
    to_head = heads.get_indexer(theirs)
    return rows[to_head >= 0], to_head[to_head >= 0]


def _link(head: Del, part: Del) -> tuple[str, str]:
    """The contract column of the part, and of the head, that share a local column."""
    of_head = {local: column for column, local in head.kolumner.items()}
    for column, local in part.kolumner.items():
        if local in of_head:
            return column, of_head[local]
    raise IbicError(
        f"a column that {part.tabell} shares with {head.tabell}",
        "none in the profile",
        "Give the part the local column that names its row of the first part.",
    )


def _beside_head(head: Del, part: Del) -> bool:
    """Whether the link and the constants identify a row, so that at most one stands on a row of the head."""
    column, _ = _link(head, part)
    return set(CONTRACTS[part.tabell].key()) <= {column, *part.konstanter}


def _lay_out(heads: int, rows: list[Ints], to_head: list[Ints]) -> tuple[Ints, Ints, Ints]:
    """Per row of the file: place of the head, number of the child part (-1 = none), place of the child."""
    at_head = np.concatenate([*to_head, np.arange(0)]).astype(np.int64)
    child = np.concatenate([np.full(len(each), number) for number, each in enumerate(rows)] + [np.arange(0)])
    at_child = np.concatenate([np.arange(len(each)) for each in rows] + [np.arange(0)]).astype(np.int64)
    alone = np.setdiff1d(np.arange(heads), at_head)
    at_head = np.concatenate([at_head, alone])
    child = np.concatenate([child, np.full(len(alone), -1)]).astype(np.int64)
    at_child = np.concatenate([at_child, np.full(len(alone), -1)])
    order = np.lexsort((at_child, child, at_head))
    return at_head[order], child[order], at_child[order]


def _strings(world: World, part: Del, rows: Ints, profil: Profil, fil: Fil, uttagsdatum: date) -> dict[str, pa.Array]:
    """Local column -> strings of the part's rows."""
    frame = world[part.tabell].iloc[rows]
    written: dict[str, pa.Array] = {}
    for column, local in part.kolumner.items():
        if local not in written:
            written[local] = in_local_words(frame, part.tabell, column, profil, fil.format, uttagsdatum)
    return written


def _require_everything_placed(world: World, placed: dict[str, list[Ints]], profil: Profil) -> None:
    """A row without a place would make the truth differ from the export in silence."""
    for table, frame in world.items():
        if table == "individ":
            continue  # a person without investigation or decision is not in any export
        held = np.unique(np.concatenate(placed.get(table, [np.arange(0)])))
        if len(held) < len(frame):
            raise IbicError(
                f"a place in the profile for every row of {table}",
                f"{len(frame) - len(held)} rows without one in {profil.kommunkod}",
                "Correct the constants or the columns of the profile's parts.",
            )


def row_keys(file: ExportFile, column: str) -> pd.Series:
    """A column's strings, told apart by municipality where the file has several."""
    if len(set(file.kommunkod)) < 2:
        return file.frame[column]
    return pd.Series(file.kommunkod, dtype=STRING) + "|" + file.frame[column]
