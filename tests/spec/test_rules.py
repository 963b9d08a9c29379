"""Every rule of every contract: a row that breaks it is found under its code, and what is right breaks none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

import pyarrow as pa
import pytest

from ibic_pipeline.validate import Validated, prove
from schemas import CONTRACTS, Rule
from schemas.codelists import validity
from schemas.contract import MARKS
from tests.support.deliveries import ANNA, UTTAGSDATUM, Rows, clean_world, contents, hits, profile, validated
from tests.support.raw_worlds import raw_world, validated_texts

RULES = {rule.code: rule for contract in CONTRACTS.values() for rule in contract.rules()}
BY_HAND = sorted(code for code, rule in RULES.items() if rule.kind in ("skriven", "foralder", "nyckel"))
OF_FIELDS = sorted(set(RULES) - set(BY_HAND))
LATER = UTTAGSDATUM + timedelta(days=1)

Change = Callable[[Rows], None]


def sets(table: str, **values: Any) -> Change:
    """Change columns of the table's first row."""
    return lambda rows: rows[table][0].update(values)


def again(table: str, **values: Any) -> Change:
    """A second row with the same key and other content."""
    return lambda rows: rows[table].append({**rows[table][0], **values})


def both(*changes: Change) -> Change:
    def change(rows: Rows) -> None:
        for each in changes:
            each(rows)

    return change


