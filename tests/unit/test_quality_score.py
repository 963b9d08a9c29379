"""A status is what a count is under a threshold; nothing asked is no pass, and what could not run is the worst."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ibic_pipeline.quality import history
from ibic_pipeline.quality.results import of_municipalities
from ibic_pipeline.quality.score import scored
from ibic_pipeline.quality.thresholds import thresholds
from tests.support.quality_deliveries import LAN, TODAY, ordinary, remembered
from tests.support.small_tables import SETTINGS


@pytest.mark.parametrize(
    ("brister", "underlag", "status"),
    [(10, 100, "godkand"), (11, 100, "underkand"), (0, 0, "ej_tillampligt"), (None, None, "fel"), (None, 0, "fel")],
)
def test_a_share_above_the_threshold_fails_and_one_that_reaches_it_does_not(
    brister: int | None, underlag: int | None, status: str
) -> None:
    found = pd.DataFrame({"kontroll": ["DK-101"], "brister": [brister], "underlag": [underlag]}, dtype=object)

    assert thresholds(LAN)["DK-101"].varde == 0.1
    assert scored(found, thresholds(LAN))["status"].tolist() == [status]


def test_a_county_of_one_municipality_has_no_others_to_be_compared_with(tmp_path: Path) -> None:
    results = of_municipalities(remembered({TODAY: ordinary(TODAY)}, tmp_path), LAN, SETTINGS)

    assert set(results[results["kontroll"].str.startswith("DK-6")]["status"]) == {"ej_tillampligt"}


def test_a_delivery_is_not_compared_with_the_one_that_it_replaces_on_its_day(tmp_path: Path) -> None:
    for name in ("2026-06-23", "2026-06-23_omtag", "2026-06-30"):
        history.keep(ordinary(TODAY), name, tmp_path)
    found = history.read(tmp_path, "2026-06-30_omtag", ordinary(TODAY), kommunkod="9901")

    assert found["leverans"].unique().to_pylist() == ["2026-06-23_omtag", "2026-06-30_omtag"]
