"""What dated lists give a code together: its days, its meanings, what changed, and what a spelling means."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from ibic_pipeline.codes.changes import Change, changes, means_the_same
from ibic_pipeline.codes.dated import SOURCES, dated_lists, laid_over, periods_of, read_dated
from ibic_pipeline.codes.imported import import_list
from ibic_pipeline.codes.periods import Period, Periods, merged
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from schemas.codelists import CodeLists, codelist
from tests.support.official_files import FOLDER

D2020, D2023, D2025 = date(2020, 1, 1), date(2023, 1, 1), date(2025, 1, 1)


def periods(*told: tuple[str, str | None, str | None]) -> Periods:
    days = ((titel, fran and date.fromisoformat(fran), till and date.fromisoformat(till)) for titel, fran, till in told)
    return tuple(Period(titel, "", fran or None, till or None) for titel, fran, till in days)


def shown(found: Periods) -> list[tuple[str, str | None, str | None]]:
    return [(each.titel, each.fran and str(each.fran), each.till and str(each.till)) for each in found]


# Lists over lists


def test_a_code_that_a_list_lacks_ends_the_day_before() -> None:
    assert shown(merged(periods(("A", None, None)), (), D2025, None)) == [("A", None, "2024-12-31")]


def test_a_code_is_new_only_where_a_whole_list_lacked_it() -> None:
    told = periods(("A", None, None))
    assert shown(merged((), told, D2025, None)) == [("A", None, None)]
    assert shown(merged((), told, D2025, D2023)) == [("A", "2025-01-01", None)]


def test_a_first_day_that_the_list_tells_wins() -> None:
    assert shown(merged((), periods(("A", "2024-07-01", None)), D2025, D2023)) == [("A", "2024-07-01", None)]


def test_a_last_day_that_the_list_tells_wins_over_an_older_list_in_both_directions() -> None:
    told = periods(("A", None, "2021-12-31"))
    assert shown(merged(periods(("A", None, None)), told, D2025, D2020)) == [("A", None, "2021-12-31")]
    assert shown(merged(periods(("A", None, "2019-12-31")), told, D2025, D2020)) == [("A", None, "2021-12-31")]


def test_another_title_begins_on_the_lists_day_or_on_the_day_that_it_tells() -> None:
    known = periods(("A", None, None))
    assert shown(merged(known, periods(("B", None, None)), D2025, D2020)) == [
        ("A", None, "2024-12-31"),
        ("B", "2025-01-01", None),
    ]
    assert shown(merged(known, periods(("B", "2021-01-01", None)), D2025, D2020)) == [
        ("A", None, "2020-12-31"),
        ("B", "2021-01-01", None),
    ]


def test_a_day_before_a_list_that_still_had_the_old_title_is_not_believed() -> None:
    found = merged(periods(("A", None, None)), periods(("B", "2021-01-01", None)), D2025, D2023)
    assert shown(found) == [("A", None, "2024-12-31"), ("B", "2025-01-01", None)]


def test_an_older_list_imported_later_leaves_what_is_known_of_the_time_after_it() -> None:
    known = periods(("A", "2017-01-01", "2020-12-31"), ("B", "2021-01-01", None))
    assert merged(known, periods(("A", None, None)), D2020, None) == known
    assert merged(periods(("A", "2024-01-01", None)), (), D2020, None) == periods(("A", "2024-01-01", None))


def test_a_code_that_comes_back_does_not_fill_the_time_between() -> None:
    known = periods(("A", None, "2019-12-31"))
    assert shown(merged(known, periods(("A", None, None)), D2025, D2023))[1] == ("A", "2025-01-01", None)


def test_a_former_meaning_that_only_a_later_list_tells_is_added_before() -> None:
    told = periods(("A", "2017-01-01", "2020-12-31"), ("B", "2021-01-01", None))
    assert shown(merged(periods(("B", None, None)), told, D2025, None)) == shown(told)


def test_an_alternative_title_is_no_new_meaning() -> None:
    known = (Period("Att gå", "Gå|Promenera"),)
    (found,) = merged(known, (Period("Gå", "Att gå"),), D2025, D2023)
    assert (found.titel, set(found.alias.split("|"))) == ("Gå", {"Att gå", "Promenera"})


# Changes


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("Att ta emot enkla meddelanden", "Att ta emot komplexa meddelanden", False),
        ("Känsla av trygghet", "Känsla av otrygghet", False),
        ("Att kunna gå", "Att inte kunna gå", False),
        ("Luftkvalitet", "Luft", False),
        ("Funktioner som reglerar kroppstemperatur", "Funktioner för kroppstemperatur", True),
        ("Att sköta om näsan", "Att sköta näsan", True),
        ("Hår i armhålan (axillen)", "Hår i armhålan", True),
        ("Stöd från personliga vårdgivare", "Stöd från personlig vårdgivare", True),
        ("KROPPSFUNKTIONER", "Kroppsfunktioner", True),
    ],
)
def test_a_new_meaning_is_told_from_a_new_spelling(before: str, after: str, same: bool) -> None:
    assert means_the_same(Period(before), Period(after)) is same


def test_a_withdrawn_code_names_the_code_that_most_likely_follows_it() -> None:
    found = changes(
        {
            "b1528A": periods(("Känsla av trygghet", None, "2023-12-31")),
            "b1528C": periods(("Känsla av otrygghet", "2024-01-01", None)),
            "b2408A": periods(("Ljudkänslighet", "2024-01-01", None)),
        }
    )
    assert Change("withdrawn", "b1528A", date(2024, 1, 1), "Känsla av trygghet", None, "b1528C") in found


def test_a_title_that_moves_to_another_code_is_a_silent_redefinition() -> None:
    found = changes(
        {
            "d1": periods(("Att ta emot ett", None, "2020-12-31"), ("Att ta emot en", "2021-01-01", None)),
            "d2": periods(("Att ta emot ett", "2021-01-01", None)),
        }
    )
    assert Change("redefined", "d1", date(2021, 1, 1), "Att ta emot ett", "Att ta emot en", "d2") in found


def test_the_built_in_lists_tell_the_changes_that_icf_is_known_for() -> None:
    found = {(each.kind, each.kod, str(each.dag), each.likely) for each in changes(periods_of(codelist("icf")))}
    assert {
        ("redefined", "d3101", "2021-01-01", "d3100"),
        ("redefined", "d3102", "2021-01-01", "d3101"),
        ("redefined", "e260", "2019-09-01", "e2600"),
        ("withdrawn", "b1528A", "2024-01-01", "b1528C"),
        ("withdrawn", "d138", "2021-01-01", "d134"),
    } <= found


# What a home's lists mean


def own_list(*rows: tuple[str, str, str]) -> CodeLists:
    frame = pd.DataFrame(
        [(kod, titel, "", till, "", "", "d", "2") for kod, titel, till in rows], columns=codelist("icf").columns
    )
    return CodeLists({"icf": frame.astype(pd.ArrowDtype(pa.string()))})


def test_a_spelling_of_two_codes_means_what_the_built_in_list_says_or_nothing() -> None:
    found = own_list(
        ("d450", "Dubbel", ""), ("d455", "Dubbel", ""), ("b230", "Hörsel", ""), ("b235", "Hörsel", "")
    ).lookup("icf")
    assert "dubbel" not in found
    assert found["hörsel"] == "b230"
    assert found["d450"] == "d450"


def test_lists_that_the_home_does_not_have_are_the_built_in_ones() -> None:
    assert own_list(("d450", "Att gå", "")).codelist("kon").equals(codelist("kon"))


def test_without_dated_lists_the_built_in_list_is_unchanged() -> None:
    for built_in in SOURCES.values():
        same = laid_over(built_in, []).sort_values(["kod", "giltig_fran"], ignore_index=True)
        assert same.equals(codelist(built_in).sort_values(["kod", "giltig_fran"], ignore_index=True))


def test_a_dated_list_named_otherwise_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kodlistor").mkdir()
    (tmp_path / "kodlistor" / "icf-2025.csv").write_text("")
    with pytest.raises(IbicError, match=r"icf-2025\.csv"):
        dated_lists(Home(tmp_path))


def test_a_dated_list_that_was_damaged_is_refused(tmp_path: Path) -> None:
    done = import_list(Home(tmp_path), "icf", FOLDER / "icf.tsv", D2025, withdraw_many=True)
    done.path.write_text(done.path.read_text().replace("giltig_till", "till"))
    (one,) = dated_lists(Home(tmp_path))
    with pytest.raises(IbicError, match="as `ibic codes import` wrote it"):
        read_dated(one)