BREAKS: dict[str, Change] = {
    "IND-001": again("individ", kon="man"),
    "UTR-001": again("utredning", avslutad=date(2024, 1, 19)),
    "UTR-002": sets("utredning", individ_id="p9"),
    "UTR-010": sets("utredning", avslutad=date(2023, 12, 31)),
    "UTR-011": sets("utredning", aktualiserad=date(2024, 1, 2)),
    "UTR-012": sets("utredning", ansokan_datum=date(2024, 1, 2)),
    "UTR-013": sets("utredning", inledd=LATER, avslutad=None),
    "UTR-014": sets("utredning", utfall=None),
    "UTR-015": sets("utredning", avslutad=LATER),
    "BED-001": again("bedomning", bedomt=4),
    "BED-002": sets("bedomning", utredning_id="U9"),
    "BED-003": sets("utredning", avslutad=date(2023, 12, 31)),
    "BED-010": sets("bedomning", livsomrade="d4"),
    "BED-011": sets("bedomning", icf_kod="b1528A", livsomrade="trygghet"),
    "BED-012": sets("bedomning", avsett=4),
    "BED-014": sets("bedomning", bedomt=None, avsett=None),
    "BED-015": sets("bedomning", icf_kod="d4501"),
    "BES-001": again("beslut", verkstallt=date(2024, 1, 26)),
    "BES-002": sets("beslut", individ_id="p9", utredning_id=None),
    "BES-004": sets("beslut", utredning_id="U9"),
    "BES-005": sets("utredning", avslutad=date(2023, 12, 31)),
    "BES-010": sets("beslut", galler_tom=date(2024, 1, 20)),
    "BES-011": sets("beslut", galler_fran=None),
    "BES-012": sets("beslut", beslutsdatum=LATER, verkstallt=None, lagrum="sol_2025"),
    "BES-013": sets("beslut", verkstallt=date(2024, 1, 19)),
    "BES-014": sets("beslut", upphort=date(2024, 1, 20), upphort_orsak="ny_insats"),
    "BES-015": sets("beslut", upphort=date(2024, 3, 1)),
    "BES-016": sets("beslut", beslutsdatum=date(2023, 12, 31)),
    "BES-017": both(again("individ", individ_id="p2"), sets("beslut", individ_id="p2")),
    "BES-018": sets("beslut", omfattning=12.5),
    "BES-019": sets("beslut", utfall="avslag"),
    "BES-020": sets("beslut", lagrum="lss"),
    "BES-021": sets("beslut", lagrum="sol_2025"),
    "BES-022": sets("beslut", planerad_uppfoljning=date(2024, 1, 20)),
    "BES-023": sets("beslut", verkstallt=LATER),
    "UPP-001": again("uppdrag", mottaget=date(2024, 1, 23)),
    "UPP-002": sets("uppdrag", beslut_id="B9"),
    "UPP-003": sets("beslut", galler_tom=date(2024, 1, 20)),
    "UPP-010": sets("uppdrag", mottaget=date(2024, 1, 20)),
    "UPP-011": sets("uppdrag", avslutat=date(2024, 1, 24)),
    "UPP-012": sets("uppdrag", paborjat=date(2024, 1, 19)),
    "UPP-013": sets("beslut", utfall="avslag"),
    "UPP-014": sets("uppdrag", mottaget=None, paborjat=None),
    "UPP-015": sets("uppdrag", paborjat=LATER),
    "GPL-001": again("genomforandeplan", klarmarkerad=date(2024, 1, 31)),
    "GPL-002": sets("genomforandeplan", uppdrag_id="X9"),
    "GPL-003": sets("uppdrag", avslutat=date(2024, 1, 24)),
    "GPL-010": sets("genomforandeplan", klarmarkerad=date(2024, 1, 25)),
    "GPL-011": sets("genomforandeplan", delgiven=date(2024, 1, 29)),
    "GPL-012": sets("genomforandeplan", klarmarkerad=None),
    "GPL-013": sets("genomforandeplan", status="arbetsanteckning"),
    "GPL-014": sets("genomforandeplan", upprattad=LATER, klarmarkerad=None, status="arbetsanteckning"),
    "GPL-015": sets("genomforandeplan", upprattad=date(2024, 1, 20)),
    "GPL-016": sets("genomforandeplan", klarmarkerad=LATER),
    "MAL-001": again("mal", avsett=1),
    "MAL-002": sets("mal", beslut_id="B9"),
    "MAL-003": sets("beslut", galler_tom=date(2024, 1, 20)),
    "MAL-004": sets("mal", beslut_id=None, plan_id="G9"),
    "MAL-005": both(
        sets("mal", beslut_id=None, plan_id="G1"), sets("genomforandeplan", klarmarkerad=date(2024, 1, 25))
    ),
    "MAL-010": sets("mal", beslut_id=None),
    "MAL-011": sets("mal", plan_id="G1"),
    "MAL-012": sets("mal", avsett=None, text_langd=0),
    "MAL-014": sets("mal", icf_kod="b1528A"),
    "MAL-015": sets("mal", icf_kod="d4501"),
    "UPF-001": again("uppfoljning", datum=date(2024, 12, 3)),
    "UPF-002": sets("uppfoljning", beslut_id="B9"),
    "UPF-003": sets("beslut", galler_tom=date(2024, 1, 20)),
    "UPF-004": sets("uppfoljning", beslut_id=None, plan_id="G9"),
    "UPF-005": both(
        sets("uppfoljning", beslut_id=None, plan_id="G1"), sets("genomforandeplan", klarmarkerad=date(2024, 1, 25))
    ),
    "UPF-010": sets("uppfoljning", beslut_id=None),
    "UPF-011": sets("uppfoljning", plan_id="G1"),
    "UPF-012": sets("uppfoljning", datum=None),
    "UPF-013": sets("uppfoljning", datum=date(2024, 1, 19)),
    "UPF-014": sets("uppfoljning", beslut_id=None, plan_id="G1", datum=date(2024, 1, 25)),
    "UPF-015": sets("uppfoljning", datum=LATER),
    "UPF-016": sets("uppfoljning", status="planerad", planerad=None, datum=None),
    "MUF-001": again("maluppfyllelse", utfall="delvis"),
    "MUF-002": sets("maluppfyllelse", uppfoljning_id="F9"),
    "MUF-003": sets("uppfoljning", datum=LATER),
    "MUF-004": sets("maluppfyllelse", mal_id="M9"),
    "MUF-005": again("mal", avsett=1),
    "MUF-010": both(again("beslut", beslut_id="B2"), sets("mal", beslut_id="B2")),
    "MUF-011": sets("uppfoljning", status="pagaende"),
    "MUF-012": both(
        again("genomforandeplan", plan_id="G2"),
        sets("mal", beslut_id=None, plan_id="G1"),
        sets("uppfoljning", beslut_id=None, plan_id="G2"),
    ),
    "MUF-013": sets("uppfoljning", beslut_id=None, plan_id="G1"),
    "KVA-001": again("kvalitetssvar", svar="ganska_bra"),
    "KVA-002": sets("kvalitetssvar", uppfoljning_id="F9"),
    "KVA-003": sets("uppfoljning", datum=LATER),
    "KVA-010": sets("uppfoljning", status="pagaende"),
}
"""What breaks each rule that is written by hand, in a world where nothing else is wrong."""

