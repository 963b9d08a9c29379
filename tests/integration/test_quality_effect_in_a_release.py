"""From delivered rows to a release: what flawed data mean for figures is measured, protected, published and shown."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from ibic_pipeline.derive import indicators
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.publish.columns import COMPARISON_COLUMNS
from ibic_pipeline.quality.effect import read_effect
from ibic_pipeline.workflow import county, municipality
from ibic_pipeline.workflow.measured import measure_municipality
from tests.support.homes import TWO, publish, small_county

TABLES = ("datakvalitet_effekt", "datakvalitet_orsak", "datakvalitet_utveckling", "konfiguration")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = small_county(tmp_path_factory.mktemp("home"))
    settings = yaml.safe_load((made.path / "lan.yaml").read_text(encoding="utf-8"))
    settings["forsta_period"] = "2022-01"
    for limit in ("antal_min", "namnare_min"):  # the delivery is so small that next to nothing would be shown
        settings["disclosure"][limit]["varde"] = 1
    (made.path / "lan.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    made = Home(made.path)
    for code in TWO:
        municipality.load_delivery(made, code)
        municipality.harmonise_municipality(made, code)
        municipality.derive_municipality(made, code, Settings())
        municipality.aggregate_municipality(made, code, Settings())
        measure_municipality(made, code, Settings())
        municipality.commit_version(made, code)
    return made


@pytest.fixture(scope="module")
def release(home: Home) -> Path:
    return publish(home).folder


def rows(release: Path, table: str) -> list[dict[str, object]]:
    return pq.read_table(release / "jamforelse" / f"{table}.parquet").to_pylist()


def test_every_figure_of_every_municipality_and_of_the_county_is_judged_once(release: Path) -> None:
    told = [(row["indikator"], row["kommunkod"], row["period_typ"]) for row in rows(release, "datakvalitet_effekt")]
    assert len(told) == len(set(told))
    places = {(each.id, code) for each in indicators() for code in (*TWO, None)}
    assert places <= {(indikator, code) for indikator, code, _ in told}


def test_bounds_enclose_the_published_figure_and_stand_only_beside_one(release: Path) -> None:
    figures = {
        (row["indikator"], row["kommunkod"], row["period"]): row
        for row in rows(release, "indikator")
        if row["brytning"] == "total"
    }
    bounded = [row for row in rows(release, "datakvalitet_effekt") if row["lagst"] is not None]
    assert bounded
    for row in bounded:
        value = figures[row["indikator"], row["kommunkod"], row["period"]][str(row["matt"])]
        assert row["lagst"] <= value <= row["hogst"]  # type: ignore[operator]


def test_the_units_counted_are_those_of_the_figure(home: Home, release: Path) -> None:
    figures = {
        (row["indikator"], row["period"]): row["namnare"]
        for row in rows(release, "indikator")
        if row["brytning"] == "total" and row["kommunkod"] == TWO[0] and row["namnare"] is not None
    }
    effect = read_effect(home.current(TWO[0]) / "kvalitet")
    assert effect is not None
    counted = {(row["indikator"], row["period"]): row["namnare"] for row in effect.enheter.to_pylist()}
    both = counted.keys() & figures.keys()
    assert len(both) > len(indicators()) / 2
    assert any(
        row["berorda_i_taljaren"] + row["berorda_utanfor"] + row["saknade"] for row in effect.enheter.to_pylist()
    )
    assert {key: counted[key] for key in both} == {key: figures[key] for key in both}


@pytest.mark.parametrize("table", TABLES)
def test_each_table_is_published_with_the_meaning_of_its_columns(release: Path, table: str) -> None:
    schema = pq.read_schema(release / "jamforelse" / f"{table}.parquet")
    assert {field.name: field.metadata[b"beskrivning"].decode() for field in schema} == {
        name: COMPARISON_COLUMNS[name] for name in schema.names
    }


def test_the_pages_name_no_person_and_no_case(home: Home, release: Path) -> None:
    pages = [path.read_text(encoding="utf-8") for path in (release / "rapport").glob("datakvalitet*.html")]
    assert len(pages) == 1 + len(TWO)
    for code in TWO:
        for table, column in (("individ", "individ_id"), ("beslut", "beslut_id"), ("mal", "mal_id")):
            ids = pq.read_table(home.current(code) / "harmoniserat" / f"{table}.parquet", columns=[column])[column]
            assert not [each for each in ids.to_pylist() if len(each) > 4 and any(each in page for page in pages)]


def test_the_same_deliveries_give_the_same_tables(home: Home, release: Path) -> None:
    assert release.is_dir()
    made = home.lager / "lan" / "jamforelse"
    before = {name: (made / f"{name}.parquet").read_bytes() for name in TABLES}
    county.quality_figures(home, Settings())
    assert {name: (made / f"{name}.parquet").read_bytes() for name in TABLES} == before
