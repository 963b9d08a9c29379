"""Zip archives in a delivery folder: what lies in them is read, within bounds, and nothing is written."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ibic_pipeline.check.files import gather
from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.extract import archive, find_delivery, read_file
from ibic_pipeline.extract.names import mask
from ibic_pipeline.home import Home
from ibic_pipeline.storage import sha256_of_file
from tests.support.deliveries import KOMMUN, deliver, new_home
from tests.support.reading import codes_of, fil, found, profile_of, rows
from tests.support.workbooks import xlsx

TEXT = "beslut_id;utfall\nB1;bifall\n"
ANNA = "19121213-2391"


def zipped(files: Mapping[str, bytes | str], packed_as: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed_as) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


def read_all(home: Home, *asked: Any) -> None:
    for file in find_delivery(home, profile_of(*(asked or (fil(),)))).files:
        read_file(file)


def refused(folder: Path, files: Mapping[str, bytes | str], *asked: Any) -> list[tuple[str, str]]:
    home = new_home(folder)
    deliver(home, files)
    with pytest.raises(DeliveryRefused) as refusal:
        read_all(home, *asked)
    assert codes_of(refusal)
    return refusal.value.reasons


# --- what is read


def test_files_in_an_archive_are_files_of_the_delivery(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    content = zipped(
        {"juni/beslut_1.csv": TEXT, "bok.xlsx": xlsx({"A": [["beslut_id"], ["B2"]]}), "läs mig.txt": "Hej"}
    )
    folder = deliver(home, {"leverans.ZIP": content})
    delivery = find_delivery(home, profile_of(fil(), fil("bok.xlsx", ("beslut_id",), typ="xlsx")))
    assert [file.name for file in delivery.files] == ["leverans.ZIP/juni/beslut_1.csv", "leverans.ZIP/bok.xlsx"]
    assert [rows(read_file(file)) for file in delivery.files] == [[("B1", "bifall")], [("B2",)]]
    assert {file.sha256 for file in delivery.files} == {sha256_of_file(folder / "leverans.ZIP")}
    assert delivery.unused == ("leverans.ZIP/läs mig.txt",)
    assert [path.name for path in folder.iterdir()] == ["leverans.ZIP"]


def test_hidden_files_of_other_systems_are_passed_over(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    content = zipped({"beslut.csv": TEXT, "__MACOSX/beslut.csv": "x", ".beslut.csv": "x", "~$beslut.csv": "x"})
    deliver(home, {"leverans.zip": content})
    delivery = find_delivery(home, profile_of(fil("*beslut.csv")))
    assert [file.member for file in delivery.files] == ["beslut.csv"]
    assert delivery.unused == ()


@pytest.mark.parametrize("encoding", ["utf-8", "cp437"])
def test_names_are_read_whichever_way_the_archive_writes_them(tmp_path: Path, encoding: str) -> None:
    home = new_home(tmp_path)
    name = "beslut_åäö.csv".encode(encoding)
    plain = zipped({"x" * len(name): TEXT})
    deliver(home, {"leverans.zip": plain.replace(b"x" * len(name), name)})
    (file,) = find_delivery(home, profile_of(fil("beslut_åäö.csv"))).files
    assert file.name == "leverans.zip/beslut_åäö.csv"
    assert rows(read_file(file)) == [("B1", "bifall")]


def test_a_workbook_is_no_archive(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {"bok.xlsx": xlsx({"A": [["beslut_id", "utfall"]]})})
    assert find_delivery(home, profile_of(fil("bok.xlsx", typ="xlsx"))).files[0].member is None


def test_a_personal_number_in_a_member_s_name_is_masked(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {f"{ANNA}.zip": zipped({f"{ANNA}/beslut_{ANNA}.csv": TEXT, f"{ANNA}.txt": ""})})
    delivery = find_delivery(home, profile_of(fil()))
    assert "2391" not in delivery.files[0].name + "".join(delivery.unused)


# --- copies


def test_the_same_file_twice_is_read_once(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    deliver(home, {"beslut_1.csv": TEXT, "beslut_2.csv": TEXT, "leverans.zip": zipped({"beslut_1.csv": TEXT})})
    delivery = find_delivery(home, profile_of(fil()))
    assert [file.name for file in delivery.files] == ["beslut_1.csv"]
    raw = read_file(delivery.files[0])
    assert rows(raw) == [("B1", "bifall")]
    assert found(raw) == {"REP-009": [0]}
    assert delivery.unused == ()


def test_two_files_that_differ_are_refused(tmp_path: Path) -> None:
    reasons = refused(tmp_path, {"beslut.csv": TEXT, "leverans.zip": zipped({"beslut.csv": TEXT + "B2;bifall\n"})})
    assert [code for code, _ in reasons] == ["LEV-008"]


# --- bounds


def encrypted(content: bytes) -> bytes:
    changed = bytearray(content)
    changed[content.index(b"PK\x01\x02") + 8] |= 1
    changed[6] |= 1
    return bytes(changed)


def link() -> bytes:
    entry = zipfile.ZipInfo("beslut.csv")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr(entry, "/etc/passwd")
    return stream.getvalue()


def lying_about_size(content: bytes) -> bytes:
    """The archive says that the member is small."""
    changed = bytearray(content)
    struct.pack_into("<I", changed, 22, 100)
    struct.pack_into("<I", changed, content.index(b"PK\x01\x02") + 24, 100)
    return bytes(changed)


def many_entries() -> bytes:
    """A list of members that claims to be larger than any that is read."""
    content = bytearray(zipped({"beslut.csv": TEXT}))
    struct.pack_into("<I", content, content.rindex(b"PK\x05\x06") + 12, 1 << 30)
    return bytes(content)


BOMB = zipped({"beslut.csv": b"x" * 20_000_000})
BAD = {
    "random": b"PK\x03\x04" + bytes(range(256)),
    "empty": b"",
    "cut": zipped({"beslut.csv": TEXT * 1000})[:100],
    "bomb": BOMB,
    "bomb that lies": lying_about_size(BOMB),
    "too many": zipped({f"{i}.csv": "" for i in range(archive.MOST_MEMBERS + 1)}),
    "a list too large": many_entries(),
    "out of the folder": zipped({"../beslut.csv": TEXT}),
    "out of the folder on Windows": zipped({"..\\beslut.csv": TEXT}),
    "from the root": zipped({"/beslut.csv": TEXT}),
    "from a drive": zipped({"C:\\beslut.csv": TEXT}),
    "archive in the archive": zipped({"beslut.zip": zipped({"beslut.csv": TEXT})}),
    "encrypted": encrypted(zipped({"beslut.csv": TEXT})),
    "link": link(),
    "packed otherwise": zipped({"beslut.csv": TEXT}, zipfile.ZIP_BZIP2),
    "damaged": zipped({"beslut.csv": TEXT}, zipfile.ZIP_STORED).replace(b"B1;bifall", b"B2;bifall"),
}


@pytest.mark.parametrize("harm", BAD)
def test_an_archive_that_breaks_a_bound_stops_the_delivery_and_writes_nothing(tmp_path: Path, harm: str) -> None:
    reasons = refused(tmp_path / "hem", {"leverans.zip": BAD[harm]})
    assert [code for code, _ in reasons] == ["LEV-014"]
    assert not list(tmp_path.rglob("beslut*"))


def test_a_name_that_was_found_out_of_place_is_not_shown(tmp_path: Path) -> None:
    ((_, text),) = refused(tmp_path, {f"{ANNA}.zip": zipped({f"../{ANNA} Anna.csv": TEXT})})
    assert "Anna" not in text
    assert "2391" not in text
    assert "PERSONNUMMER.zip" in text


def test_all_members_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 2 * len(TEXT))
    assert refused(tmp_path, {"leverans.zip": zipped({f"{i}.csv": TEXT for i in range(3)})})[0][0] == "LEV-014"


# --- the sender's check


def test_a_sender_s_check_looks_into_archives(tmp_path: Path) -> None:
    (tmp_path / "leverans.zip").write_bytes(zipped({"beslut.csv": TEXT, "annat.csv": TEXT}))
    (tmp_path / "trasig.zip").write_bytes(b"PK")
    gathered = gather(sorted(tmp_path.iterdir()), date(2026, 6, 30), profile_of(fil()))
    assert [file.name for file in gathered.delivery.files] == ["leverans.zip/beslut.csv"]
    assert list(gathered.unknown) == ["leverans.zip/annat.csv"]
    assert [code for code, _ in gathered.ambiguous] == ["LEV-014"]


# --- names


@pytest.mark.parametrize(
    "name",
    [
        "19121213-2391",
        "191212132391",
        "121213-2391",
        "19121213 - 2391",
        "19121213\u20132391",
        "19121213 \u2212 2391",
        "1912-12-13-2391",
        "1912-12-13 2391",
        "121213+2391",
    ],
)
def test_every_spelling_of_a_personal_number_in_a_name_is_masked(name: str) -> None:
    assert mask(f"a_{name}.csv") == "a_PERSONNUMMER.csv"


@pytest.mark.parametrize(
    "name", ["beslut_2026-06-30.csv", "beslut_2026-06-30_1200.csv", "2026-06-30_omtag", "20260630"]
)
def test_days_and_clocks_in_names_are_kept(name: str) -> None:
    assert mask(name) == name


def test_a_delivery_s_name_begins_with_its_day_whatever_is_masked(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    folder = home.inkorg / KOMMUN / "1912-12-13-2391"
    folder.mkdir(parents=True)
    (folder / "beslut.csv").write_text(TEXT)
    assert find_delivery(home, profile_of(fil())).leverans_id == "1912-12-13_PERSONNUMMER"
