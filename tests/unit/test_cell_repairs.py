"""A cell is mended only where one reading alone is possible, and what was mended is told under its code."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ibic_pipeline.extract.text import word_encoded_once
from ibic_pipeline.harmonise import HarmonisedFile
from ibic_pipeline.harmonise.cleaning import clean
from ibic_pipeline.profile import Profil
from tests.support.deliveries import ANNA, hits, profile
from tests.support.raw_worlds import harmonised_texts, raw_world, validated_texts

DAY = date(2024, 3, 15)
WORKBOOK = {"typ": "xlsx"}


def harmonised(
    column: str, *texts: str, table: str = "beslut", form: dict[str, Any] | None = None, profil: Profil | None = None
) -> HarmonisedFile:
    """One row per text, equal but for an identifier and the text."""
    row = raw_world()[table][0]
    rows = [
        {**row, f"{table}_id" if table != "mal" else "mal_id": f"Z{i}", column: text} for i, text in enumerate(texts)
    ]
    return harmonised_texts(table, rows, profil or profile(), form)


def read(column: str, *texts: str, **how: Any) -> tuple[list[Any], dict[str, list[int]]]:
    """The column's values, and per code the positions of the texts that it was found at."""
    file = harmonised(column, *texts, **how)
    part = file.parts[0]
    found: dict[str, list[int]] = {}
    for each in file.findings:
        if each.kolumn == column and each.tabell == part.tabell:
            found[each.code] = (each.records - 2).tolist()
    values = pa.array(part.frame[column]).to_pylist()
    return [values[variant] for variant in part.variant_of_row], found


def marked(column: str, *texts: str, table: str) -> list[int]:
    file = harmonised(column, *texts, table=table)
    frame = file.parts[0].frame
    marks = frame[f"{column}.marke"] if f"{column}.marke" in frame else np.zeros(len(frame))
    return np.asarray(marks)[file.parts[0].variant_of_row].tolist()


@pytest.mark.parametrize(
    ("text", "value", "codes"),
    [
        ("  a b ", "a b", []),
        ("a\t", "a", ["REP-020"]),
        ("\r\na", "a", ["REP-020"]),
        ("a\u3000", "a", ["REP-020"]),
        ("a\u00a0", "a", ["REP-021"]),
        ("a\u00adb\u200b", "ab", ["REP-021"]),
        ("\ufeffa\n", "a", ["REP-020", "REP-021"]),
        ("\u00a0\t ", "", []),
        ("a", "a", []),
    ],
)
def test_blanks_and_what_cannot_be_seen_are_taken_away(text: str, value: str, codes: list[str]) -> None:
    cleaned = clean(pa.array(["z", text]))
    assert cleaned.values.to_pylist() == ["z", value]
    assert {code: mask.tolist() for code, mask in cleaned.findings.items()} == {code: [False, True] for code in codes}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ã¥tgÃ¤rd fÃ¶r", "åtgärd för"),
        ("Ã…re â€“ Ã\x81", "Åre – Á"),
        ("åtgärd", None),
        ("Ã¥tgärd", None),
        ("abc", None),
        ("Ã", None),
    ],
)
def test_a_text_encoded_twice_is_mended_as_a_whole_or_not(text: str, expected: str | None) -> None:
    assert word_encoded_once(text) == expected


def test_a_code_encoded_twice_is_read_and_anything_else_is_left() -> None:
    assert read("insats", "HemtjÃ¤nst", "Hemtjänst") == (["YAA.05.00"] * 2, {"REP-022": [0]})
    assert read("insats", "HemtjÃ¤nstx", "HemtjÃ¤nst Hemtjänst") == ([None, None], {})
    assert read("utredning_id", "Ã¥1") == (["Ã¥1"], {})
    declared = profile(varden={"beslut.insats": {"Ã¤": "YAA.05.00"}})
    assert read("insats", "Ã¤", profil=declared) == (["YAA.05.00"], {})
    own = profile(varden={"beslut.utan_behovsprovning": {"Jäpp": "ja"}})
    assert read("utan_behovsprovning", "JÃ¤pp", profil=own) == ([True], {"REP-022": [0]})


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-15 13:45", "2024-03-15T00:00:00+01:00", "2024-03-14T23:30:00Z", "2024-03-15 00:00:00.000 +0100",
        "2024/03/15", "2024.3.15", "20240315", "20240315 00:00", "15/3 2024", "15/3-2024", "15 mars 2024",
        "15 Mar. 2024", "den 15:e mars 2024", "15/03/2024", "15.3.2024", "15-03-2024", "03/15/2024",
    ],
)  # fmt: skip
def test_a_date_that_can_mean_one_day_alone_is_read(text: str) -> None:
    assert read("beslutsdatum", text, "2024-03-15") == ([DAY, DAY], {"REP-023": [0]})


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2024", "3.4.2024", "15/3 24", "15/3/24", "240315", "15032024", "2024315", "2024-02-30", "20240230",
        "15 marsch 2024", "15 3 2024", "2024-03-15 25:00+01:00", "2024-13-01", "mars 2024", "2024", "18991231",
    ],
)  # fmt: skip
def test_a_date_that_can_mean_two_days_or_none_is_not_read(text: str) -> None:
    assert read("beslutsdatum", text, "2024-03-15") == ([None, DAY], {})


