"""``ibic profile`` as a county's coordinator uses it: show, compare, draft."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from ibic_pipeline import cli
from ibic_pipeline.resources import PROFILES
from ibic_pipeline.synthetic.county_synth import END
from ibic_pipeline.synthetic.export import write_export
from tests.support.made_up import SHIPPED, small_world


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROFILES / "jonkopings-lan", tmp_path / "home"))


@pytest.fixture
def ibic(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ibic", "profile", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_show_says_what_a_configuration_means(ibic, home: Path) -> None:
    code, out, _ = ibic("show", "0642", "--home", home)
    assert code == 0
    for said in (
        "Mullsjö (0642)",
        "uppfoljning.kanal: alltid folja_upp i Foljaupp_*.csv; alltid journal i Journal_*.csv",
        "beslut.galler_tom: kolumnen T.o.m. i Beslut_*.csv",
        "genomförandeplaner: räknas först från och med 2022-11-01",
        "14 dagar efter att insatsen påbörjats (kommunens egen)",
        "365 dagar mellan uppföljningar (länets)",
        "lagrum: lss: 9 § LSS",
        "Platsbrist; Personalbrist",
        "pseudonymiserade rader ingår i länets datamängd",
    ):
        assert said in out


def test_show_says_what_is_not_delivered_and_what_follows(ibic, home: Path) -> None:
    path = home / "kommuner" / "0662.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("            insats: Beslutad insats\n", ""), encoding="utf-8"
    )
    sections = json.loads(ibic("show", "0662", "--home", home, "--json")[1])
    assert sections["Levereras inte"]["beslut.insats"] == "Insats enligt KSI. Utan den avvisas raderna."
    assert "genomforandeplan.onskemal" in sections["Levereras inte"]


def test_show_tells_which_version_applies_on_a_day(ibic, home: Path) -> None:
    path = home / "kommuner" / "0642.yaml"
    own = "\nversioner:\n  - fran: 2026-07-01\n    nya_kolumnnamn: {Utförarkod: Enhetsnr}\n"
    path.write_text(path.read_text(encoding="utf-8") + own, encoding="utf-8")
    before = ibic("show", "0642", "--dag", "2026-06-30", "--home", home)[1]
    after = ibic("show", "0642", "--home", home)[1]
    assert "Gäller leveranser: alla" in before
    assert "kolumnen Utförarkod i" in before
    assert "Gäller leveranser: uttagna från och med 2026-07-01" in after
    assert "kolumnen Enhetsnr i" in after


def test_diff_tells_only_what_differs_by_meaning(ibic, home: Path) -> None:
    found = json.loads(ibic("diff", "0685", "0604", "--home", home, "--json")[1])
    assert set(found) == {"Kommunen", "Frister"}
    assert found["Frister"]["Genomförandeplan"]["0685"].startswith("28 dagar")
    out = ibic("diff", "0642", "0680", "--home", home)[1]
    assert "    0642: kolumnen Fr.o.m.\n    0680: kolumnen Gäller från" in out
    assert "Beslut_*.csv, text i UTF-8 med BOM" in out


def test_a_draft_is_written_once_and_reads_the_files_that_it_was_made_of(ibic, home: Path, tmp_path: Path) -> None:
    folder = home / "inkorg" / "0642" / END.isoformat()
    write_export({"0642": small_world("0642")}, {"0642": SHIPPED.profil("0642")}, folder, END)
    out = tmp_path / "0642.yaml"
    code, said, heard = ibic("suggest", *sorted(folder.iterdir()), "--kommun", "0642", "--ut", out)
    assert (code, said) == (0, "")
    assert "TODO i utkastet" in heard
    assert yaml.safe_load(out.read_text(encoding="utf-8"))["individniva"]["publicering"] == "lokal"
    code, _, heard = ibic("suggest", *sorted(folder.iterdir()), "--kommun", "0642", "--ut", out)
    assert code == 2
    assert "--ut" in heard
    shutil.copy(out, home / "kommuner" / "0642.yaml")
    assert "beslut.insats: kolumnen Insats i Beslut_*.csv" in ibic("show", "0642", "--home", home)[1]
