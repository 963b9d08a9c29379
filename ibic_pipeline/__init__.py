"""How a delivery becomes a county dataset: plain functions, frames in and out. Never imports Dagster or assets."""

import warnings

__version__ = "0.1.0"

# Where the extra `spark` is installed, pandera imports parts of it that are not used here, and they complain each time.
warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
