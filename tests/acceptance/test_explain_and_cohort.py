"""``ibic explain`` and ``ibic cohort`` as people use them, on the golden delivery of a review of boendestöd."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ibic_pipeline import cli
from ibic_pipeline.home import Home
from tests.support.homes import GOLDEN
from tests.support.lager import processed

CODE = "9801"
REVIEW = ("--kommun", CODE, "--insatsgrupp", "boendestod", "--pagaende", "2022-06-30")
SINCE_2016 = ("--sammanhangande", "2016-01-01..2022-06-30", "--lucka", "30")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return processed(GOLDEN.parent / "cohort", tmp_path_factory.mktemp("review") / "home", CODE)


class Ibic:
    """Runs the command line in this process: what it said, what it complained of, and its exit code."""

    def __init__(self, home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self.capsys, self.monkeypatch = home, capsys, monkeypatch

    def __call__(self, *words: object, home: Path | None = None) -> tuple[int, str, str]:
        self.monkeypatch.setattr(sys, "argv", ["ibic", *map(str, words), "--home", str(home or self.home.path)])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = self.capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def ibic(home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ibic:
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored afterwards; the verbs set them
        monkeypatch.delenv(name)
    return Ibic(home, capsys, monkeypatch)


def test_thirty_have_boendestod_eighteen_since_2016_and_ten_are_drawn(ibic):
    """The source document's own cohort: about 30 persons in 2022, 18 of them in 2016-2022, 10 reviewed."""
    code, out, _ = ibic("cohort", *REVIEW, *SINCE_2016, "--n", 10, "--fro", 1, "--json")
    found = json.loads(out)

    assert code == 0
    assert [step["personer"] for step in found["steg"]] == [30, 18, 10]
    assert len(found["personer"]) == 10


def test_the_eighteen_are_those_that_the_delivery_was_made_with(ibic, home):
    """Persons 1 to 18 of the delivery's table; pseudonyms are traced through their decisions alone."""
    _, out, _ = ibic("cohort", *REVIEW, *SINCE_2016, "--json")
    ongoing = {row["galler_fran"] for row in json.loads(out)["beslut"]}
    _, out, _ = ibic("cohort", *REVIEW, *SINCE_2016[:2], "--lucka", 31, "--json")

    assert {"2014-02-03", "2016-01-31", "2018-05-01", "2021-12-31"} <= ongoing
    assert not {"2016-02-01", "2018-05-02", "2022-01-01", "2020-02-10"} & ongoing
    assert len(json.loads(out)["personer"]) == 21, "those with exactly 31 days join: 19, 20 and 21"


def test_none_of_the_ten_is_followed_up_in_the_step(ibic):
    """What the review found, as figures over its cohort: nothing in Följa upp; some not at all for over two years."""
    sampled = (*REVIEW, *SINCE_2016, "--n", 10, "--json", "--period", "2022-06", "--indikator")
    in_step = json.loads(ibic("cohort", *sampled, "T1")[1])["steg"]
    two_years = json.loads(ibic("cohort", *sampled, "T3")[1])["steg"]

    assert [step["siffra"]["antal"]["taljare"] for step in in_step] == [0, 0, 0]
    assert two_years[1]["siffra"]["antal"] == {"namnare": 18, "taljare": 6, "exkluderade": 0}
    assert two_years[2]["siffra"]["antal"]["namnare"] == 10


def test_a_cohort_is_told_in_words_with_what_is_restricted(ibic):
    code, out, _ = ibic("cohort", *REVIEW, *SINCE_2016, "--n", 10, "--max", 3)

    assert code == 0
    assert "BEGRÄNSAT" in out
    assert "      30  pågående boendestod den 2022-06-30" in out
    assert "      18  sammanhängande 2016-01-01 till 2022-06-30, lucka högst 30 dagar" in out
    assert "      10  urval 10, frö 1" in out
    assert "Kvar: 10 personer, de första 3 visas (--max)" in out


