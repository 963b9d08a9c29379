"""A release's tables in a SQL database: the current one under the tables' own names, earlier ones beside it."""

from ibic_pipeline.warehouse.address import ENVIRONMENT, is_configured
from ibic_pipeline.warehouse.load import Loaded, load_current
from ibic_pipeline.warehouse.script import script_of_current
from ibic_pipeline.warehouse.status import Status, status_of

__all__ = [
    "ENVIRONMENT",
    "Loaded",
    "Status",
    "is_configured",
    "load_current",
    "script_of_current",
    "status_of",
]
