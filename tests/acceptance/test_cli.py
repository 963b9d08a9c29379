"""The front door as people and their scripts use it: verbs, exit codes, messages, and what is left untouched."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ibic_pipeline import cli
from ibic_pipeline.derive import indicators
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from tests.support.homes import DELIVERY, TWO, bytes_of, deliver, small_county

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


class Ibic:
    """Runs the command line in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch

    def __call__(self, *words: object) -> Said:
        self.monkeypatch.setattr(sys, "argv", ["ibic", *map(str, words)])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = self.capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)


@pytest.fixture
def ibic(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ibic:
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored afterwards; the verbs set them
        monkeypatch.delenv(name)
    return Ibic(capsys, monkeypatch)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small county that has been run once; tests work on copies."""
    folder = tmp_path_factory.mktemp("county") / "home"
    small_county(folder)
    done = subprocess.run(
        [sys.executable, "-m", "ibic_pipeline.cli", "run", "--home", folder],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Home:
    shutil.copytree(published, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


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
    before, release = bytes_of(home.lager), release_of(home)
    figures = bytes_of(home.publicerat / "releaser")
    said = ibic("run", "--force", "--home", home.path)

    assert said.code == 0
    assert bytes_of(home.lager) == before
    assert release_of(home) != release
    after = {name.partition("/")[2]: content for name, content in bytes_of(home.publicerat / "releaser").items()}
    assert after == {name.partition("/")[2]: content for name, content in figures.items()}


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
        (("indicators", "Z9"), "T10"),
    ],
)
def test_a_wrong_word_is_answered_with_one_message_and_exit_code_2(
    home: Home, ibic: Ibic, words: tuple[str, ...], expected: str
) -> None:
    said = ibic(*words, "--home", home.path)

    assert said.code == 2
    assert expected in said.err
    assert "Traceback" not in said.err


def test_a_home_that_does_not_exist_is_told_how_to_begin(tmp_path: Path, ibic: Ibic) -> None:
    for verb in ("run", "doctor"):
        said = ibic(verb, "--home", tmp_path / "nowhere")
        assert said.code == 2
        assert "ibic init" in said.out + said.err


def test_init_makes_a_home_and_never_overwrites_one(tmp_path: Path, ibic: Ibic) -> None:
    folder = tmp_path / "home"
    assert ibic("init", "--home", folder).code == 0
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "lan.yaml").write_bytes(own := files[folder / "lan.yaml"] + b"# ours\n")
    (folder / "kommuner" / "0642.yaml").unlink()
    assert ibic("init", "--home", folder).code == 0

    assert len([path for path in files if path.suffix == ".nyckel"]) == 13
    assert all(path.stat().st_mode & 0o077 == 0 for path in files if path.suffix == ".nyckel")
    assert (folder / "lan.yaml").read_bytes() == own
    assert not (folder / "kommuner" / "0642.yaml").exists()
    kept = [path for path in files if path.exists() and path.name != "lan.yaml"]
    assert all(path.read_bytes() == files[path] for path in kept)


def test_the_doctor_finds_a_key_that_others_may_read(home: Home, ibic: Ibic) -> None:
    (home.nycklar / "0642.nyckel").chmod(0o644)
    said = ibic("doctor", "--json", "--home", home.path)
    found = {each["what"]: each for each in json.loads(said.out)}

    assert said.code == 2
    assert found["0642"]["status"] == "error"
    assert "chmod 600" in found["0642"]["text"]
    assert found["release"]["status"] == "ok"


def test_the_doctor_finds_a_late_delivery_unless_it_is_made_up(home: Home, ibic: Ibic) -> None:
    late = ibic("doctor", "--home", home.path)
    (home.path / "facit").mkdir()
    made_up = ibic("doctor", "--home", home.path)

    assert (late.code, made_up.code) == (1, 0)
    assert "is late" in late.out
    assert "error" not in late.out
    assert "finding" not in made_up.out


def test_the_doctor_finds_a_release_that_has_been_changed(home: Home, ibic: Ibic) -> None:
    page = home.publicerat / "releaser" / release_of(home) / "rapport" / "index.html"
    page.chmod(0o644)
    page.write_text("something else")
    said = ibic("doctor", "--json", "--home", home.path)

    assert {each["what"]: each["status"] for each in json.loads(said.out)}["release"] == "error"


def test_every_indicator_is_explained(ibic: Ibic) -> None:
    listed = [line.split()[0] for line in ibic("indicators").out.splitlines()]
    one = json.loads(ibic("indicators", "T10", "--json").out)[0]

    assert {each.id for each in indicators()} <= set(listed)
    assert one["definition"]
    assert one["exkluderingar"]


def test_the_demo_runs_twice_and_ends_with_a_page_and_a_query(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    command = [sys.executable, "-m", "ibic_pipeline.cli", "demo", "--home", folder]
    command += ["--scale", "0.01", "--years", "1", "--faults", "0"]
    first, second = (
        subprocess.run(command, cwd=PACKAGE.parent, capture_output=True, text=True, check=False, env=os.environ)
        for _ in range(2)
    )

    assert (first.returncode, first.stderr) == (0, "")
    assert (second.returncode, second.stderr) == (0, "")
    page = next(line.split(maxsplit=1)[1] for line in first.stdout.splitlines() if line.startswith("Page"))
    query = next(line.split('"')[1] for line in first.stdout.splitlines() if line.startswith("Query"))
    assert Path(page).is_file()
    assert "(unchanged)" in second.stdout
    home = Home(folder)
    numbers = (folder / "facit" / "personnummer.txt").read_text().split()
    assert len(numbers) > 100
    assert not _numbers_found_below((home.lager, home.publicerat, home.dagster), numbers)
    asked = subprocess.run(
        [sys.executable, "-m", "ibic_pipeline.cli", "query", query, "--format", "json", "--home", folder],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(json.loads(asked.stdout)) > 0


def _numbers_found_below(folders: tuple[Path, ...], numbers: list[str]) -> set[str]:
    content = b"".join(path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file())
    spellings = {each: (each, f"{each[:8]}-{each[8:]}", f"{each[2:8]}-{each[8:]}") for each in numbers}
    return {each for each, spelt in spellings.items() if any(text.encode() in content for text in spelt)}
