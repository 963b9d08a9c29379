"""Deriving a municipality: files, determinism, parameters, and checks that refuse."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.derive import derive, facts, indicators
from ibic_pipeline.derive.checks import check_fact, check_units
from ibic_pipeline.derive.engine import engine_of
from ibic_pipeline.derive.reference import aldersgrans, insatsregel, parametrar, reference_tables
from ibic_pipeline.derive.run import UNITS
from ibic_pipeline.errors import IbicError
from ibic_pipeline.profile import Frister, Kallsystem
from ibic_pipeline.storage import write_parquet
from schemas import CONTRACTS
from schemas.codelists import BUILT_IN, CodeLists
from tests.support.small_tables import PARAMETERS, SETTINGS, county, inputs, made_units

DAY = date(2026, 6, 30)


def profile(kallsystem: Kallsystem | None = None, frister: Frister | None = None) -> Any:
    return SimpleNamespace(kallsystem=kallsystem or Kallsystem(), frister=frister or Frister())


def accepted(folder: Path) -> dict[str, Path]:
    given = inputs({"beslut": "beslut_id | insats\nB2 | YAA.05.00\nB1 | YAA.05.00", "uppdrag": "mottaget\n2026-03-01"})
    for name, table in given.items():
        write_parquet(table, folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in CONTRACTS}


def test_every_fact_and_every_indicator_becomes_a_file_with_the_same_bytes_each_time(tmp_path: Path):
    tables = accepted(tmp_path / "in's")
    for out in ("a", "b"):
        derive(tables, profile(), county(), DAY, tmp_path / out, SETTINGS)
    written = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.*"))
    assert written == sorted(
        [Path(f"enheter/{each.id}.parquet") for each in indicators()]
        + [Path(f"fakta/{each.namn}.parquet") for each in facts()]
    )
    assert all((tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes() for path in written)
    units = pq.read_table(tmp_path / "a/enheter/T1.parquet")
    assert units.schema.names == UNITS.names
    assert units["enhet_id"].to_pylist() == sorted(units["enhet_id"].to_pylist())
    assert set(units["insatsgrupp"].to_pylist()) == {"hemtjanst"}


def test_a_municipality_without_any_row_has_facts_and_units_without_rows(tmp_path: Path):
    tables = {name: tmp_path / f"{name}.parquet" for name in CONTRACTS}
    for name, table in inputs({"individ": "individ_id"}).items():
        assert table.num_rows == 0
        write_parquet(table, tables[name])
    derive(tables, profile(), county(), DAY, tmp_path / "out", SETTINGS)
    written = list((tmp_path / "out").rglob("*.parquet"))
    assert len(written) == len(facts()) + len(indicators())
    assert sum(pq.read_metadata(path).num_rows for path in written) == 0


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    derive(accepted(tmp_path), profile(), county(), DAY, tmp_path / "out", SETTINGS)
    assert capfd.readouterr() == ("", "")


def test_a_missing_table_is_refused(tmp_path: Path):
    tables = {name: path for name, path in accepted(tmp_path).items() if name != "mal"}
    with pytest.raises(IbicError, match=r"a parquet file per table\. Found none for mal\. Load"):
        derive(tables, profile(), county(), DAY, tmp_path / "out", SETTINGS)


def test_the_municipalitys_own_deadlines_win_and_what_cannot_be_seen_starts_at_the_migration():
    kallsystem = Kallsystem(migrerad=date(2024, 3, 1), ej_observerbart=("journal",))
    own = Frister(gp_frist_dagar=0, utredningstid_dagar=14, gp_aktuell_dagar=180)
    (row,) = parametrar(profile(kallsystem, own), county(), DAY).to_pylist()
    assert row == {
        "uttagsdatum": DAY,
        **PARAMETERS,
        "gp_frist_dagar": 0,
        "utredningstid_dagar": 14,
        "gp_aktuell_dagar": 180,
        "folja_upp_fran": date(1900, 1, 1),
        "journal_fran": date(2024, 3, 1),
        "genomforandeplan_fran": date(1900, 1, 1),
        "maluppfyllelse_fran": date(1900, 1, 1),
    }


def test_age_groups_follow_the_countys_limits():
    assert [(r["fran_alder"], r["till_alder"], r["grupp"]) for r in aldersgrans((18, 65, 80)).to_pylist()] == [
        (0, 17, "0-17"),
        (18, 64, "18-64"),
        (65, 79, "65-79"),
        (80, None, "80+"),
    ]


WITH_RULES = county(
    insatsregler={
        "utan_genomforandeplan": ["boendestod", "matdistribution"],
        "utan_uppfoljningskrav": ["matdistribution"],
        "not": "Ett exempel.",
    }
)


def test_a_group_may_be_in_both_rules():
    assert insatsregel(WITH_RULES).to_pylist() == [
        {"insatsgrupp": "boendestod", "utan_genomforandeplan": True, "utan_uppfoljningskrav": False},
        {"insatsgrupp": "matdistribution", "utan_genomforandeplan": True, "utan_uppfoljningskrav": True},
    ]


def test_the_built_in_code_lists_serve_as_reference_tables():
    found = reference_tables(profile(), county(), DAY)
    laws = {row["kod"]: row for row in found["kodlista_lagrum"].to_pylist()}
    assert laws["sol_2025_utan_behovsprovning"]["utan_behovsprovning"] is True
    assert laws["lss"] == {"kod": "lss", "lag": "LSS", "utan_behovsprovning": False}
    assert set(found["kodlista_regiform"]["grupp"].to_pylist()) == {"kommunal", "privat"}


def test_a_code_listed_twice_is_one_code_unless_it_has_two_meanings():
    insats = BUILT_IN.codelist("insats")
    again = insats.head(1)
    same = CodeLists({"insats": pd.concat([insats, again])})
    found = reference_tables(profile(), county(), DAY, same)["kodlista_insats"]
    assert found.num_rows == insats["kod"].nunique()
    other = CodeLists({"insats": pd.concat([insats, again.assign(insatsgrupp="annan")])})
    with pytest.raises(IbicError, match=r"one lag and insatsgrupp per code in the code list insats\. Found 1 codes"):
        reference_tables(profile(), county(), DAY, other)


def test_without_rules_the_table_of_rules_keeps_its_columns():
    assert insatsregel(county()).schema.equals(insatsregel(WITH_RULES).schema)


@pytest.mark.parametrize(
    ("units", "message"),
    [
        ("hemligt | 2025-01-01 | | nej | ja | ej_moget", "a numerator within the denominator"),
        ("hemligt | 2025-01-01 | | ja | nej | ej_moget", "either in the denominator or excluded"),
        ("hemligt | 2025-01-01 | | nej | nej |", "either in the denominator or excluded"),
        ("hemligt | 2025-01-01 | | nej | nej | okand", "only reasons that the header names"),
        ("hemligt | 2025-01-01 | 2025-01-01 | ja | nej |", "intervals that end after they begin"),
        ("hemligt | 2025-01-01 | | ja | |", "units that are counted or not"),
        (
            "hemligt | 2025-01-01 | 2025-03-01 | ja | nej |\nhemligt | 2025-02-01 | | ja | nej |",
            "one state at a time",
        ),
        ("hemligt | 2025-01-01 | | ja | nej |\nhemligt | 2025-02-01 | | ja | nej |", "one state at a time"),
    ],
)
def test_units_that_break_an_invariant_are_refused_with_counts_only(units: str, message: str):
    table: pa.Table = made_units("T1", f"enhet_id | fran | till | i_namnare | i_taljare | exkluderad\n{units}")
    t1 = next(each for each in indicators() if each.id == "T1")
    with engine_of(SETTINGS) as engine:
        engine.show_arrow({"prov": table})
        with pytest.raises(IbicError, match=message) as refused:
            check_units(engine, t1, "prov")
    assert "hemligt" not in str(refused.value)
    assert re.match(r"\d+ ", refused.value.found)
    assert refused.value.next_step.startswith("Correct T1.sql")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([1, 2, 2, 2], r"one row per enhet_id in beslutsfakta\. Found 2 rows too many"),
        ([1, 2], r"3 rows in beslutsfakta, as in beslut\. Found 2 rows"),
        ([1, 2, 3, 4], r"3 rows in beslutsfakta, as in beslut\. Found 4 rows"),
    ],
)
def test_a_fact_that_lost_or_doubled_rows_is_refused(rows: list[int], message: str):
    fact = replace(next(each for each in facts() if each.namn == "beslutsfakta"), nyckel=("enhet_id",))
    tables = {"beslutsfakta": pa.table({"enhet_id": rows}), "beslut": pa.table({"nr": [1, 2, 3]})}
    with engine_of(SETTINGS) as engine:
        engine.show_arrow(tables)
        with pytest.raises(IbicError, match=message) as refused:
            check_fact(engine, fact)
        assert refused.value.next_step.startswith("Correct beslutsfakta.sql")
        check_fact(engine, replace(fact, namn="beslut", nyckel=("nr",)))
