"""The first things that someone does with ``ibic``: a home, what an indicator means, the demo."""

from __future__ import annotations

import json
from pathlib import Path

from ibic_pipeline.derive import indicators
from ibic_pipeline.home import Home
from tests.support.command_line import Ibic
from tests.support.homes import only_municipalities


def test_a_home_that_does_not_exist_is_told_how_to_begin(tmp_path: Path, ibic: Ibic) -> None:
    for verb in ("run", "doctor"):
        said = ibic(verb, "--home", tmp_path / "nowhere")
        assert said.code == 2
        assert "ibic init" in said.out + said.err


def test_init_makes_a_home_and_never_overwrites_one(tmp_path: Path, ibic: Ibic) -> None:
    folder = tmp_path / "home"
    assert ibic("init", "--home", folder).code == 0
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "lan.yaml").write_bytes(own := files[folder / "lan.yaml"] + b"# ours\n")
    (folder / "kommuner" / "0642.yaml").unlink()
    assert ibic("init", "--home", folder).code == 0

    assert len([path for path in files if path.suffix == ".nyckel"]) == 13
    assert all(path.stat().st_mode & 0o077 == 0 for path in files if path.suffix == ".nyckel")
    assert (folder / "lan.yaml").read_bytes() == own
    assert not (folder / "kommuner" / "0642.yaml").exists()
    kept = [path for path in files if path.exists() and path.name != "lan.yaml"]
    assert all(path.read_bytes() == files[path] for path in kept)


def test_every_indicator_is_explained(ibic: Ibic) -> None:
    listed = [line.split()[0] for line in ibic("indicators").out.splitlines()]
    one = json.loads(ibic("indicators", "T10", "--json").out)[0]

    assert {each.id for each in indicators()} <= set(listed)
    assert one["definition"]
    assert one["exkluderingar"]


def test_the_demo_runs_twice_and_ends_with_a_page_and_a_query(tmp_path: Path, ibic: Ibic, few_indicators: None) -> None:
    """Two of the municipalities that travel with the program are enough here."""
    folder = tmp_path / "home"
    ibic("init", "--home", folder)
    only_municipalities(folder, ["0642", "0662"])
    command = ("demo", "--home", folder, "--scale", "0.02", "--years", "1", "--faults", "0")
    first, second = ibic(*command), ibic(*command)

    assert (first.code, first.err) == (0, "")
    assert (second.code, second.err) == (0, "")
    page = next(line.split(maxsplit=1)[1] for line in first.out.splitlines() if line.startswith("Page"))
    query = next(line.split('"')[1] for line in first.out.splitlines() if line.startswith("Query"))
    assert Path(page).is_file()
    assert "(unchanged)" in second.out
    home = Home(folder)
    numbers = (folder / "facit" / "personnummer.txt").read_text().split()
    assert len(numbers) > 30
    assert not _numbers_found_below((home.lager, home.publicerat, home.dagster), numbers)
    assert len(json.loads(ibic("query", query, "--format", "json", "--home", folder).out)) > 0


def _numbers_found_below(folders: tuple[Path, ...], numbers: list[str]) -> set[str]:
    content = b"".join(path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file())
    spellings = {each: (each, f"{each[:8]}-{each[8:]}", f"{each[2:8]}-{each[8:]}") for each in numbers}
    return {each for each, spelt in spellings.items() if any(text.encode() in content for text in spelt)}
