"""What decides the content of a version or of a release, as one short text: same fingerprint, same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ibic_pipeline.corrections.model import Rattelse
from ibic_pipeline.county import Lan
from ibic_pipeline.profile import Profil
from ibic_pipeline.resources import PACKAGE, SCHEMAS, SQL
from ibic_pipeline.storage import sha256_of_files, sha256_of_json

VERSION_LENGTH = 16

_MUNICIPALITY_CODE = (
    *("codes", "corrections", "extract", "harmonise", "validate"),
    *("derive", "compare", "quality", "summary", "workflow"),
)
_COUNTY_CODE = ("compare", "quality", "publish", "report", "workflow", "pdf.py", "workbooks.py")
_MODULES = ("county.py", "identities.py", "profile.py", "pseudonym.py", "storage.py")


def version_of(
    delivered: Iterable[tuple[str, str]],
    profil: Profil,
    lan: Lan,
    key_id: str,
    code_lists: str,
    corrections: Sequence[Rattelse] = (),
    purged: Sequence[str] = (),
) -> str:
    """The version of a municipality.

    Args:
        delivered: name and SHA-256 of each delivered file.
        profil: the municipality's profile, inheritance resolved.
        lan: the county's settings.
        key_id: name of the pseudonym key; never the key.
        code_lists: fingerprint of the home's own code lists.
        corrections: the municipality's own; without any the version is what it would be if there could be none.
        purged: pseudonyms of the persons whom the load leaves out; likewise.
    """
    content: dict[str, Any] = {
        "files": sorted(delivered),
        "profil": profil.model_dump(mode="json"),
        "lan": _that_decides_a_municipality(lan),
        "code": source_of(_MUNICIPALITY_CODE),
        "key": key_id,
        "code_lists": code_lists,
    }
    if corrections:
        content["rattelser"] = [each.model_dump(mode="json") for each in corrections]
    if purged:
        content["gallrade"] = list(purged)
    return sha256_of_json(content)[:VERSION_LENGTH]


def county_version_of(versions: dict[str, str], stale: dict[str, Any], sharing: list[str], lan: Lan) -> str:
    """What a release is made of: versions, who is stale, who shares rows, the county's settings, code."""
    content: dict[str, Any] = {
        "versions": versions,
        "stale": stale,
        "sharing": sharing,
        "lan": lan.model_dump(mode="json", exclude={"publicering"}),
        "code": source_of(_COUNTY_CODE),
    }
    return sha256_of_json(content)[:VERSION_LENGTH]


def _that_decides_a_municipality(lan: Lan) -> dict[str, Any]:
    """The county's settings without those that only the comparison and the scoring of data quality use."""
    left_out = {"namn", "kommuner", "signaler", "disclosure", "publicering", "rapport", "kvalitet", "atgarder"}
    return lan.model_dump(mode="json", exclude=left_out)


@lru_cache(maxsize=4)
def source_of(folders: tuple[str, ...]) -> str:
    """SHA-256 over contracts, code lists, SQL and the package's folders (or modules) that decide content."""
    found: list[Path] = [*SCHEMAS.rglob("*.py"), *SCHEMAS.rglob("*.csv"), *SQL.rglob("*.sql")]
    for folder in folders:
        found += (PACKAGE / folder).rglob("*.py")
        found += (PACKAGE / folder).rglob("*.j2")
    modules = {*_MODULES, *(name for name in folders if name.endswith(".py"))}
    found += [PACKAGE / name for name in modules if (PACKAGE / name).exists()]
    return sha256_of_files(found, PACKAGE.parent)
