"""When it happens: Dagster assets, checks and jobs. They call functions of ``ibic_pipeline`` and compute nothing."""
