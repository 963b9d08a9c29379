"""Which published figures are others than in the release before, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ibic_pipeline.home import Home
from ibic_pipeline.publish import Municipality, changed_figures, current_release
from ibic_pipeline.storage import write_json, write_parquet
from tests.support.releases import SMALL_FIGURES, Figure, indikator_table, make_home, no_pages, publish_small

WITHOUT_CHANGE = [*SMALL_FIGURES[:2], *SMALL_FIGURES[3:]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = make_home(tmp_path / "home")
    publish_small(home, write_pages=no_pages)
    return home


def of(home: Home, kommunkod: str, **said: Any) -> Municipality:
    folder = home.versions(kommunkod) / f"v-{len(said)}"
    files = [{"fil": "beslut.csv", "export": "beslut", "sha256": "0" * 64}]
    write_json({"version": "v1", "leverans": "2026-06-30", "filer": files} | said, folder / "version.json")
    return Municipality(kommunkod, kommunkod, "lan", folder)


def changed(home: Home, figures: list[Figure], *municipalities: Municipality, **lan: Any) -> list[dict[str, Any]]:
    path = home.path / "ny.parquet"
    write_parquet(indikator_table(figures), path)
    settings = home.lan.model_copy(update=lan)
    table = changed_figures(current_release(home), path, municipalities, settings)
    return [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]


def test_a_first_release_has_changed_nothing(tmp_path: Path):
    home = make_home(tmp_path / "home")
    assert changed(home, SMALL_FIGURES) == []


def test_the_same_figures_have_not_changed(home: Home):
    assert changed(home, SMALL_FIGURES, of(home, "0643", version="v2")) == []


def test_a_new_delivery_is_named_as_the_reason_for_the_municipality_and_the_county(home: Home):
    figures = [Figure(None, 125, 250), Figure("0642", 20, 100), Figure("0643", 105, 150), Figure("0604", 30, 60)]
    municipalities = (of(home, "0642"), of(home, "0643", version="v2", leverans="2026-07-31"), of(home, "0604"))
    base = {"indikator": "T1", "period_typ": "manad", "period": "2026-06", "brytning": "total", "grupp": "alla"}
    why = {"orsak": "ny_leverans", "kommuner": "0643"}
    expected = [
        {"niva": "kommun", "kommunkod": "0643", "matt": "andel", "fore": 110 / 150, "efter": 105 / 150},
        {"niva": "kommun", "kommunkod": "0643", "matt": "taljare", "fore": 110.0, "efter": 105.0},
        {"niva": "lan", "matt": "andel", "fore": 130 / 250, "efter": 125 / 250},
        {"niva": "lan", "matt": "taljare", "fore": 130.0, "efter": 125.0},
    ]
    # 0604 was hidden in the release before, so that it has nothing to be compared with.
    assert changed(home, figures, *municipalities) == [{**base, **each, **why} for each in expected]


CHANGED = [*WITHOUT_CHANGE, Figure("0643", 105, 150)]


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ({"version": "v2"}, "ny_bearbetning"),
        ({"version": "v2", "leverans": "2026-07-31"}, "ny_leverans"),
        ({"version": "v2", "filer": []}, "ny_leverans"),
        ({"version": "v2", "frister": {"gp_frist_dagar": 30}}, "nya_parametrar, ny_bearbetning"),
        ({}, "okand"),
    ],
)
def test_each_reason_has_its_name(home: Home, version: dict[str, Any], reason: str):
    assert {row["orsak"] for row in changed(home, CHANGED, of(home, "0643", **version))} == {reason}


def test_a_countys_parameters_change_every_municipality(home: Home):
    years = home.lan.parametrar.lang_tid_dagar.model_copy(update={"varde": 800})
    parametrar = home.lan.parametrar.model_copy(update={"lang_tid_dagar": years})
    rows = changed(home, CHANGED, of(home, "0643"), parametrar=parametrar)
    assert {row["orsak"] for row in rows} == {"nya_parametrar"}


def test_a_new_definition_is_a_reason_of_its_own(home: Home):
    path = home.path / "ny.parquet"
    table = indikator_table(CHANGED)
    place = table.schema.get_field_index("version")
    write_parquet(table.set_column(place, "version", [["2027-01-01"] * len(table)]), path)
    found = changed_figures(current_release(home), path, [of(home, "0643", version="v2")], home.lan)
    assert set(found["orsak"].to_pylist()) == {"ny_definition, ny_bearbetning"}
