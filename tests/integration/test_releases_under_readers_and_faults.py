"""Readers never see half a release, one changed bit is named, and any fault leaves releases that verify."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.publish import current_release, folders, verify_release
from ibic_pipeline.publish.lifecycle import list_releases, verify
from ibic_pipeline.publish.pointer import POINTER
from ibic_pipeline.publish.purge import Notice, purge_from_releases
from ibic_pipeline.publish.retention import purge_releases
from ibic_pipeline.storage import sha256_of_file
from tests.support import publishing_faults
from tests.support.publishing_faults import KEPT, OPERATIONS, Fault, broken_by, prepared, spread
from tests.support.releases import NOW, SMALL_FIGURES, Figure, indikator_table, make_home, no_pages, publish_small

READERS, PUBLICATIONS = 20, 50
PAUSE = 0.15
"""Seconds between two looks of a reader."""
WRITES = {"publish": 235, "purge": 250, "rollback": 12}
"""Fewer than there are, so that each fault happens."""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ibic_pipeline.publish.release.codebook_html", lambda: "<p>Kodbok</p>")


def test_after_any_fault_all_releases_are_whole_and_the_next_night_succeeds(tmp_path: Path) -> None:
    home = prepared(tmp_path / "home")
    faults = spread(15, WRITES)
    assert {fault.operation for fault in faults} == set(OPERATIONS)
    assert [told for i, fault in enumerate(faults) if (told := broken_by(home, fault, 4 + 2 * i))] == []


def test_the_tool_tells_of_a_release_that_a_fault_has_halved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = prepared(tmp_path / "home")

    def halved(home: Home, _: int) -> None:
        folder = home.publicerat / "releaser" / list_releases(home)[0].release
        (folder / "kodbok.html").unlink()

    monkeypatch.setitem(publishing_faults.OPERATIONS, "publish", halved)
    told = broken_by(home, Fault("publish", 99, "kill"), 4)
    assert told is not None
    assert "not whole" in told


def test_twenty_readers_of_fifty_publications_never_see_a_missing_file_or_two_releases_in_one(
    tmp_path: Path, quick: None
) -> None:
    home = make_home(tmp_path)
    municipalities = publishing_faults.small_municipalities(home)
    publish_small(home, write_pages=no_pages, municipalities=municipalities, tables=figures_of(0))
    ended, wrong, reads = threading.Event(), list[str](), [0] * READERS

    def read(reader: int) -> None:
        while not ended.wait(PAUSE):
            try:
                fault = what_a_reader_misses(home)
            except Exception as error:
                fault = repr(error)
            if fault:
                wrong.append(fault)
            reads[reader] += 1

    readers = [threading.Thread(target=read, args=(reader,)) for reader in range(READERS)]
    for each in readers:
        each.start()
    try:
        for n in range(1, PUBLICATIONS + 1):
            now = NOW + timedelta(hours=n)
            publish_small(
                home, write_pages=no_pages, municipalities=municipalities[n % 2 :: 2], tables=figures_of(n), now=now
            )
            purge_releases(home, with_grace(hours=5), now)
    finally:
        ended.set()
        for each in readers:
            each.join(30)
    assert wrong == []
    assert min(reads) > 0
    assert 2 < len(list_releases(home)) < 12


def figures_of(n: int) -> dict:
    return {"indikator": indikator_table([*SMALL_FIGURES[:1], Figure("0642", n, 100)])}


def with_grace(hours: int):
    return KEPT.model_copy(update={"frist_timmar": KEPT.frist_timmar.model_copy(update={"varde": hours})})


def what_a_reader_misses(home: Home) -> str | None:
    """Read the current release as an analyst's script does: the pointer once, then every file of it."""
    pointer = json.loads((home.publicerat / POINTER).read_text(encoding="utf-8"))
    folder = home.publicerat / "releaser" / pointer["release"]
    manifest = folder / "manifest.json"
    if sha256_of_file(manifest) != pointer["manifest_sha256"]:
        return "another manifest than the pointer's"
    for name, listed in json.loads(manifest.read_text(encoding="utf-8"))["filer"].items():
        if sha256_of_file(folder / name) != listed["sha256"]:
            return f"another {name} than the manifest's"
    return None


def what_is_wrong_with(path: Path) -> str | None:
    """Opened once: by its path `read_table` opens a file twice, and can meet the old one first and then the new one."""
    try:
        with path.open("rb") as stream:
            return None if pq.read_table(stream).num_columns else f"{path.name} is empty"
    except (OSError, pa.ArrowInvalid) as error:  # in a thread of its own it would fail no test
        return f"{path.name}: {error}"


