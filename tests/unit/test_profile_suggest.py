"""A draft out of the files alone is nearly the profile that reads them, and shows nobody's data."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil
from ibic_pipeline.profiling.draft import draft_of
from ibic_pipeline.profiling.facts import Facts
from ibic_pipeline.profiling.numbered import numbered
from ibic_pipeline.profiling.source import read_sources
from ibic_pipeline.profiling.values import code_of, meanings
from ibic_pipeline.profiling.vocabulary import alias, likeness, phrases_of
from ibic_pipeline.profiling.write import as_yaml
from ibic_pipeline.synthetic.county_synth import END
from ibic_pipeline.synthetic.export import write_export
from schemas import CONTRACTS
from schemas.codelists import codelist
from tests.support.deliveries import deliver, harmonise_home, new_home
from tests.support.made_up import LAYOUTS, SHIPPED, small_world
from tests.support.profile_leaves import changed_share, resolved

AT_MOST_CHANGED = 0.2
FOLDER_OF = {code: mapp for mapp, members in LAYOUTS.items() for code in members}


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deliveries of all thirteen, in their nine layouts."""
    folder = tmp_path_factory.mktemp("inkorg")
    for mapp, members in LAYOUTS.items():
        worlds = {code: small_world(code) for code in members}
        profiles = {code: SHIPPED.profil(code, END) for code in members}
        write_export(worlds, profiles, folder / mapp / END.isoformat(), END)
    return folder


def files_of(inbox: Path, code: str) -> list[Path]:
    return sorted((inbox / FOLDER_OF[code] / END.isoformat()).iterdir())


@pytest.fixture(scope="module")
def drafts(inbox: Path) -> dict[str, str]:
    """Each municipality's draft; those that share files differ by what is said of the municipality alone."""
    found = {}
    for members in LAYOUTS.values():
        draft = draft_of(files_of(inbox, members[0]), members[0])
        names = {code: str(codelist("kommun").set_index("kod")["titel"][code]) for code in members}
        found |= {code: as_yaml(replace(draft, kommunkod=code, namn=name)) for code, name in names.items()}
    return found


@pytest.mark.parametrize("code", FOLDER_OF)
def test_at_most_a_fifth_of_a_draft_needs_to_be_changed(code: str, drafts: dict[str, str], tmp_path: Path) -> None:
    text = drafts[code]
    share = changed_share(resolved(SHIPPED.kommuner / f"{code}.yaml"), yaml.safe_load(text))
    print(f"{code} {share:.3f}")
    assert share <= AT_MOST_CHANGED
    (tmp_path / "kommuner").mkdir()
    (tmp_path / "kommuner" / f"{code}.yaml").write_text(text, encoding="utf-8")
    assert Home(tmp_path).profil(code).kommunkod == code


@pytest.mark.parametrize("mapp", LAYOUTS)
def test_a_draft_holds_no_personal_number_no_text_and_no_identifier(mapp: str, drafts: dict[str, str]) -> None:
    code = LAYOUTS[mapp][0]
    draft = drafts[code]
    for tabell, frame in small_world(code).items():
        for kolumn, column in CONTRACTS[tabell].own_columns().items():
            if column.metadata["lasning"] in ("identifier", "personnummer", "text_length", "text_present"):
                for text in frame[kolumn].dropna().unique():
                    spelt = text[2:8] if column.metadata["lasning"] == "personnummer" else text
                    says_something = len(text.split()) > 2 or any(each.isdigit() for each in text)
                    assert not (says_something and spelt in draft), f"{tabell}.{kolumn}"


def test_names_of_staff_in_a_column_taken_for_a_code_are_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "Uppföljningar 2026-06-30.csv"
    rows = [f"F{i};B{i};2026-0{i % 6 + 1}-11;{'Anna Berg' if i % 2 else 'Bo Ek'}" for i in range(40)]
    path.write_text("\n".join(["Uppföljnings-id;Beslutsnr;Uppföljd;Uppföljd av", *rows, ""]), encoding="utf-8")
    draft = as_yaml(draft_of([path], "0642"))
    assert "Uppföljd av" in draft
    assert "Anna" not in draft
    assert "Ek" not in draft


def test_a_value_like_a_personal_number_is_counted_and_not_shown() -> None:
    facts = Facts.of(["Kvinna"] * 5 + ["Man"] * 5 + ["191212121212"])
    found = meanings(facts, "kon")
    assert set(found.codes) == {"Kvinna", "Man"}
    assert (found.unknown, found.hidden) == ((), 1)


@pytest.mark.parametrize(
    ("text", "kodlista", "code"),
    [
        ("Delv. bif.", "beslut_utfall", "delvis_bifall"),
        ("DELG", "plan_status", "delgiven"),
        ("3 - Stor", "skala", "3"),
        ("4 ganska bra", "kvalitetssvar", "ganska_bra"),
        ("Bibehållande mål", "mal_inriktning", "bibehalla"),
        ("Bordtennis", "regiform", None),
    ],
)
def test_a_local_word_is_read_as_the_code_that_it_resembles(text: str, kodlista: str, code: str | None) -> None:
    assert code_of(text, kodlista)[0] == code


