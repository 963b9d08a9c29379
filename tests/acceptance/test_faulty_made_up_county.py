"""The made-up county with faults: accounting, planted faults, and no personal number anywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.synthetic.county_synth import write_county
from ibic_pipeline.synthetic.faults import fault_codes, fault_names
from ibic_pipeline.synthetic.faults.plant import WHOLE_FILES
from tests.support.made_up import LAYOUTS, home_with_profiles


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    """Every layout of one municipality, with three per cent faults, run with few indicators; and what was said."""
    codes = [each[0] for each in LAYOUTS.values() if len(each) == 1]
    home = home_with_profiles(tmp_path_factory.mktemp("faulty") / "home", codes)
    write_county(home, kommuner=home.lan.kommuner, seed=5, scale=0.05, years=2, faults=0.03)
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.few_indicators", "run", "--home", home.path],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return home, done.stdout + done.stderr


def read_all(home: Home, name: str) -> pa.Table:
    return pa.concat_tables(pq.read_table(home.current(code) / name) for code in home.lan.kommuner)


def test_every_row_of_every_file_is_accounted_for(faulty: tuple[Home, str]) -> None:
    home, _ = faulty
    accounting = read_all(home, "avstamning.parquet").to_pandas()
    files = pd.read_csv(home.path / "facit" / "filer.csv", sep=";", dtype={"kommunkod": str})
    expected = files.groupby(["kommunkod", "fil"])[["rader", "dubbletter"]].sum()
    found = accounting.groupby(["kommunkod", "kallfil"])[["last", "godkanda", "karantan", "dubbletter"]].sum()

    assert (found["last"] == found["godkanda"] + found["karantan"] + found["dubbletter"]).all()
    assert found["last"].to_dict() == expected["rader"].to_dict()
    assert found["dubbletter"].to_dict() == expected["dubbletter"].to_dict()


def test_every_planted_fault_is_found_under_its_rule(faulty: tuple[Home, str]) -> None:
    home, _ = faulty
    planted = pd.read_csv(home.path / "facit" / "fel.csv", sep=";", dtype={"kommunkod": str})
    planted = planted[planted["regel"].notna()]
    kinds = ("karantan", "flaggor", "reparationer")
    noted = pd.concat(read_all(home, f"karantan/{kind}.parquet").to_pandas() for kind in kinds)
    found = pd.MultiIndex.from_frame(noted[["kommunkod", "kallfil", "kallrad", "regel"]])
    wanted = pd.MultiIndex.from_frame(planted[["kommunkod", "fil", "kallrad", "regel"]])
    missed = planted[~wanted.isin(found)]

    assert len(planted) > 500
    of_rows = [name for name in fault_names() if fault_codes()[name] and name not in WHOLE_FILES]
    assert len(set(planted["fel"]) & set(of_rows)) > 0.8 * len(of_rows)
    assert missed.empty, missed.groupby(["fel", "regel"]).size().to_dict()


def test_no_personal_number_is_written_or_said(faulty: tuple[Home, str]) -> None:
    home, said = faulty
    numbers = {line[2:] for line in (home.path / "facit" / "personnummer.txt").read_text().split()}
    delivered = {number for text in texts_below(home.inkorg) for number in ten_digits_in(text)} & numbers
    assert len(delivered) > 200, "the search itself must be able to find the numbers"

    written = [home.lager, home.publicerat, home.dagster]
    leaked = {
        number
        for text in (said, *(text for folder in written for text in texts_below(folder)))
        for number in ten_digits_in(text)
    }
    assert not leaked & numbers


def test_a_protected_person_is_in_no_published_row(faulty: tuple[Home, str]) -> None:
    home, _ = faulty
    individ = read_all(home, "harmoniserat/individ.parquet").to_pandas()
    protected = set(individ.loc[individ["skydd"].notna() & (individ["skydd"] != "ingen"), "individ_id"])
    release = home.publicerat / "releaser"
    published = {
        value
        for path in release.rglob("harmoniserat/*/*.parquet")
        if "individ_id" in pq.read_schema(path).names
        for value in pq.read_table(path, columns=["individ_id"])["individ_id"].to_pylist()
    }

    assert protected
    assert len(published) > 200
    assert not protected & published


def ten_digits_in(text: str) -> set[str]:
    """Every run of digits that may be a personal number, in any spelling, as its last ten digits."""
    found = re.findall(r"(?<!\d)(?:\d{2})?(\d{6})[-+ \u00a0]?(\d{4})(?!\d)", text)
    return {day + number for day, number in found}


def texts_below(folder: Path) -> Iterator[str]:
    """The content of every file and its name; parquet is read, since its bytes are compressed."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        yield path.name
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            yield str(table.schema)
            for column in table.columns:
                if pa.types.is_string(column.type):
                    yield "\n".join(value for value in column.unique().to_pylist() if value)
        else:
            content = path.read_bytes()
            for encoding in ("latin-1", "utf-16-le"):
                yield content.decode(encoding, errors="replace")
