"""What a release holds, and what it says about itself."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.compare.chain import PROCESSKEDJA
from ibic_pipeline.compare.differences import SKILLNAD
from ibic_pipeline.compare.disclosure.record import ROJANDEKONTROLL
from ibic_pipeline.compare.paired import PARAD_FORANDRING
from ibic_pipeline.compare.published import INDIKATOR, TRATT
from ibic_pipeline.compare.survival import OVERLEVNAD
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.publish import Finding, Municipality, current_release, publish_release, verify_release
from ibic_pipeline.publish.changed import ANDRINGAR
from ibic_pipeline.publish.columns import COMPARISON_COLUMNS
from ibic_pipeline.quality.bounds import DATAKVALITET_EFFEKT, DATAKVALITET_ORSAK
from ibic_pipeline.quality.configuration import KONFIGURATION
from ibic_pipeline.quality.published import MEANINGS, RESULTS
from ibic_pipeline.quality.trend import UTVECKLING
from ibic_pipeline.storage import sha256_of_file, write_parquet
from schemas import CONTRACTS
from tests.support.releases import (
    NOW,
    SMALL_FIGURES,
    indikator_table,
    make_home,
    make_municipality,
    no_pages,
    one_indicator,
    publish_small,
    tratt_table,
)

OF_QUALITY = (RESULTS, MEANINGS, DATAKVALITET_EFFEKT, DATAKVALITET_ORSAK, KONFIGURATION, UTVECKLING)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def release(home: Home) -> Path:
    return publish_small(home)


def manifest_of(release: Path) -> dict:
    return json.loads((release / "manifest.json").read_text(encoding="utf-8"))


def test_the_pointer_names_the_release(home: Home, release: Path) -> None:
    pointer = json.loads((home.publicerat / "senaste.json").read_text(encoding="utf-8"))
    assert release.name == "2026-07-01T013000Z" == pointer["release"]
    assert pointer["manifest_sha256"] == sha256_of_file(release / "manifest.json")
    assert current_release(home) == release


def test_a_reader_of_a_release_is_told_in_plain_words_what_is_technical(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    reasons = ("INST: Expected a valid 0643.yaml. Found something else at /srv/kommuner.", "LEV-003: Filen är tom.")
    stale = make_municipality(home, "0643", inaktuell=True, orsaker=reasons)
    failed = make_municipality(home, "0642", inaktuell=True, orsaker=("FEL: OSError in /srv",))
    folder = publish_small(home, municipalities=[stale, failed])
    told = {each["kommunkod"]: each["orsaker"] for each in manifest_of(folder)["kommuner"]}
    assert told["0643"][0].startswith("Kommunens inställningar går inte att läsa.")
    assert told["0643"][1] == "LEV-003: Filen är tom."
    assert told["0642"][0].startswith("Inläsningen avbröts av ett tekniskt fel.")
    page = (folder / "rapport" / "index.html").read_text(encoding="utf-8")
    assert "Kommunens inställningar går inte att läsa." in page
    assert "/srv" not in page + (folder / "manifest.json").read_text(encoding="utf-8")


def test_before_the_first_release_there_is_none(tmp_path: Path) -> None:
    assert current_release(make_home(tmp_path)) is None


def test_a_pointer_to_a_folder_that_is_gone_is_said_clearly(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    home.publicerat.mkdir()
    (home.publicerat / "senaste.json").write_text('{"release": "2026-01-01T000000Z"}')
    with pytest.raises(IbicError, match="2026-01-01T000000Z"):
        current_release(home)


def test_rows_are_copied_byte_for_byte(home: Home, release: Path) -> None:
    for table in CONTRACTS:
        source = home.versions("0642") / "v1" / "utlamnas" / f"{table}.parquet"
        assert (release / "harmoniserat" / table / "0642.parquet").read_bytes() == source.read_bytes()


def test_a_municipality_that_keeps_its_rows_is_not_among_the_harmonised(release: Path) -> None:
    assert {path.stem for path in (release / "harmoniserat").rglob("*.parquet")} == {"0642", "0643"}


def test_rows_of_another_municipality_are_never_published(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    municipality = make_municipality(home, "0642")
    path = home.versions("0642") / "v1" / "utlamnas" / "mal.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("kommunkod")
    stray = table.set_column(place, table.schema.field("kommunkod"), pa.array(["0604"]))
    write_parquet(pa.concat_tables([table, stray]), path)
    with pytest.raises(IbicError, match="only rows of 0642"):
        publish_small(home, municipalities=[municipality])
    assert current_release(home) is None


def test_a_municipality_without_data_is_named_but_adds_nothing(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    never = Municipality("0662", "Gislaved", "lan", None, inaktuell=True, orsaker=("Ingen leverans har kommit.",))
    release = publish_small(home, municipalities=[make_municipality(home, "0642"), never])
    said = manifest_of(release)
    assert said["inaktuella"] == ["0662"]
    assert said["kommuner"][1]["orsaker"] == ["Ingen leverans har kommit."]
    assert {row["kommunkod"] for row in said["avstamning"]} == {"0642"}


def test_the_manifest_says_what_went_in(release: Path) -> None:
    said = manifest_of(release)
    assert [each["kommunkod"] for each in said["kommuner"]] == ["0604", "0642", "0643"]
    assert said["kommuner"][1]["underlag"]["filer"][0]["sha256"] == "0" * 64
    assert said["avstamning"][0]["last"] == 1_234
    assert said["avstamning"][0]["regler"] == {"BES-010": 30}
    assert said["indikatorer"][0]["id"] == "T1"
    assert len(said["indikatorer"][0]["sql"]) == 64
    assert set(said["kontrakt"]) == set(CONTRACTS)
    assert "kommun" in said["kodlistor"]
    assert said["lan"]["disclosure"]["antal_min"]["varde"] == 5


def test_the_manifest_lists_every_other_file(release: Path) -> None:
    listed = manifest_of(release)["filer"]
    present = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
    assert set(listed) == present - {"manifest.json"}
    assert {"datapackage.json", "kodbok.html", "rapport/index.html", "jamforelse/indikator.parquet"} <= set(listed)
    assert verify_release(release) == []


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (lambda path: path.write_bytes(flipped(path.read_bytes())), "har ett annat innehåll än i manifestet"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "har en annan storlek än i manifestet"),
        (lambda path: path.unlink(), "saknas"),
    ],
)
def test_a_harmed_file_is_named(tmp_path: Path, harm, expected: str) -> None:
    release = publish_small(make_home(tmp_path), write_pages=no_pages)
    path = release / "harmoniserat" / "beslut" / "0643.parquet"
    path.chmod(0o644)
    harm(path)
    assert verify_release(release) == [Finding("harmoniserat/beslut/0643.parquet", expected)]


def test_a_file_that_was_added_is_named(tmp_path: Path) -> None:
    release = publish_small(make_home(tmp_path), write_pages=no_pages)
    (release / "jamforelse" / "extra.csv").write_text("x")
    assert verify_release(release) == [Finding("jamforelse/extra.csv", "står inte i manifestet")]
    (release / "manifest.json").unlink()
    assert verify_release(release) == [Finding("manifest.json", "saknas")]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_two_releases_in_one_second_get_different_names(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    names = [publish_small(home, write_pages=no_pages).name for _ in range(3)]
    assert names == ["2026-07-01T013000Z", "2026-07-01T013001Z", "2026-07-01T013002Z"]
    assert current_release(home) == home.publicerat / "releaser" / names[-1]


def test_equal_input_gives_equal_bytes_of_every_data_file(tmp_path: Path, release: Path) -> None:
    home = make_home(tmp_path)
    shuffled = {"indikator": indikator_table(SMALL_FIGURES[::-1]), "tratt": tratt_table()}
    again = publish_small(home, now=NOW + timedelta(days=1), tables=shuffled)
    data = [path.relative_to(release) for path in release.rglob("*.parquet")]
    assert len(data) == 2 + 2 * len(CONTRACTS)
    for name in [*data, Path("datapackage.json"), Path("kodbok.html")]:
        assert (release / name).read_bytes() == (again / name).read_bytes(), name


@pytest.mark.parametrize(
    ("decided", "folders", "files"), [(None, 0o700, 0o400), ("grupp", 0o750, 0o440), ("alla", 0o755, 0o444)]
)
def test_those_whom_the_county_has_decided_can_read_a_release_and_nobody_changes_it(
    tmp_path: Path, decided: str | None, folders: int, files: int
) -> None:
    home = make_home(tmp_path)
    settings = home.path / "lan.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("varde: agare", f"varde: {decided or 'agare'}"), encoding="utf-8")
    release = publish_small(home, write_pages=no_pages)
    published = [home.publicerat, release.parent, release, *release.rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in published if path.is_dir()} == {folders}
    assert {path.stat().st_mode & 0o777 for path in published if path.is_file()} == {files}
    assert (home.publicerat / "senaste.json").stat().st_mode & 0o777 == files


def test_a_table_missing_in_a_version_is_said_clearly(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    municipality = make_municipality(home, "0642")
    (home.versions("0642") / "v1" / "utlamnas" / "mal.parquet").unlink()
    with pytest.raises(IbicError, match="the table mal of 0642"):
        publish_release(home, home.lan, {}, [municipality], one_indicator(), NOW, write_pages=no_pages)


def package_of(release: Path) -> dict:
    return json.loads((release / "datapackage.json").read_text(encoding="utf-8"))


def test_the_data_package_describes_every_column_of_every_table(release: Path) -> None:
    resources = {each["name"]: each for each in package_of(release)["resources"] if "schema" in each}
    rows = {f"{table}-{code}" for table in CONTRACTS for code in ("0642", "0643")}
    assert set(resources) == {*rows, "indikator", "tratt", "kolada"}
    for name, each in resources.items():
        fields = [field["name"] for field in each["schema"]["fields"]]
        if name != "kolada":
            assert pq.read_schema(release / each["path"]).names == fields
        assert all(field["description"] for field in each["schema"]["fields"]), name


def test_the_data_package_gives_keys_within_a_municipality(release: Path) -> None:
    resources = {each["name"]: each for each in package_of(release)["resources"] if "schema" in each}
    assert resources["beslut-0642"]["schema"]["primaryKey"] == ["beslut_id"]
    for name, each in resources.items():
        for key in each["schema"].get("foreignKeys", []):
            parent = resources[key["reference"]["resource"]]
            assert key["reference"]["fields"] == parent["schema"]["primaryKey"]
            assert parent["name"].rpartition("-")[2] == name.rpartition("-")[2]


def test_the_data_package_has_no_key_to_a_parent_that_may_be_missing(release: Path) -> None:
    [beslut] = [each for each in package_of(release)["resources"] if each["name"] == "beslut-0642"]
    assert [key["fields"] for key in beslut["schema"]["foreignKeys"]] == [["individ_id"]]


def test_the_data_package_knows_the_types(release: Path) -> None:
    fields = {
        field["name"]: field["type"]
        for each in package_of(release)["resources"]
        if each["name"] == "beslut-0643"
        for field in each["schema"]["fields"]
    }
    assert fields["kommunkod"] == "string"
    assert fields["beslutsdatum"] == "date"
    assert fields["omfattning"] == "number"
    assert fields["utan_behovsprovning"] == "boolean"
    assert fields["kallrad"] == "integer"


def test_every_column_of_the_comparison_has_a_meaning() -> None:
    of_figures = (INDIKATOR, TRATT, SKILLNAD, PARAD_FORANDRING, OVERLEVNAD, PROCESSKEDJA)
    tables = (*of_figures, ANDRINGAR, ROJANDEKONTROLL, *OF_QUALITY)
    assert {name for table in tables for name in table.names} == set(COMPARISON_COLUMNS)


def test_columns_of_the_comparison_are_described_in_the_file(release: Path) -> None:
    schema = pq.read_schema(release / "jamforelse" / "indikator.parquet")
    assert all(field.metadata[b"beskrivning"] for field in schema)
