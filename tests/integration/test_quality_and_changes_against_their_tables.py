"""Every figure on the pages of data quality, changes and method is published, given in lan.yaml, or counted."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.publish.difference import Difference, difference
from ibic_pipeline.report import reference, write_changes
from ibic_pipeline.report.numbers import count_text, one_decimal, percent
from tests.integration.test_site_against_its_tables import NUMBER, Cells, published
from tests.support.sites import HIDDEN, small_site

WORDS = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d+Z)?|\d{4}-K\d|\d{4}-\d\d|\b[A-Z]{1,3}-?\d+\b|[a-z]{2,}-\d+|\b[0-9a-f]{12}\b|\d+\.\d+\.\d+"
)
COUNTED = ("last", "godkanda", "karantan", "dubbletter", "flaggade", "reparerade")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_site(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def about(release: Path) -> dict[str, Any]:
    return dict(json.loads((release / "manifest.json").read_text(encoding="utf-8")))


def numbers_of(page: Cells) -> set[str]:
    """Numbers of the page's text; dates, periods, releases, versions, codes and ids are words."""
    return set(NUMBER.findall(WORDS.sub("", page.text)))


def given(said: Any) -> Iterator[str]:
    """Every number that the manifest gives, as the pages write it, and those in its sentences."""
    if isinstance(said, dict):
        for each in said.values():
            yield from given(each)
    elif isinstance(said, list):
        for each in said:
            yield from given(each)
    elif isinstance(said, bool) or said is None:
        return
    elif isinstance(said, int | float):
        yield from {count_text(said), f"{said}"} if isinstance(said, int) else {one_decimal(percent(said))}
        yield from {one_decimal(percent(1 - said))} if isinstance(said, float) and said <= 1 else set()
    else:
        yield from NUMBER.findall(said)


def counted(about: dict[str, Any]) -> Iterator[str]:
    """The accounting's rows, per municipality and together, and their parts of the rows that were read."""
    rows = about["avstamning"]
    for code in {None, *(row["kommunkod"] for row in rows)}:
        own = [row for row in rows if code in (None, row["kommunkod"])]
        totals = {name: sum(row[name] for row in own) for name in COUNTED}
        yield from (count_text(total) for total in totals.values())
        yield from (one_decimal(percent(total / totals["last"])) for total in totals.values())


def page_of(folder: Path, name: str) -> Cells:
    return Cells((folder / "rapport" / name).read_text(encoding="utf-8"))


def test_every_number_on_the_pages_of_data_quality_is_published_given_or_counted(
    release: Path, about: dict[str, Any]
) -> None:
    known = published(release) | set(given(about)) | set(counted(about))
    # A percentage of the text, the limit above which a figure counts as much touched, and how many flaws are told.
    known |= {"100,0", "5"}
    known |= set(pq.read_table(release / "jamforelse" / "datakvalitet_effekt.parquet")["period"].to_pylist())
    pages = sorted(path.name for path in (release / "rapport").glob("datakvalitet*.html"))
    assert len(pages) == 5
    for name in pages:
        found = numbers_of(page_of(release, name))
        assert len(found) > 5, name
        assert found <= known, (name, found - known)


def test_every_number_about_the_method_is_given_counted_or_from_the_national_survey(
    release: Path, about: dict[str, Any]
) -> None:
    survey = set(NUMBER.findall(reference.SOURCE))
    for row in reference.national():
        survey |= {str(row.ar), str(row.antal_svarande), *NUMBER.findall(f"{row.fraga} {row.anmarkning}")}
        survey |= {str(each) for answer in row.svar for each in (answer.procent, answer.antal)}
    known = set(given(about)) | set(counted(about)) | survey
    known |= {str(about["lan"]["disclosure"]["skyddsbredd"]["varde"] + 1), "95", "0,0"}
    found = numbers_of(page_of(release, "om-siffrorna.html"))
    assert found <= known, found - known
    assert len(found) > 60


@pytest.fixture(scope="module")
def later(release: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Difference]:
    """A release in which a tenth of one municipality's shares are others, with its page of changes."""
    folder = tmp_path_factory.mktemp("later") / "release"
    shutil.copytree(release, folder)
    path = folder / "jamforelse" / "indikator.parquet"
    path.chmod(0o644)
    rows = pq.read_table(path)
    moved = pc.if_else(pc.equal(rows["kommunkod"], "0642"), pc.multiply(rows["andel"], 0.9), rows["andel"])
    pq.write_table(rows.set_column(rows.column_names.index("andel"), rows.schema.field("andel"), moved), path)
    found = difference(release, folder, json.loads((folder / "manifest.json").read_text(encoding="utf-8")), 1)
    for each in (folder / "rapport", *(folder / "rapport").iterdir()):
        each.chmod(0o755)
    write_changes(folder, json.loads((folder / "manifest.json").read_text(encoding="utf-8")), found)
    return folder, found


def test_every_number_on_the_page_of_changes_is_of_the_one_release_or_the_other(
    release: Path, later: tuple[Path, Difference]
) -> None:
    folder, found = later
    assert found.andrade.num_rows > 40
    told = [found.andrade.num_rows, found.inom_tolerans, found.andrade.num_rows + found.inom_tolerans, 100, 1]
    told += [number for beyond, every in found.orsaker.values() for number in (beyond, every - beyond)]
    told += [*found.nya.values(), *found.borta.values()]
    told += [each for table in found.tabeller for each in (table.rader_fore, table.rader_efter) if each is not None]
    known = published(release) | published(folder) | {count_text(each) for each in told}
    for row in found.andrade.to_pylist():
        known |= set(NUMBER.findall(f"{row['period']} {row['grupp']}"))
    page = page_of(folder, "andringar.html")
    assert numbers_of(page) <= known, numbers_of(page) - known
    assert len(numbers_of(page)) > 60


def test_no_figure_that_is_hidden_in_either_release_stands_on_the_page_of_changes(
    later: tuple[Path, Difference],
) -> None:
    folder, found = later
    rows = found.andrade.to_pylist()
    assert not [row for row in rows if row["kommunkod"] == HIDDEN and row["indikator"] in ("T1", "M1")]
    hidden = pq.read_table(folder / "jamforelse" / "indikator.parquet").filter(pc.field("status") == "undertryckt")
    assert isinstance(hidden, pa.Table)
    assert hidden.num_rows > 0
