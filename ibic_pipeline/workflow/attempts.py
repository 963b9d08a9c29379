"""How each municipality's latest attempt went, for those who ask in the morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ibic_pipeline.home import Home
from ibic_pipeline.workflow.county import municipality_of
from ibic_pipeline.workflow.versions import describe_version


@dataclass(frozen=True)
class Attempt:
    """A municipality's latest attempt. ``utfall``: godkand, vagrad, fel, or None when there was none.

    ``orsaker``: why it is not in the figures, as (code, Swedish sentence) joined. ``i_siffrorna``: the delivery that
    its figures are of; None when it has none.
    """

    kommunkod: str
    namn: str
    utfall: str | None
    leverans: str | None
    nar: datetime | None
    koder: tuple[str, ...]
    orsaker: tuple[str, ...]
    i_siffrorna: str | None


def attempts(home: Home) -> list[Attempt]:
    """Every municipality of the county, in the county's order."""
    return [_attempt_of(home, kommunkod) for kommunkod in home.lan.kommuner]


def _attempt_of(home: Home, kommunkod: str) -> Attempt:
    status = home.status(kommunkod)
    reasons = status["orsaker"] if status is not None else []
    noted = home.versions(kommunkod) / "status.json"
    return Attempt(
        kommunkod=kommunkod,
        namn=municipality_of(home, kommunkod).namn,
        utfall=status["utfall"] if status is not None else None,
        leverans=status["leverans"] if status is not None else None,
        nar=datetime.fromtimestamp(noted.stat().st_mtime, UTC) if status is not None else None,
        koder=tuple(dict.fromkeys(each["kod"] for each in reasons)),
        orsaker=tuple(f"{each['kod']}: {each['text']}" for each in reasons),
        i_siffrorna=describe_version(home, kommunkod).get("leverans"),
    )
