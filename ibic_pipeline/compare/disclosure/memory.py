"""What was worked out before: finding hidden cells takes long, and most of a county's history is as it was last night.

The same counts, rules and earlier release give the same pattern, so a remembered one is the one that would be found.
A pattern that hides enough is remembered as such: the next night begins with it, since what was hidden stays hidden.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.compare.disclosure.suppression import Cells, Protection, is_complete, protect
from ibic_pipeline.storage import write_parquet

METHOD = "2026-11-22"
"""Day on which the way of choosing cells was last changed; what was found by another is not used."""

_SCHEMA = pa.schema([("nyckel", pa.string()), ("dolda", pa.binary()), ("smala", pa.int64())])


class Memory:
    """Patterns by what they were made of."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._known: dict[str, tuple[bytes, int]] = {}
        self._used: dict[str, tuple[bytes, int]] = {}
        if path is not None and path.is_file() and pq.read_schema(path).equals(_SCHEMA):
            rows = pq.read_table(path).to_pylist()
            self._known = {row["nyckel"]: (row["dolda"], row["smala"]) for row in rows}

    def protect(self, cells: Cells, hidden: np.ndarray, protection: Protection) -> tuple[np.ndarray, int]:
        """As ``suppression.protect``, worked out only when it is not remembered."""
        same = _of_counts(cells, protection)
        start = _key(same, hidden, cells.may_hide, cells.order)
        found = self._remembered(start) or self._remembered(_key(same, hidden))
        if found is None:
            found = self._worked_out(start, same, cells, hidden, protection)
        pattern = np.unpackbits(np.frombuffer(found[0], np.uint8), count=len(hidden)).astype(bool)
        self._remembered(_key(same, pattern))
        return pattern, found[1]

    def _remembered(self, key: str) -> tuple[bytes, int] | None:
        if key in self._known:
            self._used[key] = self._known[key]
        return self._known.get(key)

    def _worked_out(
        self, start: str, same: bytes, cells: Cells, hidden: np.ndarray, protection: Protection
    ) -> tuple[bytes, int]:
        pattern, narrow = protect(cells, hidden, protection)
        found = (np.packbits(pattern).tobytes(), narrow)
        enough = narrow == 0 and is_complete(cells, pattern, protection.mass)
        for key in (start, _key(same, pattern)) if enough else (start,):
            self._known[key] = self._used[key] = found
        return found

    def save(self) -> None:
        """Write what was used, and forget the rest."""
        if self.path is None:
            return
        rows = [{"nyckel": key, "dolda": bits, "smala": narrow} for key, (bits, narrow) in sorted(self._used.items())]
        write_parquet(pa.Table.from_pylist(rows, schema=_SCHEMA), self.path)


def _of_counts(cells: Cells, protection: Protection) -> bytes:
    digest = hashlib.sha256(f"{METHOD} {protection} {cells.parts}".encode())
    for structure in cells.structures:
        digest.update(structure.of_child.astype(np.int64).tobytes() + structure.parent.astype(np.int64).tobytes())
    digest.update(np.ascontiguousarray(cells.counts.astype(np.int64)).tobytes() + cells.few.tobytes())
    return digest.digest()


def _key(same: bytes, *arrays: np.ndarray) -> str:
    digest = hashlib.sha256(same)
    for values in arrays:
        digest.update(np.ascontiguousarray(values.astype(np.int64)).tobytes())
    return digest.hexdigest()
