"""``ibic release attack`` on releases of a county whose municipalities are tiny: none gives a hidden count away."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from ibic_pipeline.cli import app
from ibic_pipeline.home import Home
from tests.support import homes

CODES = ("0642", "0643", "0662")


def attack(home: Home, *options: str) -> tuple[int, dict]:
    ran = CliRunner().invoke(app, ["release", "attack", "--home", str(home.path), "--json", *options])
    return ran.exit_code, json.loads(ran.stdout)


pytestmark = pytest.mark.usefixtures("few_indicators")


@pytest.fixture(scope="module")
def published(few_indicators: None, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = homes.small_county(tmp_path_factory.mktemp("lan") / "home", CODES)
    for code in CODES:
        homes.load(home, code)
    homes.publish(home)
    return home


def test_a_release_of_tiny_municipalities_withstands_it(published: Home):
    code, found = attack(published)
    assert (code, found["funna"]) == (0, [])
    assert found["dolda"] > 100


def test_so_do_two_releases_of_which_the_later_has_another_delivery(published: Home, tmp_path: Path):
    home = homes.copy_of(published.path, tmp_path / "home")
    homes.deliver(home.path, "0643", "2024-02-29_omtag")
    plans = home.inkorg / "0643" / "2024-02-29_omtag" / "genomforandeplaner.csv"
    lines = plans.read_text(encoding="utf-8").splitlines(keepends=True)
    plans.write_text("".join([*lines[:-3], lines[-1].replace("6", "4")]), encoding="utf-8")
    homes.load(home, "0643")
    homes.publish(home)
    code, found = attack(home)
    assert (code, found["funna"], len(found["releases"])) == (0, [], 2)


def test_a_hidden_number_that_is_shown_again_in_one_place_gives_others_away(published: Home, tmp_path: Path):
    """The county's own hidden figures are put back: the municipalities' follow from them."""
    home = homes.copy_of(published.path, tmp_path / "home")
    release = sorted((home.publicerat / "releaser").iterdir())[-1]
    path = release / "jamforelse" / "indikator.parquet"
    shown, counts = pq.read_table(path).to_pandas(), pq.read_table(home.lager / "lan" / "indikator.parquet").to_pandas()
    names = ["indikator", "niva", "kommunkod", "period_typ", "period", "brytning", "grupp"]
    both = shown.merge(counts, on=names, how="left", suffixes=("", "_sant"))
    told = both["niva"].eq("lan") | both["kommunkod"].eq("0642")
    for name in ("namnare", "taljare", "exkluderade"):
        shown[name] = both[name].where(~told, both[f"{name}_sant"])
    pq.write_table(pa.Table.from_pandas(shown, schema=pq.read_schema(path), preserve_index=False), path)
    code, found = attack(home, "--indikator", "T1", "--alone")
    assert code == 1
    assert found["funna"]


def test_a_person_reads_it_in_a_sentence(published: Home):
    ran = CliRunner().invoke(app, ["release", "attack", "--home", str(published.path), "--indikator", "T1"])
    assert ran.exit_code == 0
    assert "hidden counts" in ran.stdout
    assert "skyddsbredd" in ran.stdout


def test_alone_and_before_exclude_each_other(published: Home):
    ran = CliRunner().invoke(app, ["release", "attack", "--home", str(published.path), "--alone", "--before", "x"])
    assert ran.exit_code != 0


def test_the_record_says_what_was_checked_and_that_nothing_is_left(published: Home):
    release = sorted((published.publicerat / "releaser").iterdir())[-1]
    rows = pq.read_table(release / "jamforelse" / "rojandekontroll.parquet").to_pandas()
    by_check = rows.groupby("kontroll")[["antal_provade", "antal_dolda", "antal_kvar"]].sum()
    assert by_check.loc["namnare_min", "antal_dolda"] > 0
    assert by_check.loc["tidigare_utgava", "antal_provade"] == 0
    assert set(rows["utfall"]) <= {"godkand", "ej_tillampligt"}
    assert by_check["antal_kvar"].sum() == 0
