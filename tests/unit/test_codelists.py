"""Code lists: what a spelling means, when a code was valid, and that the files can be trusted."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codelists
from schemas.codelists import BASE_COLUMNS, codelist, lookup, names, normalise, validity

EVERY_LIST = pytest.mark.parametrize("name", names())

ICF_CODE = re.compile(r"^[bsde](?:[1-9](?:\d{2}\d{0,2}[A-Z]?)?)?$")
QUALIFIED_BDS = re.compile(r"^[bsd][1-9]\d{2,4}[A-Z]?(?:\.[0-489_](?: ?[0-489_]){0,3})?$")
QUALIFIED_E = re.compile(r"^e[1-9]\d{2,4}[A-Z]?(?:[.+][0-489_])?$")


def valid_on(name: str, kod: str, day: date) -> bool:
    row = validity(name).set_index("kod").loc[kod]
    started = pd.isna(row["giltig_fran"]) or row["giltig_fran"] <= day
    return bool(started and (pd.isna(row["giltig_till"]) or day <= row["giltig_till"]))


@EVERY_LIST
def test_a_list_has_codes_titles_and_the_common_columns(name: str) -> None:
    frame = codelist(name)
    assert tuple(frame.columns[:5]) == BASE_COLUMNS
    assert len(frame) > 0
    assert (frame[["kod", "titel"]] != "").all(axis=None)
    assert frame.notna().all(axis=None)
    assert (frame.dtypes == pd.ArrowDtype(pa.string())).all()


@EVERY_LIST
def test_no_cell_of_a_list_has_stray_white_space(name: str) -> None:
    text = codelist(name).stack().astype(str)
    assert text[text != text.str.strip()].empty
    assert text[text.str.contains("\xa0|\xad|  ", regex=True)].empty


@EVERY_LIST
def test_a_spelling_means_one_code(name: str) -> None:
    """No code, title or alias of one code is also another's; only ICF has moved a title to a new code."""
    frame = codelist(name)
    if name == "icf":
        frame = frame[frame["giltig_till"] == ""]
    spellings = pd.concat([frame["kod"], frame["titel"], frame["alias"].str.split("|").explode()])
    spellings = spellings[spellings != ""]
    pairs = pd.DataFrame({"kod": frame["kod"].reindex(spellings.index), "text": spellings.map(normalise)})
    assert pairs.drop_duplicates().groupby("text")["kod"].nunique().max() == 1


@EVERY_LIST
def test_every_code_means_itself(name: str) -> None:
    found = lookup(name)
    assert all(found[normalise(kod)] == kod for kod in codelist(name)["kod"])


@EVERY_LIST
def test_lookup_gives_only_codes_of_the_list_and_its_keys_are_normalised(name: str) -> None:
    found = lookup(name)
    assert set(found.values()) == set(codelist(name)["kod"])
    assert all(normalise(spelling) == spelling for spelling in found)


@EVERY_LIST
def test_the_periods_of_a_code_follow_on_each_other_without_a_gap(name: str) -> None:
    frame = codelist(name)
    for _, rows in frame.groupby("kod"):
        rows = rows.sort_values("giltig_fran")
        ends = [date.fromisoformat(day) for day in rows["giltig_till"].iloc[:-1]]
        starts = [date.fromisoformat(day) for day in rows["giltig_fran"].iloc[1:]]
        assert [end + timedelta(days=1) for end in ends] == starts


@EVERY_LIST
def test_validity_has_one_row_per_code_and_dates(name: str) -> None:
    frame = validity(name)
    assert list(frame["kod"]) == list(dict.fromkeys(codelist(name)["kod"]))
    assert frame["giltig_fran"].dtype == frame["giltig_till"].dtype == pd.ArrowDtype(pa.date32())
    assert not (frame["giltig_till"] < frame["giltig_fran"]).fillna(False).any()


