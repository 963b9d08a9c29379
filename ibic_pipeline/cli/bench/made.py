"""Made-up counties to measure on: made once, seeded, and kept under ``bench/`` in the home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibic_pipeline.cli.common import progress
from ibic_pipeline.cli.init import DEFAULT_COUNTY, initialise
from ibic_pipeline.resources import PROFILES

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

_LARGER = 2
"""Scale of the municipalities whose investigations a large file is made of."""


def delivered(home: Home, scale: float, years: int | None, seed: int) -> Home:
    """A home of its own in which the shipped county has delivered, each municipality in its own layout."""
    from ibic_pipeline.cli.synth import write_deliveries
    from ibic_pipeline.home import Home

    county = Home(home.path / "bench" / f"lan-{scale:g}-{years or 'alla'}-{seed}")
    initialise(county)
    done = county.path / "levererat"
    if not done.exists():
        write_deliveries(county, years=years, scale=scale, seed=seed, faults=0)
        done.touch()
    return county


def standard(home: Home, municipalities: int, scale: float, years: int | None, seed: int, *, quiet: bool) -> Home:
    """A home of its own in which so many municipalities have delivered without faults, all in the standard layout.

    The shipped county's municipalities come first, then the others of the country by their codes.
    """
    from ibic_pipeline.home import Home
    from ibic_pipeline.synthetic.county_synth import write_county
    from schemas.codelists import codelist

    county = Home(home.path / "bench" / f"standard-{municipalities}-{scale:g}-{years or 'alla'}-{seed}")
    done = county.path / "levererat"
    if done.exists():
        return county
    own = _first_municipality_alone(county)
    codes = [*own, *sorted(set(codelist("kommun")["kod"]) - set(own))][:municipalities]
    with progress("deliveries", len(codes), quiet=quiet) as shown:

        def told(name: str, _rows: int) -> None:
            shown.doing(name)
            shown.step(1)

        write_county(county, kommuner=codes, seed=seed, scale=scale, years=years, with_truth=False, progress=told)
    initialise(county)
    done.touch()
    return county


def _first_municipality_alone(county: Home) -> list[str]:
    """Settings without any profile, so that every municipality gets one of the standard layout; the county's codes.

    Nothing is printed: `ibic bench site` measures pages, and printing them would hide all else.
    """
    from ibic_pipeline.home import Home
    from ibic_pipeline.storage import write_text

    shipped = Home(PROFILES / DEFAULT_COUNTY)
    codes = list(shipped.lan.kommuner)
    text = (shipped.path / "lan.yaml").read_text(encoding="utf-8")
    listed = ", ".join(f'"{code}"' for code in codes)
    county.path.mkdir(parents=True, exist_ok=True)
    alone = text.replace(f"kommuner: [{listed}]", f'kommuner: ["{codes[0]}"]')
    write_text(alone.replace("utskrift: true", "utskrift: false"), county.path / "lan.yaml")
    county.kommuner.mkdir(exist_ok=True)
    return codes


def large_file(home: Home, rows: int, seed: int) -> Home:
    """A home of its own in which one municipality has a file of investigations with so many rows, without faults.

    They are investigations of many municipalities, each with ids of its own.
    """
    import pandas as pd

    from ibic_pipeline.home import Home
    from ibic_pipeline.synthetic.county_synth import END, FIRST, add_profiles
    from ibic_pipeline.synthetic.export import ExportFile, render, write_files
    from ibic_pipeline.synthetic.histories import simulate

    county = Home(home.path / "bench" / f"fil-{rows}-{seed}")
    done = county.path / "levererat"
    if done.exists():
        return county
    others = reversed(_first_municipality_alone(county))
    (own,) = county.lan.kommuner
    add_profiles(county, [own])
    initialise(county)
    profil = county.profil(own, END)
    files: list[ExportFile] = []
    while sum(len(file.frame) for file in files) < rows:
        code = next(others)
        world = simulate(code, seed=seed, scale=_LARGER, start=FIRST, end=END, migrerad=profil.kallsystem.migrerad)
        files += [each for each in render({code: world}, {code: profil}, END) if each.export == "utredning"]
        files[-1].frame["UTREDNING"] = f"{code}-" + files[-1].frame["UTREDNING"]
    frame = pd.concat([each.frame for each in files], ignore_index=True).iloc[:rows]
    one = ExportFile(files[0].export, files[0].fil, frame, frame["UTREDNING"].str[:0].to_numpy() + own)
    write_files([one], county.inkorg / profil.mapp / END.isoformat(), END)
    done.touch()
    return county
