"""Whatever bytes a delivery holds, it is accepted or clearly refused; a longer search stands in ``support/fuzz``."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.support.depth import searched
from tests.support.fuzz import clean_delivery, deliveries, judge
from tests.support.made_up import LAYOUTS

SOME = searched(25, deep=1000)


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_an_unbroken_delivery_is_read(layout: str) -> None:
    checked = judge(layout, clean_delivery(layout))
    assert checked is not None
    assert not checked.saknade
    assert not checked.skal
    assert all(each["lasbar"] for each in checked.filer)


@SOME
@given(deliveries())
def test_any_bytes_are_accepted_or_clearly_refused(delivery: tuple[str, dict[str, bytes]]) -> None:
    judge(*delivery)
