"""A delivery is refused as a whole when its numbers cannot be right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import DeliveredFile
from ibic_pipeline.harmonise import HarmonisedFile, Part
from ibic_pipeline.profile import Del, Fil
from ibic_pipeline.validate import Validated, check_limits
from ibic_pipeline.validate.accounting import ACCOUNTING_SCHEMA, ROWS_SCHEMA
from ibic_pipeline.validate.gaps import with_empty_months
from schemas.delivery_rules import delivery_rules
from tests.support.deliveries import profile
from tests.support.raw_worlds import raw_world, validated_texts

LIMITS = profile(leverans={"hogsta_andel_karantan": 0.25, "lagsta_andel_av_forra": 0.5})

Numbers = tuple[str, int, int]
"""(export, rows read, rows quarantined) of one file."""


def accounting(*files: Numbers) -> pa.Table:
    rows = [
        {
            "kommunkod": "0680", "leverans_id": "2026-06-30", "kallfil": f"{i}.csv", "export": export, "last": read,
            "godkanda": read - quarantined, "karantan": quarantined, "dubbletter": 0, "flaggade": 0, "regler": [],
        }
        for i, (export, read, quarantined) in enumerate(files)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=ACCOUNTING_SCHEMA)


def quarantine(files: tuple[Numbers, ...], *rules: str) -> pa.Table:
    """Every quarantined row of every file breaks each of the rules."""
    rows = [
        {"kallfil": f"{i}.csv", "kallrad": row, "regel": rule}
        for i, (_, _, quarantined) in enumerate(files)
        for row in range(quarantined)
        for rule in rules
    ]
    return pa.Table.from_pylist(rows, schema=ROWS_SCHEMA)


def file(name: str, export: str, rows: int, unknown: int = 0) -> HarmonisedFile:
    asked = Fil(monster=name, delar=(Del(tabell="beslut", kolumner={}),))
    delivered = DeliveredFile(export, asked, Path(name), name, "")
    return HarmonisedFile(delivered, np.arange(rows), np.zeros(rows, dtype=bool), (), [], np.arange(rows) < unknown)


def reasons(
    *now: Numbers, before: pa.Table | None = None, rules: tuple[str, ...] = ("BES-107", "BES-106"), unknown: int = 0
) -> list[str]:
    """What refuses a delivery; the first ``unknown`` rows of every file are of no known municipality."""
    files = [file(f"{i}.csv", export, read, unknown) for i, (export, read, _) in enumerate(now)]
    empty = ROWS_SCHEMA.empty_table()
    try:
        check_limits(files, Validated({}, quarantine(now, *rules), empty, empty, accounting(*now)), before, LIMITS)
    except DeliveryRefused as refused:
        return [code for code, _ in refused.reasons]
    return []


@pytest.mark.parametrize(("quarantined", "expected"), [(25, []), (26, ["LEV-006"])])
def test_a_quarter_may_be_quarantined_and_no_more(quarantined: int, expected: list[str]) -> None:
    assert reasons(("beslut", 30, quarantined), ("uppdrag", 70, 0)) == expected


def test_rows_that_only_belong_to_a_refused_one_do_not_count() -> None:
    assert reasons(("beslut", 100, 10), ("uppdrag", 100, 100), rules=("UPP-003",)) == []
    assert reasons(("beslut", 100, 10), ("uppdrag", 100, 100), rules=("UPP-003", "UPP-002")) == ["LEV-006", "LEV-006"]


def test_rows_of_unknown_municipality_do_not_count_against_the_one_that_answers_for_them() -> None:
    assert reasons(("beslut", 100, 60), rules=("LEV-010",), unknown=60) == []
    assert reasons(("beslut", 100, 11), unknown=60) == ["LEV-006"]


@pytest.mark.parametrize(("read", "expected"), [(50, []), (49, ["LEV-005"])])
def test_half_of_last_times_rows_are_enough(read: int, expected: list[str]) -> None:
    assert reasons(("beslut", read, 0), before=accounting(("beslut", 60, 0), ("beslut", 40, 0))) == expected


def test_one_wholly_refused_export_is_not_hidden_by_the_others() -> None:
    assert reasons(("beslut", 1000, 0), ("uppfoljning", 50, 50)) == ["LEV-006"]


def test_a_small_export_is_judged_with_the_whole_delivery() -> None:
    assert reasons(("beslut", 1000, 0), ("uppfoljning", 20, 8)) == []


def test_every_reason_is_told() -> None:
    before = accounting(("beslut", 100, 0), ("uppdrag", 100, 0))
    found = reasons(("utredning", 0, 0), ("beslut", 40, 40), ("uppdrag", 10, 0), before=before)
    assert found == ["LEV-009", "LEV-005", "LEV-005", "LEV-006"]


@pytest.mark.parametrize("export", ["utredning", "beslut"])
def test_a_municipality_without_a_row_in_a_head_file_is_refused(export: str) -> None:
    assert reasons((export, 0, 0)) == ["LEV-009"]
    assert reasons((export, 0, 0), (export, 5, 0)) == ["LEV-009"]
    assert reasons((export, 5, 0), (export, 0, 0)) == []
    assert reasons((export, 5, 0), unknown=5) == ["LEV-009"]


def test_an_empty_first_sheet_of_several_like_it_does_not_refuse_the_delivery() -> None:
    sheets = [replace(file("enheter.xlsx", "beslut", rows), records=np.arange(rows)) for rows in (0, 5)]
    empty = ROWS_SCHEMA.empty_table()
    validated = Validated({}, empty, empty, empty, accounting(("beslut", 0, 0), ("beslut", 5, 0)))
    check_limits(sheets, validated, None, LIMITS)
    with pytest.raises(DeliveryRefused, match="LEV-009"):
        check_limits(sheets[:1] * 2, validated, None, LIMITS)


def decided(*days_of_months: tuple[int, int, int], export: str = "beslut") -> HarmonisedFile:
    """Decisions as (year, month, how many) of them, each on days of its own."""
    days = [date(year, month, 1 + i % 28) for year, month, count in days_of_months for i in range(count)]
    frame = pd.DataFrame(
        {"beslutsdatum": pd.Series(pd.arrays.ArrowExtensionArray(pa.array([*days, None], pa.date32())))}
    )
    part = Part("beslut", frame, np.arange(len(frame), dtype=np.int32))
    return replace(file("b.csv", export, len(frame)), parts=[part])


def year(monthly: int, without: int | None = None) -> list[tuple[int, int, int]]:
    return [(2024, month, monthly) for month in range(1, 13) if month != without]


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (year(10, without=6), True),
        (year(10), False),
        (year(9, without=6), False),
        (year(10, without=1), False),
        ([(1955, 1, 1), (2019, 3, 2), *year(10)], False),
        ([(1955, 1, 1), *year(10, without=6), (2031, 5, 1)], True),
        ([], False),
    ],
)
def test_a_month_without_rows_among_full_ones_is_told(months: list[tuple[int, int, int]], expected: bool) -> None:
    (found,) = with_empty_months([decided(*months)])
    assert [(each.code, each.records.tolist()) for each in found.findings] == [("LEV-012", [0])] * expected


def test_sheets_of_one_head_file_are_judged_together_and_other_exports_not() -> None:
    first, second = decided(*year(10, without=6)), decided((2024, 6, 10))
    assert not any(each.findings for each in with_empty_months([first, second]))
    assert not with_empty_months([decided(*year(10, without=6), export="uppdrag")])[0].findings


def test_a_month_without_rows_stands_among_the_flags_of_the_whole_file() -> None:
    texts = raw_world()
    decision = texts["beslut"][0] | {"galler_fran": "2025-01-01", "verkstallt": ""}
    texts["beslut"] += [
        {**decision, "beslut_id": f"C{month}-{i}", "beslutsdatum": f"2024-{month:02}-21"}
        for _, month, count in year(10, without=6)
        for i in range(count)
    ]
    result = validated_texts(texts)
    assert result.flaggor.select(["kallfil", "kallrad", "tabell", "regel"]).to_pylist() == [
        {"kallfil": "beslut.csv", "kallrad": 0, "tabell": "leverans", "regel": "LEV-012"}
    ]
    (rules,) = (row["regler"] for row in result.avstamning.to_pylist() if row["kallfil"] == "beslut.csv")
    assert rules == [("LEV-012", 1)]


def test_an_empty_export_that_was_empty_before_is_fine() -> None:
    assert reasons(("uppfoljning", 0, 0), before=accounting(("uppfoljning", 0, 0))) == []


def test_every_delivery_rule_says_what_is_expected_and_what_to_do() -> None:
    codes = [rule.code for rule in delivery_rules()]
    assert codes == [f"LEV-{number:03d}" for number in range(1, len(codes) + 1)]
    assert all(rule.message.startswith("Förväntat: ") and rule.message.endswith(".") for rule in delivery_rules())
