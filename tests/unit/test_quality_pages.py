"""What the pages of data quality say: what costs most, how it is mended, how far figures can be relied on."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.derive.exclusions import NOT_KNOWN
from ibic_pipeline.derive.headers import indicators
from ibic_pipeline.home import Home
from ibic_pipeline.publish.manifest import describe
from ibic_pipeline.quality.sources import UNIT_TABLES
from ibic_pipeline.quality.trend import trend, with_accounting
from ibic_pipeline.report import write_report
from ibic_pipeline.report.quality_checks import checks_of, deliveries_of
from ibic_pipeline.report.quality_findings import SHOWN, findings
from ibic_pipeline.report.quality_words import STEPS, TABLES, UNITS, is_general, mended, wrong
from schemas import CONTRACTS
from schemas.rulebook import every_rule
from tests.support.quality_tables import accounting, quality_release, reason
from tests.support.releases import NOW, Figure, indikator_table, make_home, make_municipality

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def pages(home: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("release")
    write_report(folder, quality_release(home, folder))
    return {path.name: path.read_text(encoding="utf-8") for path in (folder / "rapport").iterdir()}


def ranked(*rows: dict[str, Any], accounts: list[dict[str, Any]] | None = None) -> list[Any]:
    return findings(
        pd.DataFrame(list(rows) or [reason("x", "T1", 0, 0.0)][:0], columns=list(reason("x", "T1", 0, 0.0))),
        accounts or [],
        5,
    )


def test_a_finding_says_how_many_of_what_lack_what_and_what_of_which_figure_cannot_be_judged() -> None:
    (found,) = ranked(reason("saknar_ansokan", "T8", 412, 0.38))
    assert found.vad == "412 beslut saknar ansökans datum."
    assert found.kostar == f"Upp till 38,0{NBSP}% av nämnaren i T8, 2025, kan inte bedömas."
    assert "ansökan" in found.rad


def test_findings_are_ranked_by_how_much_of_all_figures_they_cost_and_told_by_the_worst_of_them() -> None:
    rows = [
        reason("BES-013", "T9", 30, 0.20),
        reason("saknar_skala", "M4", 60, 0.15),
        reason("saknar_skala", "M7", 60, 0.17),
    ]
    first, second = ranked(*rows)
    assert (first.kod, second.kod) == ("saknar_skala", "BES-013")
    assert f"17,0{NBSP}% av nämnaren i M7" in first.kostar
    assert f"Berör också M4 (15,0{NBSP}%)." in first.kostar


def test_a_hidden_number_is_not_said_to_be_small_and_a_figure_whose_number_may_be_told_goes_first() -> None:
    few = reason("GPL-103", "T12", None, 0.30)
    (found,) = ranked(few)
    assert found.vad.startswith("Ett antal personer: typ saknas i tabellen genomforandeplan")
    (found,) = ranked(few, reason("GPL-103", "T10", 7, 0.10))
    assert found.vad.startswith("7 uppdrag: typ saknas")


def test_a_flag_makes_the_figure_uncertain_and_does_not_lose_it() -> None:
    (found,) = ranked(reason("BES-013", "T9", 30, 0.20))
    assert found.kostar.endswith("är osäker.")


def test_refused_rows_cost_their_share_in_every_figure_made_of_what_they_carry() -> None:
    (found,) = ranked(accounts=[accounting("utredning", last=1000, regler={"UTR-001": 40})])
    assert found.vad.startswith("40 rader med utredningar avvisades: ")
    assert "T1" in found.kostar
    assert found.kostnad == pytest.approx(0.04 * len(indicators()))
    (below,) = ranked(accounts=[accounting("uppfoljning", last=1000, regler={"UPF-014": 40})])
    assert below.kostnad == pytest.approx(0.04 * 3)
    assert below.kostar.endswith("Berör F2, F3 och P3.")


def test_few_refused_rows_are_not_counted_out() -> None:
    (found,) = ranked(accounts=[accounting("utredning", last=1000, regler={"UTR-001": 4})])
    assert found.vad.startswith("Några få rader med utredningar")


def test_test_persons_warnings_and_rows_refused_because_of_another_are_no_findings_of_their_own() -> None:
    assert (
        ranked(accounts=[accounting("beslut", regler={"BES-503": 9, "BES-005": 9, "BES-013": 9, "LEV-011": 9})]) == []
    )


def test_the_same_fault_in_several_tables_is_one_finding() -> None:
    rules = {"IND-201": 20, "UTR-202": 20, "BES-203": 6}
    (found,) = ranked(accounts=[accounting("beslut", regler=rules)])
    assert found.kod in ("IND-201", "UTR-202")


def test_at_most_ten_findings_are_told() -> None:
    codes = [code for code, rule in every_rule().items() if rule.severity == "varna" and rule.table in CONTRACTS]
    assert len(ranked(*(reason(code, "T1", 9, 0.1) for code in codes))) == SHOWN


@pytest.mark.parametrize("code", sorted([*NOT_KNOWN, *(c for c, r in every_rule().items() if r.table in CONTRACTS)]))
def test_every_reason_has_words_and_an_advice_that_names_the_step_in_combine_or_is_marked_as_general(code: str) -> None:
    assert wrong(code, 7, "beslut").startswith("7 beslut")
    assert not wrong(code, 7, "beslut").endswith(".")
    advice = mended(code)
    assert advice.endswith(".")
    assert ("Steg i Combine: " in advice) is not is_general(code)


def test_units_tables_and_steps_have_words() -> None:
    assert set(UNITS) == set(UNIT_TABLES)
    assert set(TABLES) == set(CONTRACTS) >= set(STEPS)


def test_every_municipality_with_data_has_a_page_and_every_page_leads_to_the_countys(pages: dict[str, str]) -> None:
    assert {name for name in pages if name.startswith("datakvalitet")} == {
        "datakvalitet.html", "datakvalitet-0642.html", "datakvalitet-0680.html",
    }  # fmt: skip
    for name, text in pages.items():
        assert 'href="datakvalitet.html"' in text, name
    assert 'href="datakvalitet-0642.html">Mullsjö</a>' in pages["datakvalitet.html"]


def test_the_current_page_is_marked_in_the_navigation(pages: dict[str, str]) -> None:
    for name in ("index.html", "datakvalitet.html"):
        assert f'<a href="{name}" aria-current="page">' in pages[name]
        assert pages[name].count('aria-current="page"') == 1


def test_the_accounting_is_a_picture_with_its_numbers_and_the_same_in_a_table(pages: dict[str, str]) -> None:
    text = pages["datakvalitet-0642.html"]
    picture = text[text.index("<svg xmlns") : text.index("</svg>", text.index("<svg xmlns")) + 6]
    svg = ET.fromstring(picture)
    named = {each.attrib["id"]: each.text for each in svg if each.tag.endswith(("title", "desc"))}
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-labelledby"].split() == list(named)
    numbers = [each.text for each in svg.iter() if each.tag.endswith("}text")][1::2]
    assert numbers == [f"1{NBSP}000", "12", "950", "30", "45", "5"]
    for number in numbers:
        assert f"<td>{number}</td>" in text


def test_bounds_stand_beside_figures_with_what_touches_most(pages: dict[str, str]) -> None:
    text = pages["datakvalitet-0642.html"]
    row = text[text.index('<span class="id">T1</span>') :]
    row = row[: row.index("</tr>")]
    assert f'<td>40,0{NBSP}%</td><td class="dag">30,0–45,0{NBSP}%</td><td>15,0{NBSP}%</td>' in row
    assert 'verkstallt ligger före beslutsdatum <span class="kod">BES-013</span>' in row


def test_figures_that_nothing_touches_and_those_that_are_not_shown_are_told_apart(pages: dict[str, str]) -> None:
    text = pages["datakvalitet-0642.html"]
    assert "Inget berört, så siffran står fast: T2." in text
    assert "Inga gränser, siffran visas inte: T3." in text


def test_bounds_stand_on_the_pages_of_figures_where_the_period_is_the_same(pages: dict[str, str]) -> None:
    rows = pages["indikator-T1.html"].split("<tr>")
    mullsjo = next(row for row in rows if '<a href="kommun-0642.html">Mullsjö</a>' in row)
    assert f"<td>30,0–45,0{NBSP}%</td>" in mullsjo
    assert "<td>fast</td>" in pages["indikator-T2.html"]
    assert "30,0–45,0" in pages["kommun-0642.html"]


def test_bounds_of_another_period_do_not_stand_beside_a_figure(home: Home, tmp_path: Path) -> None:
    about = quality_release(home, tmp_path)
    earlier = [Figure("0642", 40, 100, "visas", "T1", "manad", month) for month in ("2026-03", "2026-05")]
    for figure in earlier:
        pq.write_table(indikator_table([figure]), tmp_path / "jamforelse" / "indikator.parquet")
        write_report(tmp_path, about)
        text = (tmp_path / "rapport" / "indikator-T1.html").read_text(encoding="utf-8")
        assert f"30,0–45,0{NBSP}%" not in text


def test_no_name_of_a_reason_stands_on_a_page(pages: dict[str, str]) -> None:
    for text in pages.values():
        assert not [each for each in NOT_KNOWN if each in text]


def test_a_release_without_the_tables_has_neither_pages_nor_links(home: Home, tmp_path: Path) -> None:
    about = describe("2026-07-01T013000Z", NOW, home.lan, [make_municipality(home, "0642")], indicators()[:1])
    (tmp_path / "jamforelse").mkdir()
    pq.write_table(indikator_table([Figure("0642", 20, 40)]), tmp_path / "jamforelse" / "indikator.parquet")
    write_report(tmp_path, about)
    for path in (tmp_path / "rapport").iterdir():
        assert "datakvalitet" not in path.name + path.read_text(encoding="utf-8")


CATALOGUE = pd.DataFrame(
    [
        {
            "kontroll": "DK-101",
            "tabell": "utredning",
            "del": None,
            "mening": "Har beslut.",
            "gor_sa": "Ta ut.",
            "allmant_rad": True,
        }
    ]
)


def result(**changed: Any) -> dict[str, Any]:
    row = {
        "kontroll": "DK-101", "tabell": "utredning", "del": None, "kommunkod": "0642", "brister": 30.0,
        "underlag": 100.0, "andel": 0.3, "troskel": 0.1, "status": "underkand", "allvar": "varna",
        "forst_sedd": date(2026, 5, 31), "senast_godkand": None, "fa": False,
    }  # fmt: skip
    return row | changed


def test_a_check_that_fails_is_told_with_its_share_its_limit_and_since_when() -> None:
    found = checks_of(pd.DataFrame([result(), result(status="godkand"), result(kommunkod="0680")]), CATALOGUE, "0642")
    assert dict(found.antal) == {"gick inte att pröva": 0, "underkända": 1, "ej tillämpliga": 0, "godkända": 1}
    (outcome,) = found.att_se_over
    assert (outcome.mening, outcome.avviker, outcome.grans) == (
        "Har beslut.",
        f"30,0{NBSP}% (30 av 100)",
        f"10,0{NBSP}%",
    )
    assert (outcome.forst, outcome.senast, outcome.allmant) == ("31 maj 2026", "aldrig", True)


def test_a_check_with_hidden_breaches_or_without_an_answer_shows_no_number() -> None:
    few = result(fa=True, brister=None, andel=None)
    failed = result(status="fel", brister=None, underlag=None, andel=None)
    found = checks_of(pd.DataFrame([few, failed]), CATALOGUE, "0642").att_se_over
    assert [(each.status, each.avviker) for each in found] == [
        ("gick inte att pröva", "–"),
        ("underkänd", "visas inte"),
    ]


def test_the_countys_own_checks_are_told_on_the_countys_page() -> None:
    rows = pd.DataFrame([result(), result(kommunkod=None, brister=50.0)])
    assert [each.avviker for each in checks_of(rows, CATALOGUE, None).att_se_over] == [f"30,0{NBSP}% (50 av 100)"]


def measures(leverans: str, failing: int) -> pa.Table:
    rows = [
        {"matt": "DK-101", "antal": failing, "underlag": 100},
        {"matt": "DK-102", "antal": 0, "underlag": 0},
        {"matt": "rader", "antal": 700, "underlag": None},
        {"matt": "avstamning", "del": "karantan", "antal": 20, "underlag": None},
    ]
    day = date.fromisoformat(leverans)
    common = {"kommunkod": "0642", "leverans": leverans, "dag": day, "tabell": "utredning", "del": None, "varde": None}
    return pa.Table.from_pylist([common | row for row in rows])


def test_the_trend_lays_todays_thresholds_over_every_delivery_that_is_kept(home: Home) -> None:
    schema = pa.unify_schemas([measures("2026-05-31", 5).schema])
    table = trend(pa.concat_tables([measures("2026-06-30", 50), measures("2026-05-31", 5).cast(schema)]), home.lan)
    first, second = deliveries_of(table.to_pandas(), "0642")
    assert (first.leverans, first.provade, first.underkanda) == ("2026-05-31", 1, 0)
    assert (second.leverans, second.provade, second.underkanda) == ("2026-06-30", 1, 1)
    assert (second.rader, second.avvisade, second.lasta) == (700, 20, None)
    assert deliveries_of(table.to_pandas(), None) == deliveries_of(table.to_pandas(), "0680") == []


def test_a_deliverys_accounting_is_kept_with_its_measures(tmp_path: Path) -> None:
    path = tmp_path / "avstamning.parquet"
    pq.write_table(pa.table({"last": [10, 5], "karantan": [1, 0], "flaggade": [2, 1]}), path)
    kept = with_accounting(measures("2026-06-30", 5), path).to_pylist()
    found = {row["del"]: row["antal"] for row in kept if row["matt"] == "avstamning" and row["leverans"] is None}
    assert found == {"last": 15, "karantan": 1, "flaggade": 3}
    nothing = measures("2026-06-30", 5).slice(0, 0)
    assert with_accounting(nothing, path).num_rows == 0
