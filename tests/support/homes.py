"""Small homes that a test may run: one hand-made delivery of about 180 rows, given to some municipalities."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from ibic_pipeline.cli.init import initialise
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.workflow import county, municipality

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "documentation-review"
DELIVERY = "2024-02-29"
TWO = ("0642", "0643")


def small_county(folder: Path, codes: Sequence[str] = TWO) -> Home:
    """A home in which each municipality has delivered the golden delivery under a profile of its own."""
    source = (GOLDEN / "kommuner" / "9901.yaml").read_text(encoding="utf-8")
    settings = (GOLDEN / "lan.yaml").read_text(encoding="utf-8")
    quoted = ", ".join(f'"{code}"' for code in codes)
    (folder / "kommuner").mkdir(parents=True)
    unprinted = "\nrapport:\n  utskrift: false\n"  # printing takes seconds that few tests have a use for
    (folder / "lan.yaml").write_text(settings.replace('"9901"', quoted).replace('kod: "99"', 'kod: "06"') + unprinted)
    for code in codes:
        profile = source.replace('"9901"', f'"{code}"').replace("Granskad förvaltning", f"Kommun {code}")
        (folder / "kommuner" / f"{code}.yaml").write_text(profile.replace("publicering: lokal", "publicering: lan"))
        deliver(folder, code)
    home = Home(folder)
    initialise(home)
    return home


def deliver(folder: Path, code: str, name: str = DELIVERY) -> Path:
    """Put a copy of the golden delivery in a municipality's inbox."""
    target = folder / "inkorg" / code / name
    shutil.copytree(GOLDEN / "inkorg" / "9901" / DELIVERY, target)
    return target


def load(home: Home, code: str, *, rebuild: bool = False) -> None:
    """All steps of a municipality, without Dagster."""
    municipality.load_delivery(home, code, rebuild=rebuild)
    municipality.harmonise_municipality(home, code)
    municipality.derive_municipality(home, code, Settings())
    municipality.aggregate_municipality(home, code, Settings())
    municipality.commit_version(home, code)


def publish(home: Home, *, republish: bool = False) -> county.Release:
    """All steps of the county, without Dagster."""
    county.county_figures(home)
    county.published_figures(home)
    return county.publish_county(home, republish=republish)


def only_municipalities(folder: Path, codes: Sequence[str]) -> None:
    """Let a home have these of its municipalities only."""
    listed = ", ".join(f'"{code}"' for code in codes)
    replace_in_settings(folder, r"kommuner: .*", f"kommuner: [{listed}]")


def replace_in_settings(folder: Path, line: str, other: str) -> None:
    """Another line in a home's ``lan.yaml`` for the one that the pattern is all of."""
    settings = folder / "lan.yaml"
    text, replaced = re.subn(rf"(?m)^{line}$", other, settings.read_text(encoding="utf-8"))
    assert replaced == 1
    settings.write_text(text, encoding="utf-8")


def copy_of(folder: Path, target: Path) -> Home:
    """A home that a test may change; the links to current versions stay links."""
    shutil.copytree(folder, target, symlinks=True)
    return Home(target)


def bytes_of(folder: Path, pattern: str = "*.parquet") -> dict[str, bytes]:
    """Every file below a folder, following the links that are municipalities' current versions."""
    return {
        f"{entry.name}/{path.relative_to(entry.resolve())}": path.read_bytes()
        for entry in sorted(folder.iterdir())
        if entry.is_dir() and not entry.name.startswith(".")
        for path in sorted(entry.resolve().rglob(pattern))
    }
