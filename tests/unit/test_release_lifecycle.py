"""Which releases stay, which one readers are pointed at, and what is told of the difference between two."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from ibic_pipeline.cli import app
from ibic_pipeline.county import Publicering, Tal
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.publish import Municipality, current_release
from ibic_pipeline.publish.difference import difference
from ibic_pipeline.publish.lifecycle import list_releases, manifest_of, release_named, rollback, verify
from ibic_pipeline.publish.pointer import POINTER, read_pointer
from ibic_pipeline.publish.retention import expired, purge_releases
from ibic_pipeline.report import write_changes, write_report
from ibic_pipeline.storage import write_json
from ibic_pipeline.workflow import county
from tests.support.releases import (
    NOW,
    Figure,
    indikator_table,
    make_home,
    no_pages,
    publish_small,
    small_municipalities,
    tratt_table,
)

DAY = timedelta(days=1)
OTHER = [Figure(None, 125, 250), Figure("0642", 20, 100), Figure("0643", 105, 150), Figure("0604", 30, 60)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ibic_pipeline.publish.release.codebook_html", lambda: "<p>Kodbok</p>")


def policy(antal: int, dagar: int, timmar: int) -> Publicering:
    def why(value: int) -> Tal:
        return Tal(varde=value, varfor="Prov.")

    return Publicering(
        behall_antal=why(antal), behall_dagar=why(dagar), frist_timmar=why(timmar), tolerans_procent=why(0)
    )


def nightly(home: Home, nights: int) -> list[Path]:
    municipalities = small_municipalities(home)
    return [
        publish_small(home, municipalities=municipalities, write_pages=no_pages, now=NOW + n * DAY)
        for n in range(nights)
    ]


def ibic(home: Home, *words: str, **named: Any) -> Any:
    return CliRunner().invoke(app, ["release", *words, "--home", str(home.path)], **named)


@pytest.mark.parametrize(
    ("kept", "after", "left"),
    [
        (policy(antal=2, dagar=0, timmar=0), DAY, 2),
        (policy(antal=1, dagar=3, timmar=0), DAY, 3),
        (policy(antal=1, dagar=0, timmar=30), DAY / 24, 3),  # replaced an hour ago, and 25 hours ago
        (policy(antal=1, dagar=0, timmar=0), 400 * DAY, 1),
        (policy(antal=9, dagar=0, timmar=0), 400 * DAY, 5),
    ],
)
def test_old_releases_go_unless_they_are_among_the_newest_or_young_or_lately_current(
    tmp_path: Path, kept: Publicering, after: timedelta, left: int
) -> None:
    home = make_home(tmp_path)
    releases = nightly(home, 5)
    gone = purge_releases(home, kept, NOW + 4 * DAY + after)
    assert gone == [each.name for each in releases[: 5 - left]]
    assert [each.release for each in list_releases(home)] == [each.name for each in reversed(releases[5 - left :])]
    assert not list((home.publicerat / "releaser").glob(".*"))


def test_the_release_that_readers_are_pointed_at_stays_however_old(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    releases = nightly(home, 4)
    rollback(home, releases[0].name, "systemadministrator", NOW + 4 * DAY)
    purge_releases(home, policy(antal=1, dagar=0, timmar=0), NOW + 400 * DAY)
    assert {each.release for each in list_releases(home)} == {releases[0].name, releases[3].name}
    assert current_release(home) == releases[0]


def test_without_a_policy_every_release_stays_and_a_foreign_folder_is_never_touched(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    nightly(home, 2)
    foreign = home.publicerat / "releaser" / "2020-backup"
    foreign.mkdir()
    assert purge_releases(home, None, NOW + 900 * DAY) == []
    purge_releases(home, policy(antal=1, dagar=0, timmar=0), NOW + 900 * DAY)
    assert foreign.is_dir()


def test_a_release_is_out_of_sight_before_its_first_file_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_home(tmp_path)
    releases = nightly(home, 3)
    monkeypatch.setattr("ibic_pipeline.publish.folders.shutil.rmtree", lambda *_, **__: (_ for _ in ()).throw(OSError))
    with pytest.raises(IbicError):
        purge_releases(home, policy(antal=2, dagar=0, timmar=0), NOW + 3 * DAY)
    assert [each.release for each in list_releases(home)] == [releases[2].name, releases[1].name]
    assert expired(home, policy(antal=2, dagar=0, timmar=0), NOW + 3 * DAY) == []


def test_a_rollback_points_at_the_latest_whole_release_before(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    releases = nightly(home, 3)
    (releases[1] / "kodbok.html").unlink()
    assert rollback(home, None, "systemadministrator", NOW + 3 * DAY) == releases[0]
    said = read_pointer(home)
    assert said is not None
    assert said["aterstalld"] == {"fran": releases[2].name, "tid": "2026-07-04T01:30:00Z", "av": "systemadministrator"}
    assert verify(home)[POINTER] == []
    rollback(home, releases[2].name, "systemadministrator", NOW + 4 * DAY)
    assert read_pointer(home)["aterstalld"] is None  # type: ignore[index]


def test_a_rollback_to_a_release_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    releases = nightly(home, 2)
    (releases[0] / "kodbok.html").unlink()
    with pytest.raises(IbicError, match="kodbok"):
        rollback(home, releases[0].name, "x", NOW)
    with pytest.raises(IbicError, match="another release than the current"):
        rollback(home, releases[1].name, "x", NOW)
    with pytest.raises(IbicError, match=r"did you mean 2026-07-01T013000Z\?"):
        rollback(home, "2026-07-01T0130Z", "x", NOW)
    assert current_release(home) == releases[1]


def test_a_rollback_holds_for_an_unchanged_night_and_ends_with_changed_data(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    municipalities = small_municipalities(home)
    releases = nightly(home, 2)
    made_of = {"version": county.county_version(home, municipalities), "release": releases[1].name}
    write_json(made_of, home.lager / "lan" / "lan.json")
    assert county.is_published(home, municipalities) == releases[1]
    rollback(home, None, "systemadministrator", NOW + 2 * DAY)
    assert county.is_published(home, municipalities) == releases[0]
    other = [Municipality("0642", "Mullsjö", "lan", home.versions("0642") / "v2"), *municipalities[1:]]
    assert county.is_published(home, other) is None


def test_a_damaged_pointer_is_told_and_a_rollback_by_name_mends_it(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    releases = nightly(home, 2)
    pointer = home.publicerat / POINTER
    pointer.chmod(0o644)
    pointer.write_text("{")
    with pytest.raises(IbicError, match="rollback NAME"):
        current_release(home)
    assert ibic(home, "verify").exit_code == 1
    assert ibic(home, "rollback", releases[1].name).exit_code == 0
    assert verify(home)[POINTER] == []
    assert {each["release"] for each in read_pointer(home)["tidigare"]} == {releases[0].name}  # type: ignore[index]


def test_a_pointer_written_by_hand_is_good_until_the_next_publication(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    first, _ = nightly(home, 2)
    write_json({"release": first.name}, home.publicerat / POINTER)
    assert current_release(home) == first
    assert [each.aktuell for each in list_releases(home)] == [False, True]
    third = publish_small(home, write_pages=no_pages, now=NOW + 2 * DAY)
    assert current_release(home) == third
    assert not any(verify(home).values())
    assert {each["release"] for each in read_pointer(home)["tidigare"]} == {first.name}


def two_releases(home: Home, **version: Any) -> tuple[Path, Path]:
    municipalities = small_municipalities(home)
    before = publish_small(home, municipalities=municipalities)
    said = json.loads((home.versions("0643") / "v1" / "version.json").read_text()) | version
    write_json(said, home.versions("0643") / "v1" / "version.json")

    def pages(folder: Path, about: dict[str, Any]) -> None:
        write_changes(folder, about, difference(before, folder, about, 3))
        write_report(folder, about)

    tables = {"indikator": indikator_table(OTHER), "tratt": tratt_table().slice(0, 1)}
    return before, publish_small(home, municipalities=municipalities, tables=tables, write_pages=pages, now=NOW + DAY)


def test_a_difference_tells_figures_with_the_cause_the_largest_first(tmp_path: Path) -> None:
    before, after = two_releases(make_home(tmp_path), version="v2", leverans="2026-07-31")
    found = difference(before, after, manifest_of(after), tolerans_procent=3)
    told = [(row["kommunkod"], row["matt"], row["orsak"]) for row in found.andrade.to_pylist()]
    # 110 → 105 is 4.5 per cent, 130 → 125 is 3.8; the shares differ by 3.3 and 2 percentage points.
    assert told == [
        ("0643", "taljare", "ny_leverans"),
        (None, "taljare", "ny_leverans"),
        ("0643", "andel", "ny_leverans"),
    ]
    assert found.inom_tolerans == 1
    assert found.orsaker == {"ny_leverans": (3, 4)}
    assert (found.nya, found.borta) == ({"annan_status": 1}, {})


def test_a_figure_that_one_release_alone_shows_is_counted_once_by_what_the_other_has(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    gone, came = Figure("0642", 20, 100), Figure("0642", 20, 100, period="2026-07")
    then = [gone, Figure("0643", status="undertryckt"), Figure("0604", 30, 60)]
    now = [came, Figure("0643", 110, 150), Figure("0604", status="undertryckt")]
    before, after = (
        publish_small(home, write_pages=no_pages, tables={"indikator": indikator_table(figures)}, now=day)
        for figures, day in ((then, NOW), (now, NOW + DAY))
    )
    found = difference(before, after, manifest_of(after))
    assert found.nya == found.borta == {"annan_period": 1, "annan_status": 1}


def test_a_difference_tells_rows_and_columns_of_each_table(tmp_path: Path) -> None:
    before, after = two_releases(make_home(tmp_path))
    found = {each.tabell: each for each in difference(before, after, manifest_of(after)).tabeller}
    assert (found["tratt"].rader_fore, found["tratt"].rader_efter) == (2, 1)
    assert not found["beslut"].is_other
    (before / "jamforelse" / "tratt.parquet").unlink()
    found = {each.tabell: each for each in difference(before, after, manifest_of(after)).tabeller}
    assert (found["tratt"].rader_fore, found["tratt"].nya_kolumner) == (None, ())


def test_a_column_that_came_went_or_changed_type_is_named(tmp_path: Path) -> None:
    before, after = two_releases(make_home(tmp_path))
    path = before / "jamforelse" / "tratt.parquet"
    table = pq.read_table(path).drop_columns(["orsak"]).append_column("gammal", pa.array([1, 2]))
    position = table.schema.get_field_index("kvar")
    path.chmod(0o644)
    pq.write_table(table.set_column(position, "kvar", table["kvar"].cast(pa.int32())), path)
    tratt = next(each for each in difference(before, after, manifest_of(after)).tabeller if each.tabell == "tratt")
    assert (tratt.nya_kolumner, tratt.borttagna_kolumner) == (("orsak",), ("gammal",))
    assert tratt.andrade_typer == ("kvar: int32 → int64",)


def test_the_same_release_has_no_difference(tmp_path: Path) -> None:
    (release,) = nightly(make_home(tmp_path), 1)
    assert not difference(release, release, manifest_of(release)).is_any


def test_the_page_of_changes_is_in_the_release_and_linked(tmp_path: Path) -> None:
    _, after = two_releases(make_home(tmp_path), version="v2", leverans="2026-07-31")
    page = (after / "rapport" / "andringar.html").read_text(encoding="utf-8")
    assert "en ny leverans har ändrat eller kompletterat tidigare uppgifter" in page
    assert "<td>Habo</td><td>2026-06</td><td>alla</td><td>andel</td><td>73,3\N{NO-BREAK SPACE}%</td>" in page
    assert 'href="andringar.html"' in (after / "rapport" / "index.html").read_text(encoding="utf-8")


def test_a_first_release_has_no_page_of_changes(tmp_path: Path) -> None:
    release = publish_small(make_home(tmp_path))
    assert not (release / "rapport" / "andringar.html").exists()
    assert "andringar.html" not in (release / "rapport" / "index.html").read_text(encoding="utf-8")


def test_the_front_door_tells_of_releases_in_words_and_as_json(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    releases = nightly(home, 2)
    assert ibic(home, "list").stdout.splitlines()[0].startswith(f"{releases[1].name}  3 municipalities")
    assert json.loads(ibic(home, "list", "--json").stdout)[1]["ersatt"] == "2026-07-02T01:30:00Z"
    assert "0642 Mullsjö" in ibic(home, "show").stdout
    assert json.loads(ibic(home, "show", releases[0].name, "--json").stdout)["release"] == releases[0].name
    assert ibic(home, "verify").exit_code == 0
    assert ibic(home, "diff", releases[0].name, releases[1].name).exit_code == 0
    assert json.loads(ibic(home, "diff", releases[0].name, "--json").stdout)["antal_andrade"] == 0
    (releases[0] / "kodbok.html").unlink()
    told = ibic(home, "verify", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)[releases[0].name] == [{"fil": "kodbok.html", "vad": "saknas"}]


def test_the_front_door_says_what_is_missing_and_ends_with_2(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    assert ibic(home, "list").stdout == "No releases yet.\n"
    for words in (["show"], ["verify", "2026-01-01T000000Z"], ["diff", "a", "b"], ["rollback"]):
        assert isinstance(ibic(home, *words).exception, IbicError), words
    with pytest.raises(IbicError, match="none that is current"):
        release_named(home, None)


def test_the_shipped_policy_is_of_whole_sentences() -> None:
    said = Home(Path(__file__).resolve().parents[2] / "profiles" / "jonkopings-lan").lan.publicering
    assert said is not None
    assert all(value.varfor.endswith(".") for _, value in said)