def test_a_reader_in_the_middle_of_a_purge_of_persons_finds_every_file(tmp_path: Path, quick: None) -> None:
    home = make_home(tmp_path)
    release = publish_small(home, write_pages=no_pages)
    files = sorted(path for path in release.rglob("*.parquet"))
    ended, wrong = threading.Event(), list[str]()

    def read() -> None:
        while not ended.is_set():
            wrong.extend(told for path in files if (told := what_is_wrong_with(path)))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for each in readers:
        each.start()
    try:
        for code in ("0642", "0643"):
            notice = Notice("k1", "2026-07-01T00:00:00Z", "registrator")
            assert purge_from_releases(home, code, lambda _: {"individ_id-1"}, notice)
    finally:
        ended.set()
        for each in readers:
            each.join(30)
    assert wrong == []


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Path]:
    home = make_home(tmp_path_factory.mktemp("home"))
    return home, publish_small(home)


def test_one_flipped_bit_in_any_published_file_is_named(published: tuple[Home, Path]) -> None:
    home, release = published
    drawn = random.Random(1)
    files = {path.relative_to(release).as_posix(): path for path in sorted(release.rglob("*")) if path.is_file()}
    assert "manifest.json" in files
    for name, path in {**files, POINTER: home.publicerat / POINTER}.items():
        for _ in range(12 if path.suffix == ".json" else 2):
            found = with_a_flipped_bit(home, path, drawn)
            assert name in found, name
            assert len(found) == 1 or path.name == "manifest.json", found
    assert [each for faults in verify(home).values() for each in faults] == []


def with_a_flipped_bit(home: Home, path: Path, drawn: random.Random) -> list[str]:
    """The files that are named while one random bit of a file is another."""
    content = path.read_bytes()
    place, bit = drawn.randrange(len(content)), 1 << drawn.randrange(8)
    path.chmod(0o644)
    try:
        path.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
        return [each.fil for faults in verify(home).values() for each in faults]
    finally:
        path.write_bytes(content)


def test_every_bit_of_a_manifest_is_under_its_own_seal(published: tuple[Home, Path], tmp_path: Path) -> None:
    """Also of a release that no pointer names: every byte that can be another and still be JSON is found."""
    _, release = published
    content = (release / "manifest.json").read_bytes()
    (tmp_path / "manifest.json").write_bytes(content + b"\n")
    assert [each.vad for each in verify_release(tmp_path)] == ["är inte som det skrevs"]
    for place in range(0, len(content), 97):
        (tmp_path / "manifest.json").write_bytes(
            content[:place] + bytes([content[place] ^ (1 << place % 8)]) + content[place + 1 :]
        )
        assert [each.fil for each in verify_release(tmp_path)] == ["manifest.json"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """``publicerat/`` on a disk of its own, of 2 MiB."""
    folder = tmp_path / "publicerat"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=False)
    if mounted.returncode != 0:
        pytest.skip("only an administrator can mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_the_release_before_and_once_there_is_room_the_next_succeeds(
    tmp_path: Path, small_disk: Path, quick: None
) -> None:
    home = make_home(tmp_path)
    municipalities = publishing_faults.small_municipalities(home)
    before = publish_small(home, write_pages=no_pages, municipalities=municipalities)
    for left in (4_096, 40_960, 102_400):
        free = shutil.disk_usage(small_disk).free
        (small_disk / "annat").write_bytes(bytes(free - left))
        with pytest.raises(IbicError, match="No space left"):
            publish_small(home, write_pages=no_pages, municipalities=municipalities)
        assert current_release(home) == before
        assert [each for faults in verify(home).values() for each in faults] == []
        (small_disk / "annat").unlink()
        before = publish_small(home, write_pages=no_pages, municipalities=municipalities)
        assert verify_release(before) == []
        purge_releases(home, with_grace(hours=0), NOW + timedelta(days=1))


def test_a_file_system_that_cannot_exchange_folders_still_replaces_a_release(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path)
    release = publish_small(home, write_pages=no_pages)
    monkeypatch.setattr(folders, "_exchange", lambda *_: False)
    notice = Notice("k1", "2026-07-01T00:00:00Z", "registrator")
    assert list(purge_from_releases(home, "0642", lambda _: {"individ_id-1"}, notice)) == [release.name]
    assert verify(home) == {POINTER: [], release.name: []}
    assert not list((home.publicerat / "releaser").glob(".*"))


def test_a_kill_between_the_two_steps_of_such_a_file_system_is_mended_by_the_next_publisher(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path)
    release = publish_small(home, write_pages=no_pages)
    monkeypatch.setattr(folders, "_exchange", lambda *_: False)
    real = Path.rename

    def killed(self: Path, target: Path) -> Path:
        if self.name.startswith(folders.SWAPPED):
            raise KeyboardInterrupt
        return real(self, target)

    notice = Notice("k1", "2026-07-01T00:00:00Z", "registrator")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            purge_from_releases(home, "0642", lambda _: {"individ_id-1"}, notice)
    assert not release.exists()
    assert purge_from_releases(home, "0642", lambda _: {"individ_id-1"}, notice) == {}
    assert verify(home) == {POINTER: [], release.name: []}
