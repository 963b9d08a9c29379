"""Every fault of whole files on every layout: mended or flagged, or it stops the delivery under its code."""

from __future__ import annotations

from functools import cache

import pytest

from ibic_pipeline.home import Home
from ibic_pipeline.synthetic.faults import stops
from ibic_pipeline.synthetic.faults.plant import WHOLE_FILES
from tests.support.depth import DEEP
from tests.support.made_up import LAYOUTS, home_with_profiles
from tests.support.planted import deliver

OF_FILES = tuple(name for name in WHOLE_FILES if not stops(name))
STOPPING = tuple(name for name in WHOLE_FILES if stops(name))
MIXED = ("0643", "0665", "hoglandet")
"""Text, workbook, and files that several municipalities share."""
STOPPED = ("0643", "0665")
"""Text and workbook: what stops a delivery does so before its layout matters."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_with_profiles(tmp_path_factory.mktemp("faults") / "home")


@pytest.fixture(scope="module")
def clean(home: Home):
    return cache(lambda mapp: deliver(home, mapp, 0.0, ()))


@pytest.mark.parametrize("mapp", LAYOUTS if DEEP else MIXED)
def test_every_fault_of_files_is_mended_or_flagged(home: Home, mapp: str, clean) -> None:
    left, shown = list(OF_FILES), set[str]()
    while left:
        outcome = deliver(home, mapp, 0.0, left)
        planted = {each.fel for each in outcome.planted}
        if not planted:
            break
        outcome.require_found()
        assert outcome.differing_from(clean(mapp)) == []
        shown |= planted
        left = [name for name in left if name not in planted]
    assert len(shown) >= 12, "the others make no sense in this layout"


@pytest.mark.parametrize("mapp", STOPPED)
def test_a_fault_that_stops_a_delivery_stops_it_under_its_code(home: Home, mapp: str) -> None:
    for name in STOPPING:
        outcome = deliver(home, mapp, 0.0, [name])
        assert outcome.missed() == {}
        assert bool(outcome.refused) == bool(outcome.planted)
