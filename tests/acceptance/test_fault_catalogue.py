"""Every fault of rows on every layout: found under its code, and no clean row refused."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from ibic_pipeline.home import Home
from ibic_pipeline.synthetic.county_synth import END
from ibic_pipeline.synthetic.faults import fault_names, keeps_content, stops
from ibic_pipeline.synthetic.faults.deliveries import MISSING_MONTH
from ibic_pipeline.synthetic.faults.plant import WHOLE_FILES
from ibic_pipeline.synthetic.histories import simulate
from tests.support.depth import DEEP
from tests.support.made_up import LAYOUTS, home_with_profiles
from tests.support.planted import deliver, planted_in

OF_ROWS = tuple(name for name in fault_names() if name not in WHOLE_FILES and name != MISSING_MONTH)
OF_FILES = tuple(name for name in WHOLE_FILES if not stops(name))
MIXED = ("0643", "0665", "hoglandet")
"""Text, workbook, and files that several municipalities share."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_with_profiles(tmp_path_factory.mktemp("faults") / "home")


@pytest.fixture(scope="module")
def clean(home: Home):
    return cache(lambda mapp: deliver(home, mapp, 0.0, ()))


@pytest.mark.parametrize("mapp", LAYOUTS)
def test_a_clean_delivery_has_nothing_to_refuse(mapp: str, clean) -> None:
    assert sum(validated.karantan.num_rows for validated in clean(mapp).read.values()) == 0
    assert sum(validated.reparationer.num_rows for validated in clean(mapp).read.values()) == 0


@pytest.mark.parametrize("mapp", LAYOUTS)
def test_what_can_be_read_in_one_way_only_is_read_as_if_it_were_right(home: Home, mapp: str, clean) -> None:
    outcome = deliver(home, mapp, 0.5, [name for name in OF_ROWS if keeps_content(name)])
    outcome.require_found()
    assert len({each.fel for each in outcome.planted}) > 20
    assert outcome.differing_from(clean(mapp)) == []
    assert sum(validated.karantan.num_rows for validated in outcome.read.values()) == 0


@pytest.mark.parametrize("mapp", LAYOUTS)
def test_every_fault_of_rows_is_found_and_refuses_no_clean_row(home: Home, mapp: str) -> None:
    outcome = deliver(home, mapp, 0.4, OF_ROWS)
    outcome.require_found()
    assert len({each.fel for each in outcome.planted}) > 80


@pytest.mark.parametrize("mapp", LAYOUTS if DEEP else MIXED)
def test_a_mixture_of_all_faults_is_sorted_out(home: Home, mapp: str) -> None:
    deliver(home, mapp, 0.05, None).require_found()


def test_together_the_layouts_show_every_fault() -> None:
    names = set(fault_names()) - {MISSING_MONTH}
    for mapp in LAYOUTS:
        left = set(names)
        while planted := {each.fel for each in planted_in(mapp, 0.4, sorted(left))[1]}:
            left -= planted
        names = left
    assert names == set()


def test_a_month_that_did_not_come_is_flagged(home: Home) -> None:
    outcome = deliver(home, "0643", 0.0, [MISSING_MONTH], world=busy_world)
    assert [each.fel for each in outcome.planted] == [MISSING_MONTH]
    outcome.require_found()


def busy_world(kommunkod: str) -> dict[str, pd.DataFrame]:
    """Many enough that a month without a follow-up is strange."""
    return simulate(kommunkod, seed=7, scale=0.5, start=date(2019, 1, 1), end=END, migrerad=None)


def test_equal_seeds_write_equal_files(home: Home) -> None:
    def written() -> dict[str, bytes]:
        deliver(home, "0665", 0.2, [*OF_ROWS, *OF_FILES], seed=3)
        return {path.name: path.read_bytes() for path in Path(home.inkorg / "0665").rglob("*") if path.is_file()}

    assert written() == written()
