"""County settings that would give wrong figures in silence are refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.support.small_tables import county

NOTE = {"not": "Ett exempel."}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"aldersgranser": [65, 18]}, "each higher than the one before"),
        ({"aldersgranser": [18, 18]}, "each higher than the one before"),
        ({"aldersgranser": [0, 18]}, "ages above 0"),
        ({"forsta_period": "2025-13"}, "pattern"),
        ({"kommuner": ["9901", "9902", "9901"]}, "9901 more than once"),
        ({"brytningar": ["kon_x_lagrum_x_regiform"]}, "two joined by _x_"),
        ({"brytningar": ["kon_x_kon"]}, "two joined by _x_"),
        ({"brytningar": ["alder"]}, "two joined by _x_"),
        (
            {"insatsregler": {"utan_genomforandeplan": ["korttid"], "utan_uppfoljningskrav": [], **NOTE}},
            "insatsgrupp korttid",
        ),
        (
            {"parametrar": {"uppfoljning_dagar": {"varde": 365.5, **NOTE}, "gp_frist_dagar": {"varde": 14, **NOTE}}},
            "integer",
        ),
        (
            {"parametrar": {"uppfoljning_dagar": {"varde": 365, **NOTE}, "gp_frist_dagar": {"varde": -1, **NOTE}}},
            "greater than or equal to 0",
        ),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        county(**setting)


def test_a_county_may_have_one_age_limit_or_none() -> None:
    assert county(aldersgranser=[]).aldersgranser == ()
    assert county(aldersgranser=[65]).aldersgranser == (65,)
