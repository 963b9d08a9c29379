"""Rows on their way from an engine to a file: sorted, in pieces of one size, so that equal rows make equal bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from ibic_pipeline.storage import ROW_GROUP_ROWS


def in_the_order(query: str, columns: Sequence[str]) -> str:
    """The query, sorted by the columns; where nulls stand is said, because engines differ on it."""
    return f"{query} ORDER BY {', '.join(f'{column} NULLS LAST' for column in columns)}"


def in_pieces(parts: Iterable[pa.Table], schema: pa.Schema, rows: int = ROW_GROUP_ROWS) -> Iterator[pa.Table]:
    """The same rows in pieces of exactly ``rows`` rows, the last one excepted, each in one chunk; at least one piece.

    However an engine cuts its answer, the pieces are the same, and one after the other is in memory.
    """
    waiting: list[pa.Table] = []
    number = 0
    sent = False
    for part in parts:
        waiting.append(part)
        number += part.num_rows
        while number >= rows:
            whole = pa.concat_tables(waiting)
            yield whole.slice(0, rows).combine_chunks()
            sent = True
            waiting, number = [whole.slice(rows)], number - rows
    if number or not sent:
        yield pa.concat_tables(waiting or [schema.empty_table()]).combine_chunks()
