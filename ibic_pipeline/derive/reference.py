"""The small tables that the SQL reads beside the municipality's own: parameters, rules, age limits and code lists."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow as pa

from ibic_pipeline.county import Lan, Parametrar
from ibic_pipeline.errors import IbicError
from ibic_pipeline.profile import Profil
from schemas.codelists import BUILT_IN, CodeLists

ALWAYS = date(1900, 1, 1)
"""The day from which something is observable that always has been."""

_OBSERVED = ("folja_upp", "journal", "genomforandeplan", "maluppfyllelse")


def reference_tables(profil: Profil, lan: Lan, uttagsdatum: date, codes: CodeLists = BUILT_IN) -> dict[str, pa.Table]:
    """Every reference table by name, with the columns that ``sql/`` expects."""
    return {
        "parametrar": parametrar(profil, lan, uttagsdatum),
        "insatsregel": insatsregel(lan),
        "aldersgrans": aldersgrans(lan.aldersgranser),
        "kodlista_insats": _codes(codes, "insats", ["lag", "insatsgrupp"]),
        "kodlista_lagrum": _lagrum(codes),
        "kodlista_regiform": _codes(codes, "regiform", ["grupp"]),
    }


def parametrar(profil: Profil, lan: Lan, uttagsdatum: date) -> pa.Table:
    """One row: extraction day, every parameter (the municipality's own deadlines win), first observable days."""
    own = profil.frister.model_dump(exclude_none=True)
    numbers = {name: own.get(name, getattr(lan.parametrar, name).varde) for name in Parametrar.model_fields}
    observable = {f"{what}_fran": _observable_from(profil, what) for what in _OBSERVED}
    return pa.table(
        {
            "uttagsdatum": pa.array([uttagsdatum], pa.date32()),
            **{name: pa.array([value], pa.int32()) for name, value in numbers.items()},
            **{name: pa.array([value], pa.date32()) for name, value in observable.items()},
        }
    )


def insatsregel(lan: Lan) -> pa.Table:
    """One row per group of interventions that a rule names."""
    rules = lan.insatsregler
    groups = sorted({*rules.utan_genomforandeplan, *rules.utan_uppfoljningskrav})
    return pa.table(
        {
            "insatsgrupp": pa.array(groups, pa.string()),
            "utan_genomforandeplan": pa.array([g in rules.utan_genomforandeplan for g in groups], pa.bool_()),
            "utan_uppfoljningskrav": pa.array([g in rules.utan_uppfoljningskrav for g in groups], pa.bool_()),
        }
    )


def aldersgrans(limits: tuple[int, ...]) -> pa.Table:
    """One row per age group, both ages inclusive; the oldest group has no upper age."""
    starts = [0, *limits]
    ends: list[int | None] = [*(limit - 1 for limit in limits), None]
    names = [f"{start}+" if end is None else f"{start}-{end}" for start, end in zip(starts, ends, strict=True)]
    return pa.table(
        {
            "nr": pa.array(range(len(starts)), pa.int32()),
            "fran_alder": pa.array(starts, pa.int32()),
            "till_alder": pa.array(ends, pa.int32()),
            "grupp": pa.array(names, pa.string()),
        }
    )


def _lagrum(lists: CodeLists) -> pa.Table:
    codes = _codes(lists, "lagrum", ["lag", "utan_behovsprovning"])
    yes = pa.array((codes["utan_behovsprovning"].to_pandas() == "ja").to_numpy(dtype=bool), pa.bool_())
    return codes.set_column(codes.schema.get_field_index("utan_behovsprovning"), "utan_behovsprovning", yes)


def _codes(lists: CodeLists, name: str, columns: list[str]) -> pa.Table:
    """A code list with one row per code; two rows for one code would double units in a join."""
    found: pd.DataFrame = lists.codelist(name)[["kod", *columns]].drop_duplicates()
    repeated = int(found["kod"].duplicated().sum())
    if repeated:
        raise IbicError(
            f"one {' and '.join(columns)} per code in the code list {name}",
            f"{repeated} codes with several",
            f"Correct schemas/kodlistor/{name}.csv.",
        )
    schema = pa.schema([(column, pa.string()) for column in ("kod", *columns)])
    return pa.Table.from_pandas(found, schema=schema, preserve_index=False)


def _observable_from(profil: Profil, what: str) -> date:
    system = profil.kallsystem
    if what in system.ej_observerbart and system.migrerad is not None:
        return system.migrerad
    return ALWAYS