@EVERY_LIST
def test_the_further_columns_of_a_code_are_the_same_in_all_its_periods(name: str) -> None:
    frame = codelist(name)
    own = [column for column in frame.columns if column not in BASE_COLUMNS]
    assert (frame.groupby("kod")[own].nunique() <= 1).all(axis=None)


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(
    st.sampled_from([(name, spelling) for name in names() for spelling in lookup(name)]),
    st.sampled_from([str.upper, str.title, str.swapcase, str]),
    st.sampled_from(["", " ", "\xa0", "\t\n", "\u2003"]),
)
def test_case_and_white_space_do_not_change_what_a_spelling_means(entry, change, space) -> None:
    name, spelling = entry
    written = space + change(spelling).replace(" ", space or " ") + space
    assert lookup(name)[normalise(written)] == lookup(name)[spelling]


def test_a_changed_copy_does_not_change_the_list() -> None:
    frame = codelist("kon")
    frame.loc[:, "titel"] = "x"
    lookup("kon")["kvinna"] = "man"
    assert codelist("kon")["titel"].tolist() == ["Kvinna", "Man", "Okänt"]
    assert lookup("kon")["kvinna"] == "kvinna"


def test_an_unknown_list_is_refused_with_the_known_names() -> None:
    with pytest.raises(ValueError, match="Choose one of: beslut_utfall"):
        codelist("finns_inte")


def test_a_spelling_of_two_codes_is_refused(tmp_path, monkeypatch) -> None:
    text = "kod;titel;giltig_fran;giltig_till;alias\na;Ett;;;Samma|Annat\nb;Två;;;samma\n"
    (tmp_path / "tvetydig.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(codelists, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="tvetydig"):
        lookup("tvetydig")


@pytest.mark.parametrize(
    ("kod", "day", "expected"),
    [
        ("b1528A", date(2023, 12, 31), True),
        ("b1528A", date(2024, 1, 1), False),
        ("b1528C", date(2023, 12, 31), False),
        ("b1528C", date(2024, 1, 1), True),
        ("d138", date(2020, 12, 31), True),
        ("d138", date(2021, 1, 1), False),
        ("d134", date(2020, 12, 31), False),
        ("d3101", date(2018, 5, 1), True),
        ("d3101", date(2022, 5, 1), True),
        ("e260", date(2015, 1, 1), True),
        ("e260", date(2025, 1, 1), True),
        ("d450", date(1990, 1, 1), True),
    ],
)
def test_an_icf_code_is_judged_by_the_day(kod: str, day: date, expected: bool) -> None:
    assert valid_on("icf", kod, day) is expected


def test_the_redefined_code_has_its_old_and_its_new_meaning() -> None:
    rows = codelist("icf").query("kod == 'd3101'")
    assert rows["giltig_till"].tolist() == ["2020-12-31", ""]
    assert "enkla" in rows["titel"].iloc[0]
    assert "komplexa" in rows["titel"].iloc[1]


def test_a_title_of_a_withdrawn_code_gives_the_code_that_bears_it_now() -> None:
    found = lookup("icf")
    assert found[normalise("Att ta reda på information")] == "d134"
    assert found[normalise("Att kommunicera genom att ta emot komplexa talade meddelanden")] == "d3101"
    assert found[normalise("Känsla av trygghet")] == "b1528A"


def test_icf_has_all_second_level_codes_and_the_thirteen_national_ones() -> None:
    frame = validity("icf")
    valid = frame[frame["giltig_till"].isna()]
    counts = valid[valid["niva"] == "2"].groupby("komponent").size().to_dict()
    assert counts == {"b": 115, "d": 129, "e": 75}
    assert (valid["niva"] == "nationell").sum() == 13
    assert frame["kod"].str.match(r"^[bsde]$").sum() == 4
    assert frame["kod"].str.match(r"^[bsde]\d$").sum() == 30


def test_the_icf_patterns_accept_every_code() -> None:
    codes = codelist("icf")["kod"]
    assert codes.map(lambda kod: bool(ICF_CODE.match(kod))).all()
    long = codes[codes.str.len() >= 4]
    pattern = {"e": QUALIFIED_E, "b": QUALIFIED_BDS, "d": QUALIFIED_BDS, "s": QUALIFIED_BDS}
    assert long.map(lambda kod: bool(pattern[kod[0]].match(kod))).all()
    assert long.map(lambda kod: bool(pattern[kod[0]].match(f"{kod}.2"))).all()


def test_a_life_area_is_the_chapter_of_a_d_code_or_one_of_the_two_special_ones() -> None:
    frame = validity("icf")
    d = frame[(frame["komponent"] == "d") & (frame["niva"] != "komponent")]
    assert (d["livsomrade"] == d["kod"].str.slice(0, 2)).all()
    others = frame[(frame["komponent"] != "d") & frame["livsomrade"].notna()]
    assert dict(zip(others["kod"], others["livsomrade"], strict=True)) == {
        "b1528A": "trygghet",
        "b1528C": "trygghet",
        "e398A": "personligt_stod",
    }
    assert set(frame["livsomrade"].dropna()) == set(codelist("livsomrade")["kod"])


@pytest.mark.parametrize(
    ("name", "text", "kod"),
    [
        ("livsomrade", "Att engagera sig i viktiga livsområden", "d8"),
        ("livsomrade", "Utbildning, arbete, sysselsättning och ekonomiskt liv", "d8"),
        ("livsomrade", "Känsla av otrygghet", "trygghet"),
        ("skala", "Stor begränsning", "3"),
        ("skala", "GRAV", "3"),
        ("skala", "svårt", "3"),
        ("skala", "lätta", "1"),
        ("skala", "måttligt", "2"),
        ("skala", "totalt", "4"),
        ("skala", "inget problem", "0"),
        ("skala", "Ej specificerat", "8"),
        ("skala", "ej relevant", "9"),
        ("skala", "Ej tillämpbart", "9"),
        ("beslut_utfall", "Beviljat", "bifall"),
        ("beslut_utfall", "Avslaget", "avslag"),
        ("plan_status", "Färdig", "klarmarkerad"),
        ("plan_status", "Arbetskopia", "arbetsanteckning"),
        ("insats", "Boendestöd", "YAA.45.ZZ"),
        ("insats", "YAA.45", "YAA.45.ZZ"),
        ("insats", "Kontaktperson LSS", "YAB.20.ZZ"),
        ("insats", "Kontaktperson enligt SoL", "YAA.50.ZZ"),
        ("kommun", "Jönköpings kommun", "0680"),
        ("kommun", "680", "0680"),
        ("kommun", "Tranås kommun", "0687"),
    ],
)
def test_a_local_spelling_is_understood(name: str, text: str, kod: str) -> None:
    assert lookup(name)[normalise(text)] == kod


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("insats", "Kontaktperson"),
        ("insats", "Korttidsvistelse"),
        ("lagrum", "SoL"),
        ("regiform", "Privat"),
        ("skydd", "Ja"),
    ],
)
def test_a_word_that_could_mean_two_codes_is_left_to_the_profile(name: str, text: str) -> None:
    assert normalise(text) not in lookup(name)


