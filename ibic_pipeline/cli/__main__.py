"""``python -m ibic_pipeline.cli``."""

from ibic_pipeline.cli import main

main()
