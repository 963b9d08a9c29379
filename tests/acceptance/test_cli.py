"""The front door as people and their scripts use it: verbs, exit codes, messages, and what is left untouched."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ibic_pipeline.cli.common import enter
from ibic_pipeline.cli.run import run_all
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from tests.support.command_line import OF_A_HOME, Ibic
from tests.support.homes import DELIVERY, TWO, bytes_of, copy_of, deliver, small_county

pytestmark = pytest.mark.usefixtures("few_indicators")

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small county that has been run once; tests work on copies."""
    folder = tmp_path_factory.mktemp("county") / "home"
    small_county(folder)
    with pytest.MonkeyPatch.context() as patched:
        for name in OF_A_HOME:
            patched.setenv(name, "")  # restored afterwards; a run sets them
        assert run_all(enter(folder), list(TWO), quiet=True).exit_code == 0
    return folder


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Home:
    return copy_of(published, tmp_path / "home")


def release_of(home: Home) -> str:
    return str(json.loads((home.publicerat / "senaste.json").read_text())["release"])


def stale_in(home: Home) -> set[str]:
    path = home.publicerat / "releaser" / release_of(home) / "jamforelse" / "indikator.parquet"
    frame = pq.read_table(path, columns=["kommunkod", "niva", "inaktuell"]).to_pandas()
    return set(frame.loc[frame["inaktuell"] & (frame["niva"] == "kommun"), "kommunkod"])


def test_a_run_publishes_what_people_and_programs_read(home: Home, ibic: Ibic) -> None:
    release = home.publicerat / "releaser" / release_of(home)

    assert (release / "rapport" / "index.html").is_file()
    assert (release / "manifest.json").is_file()
    assert {path.stem for path in (release / "harmoniserat" / "beslut").iterdir()} == set(TWO)
    answer = ibic("query", "SELECT count(*) AS antal FROM beslut", "--format", "csv", "--home", home.path)
    assert list(csv.reader(io.StringIO(answer.out))) == [["antal"], [str(59 * 2)]]


def test_a_run_in_which_nothing_has_changed_changes_nothing(home: Home, ibic: Ibic) -> None:
    before, release = bytes_of(home.lager), release_of(home)
    said = ibic("run", "--home", home.path)

    assert said.code == 0
    assert said.out.count("unchanged") == len(TWO) + 1
    assert bytes_of(home.lager) == before
    assert release_of(home) == release


