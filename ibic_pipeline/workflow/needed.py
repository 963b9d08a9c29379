"""What a night starts: which municipalities have something to load, and in words why the others have not."""

from __future__ import annotations

from dataclasses import dataclass

from ibic_pipeline.errors import IbicError
from ibic_pipeline.fetch import has_source
from ibic_pipeline.home import Home
from ibic_pipeline.workflow.arrivals import is_being_written
from ibic_pipeline.workflow.county import is_published, municipalities_of, municipality_of
from ibic_pipeline.workflow.municipality import is_refused_still
from ibic_pipeline.workflow.plan import Plan, plan
from ibic_pipeline.workflow.versions import describe_version


@dataclass(frozen=True)
class Need:
    """One municipality in a night's plan; ``varfor`` in Swedish."""

    kommunkod: str
    namn: str
    leverans: str | None
    startas: bool
    varfor: str


def needs(home: Home) -> list[Need]:
    """Every municipality of the county, in the county's order; nothing is written and no one else is asked."""
    return [_need_of(home, kommunkod) for kommunkod in home.lan.kommuner]


def county_is_needed(home: Home) -> bool:
    """Whether the county would publish something else than what stands."""
    try:
        return is_published(home, municipalities_of(home)) is None
    except IbicError:  # a pointer that cannot be read is told by the run
        return True


def _need_of(home: Home, kommunkod: str) -> Need:
    try:
        profil = home.profil(kommunkod)
    except IbicError:
        fetched, written = False, False
    else:
        fetched, written = has_source(profil), is_being_written(home, profil.mapp)
    name = municipality_of(home, kommunkod).namn
    if fetched:
        return Need(kommunkod, name, None, True, "Hämtas från kommunens databas eller fjärrmapp.")
    planned = plan(home, kommunkod)
    starts, why = _decided(home, planned)
    if starts and written:
        starts, why = False, "Leveransen skrivs ännu; den startas när den är hel."
    return Need(kommunkod, name, planned.leverans, starts, why)


def _decided(home: Home, planned: Plan) -> tuple[bool, str]:
    status = home.status(planned.kommunkod)
    if is_refused_still(home, planned):
        codes = ", ".join(dict.fromkeys(each["kod"] for each in (status or {})["orsaker"]))
        return False, f"Vägrad sedan tidigare ({codes}); ingen ny leverans har kommit."
    if status is None:
        return True, "Kommunen har inte lästs in förut."
    if planned.unchanged:
        if status["utfall"] == "godkand" and status["version"] == planned.version:
            return False, "Oförändrad: den senaste leveransen är redan inläst."
        return True, "Den senaste leveransen är åter den som redan är inläst."
    if planned.refused:
        return True, "Leveransen kan inte läsas; körningen säger varför."
    if status["utfall"] == "fel" and status["version"] == planned.version:
        return True, "Förra försöket misslyckades."
    if describe_version(home, planned.kommunkod).get("leverans") != planned.leverans:
        return True, "Ny leverans."
    return True, "Leveransens filer, profilen, länets inställningar eller programmet har ändrats."
