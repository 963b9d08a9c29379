"""What a release holds for those who look for data: data package, open catalogue, delivery contracts, Kolada's form."""

from __future__ import annotations

import csv
import io
import json
import shutil
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rdflib
import yaml
from frictionless import Package
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from ibic_pipeline.compare.published import INDIKATOR
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.publish.columns import COMPARISON_TABLES
from ibic_pipeline.publish.kolada import kolada_csv
from ibic_pipeline.publish.odcs import delivery_contract
from ibic_pipeline.resources import PROFILES
from ibic_pipeline.storage import write_parquet
from schemas import CONTRACTS
from tests.support.database import database_profile, write_profile
from tests.support.releases import (
    NAMES,
    SMALL_FIGURES,
    Figure,
    indikator_table,
    make_home,
    no_pages,
    publish_small,
    small_municipalities,
)

VCARD = rdflib.Namespace("http://www.w3.org/2006/vcard/ns#")
KATALOG = {
    "utgivare": "Kommunalförbundet Exempel",
    "utgivare_uri": "https://exempel.se/om",
    "kontakt": {"namn": "Statistikgruppen", "epost": "statistik@exempel.se"},
    "licens": "http://creativecommons.org/licenses/by/4.0/",
    "adress": "https://data.exempel.se/ibic/",
}


def home_with(folder: Path, **settings: Any) -> Home:
    """The shipped county with its profiles, and these settings besides."""
    home = make_home(folder)
    shutil.copytree(PROFILES / "jonkopings-lan" / "kommuner", home.kommuner)
    said = yaml.safe_load((home.path / "lan.yaml").read_text(encoding="utf-8")) | settings
    (home.path / "lan.yaml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    return Home(home.path)


YEARS = [Figure(kod, 20, 100, period_typ="ar", period="2025") for kod in ("0642", "0643")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_with(tmp_path_factory.mktemp("home"), katalog=KATALOG)


@pytest.fixture(scope="module")
def release(home: Home) -> Path:
    return publish_small(home, write_pages=no_pages, tables={"indikator": indikator_table([*SMALL_FIGURES, *YEARS])})


def package(release: Path) -> dict[str, Any]:
    return json.loads((release / "datapackage.json").read_text(encoding="utf-8"))


def test_frictionless_finds_the_data_package_and_every_row_valid(release: Path) -> None:
    found = Package(str(release / "datapackage.json")).validate()
    assert found.valid, found.flatten(["type", "message"])
    rows = {task.name: task.stats["rows"] for task in found.tasks}
    assert rows["indikator"] == 6
    assert rows["kolada"] == 2
    assert len(rows) == 2 + 2 * len(CONTRACTS)
    assert rows["beslut-0642"] == rows["beslut-0643"] == 1


def test_frictionless_finds_a_goal_of_a_decision_without_a_plan_valid(release: Path, tmp_path: Path) -> None:
    copy = tmp_path / "release"
    shutil.copytree(release, copy)
    path = copy / "harmoniserat" / "mal" / "0642.parquet"
    path.chmod(0o644)
    table = pq.read_table(path)
    where = table.column_names.index("plan_id")
    write_parquet(table.set_column(where, table.schema.field(where), pa.array([None], pa.string())), path)
    found = Package(str(copy / "datapackage.json")).validate()
    assert found.valid, found.flatten(["type", "message"])


def test_frictionless_finds_a_row_without_its_parent(release: Path, tmp_path: Path) -> None:
    copy = tmp_path / "release"
    shutil.copytree(release, copy)
    path = copy / "harmoniserat" / "uppdrag" / "0642.parquet"
    path.chmod(0o644)
    table = pq.read_table(path)
    where = table.column_names.index("beslut_id")
    write_parquet(table.set_column(where, table.schema.field(where), pa.array(["okand"])), path)
    found = Package(str(copy / "datapackage.json")).validate()
    assert {(task.name, error.type) for task in found.tasks for error in task.errors} == {
        ("uppdrag-0642", "foreign-key")
    }


def test_the_data_package_names_every_table_file_of_the_release(release: Path) -> None:
    listed = {each["path"] for each in package(release)["resources"]}
    files = {path.relative_to(release).as_posix() for path in release.rglob("*.parquet")}
    assert listed == files | {"kolada.csv"}


def graph(release: Path) -> rdflib.Graph:
    path = release / "dcat-ap-se.jsonld"
    return rdflib.Graph().parse(path, format="json-ld", publicID="https://data.exempel.se/r/dcat-ap-se.jsonld")


def test_the_catalogue_has_everything_that_the_swedish_profile_requires(release: Path) -> None:
    found = graph(release)
    [catalogue] = found.subjects(RDF.type, DCAT.Catalog)
    for each in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license, DCAT.dataset):
        assert (catalogue, each, None) in found, each
    assert str(found.value(catalogue, DCTERMS.license)) == "http://creativecommons.org/publicdomain/zero/1.0/"
    publisher = found.value(catalogue, DCTERMS.publisher)
    assert (publisher, RDF.type, FOAF.Agent) in found
    assert str(found.value(publisher, FOAF.name)) == KATALOG["utgivare"]
    for data in found.subjects(RDF.type, DCAT.Dataset):
        assert (catalogue, DCAT.dataset, data) in found
        for each in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher):
            assert (data, each, None) in found, (data, each)
        contact = found.value(data, DCAT.contactPoint)
        assert str(found.value(contact, VCARD.hasEmail)) == "mailto:statistik@exempel.se"
        assert (contact, VCARD.fn, None) in found
        file = found.value(data, DCAT.distribution)
        assert (file, RDF.type, DCAT.Distribution) in found
        assert str(found.value(file, DCTERMS.license)) == KATALOG["licens"]


