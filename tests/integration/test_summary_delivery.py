"""A municipality that sends its counts: the county's figures are those that its rows would have given."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline import cli
from ibic_pipeline.check.run import check_files
from ibic_pipeline.cli.doctor import deliveries
from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.explain.rows import row_level
from ibic_pipeline.home import Home
from ibic_pipeline.profiling.explain import explain
from ibic_pipeline.storage import json_text
from ibic_pipeline.summary import TABLES, create_signing_key, public_key, write_summary
from ibic_pipeline.summary.contents import DESCRIPTION, SIGNATURE
from ibic_pipeline.summary.signing import sign
from ibic_pipeline.workflow import county, municipality
from tests.support.homes import DELIVERY, TWO, load, small_county

ROWS, COUNTS = TWO
PROFILE = """
kommunkod: "{code}"
namn: Kommun {code}
kontakt: systemforvaltare@kommun.example
individniva:
  publicering: lokal
  rattslig_grund: Kommunen lämnar antal, inte rader.
sammanstallning:
  publik_nyckel: "{key}"
"""


def put_together(home: Home) -> dict[str, bytes]:
    """The county's counts of every indicator, which are all that the county is compared by."""
    county.county_figures(home)
    return tables_in(home.lager / "lan")


def compared(home: Home) -> dict[str, bytes]:
    county.county_figures(home)
    county.published_figures(home)
    return tables_in(home.lager / "lan" / "jamforelse")


def tables_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


@pytest.fixture(scope="module")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which both municipalities' rows are loaded, and one signs."""
    return sender_in(tmp_path_factory.mktemp("sender") / "home")


def sender_in(folder: Path) -> Home:
    home = small_county(folder)
    for code in TWO:
        load(home, code)
    create_signing_key(home, COUNTS)
    return home


@pytest.fixture(scope="module")
def sent(sender: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_summary(sender, COUNTS, tmp_path_factory.mktemp("sent"))


@pytest.fixture
def receiver(sender: Home, sent: Path, tmp_path: Path) -> Home:
    """A county's home that has the rows of one municipality, and of the other what it has sent."""
    home = small_county(tmp_path / "county")
    receive(home, sent, public_key(sender, COUNTS))
    return home


def receive(home: Home, sent: Path, key: str) -> None:
    shutil.rmtree(home.inkorg / COUNTS)
    (home.path / "kommuner" / f"{COUNTS}.yaml").write_text(PROFILE.format(code=COUNTS, key=key))
    folder = home.inkorg / COUNTS / DELIVERY
    folder.mkdir(parents=True)
    shutil.copy(sent, folder)


def delivered(home: Home) -> Path:
    return next((home.inkorg / COUNTS / DELIVERY).glob("*.zip"))


@pytest.mark.usefixtures("few_indicators_once")
def test_the_countys_figures_are_equal_to_those_from_rows(tmp_path: Path) -> None:
    sender, receiver = sender_in(tmp_path / "sender"), small_county(tmp_path / "county")
    receive(receiver, write_summary(sender, COUNTS, tmp_path), public_key(sender, COUNTS))
    for code in TWO:
        load(receiver, code)
    found = compared(receiver)
    assert found == compared(sender)
    assert len(found) > 3


def test_the_countys_counts_of_every_indicator_are_equal_to_those_from_rows(sender: Home, receiver: Home) -> None:
    for code in TWO:
        load(receiver, code)
    found = put_together(receiver)
    assert found == put_together(sender)
    assert len(found) > 3
    own = json.loads((receiver.current(COUNTS) / "version.json").read_text())
    assert own["frister"] == json.loads((sender.current(COUNTS) / "version.json").read_text())["frister"]


def test_a_summary_holds_no_unit_and_no_person(sender: Home, sent: Path) -> None:
    with zipfile.ZipFile(sent) as archive:
        assert set(archive.namelist()) == {DESCRIPTION, SIGNATURE, *(f"{name}.parquet" for name in TABLES)}
        content = b"".join(archive.read(name) for name in archive.namelist())
        columns = {
            column
            for name in TABLES
            for column in pq.read_schema(pa.BufferReader(archive.read(f"{name}.parquet"))).names
        }
    assert not columns & {"enhet_id", "individ_id", "beslut_id", "fodelsear", "kallrad"}
    persons = pq.read_table(sender.current(COUNTS) / "harmoniserat" / "individ.parquet")["individ_id"].to_pylist()
    assert persons
    assert not any(person.encode() in content for person in persons)
    assert sent.stat().st_mode & 0o077 == 0


def test_equal_counts_give_an_equal_file(sender: Home, sent: Path, tmp_path: Path) -> None:
    assert write_summary(sender, COUNTS, tmp_path).read_bytes() == sent.read_bytes()


def test_the_units_behind_a_figure_are_asked_for_where_they_are(receiver: Home) -> None:
    load(receiver, COUNTS)
    with pytest.raises(IbicError, match="Ask the municipality"):
        row_level(receiver, COUNTS)


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def described(sender: Home, **changes: Any) -> Callable[[dict[str, bytes]], None]:
    """What the municipality itself would send, were its description another."""

    def change(members: dict[str, bytes]) -> None:
        content = json_text({**json.loads(members[DESCRIPTION]), **changes}).encode()
        members |= {DESCRIPTION: content, SIGNATURE: sign(sender, COUNTS, content)}

    return change


def without_signature(members: dict[str, bytes]) -> None:
    members[DESCRIPTION] = members[DESCRIPTION].replace(b"Kommun", b"Konnum")


def other_counts(members: dict[str, bytes]) -> None:
    members["aggregat.parquet"] = members["tratt.parquet"]


def one_more(members: dict[str, bytes]) -> None:
    members["../enheter.parquet"] = b""


def one_less(members: dict[str, bytes]) -> None:
    del members["tider.parquet"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (without_signature, "underskrift"),
        (other_counts, "annat innehåll än det undertecknade"),
        (one_more, "andra filer"),
        (one_less, "andra filer"),
        ({"kommunkod": ROWS}, "en annan kommuns"),
        ({"uttagsdatum": "2024-01-31"}, "uttagsdatum 2024-01-31"),
        ({"format": 2}, "annan form"),
    ],
)
def test_what_is_not_wholly_the_municipalitys_is_refused(sender: Home, receiver: Home, change: Any, found: str) -> None:
    rewritten(delivered(receiver), described(sender, **change) if isinstance(change, dict) else change)
    municipality.load_delivery(receiver, COUNTS)
    with pytest.raises(DeliveryRefused) as refused:
        municipality.harmonise_municipality(receiver, COUNTS)
    assert [code for code, _ in refused.value.reasons] == ["LEV-020"]
    assert found in refused.value.reasons[0][1]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"ingen zip"])