def test_the_same_day_and_month_in_either_order_is_one_day() -> None:
    assert read("beslutsdatum", "03/03/2024") == ([date(2024, 3, 3)], {"REP-023": [0]})


def test_the_profiles_own_pattern_goes_before_any_other() -> None:
    form = {"datum": ["%m/%d/%Y", "%d/%m %Y"]}
    assert read("beslutsdatum", "03/04/2024", "15/3 2024", form=form) == ([date(2024, 3, 4), DAY], {})


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (("45366", "2024-03-15"), [DAY, DAY]),
        (("45366", "41231"), [DAY, date(2012, 11, 18)]),
        (("45366", "tolv", "2024-02-30"), [DAY, None, None]),
        (("45366", "15/3 2024", "20240315"), [DAY, DAY, DAY]),
        (("45366.0",), [DAY]),
        (("41231",), [None]),
        (("45366", "240315"), [None, None]),
        (("45366", "99999"), [None, None]),
        (("45366", "12345"), [None, None]),
        (("4536", "453660"), [None, None]),
    ],
)
def test_numbers_of_a_text_file_are_dates_of_excel_only_when_the_whole_column_says_so(
    texts: tuple[str, ...], days: list[date | None]
) -> None:
    values, found = read("beslutsdatum", *texts)
    assert values == days
    assert ("REP-024" in found) == (days[0] is not None)


def test_a_number_in_a_workbook_is_a_date_whose_format_was_lost() -> None:
    assert read("beslutsdatum", "41231", "99999", form=WORKBOOK) == ([date(2012, 11, 18), None], {"REP-024": [0]})


def test_numbers_are_no_dates_of_excel_where_the_profile_has_dates_of_two_digit_years() -> None:
    assert read("beslutsdatum", "240315", "45366", form={"datum": ["%y%m%d"]}) == ([DAY, None], {})


@pytest.mark.parametrize("text", ["9999-12-31", "9999-12-31 00:00:00", "99991231", "31/12 9999", "2958465"])
def test_the_last_day_of_the_calendar_means_until_further_notice(text: str) -> None:
    form = {"tills_vidare": ["tills vidare"]}
    assert read("galler_tom", text, form=form) == ([None], {"REP-025": [0]})
    assert not harmonised("galler_tom", text, form=form).parts[0].frame["galler_tom.kalla"].any()


def test_an_end_that_the_profile_declares_is_no_repair_however_it_is_timed() -> None:
    assert read("galler_tom", "9999-12-31", "9999-12-31 00:00:00") == ([None, None], {})
    form = {"tills_vidare": ["2099-12-31"], "datum": ["%d.%m.%Y"]}
    assert read("galler_tom", "2099-12-31", "31.12.2099", "Tills vidare", form=form)[1] == {}


def test_the_last_day_of_the_calendar_is_no_day_of_a_decision() -> None:
    texts = raw_world()
    texts["beslut"][0]["verkstallt"] = "99991231"
    assert ("beslut", 0, "BES-312") in hits(validated_texts(texts))


@pytest.mark.parametrize("text", ["1900-01-01", "1900-01-01 00:00:00", "19000101", "1/1 1900"])
def test_a_date_that_means_none_is_read_as_empty_and_flagged(text: str) -> None:
    texts = raw_world()
    clean_rows = validated_texts({**texts, "beslut": [{**texts["beslut"][0], "verkstallt": ""}]})
    texts["beslut"][0]["verkstallt"] = text
    result = validated_texts(texts)
    assert result.tables["beslut"].equals(clean_rows.tables["beslut"])
    assert hits(result) == {("beslut", 0, "REP-026")}


