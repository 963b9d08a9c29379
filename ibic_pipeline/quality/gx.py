"""The only place that calls Great Expectations: one batch and one suite per frame, and counts alone come back."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
"""How many were asked and how many broke it; never which values."""

_SPARK = "pyspark"


@dataclass(frozen=True)
class Expected:
    """What the values of a column should be; a null is not asked. ``between`` holds its ends, null is no end.

    Without ``between`` the values should be true.
    """

    between: tuple[float | None, float | None] | None = None


@dataclass(frozen=True)
class Counted:
    """How many values were asked, and how many of them are not as expected."""

    brister: int
    underlag: int


def count(frame: pd.DataFrame, expected: Mapping[str, Expected]) -> dict[str, Counted | None]:
    """Hold each column of a frame against what is expected of it, in one suite on one batch.

    Returns:
        Column -> counts; None where the expectation could not be evaluated, whatever the library says of it.
    """
    try:
        found = _validated(frame, expected) if expected else {}
    except Exception:  # its errors quote cells, and a check that cannot run stops neither the others nor the night
        found = {}
    return {column: found.get(column) for column in expected}


def _validated(frame: pd.DataFrame, expected: Mapping[str, Expected]) -> dict[str, Counted | None]:
    gx, batches = _great_expectations()
    suite = gx.ExpectationSuite(name="svit", expectations=[_expectation(gx, *each) for each in expected.items()])
    batch = batches.get_batch(batch_parameters={"dataframe": frame})
    results = batch.validate(suite, result_format=COUNTS_ONLY).results
    return {each.expectation_config.kwargs["column"]: _counted(each.result) for each in results}


def _counted(result: Mapping[str, Any]) -> Counted | None:
    """An expectation that could not be evaluated has an empty result, and what it says else may quote cells."""
    if "element_count" not in result:
        return None
    return Counted(int(result["unexpected_count"]), int(result["element_count"]) - int(result["missing_count"]))


def _expectation(gx: Any, column: str, expected: Expected) -> Any:
    if expected.between is None:
        return gx.expectations.ExpectColumnValuesToBeInSet(column=column, value_set=[True])
    lowest, highest = expected.between
    return gx.expectations.ExpectColumnValuesToBeBetween(column=column, min_value=lowest, max_value=highest)


@cache
def _great_expectations() -> tuple[Any, Any]:
    """The library and a place for frames; loaded once in a process, because it takes seconds."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)  # its messages quote cells
    with _without(_SPARK), _without_collecting():
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("lager").add_dataframe_asset("tabell")
    return gx, asset.add_batch_definition_whole_dataframe("hel")


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Little that is made meanwhile becomes garbage; looking for it takes a fifth of the time that loading does."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def _without(package: str) -> Iterator[None]:
    """A package that cannot be imported meanwhile: Great Expectations beside half a pyspark ends the process."""
    hidden = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == package}
    for name in hidden:
        del sys.modules[name]
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]
        sys.modules.update(hidden)
