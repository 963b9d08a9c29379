"""``ibic query``: SQL over the current release."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, enter

EXAMPLES = (
    'ibic query "SHOW TABLES"',
    "ibic query \"SELECT period, taljare, namnare FROM indikator WHERE indikator = 'T1' AND niva = 'lan' "
    "AND period_typ = 'ar' AND brytning = 'total'\" --format csv",
)
Format = Literal["csv", "json", "parquet", "table"]


def command(
    sql: Annotated[str, typer.Argument(help="One SELECT; every published table is a view.")],
    format: Annotated[Format, typer.Option(help="How the answer is written.")] = "table",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Ask the current release a question in SQL."""
    from ibic_pipeline.publish import run_query

    answer = run_query(enter(home), sql, format)
    if isinstance(answer, bytes):
        sys.stdout.buffer.write(answer)
    else:
        sys.stdout.write(answer if answer.endswith("\n") else f"{answer}\n")
