"""Explains one figure: selects its units, proves that they add up to it, and finds what decided about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ibic_pipeline.compare.periods import Period
from ibic_pipeline.derive.engine import fetch
from ibic_pipeline.derive.headers import Indicator
from ibic_pipeline.explain.evidence import units_with_evidence
from ibic_pipeline.explain.figure import (
    Difference,
    Figure,
    Step,
    difference_of,
    figure_of,
    funnel_of,
    members,
    require_counted_figures,
)
from ibic_pipeline.explain.rows import (
    Rows,
    indicator_of,
    opened,
    period_of,
    require_known_groups,
    row_level,
    show_units,
)
from ibic_pipeline.home import Home, Settings

IN_NUMERATOR, IN_DENOMINATOR, EXCLUDED = "taljare", "namnare", "exkluderad"


@dataclass(frozen=True)
class Explained:
    """A figure and what lies behind it."""

    indicator: Indicator
    rows: Rows
    period: Period
    groups: dict[str, str]
    figure: Figure
    by_form: dict[str, Figure]
    """Of an indicator that compares forms of provision: each form's figure, the private one first."""
    difference: Difference | None
    funnel: tuple[Step, ...]
    units: pd.DataFrame
    """Units that may be shown: ``enhet_id``, ``individ_id``, ``lage`` (in the numerator, in the denominator only, or
    excluded), ``exkluderad``, ``fran``, ``till``, ``varde``, groups, and the columns that decided."""
    protected: int
    """Units of persons with protected identity: counted, never shown."""


def explain(
    home: Home,
    indikator: str,
    kommunkod: str,
    period: str,
    groups: Mapping[str, str] | None = None,
    settings: Settings | None = None,
) -> Explained:
    """Explain the figure of an indicator, a municipality, a period and any groups (dimension -> group).

    Raises:
        IbicError: this home holds no row level of the municipality, what is asked for does not exist, or the units do
            not add up to what was counted.
    """
    rows = row_level(home, kommunkod)
    indicator, wanted = indicator_of(indikator), dict(groups or {})
    chosen = period_of(rows, indicator, period)
    require_known_groups(wanted, rows.lan)
    with opened(rows, settings or Settings()) as connected:
        show_units(connected, rows, indicator, chosen)
        counted = fetch(connected, "SELECT * FROM enhet").to_pandas()
        require_counted_figures(rows, indicator, chosen, counted, wanted)
        found = units_with_evidence(connected, indicator)
    explained = counted[members(counted, wanted)]
    shown = found[members(found, wanted)]
    hidden = shown["skyddad"].astype(bool)
    by_form = _by_form(explained, indicator, rows)
    return Explained(
        indicator=indicator,
        rows=rows,
        period=chosen,
        groups=wanted,
        figure=figure_of(explained, indicator, rows.lan),
        by_form=by_form,
        difference=difference_of(*by_form.values()) if by_form else None,
        funnel=funnel_of(explained, indicator),
        units=_with_place(shown[~hidden].drop(columns="skyddad")),
        protected=int(hidden.sum()),
    )


def _by_form(units: pd.DataFrame, indicator: Indicator, rows: Rows) -> dict[str, Figure]:
    if indicator.matt != "skillnad":
        return {}
    return {form: figure_of(units[units["regiform"] == form], indicator, rows.lan) for form in ("privat", "kommunal")}


def _with_place(units: pd.DataFrame) -> pd.DataFrame:
    """Which set each unit is in, those in the numerator first and the excluded last."""
    place = pd.Series(IN_DENOMINATOR, index=units.index, name="lage")
    place = place.mask(units["i_taljare"].astype(bool), IN_NUMERATOR).mask(units["exkluderad"].notna(), EXCLUDED)
    order = place.map({IN_NUMERATOR: 0, IN_DENOMINATOR: 1, EXCLUDED: 2})
    placed = units.drop(columns=["i_namnare", "i_taljare"]).assign(lage=place, ordning=order)
    return placed.sort_values(["ordning", "enhet_id"], kind="stable").drop(columns="ordning").reset_index(drop=True)
