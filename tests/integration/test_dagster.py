"""The asset graph as Dagster sees it, and runs of its jobs in this process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster import AssetKey, DagsterInstance, Definitions, ExecuteInProcessResult

from assets import describe, harmonised
from assets.definitions import defs
from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.workflow.county import municipalities_of
from ibic_pipeline.workflow.versions import current_version, refused_folder
from schemas import CONTRACTS
from tests.support.homes import DELIVERY, small_county

pytestmark = pytest.mark.usefixtures("few_indicators")

KOD = "0642"
SNAPSHOT = Path(__file__).parent / "snapshots" / "asset_graph.json"
PERSONAL_NUMBER = "19520906-9813"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = small_county(tmp_path / "home", (KOD,))
    monkeypatch.setenv("IBIC_HOME", str(home.path))
    return home


@pytest.fixture
def instance(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    with DagsterInstance.get() as found:
        yield found


def run_kommun(instance: DagsterInstance) -> ExecuteInProcessResult:
    job = defs.resolve_job_def("kommun")
    return job.execute_in_process(instance=instance, partition_key=KOD, raise_on_error=False)


def quotes_a_cell(*_: object, **__: object) -> None:
    raise ValueError(f"could not convert {PERSONAL_NUMBER}") from KeyError(PERSONAL_NUMBER)


def stored_by_dagster(home: Home) -> bytes:
    return b"".join(path.read_bytes() for path in home.dagster.rglob("*") if path.is_file())


def steps(result: ExecuteInProcessResult, event: str) -> list[str]:
    return [each.step_key or "" for each in result.all_events if each.event_type_value == event]


def asset_graph() -> dict[str, Any]:
    graph = defs.resolve_asset_graph()
    checks: dict[str, list[str]] = {}
    for key in graph.asset_check_keys:
        blocking = graph.get_check_spec(key).blocking
        checks.setdefault(key.asset_key.to_user_string(), []).append(f"{key.name}{' (blocking)' if blocking else ''}")
    return {
        key.to_user_string(): {
            "beror_pa": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "grupp": graph.get(key).group_name,
            "agare": sorted(graph.get(key).owners),
            "slag": sorted(graph.get(key).kinds),
            "partitioner": graph.get(key).partitions_def is not None,
            "prov": sorted(checks.get(key.to_user_string(), [])),
        }
        for key in sorted(graph.get_all_asset_keys())
    }


def test_the_asset_graph_is_the_one_that_was_reviewed() -> None:
    """Delete the snapshot and run again to renew it, then read its diff."""
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(json.dumps(asset_graph(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert asset_graph() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_everything_that_dagster_loads_is_valid() -> None:
    Definitions.validate_loadable(defs)


def test_every_asset_says_in_words_what_it_is() -> None:
    graph = defs.resolve_asset_graph()
    silent = [key.to_user_string() for key in graph.get_all_asset_keys() if not graph.get(key).description]

    assert silent == []


def test_the_harmonised_assets_are_the_tables_of_the_contracts() -> None:
    assert list(CONTRACTS) == list(harmonised.TABLES)


def test_the_code_location_imports_nothing_heavy() -> None:
    heavy = ("pandas", "pandera", "pyarrow", "duckdb", "scipy", "schemas")
    code = f"import sys, assets.definitions; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True, env=os.environ
    )

    assert done.stdout.strip() == "[]"


def test_one_municipality_runs_from_delivery_to_aggregate(home: Home, instance: DagsterInstance) -> None:
    result = run_kommun(instance)

    assert result.success
    assert steps(result, "STEP_SUCCESS") == ["las_leverans", "harmonisera", "harled", "prova_kvalitet", "aggregera"]
    assert current_version(home, KOD) is not None
    latest = instance.get_latest_materialization_event(AssetKey(["harmoniserat", "beslut"]))
    assert latest is not None
    metadata = latest.asset_materialization.metadata  # type: ignore[union-attr]
    assert metadata["dagster/row_count"].value == 59
    assert [column.name for column in metadata["dagster/column_schema"].value.columns] == list(
        CONTRACTS["beslut"].columns()
    )


def test_a_second_run_of_the_same_delivery_rewrites_nothing(home: Home, instance: DagsterInstance) -> None:
    run_kommun(instance)
    before = {path: path.stat().st_mtime_ns for path in home.current(KOD).resolve().rglob("*.parquet")}
    result = run_kommun(instance)

    assert result.success
    assert before
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_the_accounting_is_shown_with_its_numbers_and_a_picture(instance: DagsterInstance) -> None:
    run_kommun(instance)
    latest = instance.get_latest_materialization_event(AssetKey("avstamning"))

    assert latest is not None
    metadata = latest.asset_materialization.metadata  # type: ignore[union-attr]
    assert "| beslut.csv | 59 | 59 | 0 | 0 | 0 |" in metadata["per_fil"].value
    assert "data:image/svg+xml;base64," in metadata["per_fil"].value
    assert metadata["sammanfattning"].value.endswith("0 av de godkända är flaggade. 0 rader är reparerade.")


def test_a_refused_delivery_stops_its_run_at_the_first_step_and_makes_the_municipality_stale(
    home: Home, instance: DagsterInstance
) -> None:
    (home.inkorg / KOD / DELIVERY / "beslut.csv").unlink()
    result = run_kommun(instance)

    assert not result.success
    assert steps(result, "STEP_START") == ["las_leverans"]
    assert [(check.check_name, check.passed) for check in result.get_asset_check_evaluations()] == [
        ("leverans_hel", False)
    ]
    assert [each.inaktuell for each in municipalities_of(home)] == [True]


def test_a_delivery_beyond_the_limits_says_which_rules_were_hit_and_keeps_its_quarantine(
    home: Home, instance: DagsterInstance
) -> None:
    path = home.inkorg / KOD / DELIVERY / "beslut.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(";Bifall;", ";XQ-7741;"), encoding="utf-8-sig")
    result = run_kommun(instance)
    found = {check.check_name: check for check in result.get_asset_check_evaluations()}

    assert not result.success
    assert found["leverans_hel"].passed
    judged = found["leverans_anvandbar"]
    assert not judged.passed
    assert "LEV-006: Förväntade" in (judged.description or "")
    assert "BES-2" in judged.metadata["vanligaste_regler"].value
    assert (refused_folder(home, KOD) / "karantan" / "karantan.parquet").is_file()
    assert (home.status(KOD) or {})["utfall"] == "vagrad"
    assert b"XQ-7741" not in stored_by_dagster(home)


def test_a_run_without_an_installation_says_how_to_make_one(
    instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IBIC_HOME", str(tmp_path / "nowhere"))
    result = run_kommun(instance)

    assert not result.success
    assert not (tmp_path / "nowhere").exists()


def test_accepted_rows_that_break_their_contract_go_no_further(
    home: Home, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ibic_pipeline.workflow import proof

    monkeypatch.setattr(proof, "breach_of", lambda _folder, table: "3 faults" if table == "mal" else None)
    result = run_kommun(instance)

    assert not result.success
    assert "harled" not in steps(result, "STEP_START")
    assert current_version(home, KOD) is None
    assert (home.status(KOD) or {})["utfall"] == "fel"


def test_rows_that_are_not_accounted_for_go_no_further(
    home: Home, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ibic_pipeline.workflow import proof

    rows = {"last": 10, "godkanda": 8, "karantan": 1, "dubbletter": 0, "flaggade": 0, "reparerade": 0}
    account = {"kallfil": "beslut.csv", **rows, "regler": {}, "reparationer": {}}
    monkeypatch.setattr(proof, "accounting_of", lambda _folder: [account])
    result = run_kommun(instance)

    assert not result.success
    assert "harled" not in steps(result, "STEP_START")
    assert (home.status(KOD) or {})["utfall"] == "fel"


@pytest.mark.parametrize(
    ("place", "function"),
    [
        ("ibic_pipeline.workflow.municipality", "plan"),
        ("ibic_pipeline.workflow.municipality", "validate_delivery"),
        ("ibic_pipeline.workflow.proof", "breach_of"),
        ("ibic_pipeline.workflow.municipality", "derive"),
        ("ibic_pipeline.workflow.municipality", "aggregate"),
    ],
)
def test_an_error_reaches_dagster_without_the_value_that_caused_it(
    home: Home, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch, place: str, function: str
) -> None:
    monkeypatch.setattr(f"{place}.{function}", quotes_a_cell)
    result = run_kommun(instance)
    stored = stored_by_dagster(home)

    assert not result.success
    assert b"ValueError vid" in stored
    assert PERSONAL_NUMBER.encode() not in stored
    assert (home.status(KOD) or {})["utfall"] == "fel"
    assert PERSONAL_NUMBER not in json.dumps(home.status(KOD))


@pytest.mark.parametrize("function", ["put_together", "publish_release"])
def test_an_error_of_the_county_reaches_dagster_without_the_value_that_caused_it(
    home: Home, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    run_kommun(instance)
    monkeypatch.setattr(f"ibic_pipeline.workflow.county.{function}", quotes_a_cell)
    result = defs.resolve_job_def("lan").execute_in_process(instance=instance, raise_on_error=False)

    assert not result.success
    assert b"ValueError vid" in stored_by_dagster(home)
    assert PERSONAL_NUMBER.encode() not in stored_by_dagster(home)


def test_the_county_runs_on_what_the_municipalities_have(instance: DagsterInstance) -> None:
    run_kommun(instance)
    result = defs.resolve_job_def("lan").execute_in_process(instance=instance, raise_on_error=False)

    assert result.success
    assert steps(result, "STEP_SUCCESS") == ["jamfor", "publicera", "sammanfatta"]


def test_bars_are_drawn_in_proportion() -> None:
    svg = describe.stacked_bars([("a.csv", (30, 10, 0)), ("<b>.csv", (20, 0, 0))])

    assert 'width="307.5"' in svg
    assert 'width="102.5"' in svg
    assert 'width="205.0"' in svg
    assert "&lt;b&gt;.csv" in svg
