"""Indicators of the same units are hidden together, so their lists must follow the definitions."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from ibic_pipeline.compare.disclosure.families import RELATED, Family, families, measures
from ibic_pipeline.derive import indicators


def test_indicators_with_the_same_denominator_and_exclusions_are_one_family():
    units = defaultdict(set)
    for each in indicators():
        units[each.namnare, each.exkluderingar, each.typ].add(each.id)
    together = {frozenset(ids) for ids in units.values() if len(ids) > 1}
    assert together == {frozenset(family.members) for family in RELATED}


def test_every_indicator_is_in_one_family():
    ids = [each.id for each in indicators()]
    members = [each for family in families(ids) for each in family.members]
    assert sorted(members) == sorted(ids)


def test_what_lies_between_two_numerators_is_counted():
    n, taljare = np.array([20]), {"M1": np.array([5]), "M2": np.array([8])}
    assert measures(n, taljare, Family(("M1", "M2"), "inom")).tolist() == [[[5, 3, 12]]]


def test_what_is_in_none_of_two_numerators_is_counted():
    n, taljare = np.array([20]), {"D1": np.array([5]), "D2": np.array([8])}
    assert measures(n, taljare, Family(("D1", "D2"), "isar")).tolist() == [[[5, 8, 7]]]


def test_numerators_that_are_not_related_are_each_counted_with_their_rest():
    n, taljare = np.array([20]), {"F2": np.array([5]), "P3": np.array([8])}
    assert measures(n, taljare, Family(("F2", "P3"), "fritt")).tolist() == [[[5, 15], [8, 12]]]
