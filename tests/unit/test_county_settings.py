"""County settings that would give wrong figures in silence are refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from ibic_pipeline.county import Parametrar
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.resources import PROFILES
from ibic_pipeline.workflow.fingerprint import _that_decides_a_municipality, county_version_of
from tests.support.small_tables import PARAMETERS, county

NOTE = {"not": "Ett exempel."}
SHIPPED = PROFILES / "jonkopings-lan" / "lan.yaml"


def parameters(**changed: float) -> dict[str, Any]:
    return {name: {"varde": value, **NOTE} for name, value in {**PARAMETERS, **changed}.items()}


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
            {"atgarder": {"9999": {"T1": "Vi ser över rutinen."}}},
            "atgarder 9999: expected municipalities",
        ),
        ({"atgarder": {"9901": {"uppfoljning": "Vi ser över rutinen."}}}, "pattern"),
        ({"atgarder": {"9901": {"T1": ""}}}, "at least 1 character"),
        ({"atgarder": {"9901": {"T1": "Ring 19121212-1212, som väntar."}}}, "without a personal number"),
        (
            {"insatsregler": {"utan_genomforandeplan": ["korttid"], "utan_uppfoljningskrav": [], **NOTE}},
            "insatsgrupp korttid",
        ),
        ({"parametrar": parameters(uppfoljning_dagar=365.5)}, "integer"),
        ({"parametrar": parameters(gp_frist_dagar=-1)}, "greater than or equal to 0"),
        ({"parametrar": parameters(kedja_till_manader=12)}, "more months than kedja_fran_manader"),
        ({"parametrar": parameters(glapp_sok_dagar=29)}, "at least as many days as ombeslut_dagar"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        county(**setting)


def test_a_county_may_have_one_age_limit_or_none() -> None:
    assert county(aldersgranser=[]).aldersgranser == ()
    assert county(aldersgranser=[65]).aldersgranser == (65,)


@pytest.mark.parametrize("missing", PARAMETERS)
def test_a_parameter_that_is_left_out_is_named(missing: str, tmp_path: Path) -> None:
    content = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    del content["parametrar"][missing]
    (tmp_path / "lan.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(IbicError, match=f"Field required at parametrar.{missing}"):
        _ = Home(tmp_path).lan


def test_the_tests_use_the_parameters_that_are_shipped() -> None:
    shipped = Home(SHIPPED.parent).lan.parametrar
    assert {name: getattr(shipped, name).varde for name in PARAMETERS} == PARAMETERS
    assert set(PARAMETERS) == set(Parametrar.model_fields)


def test_what_is_no_rule_of_law_says_so() -> None:
    notes = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["parametrar"]
    of_law = {"verkstallighet_manader", "individuell_plan_dagar"}
    for name in set(notes) - of_law:
        assert re.search("inte en lagregel|ingen nationell frist|kommunalt mål", notes[name]["not"], re.I), name


def test_an_action_decides_the_release_but_no_municipality() -> None:
    plain, acting = county(), county(atgarder={"9901": {"T1": "Vi ser över rutinen."}})
    assert _that_decides_a_municipality(plain) == _that_decides_a_municipality(acting)
    assert county_version_of({}, {}, [], plain) != county_version_of({}, {}, [], acting)
