"""Deliveries that are wrong in every way: each is accepted or clearly refused, and nothing identifying leaves."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.home import Home
from ibic_pipeline.resources import PACKAGE
from ibic_pipeline.workflow import municipality
from tests.support.damages import (
    PICTURE,
    SPELLINGS,
    Damage,
    as_dangling_link,
    as_directory,
    as_link,
    becomes,
    copied,
    delimiter_too_many,
    edited,
    folder_renamed,
    header,
    header_repeated,
    last_field_opened,
    mixed,
    newer_and_bad,
    nothing,
    numbers_everywhere,
    only_header,
    renamed,
    rewritten,
    wider,
    with_line,
)
from tests.support.homes import DELIVERY, small_county

Settings = tuple[tuple[str, str], ...]
WHOLE: Settings = ()
"""The golden profile: every file ends with a tail line, and no row may be refused."""
UNTAILED: Settings = (
    ("""      format: {svans: '^Antal rader: (?P<antal>\\d+)'}\n""", ""),
    ("hogsta_andel_karantan: 0.0", "hogsta_andel_karantan: 0.25"),
)
LENIENT: Settings = (UNTAILED[0], ("hogsta_andel_karantan: 0.0", "hogsta_andel_karantan: 1.0"))
UTF16: Settings = (*UNTAILED, ("kallsystem:\n", "format: {kodning: utf-16}\nkallsystem:\n"))
CP1252: Settings = (*UNTAILED, ("kallsystem:\n", "format: {kodning: cp1252}\nkallsystem:\n"))
WORKBOOK: Settings = (*UNTAILED, ("monster: beslut.csv", "monster: beslut.csv\n      format: {typ: xlsx}"))
STAR: Settings = (*UNTAILED, ("monster: beslut.csv", 'monster: "beslut*.csv"'))


@dataclass(frozen=True)
class Case:
    """What was done to a delivery, the rules that refuse it (none: accepted), and how many rows are quarantined."""

    name: str
    damage: Damage
    refused: tuple[str, ...] = ()
    profile: Settings = UNTAILED
    quarantined: int | None = 0


CASES = (
    Case("nothing wrong", nothing, profile=WHOLE),
    Case("nothing wrong without tail lines", nothing),
    Case("empty file", becomes(b""), ("LEV-004",)),
    Case("only a byte order mark", becomes(b"\xef\xbb\xbf"), ("LEV-004",)),
    Case("only blank lines", becomes(b"\r\n\r\n\r\n"), ("LEV-004",)),
    Case("header only in every file", rewritten(only_header), ("LEV-009",)),
    Case("header only in one head file", edited(only_header), ("LEV-009",), LENIENT),
    Case("only a broken record", edited(lambda text: only_header(text) + "1;2" * 9 + "\n"), ("LEV-009",), LENIENT),
    Case("picture", becomes(PICTURE), ("LEV-003",)),
    Case("picture read as Windows-1252", becomes(PICTURE), ("LEV-003",), CP1252),
    Case("text as workbook", nothing, ("LEV-003",), WORKBOOK),
    Case("cut zip as workbook", becomes(b"PK\x03\x04" + bytes(60)), ("LEV-003",), WORKBOOK),
    Case("UTF-16", rewritten(str, "utf-16"), profile=UTF16),
    Case("UTF-16 cut at an odd byte", rewritten(str, "utf-16", cut=501), ("LEV-004",), UTF16),
    Case("UTF-16 without its mark", rewritten(str, "utf-16-le"), profile=UTF16),
    Case("cut within a record", rewritten(str, cut=30), ("LEV-004",)),
    Case("cut at a line end", edited(lambda text: text[: text.rindex("BES-0")]), quarantined=1),
    Case("cut at a line end, tail line known", edited(lambda text: text[: text.rindex("BES-0")]), ("LEV-004",), WHOLE),
    Case("quotation mark never closed", edited(with_line(9, lambda row: row.replace(";", ';"', 1))), ("LEV-004",)),
    Case("quotation mark never closed in the last field", edited(with_line(9, last_field_opened)), ("LEV-004",)),
    Case("five megabytes on one line", edited(lambda text: text.replace("\n", ";") * 1500 + "\n"), ("LEV-003",)),
    Case("five megabytes in one word", becomes(b"a" * 5_000_000 + b"\n"), ("LEV-004",)),
    Case("five megabytes of delimiters", becomes(b";" * 5_000_000 + b"\n"), ("LEV-004",)),
    Case("five megabytes in one cell", edited(lambda text: text + "x" * 5_000_000 + ";" * 8 + "\n"), quarantined=1),
    Case("NUL bytes", edited(with_line(5, lambda row: row + "\0")), ("LEV-003",)),
    Case("Windows-1252 as UTF-8", rewritten(str, "cp1252")),
    Case("UTF-8 as Windows-1252", rewritten(str), profile=CP1252),
    Case("Windows-1252 among UTF-8", mixed, ("LEV-003",)),
    Case("Windows-1252", rewritten(str, "cp1252"), profile=CP1252),
    Case("missing column", edited(lambda text: re.sub(r"^[^;]*;", "", text, flags=re.M)), ("LEV-002",)),
    Case("renamed column", edited(header(lambda row: row.replace("Beslutsdatum", SPELLINGS[0]))), ("LEV-002",)),
    Case("column names twice", edited(header(lambda row: row.replace("Till", "Från"))), ("LEV-002",)),
    Case("two hundred columns more", edited(wider)),
    Case("a delimiter too many on every record", edited(delimiter_too_many)),
    Case("header repeated", edited(header_repeated)),
    Case("blank lines between", edited(lambda text: text.replace("\n", "\n\n"))),
    Case("lines of spaces", edited(with_line(7, lambda row: row + "\n   ")), quarantined=1),
    Case("carriage returns only", rewritten(lambda text: text.replace("\n", "\r"))),
    Case("mixed line ends", edited(with_line(7, lambda row: row + "\r"))),
    Case("a byte order mark within", edited(lambda text: text.replace("BES-022", "\ufeffBES-022"))),
    Case("an end mark of old", edited(lambda text: text + "\x1a"), ("LEV-004",)),
    Case("directory", as_directory, ("LEV-001",)),
    Case("symbolic link", as_link, profile=WHOLE),
    Case("dangling symbolic link", as_dangling_link, ("LEV-001",)),
    Case("personal number as file name", renamed(f"beslut_{SPELLINGS[0]}.csv"), profile=STAR[-1:]),
    Case("file name in Windows-1252", renamed(b"beslut_\xe5\xe4\xf6.csv"), profile=STAR[-1:]),
    Case("control characters in the file name", renamed("beslut_\n\x1b[31m.csv"), profile=STAR[-1:]),
    Case("one file twice for one pattern", copied(f"beslut_{SPELLINGS[0]}.csv"), profile=STAR),
    Case("two files for one pattern", copied(f"beslut_{SPELLINGS[0]}.csv", b"\n"), ("LEV-008",), STAR),
    Case("two deliveries, the newest bad", newer_and_bad, ("LEV-003",), WHOLE),
    Case("no date", folder_renamed(f"juni {SPELLINGS[1]}"), ("LEV-007",)),
    Case("personal number in the folder's name", folder_renamed(f"{DELIVERY}_{SPELLINGS[0]}"), profile=WHOLE),
    Case("personal numbers everywhere", rewritten(numbers_everywhere), ("LEV-006",)),
    Case("personal numbers everywhere, accepted", rewritten(numbers_everywhere), profile=LENIENT, quarantined=None),
    Case("files that nobody asked for", copied(f"extra_{SPELLINGS[2]}.csv"), profile=WHOLE),
)


WHOLE_WAY = (
    "nothing wrong",
    "header only in every file",
    "picture",
    "renamed column",
    "personal number as file name",
    "file name in Windows-1252",
    "control characters in the file name",
    "two deliveries, the newest bad",
    "no date",
    "personal number in the folder's name",
    "personal numbers everywhere, accepted",
    "files that nobody asked for",
)
"""The cases that go through Dagster to a release; the others end when they are accepted or refused, to save time."""


class County:
    """One home in which every municipality has delivered one of the cases, after they have been run."""

    def __init__(self, folder: Path) -> None:
        self.codes = {case.name: f"{9001 + i}" for i, case in enumerate(CASES)}
        self.home = small_county(folder, list(self.codes.values()))
        for case in CASES:
            self._deliver(case, self.codes[case.name])
        for case in CASES:
            if case.name not in WHOLE_WAY:
                _accept_or_refuse(self.home, self.codes[case.name])
        chosen = [word for name in WHOLE_WAY for word in ("--kommun", self.codes[name])]
        words = [sys.executable, "-m", "tests.support.few_indicators", "run", "--home", str(folder), *chosen]
        self.said = subprocess.run(words, cwd=PACKAGE.parent, capture_output=True, text=True, check=False)

    def _deliver(self, case: Case, code: str) -> None:
        path = self.home.kommuner / f"{code}.yaml"
        profile = path.read_text(encoding="utf-8")
        for old, new in case.profile:
            assert old in profile, f"{case.name}: {old!r}"
            profile = profile.replace(old, new)
        path.write_text(profile, encoding="utf-8")
        if case.profile[:1] == UNTAILED[:1]:
            rewritten(str)(self.home.inkorg / code / DELIVERY)
        case.damage(self.home.inkorg / code / DELIVERY)

    def accounts(self, code: str) -> list[dict[str, Any]]:
        """The accounting of a municipality's accepted files, whether its version has been finished or not."""
        paths = self.home.versions(code).glob("*/avstamning.parquet")
        return [row for path in paths if path.parent.name != "vagrad" for row in pq.read_table(path).to_pylist()]


