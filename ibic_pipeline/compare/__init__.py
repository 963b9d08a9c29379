"""From units to figures: counts per period and group, the county, shares, intervals, signals, disclosure control."""

from ibic_pipeline.compare.aggregate import Aggregate, aggregate
from ibic_pipeline.compare.chain import CHAIN, ChainShown, chain, publishable_chain
from ibic_pipeline.compare.county import county, county_chain, county_funnel, in_order
from ibic_pipeline.compare.differences import differences
from ibic_pipeline.compare.disclosure.decide import decide
from ibic_pipeline.compare.disclosure.earlier import Earlier, earlier_release, keep_counts
from ibic_pipeline.compare.disclosure.memory import Memory
from ibic_pipeline.compare.disclosure.patterns import Control, Pattern
from ibic_pipeline.compare.disclosure.record import record
from ibic_pipeline.compare.paired import PAIRED, PAIRS_COUNTED, pairs, publishable_pairs
from ibic_pipeline.compare.periods import Period, calendar
from ibic_pipeline.compare.published import as_broken_down, publishable, publishable_funnel
from ibic_pipeline.compare.survival import publishable_curves, waits, with_the_county
from ibic_pipeline.compare.values import VALUES, quantiles_of, signs_of

__all__ = [
    "CHAIN",
    "PAIRED",
    "PAIRS_COUNTED",
    "VALUES",
    "Aggregate",
    "ChainShown",
    "Control",
    "Earlier",
    "Memory",
    "Pattern",
    "Period",
    "aggregate",
    "as_broken_down",
    "calendar",
    "chain",
    "county",
    "county_chain",
    "county_funnel",
    "decide",
    "differences",
    "earlier_release",
    "in_order",
    "keep_counts",
    "pairs",
    "publishable",
    "publishable_chain",
    "publishable_curves",
    "publishable_funnel",
    "publishable_pairs",
    "quantiles_of",
    "record",
    "signs_of",
    "waits",
    "with_the_county",
]
