"""When it happens: Dagster assets, checks and jobs. They call functions of ``ibic_pipeline`` and compute nothing."""

import os

os.umask(0o077)
"""Whatever process loads the code location writes files for its own user alone, also when Dagster started it."""
