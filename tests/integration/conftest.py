"""What tests of Dagster begin with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ibic_pipeline.home import Home

if TYPE_CHECKING:
    from dagster import DagsterInstance


@pytest.fixture
def instance(home: Home) -> Iterator[DagsterInstance]:
    """Dagster's records in the home that the test's module makes."""
    from dagster import DagsterInstance

    with DagsterInstance.get() as found:
        yield found
