"""One table of a delivery: all rules evaluated, its rows accepted or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.harmonise.groups import coded, group_rows
from ibic_pipeline.validate.enrich import Delivered, enrich
from ibic_pipeline.validate.rules import field_masks, key_mask, parent_masks, written_masks
from ibic_pipeline.validate.stack import Stack
from schemas.contract import Contract

PROTECTION = ("ingen", "sekretessmarkering", "skyddad_folkbokforing", "fingerade")
"""From the lowest to the highest; the highest that any file tells applies."""

UNREADABLE_PROTECTION = "sekretessmarkering"


@dataclass(frozen=True)
class Evaluated:
    """``masks``: rule code -> variants that break it. ``refused``: variants with a refusing rule.

    ``accepted``: one row per key, sorted by key, own columns; ``accepted_from``: the variant each row came from.
    """

    stack: Stack
    masks: dict[str, np.ndarray]
    refused: np.ndarray
    accepted: pa.Table
    accepted_from: np.ndarray
    delivered: Delivered


def evaluate(contract: type[Contract], stack: Stack, parents: dict[str, Delivered], uttagsdatum: date) -> Evaluated:
    """Evaluate every rule of a contract on every variant; parents must have been evaluated before."""
    rules = contract.rules()
    severity: dict[str, str] = {rule.code: rule.severity for rule in rules}
    merged = severity[f"{contract.prefix()}-001"] == "varna"
    masks, values = field_masks(contract, stack)
    values = _with_cautious_protection(stack, values)
    masks |= parent_masks(contract, values, parents)
    masks |= written_masks(rules, enrich(contract, values, parents, uttagsdatum))
    refused = _any_refusing(masks, severity, len(stack))
    masks[f"{contract.prefix()}-001"] = key_mask(contract, values, ~refused, merged=merged)
    refused = _any_refusing(masks, severity, len(stack))
    accepted_from = _first_of_each_key(contract, values, np.flatnonzero(~refused))
    accepted = _merged(contract, values, ~refused, accepted_from) if merged else values.take(pa.array(accepted_from))
    accepted = accepted.combine_chunks()
    return Evaluated(stack, masks, refused, accepted, accepted_from, _delivered(contract, values, refused, accepted))


def _with_cautious_protection(stack: Stack, values: pa.Table) -> pa.Table:
    """A protection that the source tells but that cannot be read is taken as a known one, never as none."""
    if "skydd" not in values.column_names:
        return values
    unreadable = stack.present["skydd"] & np.asarray(pc.is_null(stack.column("skydd")))
    protected = pc.if_else(pa.array(unreadable), UNREADABLE_PROTECTION, values["skydd"].chunk(0))
    return values.set_column(values.column_names.index("skydd"), "skydd", pa.chunked_array([protected]))


def _any_refusing(masks: dict[str, np.ndarray], severity: dict[str, str], variants: int) -> np.ndarray:
    refused = np.zeros(variants, dtype=bool)
    for code, mask in masks.items():
        if severity[code] != "varna":
            refused |= mask
    return refused


def _first_of_each_key(contract: type[Contract], values: pa.Table, rows: np.ndarray) -> np.ndarray:
    """The first variant of each key among the given ones (stacked in the order of files and records), sorted by key."""
    keys = values.select(list(contract.key())).take(pa.array(rows))
    first = rows[group_rows([coded(column) for column in keys.columns], len(rows)).first_row]
    found = values.select(list(contract.key())).take(pa.array(first))
    order = pc.sort_indices(found, sort_keys=[(name, "ascending") for name in contract.key()])
    sorted_rows: np.ndarray = first[np.asarray(order)]
    return sorted_rows


def _merged(contract: type[Contract], values: pa.Table, kept: np.ndarray, accepted_from: np.ndarray) -> pa.Table:
    """One row per key: of each column the first value that is not empty, of protection the highest."""
    (key,) = contract.key()
    wanted = values[key].take(pa.array(accepted_from)).combine_chunks()
    columns = {key: wanted}
    for name in values.column_names:
        if name == key:
            continue
        rows = np.flatnonzero(kept & np.asarray(pc.is_valid(values[name].chunk(0))))
        if name == "skydd":
            ranks = pc.index_in(values[name].chunk(0).take(pa.array(rows)), value_set=pa.array(PROTECTION))
            rows = rows[np.argsort(-np.asarray(ranks), kind="stable")]
        rows = rows[group_rows([coded(values[key].take(pa.array(rows)))], len(rows)).first_row]
        position = pc.index_in(wanted, value_set=values[key].take(pa.array(rows)).combine_chunks())
        columns[name] = values[name].chunk(0).take(pa.array(rows)).take(position)
    return pa.table(columns)


def _delivered(contract: type[Contract], values: pa.Table, refused: np.ndarray, accepted: pa.Table) -> Delivered:
    """Keys of accepted rows, and of refused ones whose key no accepted row has."""
    key = contract.key()[0]
    taken = pc.is_in(values[key].chunk(0), value_set=_one_chunk(accepted, key))
    rows = np.flatnonzero(refused & ~np.asarray(taken) & np.asarray(pc.is_valid(values[key].chunk(0))))
    rows = rows[group_rows([coded(values[key].take(pa.array(rows)))], len(rows)).first_row]
    every = pa.concat_tables([accepted, values.take(pa.array(rows))]).combine_chunks()
    every = pa.table({name: _one_chunk(every, name) for name in every.column_names})
    is_accepted = np.arange(every.num_rows) < accepted.num_rows
    return Delivered(_one_chunk(every, key), every, is_accepted)


def _one_chunk(table: pa.Table, name: str) -> pa.Array:
    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], column.type)])
