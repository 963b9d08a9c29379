"""A delivered file is passed over once for its fingerprint and once for its content, and these must be the same."""

from __future__ import annotations

import io
import os
import random
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from ibic_pipeline.check.files import gather
from ibic_pipeline.corrections.reading import read_files
from ibic_pipeline.errors import IbicError
from ibic_pipeline.extract import find_delivery, let_go, read_file, sources
from ibic_pipeline.extract.delivery import Delivery
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil
from ibic_pipeline.pseudonym import pseudonymiser_with
from schemas.codelists import BUILT_IN
from tests.support.deliveries import deliver, new_home
from tests.support.reading import fil, profile_of
from tests.support.workbooks import xlsx

_COUNTED = Path("/proc/self/io")
only_linux = pytest.mark.skipif(not _COUNTED.exists(), reason="the kernel counts bytes read in /proc/self/io")

DAY = date(2026, 6, 30)
CSV = fil("beslut.csv")
PLAN = {**fil("plan.csv"), "delar": CSV["delar"]}
BOOK = fil("bok.xlsx", typ="xlsx")


def text(rows: int = 60_000, seed: int = 1) -> str:
    """A file of decisions that is hard to pack."""
    ids = random.Random(seed)
    return "beslut_id;utfall\n" + "".join(f"{ids.getrandbits(256):064x};bifall\n" for _ in range(rows))


def zipped(*names: str, packed_as: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed_as) as made:
        for i, name in enumerate(names):
            made.writestr(name, text(seed=i))
    return stream.getvalue()


def of_kind(kind: str) -> tuple[dict[str, bytes | str], Profil]:
    """A delivery of one file on disk."""
    if kind == "csv":
        return {"beslut.csv": text()}, profile_of(CSV)
    if kind == "zip":
        return {"leverans.zip": zipped("beslut.csv", "plan.csv")}, profile_of(CSV, PLAN)
    return {"bok.xlsx": xlsx({"A": [["beslut_id", "utfall"], ["B1", "bifall"]]})}, profile_of(BOOK)


def read_all(delivery: Delivery) -> None:
    for file in delivery.files:
        read_file(file)
    let_go()


@contextmanager
def bytes_read() -> Iterator[list[int]]:
    """How many bytes this process reads within it."""
    counted: list[int] = []
    before = _so_far()
    yield counted
    counted.append(_so_far() - before)


def _so_far() -> int:
    return int(_COUNTED.read_text().split()[1])


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as left alone at once."""
    monkeypatch.setattr(sources, "_SETTLED_SECONDS", -1e9)


@only_linux
@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("kind", ["csv", "zip"])
def test_a_run_passes_over_a_file_once_for_its_fingerprint_and_once_for_its_content(kind: str, tmp_path: Path) -> None:
    home = new_home(tmp_path)
    files, profil = of_kind(kind)
    (path,) = deliver(home, files).iterdir()
    size = path.stat().st_size
    with bytes_read() as fingerprinted:
        for _ in range(3):
            delivery = find_delivery(home, profil)
    with bytes_read() as content:
        read_all(delivery)
    assert fingerprinted[0] == pytest.approx(size, rel=0.15)
    assert content[0] == pytest.approx(size, rel=0.15)


@only_linux
@pytest.mark.parametrize("kind", ["csv", "zip"])
def test_a_check_passes_over_a_file_once(kind: str, tmp_path: Path) -> None:
    files, profil = of_kind(kind)
    (path,) = deliver(Home(tmp_path), files).iterdir()
    with bytes_read() as count:
        read_all(gather([path], DAY, profil).delivery)
    assert count[0] == pytest.approx(path.stat().st_size, rel=0.15)


@pytest.mark.parametrize("kind", ["csv", "zip", "xlsx"])
def test_a_file_that_changes_after_its_fingerprint_is_not_read(kind: str, tmp_path: Path) -> None:
    home = new_home(tmp_path)
    files, profil = of_kind(kind)
    (path,) = deliver(home, files).iterdir()
    delivery = find_delivery(home, profil)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(IbicError, match="another content"):
        read_all(delivery)


@pytest.mark.usefixtures("settled")
def test_a_fingerprint_is_taken_anew_when_a_file_was_touched_whatever_its_time_says(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a")
    about, first = path.stat(), sources.fingerprint(path)
    time.sleep(0.05)
    path.write_text("b")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert sources.fingerprint(path) != first


def test_a_file_that_was_just_written_is_not_taken_for_one_that_has_been_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a")
    first = sources.fingerprint(path)
    monkeypatch.setattr(sources, "_fingerprint", lambda *_: first)
    path.write_text("b")
    assert sources.fingerprint(path) != first


def test_an_archive_larger_than_the_limit_is_not_read(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {"leverans.zip": zipped("beslut.csv", "annat.bin", packed_as=zipfile.ZIP_STORED)})
    (file,) = find_delivery(home, profile_of(CSV)).files
    with pytest.raises(Exception, match="LEV-018"):
        read_file(file, most_bytes=5 << 20)
    read_file(file, most_bytes=20 << 20)


def test_a_bad_workbook_is_not_remembered_when_another_lies_in_its_place(tmp_path: Path) -> None:
    def reasons(content: bytes) -> list[str]:
        path = deliver(Home(tmp_path), {"bok.xlsx": content}) / "bok.xlsx"
        delivery = gather([path], DAY, profile_of(BOOK)).delivery
        pseudonymise = pseudonymiser_with(b"k" * 32, DAY, profile_of(BOOK).identiteter)
        read = read_files(delivery, profile_of(BOOK), (), pseudonymise, BUILT_IN)
        assert len(read.files) + len(read.reasons) == 1
        return [code for code, _ in read.reasons]

    assert reasons(b"PK") == ["LEV-003"]
    assert reasons(xlsx({"A": [["beslut_id", "utfall"], ["B1", "bifall"]]})) == []
