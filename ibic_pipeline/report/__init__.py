"""What readers of a release open, made from what it publishes alone: pages, a workbook, printable reports."""

from ibic_pipeline.report.changes import write_changes
from ibic_pipeline.report.everything import write_everything
from ibic_pipeline.report.page import write_report

__all__ = ["write_changes", "write_everything", "write_report"]
