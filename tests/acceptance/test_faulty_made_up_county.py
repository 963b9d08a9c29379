"""The made-up county with faults: accounting, planted faults, and nothing personal in what is said or written."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pypdf
import pytest

from ibic_pipeline.extract import find_delivery, read_file
from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.synthetic.county_synth import write_county
from ibic_pipeline.synthetic.faults import fault_codes, fault_names
from ibic_pipeline.synthetic.faults.plant import WHOLE_FILES
from schemas import CONTRACTS
from schemas.contract import FREE_TEXT
from tests.support.made_up import LAYOUTS, home_with_profiles

CHECKED = ("0643", "0687")
"""The layout with reserve numbers, and workbooks: their senders look at them before."""
LONG = 25
NUMBER = re.compile(r"(?<![0-9a-f])(?:\d{2})?(\d{6})[-+ \u00a0]?(\d{4})(?![0-9a-f])")
"""Not within a checksum or a pseudonym, in which such digits stand by chance."""


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    """Every layout of one municipality, with three per cent faults, run with few indicators; and what was said."""
    codes = [each[0] for each in LAYOUTS.values() if len(each) == 1]
    home = home_with_profiles(tmp_path_factory.mktemp("faulty") / "home", codes, printed=True)
    write_county(home, kommuner=home.lan.kommuner, seed=5, scale=0.05, years=2, faults=0.03)
    said = ""
    for code in CHECKED:
        (folder,) = (home.inkorg / code).iterdir()
        said += ibic(
            1, "check", folder, "--kommun", code, "--home", home.path, "--ut", home.path / f"granskning-{code}"
        )
    return home, said + ibic(0, "run", "--home", home.path)


def ibic(code: int, *words: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.few_indicators", *words],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


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


def test_no_personal_number_leaves(faulty: tuple[Home, str]) -> None:
    home, said = faulty
    numbers = {line[2:] for line in (home.path / "facit" / "personnummer.txt").read_text().split()}
    delivered = {number for text in texts_below(home.inkorg) for number in numbers_in(text)} & numbers
    assert len(delivered) > 200, "the search itself must be able to find the numbers"

    assert not {number for text in (said, *everything_written(home)) for number in numbers_in(text)} & numbers


def test_no_free_text_leaves(faulty: tuple[Home, str]) -> None:
    home, said = faulty
    every = sorted({text for code in CHECKED for text in free_texts(home, code)})
    texts = every[:: len(every) // 100]  # looking for each of them everywhere takes a minute
    written = "\n".join((said, *everything_written(home)))

    assert len(texts) >= 100
    assert not [text for text in texts if text in written]


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


def free_texts(home: Home, code: str) -> Iterator[str]:
    """Long cells of the columns that the profile reads as free text."""
    for file in find_delivery(home, home.profil(code)).files:
        table = read_file(file).table
        for part in file.fil.delar:
            columns = CONTRACTS[part.tabell].own_columns()
            for column, local in part.kolumner.items():
                if columns[column].metadata["lasning"] in FREE_TEXT and local in table.column_names:
                    yield from (text for text in table[local].unique().to_pylist() if len(text) > LONG)


def numbers_in(text: str) -> set[str]:
    """Every run of digits that may be a personal number, in any spelling, as its last ten digits."""
    return {"".join(each) for each in NUMBER.findall(text)}


def everything_written(home: Home) -> Iterator[str]:
    """What stands outside of the inbox and the truth."""
    folders = [home.lager, home.publicerat, home.dagster, *home.path.glob("granskning-*")]
    texts = [text for folder in folders for text in texts_below(folder)]
    assert len(texts) > 200
    yield from texts


def texts_below(folder: Path) -> Iterator[str]:
    """Every file's name and content: parquet's strings, workbooks unpacked, reports read."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        yield path.name
        data = path.read_bytes()
        if path.suffix == ".parquet":
            yield parquet_text(path)
        elif path.suffix == ".pdf":
            yield from (page.extract_text() for page in pypdf.PdfReader(path).pages)
        elif zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                yield from (packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
        else:
            yield data.decode("utf-8", "replace")


def parquet_text(path: Path) -> str:
    """The schema and every string."""
    table = pq.read_table(path)
    strings = [column for column in table.columns if pa.types.is_string(column.type)]
    return "\n".join((str(table.schema), *(str(text) for column in strings for text in pc.unique(column).to_pylist())))
