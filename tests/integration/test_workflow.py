"""One municipality's steps and the county's, from a delivery in the inbox to a release, without Dagster."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.workflow import county, municipality
from ibic_pipeline.workflow.files import only_run
from ibic_pipeline.workflow.plan import plan
from ibic_pipeline.workflow.proof import accounting_of, corrections_met
from ibic_pipeline.workflow.versions import current_version
from tests.support.homes import bytes_of, copy_of, deliver, load, publish, small_county

pytestmark = pytest.mark.usefixtures("few_indicators")

ONE = ("0642",)
KOD = "0642"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return small_county(tmp_path / "home", ONE)


@pytest.fixture
def loaded(loaded_home: Path, tmp_path: Path) -> Home:
    """The same, after its delivery has been loaded."""
    return copy_of(loaded_home, tmp_path / "loaded")


def test_a_delivery_becomes_the_current_version(home: Home) -> None:
    before = plan(home, KOD)
    load(home, KOD)

    assert not before.unchanged
    assert current_version(home, KOD) == before.version
    assert plan(home, KOD).unchanged
    assert home.status(KOD) == {"leverans": "2024-02-29", "orsaker": [], "utfall": "godkand", "version": before.version}


def test_the_same_delivery_built_again_gives_the_same_bytes(home: Home) -> None:
    load(home, KOD)
    first = bytes_of(home.lager)
    load(home, KOD, rebuild=True)

    assert len(first) > 20
    assert bytes_of(home.lager) == first


def test_readers_see_nothing_before_the_version_is_committed(home: Home) -> None:
    municipality.load_delivery(home, KOD)
    municipality.harmonise_municipality(home, KOD)
    municipality.derive_municipality(home, KOD, Settings())

    assert current_version(home, KOD) is None
    assert not home.current(KOD).exists()


def test_what_a_crash_left_behind_is_built_anew(home: Home) -> None:
    municipality.load_delivery(home, KOD)
    work = municipality.harmonise_municipality(home, KOD)
    (work.folder / "harmoniserat" / "beslut.parquet").write_bytes(b"half a file")
    load(home, KOD)

    assert current_version(home, KOD) == work.version
    assert not [path for path in home.versions(KOD).iterdir() if path.name.endswith(".bygge")]


def test_a_version_that_lacks_a_file_is_not_committed(home: Home) -> None:
    municipality.load_delivery(home, KOD)
    work = municipality.harmonise_municipality(home, KOD)
    municipality.derive_municipality(home, KOD, Settings())
    municipality.aggregate_municipality(home, KOD, Settings())
    (work.folder / "enheter" / "T1.parquet").unlink()

    with pytest.raises(IbicError, match=r"enheter/T1\.parquet"):
        municipality.commit_version(home, KOD)
    assert current_version(home, KOD) is None


@pytest.mark.parametrize(
    ("file", "content"),
    [("beslut.csv", None), ("uppdrag.csv", PICTURE), ("utredningar.csv", "half"), ("lan.yaml", "parameter")],
)
def test_what_decides_the_content_decides_the_version(home: Home, file: str, content: object) -> None:
    before = plan(home, KOD)
    folder = home.inkorg / KOD / "2024-02-29"
    if content == "parameter":
        path = home.path / file
        path.write_text(path.read_text().replace("varde: 14", "varde: 21"))
        assert "varde: 21" in path.read_text()
    elif content is None:
        (folder / file).unlink()
    elif content == "half":
        (folder / file).write_bytes((folder / file).read_bytes()[:500])
    else:
        (folder / file).write_bytes(content)

    assert plan(Home(home.path), KOD).version != before.version


CORRECTION = """
- id: KOR-001
  export: beslut
  matcha: {Beslut: BES-018}
  forvantat: {Till: ""}
  atgard: satt
  varden: {Till: 2024-02-01}
  skal: Beslutet avslutades men slutdatum registrerades inte.
  beslutad_av: verksamhetsutvecklare
  beslutad: 2024-02-20
