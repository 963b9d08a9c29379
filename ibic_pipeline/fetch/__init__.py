"""From a sender's database or remote folder to a delivery folder under ``inkorg/``; the source is only ever read."""

from ibic_pipeline.fetch.inbox import Fetched
from ibic_pipeline.fetch.source import fetch_delivery, has_source

__all__ = ["Fetched", "fetch_delivery", "has_source"]