def test_habo_and_habo_with_a_ring_are_two_municipalities() -> None:
    found = lookup("kommun")
    assert (found["habo"], found["håbo"]) == ("0643", "0305")


def test_every_intervention_has_the_law_of_its_chapter_and_of_its_group() -> None:
    interventions = validity("insats")
    expected = interventions["kod"].str.slice(0, 3).map({"YAA": "SoL", "YAB": "LSS"})
    assert (interventions["lag"] == expected).all()
    law_of_group = validity("insatsgrupp").set_index("kod")["lag"]
    assert (interventions["lag"] == interventions["insatsgrupp"].map(law_of_group)).all()
    assert set(interventions["insatsgrupp"]) == set(law_of_group.index)


def test_the_old_and_the_new_social_services_act_meet_without_a_gap() -> None:
    assert valid_on("lagrum", "sol_2001", date(2025, 6, 30))
    assert not valid_on("lagrum", "sol_2001", date(2025, 7, 1))
    assert valid_on("lagrum", "sol_2025", date(2025, 7, 1))
    assert not valid_on("lagrum", "sol_2025", date(2025, 6, 30))


def test_there_are_290_municipalities_in_21_counties_and_13_in_jonkoping() -> None:
    frame = codelist("kommun")
    assert (len(frame), frame["lan_kod"].nunique(), (frame["lan_kod"] == "06").sum()) == (290, 21, 13)
    assert (frame["kod"].str.slice(0, 2) == frame["lan_kod"]).all()
    assert frame["kod"].str.match(r"^\d{4}$").all()
