"""The golden delivery: what a published review of 59 investigations says must come out of the pipeline."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.home import Home, Settings
from ibic_pipeline.pseudonym import create_key
from ibic_pipeline.workflow import municipality
from tests.support.homes import GOLDEN

CODE = "9901"


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review") / "home"
    shutil.copytree(GOLDEN, folder)
    home = Home(folder)
    home.nycklar.mkdir()
    create_key(home, CODE)
    municipality.load_delivery(home, CODE)
    municipality.harmonise_municipality(home, CODE)
    municipality.derive_municipality(home, CODE, Settings())
    municipality.aggregate_municipality(home, CODE, Settings())
    municipality.commit_version(home, CODE)
    return home.current(CODE)


@pytest.fixture
def steps(reviewed: Path) -> pd.DataFrame:
    """The funnel of T10 over the two months of the review: one row per exclusion step."""
    funnel = pq.read_table(reviewed / "tratt.parquet").to_pandas()
    months = funnel[(funnel["indikator"] == "T10") & (funnel["period_typ"] == "manad")]
    summed = months.groupby(["steg", "orsak"], dropna=False)[["kvar", "med_varde"]].sum()
    return summed.reset_index()


def test_all_59_investigations_are_accepted(reviewed: Path) -> None:
    accounting = pq.read_table(reviewed / "avstamning.parquet").to_pandas().set_index("export")

    assert accounting.loc["utredning", "godkanda"] == 59
    assert accounting.loc["beslut", "godkanda"] == 59
    assert accounting.loc["genomforandeplan", "godkanda"] == 6
    assert accounting["karantan"].sum() == 0


def test_six_of_59_have_a_plan_before_exclusions(steps: pd.DataFrame) -> None:
    first = steps[steps["steg"] == 0].iloc[0]

    assert (first["med_varde"], first["kvar"]) == (6, 59)


def test_six_of_44_have_a_plan_without_short_term_care(steps: pd.DataFrame) -> None:
    step = steps[steps["orsak"] == "utan_genomforandeplan"].iloc[0]

    assert (step["med_varde"], step["kvar"]) == (6, 44)


def test_each_exclusion_is_a_step_and_the_last_is_the_denominator(steps: pd.DataFrame, reviewed: Path) -> None:
    figures = pq.read_table(reviewed / "aggregat.parquet").to_pandas()
    months = figures[
        (figures["indikator"] == "T10") & (figures["period_typ"] == "manad") & (figures["brytning"] == "total")
    ]
    ordered = steps.sort_values("steg")

    assert ordered["kvar"].is_monotonic_decreasing
    assert ordered["kvar"].iloc[-1] == months["namnare"].sum() == 40
    assert ordered.set_index("orsak").loc["ej_beviljat", "kvar"] == 40
