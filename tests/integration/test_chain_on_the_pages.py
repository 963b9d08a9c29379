"""The picture of the process chain, on a municipality's page and in its printed report, is the published table."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

from ibic_pipeline.report.numbers import count_text, percent_text
from ibic_pipeline.report.pages import drawn_of
from ibic_pipeline.report.printable import rendered
from ibic_pipeline.report.printable_contents import printables
from ibic_pipeline.report.site import read_site
from tests.support.sites import HIDDEN, STALE, small_site

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_site(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def printed(release: Path) -> dict[str, str]:
    about = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    site = read_site(release, about)
    made = list(printables(site))
    return dict(rendered(site, made, drawn_of(made)))


def page(release: Path, kod: str) -> str:
    text = (release / "rapport" / f"kommun-{kod}.html").read_text(encoding="utf-8")
    return re.sub(r'.*<section aria-labelledby="kedja">(.*?)</section>.*', r"\1", text, flags=re.DOTALL)


def drawn(release: Path, kod: str) -> ElementTree.Element:
    (found,) = re.findall(r"<svg.*?</svg>", page(release, kod), flags=re.DOTALL)
    return ElementTree.fromstring(found)


def texts(picture: ElementTree.Element) -> list[str]:
    return ["".join(each.itertext()) for each in picture.iter(f"{SVG}text")]


def published(release: Path, kod: str) -> list[dict]:
    rows = pq.read_table(release / "jamforelse" / "processkedja.parquet").to_pylist()
    return sorted((row for row in rows if row["kommunkod"] == kod), key=lambda row: row["steg"])


def expected(row: dict) -> str:
    left = "kvar undertryckt"
    if row["kvar"] is not None:
        left = f"{count_text(row['kvar'])} kvar ({percent_text(row['andel_kvar'])})"
    if row["steg"] == 0:
        return left
    if row["bortfall"] is None:
        return f"{left}, bortfall undertryckt"
    lost = f"bortfall {count_text(row['bortfall'])} ({percent_text(row['andel_bortfall'])})"
    return f"{left}, {lost if row['bortfall'] else 'inget bortfall'}"


@pytest.mark.parametrize("kod", ["0604", "0642", HIDDEN])
def test_every_step_of_the_picture_tells_the_row_of_the_table(release: Path, kod: str):
    told = [each for each in texts(drawn(release, kod)) if "kvar" in each]
    assert told == [expected(row) for row in published(release, kod)]


def test_the_bars_are_as_long_as_the_shares(release: Path):
    rows, picture = published(release, "0642"), drawn(release, "0642")
    bars = [float(each.get("width", 0)) for each in picture.iter(f"{SVG}rect") if each.get("fill") == "#12507b"]
    assert bars == pytest.approx([310 * row["andel_kvar"] for row in rows], abs=0.06)
    lost = [float(each.get("width", 0)) for each in picture.iter(f"{SVG}rect") if "url" in each.get("fill", "")]
    assert lost == pytest.approx([310 * row["andel_bortfall"] for row in rows if row["bortfall"]], abs=0.06)


def test_what_is_hidden_has_no_bar_and_no_number(release: Path):
    picture = drawn(release, HIDDEN)
    assert not [each for each in picture.iter(f"{SVG}rect") if each.get("fill") == "#12507b"]
    assert not re.search(r"\d", " ".join(texts(picture)))
    assert page(release, HIDDEN).count('class="visning-undertryckt"') >= 11


def test_a_chain_of_nobody_looks_like_neither_zero_nor_hidden(release: Path):
    nobody = page(release, STALE).partition("kedjetratt")[0]
    assert "visning-ej_tillampligt" in nobody
    assert "ej tillämpligt" in nobody
    assert "Det är inte noll procent" in nobody
    assert "<svg" not in nobody
    assert "undertryckt" not in nobody


def test_the_table_beside_the_picture_tells_the_same(release: Path):
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page(release, "0604").partition("kedjetratt")[0], flags=re.DOTALL)
    rows = published(release, "0604")
    for row, left, lost in zip(rows, cells[0::2], cells[1::2], strict=True):
        for column, cell in (("kvar", left), ("bortfall", lost)):
            if row["steg"] == 0 and column == "bortfall":
                continue
            shown = row[column] is not None
            wanted = f"{count_text(row[column])} ({percent_text(row[f'andel_{column}'])})" if shown else "undertryckt"
            assert wanted in cell


@pytest.mark.parametrize("kod", ["0604", "0642", HIDDEN])
def test_the_printed_report_has_the_same_picture(release: Path, printed: dict[str, str], kod: str):
    addresses = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', printed[kod])
    pictures = [ElementTree.fromstring(base64.b64decode(each)) for each in addresses]
    own = [texts(each) for each in pictures if "Processkedjan" in "".join(each.itertext())]
    assert own == [texts(drawn(release, kod))]


def test_the_printed_report_says_it_in_words_where_there_is_no_chain(printed: dict[str, str]):
    assert "Inga beslut i" in printed[STALE]
