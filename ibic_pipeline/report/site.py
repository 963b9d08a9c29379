"""Everything that a release's pages are made of, read once from what it publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ibic_pipeline.report.figures import COMPARED_GROUPS, Panel, Row, panels
from ibic_pipeline.report.funnels import Funnels, funnels
from ibic_pipeline.report.groups import Splits, splits
from ibic_pipeline.report.menu import menu_of
from ibic_pipeline.report.numbers import in_alphabetical_order
from ibic_pipeline.report.process import Chains, chains
from ibic_pipeline.report.quality import bounds_beside, has_quality
from ibic_pipeline.report.questions import Asked, asked
from ibic_pipeline.report.reading import Filters, frame, grouped, names_of, table
from ibic_pipeline.report.series import Series, series
from ibic_pipeline.report.waits import Curves, curves


@dataclass(frozen=True)
class Place:
    """One municipality of the manifest."""

    kod: str
    namn: str
    inaktuell: bool
    has_data: bool
    leverans: str | None
    orsaker: tuple[str, ...]

    @property
    def fil(self) -> str:
        """The name of the municipality's page."""
        return f"kommun-{self.kod}.html"


@dataclass(frozen=True)
class Site:
    """The figures of a release in plain objects; nothing here is read from anything but published tables."""

    jamforelse: Path
    about: Mapping[str, Any]
    panels: tuple[Panel, ...]
    series: Series
    splits: Splits
    funnels: Funnels
    curves: Curves
    chains: Chains
    bounds: Mapping[tuple[str, str], str]
    """Indicator and name of a place -> how low and high the figure could be."""
    changed: Mapping[tuple[str | None], list[Row]]
    """Municipality -> rows of ``andringar``."""
    quality: bool
    changes: bool
    """Whether there is a release before to compare with."""

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The municipalities, in alphabetical order."""
        return tuple(_place(each) for each in in_alphabetical_order(self.about["kommuner"]))

    @cached_property
    def questions(self) -> tuple[Asked, ...]:
        """The figures by the six questions."""
        return tuple(asked(self.panels))

    @cached_property
    def names(self) -> dict[str | None, str]:
        """Code -> name; None -> the county's."""
        return names_of(self.about)

    def described(self, id: str) -> Mapping[str, Any]:
        """An indicator as the manifest describes it."""
        return next(each for each in self.about["indikatorer"] if each["id"] == id)

    def action(self, kod: str, id: str) -> str | None:
        """What the municipality does about a figure, as lan.yaml says; None where it says nothing."""
        found: str | None = self.about["lan"].get("atgarder", {}).get(kod, {}).get(id)
        return found


def read_site(folder: Path, about: Mapping[str, Any], has_earlier: bool | None = None) -> Site:
    """Read a release's published tables.

    Args:
        folder: the release; its tables are in ``jamforelse/``.
        about: what the release's manifest says.
        has_earlier: whether there is a release before, so that there is a page of changes; None: look for the page.
    """
    jamforelse = folder / "jamforelse"
    compared: Filters = [("period_typ", "in", ["manad", "kvartal"])]
    figures = table(jamforelse, "indikator", [*compared, ("brytning", "=", "total")])
    differences = table(jamforelse, "skillnad", [*compared, ("brytning", "=", COMPARED_GROUPS)])
    shown = tuple(panels(figures, differences, about))
    quality = has_quality(jamforelse)
    return Site(
        jamforelse=jamforelse,
        about=about,
        panels=shown,
        series=series(jamforelse, shown),
        splits=splits(jamforelse, shown),
        funnels=funnels(jamforelse, shown),
        curves=curves(jamforelse),
        chains=chains(jamforelse, shown),
        bounds=bounds_beside(jamforelse, shown, about) if quality else {},
        changed=grouped(frame(jamforelse, "andringar", []), ("kommunkod",)),
        quality=quality,
        changes=menu_of(folder).andringar if has_earlier is None else has_earlier,
    )


def _place(each: Mapping[str, Any]) -> Place:
    delivery = (each["underlag"] or {}).get("leverans")
    return Place(
        kod=each["kommunkod"],
        namn=each["namn"],
        inaktuell=bool(each["inaktuell"]) and bool(each["version"]),
        has_data=bool(each["version"]),
        leverans=None if delivery is None else str(delivery),
        orsaker=tuple(each["orsaker"]),
    )
