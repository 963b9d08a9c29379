"""The workbook and the printable reports of a whole release: in its manifest, and untouched when persons are purged."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from frictionless import Package

from ibic_pipeline.cli.run import _left_out_of
from ibic_pipeline.home import Home
from ibic_pipeline.pdf import NOT_MADE, can_print
from ibic_pipeline.publish import verify_release
from ibic_pipeline.publish.persons import PERSON
from ibic_pipeline.publish.purge import Notice, purge_from_releases
from ibic_pipeline.workflow.county import _write_pages
from tests.support.releases import make_home, publish_small

WORKBOOK = "rapport/jamforelse.xlsx"
PRINTED = [f"rapport/utskrift/{code}.pdf" for code in ("0604", "0642", "0643")]
NOTICE = Notice(kvitto="k1", tid="2026-07-01T00:00:00Z", av="förvaltare")


def published(home: Home) -> tuple[Path, list[str]]:
    """A release with all that readers open, and what it lacks."""
    left_out: list[str] = []
    return publish_small(home, write_pages=partial(_write_pages, None, home, left_out)), left_out


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def release(home: Home) -> Path:
    return published(home)[0]


def beside_the_pages(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in (WORKBOOK, *PRINTED) if (folder / name).is_file()}


@pytest.mark.skipif(not can_print(), reason="WeasyPrint cannot find Pango on this machine")
def test_they_stand_in_the_manifest_and_the_whole_release_verifies(release: Path) -> None:
    listed = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["filer"]
    assert {WORKBOOK, *PRINTED} <= set(listed)
    assert verify_release(release) == []


@pytest.mark.skipif(not can_print(), reason="WeasyPrint cannot find Pango on this machine")
def test_the_pages_lead_to_the_workbook_and_each_municipality_to_its_report(release: Path) -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in (release / "rapport").glob("*.html")}
    assert all('<a href="jamforelse.xlsx">Arbetsbok (Excel)</a>' in text for text in pages.values())
    for code in ("0604", "0642", "0643"):
        assert f'<a href="utskrift/{code}.pdf">Rapport (PDF)</a>' in pages[f"kommun-{code}.html"]
    for link in {link for text in pages.values() for link in re.findall(r'href="([^"#]+)', text)}:
        assert (release / "rapport" / link).is_file(), link


@pytest.mark.skipif(not can_print(), reason="WeasyPrint cannot find Pango on this machine")
def test_the_data_package_and_the_catalogue_name_them_as_documents_and_not_as_tables(release: Path) -> None:
    package = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    files = {each["path"]: each for each in package["resources"]}
    for name in (WORKBOOK, *PRINTED, "rapport/index.html"):
        assert "type" not in files[name], name
        assert "schema" not in files[name], name
    assert files[PRINTED[0]]["mediatype"] == "application/pdf"
    assert files[WORKBOOK]["mediatype"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert Package(str(release / "datapackage.json")).validate().valid
    graph = json.loads((release / "dcat-ap-se.jsonld").read_text(encoding="utf-8"))["@graph"]
    documents = {each["@id"] for each in graph if each["@type"] == "foaf:Document"}
    assert documents == {WORKBOOK, *PRINTED, "rapport/index.html"}
    (figures,) = [each for each in graph if each.get("dcterms:title", {}).get("@value") and "foaf:page" in each]
    assert {each["@id"] for each in figures["foaf:page"]} == documents


def test_a_purge_of_persons_rewrites_rows_and_leaves_them_as_they_are(home: Home, release: Path) -> None:
    before = beside_the_pages(release)
    assert WORKBOOK in before
    removed = purge_from_releases(
        home, "0642", lambda files: pq.read_table(files["individ"])[PERSON].to_pylist(), NOTICE
    )
    assert removed[release.name]["individ"] == 1
    assert beside_the_pages(release) == before
    assert verify_release(release) == []


def test_a_machine_that_cannot_print_publishes_without_and_says_what_to_install(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ibic_pipeline.report.everything.can_print", lambda: False)
    release, left_out = published(home)
    assert list(beside_the_pages(release)) == [WORKBOOK]
    assert "PDF" not in (release / "rapport" / "kommun-0642.html").read_text(encoding="utf-8")
    assert ".pdf" not in (release / "datapackage.json").read_text(encoding="utf-8")
    assert "libpango-1.0-0" in " ".join(left_out)
    assert verify_release(release) == []


def test_a_run_says_what_a_release_lacks_only_where_it_is_the_machine_that_lacks_it(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ibic_pipeline.pdf.can_print", lambda: True)
    assert _left_out_of(tmp_path, home) == []
    monkeypatch.setattr("ibic_pipeline.pdf.can_print", lambda: False)
    assert _left_out_of(tmp_path, home) == [NOT_MADE]
    (tmp_path / "rapport" / "utskrift").mkdir(parents=True)
    assert _left_out_of(tmp_path, home) == []
