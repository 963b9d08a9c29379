"""Evaluating a contract's rules over all variants of its table: one boolean mask per rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.validate.enrich import Delivered, Enriched
from ibic_pipeline.validate.stack import Stack
from schemas.contract import MARKS, NUMBER_OF_MARK, Contract, Rule


def field_masks(contract: type[Contract], stack: Stack) -> tuple[dict[str, np.ndarray], pa.Table]:
    """Masks of the rules that fields imply, and the values without those that lie outside with ``varna``."""
    columns = contract.own_columns()
    values, masks = stack.values, {}
    for rule in contract.rules():
        name = rule.fields[0]
        if rule.kind in ("saknas", "otolkbar", "identitet"):
            held = stack.present[name]
            empty = np.asarray(pc.is_null(stack.column(name)))
            unmarked = stack.marks[name] == 0 if name in stack.marks else True
            masks[rule.code] = empty & (~held if rule.kind == "saknas" else held & unmarked)
        elif rule.kind in MARKS:
            marked = stack.marks.get(name)
            masks[rule.code] = np.zeros(len(stack), bool) if marked is None else marked == NUMBER_OF_MARK[rule.kind]
        elif rule.kind == "utanfor":
            outside = _is_outside(stack.column(name), columns[name].metadata)
            masks[rule.code] = outside
            if rule.severity == "varna" and outside.any():
                kept = pc.if_else(pa.array(~outside), stack.column(name), None)
                values = values.set_column(values.column_names.index(name), name, pa.chunked_array([kept]))
    return masks, values


def parent_masks(
    contract: type[Contract],
    values: pa.Table,
    parents: Mapping[str, Delivered],
    positions: Mapping[str, pa.Array],
) -> dict[str, np.ndarray]:
    """Masks of missing and refused parents; an empty reference violates neither, nor one to a table not whole."""
    masks = {}
    for parent in contract.parents():
        reference = values[parent.field].chunk(0)
        delivered = parents[parent.table]
        position = positions[parent.field]
        found = np.asarray(pc.is_valid(position))
        refused = np.zeros(len(reference), dtype=bool)
        refused[found] = ~delivered.accepted[np.asarray(position.drop_null())]
        missing = np.asarray(pc.is_valid(reference)) & ~found
        masks[f"{contract.prefix()}-{parent.missing:03d}"] = missing & delivered.whole
        masks[f"{contract.prefix()}-{parent.refused:03d}"] = refused
    return masks


def written_masks(rules: tuple[Rule, ...], frame: Enriched) -> dict[str, np.ndarray]:
    """Masks of the written rules over the enriched frame."""
    return {rule.code: rule.violates(frame).to_numpy(dtype=bool) for rule in rules if rule.violates is not None}


def _is_outside(column: pa.Array, meta: dict[str, Any]) -> np.ndarray:
    outside = np.zeros(len(column), dtype=bool)
    for limit, compare in ((meta["minst"], pc.less), (meta["hogst"], pc.greater)):
        if limit is not None:
            beyond = compare(column, pa.scalar(limit).cast(column.type))
            outside |= np.asarray(pc.fill_null(beyond, False))
    return outside
