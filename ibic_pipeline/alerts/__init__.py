"""Telling someone what they must know: what is wrong, what it means for the figures, and what to do."""

from ibic_pipeline.alerts.model import Alert, FailedRun, Watched
from ibic_pipeline.alerts.watch import Look, look

__all__ = ["Alert", "FailedRun", "Look", "Watched", "look"]