OF_REFUSED_PERSON = {"UTR-003", "BES-003"}
"""Cannot be broken as long as nothing refuses a person whose number is right; a test holds that it is so."""

OF_WITHDRAWN_INTERVENTION = {"BES-024"}
"""Cannot be broken as long as no intervention code has a first or last valid day; a test holds that it is so."""

COMES_ALONG: dict[str, set[str]] = {
    "BED-204": {"BED-014"},
    "BES-002": {"BES-102"},
    "BES-208": {"BES-011"},
    "BES-307": {"BES-016"},
    "BES-309": {"BES-010"},
    "BES-312": {"BES-013"},
    "BES-314": {"BES-014", "BES-015"},
    "BES-703": {"BES-017"},
    "GPL-206": {"GPL-012"},
    "IND-501": {"IND-102", "IND-103"},
    "IND-601": {"IND-102", "IND-103"},
    "IND-701": {"IND-102", "IND-103"},
    "GPL-305": {"GPL-015"},
    "GPL-306": {"GPL-010"},
    "MAL-402": {"MAL-010"},
    "MAL-802": {"MAL-010"},
    "UPF-208": {"UPF-012"},
    "UPF-308": {"UPF-013"},
    "UPF-402": {"UPF-010"},
    "UPF-802": {"UPF-010"},
    "UPP-306": {"UPP-010"},
    "UPP-307": {"UPP-012"},
    "UPP-308": {"UPP-011"},
    "UTR-210": {"UTR-014"},
    "UTR-309": {"UTR-010"},
}
"""Rules that the same row cannot but break as well."""


ONLY_RAW = {
    "testperson": "19121212-1212",
    "exceltal": "1,91212E+11",
    "reservnummer": "R-40123",
    "formel": "=HYPERLINK(A1)",
    "rojande": f"Ring {ANNA} före besöket.",
}
"""What a source may hold that only its raw value shows."""

PROFILE = profile(identiteter={"reservnummer": [{"monster": "R-?[0-9]{5}", "betydelse": "prov"}]})


@cache
def result_of(code: str) -> Validated:
    """A world in which one row breaks the rule, validated; harmonised too where only raw values can break it."""
    rule = RULES[code]
    if rule.kind not in MARKS:
        return validated(*broken_world(rule))
    texts = raw_world()
    name, bad = rule.fields[0], ONLY_RAW[rule.kind]
    # Every file that names a person says that there is one, so a person is bad only when it is bad everywhere.
    tables = texts if rule.table == "individ" else [rule.table]
    for table in tables:
        if name in texts[table][0]:
            texts[table][0][name] = bad
    return validated_texts(texts, PROFILE)


def broken_world(rule: Rule) -> tuple[Rows, frozenset[tuple[str, int, str]]]:
    """A clean world in which one row breaks the rule."""
    rows = clean_world()
    if rule.kind in ("skriven", "foralder", "nyckel"):
        BREAKS[rule.code](rows)
        return rows, frozenset()
    name = rule.fields[0]
    meta = CONTRACTS[rule.table].own_columns()[name].metadata
    if rule.kind == "utanfor":
        rows[rule.table][0][name] = _beyond(meta)
        return rows, frozenset()
    rows[rule.table][0][name] = None
    return rows, frozenset() if rule.kind == "saknas" else frozenset({(rule.table, 0, name)})


def _beyond(meta: dict[str, Any]) -> Any:
    if isinstance(meta["minst"], date):
        return meta["minst"] - timedelta(days=1)
    return meta["minst"] - 1


