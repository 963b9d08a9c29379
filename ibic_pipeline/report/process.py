"""The process from investigation to follow-up: how many of the same decisions are left, and lost, at each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ibic_pipeline.report.figures import Panel, Row, Visning
from ibic_pipeline.report.numbers import count_text, names_text, percent_text, period_text
from ibic_pipeline.report.reading import frame, grouped

CHAIN = "F1"
"""The indicator whose decisions the chain follows."""

WORDS = {
    "alla": ("Alla", "beviljade beslut som granskas"),
    "utredning": ("Utredning", "avslutad, med minst en bedömning"),
    "beslut": ("Beslut", "har en beslutsdag"),
    "uppdrag": ("Uppdrag", "skickat eller mottaget"),
    "genomforandeplan": ("Plan", "klarmarkerad genomförandeplan"),
    "uppfoljning": ("Uppföljning", "gjord, av vem som helst i vilken kanal som helst"),
}
"""Published step -> its name, and what stands when a decision is left after it."""


@dataclass(frozen=True)
class Step:
    """One step; a number that is hidden is None."""

    namn: str
    text: str
    visning: Visning
    kvar: int | None
    bortfall: int | None
    andel_kvar: float | None
    andel_bortfall: float | None


@dataclass(frozen=True)
class Chain:
    """The steps of one place in the period that the pages compare; none where there is no chain."""

    period: str | None
    visning: Visning
    steg: tuple[Step, ...]

    @property
    def period_text(self) -> str:
        """The period in words."""
        return period_text(self.period) if self.period else ""

    @property
    def drawn(self) -> bool:
        """Whether there is anything to draw: decisions, of which some numbers may be hidden."""
        return bool(self.steg) and self.visning not in ("ej_utvarderad", "ej_tillampligt")


Chains = Mapping[str | None, Chain]
"""Municipality (None: the county) -> its chain."""

NO_CHAIN = Chain(None, "saknas", ())


def chains(jamforelse: Path, panels: Sequence[Panel]) -> Chains:
    """Every published chain of the period that the pages compare its indicator in."""
    period = next((panel.period for panel in panels if panel.id == CHAIN), None)
    if period is None:
        return {}
    rows = grouped(frame(jamforelse, "processkedja", [("period", "=", period)]), ("kommunkod",))
    return {kod: _chain(period, each) for (kod,), each in rows.items()}


def _chain(period: str, rows: Sequence[Row]) -> Chain:
    ordered = sorted(rows, key=lambda row: row["steg"])
    return Chain(period, ordered[0]["status"], tuple(_step(row) for row in ordered))


def _step(row: Row) -> Step:
    namn, text = WORDS[row["processteg"]]
    numbers = (row[name] for name in ("kvar", "bortfall", "andel_kvar", "andel_bortfall"))
    return Step(namn, text, row["status"], *numbers)


def finding(chain: Chain, place: str) -> str:
    """The largest loss in words: also of several that are as large, and of a chain that is hidden or not there."""
    if chain.visning == "saknas":
        return f"Releasen har ingen processkedja för {place}."
    if chain.visning == "ej_utvarderad":
        return (
            f"Det finns ingen processkedja för {place} i {chain.period_text}: perioden är inte levererad än, eller "
            "räknad av en tidigare version av programmet."
        )
    if chain.visning == "ej_tillampligt":
        return f"Inga beslut i {place} granskas i {chain.period_text}. Det är inte noll procent."
    first, last = chain.steg[0], chain.steg[-1]
    if first.kvar is None or last.kvar is None or last.andel_kvar is None:
        return f"Processkedjan för {place} är undertryckt: så få beslut att någon kunde kännas igen. Det är inte noll."
    whole = (
        f"Av {count_text(first.kvar)} beslut i {place} har {count_text(last.kvar)} ({percent_text(last.andel_kvar)}) "
    )
    return f"{whole}alla steg. {_largest(chain, first.kvar - last.kvar)}"


def _largest(chain: Chain, lost: int) -> str:
    """``lost``: how many all steps lose together."""
    if not lost:
        return "Inget beslut faller bort."
    shown = [each for each in chain.steg[1:] if each.bortfall is not None]
    hidden = [each.namn.lower() for each in chain.steg[1:] if each.bortfall is None]
    unseen = lost - sum(each.bortfall or 0 for each in shown)
    most = max((each.bortfall or 0 for each in shown), default=0)
    untold = f" Bortfallet i {names_text(hidden)} är undertryckt." if hidden else ""
    if not most:
        return untold.strip()
    those = [each for each in shown if each.bortfall == most]
    # What is hidden may hold a larger one, unless all of it together is less.
    what = "Störst bortfall" if most > unseen else "Störst av de bortfall som visas"
    share = percent_text(those[0].andel_bortfall or 0)
    names = names_text([each.namn.lower() for each in those])
    each_of = " i vart och ett" if len(those) > 1 else ""
    return f"{what}: {names}, {count_text(most)} beslut{each_of} ({share} av alla).{untold}"
