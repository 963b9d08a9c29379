"""Data quality in Dagster's words: two checks per municipality, one for the county, and one that stops a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dagster import AssetKey, AssetMaterialization, DagsterInstance, ExecuteInProcessResult
from typer.testing import CliRunner

from assets.definitions import defs
from ibic_pipeline.cli import app
from ibic_pipeline.home import Home
from ibic_pipeline.workflow.versions import current_version
from tests.integration.test_quality_in_the_workflow import AGAIN, decide
from tests.support.homes import deliver, small_county

KOD = "0642"

pytestmark = pytest.mark.usefixtures("few_indicators")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = small_county(tmp_path / "home", (KOD,))
    monkeypatch.setenv("IBIC_HOME", str(home.path))
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    return home


def run(instance: DagsterInstance, job: str = "kommun", partition: str | None = KOD) -> ExecuteInProcessResult:
    return defs.resolve_job_def(job).execute_in_process(
        instance=instance, partition_key=partition, raise_on_error=False
    )


def checks(result: ExecuteInProcessResult) -> dict[str, Any]:
    return {each.check_name: each for each in result.get_asset_check_evaluations() if "kvalitet" in each.check_name}


def test_what_does_not_hold_is_told_in_words_and_counts_and_stops_nothing(
    home: Home, instance: DagsterInstance
) -> None:
    run(instance)
    deliver(home.path, KOD, AGAIN)
    result = run(instance)

    assert result.success
    found = checks(result)
    assert found["kvalitet_stoppar"].passed
    told = found["kvalitet_varnar"]
    assert (told.passed, told.severity.value) == (False, "WARN")
    assert told.description.startswith(
        f"{KOD}: DK-503: Leveransen har ett annat innehåll än tidigare leveranser. Avviker:"
    )
    assert told.metadata["underkand"].value == 1
    assert "| DK-503 | leverans |" in told.metadata["kontroller"].value


def test_a_check_that_is_to_stop_ends_the_run_before_the_version_applies(home: Home, instance: DagsterInstance) -> None:
    run(instance)
    good = current_version(home, KOD)
    deliver(home.path, KOD, AGAIN)
    strict = decide(home, DK_503={"varde": 0.5, "allvar": "stoppa"})
    result = run(instance)

    assert not result.success
    told = checks(result)["kvalitet_stoppar"]
    assert (told.passed, told.blocking, told.severity.value) == (False, True, "ERROR")
    assert current_version(strict, KOD) == good
    status = strict.status(KOD)
    assert status is not None
    assert status["utfall"] == "vagrad"


def test_the_county_has_a_check_of_its_own_and_counts_per_municipality(home: Home, instance: DagsterInstance) -> None:
    run(instance)
    result = run(instance, "lan", None)

    assert result.success
    assert checks(result)["lanets_kvalitet"].passed
    latest = instance.get_latest_materialization_event(AssetKey(["lan", "datakvalitet"]))
    assert latest is not None
    made = latest.asset_materialization
    assert isinstance(made, AssetMaterialization)
    assert f"| {KOD} |" in str(made.metadata["kommuner"].value)
    assert "| länet |" in str(made.metadata["kommuner"].value)


def test_a_run_says_in_one_line_how_many_checks_do_not_hold(home: Home) -> None:
    told = CliRunner().invoke(app, ["run", "--home", str(home.path)])

    assert told.exit_code == 0, told.output
    assert "Quality  0 checks do not hold, 0 could not run; see `ibic quality`" in told.stdout
