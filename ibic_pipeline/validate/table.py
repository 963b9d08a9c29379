"""One table of a delivery: all rules evaluated, its rows accepted or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.harmonise.groups import Coded, group_rows
from ibic_pipeline.validate.enrich import Delivered, enrich, positions_of
from ibic_pipeline.validate.merge import Merged, contradicting, merge, places_of
from ibic_pipeline.validate.rules import field_masks, parent_masks, written_masks
from ibic_pipeline.validate.stack import Stack
from schemas.codelists import CodeLists
from schemas.contract import Contract

UNREADABLE_PROTECTION = "sekretessmarkering"


@dataclass(frozen=True)
class Evaluated:
    """``masks``: rule code -> variants that break it. ``refused``: variants with a refusing rule, or excluded.

    ``accepted``: one row per key, sorted by key, own columns; ``accepted_from``: the variant each row came from.
    """

    stack: Stack
    masks: dict[str, np.ndarray]
    refused: np.ndarray
    accepted: pa.Table
    accepted_from: np.ndarray
    delivered: Delivered


def evaluate(
    contract: type[Contract], stack: Stack, parents: dict[str, Delivered], uttagsdatum: date, codes: CodeLists
) -> Evaluated:
    """Evaluate every rule of a contract on every variant; parents must have been evaluated before.

    What a correction excludes is refused as such and breaks no rule.
    """
    rules = contract.rules()
    severity: dict[str, str] = {rule.code: rule.severity for rule in rules}
    masks, values = field_masks(contract, stack)
    values = _with_cautious_protection(stack, values)
    encoded = cache(partial(_encoded, values))
    positions = positions_of(contract, encoded, parents)
    masks |= parent_masks(contract, values, parents, positions)
    masks |= written_masks(rules, enrich(contract, values, parents, positions, uttagsdatum, codes))
    masks = {code: mask & ~stack.excluded for code, mask in masks.items()}
    refused = _any_refusing(masks, severity, stack.excluded)
    held = {name: stack.present[name] & np.asarray(pc.is_valid(values[name].chunk(0))) for name in values.column_names}
    key_rule = f"{contract.prefix()}-001"
    keys = places_of([encoded(name) for name in contract.key()])
    masks[key_rule] = contradicting(values, keys, held, ~refused)
    refused = _any_refusing(masks, severity, stack.excluded)
    merged = merge(values, keys, held, ~refused)
    several = np.flatnonzero(np.bincount(merged.row_of[~refused], minlength=1) > 1)
    if len(several):
        # Variants that agree cell by cell may break a rule once they are one row; then their key is contradictory.
        rows = merged.rows.take(pa.array(several)).combine_chunks()
        of_parents = positions_of(contract, partial(_encoded, rows), parents)
        of_rows = written_masks(rules, enrich(contract, rows, parents, of_parents, uttagsdatum, codes))
        wrong = np.zeros(len(merged.first) + 1, dtype=bool)
        wrong[several] = _any_refusing(of_rows, severity, np.zeros(len(several), dtype=bool))
        masks[key_rule] |= wrong[merged.row_of]
        refused = _any_refusing(masks, severity, stack.excluded)
        merged = merge(values, keys, held, ~refused)
    delivered = _delivered(contract.key()[0], encoded(contract.key()[0]), values, refused, merged)
    return Evaluated(stack, masks, refused, merged.rows, merged.first, delivered)


def _encoded(values: pa.Table, name: str) -> pa.DictionaryArray:
    return values[name].chunk(0).dictionary_encode(null_encoding="encode")


def _with_cautious_protection(stack: Stack, values: pa.Table) -> pa.Table:
    """A protection that the source tells but that cannot be read is taken as a known one, never as none."""
    if "skydd" not in values.column_names:
        return values
    unreadable = stack.present["skydd"] & np.asarray(pc.is_null(stack.column("skydd")))
    protected = pc.if_else(pa.array(unreadable), UNREADABLE_PROTECTION, values["skydd"].chunk(0))
    return values.set_column(values.column_names.index("skydd"), "skydd", pa.chunked_array([protected]))


def _any_refusing(masks: dict[str, np.ndarray], severity: dict[str, str], already: np.ndarray) -> np.ndarray:
    refused = already.copy()
    for code, mask in masks.items():
        if severity[code] != "varna":
            refused |= mask
    return refused


def _delivered(
    key: str, encoded: pa.DictionaryArray, values: pa.Table, refused: np.ndarray, merged: Merged
) -> Delivered:
    """Keys of accepted rows, and of refused ones whose key no accepted row has; ``encoded`` is the key's column."""
    codes = encoded.indices.to_numpy()
    lacking = np.asarray(pc.is_valid(encoded.dictionary)).copy()
    lacking[codes[merged.first]] = False
    rows = np.flatnonzero(refused & lacking[codes])
    rows = rows[group_rows([Coded(codes[rows], max(len(lacking), 1))], len(rows)).first_row]
    every = pa.concat_tables([merged.rows, values.take(pa.array(rows))]).combine_chunks() if len(rows) else merged.rows
    every = pa.table({name: _one_chunk(every, name) for name in every.column_names})
    is_accepted = np.arange(every.num_rows) < len(merged.first)
    return Delivered(_one_chunk(every, key), every, is_accepted)


def _one_chunk(table: pa.Table, name: str) -> pa.Array:
    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], column.type)])
