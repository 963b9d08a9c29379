"""Reading and writing files so that a reader never sees half of one and the same content gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP_ROWS = 131_072


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write one parquet file atomically; equal tables give equal bytes.

    Threads are off: with them pyarrow's bytes differ from run to run.
    """
    write_parquet_parts([table], table.schema, path)


def write_parquet_parts(parts: Iterable[pa.Table], schema: pa.Schema, path: Path) -> None:
    """Write one parquet file atomically from tables that need not be in memory together; equal parts give equal bytes.

    Each part begins a row group of its own, so that a reader who wants one part can pass over the others.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary_beside(path)
    try:
        with pq.ParquetWriter(
            temporary, schema, compression="zstd", version="2.6", store_schema=True, write_page_index=True
        ) as writer:
            for part in parts:
                writer.write_table(part, row_group_size=ROW_GROUP_ROWS)
        _settle(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(text: str, path: Path) -> None:
    """Write a UTF-8 text file atomically."""
    write_bytes(text.encode(), path)


def write_bytes(content: bytes, path: Path) -> None:
    """Write a file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary_beside(path)
    try:
        temporary.write_bytes(content)
        _settle(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(value: Any, path: Path) -> None:
    """Write JSON atomically, keys sorted, so that equal content gives equal bytes."""
    write_text(json_text(value), path)


def json_text(value: Any) -> str:
    """What ``write_json`` writes."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def read_json(path: Path) -> Any:
    """Read a JSON file; None when it does not exist."""
    if not path.exists():
        return None
    return json.loads(path.read_text(encoding="utf-8"))


def replace_link(link: Path, target: Path) -> None:
    """Point a symbolic link at a folder beside it in one step; readers see the old or the new one."""
    link.parent.mkdir(parents=True, exist_ok=True)
    temporary = link.parent / f".{link.name}.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(os.path.relpath(target, link.parent), target_is_directory=True)
    temporary.replace(link)
    _sync_folder(link.parent)


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of_files(paths: Iterable[Path], base: Path) -> str:
    """One hexadecimal SHA-256 over many files: names relative to ``base`` and contents, in name order."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(base).as_posix()}\0{sha256_of_file(path)}\0".encode())
    return digest.hexdigest()


def sha256_of_json(value: Any) -> str:
    """Hexadecimal SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _temporary_beside(path: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    return Path(name)


def _settle(temporary: Path, path: Path) -> None:
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
