"""Which engine derives, and how its rows are cut on their way to a file."""

from __future__ import annotations

import sys
from dataclasses import replace

import pyarrow as pa
import pytest

from ibic_pipeline.derive import engine as engine_module
from ibic_pipeline.derive.engine import engine_of, in_order, require_engine
from ibic_pipeline.derive.headers import facts
from ibic_pipeline.derive.pieces import in_pieces
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Settings

SCHEMA = pa.schema([("tal", pa.int64())])


def parts(*lengths: int) -> list[pa.Table]:
    starts = [sum(lengths[:number]) for number in range(len(lengths))]
    return [pa.table({"tal": range(start, start + n)}, SCHEMA) for start, n in zip(starts, lengths, strict=True)]


@pytest.mark.parametrize("lengths", [(7,), (3, 4), (1, 0, 5, 1), (2, 2, 2, 1), (0, 7)])
def test_however_rows_arrive_they_leave_in_the_same_pieces(lengths: tuple[int, ...]):
    pieces = list(in_pieces(parts(*lengths), SCHEMA, rows=3))
    assert [piece["tal"].to_pylist() for piece in pieces] == [[0, 1, 2], [3, 4, 5], [6]]
    assert {piece["tal"].num_chunks for piece in pieces} == {1}


@pytest.mark.parametrize("lengths", [(), (0,), (0, 0)])
def test_no_rows_are_one_empty_piece(lengths: tuple[int, ...]):
    (piece,) = in_pieces(parts(*lengths), SCHEMA, rows=3)
    assert piece.schema == SCHEMA
    assert piece.num_rows == 0


def test_rows_that_fill_the_last_piece_are_not_followed_by_an_empty_one():
    assert [piece.num_rows for piece in in_pieces(parts(6), SCHEMA, rows=3)] == [3, 3]


def test_without_a_setting_deriving_is_done_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("IBIC_ENGINE", raising=False)
    require_engine(Settings())
    with engine_of(Settings()) as engine:
        engine.materialise("tal", "SELECT r.n AS n FROM range(3) AS r(n)", ["n"])
        assert [piece["n"].to_pylist() for piece in engine.rows("tal")] == [[0, 1, 2]]
        assert engine.numbers("SELECT COUNT(*) FROM tal") == (3,)


def test_rows_leave_in_the_order_of_their_columns_with_nothing_last():
    query = "SELECT * FROM (VALUES (2, 'b'), (NULL, 'a'), (1, NULL), (1, 'c')) AS r(tal, text)"
    with engine_of(Settings()) as engine:
        engine.materialise("rader", query, ["tal", "text"])
        (piece,) = engine.rows("rader")
    assert [tuple(row.values()) for row in piece.to_pylist()] == [(1, "c"), (1, None), (2, "b"), (None, "a")]


def test_another_engine_than_these_two_is_refused_before_anything_is_read():
    message = r"the address of a Spark Connect server\. Found something else\. Set it to sc://"
    with pytest.raises(IbicError, match=message), engine_of(Settings(engine="spark")):
        pass
    with pytest.raises(IbicError, match=message):
        require_engine(Settings(engine="spark"))


def test_facts_that_read_each_other_in_a_circle_are_refused(monkeypatch: pytest.MonkeyPatch):
    one = facts()[0]
    circle = (replace(one, namn="a", indata=("b", "beslut")), replace(one, namn="b", indata=("a",)))
    monkeypatch.setattr(engine_module, "facts", lambda: circle)
    with pytest.raises(IbicError, match=r"each other\. Found a circle: (a -> b -> a|b -> a -> b)\. Correct"):
        in_order()


def test_a_server_without_the_library_for_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(IbicError, match=r"ibic-pipeline\[spark\]"):
        require_engine(Settings(engine="sc://127.0.0.1:50051"))