def test_the_clean_world_breaks_no_rule() -> None:
    result = validated(clean_world())
    assert hits(result) == set()
    assert all(table.num_rows == 1 for table in result.tables.values())
    prove(result.tables)


def test_every_written_rule_has_a_row_that_breaks_it() -> None:
    assert set(BY_HAND) - OF_REFUSED_PERSON - OF_WITHDRAWN_INTERVENTION == set(BREAKS)


def test_nothing_refuses_a_person_whose_number_is_right() -> None:
    refusing = [rule for rule in RULES.values() if rule.table == "individ" and rule.severity == "avvisa"]
    assert {rule.fields for rule in refusing} == {("individ_id",)}


def test_no_intervention_code_has_been_withdrawn() -> None:
    assert validity("insats")[["giltig_fran", "giltig_till"]].isna().all(axis=None)


@pytest.mark.parametrize("code", [*BREAKS, *OF_FIELDS])
def test_a_row_that_breaks_the_rule_is_found_under_its_code(code: str) -> None:
    rule = RULES[code]
    result = result_of(code)
    found = {regel for tabell, _, regel in hits(result) if tabell == rule.table}
    assert code in found
    assert found - {code} <= COMES_ALONG.get(code, set())


@pytest.mark.parametrize("code", [*BREAKS, *OF_FIELDS])
def test_severity_decides_whether_the_row_is_refused_or_flagged(code: str) -> None:
    rule = RULES[code]
    result = result_of(code)
    where = result.karantan if rule.severity == "avvisa" else result.flaggor
    assert code in where["regel"].to_pylist()
    assert code not in (result.flaggor if rule.severity == "avvisa" else result.karantan)["regel"].to_pylist()
    hit = {row for tabell, row, regel in hits(result) if (tabell, regel) == (rule.table, code)}
    accepted = {kallrad - 2 for kallrad in result.tables[rule.table]["kallrad"].to_pylist()}
    if rule.severity == "avvisa":
        assert not hit & accepted
    elif rule.kind != "nyckel" and not refuses_more(code):
        assert hit <= accepted
    prove(result.tables)


def refuses_more(code: str) -> bool:
    return any(RULES[other].severity == "avvisa" for other in COMES_ALONG.get(code, ()))


@pytest.mark.parametrize(
    "code",
    [
        code
        for code in OF_FIELDS
        if RULES[code].severity == "varna" and RULES[code].kind not in MARKS and code != "IND-204"
    ],
)
def test_a_value_that_could_not_be_used_is_empty_in_the_accepted_row(code: str) -> None:
    rule = RULES[code]
    result = result_of(code)
    assert result.tables[rule.table][rule.fields[0]].to_pylist() == [None]


def test_the_clean_world_as_it_would_be_delivered_breaks_no_rule_and_needs_no_repair() -> None:
    result = validated_texts(raw_world(), PROFILE)
    assert hits(result) == set()
    assert result.reparationer.num_rows == 0
    prove(result.tables)


def test_a_person_with_a_reserve_number_is_kept_and_so_is_the_length_of_a_revealing_text() -> None:
    of_person = [rule for rule in RULES.values() if rule.kind == "reservnummer"]
    assert {result_of(rule.code).tables[rule.table]["individ_id"].null_count for rule in of_person} == {0}
    of_goal = result_of(next(code for code, rule in RULES.items() if (rule.kind, rule.table) == ("rojande", "mal")))
    assert of_goal.tables["mal"]["text_langd"].to_pylist() == [len(ONLY_RAW["rojande"])]


def test_a_protection_that_cannot_be_read_is_taken_as_protection() -> None:
    result = validated(*broken_world(RULES["IND-204"]))
    assert result.tables["individ"]["skydd"].to_pylist() == ["sekretessmarkering"]


@pytest.mark.parametrize("table", CONTRACTS)
def test_every_accepted_table_has_the_contracts_columns_and_types(table: str) -> None:
    accepted = validated(clean_world()).tables[table]
    contract = CONTRACTS[table]
    assert accepted.column_names == list(contract.columns())
    assert [field.type for field in accepted.schema] == [contract.arrow_type(name) for name in accepted.column_names]


