"""``ibic codes``: official files brought into a home, told of, and then what its municipalities are judged by."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ibic_pipeline import cli
from ibic_pipeline.codes import code_lists
from ibic_pipeline.derive.reference import reference_tables
from ibic_pipeline.extract import find_delivery, read_file
from ibic_pipeline.harmonise import harmonise_file
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.pseudonym import pseudonymiser
from ibic_pipeline.storage import read_json
from ibic_pipeline.validate import validate_delivery
from ibic_pipeline.workflow import municipality
from ibic_pipeline.workflow.plan import plan
from schemas.codelists import BUILT_IN, CodeLists
from tests.support.deliveries import a_delivery, clean_world, deliver, harmonised, hits, one_to_one, profile
from tests.support.homes import small_county
from tests.support.official_files import FOLDER

KOD = "0642"
Ibic = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ibic(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ibic:
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored afterwards; the verbs set them
        monkeypatch.delenv(name)

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ibic", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return small_county(tmp_path / "home", (KOD,))


def bring(ibic: Ibic, home: Home, option: str, file: str, day: str, *more: str) -> tuple[int, str, str]:
    words = ("codes", "import", f"--{option}", FOLDER / file, "--giltig-fran", day, "--withdraw-many", *more)
    return ibic(*words, "--home", home.path)


@pytest.fixture
def two_years(ibic: Ibic, home: Home) -> Home:
    assert bring(ibic, home, "icf", "icf-tidigare.tsv", "2020-01-01")[0] == 0
    assert bring(ibic, home, "icf", "icf.xlsx", "2025-01-01")[0] == 0
    return home


def test_an_import_writes_a_dated_list_and_tells_what_was_repaired(ibic: Ibic, home: Home) -> None:
    code, out, _ = bring(ibic, home, "icf", "icf.xlsx", "2025-01-01")

    assert code == 0
    assert [path.name for path in home.kodlistor.iterdir()] == ["icf-2025-01-01.csv"]
    assert "22 rows read, 19 taken, 3 blank or repeated, 0 refused; 16 codes" in out
    assert "repaired      3  blank row" in out
    assert "Next: `ibic run`" in out


def test_silently_redefined_and_withdrawn_codes_are_told_as_such(ibic: Ibic, home: Home) -> None:
    bring(ibic, home, "icf", "icf-tidigare.tsv", "2020-01-01")
    code, out, _ = bring(ibic, home, "icf", "icf.xlsx", "2025-01-01", "--json")
    (done,) = json.loads(out)
    news = {(each["kind"], each["kod"], each["dag"], each["likely"]) for each in done["changes"]}
    known = {(each["kind"], each["kod"], each["likely"]) for each in done["known"]}

    assert code == 0
    assert {
        ("redefined", "d6800", "2025-01-01", None),
        ("renamed", "d6801", "2025-01-01", None),
        ("withdrawn", "d6802", "2022-01-01", "d6803"),
        ("new", "d6803", "2022-01-01", None),
    } <= news
    assert {("redefined", "d3101", "d3100"), ("redefined", "e260", "e2600")} <= known
    assert ("withdrawn", "b1528A", "2024-01-01", "b1528C") in news


def test_the_same_file_again_changes_nothing(ibic: Ibic, two_years: Home) -> None:
    before = {path.name: path.read_bytes() for path in two_years.kodlistor.iterdir()}
    code, out, _ = bring(ibic, two_years, "icf", "icf.xlsx", "2025-01-01")

    assert code == 0
    assert "as it stood already" in out
    assert "Next" not in out
    assert {path.name: path.read_bytes() for path in two_years.kodlistor.iterdir()} == before


def test_another_list_of_the_same_day_needs_to_be_asked_for(ibic: Ibic, two_years: Home) -> None:
    before = (two_years.kodlistor / "icf-2025-01-01.csv").read_bytes()
    code, _, err = bring(ibic, two_years, "icf", "icf.tsv", "2025-01-01")
    assert code == 2
    assert "--replace" in err
    assert (two_years.kodlistor / "icf-2025-01-01.csv").read_bytes() == before

    assert bring(ibic, two_years, "icf", "icf.tsv", "2025-01-01", "--replace")[0] == 0
    assert (two_years.kodlistor / "icf-2025-01-01.csv").read_bytes() != before


def test_a_selection_does_not_pass_for_a_year_in_which_most_codes_ended(ibic: Ibic, home: Home) -> None:
    words = ("codes", "import", "--icf", FOLDER / "icf.tsv", "--giltig-fran", "2025-01-01", "--home", home.path)
    code, _, err = ibic(*words)
    assert code == 2
    assert "--withdraw-many" in err
    assert not home.kodlistor.exists()


def test_a_row_that_cannot_be_read_is_a_finding_with_its_place(ibic: Ibic, home: Home) -> None:
    code, out, _ = bring(ibic, home, "ksi", "ksi.xlsx", "2025-01-01")
    assert code == 1
    assert "Inriktning, row 3" in out
    assert "other interventions: YAA.80.ZZ" in out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--giltig-fran", "2025-01-01"), "--icf FILE or --ksi FILE"),
        (("--giltig-fran", "2025-01-01", "--icf", "saknas.xlsx"), "that can be read"),
        (("--giltig-fran", "2025-01-01", "--icf", FOLDER / "README.md"), "a sheet of ICF"),
        (("--giltig-fran", "2025-13-01", "--icf", FOLDER / "icf.tsv"), "2025-13-01"),
        (("--icf", FOLDER / "icf.tsv"), "--giltig-fran"),
    ],
)
def test_a_wrong_call_says_what_was_expected(ibic: Ibic, home: Home, words: tuple[object, ...], expected: str) -> None:
    code, _, err = ibic("codes", "import", "--home", home.path, *words)
    assert code == 2
    assert expected in err
    assert "Traceback" not in err
    assert not home.kodlistor.exists()


def test_a_folder_that_is_no_home_is_refused(ibic: Ibic, tmp_path: Path) -> None:
    words = ("--icf", FOLDER / "icf.tsv", "--giltig-fran", "2025-01-01", "--home", tmp_path / "annat")
    code, _, err = ibic("codes", "import", *words)
    assert code == 2
    assert "ibic init" in err


def test_the_lists_in_use_are_shown_with_where_they_come_from(ibic: Ibic, two_years: Home) -> None:
    code, out, _ = ibic("codes", "list", "--home", two_years.path, "--json")
    used = {each["lista"]: each for each in json.loads(out)}
    assert code == 0
    assert used["icf"]["filer"] == ["icf-2020-01-01.csv", "icf-2025-01-01.csv"]
    assert used["kon"] == {"lista": "kon", "koder": 3, "filer": []}
    assert "built in" in ibic("codes", "list", "--home", two_years.path)[1]


def test_the_codes_of_a_list_are_shown_with_their_periods(ibic: Ibic, two_years: Home) -> None:
    _, out, _ = ibic("codes", "list", "icf", "--home", two_years.path)
    assert "d6800        Att så grönsaker  [… – 2024-12-31]" in out
    assert "d6800        Att vattna grönsaker  [2025-01-01 – …]" in out
    _, out, _ = ibic("codes", "list", "icf", "--home", two_years.path, "--json")
    assert {"kod", "titel", "giltig_fran", "giltig_till"} <= set(json.loads(out)[0])


def test_a_list_that_does_not_exist_is_refused_with_those_that_do(ibic: Ibic, home: Home) -> None:
    code, _, err = ibic("codes", "list", "finns_inte", "--home", home.path)
    assert code == 2
    assert "icf" in err


# What the lists decide


@pytest.mark.parametrize(
    ("kod", "documented", "flagged"),
    [
        ("d6802", date(2021, 12, 31), False),
        ("d6802", date(2022, 1, 1), True),
        ("d6803", date(2021, 12, 31), True),
        ("d6803", date(2022, 1, 1), False),
        ("b1528A", date(2023, 12, 31), False),
        ("b1528A", date(2024, 1, 1), True),
        ("d3101", date(2018, 6, 1), False),
        ("d3101", date(2024, 6, 1), False),
    ],
)
def test_a_code_is_judged_by_the_day_on_which_it_was_documented(
    two_years: Home, kod: str, documented: date, flagged: bool
) -> None:
    codes = code_lists(two_years)
    area = codes.validity("icf").set_index("kod").loc[kod, "livsomrade"]
    world = clean_world()
    world["utredning"][0] |= {"inledd": documented, "avslutad": documented}
    world["beslut"][0] |= {"beslutsdatum": documented, "galler_fran": documented, "verkstallt": None}
    world["bedomning"][0] |= {"icf_kod": kod, "livsomrade": area}
    world["mal"][0] |= {"icf_kod": kod}
    found = hits(validate_delivery(harmonised(world), a_delivery(), profile(), codes))

    assert (("bedomning", 0, "BED-011") in found) is flagged
    assert (("mal", 0, "MAL-014") in found) is flagged


def test_a_code_that_only_the_homes_list_has_is_understood_by_code_and_by_title(two_years: Home) -> None:
    part = one_to_one("bedomning", ["utredning_id", "icf_kod", "bedomt"])
    profil = profile({"utredning": [{"monster": "b.csv", "delar": [part]}]}, kommunkod=KOD)
    rows = "U1;D6803;2\nU2;att odla;2\nU3;Odla;2\nU4;d680;2\n"
    deliver(two_years, {"b.csv": f"utredning_id;icf_kod;bedomt\n{rows}"}, KOD)
    delivery = find_delivery(two_years, profil)
    (file,) = delivery.files

    def read_with(codes: CodeLists) -> list[tuple[str | None, str | None]]:
        pseudonymise = pseudonymiser(two_years, profil, delivery.uttagsdatum)
        frame = harmonise_file(read_file(file), file, delivery, profil, pseudonymise, codes).parts[0].frame
        return list(frame[["icf_kod", "livsomrade"]].itertuples(index=False, name=None))

    assert read_with(code_lists(two_years)) == [("d6803", "d6"), ("d680", "d6"), ("d680", "d6"), ("d680", "d6")]
    assert all(kod is pd.NA or kod is None for kod, _ in read_with(BUILT_IN)[1:3])


def test_a_new_intervention_is_counted_in_the_group_of_those_that_begin_as_it_does(ibic: Ibic, home: Home) -> None:
    bring(ibic, home, "ksi", "ksi.xlsx", "2025-01-01")
    table = reference_tables(profile(), home.lan, date(2026, 6, 30), code_lists(home))["kodlista_insats"]
    found = {row["kod"]: (row["lag"], row["insatsgrupp"]) for row in table.to_pylist()}

    assert found["YAA.05.35"] == ("SoL", "hemtjanst")
    assert found["YAA.80.ZZ"] == ("SoL", "ovrigt_sol")
    assert found["YAA.45.ZZ"] == ("SoL", "boendestod")
    assert not {"YAA", "SA1.AA.ZZ"} & set(found)


def test_lists_decide_the_version_of_a_municipality_and_are_named_in_it(ibic: Ibic, home: Home) -> None:
    before = plan(home, KOD).version
    bring(ibic, home, "ksi", "ksi.xlsx", "2025-01-01")
    assert plan(home, KOD).version != before

    municipality.load_delivery(home, KOD)
    municipality.harmonise_municipality(home, KOD)
    municipality.derive_municipality(home, KOD, Settings())
    municipality.aggregate_municipality(home, KOD, Settings())
    municipality.commit_version(home, KOD)
    assert read_json(home.current(KOD) / "version.json")["kodlistor"] == ["ksi-2025-01-01.csv"]
    assert plan(home, KOD).unchanged

    (home.kodlistor / "ksi-2025-01-01.csv").unlink()
    assert plan(home, KOD).version == before


def test_a_damaged_list_stops_the_municipality_with_a_reason_and_no_traceback(ibic: Ibic, home: Home) -> None:
    bring(ibic, home, "ksi", "ksi.xlsx", "2025-01-01")
    (home.kodlistor / "ksi-2025-01-01.csv").write_text("kod;titel\nx;y\n")
    planned = plan(home, KOD)
    assert planned.refused
    assert "ksi-2025-01-01.csv" in planned.reasons[0][1]