def _accept_or_refuse(home: Home, code: str) -> None:
    if not municipality.load_delivery(home, code).refused:
        with contextlib.suppress(DeliveryRefused):
            municipality.harmonise_municipality(home, code)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return County(tmp_path_factory.mktemp("adversarial") / "home")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_delivery_is_accepted_or_refused_by_the_rules_it_breaks(county: County, case: Case) -> None:
    code = county.codes[case.name]
    status = county.home.status(code) or {"utfall": "godkand", "orsaker": []}
    assert tuple(dict.fromkeys(reason["kod"] for reason in status["orsaker"])) == case.refused, status
    assert status["utfall"] == ("vagrad" if case.refused else "godkand"), status
    assert bool(county.accounts(code)) is not bool(case.refused)
    if case.quarantined is not None:
        assert sum(row["karantan"] for row in county.accounts(code)) == case.quarantined


def test_the_run_ends_with_findings_and_without_a_traceback(county: County) -> None:
    assert county.said.returncode == 1
    assert "Traceback" not in county.said.stdout + county.said.stderr


def test_the_accounting_of_every_accepted_delivery_closes(county: County) -> None:
    accounts = [row for code in county.codes.values() for row in county.accounts(code)]
    assert len(accounts) >= 100
    assert all(row["last"] == row["godkanda"] + row["karantan"] + row["dubbletter"] for row in accounts)