def test_the_catalogue_leads_to_the_comparison_tables_and_never_to_rows(release: Path) -> None:
    found = graph(release)
    base = f"https://data.exempel.se/ibic/releaser/{release.name}/"
    addresses = {str(each) for each in found.objects(None, DCAT.accessURL)}
    assert addresses == {f"{base}jamforelse/indikator.parquet", f"{base}kolada.csv"}
    assert all((release / each.removeprefix(base)).is_file() for each in addresses)
    assert "harmoniserat" not in (release / "dcat-ap-se.jsonld").read_text(encoding="utf-8")
    assert not set(CONTRACTS) & {str(each).rpartition("#")[2] for each in found.subjects(RDF.type, DCAT.Dataset)}


def test_a_data_set_is_called_the_same_in_every_release(release: Path, home: Home, tmp_path: Path) -> None:
    again = publish_small(home_with(tmp_path / "home", katalog=KATALOG), write_pages=no_pages)
    assert "https://data.exempel.se/ibic/#indikator" in {str(each) for each in graph(release).subjects()}
    assert "https://data.exempel.se/ibic/#indikator" in {str(each) for each in graph(again).subjects()}


def test_a_county_that_has_not_said_who_publishes_gets_no_publisher_and_no_licence(tmp_path: Path) -> None:
    found = graph(publish_small(make_home(tmp_path), write_pages=no_pages))
    for each in (DCTERMS.publisher, DCTERMS.license, DCTERMS.accessRights, DCAT.contactPoint):
        assert (None, each, None) not in found, each
    addresses = {str(each) for each in found.objects(None, DCAT.downloadURL)}
    assert "https://data.exempel.se/r/jamforelse/indikator.parquet" in addresses


@pytest.mark.parametrize(
    "wrong",
    [
        {"kontakt": {"namn": "A", "epost": "ingen adress"}},
        {"licens": "fri"},
        {"adress": "https://data.exempel.se/ibic"},
        {"utgivre": "A"},
    ],
)
def test_a_catalogue_setting_that_is_wrong_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(IbicError, match="katalog"):
        _ = home_with(tmp_path, katalog=KATALOG | wrong).lan


def test_what_a_catalogue_says_is_neither_in_the_manifest_nor_in_a_fingerprint(home: Home) -> None:
    assert not {"katalog", "warehouse"} & set(home.lan.model_dump(mode="json"))


def schema_of_odcs() -> dict[str, Any]:
    return json.loads(resources.files("open_data_contract_standard").joinpath("schema.json").read_text())


@pytest.mark.parametrize("kommunkod", sorted(NAMES))
def test_every_municipality_s_contract_is_valid_odcs(home: Home, kommunkod: str) -> None:
    said = delivery_contract(home.profil(kommunkod))
    jsonschema.Draft201909Validator(schema_of_odcs()).validate(said)
    assert said["id"] == f"ibic-leverans-{kommunkod}"