def test_children_of_a_refused_decision_are_refused_with_their_own_rule() -> None:
    rows = clean_world()
    rows["beslut"][0]["galler_tom"] = date(2024, 1, 1)
    result = validated(rows)
    assert {regel for _, _, regel in hits(result)} == {
        "BES-010", "UPP-003", "GPL-003", "MAL-003", "UPF-003", "MUF-003", "MUF-005", "KVA-003",
    }  # fmt: skip
    assert result.tables["utredning"].num_rows == 1
    assert result.tables["beslut"].num_rows == 0


def test_two_contents_of_one_key_are_both_refused() -> None:
    rows = clean_world()
    again("maluppfyllelse", utfall="delvis")(rows)
    result = validated(rows)
    assert result.tables["maluppfyllelse"].num_rows == 0
    assert {row for _, row, regel in hits(result) if regel == "MUF-001"} == {0, 1}


def test_an_empty_cell_contradicts_nothing_and_is_filled_from_the_other_row() -> None:
    rows = clean_world()
    rows["beslut"][0] |= {"verkstallt": None, "omfattning": 10.0, "omfattning_enhet": "timmar_per_manad"}
    rows["beslut"].append({**rows["beslut"][0], "verkstallt": date(2024, 1, 25), "omfattning": None})
    result = validated(rows)

    assert "BES-001" not in {rule for _, _, rule in hits(result)}
    assert contents(result, "beslut")[0]["verkstallt"] == date(2024, 1, 25)
    assert contents(result, "beslut")[0]["omfattning"] == 10.0
    assert result.tables["beslut"]["kallrad"].to_pylist() == [2]


def test_rows_that_agree_but_make_no_right_row_together_contradict_each_other() -> None:
    rows = clean_world()
    rows["uppdrag"].append({**rows["uppdrag"][0], "paborjat": None, "avslutat": date(2024, 1, 23)})
    result = validated(rows)

    assert {("uppdrag", 0, "UPP-001"), ("uppdrag", 1, "UPP-001")} <= hits(result)
    prove(result.tables)


def test_a_refused_row_does_not_contradict_an_accepted_one() -> None:
    rows = clean_world()
    again("beslut", galler_tom=date(2024, 1, 1))(rows)
    result = validated(rows)
    assert {regel for tabell, _, regel in hits(result)} == {"BES-010"}
    assert result.tables["beslut"].num_rows == 1


def test_a_persons_highest_protection_wins_and_the_first_known_value_else() -> None:
    rows = clean_world()
    rows["individ"] = [
        {"individ_id": "p1", "fodelsear": None, "kon": "kvinna", "skydd": "ingen"},
        {"individ_id": "p1", "fodelsear": 1940, "kon": "man", "skydd": "fingerade"},
        {"individ_id": "p1", "fodelsear": 1941, "kon": "kvinna", "skydd": "sekretessmarkering"},
    ]
    accepted = validated(rows).tables["individ"]
    assert accepted.select(["individ_id", "fodelsear", "kon", "skydd", "kallrad"]).to_pylist() == [
        {"individ_id": "p1", "fodelsear": 1940, "kon": "kvinna", "skydd": "fingerade", "kallrad": 2}
    ]


def test_an_empty_value_of_a_person_contradicts_nothing() -> None:
    rows = clean_world()
    rows["individ"].append({"individ_id": "p1", "fodelsear": 1940, "kon": "kvinna", "skydd": "sekretessmarkering"})
    result = validated(rows)
    assert hits(result) == set()
    assert result.tables["individ"]["skydd"].to_pylist() == ["sekretessmarkering"]


def test_accepted_rows_that_break_a_contract_are_reported_without_their_values() -> None:
    tables = validated(clean_world()).tables
    broken = tables["beslut"].set_column(
        tables["beslut"].column_names.index("beslut_id"), "beslut_id", pa.array([None], pa.string())
    )
    with pytest.raises(Exception, match="1 faults in 1 rows") as raised:
        prove({"beslut": broken})
    assert "B1" not in str(raised.value)
    assert "p1" not in str(raised.value)
