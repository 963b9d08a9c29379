"""The catalogue: a page per indicator that says for whom, what counts, how it misleads and what to do about it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ibic_pipeline.cli import app
from ibic_pipeline.county import Parametrar
from ibic_pipeline.derive.catalogue import THEMES, WIDTH, catalogue, in_reading_order, index, page, write_catalogue
from ibic_pipeline.derive.exclusions import EXCLUSIONS
from ibic_pipeline.derive.headers import Indicator, facts, indicators
from tests.support.made_up import SHIPPED
from tests.support.small_tables import county

EACH = pytest.mark.parametrize("indicator", indicators(), ids=lambda each: each.id)
SECTIONS = (
    "För vem",
    "Vad som räknas",
    "Så läser du siffran",
    "Så kan den vilseleda",
    "Vad du kan göra",
    "Varifrån den kommer",
)


def named(id: str) -> Indicator:
    return next(each for each in indicators() if each.id == id)


@EACH
def test_a_page_has_every_section_filled(indicator: Indicator):
    text = page(indicator, SHIPPED.lan)
    assert text.startswith(f"# {indicator.id} {indicator.namn}\n")
    for section in SECTIONS:
        assert re.search(rf"^## {section}\n\n\S", text, re.MULTILINE), section


@EACH
def test_every_reason_for_leaving_a_unit_out_is_said_in_words_in_the_order_of_the_funnel(indicator: Indicator):
    assert set(indicator.exkluderingar) <= set(EXCLUSIONS)
    text = page(indicator, SHIPPED.lan)
    assert re.findall(r"^\d+\. .*\(`(\w+)`\)$", text, re.MULTILINE) == list(indicator.exkluderingar)


@EACH
def test_what_readers_are_told_holds_no_name_of_a_parameter_or_column(indicator: Indicator):
    for text in (indicator.varde, indicator.malgrupp, indicator.vilseleder, indicator.atgard):
        assert "_" not in (text or "")
    assert not any("_" in text for text in EXCLUSIONS.values())


def test_a_phrase_belongs_to_a_reason_that_some_indicator_gives():
    assert set(EXCLUSIONS) == {reason for each in indicators() for reason in each.exkluderingar}


def read_by(sql: str) -> set[str]:
    return set(re.findall(r"\b\w+\b", sql)) & set(Parametrar.model_fields)


def within_reach(names: tuple[str, ...]) -> set[str]:
    """Parameters that the facts read, and the facts that these read."""
    read = [fact for fact in facts() if fact.namn in names]
    return set().union(*(read_by(fact.sql) | within_reach(fact.indata) for fact in read))


@EACH
def test_a_header_names_the_parameters_that_its_sql_reads_and_none_that_it_cannot_reach(indicator: Indicator):
    own = read_by(indicator.sql)
    assert own <= set(indicator.parametrar) <= own | within_reach(indicator.indata)


def test_every_parameter_of_the_county_decides_some_indicator():
    assert {name for each in indicators() for name in each.parametrar} == set(Parametrar.model_fields)


def test_a_page_shows_the_countys_own_values_with_their_source_and_whether_a_municipality_may_differ():
    text = " ".join(page(named("T10"), SHIPPED.lan).split())
    assert "`gp_frist_dagar`: 14, om inte kommunen har en egen. Ingen nationell frist finns." in text
    assert "`utan_genomforandeplan`: korttidsplats." in text
    lan = county()
    text = " ".join(page(named("D1"), lan).split())
    assert f"`minsta_textlangd`: {lan.parametrar.minsta_textlangd.varde}. Ett exempel." in text
    assert "om inte kommunen" not in text
    assert "## Vad länet bestämmer" not in page(named("D3"), lan)


def test_a_difference_is_best_near_zero_and_a_median_has_its_share_beside():
    assert "närmare noll är bättre" in page(named("F6"), SHIPPED.lan)
    assert "högre andel är bättre" in page(named("T4"), SHIPPED.lan)
    assert "· lägre är bättre ·" in page(named("D2"), SHIPPED.lan)
    assert "Det växer med en om dagen." in " ".join(page(named("T4"), SHIPPED.lan).split())


def test_a_rule_that_no_intervention_falls_under_is_said_to_be_empty():
    assert "`utan_genomforandeplan`: ingen insats. Ett exempel." in page(named("T10"), county())


def test_the_index_holds_every_indicator_once_by_theme_t2_before_t10():
    text = index(SHIPPED.lan)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == list(THEMES.values())
    ids = re.findall(r"^\| \[(\w+)\]\(\1\.md\)", text, re.MULTILINE)
    assert ids == [each.id for each in in_reading_order()]
    assert sorted(ids) == sorted(each.id for each in indicators())
    assert ids.index("T2") < ids.index("T10") < ids.index("M1") < ids.index("F2") < ids.index("D1") < ids.index("P1")


def test_lines_of_pages_fit_a_terminal():
    for name, text in catalogue().items():
        if name != "README.md":
            assert max(len(line) for line in text.splitlines()) <= WIDTH + 20, name


def test_pages_of_indicators_that_are_no_more_are_taken_away(tmp_path: Path):
    (tmp_path / "X9.md").write_text("old", encoding="utf-8")
    write_catalogue(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(catalogue())


@pytest.fixture
def unchanged_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored afterwards; the verb sets them


@pytest.mark.usefixtures("unchanged_environment")
def test_the_front_door_prints_the_same_page_and_lists_in_reading_order(tmp_path: Path):
    def said(*words: str) -> str:
        answer = CliRunner().invoke(app, ["indicators", *words, "--home", str(tmp_path)])
        assert answer.exit_code == 0
        return answer.output

    assert said("m5") == page(named("M5"), SHIPPED.lan)
    assert [line.split()[0] for line in said().splitlines()] == [each.id for each in in_reading_order()]
    (described,) = json.loads(said("D1", "--json"))
    assert described["parametrar"] == {"minsta_textlangd": SHIPPED.lan.parametrar.minsta_textlangd.varde}
    assert "sql" not in described


@pytest.mark.usefixtures("unchanged_environment")
def test_the_front_door_shows_the_values_of_the_home(tmp_path: Path):
    settings = (SHIPPED.path / "lan.yaml").read_text(encoding="utf-8")
    own = settings.replace("varde: 20\n", "varde: 33\n")
    assert own != settings
    (tmp_path / "lan.yaml").write_text(own, encoding="utf-8")
    answer = CliRunner().invoke(app, ["indicators", "D1", "--home", str(tmp_path)])
    assert "`minsta_textlangd`: 33." in answer.output
