"""What lies behind a municipality's figure: its funnel, and the units with the dates that decided. Row level."""

from ibic_pipeline.explain.figure import Counts, Figure
from ibic_pipeline.explain.run import Explained, explain

__all__ = ["Counts", "Explained", "Figure", "explain"]
