"""From raw tables to parts of contract tables: local names, codes, dates and identities; raw values end here."""

from ibic_pipeline.harmonise.file import harmonise_file
from ibic_pipeline.harmonise.parts import HarmonisedFile, Part

__all__ = ["HarmonisedFile", "Part", "harmonise_file"]
