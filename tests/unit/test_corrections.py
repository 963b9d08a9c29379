"""A municipality's decided corrections change the records that they mean, as long as these look as they did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import yaml

from ibic_pipeline.corrections.apply import correct
from ibic_pipeline.corrections.columns import corrections_of
from ibic_pipeline.corrections.outcome import with_unmet
from ibic_pipeline.errors import IbicError
from ibic_pipeline.extract import find_delivery, read_file
from ibic_pipeline.harmonise import HarmonisedFile, harmonise_file
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil
from ibic_pipeline.pseudonym import pseudonymiser
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.validate import Validated, check_limits, validate_delivery
from ibic_pipeline.validate.accounting import LISTED_REPAIRS
from schemas.rulebook import rule_of
from tests.support.deliveries import ANNA, KOMMUN, contents, deliver, new_home, profile

BO = "20010203-2380"
UTREDNING = {
    "monster": "utredning*.csv",
    "delar": [
        {
            "tabell": "utredning",
            "kolumner": {"utredning_id": "Utrednr", "individ_id": "Pnr", "inledd": "Inledd", "utfall": "Utfall"},
            "konstanter": {"lagrum": "sol_2001", "kallsystem": "combine"},
        }
    ],
}
BESLUT = {
    "monster": "beslut*.csv",
    "delar": [
        {
            "tabell": "beslut",
            "kolumner": {
                "beslut_id": "Beslutsnr", "utredning_id": "Utrednr", "individ_id": "Pnr",
                "beslutsdatum": "Beslutsdatum", "utfall": "Utfall", "galler_fran": "Från", "galler_tom": "Till",
            },
            "konstanter": {"lagrum": "sol_2001", "insats": "YAA.05.00"},
        },
        {
            "tabell": "mal",
            "kolumner": {"mal_id": "Målnr", "beslut_id": "Beslutsnr", "text_langd": "Mål"},
        },
    ],
}  # fmt: skip
EXPORTER = {"utredning": [UTREDNING], "beslut": [BESLUT]}

INVESTIGATIONS = f"""Utrednr;Pnr;Inledd;Utfall
U1;{ANNA};2024-01-01;beslut
U2;{BO};2024-02-01;beslut
"""
DECISIONS = f"""Beslutsnr;Utrednr;Pnr;Beslutsdatum;Utfall;Från;Till;Målnr;Mål
B1;U1;{ANNA};2024-01-20;bifall;2024-01-21;2020-01-01;M1;Laga mat
B1;U1;{ANNA};2024-01-20;bifall;2024-01-21;2020-01-01;M2;Handla
B2;U2;{BO};2024-02-20;bifall;2024-02-21;;M3;Bada
"""
SET = {
    "id": "KOR-001", "export": "beslut", "matcha": {"Beslutsnr": "B1"}, "forvantat": {"Till": "2020-01-01"},
    "atgard": "satt", "varden": {"Till": "2025-01-01"}, "skal": "Fel år registrerades vid avslut.",
    "beslutad_av": "verksamhetsutvecklare", "beslutad": "2026-05-02",
}  # fmt: skip
EXCLUDE = {
    **{key: value for key, value in SET.items() if key not in ("varden", "forvantat")},
    "export": "utredning", "matcha": {"Utrednr": "U1"}, "atgard": "uteslut",
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = new_home(tmp_path)
    deliver(home, {"utredning.csv": INVESTIGATIONS, "beslut.csv": DECISIONS})
    return home


def decide(home: Home, *corrections: Any) -> None:
    write(home, yaml.safe_dump(list(corrections), allow_unicode=True))


def write(home: Home, text: str) -> None:
    home.rattelsemapp.mkdir(exist_ok=True)
    (home.rattelsemapp / f"{KOMMUN}.yaml").write_text(text, encoding="utf-8")


def load(home: Home, profil: Profil | None = None) -> tuple[list[HarmonisedFile], Validated]:
    profil = profil or profile(EXPORTER)
    delivery = find_delivery(home, profil)
    corrections = corrections_of(home, profil)
    files, outcomes = [], []
    for file in delivery.files:
        raw, met = correct(read_file(file), file, corrections, profil, delivery.uttagsdatum)
        outcomes += met
        key = pseudonymiser(home, profil, delivery.uttagsdatum)
        files.append(harmonise_file(raw, file, delivery, profil, key))
    files = with_unmet(files, corrections, outcomes, profil, delivery.uttagsdatum)
    return files, validate_delivery(files, delivery, profil)


def found(result: Validated, *codes: str) -> list[tuple[str, int, str]]:
    rows = [*result.karantan.to_pylist(), *result.flaggor.to_pylist(), *result.reparationer.to_pylist()]
    return [(row["kallfil"], row["kallrad"], row["regel"]) for row in rows if row["regel"] in codes]


def rules_of(rows: pa.Table) -> set[str]:
    return set(rows["regel"].to_pylist())


def account_of(result: Validated, name: str) -> dict[str, Any]:
    return next(row for row in result.avstamning.to_pylist() if row["kallfil"] == name)


def test_a_municipality_without_a_file_has_no_corrections(home: Home) -> None:
    assert home.rattelser(KOMMUN) == ()
    write(home, "# none yet\n")
    assert home.rattelser(KOMMUN) == ()


def test_values_are_the_text_that_stands_in_the_file(home: Home) -> None:
    text = yaml.safe_dump([SET], allow_unicode=True).replace("B1", "0642").replace("'2025-01-01'", "2025-01-01")
    write(home, text.replace("'2020-01-01'", "ja"))
    read = home.rattelser(KOMMUN)[0]
    assert (read.matcha, read.forvantat, read.varden) == (
        {"Beslutsnr": "0642"},
        {"Till": "ja"},
        {"Till": "2025-01-01"},
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"id": "rättelse 1"}, "correction 1 of the file has no id"),
        ({"atgard": "ändra"}, "KOR-001.atgard"),
        ({"skal": "Fel."}, "KOR-001.skal"),
        ({"beslutad_av": "Hemlig Person"}, "KOR-001.beslutad_av"),
        ({"beslutad": "i maj"}, "KOR-001.beslutad"),
        ({"galler_till": "2020-01-01"}, "galler_till is earlier than beslutad at KOR-001"),
        ({"matcha": {}}, "KOR-001.matcha"),
        ({"matcha": {"Beslutsnr": " "}}, "KOR-001.matcha.Beslutsnr"),
        ({"forvantat": {}}, "satt needs forvantat at KOR-001"),
        ({"varden": {}}, "satt needs varden at KOR-001"),
        ({"kolumner": ["Till"]}, "satt takes no kolumner at KOR-001"),
        ({"atgard": "uteslut"}, "uteslut takes no varden at KOR-001"),
        ({"anledning": "Hemlig Person"}, "KOR-001.anledning"),
        ({"skäl": "Hemlig Person"}, "did you mean skal?"),
    ],
)
def test_what_is_wrong_is_told_by_id_and_key_and_never_by_value(home: Home, change: Any, told: str) -> None:
    decide(home, SET | change)
    with pytest.raises(IbicError) as error:
        home.rattelser(KOMMUN)
    assert told in str(error.value)
    assert "Hemlig" not in str(error.value)


@pytest.mark.parametrize(
    "change",
    [
        {"matcha": {"Beslutsnr": ANNA}},
        {"matcha": {"Beslutsnr": f"B {BO.replace('-', '')}"}},
        {"varden": {"Till": ANNA[2:].replace("-", "")}},
        {"skal": f"Personen ({ANNA[2:].replace('-', '')}) finns inte."},
        {"skal": f"Personen {ANNA[:4]}-{ANNA[4:6]}-{ANNA[6:8]}-{ANNA[-4:]} finns inte."},
        {ANNA: "finns inte"},
        {"forvantat": {ANNA: "finns inte"}},
    ],
)
def test_a_personal_number_anywhere_is_refused_and_not_repeated(home: Home, change: Any) -> None:
    decide(home, SET | change)
    with pytest.raises(IbicError, match=r"KOR-001\..*personal number") as error:
        home.rattelser(KOMMUN)
    assert ANNA[-4:] not in str(error.value)
    assert BO[-4:] not in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id: KOR-001\n", "a list of corrections"),
        ("- KOR-001\n", "correction 1 of the file has no id"),
        (yaml.safe_dump([SET, SET]), "KOR-001 stands twice"),
        ("- id: KOR-001\n  matcha: {A: x}\n  matcha: {B: x}\n", "each key once"),
        ("- id: [\n", "line 2"),
    ],
)
def test_a_file_of_another_shape_is_refused(home: Home, text: str, told: str) -> None:
    write(home, text)
    with pytest.raises(IbicError, match=told):
        home.rattelser(KOMMUN)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"matcha": {"Beslutnr": "B1"}}, "did you mean Beslutsnr?"),
        ({"export": "uppdrag"}, "a file of the export uppdrag"),
        ({"fil": "beslut.csv"}, r"did you mean beslut\*.csv?"),
        ({"matcha": {"Pnr": "x"}}, "no column of personal numbers under matcha"),
        ({"varden": {"Mål": "x"}}, "no column of free text under varden"),
        ({"varden": {"Kommun": "0680"}}, "no kommunkolumn"),
    ],
)
def test_a_correction_names_columns_that_may_be_corrected(home: Home, change: Any, told: str) -> None:
    decide(home, SET | change)
    with pytest.raises(IbicError, match=told) as error:
        corrections_of(home, profile(EXPORTER, leverans={"kommunkolumn": "Kommun"}))
    assert "KOR-001" in str(error.value)


def test_a_free_text_may_be_emptied(home: Home) -> None:
    deliver(home, {"beslut.csv": DECISIONS.replace("2020-01-01", "")})
    empty = {"atgard": "tom", "kolumner": ["Mål"], "forvantat": {}, "varden": {}}
    decide(home, SET | empty | {"matcha": {"Målnr": "M1"}})
    _, result = load(home)
    assert [row["text_langd"] for row in contents(result, "mal")] == [0, len("Handla"), len("Bada")]


def test_records_that_match_and_look_as_expected_are_changed_and_counted(home: Home) -> None:
    before = find_delivery(home, profile(EXPORTER)).files[1].sha256
    decide(home, SET)
    _, result = load(home)
    assert [str(row["galler_tom"]) for row in contents(result, "beslut")] == ["2025-01-01", "None"]
    assert found(result, "KOR-001", "LEV-016") == [("beslut.csv", 2, "KOR-001"), ("beslut.csv", 3, "KOR-001")]
    account = account_of(result, "beslut.csv")
    assert (account["last"], account["godkanda"], account["reparerade"]) == (3, 3, 2)
    assert account["reparationer"] == [("KOR-001", 2)]
    assert find_delivery(home, profile(EXPORTER)).files[1].sha256 == before


def test_without_the_correction_the_same_rows_are_refused(home: Home) -> None:
    assert account_of(load(home)[1], "beslut.csv")["karantan"] == 2


def test_values_are_compared_as_they_are_read(home: Home) -> None:
    deliver(home, {"beslut.csv": DECISIONS.replace("\nB1;", "\n\u00a0B1 ;")})
    decide(home, SET)
    assert len(found(load(home)[1], "KOR-001")) == 2


def test_a_value_that_is_longer_or_of_another_case_is_another(home: Home) -> None:
    deliver(home, {"beslut.csv": DECISIONS.replace("\nB1;", "\nb1;", 1).replace("\nB1;", "\nB11;", 1)})
    decide(home, SET)
    assert found(load(home)[1], "KOR-001", "LEV-016") == [("beslut.csv", 0, "LEV-016")]


def test_a_record_that_the_source_has_mended_is_left_and_flagged(home: Home) -> None:
    deliver(home, {"beslut.csv": DECISIONS.replace("2020-01-01;M1", "2026-01-01;M1")})
    decide(home, SET)
    assert found(load(home)[1], "KOR-001", "LEV-016") == [("beslut.csv", 2, "LEV-016"), ("beslut.csv", 3, "KOR-001")]


def test_a_correction_that_meets_nothing_flags_the_file(home: Home) -> None:
    decide(home, SET | {"matcha": {"Beslutsnr": "B9"}}, SET | {"id": "KOR-002", "matcha": {"Beslutsnr": "B8"}})
    _, result = load(home)
    assert found(result, "LEV-016") == [("beslut.csv", 0, "LEV-016")]
    assert dict(account_of(result, "beslut.csv")["regler"])["LEV-016"] == 1


def test_an_expired_correction_is_flagged_and_not_applied(home: Home) -> None:
    decide(home, SET | {"beslutad": "2026-01-01", "galler_till": "2026-06-29"})
    assert found(load(home)[1], "KOR-001", "LEV-016") == [("beslut.csv", 0, "LEV-016")]
    decide(home, SET | {"beslutad": "2026-01-01", "galler_till": "2026-06-30"})
    assert len(found(load(home)[1], "KOR-001")) == 2


def test_a_correction_meets_its_record_in_any_file_of_the_export(home: Home) -> None:
    other = {**BESLUT, "monster": "lss*.csv"}
    deliver(home, {"lss.csv": DECISIONS.splitlines()[0] + "\n"})
    profil = profile({"utredning": [UTREDNING], "beslut": [other, BESLUT]})
    decide(home, SET)
    assert found(load(home, profil)[1], "KOR-001", "LEV-016") == [("beslut.csv", row, "KOR-001") for row in (2, 3)]
    decide(home, SET | {"fil": "lss*.csv"})
    assert found(load(home, profil)[1], "KOR-001", "LEV-016") == [("lss.csv", 0, "LEV-016")]


@pytest.mark.parametrize("second", [{"varden": {"Till": "2026-01-01"}}, {"atgard": "uteslut", "varden": {}}])
def test_two_corrections_of_one_cell_are_refused(home: Home, second: Any) -> None:
    other = SET | {"id": "KOR-002", "matcha": {"Målnr": "M1"}} | second
    decide(home, SET, other)
    with pytest.raises(IbicError, match=r"KOR-002 and KOR-001"):
        load(home)
    decide(home, SET, other | {"matcha": {"Målnr": "M3"}, "forvantat": {"Till": ""}})
    assert len(found(load(home)[1], "KOR-001", "KOR-002")) == 3


def test_corrections_look_at_records_as_delivered(home: Home) -> None:
    second = SET | {"id": "KOR-002", "forvantat": {"Till": "2025-01-01"}, "varden": {"Utfall": "avslag"}}
    decide(home, SET, second)
    assert found(load(home)[1], "KOR-002") == []


def test_an_excluded_record_is_accounted_and_takes_what_belongs_to_it_with_it(home: Home) -> None:
    decide(home, EXCLUDE)
    _, result = load(home)
    assert found(result, "KOR-001", "LEV-017") == [("utredning.csv", 2, "LEV-017"), ("utredning.csv", 2, "KOR-001")]
    account = account_of(result, "utredning.csv")
    assert (account["last"], account["godkanda"], account["karantan"]) == (2, 1, 1)
    assert [row["utredning_id"] for row in contents(result, "utredning")] == ["U2"]
    rules = rules_of(result.karantan) - {"LEV-017"}
    assert {"BES-005", "BES-010", "MAL-003"} == rules
    assert "BES-004" not in rules_of(result.flaggor)
    assert [row["beslut_id"] for row in contents(result, "beslut")] == ["B2"]


def test_excluded_records_do_not_refuse_a_delivery(home: Home) -> None:
    decide(home, EXCLUDE)
    profil = profile(EXPORTER, leverans={"hogsta_andel_karantan": 0.34})
    files, result = load(home, profil)
    assert account_of(result, "utredning.csv")["karantan"] == 1
    own = [row for row in result.karantan.to_pylist() if row["regel"] == "LEV-017"]
    assert len(own) == 1
    check_limits(files, result, None, profile(EXPORTER, leverans={"hogsta_andel_karantan": 0.5}))


def test_what_an_excluded_record_shares_with_others_still_counts(home: Home) -> None:
    deliver(home, {"beslut.csv": DECISIONS.replace("2020-01-01", "")})
    decide(home, EXCLUDE | {"export": "beslut", "matcha": {"Målnr": "M1"}})
    _, result = load(home)
    assert [row["beslut_id"] for row in contents(result, "beslut")] == ["B1", "B2"]
    assert [row["mal_id"] for row in contents(result, "mal")] == ["M2", "M3"]
    account = account_of(result, "beslut.csv")
    assert (account["godkanda"], account["karantan"], account["reparerade"]) == (2, 1, 1)


def test_only_own_records_of_a_shared_file_are_corrected(home: Home) -> None:
    shared = (
        DECISIONS.replace("Beslutsnr;", "Kommun;Beslutsnr;").replace("\nB", "\n0680;B").replace("0680;B1", "0642;B1", 1)
    )
    own = INVESTIGATIONS.replace("Utrednr;", "Kommun;Utrednr;").replace("\nU", "\n0680;U")
    deliver(home, {"beslut.csv": shared, "utredning.csv": own})
    decide(home, SET)
    files, result = load(home, profile(EXPORTER, leverans={"kommunkolumn": "Kommun"}))
    assert found(result, "KOR-001", "LEV-016") == [("beslut.csv", 3, "KOR-001")]
    assert files[1].read == 2


def test_at_most_so_many_records_of_a_kind_are_listed_and_all_are_counted(home: Home) -> None:
    rows = LISTED_REPAIRS + 5
    lines = [f"B{i};U1;{ANNA};2024-01-20;bifall;2024-01-21;2020-01-01;M{i};x\n" for i in range(rows)]
    deliver(home, {"beslut.csv": "".join([DECISIONS.splitlines(keepends=True)[0], *lines])})
    decide(home, SET | {"matcha": {"Utrednr": "U1"}})
    _, result = load(home)
    listed = found(result, "KOR-001")
    assert [row for _, row, _ in listed] == list(np.arange(2, LISTED_REPAIRS + 2))
    assert account_of(result, "beslut.csv")["reparationer"] == [("KOR-001", rows)]


def test_the_example_in_the_documentation_is_a_valid_file(home: Home) -> None:
    text = (PACKAGE.parent / "docs" / "corrections.md").read_text(encoding="utf-8")
    write(home, text.partition("```yaml")[2].partition("```")[0])
    assert [each.id for each in home.rattelser(KOMMUN)] == ["KOR-001", "KOR-002"]


def test_every_correction_has_words() -> None:
    assert rule_of("KOR-017").severity == "reparera"
    assert "rättelse" in rule_of("KOR-017").message
    assert rule_of("LEV-016").severity == "varna"