def test_what_fails_after_publishing_is_told_beside_the_release(
    tmp_path: Path, ibic: Ibic, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small_county(tmp_path / "home", TWO[:1])

    def fail(*_: object) -> None:
        raise IbicError("old releases that can be removed", "one that cannot", "Look at its mode.")

    monkeypatch.setattr("ibic_pipeline.workflow.county.purge_releases", fail)
    said = ibic("run", "--home", home.path)
    assert said.code == 1
    assert "Not done Expected old releases" in said.err
    assert f"Release  {json.loads((home.publicerat / 'senaste.json').read_text())['release']}" in said.out


def test_a_forced_run_gives_the_same_bytes_under_a_new_release(home: Home, ibic: Ibic) -> None:
    before, release = _without_the_record(bytes_of(home.lager)), release_of(home)
    figures = _without_the_record(bytes_of(home.publicerat / "releaser"))
    said = ibic("run", "--force", "--home", home.path)

    assert said.code == 0
    assert _without_the_record(bytes_of(home.lager)) == before
    assert release_of(home) != release
    published = _without_the_record(bytes_of(home.publicerat / "releaser"))
    after = {name.partition("/")[2]: content for name, content in published.items()}
    assert after == {name.partition("/")[2]: content for name, content in figures.items()}


def _without_the_record(files: dict[str, bytes]) -> dict[str, bytes]:
    """All but what tells that the second release, other than the first, was held against one before it."""
    told = ("rojandekontroll.parquet", "rojandeminne.parquet")
    return {name: content for name, content in files.items() if not name.endswith(told)}


def test_a_new_delivery_of_one_municipality_recomputes_only_that_one_and_the_county(home: Home, ibic: Ibic) -> None:
    release, kept = release_of(home), {code: home.current(code).resolve() for code in TWO}
    untouched = (kept["0642"] / "aggregat.parquet").stat().st_mtime_ns
    deliver(home.path, "0643", "2024-03-31")
    result = json.loads(ibic("run", "--json", "--home", home.path).out)

    assert {each["kommunkod"]: each["utfall"] for each in result["kommuner"]} == {
        "0642": "oforandrad",
        "0643": "godkand",
    }
    assert home.current("0642").resolve() == kept["0642"]
    assert (kept["0642"] / "aggregat.parquet").stat().st_mtime_ns == untouched
    assert home.current("0643").resolve() != kept["0643"]
    assert release_of(home) != release


@pytest.mark.parametrize("damage", ["deleted", "truncated", "picture"])
def test_a_spoilt_file_refuses_its_municipality_and_the_county_is_published(
    home: Home, ibic: Ibic, damage: str
) -> None:
    release, kept = release_of(home), home.current("0643").resolve()
    path = home.inkorg / "0643" / DELIVERY / "beslut.csv"
    if damage == "deleted":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        path.write_bytes(PICTURE)
    said = ibic("run", "--home", home.path)

    assert said.code == 1
    refusals = [line for line in said.err.splitlines() if line.startswith("0643")]
    assert len(refusals) == 1
    assert "refused: LEV-00" in refusals[0]
    assert home.current("0643").resolve() == kept
    assert release_of(home) != release
    assert stale_in(home) == {"0643"}
    assert "Traceback" not in said.out + said.err


def test_a_municipality_that_stays_refused_gives_no_new_release_each_night(home: Home, ibic: Ibic) -> None:
    (home.inkorg / "0643" / DELIVERY / "beslut.csv").unlink()
    ibic("run", "--home", home.path)
    release = release_of(home)
    said = ibic("run", "--home", home.path)

    assert said.code == 1
    assert "refused: LEV-001" in said.err
    assert release_of(home) == release


def test_only_the_chosen_municipality_is_run(home: Home, ibic: Ibic) -> None:
    for code in TWO:
        deliver(home.path, code, "2024-03-31")
    result = json.loads(ibic("run", "--kommun", "0643", "--json", "--home", home.path).out)

    assert [each["kommunkod"] for each in result["kommuner"]] == ["0643"]
    assert home.status("0642") == {**(home.status("0642") or {}), "leverans": DELIVERY}


def test_runs_are_kept_where_the_ui_finds_them(home: Home, ibic: Ibic, monkeypatch: pytest.MonkeyPatch) -> None:
    from dagster import DagsterInstance

    ibic("run", "--kommun", "0643", "--force", "--home", home.path)
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    with DagsterInstance.get() as instance:
        runs = instance.get_runs(limit=2)

    assert [run.job_name for run in runs] == ["lan", "kommun"]
    assert runs[1].tags["dagster/partition"] == "0643"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run", "--kommun", "9999"), "9999"),
        (("query", "SELECT x FROM indikator"), "Tables:"),
        (("indicators", "Z9"), "T8"),
    ],
)
def test_a_wrong_word_is_answered_with_one_message_and_exit_code_2(
    home: Home, ibic: Ibic, words: tuple[str, ...], expected: str
) -> None:
    said = ibic(*words, "--home", home.path)

    assert said.code == 2
    assert expected in said.err
    assert "Traceback" not in said.err


def test_the_doctor_finds_a_key_that_others_may_read(home: Home, ibic: Ibic) -> None:
    (home.nycklar / "0642.nyckel").chmod(0o644)
    said = ibic("doctor", "--json", "--home", home.path)
    found = {each["what"]: each for each in json.loads(said.out)}

    assert said.code == 2
    assert found["0642"]["status"] == "error"
    assert "chmod 600" in found["0642"]["do"]
    assert found["release"]["status"] == "ok"


def test_the_doctor_finds_a_late_delivery_unless_it_is_made_up(home: Home, ibic: Ibic) -> None:
    late = ibic("doctor", "--home", home.path)
    (home.path / "facit").mkdir()
    made_up = ibic("doctor", "--home", home.path)

    assert (late.code, made_up.code) == (1, 0), made_up.out
    assert "is late" in late.out
    assert "error" not in late.out
    assert "finding" not in made_up.out


def test_the_doctor_finds_a_release_that_has_been_changed(home: Home, ibic: Ibic) -> None:
    page = home.publicerat / "releaser" / release_of(home) / "rapport" / "index.html"
    page.chmod(0o644)
    page.write_text("something else")
    said = ibic("doctor", "--json", "--home", home.path)

    assert {each["what"]: each["status"] for each in json.loads(said.out)}["release"] == "error"
