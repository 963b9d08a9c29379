"""With faulty rows of every kind: no personal number and no free text in what is written, said or shown."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pypdf
import pytest

from ibic_pipeline.extract import find_delivery, read_file
from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.synthetic.county_synth import write_county
from schemas import CONTRACTS
from schemas.contract import FREE_TEXT
from tests.support.made_up import home_with_profiles

KOMMUNER = ("0643", "0687")
"""The layout with reserve numbers, and workbooks."""
_LONG = 25
NUMBER = re.compile(r"(?<![0-9a-f])(?:\d{2})?(\d{6})[-+ \u00a0]?(\d{4})(?![0-9a-f])")
"""Not within a checksum or a pseudonym, in which such digits stand by chance."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    """Deliveries with two faulty rows in five, checked by the sender and loaded; and what the commands said."""
    home = home_with_profiles(tmp_path_factory.mktemp("faulty") / "home", KOMMUNER, printed=True)
    write_county(home, kommuner=KOMMUNER, seed=8, scale=0.02, years=2, faults=0.4)
    said = ""
    for kommun in KOMMUNER:
        (folder,) = (home.inkorg / kommun).iterdir()
        said += ibic(
            "check", folder, "--kommun", kommun, "--home", home.path, "--ut", home.path / f"granskning-{kommun}"
        )
    said += ibic("run", "--home", home.path)
    return home, said


def ibic(*words: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.few_indicators", *words],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


def test_no_personal_number_leaves(loaded: tuple[Home, str]) -> None:
    home, said = loaded
    numbers = {line[2:] for line in (home.path / "facit" / "personnummer.txt").read_text().split()}
    found = {"".join(each) for text in (said, *everything_written(home)) for each in NUMBER.findall(text)}

    assert not found & numbers


def test_no_free_text_leaves(loaded: tuple[Home, str]) -> None:
    home, said = loaded
    texts = {text for kommun in KOMMUNER for text in free_texts(home, kommun)}
    written = "\n".join((said, *everything_written(home)))

    assert len(texts) > 20
    assert not [text for text in texts if text in written]


def free_texts(home: Home, kommun: str) -> Iterator[str]:
    """Long cells of the columns that the profile reads as free text."""
    for file in find_delivery(home, home.profil(kommun)).files:
        table = read_file(file).table
        for part in file.fil.delar:
            columns = CONTRACTS[part.tabell].own_columns()
            for column, local in part.kolumner.items():
                if columns[column].metadata["lasning"] in FREE_TEXT and local in table.column_names:
                    yield from (text for text in table[local].unique().to_pylist() if len(text) > _LONG)


def everything_written(home: Home) -> Iterator[str]:
    """Every file outside of the inbox and the truth as text, workbooks unpacked and reports read."""
    folders = [home.lager, home.publicerat, home.dagster, *home.path.glob("granskning-*")]
    paths = [path for each in folders for path in (each.rglob("*") if each.is_dir() else [each]) if path.is_file()]
    assert len(paths) > 100
    for path in paths:
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

    table = pq.read_table(path)
    columns = [column for column in table.columns if pa.types.is_string(column.type)]
    return "\n".join(str(text) for column in columns for text in pc.unique(column).to_pylist())