@pytest.mark.parametrize(
    ("header", "tabell", "kolumn"),
    [
        ("BESLUTSDATUM", "beslut", "beslutsdatum"),
        ("Datum beslut", "beslut", "beslutsdatum"),
        ("uppf_id", "uppfoljning", "uppfoljning_id"),
        ("Genomförandeplanens status", "genomforandeplan", "status"),
        ("SkalEjVerkstallt", "beslut", "ej_verkstallt_skal"),
        ("Målbeskrivning (fritext)", "mal", "text_langd"),
    ],
)
def test_a_header_is_most_like_its_column(header: str, tabell: str, kolumn: str) -> None:
    others = {name: likeness(header, tabell, phrases_of(tabell, name)) for name in CONTRACTS[tabell].own_columns()}
    assert max(others, key=lambda name: others[name]) == kolumn


def test_every_word_of_the_alias_table_belongs_to_a_column_and_a_code_that_exist() -> None:
    known = {f"{tabell}.{name}" for tabell, contract in CONTRACTS.items() for name in contract.own_columns()}
    assert set(alias()["kolumner"]) <= known
    for kodlista, words in alias()["varden"].items():
        assert set(words) <= set(codelist(kodlista)["kod"])
    for where, listed in alias()["kolumner"].items():
        assert len(listed) == len(set(listed)), where


