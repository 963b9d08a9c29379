"""Great Expectations as it is used: one batch a frame, counts alone, no network, nothing of it loaded before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ibic_pipeline.quality import gx
from ibic_pipeline.quality.gx import Counted, Expected, count
from ibic_pipeline.quality.history import KEPT_EACH, kept
from ibic_pipeline.resources import PACKAGE
from tests.support.quality_deliveries import TODAY, extract, measured

PERSONAL_NUMBER = "19520906-9813"


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "haller": pd.array([True, False, None, True], dtype="boolean[pyarrow]"),
            "dagar": pd.array([0, 90, 91, None], dtype="int64[pyarrow]"),
            "ingen": pd.array([None] * 4, dtype="boolean[pyarrow]"),
            "text": pd.array([PERSONAL_NUMBER] * 4, dtype="string[pyarrow]"),
        }
    )


def test_what_is_null_is_not_asked() -> None:
    found = count(frame(), {"haller": Expected(), "dagar": Expected((0, 90)), "ingen": Expected()})

    assert found == {"haller": Counted(1, 3), "dagar": Counted(1, 3), "ingen": Counted(0, 0)}


def test_an_expectation_that_cannot_be_tried_has_no_counts_and_stops_no_other() -> None:
    found = count(frame(), {"finns_inte": Expected(), "text": Expected((0, 1)), "haller": Expected()})

    assert found == {"finns_inte": None, "text": None, "haller": Counted(1, 3)}


def test_a_library_that_fails_altogether_leaves_every_expectation_untried(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError(PERSONAL_NUMBER)

    monkeypatch.setattr(gx, "_great_expectations", broken)
    assert count(frame(), {"haller": Expected()}) == {"haller": None}


def test_no_cell_reaches_a_log_or_a_stream(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level("DEBUG"):
        count(frame(), {"text": Expected((0, 1))})

    written = capfd.readouterr()
    assert PERSONAL_NUMBER not in caplog.text + written.out + written.err
    assert "%|" not in written.err  # a progress bar


def test_a_delivery_is_measured_with_one_batch_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[int] = []
    validated = gx._validated

    def counted(frame: pd.DataFrame, expected: dict[str, Expected]) -> dict[str, Counted | None]:
        batches.append(len(expected))
        return validated(frame, expected)

    monkeypatch.setattr(gx, "_validated", counted)
    measured(extract(TODAY), TODAY, tmp_path)

    assert len(batches) <= 9
    assert sum(batches) > len(batches)


CHILD = """
import json, socket, sys
def no_network(*_, **__):
    raise AssertionError("a connection")
socket.socket.connect = socket.getaddrinfo = no_network
import pyspark
from ibic_pipeline.workflow import quality, county
before = "great_expectations" in sys.modules
import pandas
from ibic_pipeline.quality.gx import Expected, count
found = count(pandas.DataFrame({"a": [True, False]}), {"a": Expected()})
print(json.dumps([before, sys.modules["pyspark"] is pyspark, found["a"].brister]))
"""


def test_it_is_loaded_when_something_is_counted_without_a_connection_and_beside_pyspark(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
    )

    assert done.returncode == 0, done.stderr[-500:]
    assert json.loads(done.stdout) == [False, True, 1]
    assert list(tmp_path.iterdir()) == []


def test_the_latest_deliveries_are_remembered_and_of_older_ones_the_last_of_each_month() -> None:
    names = [day.date().isoformat() for day in pd.date_range("2026-01-01", "2026-06-30")]
    stay = kept(names)

    assert set(names[-KEPT_EACH:]) <= stay
    assert sorted(stay - set(names[-KEPT_EACH:])) == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
    ]
    assert date.fromisoformat(min(stay)) == date(2026, 1, 31)
