"""What every contract promises: each field explained, each rule coded and worded, nothing dangling."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pyarrow as pa
import pytest

from schemas import CONTRACTS, Rule
from schemas.arrow import arrow_schema
from schemas.codelists import BASE_COLUMNS, codelist, names, validity
from schemas.contract import ORIGIN_COLUMNS
from schemas.delivery_rules import delivery_rules

FIELDS = [(table, name) for table, contract in CONTRACTS.items() for name in contract.columns()]
EVERY_FIELD = pytest.mark.parametrize(("table", "name"), FIELDS)
EVERY_TABLE = pytest.mark.parametrize("table", list(CONTRACTS))
RULES: list[Rule] = [rule for contract in CONTRACTS.values() for rule in contract.rules()]

SWEDISH_WORDS = {
    "en", "ett", "den", "det", "är", "inte", "saknas", "som", "och", "eller", "för", "i", "på", "av", "till", "att",
    "har", "ska", "ligger", "hör", "med", "kan", "finns", "förväntat", "gällde", "då", "sämre", "varken",
    "stämmer", "liknar", "angivet",
}  # fmt: skip


def column(table: str, name: str):
    return CONTRACTS[table].columns()[name]


def test_the_ten_tables_stand_parents_before_children() -> None:
    assert len(CONTRACTS) == 10
    order = list(CONTRACTS)
    for table, contract in CONTRACTS.items():
        assert contract.table() == table
        assert all(order.index(parent.table) < order.index(table) for parent in contract.parents())


@EVERY_TABLE
def test_a_table_says_its_grain_and_has_a_key_of_its_own_columns(table: str) -> None:
    contract = CONTRACTS[table]
    assert str(contract.__doc__).startswith("En rad per ")
    assert contract.key()
    assert set(contract.key()) <= set(contract.own_columns())
    assert all(parent.field in contract.own_columns() for parent in contract.parents())


@EVERY_FIELD
def test_a_field_has_a_description_a_source_and_a_sensitivity(table: str, name: str) -> None:
    field = column(table, name)
    assert field.description[:1].isupper()
    assert field.description.endswith(".")
    assert field.metadata["kalla"]
    assert field.metadata["kanslighet"] in {"open", "internal", "person"}


@EVERY_FIELD
def test_an_amount_has_a_unit(table: str, name: str) -> None:
    field = column(table, name)
    number = CONTRACTS[table].arrow_type(name) in (pa.int32(), pa.float64())
    is_amount = number and not field.metadata.get("kodlista") and name not in ORIGIN_COLUMNS
    assert bool(field.metadata.get("enhet")) is is_amount


@EVERY_FIELD
def test_a_coded_field_names_a_code_list_that_exists(table: str, name: str) -> None:
    listed = column(table, name).metadata.get("kodlista")
    assert listed is None or listed in names()
    assert (column(table, name).metadata["lasning"] == "code") <= (listed is not None)


@EVERY_FIELD
def test_a_coded_number_has_a_list_of_numbers(table: str, name: str) -> None:
    listed = column(table, name).metadata.get("kodlista")
    if listed and CONTRACTS[table].arrow_type(name) == pa.int32():
        assert codelist(listed)["kod"].str.isdigit().all()


def test_free_text_and_identity_leave_no_text_behind() -> None:
    kinds = {"text_length": pa.int32(), "text_present": pa.bool_(), "scale_word_only": pa.bool_()}
    for table, name in FIELDS:
        reading = column(table, name).metadata["lasning"]
        assert CONTRACTS[table].arrow_type(name) == kinds.get(reading, CONTRACTS[table].arrow_type(name))
        if reading == "personnummer":
            assert column(table, name).metadata["kanslighet"] == "person"


def test_rule_codes_are_unique_over_all_tables_and_the_delivery() -> None:
    assert [
        code for code, times in Counter(rule.code for rule in (*RULES, *delivery_rules())).items() if times > 1
    ] == []


def test_there_are_at_least_sixty_rules_and_every_table_has_some() -> None:
    assert len(RULES) >= 60
    assert {rule.table for rule in RULES} == set(CONTRACTS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_has_a_code_a_severity_fields_and_a_swedish_message(rule: Rule) -> None:
    prefix, number = rule.code.split("-")
    assert (prefix, len(number)) == (CONTRACTS[rule.table].prefix(), 3)
    assert rule.severity in {"avvisa", "varna", "stoppa"}
    assert rule.fields
    assert set(rule.fields) <= set(CONTRACTS[rule.table].own_columns())
    assert rule.message.endswith(".")
    assert "None" not in rule.message
    assert set(rule.message.lower().strip(".").replace(",", "").split()) & SWEDISH_WORDS


@EVERY_TABLE
def test_a_written_rule_can_be_evaluated_and_the_others_are_declared(table: str) -> None:
    for rule in CONTRACTS[table].rules():
        assert (rule.kind == "skriven") is (rule.violates is not None)


@EVERY_TABLE
def test_the_arrow_schema_has_the_columns_types_and_nullability_of_the_contract(table: str) -> None:
    contract, schema = CONTRACTS[table], arrow_schema(CONTRACTS[table])
    assert schema.names == list(contract.columns())
    assert schema.types == [contract.arrow_type(name) for name in contract.columns()]
    assert [field.nullable for field in schema] == [each.nullable for each in contract.columns().values()]
    assert not any(schema.field(name).nullable for name in contract.key())


@EVERY_TABLE
def test_the_arrow_schema_explains_itself(table: str) -> None:
    schema = arrow_schema(CONTRACTS[table])
    assert schema.metadata[b"tabell"].decode() == table
    assert schema.metadata[b"nyckel"].decode().split(",") == list(CONTRACTS[table].key())
    assert schema.metadata[b"kontraktsversion"]
    for field in schema:
        assert {b"beskrivning", b"kalla", b"kanslighet"} <= set(field.metadata)


def test_columns_that_rules_take_from_a_code_list_exist() -> None:
    for listed, wanted in {"icf": {"livsomrade"}, "insats": {"lag", "insatsgrupp"}, "lagrum": {"lag"}}.items():
        assert wanted <= set(validity(listed).columns) - set(BASE_COLUMNS)


def test_importing_the_contracts_is_light() -> None:
    script = "import sys, schemas, schemas.codelists; print('jinja2' in sys.modules, 'dagster' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["False", "False"]
