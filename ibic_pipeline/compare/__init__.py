"""From units to figures: counts per period and group, the county, shares, intervals, signals, disclosure control."""

from ibic_pipeline.compare.aggregate import aggregate
from ibic_pipeline.compare.county import county, county_funnel
from ibic_pipeline.compare.periods import Period, calendar
from ibic_pipeline.compare.published import publishable, publishable_funnel

__all__ = ["Period", "aggregate", "calendar", "county", "county_funnel", "publishable", "publishable_funnel"]
