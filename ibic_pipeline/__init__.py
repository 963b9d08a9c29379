"""How a delivery becomes a county dataset: plain functions, frames in and out. Never imports Dagster or assets."""

__version__ = "0.1.0"
