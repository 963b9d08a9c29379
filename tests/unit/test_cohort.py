"""Cohorts: who is in at each step, samples that can be drawn again, and definitions that can be kept."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.explain import Counts
from ibic_pipeline.home import Home
from ibic_pipeline.review.cohort import Cohort, cohort
from ibic_pipeline.review.definition import Kohort, definition_of, save
from ibic_pipeline.review.sampling import draw
from ibic_pipeline.review.words import as_lines, as_values
from tests.support.lager import CODE, loaded
from tests.support.small_tables import inputs

DAY = date(2025, 6, 30)
ON_THE_DAY: dict[str, Any] = {"insatsgrupp": "boendestod", "pagaende": DAY}
IN_THE_YEAR = {**ON_THE_DAY, "sammanhangande": "2025-01-01..2025-12-31", "lucka": 10}

TABLES = {
    "individ": """individ_id | fodelsear | skydd
        HELA    | 2007 |
        KANT    | 1960 |
        LUCKA10 | 1961 |
        LUCKA11 | 1962 |
        INUTI   | 1963 |
        SEN     | 1964 |
        SLUT    | 1965 |
        HEMLIG  | 1966 | sekretessmarkering
        ANNAN   | 1967 |
        AVSLAG  | 1968 |
        ALDRIG  | 1969 |""",
    "beslut": """beslut_id | individ_id | insats | utfall | galler_fran | galler_tom | upphort
        HELA1  | HELA    | YAA.45.ZZ | bifall | 2020-01-01 |            |
        HELA2  | HELA    | YAA.05.00 | bifall | 2020-01-01 |            |
        KANT   | KANT    | YAA.45.ZZ | bifall | 2025-01-11 | 2025-12-21 |
        L10A   | LUCKA10 | YAA.45.ZZ | bifall | 2024-01-01 | 2025-06-30 |
        L10B   | LUCKA10 | YAA.45.ZZ | bifall | 2025-07-11 |            |
        L11A   | LUCKA11 | YAA.45.ZZ | bifall | 2024-01-01 | 2025-06-30 |
        L11B   | LUCKA11 | YAA.45.ZZ | bifall | 2025-07-12 |            |
        I1     | INUTI   | YAA.45.ZZ | bifall | 2024-01-01 | 2025-10-31 |
        I2     | INUTI   | YAA.45.ZZ | bifall | 2025-02-01 | 2025-03-31 |
        I3     | INUTI   | YAA.45.ZZ | bifall | 2025-11-01 |            |
        SEN    | SEN     | YAA.45.ZZ | bifall | 2025-01-12 |            |
        SLUT   | SLUT    | YAA.45.ZZ | bifall | 2024-01-01 | 2026-12-31 | 2025-12-20
        HEMLIG | HEMLIG  | YAA.45.ZZ | bifall | 2020-01-01 |            |
        ANNAN  | ANNAN   | YAA.05.00 | bifall | 2020-01-01 |            |
        AVSLAG | AVSLAG  | YAA.45.ZZ | avslag | 2020-01-01 |            |
        ALDRIG | ALDRIG  | YAA.45.ZZ | bifall | 2025-06-30 |            | 2025-06-29""",
    "uppdrag": """uppdrag_id | beslut_id | utforare_id | regiform | paborjat | avslutat
        U1 | HELA1 | EGEN | kommunal   | 2020-01-01 | 2025-03-31
        U2 | HELA1 | BOLAG | privat_lov | 2025-04-01 |
        U3 | KANT  | EGEN | kommunal   | 2025-01-11 |
        U4 | L10B  | BOLAG | privat_lov | 2025-07-11 |""",
    "uppfoljning": """uppfoljning_id | beslut_id | datum | kanal
        F1 | HELA1 | 2025-05-01 | journal
        F2 | L10A  | 2025-06-01 | journal""",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return loaded(tmp_path_factory.mktemp("cohort") / "home", inputs(TABLES))


def found(home: Home, definition: dict[str, Any], **more: Any) -> Cohort:
    return cohort(home, CODE, Kohort.model_validate(definition), **more)


def left(home: Home, definition: dict[str, Any]) -> set[str]:
    return set(found(home, definition).steps[-1].personer)


def test_a_decision_is_ongoing_from_its_first_to_its_last_day(home):
    assert "KANT" in left(home, {**ON_THE_DAY, "pagaende": date(2025, 1, 11)})
    assert "KANT" in left(home, {**ON_THE_DAY, "pagaende": date(2025, 12, 21)})
    assert "KANT" not in left(home, {**ON_THE_DAY, "pagaende": date(2025, 12, 22)})


def test_refused_decisions_those_never_in_force_other_interventions_and_protected_persons_are_out(home):
    everyone = left(home, ON_THE_DAY)

    assert everyone == {"HELA", "KANT", "LUCKA10", "LUCKA11", "INUTI", "SEN", "SLUT"}


def test_a_gap_of_as_many_days_as_allowed_is_none_and_one_day_more_is_one(home):
    continuous = left(home, IN_THE_YEAR)

    assert {"LUCKA10", "KANT"} <= continuous, "10 days within, and 10 at either end"
    assert not {"LUCKA11", "SEN", "SLUT"} & continuous, "11 days within, at the beginning, at the end"


def test_a_short_decision_within_a_long_one_makes_no_gap(home):
    assert "INUTI" in left(home, {**IN_THE_YEAR, "lucka": 0})


def test_the_countys_own_gap_applies_where_none_is_given(home):
    definition = {name: value for name, value in IN_THE_YEAR.items() if name != "lucka"}

    assert "lucka högst 30 dagar" in found(home, definition).steps[1].text
    assert "LUCKA11" in left(home, definition)


def test_age_is_the_year_of_the_day_less_the_year_of_birth(home):
    assert left(home, {**ON_THE_DAY, "alder": "18-64"}) == {"HELA", "LUCKA11", "INUTI", "SEN", "SLUT"} | {"LUCKA10"}
    assert left(home, {**ON_THE_DAY, "alder": "65+"}) == {"KANT"}
    assert left(home, {**ON_THE_DAY, "alder": "0-17"}) == set()


def test_the_provider_is_the_one_of_that_day(home):
    assert left(home, {**ON_THE_DAY, "utforare": "BOLAG"}) == {"HELA"}
    assert left(home, {**ON_THE_DAY, "regiform": "kommunal"}) == {"KANT"}
    assert left(home, {**ON_THE_DAY, "pagaende": date(2025, 3, 31), "utforare": "EGEN"}) == {"HELA", "KANT"}


def test_each_step_holds_no_one_who_was_not_in_the_step_before(home):
    steps = found(home, {**IN_THE_YEAR, "alder": "18+", "n": 2}).steps

    assert [len(step.personer) for step in steps] == [7, 4, 4, 2]
    assert all(set(after.personer) <= set(before.personer) for before, after in pairwise(steps))


def test_an_indicator_is_counted_over_the_persons_of_each_step(home):
    measured = found(home, IN_THE_YEAR, indikator="T2", period="2025-06").measured

    assert measured is not None
    assert [figure.antal for figure in measured.figures] == [Counts(5, 2, 2), Counts(3, 2, 1)]


def test_the_persons_other_interventions_count_only_when_asked_for(home):
    own = found(home, ON_THE_DAY, indikator="T2", period="2025-06").measured
    every = found(home, ON_THE_DAY, indikator="T2", period="2025-06", alla_insatser=True).measured

    assert own is not None
    assert every is not None
    assert every.figures[0].antal.namnare - own.figures[0].antal.namnare == 1, "HELA2"


def test_it_is_told_in_words_and_in_values_that_say_what_is_restricted(home):
    told = found(home, {**IN_THE_YEAR, "n": 1, "fro": 4}, indikator="T2", period="2025-06")
    values = as_values(told)
    lines = "\n".join(as_lines(told, 50))

    assert "BEGRÄNSAT" in lines
    assert "BEGRÄNSAT" in values["begransat"]
    assert [step["personer"] for step in values["steg"]] == [7, 4, 1]
    assert values["personer"] == list(told.steps[-1].personer)
    assert {row["individ_id"] for row in values["beslut"]} == set(values["personer"])
    assert f"  {values['personer'][0]}  " in lines


def test_a_day_after_the_extraction_is_not_known(home):
    with pytest.raises(IbicError, match="day of extraction, 2026-06-30"):
        found(home, {**ON_THE_DAY, "pagaende": date(2026, 7, 1)})
    with pytest.raises(IbicError, match="sammanhangande"):
        found(home, {**ON_THE_DAY, "sammanhangande": "2025-01-01..2026-07-01"})


def test_an_indicator_needs_its_period(home):
    with pytest.raises(IbicError, match="together"):
        found(home, ON_THE_DAY, indikator="T2")


def test_the_same_ids_and_seed_give_the_same_draw_in_any_order():
    ids = [f"P{number}" for number in range(40)]

    assert draw(ids, 10, 1) == draw(reversed(ids), 10, 1)
    assert draw(ids, 10, 1) != draw(ids, 10, 2)
    assert len(set(draw(ids, 10, 1))) == 10


def test_a_larger_sample_holds_the_smaller_and_no_one_moves_when_another_leaves():
    ids = [f"P{number}" for number in range(40)]
    ten = draw(ids, 10, 1)

    assert set(draw(ids, 5, 1)) < set(ten) < set(draw(ids, 15, 1))
    assert set(draw(set(ids) - {ten[0]}, 10, 1)) > set(ten[1:])
    assert draw(ids, 99, 1) == tuple(sorted(ids))


def test_every_person_is_as_likely_to_be_drawn():
    ids = [f"P{number}" for number in range(20)]
    times = dict.fromkeys(ids, 0)
    for seed in range(1000):
        for each in draw(ids, 5, seed):
            times[each] += 1

    assert all(190 < count < 310 for count in times.values()), "250 expected, standard deviation 14"


def test_a_definition_is_read_as_it_was_saved_and_options_win_over_it(tmp_path: Path):
    definition = Kohort.model_validate({**IN_THE_YEAR, "alder": "18-64", "n": 10, "fro": 3})
    save(definition, tmp_path / "kohort.yaml")

    assert definition_of(tmp_path / "kohort.yaml", {}) == definition
    assert definition_of(tmp_path / "kohort.yaml", {"n": 5, "alder": None}).n == 5


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("pagaende: 2025-06-30", "insatsgrupp"),
        ("insatsgrupp: boendestöd\npagaende: 2025-06-30", r"did you mean boendestod\?"),
        ("insatsgrupp: boendestod\npagaende: 2025-06-31", "pagaende"),
        ("insatsgrupp: boendestod\npagaende: 2025-06-30\nutförare: EGEN", r"did you mean utforare\?"),
        ("insatsgrupp: boendestod\npagaende: 2025-06-30\nlucka: 30", "needs sammanhangande"),
        ("insatsgrupp: boendestod\npagaende: 2025-06-30\nsammanhangande: 2025-06-30..2025-01-01", "the earlier first"),
        ("insatsgrupp: boendestod\npagaende: 2025-06-30\nsammanhangande: 2025", "two days"),
        ("insatsgrupp: boendestod\npagaende: 2025-06-30\nalder: 64-18", "lower age first"),
        ("- boendestod", "keys and values"),
    ],
)
def test_a_definition_that_is_wrong_is_refused_with_what_was_expected(tmp_path: Path, content, said):
    (tmp_path / "kohort.yaml").write_text(content, encoding="utf-8")

    with pytest.raises(IbicError, match=said):
        definition_of(tmp_path / "kohort.yaml", {})


def test_a_definition_that_is_not_there_is_said():
    with pytest.raises(IbicError, match="no such file"):
        definition_of(Path("finns-inte.yaml"), {})
