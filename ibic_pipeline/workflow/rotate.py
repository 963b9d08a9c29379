"""A new key for a municipality, or for the county: its versions are built anew from their deliveries, then it applies.

A pseudonym cannot be turned into another without the number, so the delivery must still lie in the inbox as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract import profile_of_latest
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.pseudonym import COUNTY_KEY, key_id, scope_of
from ibic_pipeline.publish.purge_list import purge_list
from ibic_pipeline.workflow.files import only_run, only_writer
from ibic_pipeline.workflow.measured import measure_municipality
from ibic_pipeline.workflow.municipality import (
    aggregate_municipality,
    complete_version,
    derive_municipality,
    harmonise_municipality,
    load_delivery,
)
from ibic_pipeline.workflow.plan import Plan, plan
from ibic_pipeline.workflow.switch import begin, decide, settle
from ibic_pipeline.workflow.versions import current_version, describe_version


@dataclass(frozen=True)
class Rotated:
    """A key that has been replaced. ``versioner``: municipality -> its new version; None when it had no data."""

    omfattning: str
    nyckel: str
    ersatter: str
    versioner: dict[str, str | None]


def rotate_key(
    home: Home, scope: str, settings: Settings, when_waiting: Callable[[str], Any], doing: Callable[[str], Any]
) -> Rotated:
    """Replace a key (a municipality's code, or ``COUNTY_KEY``) and everything in the working tables that it made.

    On any failure, or a kill, before all is built the old key and versions stay; after that the next run ends it.

    Args:
        when_waiting: called with the municipality that another run is working on.
        doing: called with each municipality before it is built.

    Raises:
        IbicError: another run is at work, the key is missing, or a current version is not of the latest delivery as
            that lies in the inbox.
    """
    with only_run(home), ExitStack() as held:
        kommuner = municipalities_of_key(home, scope)
        for kommunkod in kommuner:
            held.enter_context(only_writer(home, kommunkod, partial(when_waiting, kommunkod)))
            _must_be_rebuildable(home, kommunkod)
        before = key_id(home, scope)
        try:
            staged = begin(home, scope, kommuner)
            decide(home, {kommunkod: _rebuilt(staged, kommunkod, settings, doing) for kommunkod in kommuner})
        finally:
            settle(home)
        return Rotated(scope, key_id(home, scope), before, {code: current_version(home, code) for code in kommuner})


def municipalities_of_key(home: Home, scope: str) -> list[str]:
    """The municipalities whose persons are keyed with a key: the latest delivery's profile says so, or the version.

    Raises:
        IbicError: a profile cannot be read, or the municipality uses the county's key.
    """
    if scope == COUNTY_KEY:
        return [code for code in home.lan.kommuner if COUNTY_KEY in _scopes(home, code)]
    if scope_of(profile_of_latest(home, scope)) == COUNTY_KEY:
        raise IbicError(
            f"{scope} to have a key of its own",
            "the county's key",
            "Run `ibic keys rotate --lan` for all who share it.",
        )
    return [scope]


def _scopes(home: Home, kommunkod: str) -> set[str | None]:
    made_with = describe_version(home, kommunkod).get("nyckel_omfattning")
    return {scope_of(profile_of_latest(home, kommunkod)), made_with}


def _must_be_rebuildable(home: Home, kommunkod: str) -> None:
    """Without the very delivery that the current version was made of, its persons cannot be keyed anew."""
    about = describe_version(home, kommunkod)
    planned = plan(home, kommunkod)
    if purge_list(home, kommunkod):
        raise IbicError(
            f"no purged persons of {kommunkod}",
            "a purge list, of which a new key would make nothing",
            "Nothing has been changed. Lift its persons (`ibic release purge --lift`), replace the key, and purge them "
            "again by their numbers before the next `ibic run`.",
        )
    if not about or planned.unchanged:
        return
    expected = f"the current version of {kommunkod} to be of the latest delivery as it lies in the inbox"
    raise IbicError(expected, _what_differs(about, planned), _WHAT_NEXT.format(leverans=about["leverans"]))


_WHAT_NEXT = (
    "Nothing has been changed. Put {leverans} back as it was, or run `ibic run` first so that the current version is "
    "of the latest delivery."
)


def _what_differs(about: dict[str, Any], planned: Plan) -> str:
    if planned.refused:
        return f"no delivery that can be used ({' '.join(f'{code}: {text}' for code, text in planned.reasons)})"
    if planned.leverans != about["leverans"]:
        return f"{planned.leverans} as the latest, and a version made of {about['leverans']}"
    now = {(file.name, file.sha256) for file in planned.files}
    if now != {(file["fil"], file["sha256"]) for file in about["filer"]}:
        return f"files in {planned.leverans} that have changed since it was loaded"
    return "a profile, key, code list, setting or program that has changed since it was loaded"


def _rebuilt(home: Home, kommunkod: str, settings: Settings, doing: Callable[[str], Any]) -> str | None:
    """The version that the new key makes, built whole beside the current one; None without a current one."""
    if current_version(home, kommunkod) is None:
        return None
    doing(kommunkod)
    load_delivery(home, kommunkod, fetch=False)
    try:
        harmonise_municipality(home, kommunkod)
    except DeliveryRefused as refused:
        raise IbicError(
            f"the delivery of {kommunkod} to be accepted as when it was loaded", str(refused), "Run `ibic run` first."
        ) from None
    derive_municipality(home, kommunkod, settings)
    aggregate_municipality(home, kommunkod, settings)
    measure_municipality(home, kommunkod, settings)
    return complete_version(home, kommunkod).version
