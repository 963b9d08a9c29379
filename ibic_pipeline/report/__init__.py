"""The county's comparison page, made from what a release publishes and nothing else."""

from ibic_pipeline.report.changes import write_changes
from ibic_pipeline.report.page import write_report

__all__ = ["write_changes", "write_report"]
