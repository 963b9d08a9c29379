"""The tables of the pages in a real browser: sorted, filtered, and whole without the script that does so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import needs_a_browser
from tests.support.devtools import Browser, browser
from tests.support.sites import small_site


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_site(tmp_path_factory.mktemp("home")) / "rapport"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


COLUMN = """(table, column) => [...document.querySelector(table).tBodies].flatMap(body => [...body.rows])
    .filter(row => !row.hidden).map(row => row.cells[Math.min(column, row.cells.length - 1)].textContent.trim())"""
MUNICIPALITIES = "[aria-labelledby=kommuner] table"


def column(tab: Browser, table: str, number: int) -> list[str]:
    return list(tab.value(f"({COLUMN})('{table}', {number})"))


def press(tab: Browser, heading: str) -> str | None:
    """Press a heading by keyboard: enter on its button; the order that the table then says it has."""
    found = (
        f"[...document.querySelectorAll('{MUNICIPALITIES} th button')].find(each => each.textContent === '{heading}')"
    )
    tab.value(f"{found}.focus()")
    tab.enter()
    return tab.value(f"{found}.closest('th').getAttribute('aria-sort')")


@needs_a_browser
def test_a_table_sorts_by_the_keyboard_numbers_as_numbers_and_what_is_not_shown_last(
    report: Path, tab: Browser
) -> None:
    tab.open(report / "indikator-T1.html")
    names = column(tab, MUNICIPALITIES, 0)
    assert press(tab, "Nämnare (n)") == "ascending"
    up = column(tab, MUNICIPALITIES, 0)
    figures = [each for each in column(tab, MUNICIPALITIES, 3)[1:] if re.fullmatch(r"[\d\s]+", each)]
    assert [int(re.sub(r"\D", "", each)) for each in figures] == sorted(
        int(re.sub(r"\D", "", each)) for each in figures
    )
    assert len(figures) == 3
    assert press(tab, "Nämnare (n)") == "descending"
    down = column(tab, MUNICIPALITIES, 0)
    assert up[0] == down[0] == names[0] == "Jönköpings län"
    assert up[1:4] == down[1:4][::-1]
    assert set(up[4:]) == set(down[4:]) == {"Gnosjö", "Gislaved"}
    assert tab.faults() == []
    assert press(tab, "Nämnare (n)") is None
    assert column(tab, MUNICIPALITIES, 0) == names
    assert press(tab, "Signal") == "ascending"
    signals = [each for each in column(tab, MUNICIPALITIES, 4)[1:] if each in ("röd", "gul", "grön")]
    assert signals == sorted(signals, key=["röd", "gul", "grön"].index)


@needs_a_browser
def test_rows_are_filtered_while_one_writes_and_the_number_left_is_told(report: Path, tab: Browser) -> None:
    tab.open(report / "om-siffrorna.html")
    field = "document.querySelector('.verktyg input')"
    assert tab.value(f"{field} === null")  # so few rows need no filter
    page = report / "indikator-T1.html"
    long = report.parent / "lang.html"
    text = page.read_text(encoding="utf-8")
    start = text.index("<tbody>") + len("<tbody>")
    row = "<tr><th scope='row'>Ort {0}</th><td>{0},5</td><td>–</td><td>{0}</td><td>–</td><td>–</td><td>–</td></tr>"
    long.write_text(text[:start] + "".join(row.format(each) for each in range(20)) + text[start:], encoding="utf-8")
    tab.open(long)
    tab.value(f"{field}.focus()")
    tab.send("Input.insertText", text="ort 1")
    assert len(column(tab, MUNICIPALITIES, 0)) == 11 + 1  # Ort 1, Ort 10 to 19; and the county, which always stands
    assert tab.value("document.querySelector('.verktyg [role=status]').textContent") == "11 av 25 rader"
    assert tab.value(f"{field}.labels[0].textContent").startswith("Filtrera rader: Kommunerna i juni 2026")
    assert tab.faults() == []
    long.unlink()


@needs_a_browser
def test_without_script_the_page_is_whole(report: Path, tab: Browser) -> None:
    tab.send("Emulation.setScriptExecutionDisabled", value=True)
    tab.open(report / "indikator-T1.html")
    tab.send("Emulation.setScriptExecutionDisabled", value=False)
    assert tab.value("document.querySelectorAll('th button, .verktyg').length") == 0
    assert len(column(tab, MUNICIPALITIES, 0)) == 6
