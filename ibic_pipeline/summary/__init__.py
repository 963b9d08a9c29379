"""A municipality's counts as one signed file, for a county that is not to have its rows: written there, read here."""

from ibic_pipeline.summary.contents import TABLES, definitions, settings_of
from ibic_pipeline.summary.read import Summary, find_latest, read_summary
from ibic_pipeline.summary.signing import create_signing_key, public_key, signing_key_path
from ibic_pipeline.summary.write import write_summary

__all__ = [
    "TABLES",
    "Summary",
    "create_signing_key",
    "definitions",
    "find_latest",
    "public_key",
    "read_summary",
    "settings_of",
    "signing_key_path",
    "write_summary",
]
