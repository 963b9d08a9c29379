"""Everything a release holds beside its tables so that people and programs find and understand them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from ibic_pipeline.county import Lan
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil
from ibic_pipeline.publish.datapackage import datapackage
from ibic_pipeline.publish.dcat import dcat
from ibic_pipeline.publish.kolada import kolada_csv
from ibic_pipeline.publish.municipality import Municipality
from ibic_pipeline.publish.odcs import delivery_contract
from ibic_pipeline.storage import write_json, write_text

YAML_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""As safe as ``yaml.safe_dump`` and several times as fast."""

DATA_PACKAGE, CATALOGUE, KOLADA, AGREEMENTS = "datapackage.json", "dcat-ap-se.jsonld", "kolada.csv", "kontrakt"


def write_catalogues(
    home: Home, lan: Lan, release: str, build: Path, tables: set[str], municipalities: Sequence[Municipality]
) -> None:
    """Write the data package, the catalogue of the open figures, Kolada's form of them, and the delivery contracts.

    Args:
        release: the release's name.
        build: the folder of the release, whose tables stand.
        tables: names of the comparison tables that there are.
        municipalities: those whose profile can be read get a contract.
    """
    if "indikator" in tables:
        write_text(kolada_csv(build / "jamforelse" / "indikator.parquet"), build / KOLADA)
    for municipality in municipalities:
        profil = _readable(home, municipality.kommunkod)
        if profil is not None:
            agreement = delivery_contract(profil)
            said = yaml.dump(agreement, Dumper=YAML_DUMPER, allow_unicode=True, sort_keys=False, width=120)
            write_text(said, build / AGREEMENTS / f"{municipality.kommunkod}.odcs.yaml")
    write_json(datapackage(build), build / DATA_PACKAGE)
    write_json(dcat(build, lan, release), build / CATALOGUE)


def _readable(home: Home, kommunkod: str) -> Profil | None:
    """A municipality's profile; one whose settings cannot be read is published with its last good data, without."""
    try:
        return home.profil(kommunkod)
    except IbicError:
        return None