def test_a_definition_that_was_saved_gives_the_same_cohort(ibic, tmp_path):
    kept = tmp_path / "boendestod.yaml"
    _, first, _ = ibic("cohort", *REVIEW, *SINCE_2016, "--alder", "18-64", "--n", 5, "--spara", kept, "--json")
    code, again, _ = ibic("cohort", "--kommun", CODE, "--definition", kept, "--json")

    assert code == 0
    assert again == first


def test_a_figure_is_explained_down_to_its_units(ibic, home):
    code, out, _ = ibic(
        "explain", "T2", "--kommun", CODE, "--period", "2022-06", "--insatsgrupp", "boendestod", "--json"
    )
    found = json.loads(out)
    figures = pq.read_table(home.current(CODE) / "aggregat.parquet").to_pylist()
    wanted = {"indikator": "T2", "period": "2022-06", "brytning": "insatsgrupp", "grupp": "boendestod"}
    (counted,) = [row for row in figures if wanted.items() <= row.items()]

    assert code == 0
    assert {name: found[name] for name in ("namnare", "taljare", "exkluderade")} == {
        name: counted[name] for name in ("namnare", "taljare", "exkluderade")
    }
    followed_up = [unit for unit in found["enheter"] if unit["lage"] == "taljare"]
    assert len(followed_up) == counted["taljare"] > 0
    assert all("2021-07-01" <= unit["senast_av_myndigheten"] <= "2022-06-30" for unit in followed_up)


def test_a_protected_person_is_in_the_figure_and_nowhere_else(ibic, home):
    decisions = pq.read_table(home.current(CODE) / "fakta" / "beslutsfakta.parquet").to_pylist()
    (protected,) = [row for row in decisions if row["skyddad"]]
    _, lines, _ = ibic("explain", "T1", "--kommun", CODE, "--period", "2022-06")
    _, values, _ = ibic("explain", "T1", "--kommun", CODE, "--period", "2022-06", "--json")
    _, group, _ = ibic("cohort", *REVIEW, "--json")

    assert "1 enhet visas inte: personer med skyddade uppgifter" in lines
    assert json.loads(values)["skyddade_visas_inte"] == 1
    for told in (lines, values, group):
        assert protected["beslut_id"] not in told
        assert protected["individ_id"] not in told


def test_no_personal_number_is_told(ibic, home):
    delivered = (home.inkorg / CODE / "2022-10-31" / "beslut.csv").read_text(encoding="utf-8-sig")
    numbers = {line.split(";")[2] for line in delivered.splitlines()[1:] if ";" in line}
    told = ibic("explain", "T1", "--kommun", CODE, "--period", "2022-06")[1] + ibic("cohort", *REVIEW)[1]

    assert len(numbers) == 35
    assert not any(number in told or number.replace("-", "") in told for number in numbers)


@pytest.mark.parametrize("words", [("explain", "T1", "--period", "2022-06", "--kommun", CODE), ("cohort", *REVIEW)])
def test_a_home_that_holds_only_a_release_refuses(ibic, home, tmp_path, words):
    shutil.copy(home.path / "lan.yaml", tmp_path / "lan.yaml")
    (tmp_path / "publicerat").mkdir()
    code, out, err = ibic(*words, home=tmp_path)

    assert (code, out) == (2, "")
    assert "no more than a release" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", "T1", "--kommun", CODE, "--period", "2022-11"), "2022-01 to 2022-H1"),
        (("explain", "T1", "--kommun", CODE, "--period", "2022-06", "--insatsgrupp", "boende"), "did you mean"),
        (("cohort", "--kommun", CODE, "--pagaende", "2022-06-30"), "insatsgrupp"),
        (("cohort", *REVIEW, "--indikator", "T3"), "together"),
        (("cohort", *REVIEW, "--sammanhangande", "2016-01-01..2023-01-01"), "day of extraction, 2022-10-31"),
    ],
)
def test_a_question_without_an_answer_is_refused_with_exit_code_2(ibic, words, said):
    code, out, err = ibic(*words)

    assert (code, out) == (2, "")
    assert said in err