def test_lines_before_the_header_and_the_counting_last_line_are_found(tmp_path: Path) -> None:
    path = tmp_path / "Beslut 2026-06-30.txt"
    lines = ["Utskrift; beslut", "", "Beslutsnr\tPersonnr\tBeslutsdatum", *["B1\t\t2026-01-02"] * 9, "Summa rader: 9"]
    path.write_bytes("\r\n".join([*lines, ""]).replace("Personnr", "Personnr å").encode("cp1252"))
    (source,) = read_sources(path)
    assert source.pattern == "Beslut *.txt"
    assert source.form["kodning"] == "cp1252"
    assert source.form["avgransare"] == "\t"
    assert source.form["rader_fore_rubrik"] == 2
    assert re.search(source.form["svans"], "Summa rader: 9")["antal"] == "9"  # type: ignore[index]
    assert source.rows == 9


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"1;2\n3;4\n", b'"' * 200_000, b"a" * 300_000, b"\xff\xfe\x00"])
def test_a_file_without_a_table_is_refused_and_not_a_crash(data: bytes, tmp_path: Path) -> None:
    for name in ("a.csv", "a.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(IbicError):
            draft_of([path], "0642")


def test_two_deliveries_at_once_and_unknown_municipalities_are_refused(tmp_path: Path) -> None:
    for day in ("2026-05-31", "2026-06-30"):
        (tmp_path / f"beslut_{day}.csv").write_text("Beslutsnr;Beslutsdatum\nB1;2026-01-01\n", encoding="utf-8")
    with pytest.raises(IbicError, match="one delivery"):
        draft_of(sorted(tmp_path.iterdir()), "0642")
    with pytest.raises(IbicError, match="four digits"):
        draft_of(sorted(tmp_path.iterdir())[:1], "642")


def test_days_of_a_workbook_and_of_two_patterns_are_days() -> None:
    facts = Facts.of(["2026-01-02 00:00:00"] * 9 + ["3/4 2026", "9999-12-31", "Tills vidare", ""])
    assert facts.date_patterns == ("%Y-%m-%d", "%d/%m %Y")
    assert facts.date_share == 1
    assert facts.endless == ["9999-12-31", "Tills vidare"]


def wide_decisions(folder: Path, *goals: tuple[str, str, str, str]) -> Path:
    """Decisions with goals side by side; of each goal the headers of its id, code, scale and text."""
    path = folder / "Beslut 2026-06-30.csv"
    header = [
        "Beslutsnr",
        "Utredningsnr",
        "Personnummer",
        "Beslutsdatum",
        "Insats",
        *(h for each in goals for h in each),
    ]
    rows = []
    for i in range(60):
        cells = [f"B{i:03}", f"U{i:03}", "19121213-2391", f"2026-0{i % 6 + 1}-11", "Hemtjänst"]
        for number, _ in enumerate(goals, start=1):
            there = i % number == 0
            own = [f"M{i:03}-{number}", f"d5{i % 5}0", str(i % 5), f"Klara sin hygien {number} gånger om dagen"]
            cells += own if there else [""] * 4
        rows.append(";".join(cells))
    path.write_text("\n".join([";".join(header), *rows, ""]), encoding="utf-8-sig")
    return path


def goals_of(draft: str) -> list[dict[str, str]]:
    """The columns of every part of goals in a draft's decisions."""
    (file,) = yaml.safe_load(draft)["exporter"]["beslut"]
    return [part["kolumner"] for part in file["delar"] if part["tabell"] == "mal"]


@pytest.mark.parametrize(
    "goals",
    [
        [(f"Målid{i}", f"ICF mål{i}", f"Avsett{i}", f"Mål{i}") for i in (1, 2, 3)],
        [(f"Mål {i} id", f"Mål {i} ICF-kod", f"Mål {i} avsett", f"Mål {i} text") for i in (1, 2)],
        [("mal_id", "mal_icf", "mal_avsett", "mal_text"), ("mal_id_2", "mal_icf_2", "mal_avsett_2", "mal_text_2")],
        [(f"Målid{i}", f"ICF{i}", f"Grad{i}", f"Mål{i}") for i in (1, 2)],
    ],
    ids=["a number after each name", "a number within each name", "the first without a number", "short names"],
)
def test_goals_side_by_side_become_one_part_each(goals: list[tuple[str, str, str, str]], tmp_path: Path) -> None:
    draft = as_yaml(draft_of([wide_decisions(tmp_path, *goals)], "0642"))
    assert goals_of(draft) == [
        {
            "mal_id": key,
            "beslut_id": "Beslutsnr",
            "icf_kod": code,
            "avsett": scale,
            "text_langd": text,
            "endast_skala": text,
        }
        for key, code, scale, text in goals
    ]
    assert "används inte" not in draft
    assert not [line for line in draft.splitlines() if "TODO" in line and any(each in line for each in sum(goals, ()))]


def test_the_second_of_what_stands_twice_takes_no_place_that_the_first_leaves_empty(tmp_path: Path) -> None:
    path = tmp_path / "Utredningar 2026-06-30.csv"
    header = "Utredningsnr;Personnummer;Inledd;ICF 1;Bedömd nivå 1;ICF 2;Bedömd nivå 2"
    rows = [f"U{i:02};19121213-2391;2026-01-11;d5{i % 5}0;{i % 5};d4{i % 5}0;{i % 4}" for i in range(40)]
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8-sig")
    (file,) = yaml.safe_load(as_yaml(draft_of([path], "0642")))["exporter"]["utredning"]
    assert [part["kolumner"] for part in file["delar"] if part["tabell"] == "bedomning"] == [
        {"utredning_id": "Utredningsnr", "icf_kod": f"ICF {i}", "bedomt": f"Bedömd nivå {i}"} for i in (1, 2)
    ]


def test_words_of_a_goal_that_is_never_the_first_have_a_meaning_in_the_draft(tmp_path: Path) -> None:
    path = tmp_path / "Beslut 2026-06-30.csv"
    header = "Beslutsnr;Utredningsnr;Personnummer;Beslutsdatum;Målid1;Mål1;Inriktning1;Målid2;Mål2;Inriktning2"
    one, other = "Klara sin egen hygien;Utveckla", "Behålla sina vanliga kontakter;Bibehållande mål"
    rows = [f"B{i:02};U{i:02};19121213-2391;2026-01-11;M{i}-1;{one};M{i}-2;{other}" for i in range(40)]
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8-sig")
    words = yaml.safe_load(as_yaml(draft_of([path], "0642")))["varden"]["mal_inriktning"]
    assert words["Bibehållande mål"] == "bibehalla"


def test_the_draft_of_goals_side_by_side_reads_them_all(tmp_path: Path) -> None:
    goals = [(f"Målid{i}", f"ICF mål{i}", f"Avsett{i}", f"Mål{i}") for i in (1, 2, 3)]
    path = wide_decisions(tmp_path, *goals)
    content = yaml.safe_load(as_yaml(draft_of([path], "0642")))
    home = new_home(tmp_path / "home", "0642")
    deliver(home, {path.name: path.read_bytes()}, "0642")
    _, (file,) = harmonise_home(home, Profil.model_validate({**content, "leverans": {}}))
    assert sum(len(part.frame) for part in file.parts if part.tabell == "mal") == 60 + 30 + 20


def test_a_numbered_column_is_no_goal_without_an_id_or_without_its_neighbours(tmp_path: Path) -> None:
    goals = [("Målid1", "ICF mål1", "Avsett1", "Mål1"), ("x2", "ICF mål2", "Avsett2", "Mål2")]
    draft = as_yaml(draft_of([wide_decisions(tmp_path, *goals)], "0642"))
    assert len(goals_of(draft)) == 1
    assert "används inte: x2, ICF mål2, Avsett2, Mål2" in draft


def test_columns_are_numbered_together_only_without_a_gap() -> None:
    found = numbered(["Mål1", "Mål 2", "mal_3", "Adress 1", "Adress 3", "d510", "Fas 2", "2", "År 2024"])
    assert found == {"Mål1": {2: "Mål 2", 3: "mal_3"}}