def test_a_contract_of_a_database_is_valid_odcs(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    write_profile(home.path, database_profile())
    said = delivery_contract(home.profil("0642"))
    jsonschema.Draft201909Validator(schema_of_odcs()).validate(said)
    assert said["servers"][0]["format"] == "sql"


def test_a_contract_has_every_column_that_the_profile_reads_and_every_rule(home: Home) -> None:
    profil = home.profil("0642")
    said = delivery_contract(profil)
    for fil, described in zip(profil.files(), said["schema"], strict=True):
        wanted = {local for part in fil.delar for local in part.kolumner.values()}
        assert {each["name"] for each in described["properties"]} == wanted
        codes = {each["name"] for each in described["quality"]}
        for part in fil.delar:
            assert {rule.code for rule in CONTRACTS[part.tabell].rules()} <= codes


def test_a_contract_says_what_is_required_and_what_is_sensitive(home: Home) -> None:
    [decisions] = [each for each in delivery_contract(home.profil("0642"))["schema"] if each["name"] == "beslut"]
    columns = {each["name"]: each for each in decisions["properties"]}
    assert columns["Beslutsnr"]["required"]
    assert not columns["Målnr"]["required"]
    assert columns["Personnr"]["classification"] == "person"
    assert columns["Personnr"]["description"].startswith("Person- eller samordningsnummer")
    assert columns["Måltext"]["description"].startswith("Fritext")
    assert columns["Måltext"]["classification"] == "person"
    assert columns["Beslutsdatum"]["logicalType"] == "date"
    assert {"property": "blir", "value": "beslut.beslutsdatum"} in columns["Beslutsdatum"]["customProperties"]
    [number] = [each for each in decisions["quality"] if each["name"] == "BES-001"]
    assert (number["severity"], number["dimension"]) == ("error", "uniqueness")


def test_a_release_holds_the_contract_of_each_municipality_whose_settings_can_be_read(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    municipalities = small_municipalities(home)
    (home.kommuner / "0643.yaml").write_text("kommunkod: [", encoding="utf-8")
    release = publish_small(home, municipalities=municipalities, write_pages=no_pages)
    assert {path.name for path in (release / "kontrakt").iterdir()} == {"0604.odcs.yaml", "0642.odcs.yaml"}
    said = yaml.safe_load((release / "kontrakt" / "0642.odcs.yaml").read_text(encoding="utf-8"))
    assert said == delivery_contract(home.profil("0642"))


def test_every_table_of_the_comparison_is_described() -> None:
    from ibic_pipeline.publish.columns import COMPARISON_KEYS

    assert set(COMPARISON_TABLES) == {*COMPARISON_KEYS, "kolada"}


def figures(tmp_path: Path, *rows: dict[str, Any]) -> list[dict[str, str]]:
    common = {
        "indikator": "T1", "niva": "kommun", "kommunkod": "0642", "period_typ": "ar", "period": "2025",
        "brytning": "total", "grupp": "alla", "namnare": 40, "andel": 0.25, "status": "visas",
    }  # fmt: skip
    path = tmp_path / "indikator.parquet"
    write_parquet(pa.Table.from_pylist([common | row for row in rows], schema=INDIKATOR), path)
    return list(csv.DictReader(io.StringIO(kolada_csv(path))))


def test_a_figure_has_kolada_s_columns_with_the_share_in_per_cent(tmp_path: Path) -> None:
    assert figures(tmp_path, {}) == [
        {
            "kpi": "T1", "municipality": "0642", "period": "2025", "gender": "T",
            "value": "25", "count": "40", "status": "visas",
        }
    ]  # fmt: skip


def test_women_and_men_are_k_and_m_and_other_groups_are_left_out(tmp_path: Path) -> None:
    rows = [
        {"brytning": "kon", "grupp": "man"},
        {"brytning": "kon", "grupp": "kvinna"},
        {"brytning": "kon", "grupp": "ej_redovisad"},
        {"brytning": "aldersgrupp", "grupp": "80+"},
        {},
    ]
    assert [row["gender"] for row in figures(tmp_path, *rows)] == ["K", "M", "T"]


def test_only_years_and_municipalities_are_in_kolada_s_form(tmp_path: Path) -> None:
    rows = [{"period_typ": "manad", "period": "2025-06"}, {"niva": "lan", "kommunkod": None}, {"indikator": "F6"}]
    assert figures(tmp_path, *rows) == []


@pytest.mark.parametrize("status", ["undertryckt", "ej_tillampligt", "ej_utvarderad"])
def test_a_figure_that_is_not_shown_is_empty_with_its_status(tmp_path: Path, status: str) -> None:
    [row] = figures(tmp_path, {"andel": None, "namnare": None, "status": status})
    assert (row["value"], row["count"], row["status"]) == ("", "", status)


@pytest.mark.parametrize(
    ("median", "status", "expected"),
    [
        (31.5, "visas", ("31.5", "visas")),
        (31.5, "undertryckt", ("31.5", "osaker")),
        (None, "visas", ("", "undertryckt")),
        (None, "ej_tillampligt", ("", "ej_tillampligt")),
    ],
)
def test_an_indicator_that_measures_days_gives_its_median(
    tmp_path: Path, median: float | None, status: str, expected: tuple[str, str]
) -> None:
    [row] = figures(tmp_path, {"indikator": "T4", "median": median, "status": status, "andel": 0.9})
    assert (row["value"], row["status"]) == expected


def test_kolada_s_form_says_no_more_than_the_published_table(release: Path) -> None:
    shown = pd.read_csv(release / "kolada.csv", dtype={"municipality": "str", "period": "str"})
    table = pq.read_table(release / "jamforelse" / "indikator.parquet").to_pandas()
    joined = shown.merge(
        table[(table["period_typ"] == "ar") & (table["brytning"] == "total")],
        left_on=["kpi", "municipality", "period"], right_on=["indikator", "kommunkod", "period"],
    )  # fmt: skip
    assert len(joined) == len(shown) == 2
    assert (joined["value"] == joined["andel"] * 100).all()
    assert (joined["count"] == joined["namnare"]).all()
