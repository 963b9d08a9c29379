"""A delivery is refused as a whole when its numbers cannot be right."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.validate import check_limits
from ibic_pipeline.validate.accounting import ACCOUNTING_SCHEMA
from schemas.delivery_rules import delivery_rules
from tests.support.deliveries import profile

LIMITS = profile(leverans={"hogsta_andel_karantan": 0.25, "lagsta_andel_av_forra": 0.5})


def accounting(*files: tuple[str, int, int]) -> pa.Table:
    """(export, read, quarantined) per file."""
    rows = [
        {
            "kommunkod": "0680", "leverans_id": "2026-06-30", "kallfil": f"{i}.csv", "export": export, "last": read,
            "godkanda": read - quarantined, "karantan": quarantined, "dubbletter": 0, "flaggade": 0, "regler": [],
        }
        for i, (export, read, quarantined) in enumerate(files)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=ACCOUNTING_SCHEMA)


def reasons(now: pa.Table, before: pa.Table | None = None) -> list[str]:
    try:
        check_limits(now, before, LIMITS)
    except DeliveryRefused as refused:
        return [code for code, _ in refused.reasons]
    return []


@pytest.mark.parametrize(("quarantined", "expected"), [(25, []), (26, ["LEV-006"])])
def test_a_quarter_may_be_quarantined_and_no_more(quarantined: int, expected: list[str]) -> None:
    assert reasons(accounting(("beslut", 30, quarantined), ("uppdrag", 70, 0))) == expected


@pytest.mark.parametrize(("read", "expected"), [(50, []), (49, ["LEV-005"])])
def test_half_of_last_times_rows_are_enough(read: int, expected: list[str]) -> None:
    assert reasons(accounting(("beslut", read, 0)), accounting(("beslut", 60, 0), ("beslut", 40, 0))) == expected


def test_one_wholly_refused_export_is_not_hidden_by_the_others() -> None:
    assert reasons(accounting(("beslut", 1000, 0), ("uppfoljning", 50, 50))) == ["LEV-006"]


def test_a_small_export_is_judged_with_the_whole_delivery() -> None:
    assert reasons(accounting(("beslut", 1000, 0), ("uppfoljning", 20, 8))) == []


def test_every_reason_is_told() -> None:
    before = accounting(("beslut", 100, 0), ("uppdrag", 100, 0))
    assert reasons(accounting(("beslut", 40, 40), ("uppdrag", 10, 0)), before) == ["LEV-005", "LEV-005", "LEV-006"]


def test_an_empty_export_that_was_empty_before_is_fine() -> None:
    assert reasons(accounting(("uppfoljning", 0, 0)), accounting(("uppfoljning", 0, 0))) == []


def test_every_delivery_rule_says_what_is_expected_and_what_to_do() -> None:
    assert [rule.code for rule in delivery_rules()] == [
        "LEV-001", "LEV-002", "LEV-003", "LEV-004", "LEV-005", "LEV-006", "LEV-007", "LEV-008", "LEV-010", "LEV-011",
    ]  # fmt: skip
    assert all(rule.message.startswith("Förväntat: ") and rule.message.endswith(".") for rule in delivery_rules())