"""


def decide(home: Home, text: str) -> None:
    home.rattelsemapp.mkdir(exist_ok=True)
    (home.rattelsemapp / f"{KOD}.yaml").write_text(text, encoding="utf-8")


def test_a_correction_decides_the_version_and_is_counted_in_it(loaded: Home) -> None:
    before = current_version(loaded, KOD)
    decide(loaded, "# inga\n")
    assert plan(loaded, KOD).version == before
    decide(loaded, CORRECTION)
    assert plan(loaded, KOD).version not in (None, before)
    load(loaded, KOD)

    current = loaded.current(KOD)
    beslut = pq.read_table(current / "harmoniserat" / "beslut.parquet").to_pylist()
    assert {str(row["galler_tom"]) for row in beslut if row["beslut_id"] == "BES-018"} == {"2024-02-01"}
    assert sum(row["reparationer"].get("KOR-001", 0) for row in accounting_of(current)) == 1
    assert [(each.lage, each.rattade) for each in corrections_met(current, loaded.rattelser(KOD))] == [("rattad", 1)]
    decide(loaded, CORRECTION.replace("2024-02-01", "2024-02-02"))
    assert [each.lage for each in corrections_met(current, loaded.rattelser(KOD))] == ["ej_provad"]


def test_a_correction_whose_record_the_source_has_mended_does_nothing_and_tells_it(home: Home) -> None:
    decide(home, CORRECTION.replace('""', "2024-01-31"))
    load(home, KOD)

    current = home.current(KOD)
    flags = pq.read_table(current / "karantan" / "flaggor.parquet").to_pylist()
    assert [each["kallfil"] for each in flags if each["regel"] == "LEV-016"] == ["beslut.csv"]
    assert [each.lage for each in corrections_met(current, home.rattelser(KOD))] == ["avviker"]


def test_wrong_corrections_stop_one_municipality_and_not_the_county(home: Home) -> None:
    decide(home, CORRECTION.replace("Beslut:", "Belsut:"))
    refused = plan(home, KOD)

    assert refused.refused
    assert refused.reasons[0][0] == "INST"
    assert "did you mean Beslut?" in refused.reasons[0][1]


def test_a_name_or_a_signal_colour_does_not_decide_a_municipality(home: Home) -> None:
    before = plan(home, KOD).version
    path = home.path / "lan.yaml"
    path.write_text(path.read_text().replace("gron: 0.9", "gron: 0.8"))

    assert "gron: 0.8" in path.read_text()
    assert plan(Home(home.path), KOD).version == before


@pytest.mark.parametrize("damage", ["deleted", "truncated", "picture"])
def test_a_spoilt_delivery_is_refused_and_the_last_good_one_stays(loaded: Home, damage: str) -> None:
    good, data = current_version(loaded, KOD), bytes_of(loaded.lager)
    path = deliver(loaded.path, KOD, "2024-03-31") / "beslut.csv"
    if damage == "deleted":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        path.write_bytes(PICTURE)

    if municipality.load_delivery(loaded, KOD).version is not None:
        with pytest.raises(DeliveryRefused):
            municipality.harmonise_municipality(loaded, KOD)

    assert current_version(loaded, KOD) == good
    assert bytes_of(loaded.lager) == data
    status = loaded.status(KOD)
    assert status is not None
    assert status["utfall"] == "vagrad"
    assert status["orsaker"]
    assert [each.inaktuell for each in county.municipalities_of(loaded)] == [True]


def test_every_unreadable_file_is_named_at_once(home: Home) -> None:
    folder = home.inkorg / KOD / "2024-02-29"
    for name in ("beslut.csv", "uppdrag.csv"):
        (folder / name).write_bytes(PICTURE)
    municipality.load_delivery(home, KOD)

    with pytest.raises(DeliveryRefused) as refused:
        municipality.harmonise_municipality(home, KOD)
    assert "beslut.csv" in str(refused.value)
    assert "uppdrag.csv" in str(refused.value)


def test_a_delivery_with_far_fewer_rows_than_the_last_is_refused(loaded: Home) -> None:
    path = deliver(loaded.path, KOD, "2024-03-31") / "uppdrag.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([*lines[:10], "Antal rader: 9"]) + "\n", encoding="utf-8-sig")
    municipality.load_delivery(loaded, KOD)

    with pytest.raises(DeliveryRefused, match="LEV-005"):
        municipality.harmonise_municipality(loaded, KOD)


def test_a_refused_delivery_that_is_taken_away_leaves_the_municipality_up_to_date(loaded: Home) -> None:
    bad = deliver(loaded.path, KOD, "2024-03-31")
    (bad / "beslut.csv").unlink()
    municipality.load_delivery(loaded, KOD)
    assert county.municipalities_of(loaded)[0].inaktuell
    shutil.rmtree(bad)

    municipality.keep_current(loaded, plan(loaded, KOD))
    assert not county.municipalities_of(loaded)[0].inaktuell


def test_a_delivery_that_changes_while_it_is_read_is_not_committed(home: Home) -> None:
    municipality.load_delivery(home, KOD)
    municipality.harmonise_municipality(home, KOD)
    municipality.derive_municipality(home, KOD, Settings())
    municipality.aggregate_municipality(home, KOD, Settings())
    with (home.inkorg / KOD / "2024-02-29" / "beslut.csv").open("ab") as stream:
        stream.write(b"\n")

    with pytest.raises(IbicError, match="as it was when the run began"):
        municipality.commit_version(home, KOD)


def test_two_versions_are_kept_and_the_current_one_always(loaded: Home) -> None:
    for name in ("2024-03-31", "2024-04-30"):
        deliver(loaded.path, KOD, name)
        load(loaded, KOD)
    kept = {path.name for path in loaded.versions(KOD).iterdir() if path.is_dir()}

    assert len(kept) == 2
    assert current_version(loaded, KOD) in kept


def test_working_files_are_for_their_owner_only(loaded: Home) -> None:
    publish(loaded)
    shared = [
        path
        for path in loaded.lager.rglob("*")
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077 and path.name != ".las"
    ]

    assert shared == []
    assert stat.S_IMODE(loaded.lager.stat().st_mode) == 0o700


def test_a_county_in_which_nothing_has_changed_is_not_published_again(loaded: Home) -> None:
    first, second = publish(loaded), publish(loaded)

    assert not first.unchanged
    assert second.unchanged
    assert second.folder == first.folder


def test_a_municipality_that_never_delivered_is_stale_and_stops_no_one(tmp_path: Path) -> None:
    home = small_county(tmp_path / "home", ("0642", "0643"))
    load(home, "0642")
    release = publish(home)

    assert [each.kommunkod for each in release.stale] == ["0643"]
    assert release.stale[0].orsaker == (county.NOTHING_YET,)


def test_a_county_without_any_data_says_so(home: Home) -> None:
    with pytest.raises(IbicError, match="data of at least one municipality"):
        county.county_figures(home)


def test_a_broken_profile_stops_its_municipality_and_not_the_county(home: Home) -> None:
    (home.kommuner / f"{KOD}.yaml").write_text("kommunkod: [")
    planned = municipality.load_delivery(home, KOD)

    assert planned.version is None
    assert planned.reasons[0][0] == "INST"
    assert county.municipalities_of(home)[0].inaktuell


def test_two_runs_cannot_hold_the_same_home(home: Home) -> None:
    with only_run(home), pytest.raises(IbicError, match="only run"), only_run(home):
        pass
