"""The tables of a comparison, from municipalities' versions to a release."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ibic_pipeline.home import Home
from ibic_pipeline.publish import run_query
from ibic_pipeline.workflow import county
from tests.support.homes import TWO, load, small_county
from tests.support.releases import no_pages

pytestmark = pytest.mark.usefixtures("few_indicators")

TABLES = {"indikator", "tratt", "skillnad", "parad_forandring", "overlevnad", "processkedja", "rojandekontroll"}
OF_QUALITY = {
    "datakvalitet",
    "datakvalitet_kontroll",
    "datakvalitet_effekt",
    "datakvalitet_orsak",
    "datakvalitet_utveckling",
    "konfiguration",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = small_county(tmp_path_factory.mktemp("county") / "home")
    for code in TWO:
        load(home, code)
    return home


def compared(home: Home) -> dict[str, bytes]:
    county.county_figures(home)
    county.published_figures(home)
    lan = home.lager / "lan"
    return {path.relative_to(lan).as_posix(): path.read_bytes() for path in sorted(lan.rglob("*.parquet"))}


@pytest.fixture(scope="module")
def first(home: Home) -> dict[str, bytes]:
    return compared(home)


def test_comparing_twice_gives_the_same_bytes(home: Home, first: dict[str, bytes]):
    assert {Path(name).stem for name in first if name.startswith("jamforelse/")} == TABLES | OF_QUALITY
    assert compared(home) == first


@pytest.mark.usefixtures("first")
def test_every_table_is_in_the_release_and_what_is_published_again_has_changed_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ibic_pipeline.report.write_everything", no_pages)  # it has tests of its own
    county.publish_county(home, republish=True)
    release = county.publish_county(home, republish=True).folder
    assert {path.stem for path in (release / "jamforelse").glob("*.parquet")} == {*TABLES, *OF_QUALITY, "andringar"}
    for name in TABLES - {"parad_forandring"}:  # none of the reviewed goals has a step before and after
        assert run_query(home, f"SELECT count(*) AS rader FROM {name}", "csv").split()[1] != "0", name
    assert run_query(home, "SELECT count(*) AS rader FROM andringar", "csv").split()[1] == "0"


def test_a_version_of_an_earlier_program_without_values_does_not_stop_the_county(home: Home, first: dict[str, bytes]):
    for name in ("varden", "tider", "processkedja"):
        (home.current(TWO[0]).resolve() / f"{name}.parquet").unlink()
    without = compared(home)
    assert {name for name in without if not name.startswith("utgiven/")} == first.keys()
    assert without["tider.parquet"] != first["tider.parquet"]
    assert without["tratt.parquet"] == first["tratt.parquet"]
    chains = pq.read_table(home.lager / "lan" / "jamforelse" / "processkedja.parquet").to_pandas()
    told = chains.groupby("kommunkod")["status"].agg(set)
    assert told[TWO[0]] == {"ej_utvarderad"}
    assert "ej_utvarderad" not in told[TWO[1]]