def test_a_date_that_the_profile_takes_for_none() -> None:
    form = {"inget_datum": ["1753-01-01", "-"]}
    found = read("galler_fran", "1753-01-01", "-", "1900-01-01", form=form)
    assert found == ([None, None, date(1900, 1, 1)], {"REP-026": [0, 1]})


@pytest.mark.parametrize(
    ("text", "mark", "number", "codes"),
    [
        ("12,5", ",", 12.5, []),
        ("12.5", ",", 12.5, ["REP-027"]),
        ("12,5", ".", 12.5, ["REP-027"]),
        ("0.125", ",", 0.125, ["REP-027"]),
        ("1234.567", ",", 1234.567, ["REP-027"]),
        ("1.234", ",", None, []),
        ("1.234,5", ",", None, []),
        ("1 234", ",", 1234.0, ["REP-028"]),
        ("1\u00a0234,5", ",", 1234.5, ["REP-021", "REP-028"]),
        ("12 345 678", ",", 12345678.0, ["REP-028"]),
        ("1 234.5", ",", 1234.5, ["REP-027", "REP-028"]),
        ("12 5", ",", None, []),
        ("1234 567", ",", None, []),
        ("12,5 tim", ",", None, []),
        ("-12.5", ",", -12.5, ["REP-027"]),
    ],
)
def test_a_number_with_another_mark_or_thousands_apart(
    text: str, mark: str, number: float | None, codes: list[str]
) -> None:
    expected = ([number], {code: [0] for code in codes})
    assert read("omfattning", text, form={"decimaltecken": mark}) == expected


@pytest.mark.parametrize(
    ("text", "mark", "number", "codes"),
    [
        ("12.5", ",", 12.5, []), ("12,5", ",", 12.5, []), ("1.234", ",", 1.234, []), ("12,5", ".", 12.5, ["REP-027"]),
        ("1,234", ".", None, []), ("1 234,5", ",", 1234.5, ["REP-028"]),
    ],
)  # fmt: skip
def test_numbers_of_workbooks_have_points_and_texts_what_the_profile_says(
    text: str, mark: str, number: float | None, codes: list[str]
) -> None:
    form = {**WORKBOOK, "decimaltecken": mark}
    assert read("omfattning", text, form=form) == ([number], {code: [0] for code in codes})


@pytest.mark.parametrize(
    ("text", "number", "codes"),
    [("3", 3, []), ("3,0", 3, ["REP-030"]), ("3.00", 3, ["REP-030"]), ("3,5", None, []), ("3.000", None, []),
     ("1 000", 1000, ["REP-028"]), ("9999999999", None, [])],
)  # fmt: skip
def test_a_whole_number_may_have_decimals_that_are_zeros(text: str, number: int | None, codes: list[str]) -> None:
    assert read("antal_mal", text, table="uppdrag") == ([number], {code: [0] for code in codes})


def test_a_code_that_a_program_took_for_a_number_is_read() -> None:
    assert read("avsett", "2,0", "3.0", "2,5", "2.", table="mal") == ([2, 3, None, None], {"REP-030": [0, 1]})
    assert read("utan_behovsprovning", "1,0") == ([True], {"REP-030": [0]})
    own = profile(varden={"beslut.utfall": {"01": "bifall", "002": "avslag", "003": "bifall", "03": "avslag"}})
    found = read("utfall", "1", "2,0", "3", "01", profil=own)
    assert found == (["bifall", "avslag", None, "bifall"], {"REP-029": [0, 1], "REP-030": [1]})


@pytest.mark.parametrize(
    ("delivered", "codes"),
    [("0680", []), ("680", ["REP-029"]), ("680,0", ["REP-030"]), ("0680\u00a0", ["REP-021"]),
     ("JÃ¶nkÃ¶ping", ["REP-022"]), ("Jönköping", [])],
)  # fmt: skip
@pytest.mark.parametrize("kommunvarden", [{}, {"0680": "0680", "Jönköping": "0680", "Nässjö": "0682"}])
def test_the_municipality_of_a_row_is_mended_and_told(
    delivered: str, codes: list[str], kommunvarden: dict[str, str]
) -> None:
    shared = profile(leverans={"kommunkolumn": "Kommun", "kommunvarden": kommunvarden, "ansvarig": "0680"})
    row = raw_world()["beslut"][0]
    rows = [{**row, "Kommun": text} for text in ("0682", delivered, "682", "okänd")]
    file = harmonised_texts("beslut", rows, shared)
    assert file.records.tolist() == [3, 5]
    assert file.unknown_municipality.tolist() == [False, True]
    assert [(each.tabell, each.kolumn, each.code, each.records.tolist()) for each in file.findings] == [
        ("leverans", "kommunkod", code, [3]) for code in codes
    ]


