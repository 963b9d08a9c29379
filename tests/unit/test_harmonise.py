"""Local names, words, dates and layouts become the contract's columns; nothing raw goes further."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.pseudonym import create_key
from ibic_pipeline.validate import Validated
from tests.support.deliveries import KOMMUN, contents, deliver, harmonise_home, new_home, one_to_one, profile, run

HEAD = "Beslut;Person;Lag;Insats;Utfall;Datum;Från;Till"
ANNA = "19121213-2391"
COLUMNS = {
    "beslut_id": "Beslut",
    "individ_id": "Person",
    "lagrum": "Lag",
    "insats": "Insats",
    "utfall": "Utfall",
    "beslutsdatum": "Datum",
    "galler_fran": "Från",
    "galler_tom": "Till",
}
DECISION = f"B1;{ANNA};SoL 4:1;Hemtjänst;Bifall;2024-01-20;2024-01-21;9999-12-31"


def decisions(**form: Any) -> dict[str, Any]:
    return {"monster": "beslut.csv", "format": form, "delar": [{"tabell": "beslut", "kolumner": COLUMNS}]}


def run_decisions(folder: Path, line: str, form: dict[str, Any] | None = None, **own: Any) -> Validated:
    home = new_home(folder)
    deliver(home, {"beslut.csv": f"{HEAD}\n{line}\n"})
    return run(home, profile({"beslut": [decisions(**(form or {}))]}, **own))


def decision(folder: Path, line: str, form: dict[str, Any] | None = None, **own: Any) -> dict[str, Any]:
    (row,) = contents(run_decisions(folder, line, form, **own), "beslut")
    return row


def test_local_words_become_codes_by_title_alias_and_spelling(tmp_path: Path) -> None:
    row = decision(tmp_path, DECISION.replace("Bifall", "  BIFALL\u00a0"))
    assert (row["lagrum"], row["insats"], row["utfall"]) == ("sol_2001", "YAA.05.00", "bifall")


def test_the_profiles_column_mapping_goes_before_that_of_the_code_list_and_before_the_list(tmp_path: Path) -> None:
    line = DECISION.replace("Bifall", "Ja")
    both = {"beslut_utfall": {"ja": "avslag"}, "beslut.utfall": {"JA": "delvis_bifall"}}
    assert decision(tmp_path / "a", line, varden=both)["utfall"] == "delvis_bifall"
    against_list = {"beslut_utfall": {"Bifall": "delvis_bifall"}}
    assert decision(tmp_path / "b", DECISION, varden=against_list)["utfall"] == "delvis_bifall"


def test_a_profile_that_maps_to_no_code_is_an_error_of_the_profile(tmp_path: Path) -> None:
    with pytest.raises(IbicError, match="beslut_utfall"):
        run_decisions(tmp_path, DECISION, varden={"beslut.utfall": {"Ja": "kanske"}})


def test_an_unknown_word_is_quarantined_and_an_ignored_one_is_empty(tmp_path: Path) -> None:
    line = DECISION.replace("Bifall", "Kanske")
    assert "BES-206" in run_decisions(tmp_path / "a", line).karantan["regel"].to_pylist()
    ignored = {"beslut.utfall": {"varden": ["kanske"], "skal": "prov"}}
    assert run_decisions(tmp_path / "b", line, ignoreras=ignored).karantan["regel"].to_pylist() == ["BES-106"]


@pytest.mark.parametrize(
    ("text", "patterns", "expected"),
    [
        ("2024-01-20", ["%Y-%m-%d"], date(2024, 1, 20)),
        ("2024-01-20 00:00:00", ["%Y-%m-%d"], date(2024, 1, 20)),
        ("20/1 2024", ["%Y-%m-%d", "%d/%m %Y"], date(2024, 1, 20)),
        ("20240120", ["%Y%m%d"], date(2024, 1, 20)),
        ("2024-01-20 23:59", ["%Y-%m-%d %H:%M"], date(2024, 1, 20)),
        ("2024-01-19T23:30:00+0000", ["%Y-%m-%dT%H:%M:%S%z"], date(2024, 1, 20)),
        ("2024-02-30", ["%Y-%m-%d"], None),
        ("2024120", ["%Y%m%d"], None),
        ("3/4/2024", ["%Y-%m-%d"], None),
    ],
)
def test_dates_are_read_by_the_profiles_patterns(
    tmp_path: Path, text: str, patterns: list[str], expected: date | None
) -> None:
    result = run_decisions(tmp_path, DECISION.replace("2024-01-20", text), {"datum": [*patterns, "%Y-%m-%d"]})
    if expected is None:
        assert "BES-207" in result.karantan["regel"].to_pylist()
    else:
        assert contents(result, "beslut")[0]["beslutsdatum"] == expected


def test_until_further_notice_is_no_end_and_no_fault(tmp_path: Path) -> None:
    result = run_decisions(tmp_path, DECISION.replace("9999-12-31", "Tills Vidare"), {"tills_vidare": ["tills vidare"]})
    assert contents(result, "beslut")[0]["galler_tom"] is None
    assert result.karantan.num_rows == 0


def test_a_file_that_names_a_person_gives_the_person(tmp_path: Path) -> None:
    result = run_decisions(tmp_path, DECISION)
    (person,) = contents(result, "individ")
    assert (person["fodelsear"], person["kon"], person["skydd"]) == (1912, "man", None)
    assert person["individ_id"] == contents(result, "beslut")[0]["individ_id"]


GOALS = [
    "Mål;Beslut;ICF;Skala;Text",
    "M1;B1;D510;Lätt;Tvätta sig själv",
    "M2;B1;d5708a;2;Måttlig begränsning.",
    "M3;B2;d510;stor;",
]
GOAL_COLUMNS = {
    "mal_id": "Mål",
    "beslut_id": "Beslut",
    "icf_kod": "ICF",
    "avsett": "Skala",
    "text_langd": "Text",
    "endast_skala": "Text",
}


def test_flat_and_head_and_line_layouts_of_the_same_content_give_equal_tables(tmp_path: Path) -> None:
    lines = [DECISION, DECISION.replace("B1", "B2"), DECISION.replace("B1", "B3")]
    home = new_home(tmp_path)
    deliver(home, {"beslut.csv": "\n".join([HEAD, *lines, ""]), "mal.csv": "\n".join([*GOALS, ""])})
    flat = [f"{HEAD};Mål;ICF;Skala;Text"]
    for line, ident in zip(lines, ("B1", "B2", "B3"), strict=True):
        goals = [goal.split(";") for goal in GOALS[1:] if f";{ident};" in goal]
        flat += [";".join([line, goal[0], *goal[2:]]) for goal in goals] or [line + ";;;;"]
    deliver(home, {"platt.csv": "\n".join([*flat, ""])})
    goal_part = {"tabell": "mal", "kolumner": GOAL_COLUMNS}
    separate = run(home, profile({"beslut": [decisions(), {"monster": "mal.csv", "delar": [goal_part]}]}))
    together = {"monster": "platt.csv", "delar": [*decisions()["delar"], goal_part]}
    merged = run(home, profile({"beslut": [together]}))
    for table in separate.tables:
        assert contents(separate, table) == contents(merged, table), table
    assert len(contents(merged, "beslut")) == 3
    assert [(goal["icf_kod"], goal["avsett"], goal["text_langd"], goal["endast_skala"])
            for goal in contents(merged, "mal")] == [
        ("d510", 1, 16, False), ("d5708A", 2, 20, True), ("d510", 3, 0, True),
    ]  # fmt: skip


def test_a_bad_goal_in_a_flat_file_does_not_remove_the_decision(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {"platt.csv": f"{HEAD};Mål;ICF\n{DECISION};M1;d510\n{DECISION};M2;fel\n"})
    goal_part = {"tabell": "mal", "kolumner": {"mal_id": "Mål", "beslut_id": "Beslut", "icf_kod": "ICF"}}
    file = {"monster": "platt.csv", "delar": [*decisions()["delar"], goal_part]}
    result = run(home, profile({"beslut": [file]}))
    assert [row["beslut_id"] for row in contents(result, "beslut")] == ["B1"]
    assert [row["mal_id"] for row in contents(result, "mal")] == ["M1"]
    (account,) = result.avstamning.to_pylist()
    assert (account["last"], account["godkanda"], account["karantan"]) == (2, 1, 1)
    assert result.karantan.select(["kallrad", "tabell", "regel"]).to_pylist() == [
        {"kallrad": 3, "tabell": "mal", "regel": "MAL-204"}
    ]


def test_exact_duplicates_are_counted_and_a_difference_in_any_cell_is_none(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    lines = [f"{DECISION};a", f"{DECISION};b", f"{DECISION};a", f"{DECISION};a"]
    deliver(home, {"beslut.csv": "\n".join([f"{HEAD};Annat", *lines, ""])})
    (account,) = run(home, profile({"beslut": [decisions()]})).avstamning.to_pylist()
    assert (account["last"], account["godkanda"], account["dubbletter"]) == (4, 2, 2)


SHARED = {"kommunkolumn": "Kommun", "kommunvarden": {"Jkpg": "0680", "Nässjö": "0682"}, "ansvarig": "0682"}


def test_municipalities_that_share_a_file_account_for_each_row_once(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    create_key(home, "0682")
    lines = [
        f"Kommun;{HEAD}", f"Jkpg;{DECISION}", f"Nässjö;{DECISION}", f"0680;{DECISION}",
        f"Malmö;{DECISION}", f";{DECISION}", "Jkpg;trasig", f"Jkpg;{DECISION}",
    ]  # fmt: skip
    deliver(home, {"beslut.csv": "\n".join([*lines, ""])}, mapp="delad")
    leverans = {**SHARED, "mapp": "delad"}
    here, there = (
        run(home, profile({"beslut": [decisions()]}, kommunkod=kod, leverans=leverans)).avstamning.to_pylist()[0]
        for kod in (KOMMUN, "0682")
    )
    assert (here["last"], here["godkanda"], here["dubbletter"]) == (3, 2, 1)
    assert not any(code.startswith("LEV") for code, _ in here["regler"])
    assert (there["last"], there["godkanda"], there["karantan"]) == (4, 1, 3)
    assert dict(there["regler"]) == {"BES-102": 1, "LEV-010": 2, "LEV-011": 1}
    assert here["last"] + there["last"] == len(lines) - 1


def test_persons_of_two_municipalities_cannot_be_linked(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    create_key(home, "0682")
    deliver(home, {"beslut.csv": f"Kommun;{HEAD}\nJkpg;{DECISION}\nNässjö;{DECISION}\n"}, mapp="delad")
    pseudonyms = {
        contents(run(home, profile({"beslut": [decisions()]}, kommunkod=kod, leverans={**SHARED, "mapp": "delad"})),
                 "individ")[0]["individ_id"]
        for kod in (KOMMUN, "0682")
    }  # fmt: skip
    assert len(pseudonyms) == 2


def test_an_identifier_that_is_a_personal_number_is_refused_and_not_kept(tmp_path: Path) -> None:
    result = run_decisions(tmp_path, DECISION.replace("B1", f"A/{ANNA}"))
    assert "BES-401" in result.karantan["regel"].to_pylist()
    assert contents(result, "beslut") == []


def test_nothing_of_a_personal_number_or_a_text_leaves_the_step(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    lines = [GOALS[0], f"M1;B1;d510;2;Anna ({ANNA}) ska tvätta sig", f"{ANNA};B1;d510;2;x"]
    deliver(home, {"mal.csv": "\n".join([*lines, ""])})
    _, (file,) = harmonise_home(home, profile({"beslut": [
        {"monster": "mal.csv", "delar": [{"tabell": "mal", "kolumner": GOAL_COLUMNS}]}
    ]}))  # fmt: skip
    written = " ".join(part.frame.to_csv() for part in file.parts)
    assert "Anna" not in written
    assert "1212" not in written


def test_the_life_area_comes_from_the_icf_code_where_the_delivery_gives_none(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {"b.csv": "utredning_id;icf_kod;livsomrade\nU1;d510;\nU2;d510;d4\n"})
    columns = ["utredning_id", "icf_kod", "livsomrade"]
    given = {"monster": "b.csv", "delar": [one_to_one("bedomning", columns)]}
    absent = {"monster": "b.csv", "delar": [one_to_one("bedomning", columns[:2])]}
    areas = []
    for file in (given, absent):
        _, (harmonised_file,) = harmonise_home(home, profile({"utredning": [file]}))
        areas.append(harmonised_file.parts[0].frame["livsomrade"].tolist())
    assert areas == [["d5", "d4"], ["d5", "d5"]]


NUMBERS = ["utredning_id", "icf_kod"]


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [("12,5", ",", 12.5), ("1 234,50", ",", 1234.5), ("1\u00a0234", ",", 1234.0), ("12.5", ".", 12.5),
     ("12 5", ",", None), ("tolv", ",", None), ("1e5", ",", None), ("-3", ",", -3.0)],
)  # fmt: skip
def test_numbers_are_read_with_the_profiles_decimal_mark(
    tmp_path: Path, text: str, mark: str, expected: float | None
) -> None:
    home = new_home(tmp_path)
    deliver(home, {"b.csv": f"beslut_id;omfattning\nB1;{text}\n"})
    file = {"monster": "b.csv", "format": {"decimaltecken": mark},
            "delar": [one_to_one("beslut", ["beslut_id", "omfattning"])]}  # fmt: skip
    _, (harmonised_file,) = harmonise_home(home, profile({"beslut": [file]}))
    frame = harmonised_file.parts[0].frame
    assert frame["omfattning.kalla"].tolist() == [True]
    assert frame["omfattning"].isna().tolist() == [expected is None]
    assert expected is None or frame["omfattning"].tolist() == [expected]


@pytest.mark.parametrize(("text", "mapped", "expected"), [
    ("Ja", {}, True), ("N", {}, False), ("SANT", {}, True), ("0", {}, False), ("?", {}, None),
    ("Muntligt", {"muntligt": "ja"}, True), ("1", {"1": "nej"}, False),
])  # fmt: skip
def test_yes_and_no_are_read_in_their_spellings(
    tmp_path: Path, text: str, mapped: dict[str, str], expected: bool | None
) -> None:
    home = new_home(tmp_path)
    deliver(home, {"u.csv": f"utredning_id;samtycke\nU1;{text}\n"})
    file = {"monster": "u.csv", "delar": [one_to_one("utredning", ["utredning_id", "samtycke"])]}
    _, (harmonised_file,) = harmonise_home(home, profile({"utredning": [file]}, varden={"utredning.samtycke": mapped}))
    found = harmonised_file.parts[0].frame["samtycke"]
    assert found.isna().tolist() == [expected is None]
    assert expected is None or found.tolist() == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", True), ("Lätt", True), ("Mål: lätt begränsning!", True), ("2 - Måttlig", True), ("Avsett: ingen", True),
     ("Lätt att gå till affären", False), ("Lättare", False), ("Kunna laga mat", False)],
)  # fmt: skip
def test_a_goal_that_says_no_more_than_the_scale_is_recognised(tmp_path: Path, text: str, expected: bool) -> None:
    home = new_home(tmp_path)
    deliver(home, {"mal.csv": f"{GOALS[0]}\nM1;B1;d510;2;{text}\n"})
    file = {"monster": "mal.csv", "delar": [{"tabell": "mal", "kolumner": GOAL_COLUMNS}]}
    _, (harmonised_file,) = harmonise_home(home, profile({"beslut": [file]}))
    frame = harmonised_file.parts[0].frame
    assert frame["endast_skala"].tolist() == [expected]
    assert frame["text_langd"].tolist() == [len(text)]


def test_constants_stand_on_every_row_and_parts_where_their_own_columns_do(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {"f.csv": "F;B;Mål;Utfall;Delaktig\nF1;B1;M1;helt;\nF2;B1;;;Mycket bra\n"})
    file = {"monster": "f.csv", "delar": [
        {"tabell": "uppfoljning", "kolumner": {"uppfoljning_id": "F", "beslut_id": "B"},
         "konstanter": {"part": "myndighet", "kanal": "folja_upp", "status": "Klarmarkerad"}},
        {"tabell": "maluppfyllelse", "kolumner": {"uppfoljning_id": "F", "mal_id": "Mål", "utfall": "Utfall"}},
        {"tabell": "kvalitetssvar", "kolumner": {"uppfoljning_id": "F", "svar": "Delaktig"},
         "konstanter": {"fraga": "e598B"}},
    ]}  # fmt: skip
    _, (harmonised_file,) = harmonise_home(home, profile({"uppfoljning": [file]}))
    follow_up, outcome, answer = harmonised_file.parts
    assert [part.variant_of_row.tolist() for part in (follow_up, outcome, answer)] == [[0, 1], [0, -1], [-1, 0]]
    assert follow_up.frame["status"].tolist() == ["klarmarkerad", "klarmarkerad"]
    assert answer.frame[["uppfoljning_id", "fraga", "svar"]].values.tolist() == [["F2", "e598B", "mycket_bra"]]


@pytest.mark.parametrize(
    ("text", "code", "area"),
    [
        ("D4501", "d4501", "d4"),
        (" b28010 ", "b28010", None),
        ("d450", "d450", "d4"),
        ("d4009", None, None),
        ("d45", None, None),
        ("d4501X", None, None),
    ],
)
def test_a_deeper_icf_code_stands_for_itself_when_its_parent_is_known(
    tmp_path: Path, text: str, code: str | None, area: str | None
) -> None:
    home = new_home(tmp_path)
    deliver(home, {"b.csv": f"utredning_id;icf_kod\nU1;{text}\n"})
    asked = {"monster": "b.csv", "delar": [one_to_one("bedomning", ["utredning_id", "icf_kod"])]}
    _, (file,) = harmonise_home(home, profile({"utredning": [asked]}))
    read = {name: pa.array(file.parts[0].frame[name]).to_pylist() for name in ("icf_kod", "livsomrade")}
    assert read == {"icf_kod": [code], "livsomrade": [area]}
