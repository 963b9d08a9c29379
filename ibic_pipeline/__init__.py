"""How a delivery becomes a county dataset: plain functions, frames in and frames out. Never imports Dagster or assets."""

__version__ = "0.1.0"
