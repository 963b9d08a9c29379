"""What of profiles, deliveries and corrections can be wrong, municipality by municipality."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from ibic_pipeline.cli.doctor.finding import Finding, from_error
from ibic_pipeline.errors import DeliveryRefused, IbicError, did_you_mean

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

BETTER = "Ask for a better delivery; docs/administrator.md says what each code means."


def examine(home: Home) -> Iterator[Finding]:
    """A finding per municipality, then one per file of corrections."""
    for code in home.lan.kommuner:
        yield municipality(home, code)
    yield from _corrections(home)


def municipality(home: Home, code: str) -> Finding:
    """Whether a municipality's profile and key are right, its delivery there and accepted, and how old that is."""
    from ibic_pipeline.alerts.rhythm import late
    from ibic_pipeline.extract import profile_of_latest
    from ibic_pipeline.pseudonym import key_id, scope_of
    from ibic_pipeline.summary import find_latest

    try:
        profil = profile_of_latest(home, code)
        key_id(home, scope_of(profil))
        delivery = find_latest(home, profil)
    except IbicError as error:
        return from_error(code, "error", error)
    except DeliveryRefused as refused:
        return Finding(code, "finding", f"{profil.namn}: {_in_words(refused.reasons)}", BETTER)
    text = f"{profil.namn}, delivery {delivery.leverans_id}"
    status = home.status(code)
    if status is not None and status["utfall"] != "godkand":
        reasons = _in_words((each["kod"], each["text"]) for each in status["orsaker"])
        return Finding(code, "finding", f"{text} was not accepted when it was last run. {reasons}", BETTER)
    if home.is_made_up:
        return Finding(code, "ok", f"{text} (made up)")
    missing = late(home.lan.larm.leveranser.of(code), delivery.uttagsdatum, date.today())
    if missing:
        told = f"{text} is late: one that was extracted on {missing.expected} or later was due on {missing.due}."
        do = f"Ask {profil.kontakt} for a new one. Another rhythm is said in larm.leveranser of lan.yaml."
        return Finding(code, "finding", told, do)
    return Finding(code, "ok", f"{text}, {(date.today() - delivery.uttagsdatum).days} days old")


def _corrections(home: Home) -> Iterator[Finding]:
    """Every file of corrections: whose it is, and whether the municipality's profile allows what it says."""
    from ibic_pipeline.corrections.columns import corrections_of
    from ibic_pipeline.extract import profile_of_latest
    from ibic_pipeline.extract.names import mask

    for path in sorted(home.rattelsemapp.glob("[!.]*")):
        what = f"{path.parent.name}/{mask(path.name)}"
        if path.suffix != ".yaml" or path.stem not in home.lan.kommuner:
            near = did_you_mean(mask(path.name), [f"{code}.yaml" for code in home.lan.kommuner])
            text = f"No municipality of {home.lan.namn} is corrected by it{near}."
            yield Finding(what, "finding", text, "Rename it after the municipality's code, or take it away.")
            continue
        try:
            profil = profile_of_latest(home, path.stem)
        except IbicError:  # told with the municipality
            continue
        try:
            decided = corrections_of(home, profil)
        except IbicError as error:
            told = from_error(what, "finding", error)
            text = f"{profil.namn}'s deliveries are refused until it is right. {told.text}"
            yield Finding(what, "finding", text, told.do)
        else:
            yield Finding(what, "ok", f"{profil.namn}, {len(decided)} corrections that its profile allows")


def _in_words(reasons: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"{code}: {text}" for code, text in reasons)