def test_what_is_no_archive_is_refused(receiver: Home, content: bytes) -> None:
    delivered(receiver).chmod(0o600)
    delivered(receiver).write_bytes(content)
    municipality.load_delivery(receiver, COUNTS)
    with pytest.raises(DeliveryRefused, match="LEV-020"):
        municipality.harmonise_municipality(receiver, COUNTS)


def test_another_ones_signature_is_refused(sender: Home, sent: Path, tmp_path: Path) -> None:
    create_signing_key(sender, ROWS)
    home = small_county(tmp_path / "county")
    receive(home, sent, public_key(sender, ROWS))
    municipality.load_delivery(home, COUNTS)
    with pytest.raises(DeliveryRefused, match="LEV-020"):
        municipality.harmonise_municipality(home, COUNTS)


def test_counts_made_with_other_settings_are_refused(sender: Home, receiver: Home) -> None:
    lan = json.loads(zipfile.ZipFile(delivered(receiver)).read(DESCRIPTION))["lan"]
    changed = described(sender, lan={**lan, "aldersgranser": [18, 67], "forsta_period": "2000-01"})
    rewritten(delivered(receiver), changed)
    municipality.load_delivery(receiver, COUNTS)
    with pytest.raises(DeliveryRefused, match=r"LEV-021.*aldersgranser, forsta_period"):
        municipality.harmonise_municipality(receiver, COUNTS)


def test_an_indicator_of_another_definition_is_told_of(sender: Home, receiver: Home) -> None:
    own = json.loads(zipfile.ZipFile(delivered(receiver)).read(DESCRIPTION))["definitioner"]
    rewritten(delivered(receiver), described(sender, definitioner={**own, "T1": "1999-01-01"}))
    load(receiver, COUNTS)
    flags = pq.read_table(receiver.current(COUNTS) / "karantan" / "flaggor.parquet").to_pylist()
    assert [each["regel"] for each in flags] == ["LEV-022"]


@pytest.mark.parametrize("count", [0, 2])
def test_one_summary_is_expected(receiver: Home, count: int) -> None:
    path = delivered(receiver)
    for number in range(count):
        shutil.copy(path, path.with_name(f"sammanstallning_{number}.zip"))
    path.unlink()
    planned = municipality.load_delivery(receiver, COUNTS)
    assert [code for code, _ in planned.reasons] == ["LEV-008" if count else "LEV-001"]


def test_the_municipality_makes_its_key_and_its_file_by_command(
    sender: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("IBIC_HOME", "IBIC_DAGSTER", "DAGSTER_HOME"):
        monkeypatch.setenv(name, "")  # restored afterwards; the command sets them

    def ibic(*words: str) -> int:
        monkeypatch.setattr("sys.argv", ["ibic", "aggregate", *words, "--home", str(sender.path)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    assert ibic("key", "--kommun", COUNTS) == 0
    assert capsys.readouterr().out.strip() == public_key(sender, COUNTS)
    assert ibic("export", "--kommun", COUNTS, "--out", str(tmp_path)) == 0
    assert f"sammanstallning_{COUNTS}_{DELIVERY}.zip" in capsys.readouterr().out
    assert ibic("export", "--kommun", "0624") == 2
    assert "0642" in capsys.readouterr().err


def test_without_a_key_nothing_is_written(tmp_path: Path) -> None:
    home = small_county(tmp_path / "home", (COUNTS,))
    load(home, COUNTS)
    with pytest.raises(IbicError, match="ibic aggregate key"):
        write_summary(home, COUNTS, tmp_path)
    assert not list(tmp_path.glob("*.zip"))


def test_the_other_commands_know_a_municipality_without_rows(receiver: Home) -> None:
    with pytest.raises(IbicError, match="delivers counts"):
        check_files(receiver, COUNTS, [delivered(receiver)], date(2024, 2, 29))
    assert explain(receiver.profil(COUNTS), receiver.lan)["Levereras inte"] == {"Rader": "inga"}
    load(receiver, COUNTS)
    assert "is late" in deliveries.municipality(receiver, COUNTS).text  # nothing else is wrong with it
