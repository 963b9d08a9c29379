"""The Arrow schema of a contract: types, nullability and, as metadata inside the file, what each column means."""

from __future__ import annotations

import pyarrow as pa

from schemas import CONTRACT_VERSION
from schemas.contract import Contract

FIELD_METADATA = ("enhet", "kodlista", "kalla", "kanslighet")
"""What a column says beside ``beskrivning``; absent where it does not apply."""


def arrow_schema(contract: type[Contract]) -> pa.Schema:
    """The schema in which a table of the contract is stored.

    Returns:
        Columns in the contract's order. Column metadata: ``beskrivning``, ``enhet``, ``kodlista``, ``kalla``,
        ``kanslighet``. Table metadata: ``tabell``, ``nyckel`` (columns joined by a comma; unique within a
        municipality) and ``kontraktsversion``.
    """
    return pa.schema(
        [_arrow_field(contract, name) for name in contract.columns()],
        metadata={
            "tabell": contract.table(),
            "nyckel": ",".join(contract.key()),
            "kontraktsversion": CONTRACT_VERSION,
        },
    )


def _arrow_field(contract: type[Contract], name: str) -> pa.Field:
    column = contract.columns()[name]
    described = {key: column.metadata[key] for key in FIELD_METADATA if column.metadata.get(key)}
    return pa.field(
        name,
        contract.arrow_type(name),
        nullable=column.nullable,
        metadata={"beskrivning": column.description, **described},
    )
