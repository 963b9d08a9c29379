"""How the pages read a median, a difference in percentage points, and a direction."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ibic_pipeline.compare.differences import SKILLNAD
from ibic_pipeline.compare.published import INDIKATOR
from ibic_pipeline.home import Home
from ibic_pipeline.publish import Municipality
from ibic_pipeline.publish.manifest import describe
from ibic_pipeline.report import write_report
from ibic_pipeline.report.drawing import draw
from ibic_pipeline.report.figures import Panel, panels
from ibic_pipeline.report.findings import caveats, finding
from ibic_pipeline.report.measures import DAYS, counted_text, signed, span_text
from ibic_pipeline.report.pictures import dots
from ibic_pipeline.storage import write_parquet
from tests.support.releases import NAMES, NOW, Figure, indikator_table, make_home, one_indicator

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("home"))


def about(home: Home, indikator: str, codes: list[str]) -> dict[str, Any]:
    municipalities = [Municipality(code, NAMES[code], "lokal", None) for code in codes]
    said = describe("2026-07-01T013000Z", NOW, home.lan, municipalities, one_indicator(indikator))
    for each in said["kommuner"]:
        each["version"] = "v1"
    return said


def with_medians(figures: list[Figure], medians: dict[str | None, tuple[float, float, float, float]]) -> pa.Table:
    """Published figures with median, its interval and the 90th percentile by kommunkod."""
    columns = ("median", "median_ki_lag", "median_ki_hog", "p90")
    rows = indikator_table(figures).to_pylist()
    told = [row | dict(zip(columns, medians.get(row["kommunkod"], (None,) * 4), strict=True)) for row in rows]
    return pa.Table.from_pylist(told, schema=INDIKATOR)


def skillnad(kommunkod: str | None, *figures: float | None, status: str = "visas") -> dict[str, Any]:
    return {
        "indikator": "F6", "niva": "kommun" if kommunkod else "lan", "kommunkod": kommunkod, "period_typ": "manad",
        "period": "2026-06", "brytning": "regiform", "grupp_a": "privat", "grupp_b": "kommunal",
        **dict(zip(("skillnad_pe", "ki_lag", "ki_hog"), figures, strict=True)), "n_a": 40, "n_b": 60, "status": status,
    }  # fmt: skip


def days(home: Home) -> Panel:
    figures = [
        Figure(None, 60, 100, indikator="T4"),
        Figure("0642", 20, 50, indikator="T4"),
        Figure("0643", 45, 50, indikator="T4"),
        Figure("0617", status="undertryckt", indikator="T4"),
    ]
    medians = {
        None: (212.0, 190.0, 240.0, 512.0), "0642": (1300.5, 250.0, 1400.0, 1600.0), "0643": (100.0, 80.0, 120.0, 300.0)
    }  # fmt: skip
    return panels(with_medians(figures, medians), None, about(home, "T4", ["0617", "0642", "0643"]))[0]


def apart(home: Home) -> Panel:
    codes = ["0604", "0617", "0642", "0643", "0682"]
    figures = [Figure(code, 50, 100, indikator="F6") for code in [None, *codes[:4]]]
    figures += [Figure("0682", status="ej_utvarderad", indikator="F6")]
    none = (None, None, None)
    rows = [
        skillnad(None, -3.46, -9.0, 2.1),
        skillnad("0604", 12.04, 3.0, 21.0),
        skillnad("0617", *none, status="undertryckt"),
        skillnad("0642", -0.04, -60.0, 60.0, status="osaker"),
    ]
    return panels(indikator_table(figures), pa.Table.from_pylist(rows, schema=SKILLNAD), about(home, "F6", codes))[0]


def test_a_median_is_compared_in_days(home: Home) -> None:
    assert finding(days(home)) == [
        f"Länet: medianen är 212{NBSP}dagar (3 av 3 kommuner ingår).",
        "Tydligt över länet: Mullsjö. Tydligt under länet: Habo.",
        f"Högst median har Mullsjö (1{NBSP}300,5{NBSP}dagar) och lägst Habo (100{NBSP}dagar): "
        f"1{NBSP}200,5{NBSP}dagar skiljer.",
        f"I länet: nio av tio har högst 512{NBSP}dagar.",
    ]
    assert caveats(days(home)) == ["Andelen är undertryckt: Gnosjö."]


def test_the_table_tells_the_median_the_share_and_the_90th_percentile(home: Home, tmp_path: Path) -> None:
    figures = [Figure("0642", 20, 50, indikator="T4"), Figure("0643", status="undertryckt", indikator="T4")]
    told = with_medians(figures, {"0642": (212.0, 180.0, 240.0, 512.0), "0643": (30.0, 20.0, 40.0, 60.0)})
    write_parquet(told, tmp_path / "jamforelse" / "indikator.parquet")
    write_report(tmp_path, about(home, "T4", ["0642", "0643"]))
    text = re.sub(r"<[^>]*>|\s+", " ", (tmp_path / "rapport" / "indikator-T4.html").read_text(encoding="utf-8"))
    text = " ".join(text.split())
    assert "Mullsjö 212 dagar 180–240 dagar 40,0 % 512 dagar 50 röd" in text
    assert "Habo 30 dagar 20–40 dagar undertryckt 60 dagar" in text


def test_a_median_stands_beside_a_share_where_the_share_is_compared(home: Home) -> None:
    figures = [Figure(code, 50, 100, "visas", "D3", "kvartal", "2026-K2") for code in (None, "0642")]
    told = with_medians(figures, {None: (5.0, 5.0, 6.0, 6.0)})
    found = panels(told, None, about(home, "D3", ["0642"]))[0]
    assert finding(found)[0] == f"Länet: 50,0{NBSP}% (1 av 1 kommuner ingår)."
    assert finding(found)[-1] == f"I länet: medianen är 5{NBSP}delar, nio av tio har högst 6{NBSP}delar."


def test_without_any_median_the_share_is_compared(home: Home) -> None:
    found = panels(indikator_table([Figure("0642", 20, 40, indikator="T4")]), None, about(home, "T4", ["0642"]))[0]
    assert (found.matt, found.kommuner[0].varde) == ("andel", 0.5)


def test_a_difference_is_told_in_percentage_points_and_against_zero(home: Home) -> None:
    assert finding(apart(home)) == [
        f"Länet: {MINUS}3,5 procentenheter (4 av 5 kommuner ingår).",
        "Tydligt högre andel hos privata utförare: Aneby.",
        "Plus betyder högre andel hos privata utförare, minus hos kommunala.",
    ]


def test_a_difference_that_is_not_shown_says_why(home: Home) -> None:
    assert [(cell.namn, cell.visning, cell.varde) for cell in apart(home).kommuner] == [
        ("Aneby", "visas", 12.04),
        ("Gnosjö", "undertryckt", None),
        ("Habo", "ej_tillampligt", None),
        ("Mullsjö", "osaker", -0.04),
        ("Nässjö", "ej_utvarderad", None),
    ]


def test_a_release_without_differences_shows_no_share_in_their_place(home: Home) -> None:
    figures = [Figure(code, 50, 100, indikator="F6") for code in (None, "0642")]
    found = panels(indikator_table(figures), None, about(home, "F6", ["0642"]))[0]
    assert [(cell.visning, cell.varde) for cell in (found.lan, *found.kommuner)] == [("saknas", None)] * 2


def test_lower_is_better_where_the_indicator_says_so(home: Home) -> None:
    figures = [Figure(None, 50, 100, indikator="T3"), Figure("0642", 90, 100, indikator="T3")]
    found = panels(indikator_table(figures), None, about(home, "T3", ["0642"]))[0]
    assert found.better == "lägre är bättre"
    assert finding(found)[1] == "Tydligt över länet (sämre): Mullsjö."


def test_the_axis_holds_every_interval_and_is_marked_in_the_unit(home: Home) -> None:
    assert ticks(dot_plot(apart(home))) == [f"{MINUS}75", f"{MINUS}50", f"{MINUS}25", "0", "+25", "+50", "+75"]
    assert ticks(dot_plot(days(home))) == ["0", "500", "1000", "1500"]


def dot_plot(found: Panel) -> str:
    return draw({"bild": dots(found)})["bild"]


def ticks(svg: str) -> list[str]:
    texts = [each.text or "" for each in ET.fromstring(svg).iter() if each.tag.endswith("}text")]
    return [text for text in texts if re.fullmatch(rf"[+{MINUS}]?\d+", text)]


def test_a_difference_has_a_sign_but_not_when_it_rounds_to_zero() -> None:
    assert [signed(each) for each in (3.14, -3.15, 0.04, -0.04)] == ["+3,1", f"{MINUS}3,2", "0,0", "0,0"]


def test_one_is_said_in_singular() -> None:
    assert [counted_text(each, DAYS) for each in (1.0, 1.5, 0.0)] == [f"1{NBSP}dag", f"1,5{NBSP}dagar", f"0{NBSP}dagar"]
    assert span_text(-2.0, 8.24, "skillnad", DAYS) == f"{MINUS}2,0 till +8,2 procentenheter"