def test_a_lost_zero_that_the_profile_declares_is_no_repair() -> None:
    shared = profile(leverans={"kommunkolumn": "Kommun", "kommunvarden": {"680": "0680"}})
    assert harmonised_texts("beslut", [{**raw_world()["beslut"][0], "Kommun": "680"}], shared).findings == []


@pytest.mark.parametrize(
    ("text", "is_formula"),
    [("=1+1", True), ("=cmd|' /C calc'!A0", True), ("@SUM(A1)", True), ("+A1", True), ("-A1", True), ("-(1)", True),
     ("\t=1", True), ("-1", False), ("-", False), ("A=1", False), ("", False)],
)  # fmt: skip
def test_an_identifier_that_begins_as_a_formula_is_marked_and_left_out(text: str, is_formula: bool) -> None:
    assert marked("utredning_id", text, "U1", table="beslut") == [4 * is_formula, 0]
    if is_formula:
        assert read("utredning_id", text, "U1")[0] == [None, "U1"]


@pytest.mark.parametrize(
    ("text", "is_revealing"),
    [
        (f"Ring {ANNA} i dag", True), (f"({ANNA.replace('-', '')})", True), (f"{ANNA[2:]}.", True),
        (ANNA[2:].replace("-", ""), True), (f"{ANNA[:-1]}2 fel siffra", False), ("tel 070-123 45 67", False),
        (f"nr {ANNA[2:].replace('-', '')}", False), ("2024-03-15 kl 10", False), ("", False),
    ],
)  # fmt: skip
def test_a_free_text_that_holds_a_personal_number_is_marked_and_counted_as_before(
    text: str, is_revealing: bool
) -> None:
    assert marked("text_langd", text, "helt annan text", table="mal") == [5 * is_revealing, 0]
    assert marked("endast_skala", text, "helt annan text", table="mal") == [5 * is_revealing, 0]
    assert read("text_langd", text, table="mal") == ([len(text)], {})


def test_a_marked_value_is_told_by_its_own_rule_alone() -> None:
    texts = raw_world()
    texts["beslut"][0]["utredning_id"] = "=1+1"
    assert hits(validated_texts(texts)) >= {("beslut", 0, "BES-802")}
    assert ("beslut", 0, "BES-402") not in hits(validated_texts(texts))


def test_what_was_mended_in_a_persons_number_is_told_under_its_column() -> None:
    number = ANNA.replace("-", "")
    values, found = read("individ_id", f"{number}.0", ANNA)
    assert found == {"REP-032": [0]}
    assert values[0] == values[1] is not None


REPAIRED = {
    "insats": ("REP-022", "HemtjÃ¤nst", {}),
    "beslutsdatum": ("REP-023", "20240120", {}),
    "galler_fran": ("REP-024", "45312", {}),
    "galler_tom": ("REP-025", "31/12 9999", {}),
    "omfattning": ("REP-027", "12.5", {"omfattning_enhet": "timmar_per_manad"}),
    "beslut_id": ("REP-021", "B1\u00a0", {}),
    "utredning_id": ("REP-020", "U1\t", {}),
}


@pytest.mark.parametrize("column", REPAIRED)
def test_a_mended_delivery_gives_the_rows_of_a_clean_one_and_counts_what_it_mended(column: str) -> None:
    code, text, beside = REPAIRED[column]
    plain = raw_world()
    plain["beslut"][0] |= {"omfattning": "12,5", "omfattning_enhet": "timmar_per_manad", **beside}
    mended = {**plain, "beslut": [{**plain["beslut"][0], column: text}]}
    before, after = validated_texts(plain), validated_texts(mended)
    assert all(after.tables[table].equals(before.tables[table]) for table in before.tables)
    assert after.karantan.num_rows == 0
    assert after.reparationer.select(["kallrad", "tabell", "kolumn", "regel"]).to_pylist() == [
        {"kallrad": 2, "tabell": "beslut", "kolumn": column, "regel": code}
    ]
    (account,) = (row for row in after.avstamning.to_pylist() if row["kallfil"] == "beslut.csv")
    assert (account["reparerade"], account["reparationer"]) == (1, [(code, 1)])


def test_a_repair_on_an_exact_duplicate_is_not_counted_again() -> None:
    row = {**raw_world()["beslut"][0], "beslutsdatum": "20240120"}
    file = harmonised_texts("beslut", [row, row], profile())
    assert [each.records.tolist() for each in file.findings] == [[2]]