def test_files_that_nobody_asked_for_are_named(county: County) -> None:
    code = county.codes["files that nobody asked for"]
    warning = f"{code} warning: no pattern of the profile matches extra_PERSONNUMMER.csv"
    assert [line for line in county.said.stderr.splitlines() if "no pattern" in line] == [warning]


def test_no_personal_number_leaves_the_inbox(county: County) -> None:
    home: Home = county.home
    delivered = [path for path in home.inkorg.rglob("*") if path.is_file() and path.stat().st_size < 1_000_000]
    texts = [path.read_bytes().decode("utf-8", "ignore") for path in delivered]
    numbers = {n.encode() for text in texts for n in re.findall(r"(?<!\d)\d{8}-\d{4}(?!\d)", text)}
    numbers |= {spelling.encode() for spelling in SPELLINGS} | {n.replace(b"-", b"") for n in numbers}
    assert len(numbers) > 100
    anywhere = re.compile(b"|".join(sorted(map(re.escape, numbers))))
    assert not anywhere.search((county.said.stdout + county.said.stderr).encode())
    for folder in (home.lager, home.publicerat, home.dagster):
        for path in folder.rglob("*"):
            assert not anywhere.search(bytes(str(path), "utf-8", "surrogateescape"))
            if path.is_file() and path.suffix == ".parquet":
                assert not anywhere.search(repr(pq.read_table(path).to_pylist()).encode())
            elif path.is_file():
                assert not anywhere.search(path.read_bytes())
