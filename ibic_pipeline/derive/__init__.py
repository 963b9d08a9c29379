"""From accepted tables to facts and units: runs ``sql/`` on an engine. What is derived is decided in the SQL."""

from ibic_pipeline.derive.headers import Fact, Indicator, facts, indicators
from ibic_pipeline.derive.run import derive

__all__ = ["Fact", "Indicator", "derive", "facts", "indicators"]
