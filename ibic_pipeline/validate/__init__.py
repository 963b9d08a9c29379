"""From harmonised files to accepted tables, quarantine and accounting: every rule on every row, no row lost."""

from ibic_pipeline.validate.delivery import Validated, validate_delivery
from ibic_pipeline.validate.limits import check_limits
from ibic_pipeline.validate.prove import prove

__all__ = ["Validated", "check_limits", "prove", "validate_delivery"]
