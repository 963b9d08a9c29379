"""Data quality from a delivery to a release: measured with the version, scored with the county, stopping if told to."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from ibic_pipeline.cli import app
from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.publish import current_release
from ibic_pipeline.workflow import county, municipality
from ibic_pipeline.workflow.measured import judge_municipality, measure_municipality, refuse_what_stops
from ibic_pipeline.workflow.plan import plan
from ibic_pipeline.workflow.quality import MEASURED
from ibic_pipeline.workflow.versions import HISTORY, current_version
from tests.support.homes import DELIVERY, bytes_of, deliver, publish, small_county

KOD = "0642"
AGAIN = "2024-03-07"

pytestmark = pytest.mark.usefixtures("few_indicators")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return small_county(tmp_path / "home", (KOD,))


def load(home: Home, *, rebuild: bool = False) -> None:
    municipality.load_delivery(home, KOD, rebuild=rebuild)
    municipality.harmonise_municipality(home, KOD)
    municipality.derive_municipality(home, KOD, Settings())
    municipality.aggregate_municipality(home, KOD, Settings())
    work = measure_municipality(home, KOD, Settings())
    refuse_what_stops(home, work, judge_municipality(home, work, Settings()))
    municipality.commit_version(home, KOD)


def compare(home: Home) -> None:
    """The county's tables, without a release of them."""
    county.county_figures(home)
    county.published_figures(home)


def rows_of(folder: Path, table: str = "datakvalitet") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "jamforelse" / f"{table}.parquet").to_pylist()
    return rows


def result(home: Home, kontroll: str, kommunkod: str | None = KOD, tabell: str | None = None) -> dict[str, Any]:
    (row,) = [
        each
        for each in rows_of(home.lager / "lan")
        if (each["kontroll"], each["kommunkod"]) == (kontroll, kommunkod) and tabell in (None, each["tabell"])
    ]
    return row


def decide(home: Home, **kvalitet: Any) -> Home:
    path = home.path / "lan.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["kvalitet"] = {code.replace("_", "-"): {**each, "not": "Prov."} for code, each in kvalitet.items()}
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return Home(home.path)


def test_a_release_tells_of_the_quality_of_every_delivery_and_of_the_county(home: Home) -> None:
    load(home)
    publish(home)

    release = current_release(home)
    assert release is not None
    rows = rows_of(release)
    assert {row["kommunkod"] for row in rows} == {KOD, None}
    assert {row["leverans"] for row in rows} == {date(2024, 2, 29)}
    told = {(row["kontroll"], row["tabell"], row["del"]) for row in rows_of(release, "datakvalitet_kontroll")}
    assert {(row["kontroll"], row["tabell"], row["del"]) for row in rows} <= told
    asked = result(home, "DK-103")
    assert (asked["status"], asked["brister"], asked["underlag"]) == ("godkand", 0, 55)
    assert result(home, "DK-401", tabell="beslut")["status"] == "ej_tillampligt"
    assert result(home, "DK-701", None, "indikator")["status"] == "godkand"


def test_last_weeks_file_under_a_new_date_is_told(home: Home) -> None:
    load(home)
    deliver(home.path, KOD, AGAIN)
    load(home)
    compare(home)

    again = result(home, "DK-503")
    assert (again["status"], again["forst_sedd"], again["senast_godkand"]) == ("underkand", date(2024, 3, 7), None)
    assert again["brister"] == again["underlag"] >= 5
    assert result(home, "DK-401", tabell="beslut")["status"] == "godkand"
    assert sorted(path.stem for path in (home.versions(KOD) / HISTORY).iterdir()) == [DELIVERY, AGAIN]


def test_the_same_delivery_measured_again_is_the_same_bytes_and_one_memory(home: Home) -> None:
    load(home)
    compare(home)
    first = bytes_of(home.lager)
    load(home, rebuild=True)
    compare(home)

    assert f"{KOD}/{MEASURED}" in first
    assert "lan/jamforelse/datakvalitet.parquet" in first
    assert bytes_of(home.lager) == first


def test_a_threshold_decides_the_release_and_no_version(home: Home) -> None:
    load(home)
    compare(home)
    stood = current_version(home, KOD)
    assert result(home, "DK-103")["troskel"] == 0.2
    changed = decide(home, DK_103={"varde": 0})

    assert plan(changed, KOD).unchanged
    made_of = county.municipalities_of(home)
    assert county.county_version(changed, made_of) != county.county_version(home, made_of)
    compare(changed)
    assert current_version(changed, KOD) == stood
    assert result(changed, "DK-103")["troskel"] == 0


def test_a_check_that_stops_keeps_the_last_good_version_until_the_threshold_allows_it(home: Home) -> None:
    load(home)
    good = current_version(home, KOD)
    deliver(home.path, KOD, AGAIN)
    strict = decide(home, DK_503={"varde": 0.5, "allvar": "stoppa"})
    with pytest.raises(DeliveryRefused, match="DK-503"):
        load(strict)

    assert current_version(strict, KOD) == good
    status = strict.status(KOD)
    assert status is not None
    assert (status["utfall"], [each["kod"] for each in status["orsaker"]]) == ("vagrad", ["DK-503"])
    assert [path.stem for path in (home.versions(KOD) / HISTORY).iterdir()] == [DELIVERY]
    wider = decide(home, DK_503={"varde": 1, "allvar": "stoppa"})
    assert not municipality.is_refused_still(wider, plan(wider, KOD))
    load(wider)
    assert current_version(wider, KOD) != good


def test_a_version_that_was_never_measured_has_checks_that_could_not_run(home: Home) -> None:
    load(home)
    shutil.rmtree(home.current(KOD).resolve() / "kvalitet")
    compare(home)

    assert result(home, "DK-103")["status"] == "fel"
    assert result(home, "DK-103")["brister"] is None


def quality(home: Home, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["quality", "--home", str(home.path), *arguments])


def test_the_front_door_scores_what_has_been_measured_by_the_settings_of_today(home: Home) -> None:
    load(home)
    deliver(home.path, KOD, AGAIN)
    load(home)
    told = quality(home, "--kommun", KOD)
    assert told.exit_code == 1
    assert f"{KOD}   DK-503 underkand" in told.stdout
    assert "sedan 2024-03-07: Leveransen har ett annat innehåll än tidigare leveranser." in told.stdout
    decide(home, DK_503={"varde": 1})
    shown = json.loads(quality(home, "--kommun", KOD, "--json", "--all").stdout)

    (again,) = [each for each in shown["kontroller"] if each["kontroll"] == "DK-503"]
    assert (again["status"], again["troskel"], again["senast_godkand"]) == ("godkand", 1, AGAIN)
    assert sum(shown["statusar"].values()) == len(shown["kontroller"])


def test_the_front_door_says_which_check_there_is_not_and_that_there_is_nothing_to_score(home: Home) -> None:
    nothing = quality(home)
    assert nothing.exit_code == 1
    assert "at least one municipality" in str(nothing.exception)
    load(home)
    wrong = quality(decide(home, DK_999={"varde": 0.1}))
    assert "DK-999 (did you mean" in str(wrong.exception)
