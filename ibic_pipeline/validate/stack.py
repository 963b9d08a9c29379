"""All variants of one table from all files of a delivery, in one frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.harmonise import HarmonisedFile, Part
from ibic_pipeline.harmonise.parts import MARK, PRESENT
from schemas.contract import Contract


@dataclass(frozen=True)
class Placed:
    """A part, the position of its file in the delivery, and of its first variant in the stack."""

    file: int
    part: Part
    offset: int


@dataclass(frozen=True)
class Stack:
    """``values``: the table's own columns, one row per variant, in the order of files, parts and first rows.

    ``present``: per column, whether the source held a value. ``marks``: per column that has any, int8 (``parts.MARK``).
    ``excluded``: whether a correction excludes the rows that state the variant.
    ``file`` (position in the delivery) and ``kallrad`` (int32, the first record that states the variant) tell where
    each came from.
    """

    values: pa.Table
    present: dict[str, np.ndarray]
    marks: dict[str, np.ndarray]
    excluded: np.ndarray
    file: np.ndarray
    kallrad: np.ndarray
    placed: list[Placed]

    def __len__(self) -> int:
        return len(self.kallrad)

    def column(self, name: str) -> pa.Array:
        """One column as a single Arrow array."""
        return self.values[name].chunk(0)


def stack_parts(contract: type[Contract], files: list[HarmonisedFile]) -> Stack:
    """Put the table's parts from all files on each other."""
    placed: list[Placed] = []
    offset = 0
    for i, file in enumerate(files):
        for part in file.parts:
            if part.tabell == contract.table():
                placed.append(Placed(i, part, offset))
                offset += len(part.frame)
    frames = [each.part.frame for each in placed]
    columns = {name: _joined(frames, name, contract.arrow_type(name)) for name in contract.own_columns()}
    return Stack(
        values=pa.table(columns),
        present={name: _present(frames, name) for name in columns},
        marks={name: marks for name in columns if (marks := _marks(frames, name)) is not None},
        excluded=_joined_numbers([_stated_by(files[each.file].excluded, each.part) for each in placed]).astype(bool),
        file=_joined_numbers([np.full(len(each.part.frame), each.file, dtype=np.int32) for each in placed]),
        kallrad=_joined_numbers([_first_record(files[each.file].records, each.part) for each in placed]),
        placed=placed,
    )


def _joined(frames: list[pd.DataFrame], name: str, arrow_type: pa.DataType) -> pa.ChunkedArray:
    chunks = [pa.array(frame[name]).cast(arrow_type) for frame in frames]
    return pa.chunked_array([pa.concat_arrays(_flat(chunks)) if chunks else pa.array([], arrow_type)])


def _flat(arrays: list[pa.Array | pa.ChunkedArray]) -> list[pa.Array]:
    return [c for each in arrays for c in (each.chunks if isinstance(each, pa.ChunkedArray) else [each])]


def _present(frames: list[pd.DataFrame], name: str) -> np.ndarray:
    flags = [frame[f"{name}{PRESENT}"].to_numpy(dtype=bool) for frame in frames]
    return np.concatenate(flags) if flags else np.zeros(0, dtype=bool)


def _marks(frames: list[pd.DataFrame], name: str) -> np.ndarray | None:
    column = f"{name}{MARK}"
    if not any(column in frame for frame in frames):
        return None
    return np.concatenate(
        [frame[column].to_numpy(np.int8) if column in frame else np.zeros(len(frame), np.int8) for frame in frames]
    )


def _joined_numbers(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int32)


def _stated_by(rows: np.ndarray, part: Part) -> np.ndarray:
    stated = np.zeros(len(part.frame), dtype=bool)
    stated[part.variant_of_row[rows & (part.variant_of_row >= 0)]] = True
    return stated


def _first_record(records: np.ndarray, part: Part) -> np.ndarray:
    first = np.full(len(part.frame), np.iinfo(np.int32).max, dtype=np.int32)
    stands = part.variant_of_row >= 0
    np.minimum.at(first, part.variant_of_row[stands], records[stands].astype(np.int32))
    return first
