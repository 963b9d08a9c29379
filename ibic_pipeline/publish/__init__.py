"""Turns the county's tables into a release that readers see whole or not at all, and lets them query it."""

from ibic_pipeline.publish.changed import changed_figures
from ibic_pipeline.publish.municipality import Municipality
from ibic_pipeline.publish.pointer import current_release
from ibic_pipeline.publish.query import open_release, run_query
from ibic_pipeline.publish.release import publish_release
from ibic_pipeline.publish.verify import Finding, verify_release

__all__ = [
    "Finding",
    "Municipality",
    "changed_figures",
    "current_release",
    "open_release",
    "publish_release",
    "run_query",
    "verify_release",
]
