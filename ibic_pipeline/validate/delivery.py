"""A whole delivery: tables in the order of their parents, then the accounting of every file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from ibic_pipeline.extract import Delivery
from ibic_pipeline.harmonise import HarmonisedFile
from ibic_pipeline.profile import Profil
from ibic_pipeline.validate.accounting import account
from ibic_pipeline.validate.enrich import Delivered
from ibic_pipeline.validate.gaps import with_empty_months
from ibic_pipeline.validate.stack import stack_parts
from ibic_pipeline.validate.table import Evaluated, evaluate
from schemas import CONTRACTS
from schemas.arrow import arrow_schema
from schemas.codelists import BUILT_IN, CodeLists
from schemas.contract import Contract


@dataclass(frozen=True)
class Validated:
    """``tables``: accepted rows per table, the contract's columns and types, sorted by key.

    ``karantan`` and ``flaggor``: one row per source row, table and rule (refusing, warning).
    ``reparationer``: one row per source row, table, column and repair.
    ``avstamning``: one row per file. The schemas of the four stand in ``accounting``.
    """

    tables: dict[str, pa.Table]
    karantan: pa.Table
    flaggor: pa.Table
    reparationer: pa.Table
    avstamning: pa.Table


def validate_delivery(
    files: list[HarmonisedFile],
    delivery: Delivery,
    profil: Profil,
    codes: CodeLists = BUILT_IN,
    not_whole: Collection[str] = (),
) -> Validated:
    """Evaluate every rule on every row of a delivery.

    ``not_whole``: tables of which files are missing; that a row of theirs is not there breaks no rule.

    Raises:
        IbicError: the accounting of a file does not add up.
    """
    tables: dict[str, Evaluated] = {}
    delivered: dict[str, Delivered] = {}
    for name, contract in CONTRACTS.items():
        tables[name] = evaluate(contract, stack_parts(contract, files), delivered, delivery.uttagsdatum, codes)
        delivered[name] = replace(tables[name].delivered, whole=name not in not_whole)
    karantan, flaggor, reparationer, avstamning = account(delivery, with_empty_months(files), tables)
    accepted = {
        name: _with_origin(CONTRACTS[name], table, files, delivery, profil.kommunkod) for name, table in tables.items()
    }
    return Validated(accepted, karantan, flaggor, reparationer, avstamning)


def _with_origin(
    contract: type[Contract], table: Evaluated, files: list[HarmonisedFile], delivery: Delivery, kommunkod: str
) -> pa.Table:
    rows = table.accepted_from
    names = pa.array([file.file.name for file in files], pa.string())
    columns = {name: table.accepted[name] for name in table.accepted.column_names}
    columns["kommunkod"] = pa.repeat(pa.scalar(kommunkod), len(rows))
    columns["leverans_id"] = pa.repeat(pa.scalar(delivery.leverans_id), len(rows))
    columns["kallfil"] = names.take(pa.array(table.stack.file[rows].astype(np.int32)))
    columns["kallrad"] = pa.array(table.stack.kallrad[rows], pa.int32())
    schema = arrow_schema(contract)
    return pa.table({name: columns[name] for name in schema.names}).cast(schema)
