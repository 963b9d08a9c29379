"""One measurement in a process of its own: `python -m ibic_pipeline.cli.bench.child`, with its order on standard input.

It is a module and no `python -c`: Spark's client takes a main module without a file for a doctest of its own, and ends
the process when Great Expectations looks for it.
"""

from __future__ import annotations

import importlib
import json
import sys


def main() -> None:
    """Do as the order says; the answer goes to standard output."""
    order = json.load(sys.stdin)
    module, _, function = order["task"].partition(":")
    answer = getattr(importlib.import_module(f"ibic_pipeline.cli.bench.{module}"), function)(**order["given"])
    print("\n" + json.dumps(answer))  # noqa: T201 - the answer to the process that asked


if __name__ == "__main__":
    main()
