"""Whatever a delivery holds, every record is accounted once, and nothing raw is written."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ibic_pipeline.validate import Validated, prove
from schemas import CONTRACTS
from tests.support.deliveries import deliver, new_home, one_to_one, profile, run
from tests.support.depth import searched

PERSONS = ["19121213-2391", "121213-2391", "191212132391", "19701063-2391", "19121213-2392", "HEMLIG", ""]
DECISIONS = ["B1", "B2", "B3", "19121213-2391", ""]
DATES = ["2024-01-20", "2024-03-01", "2027-01-01", "0202-01-01", "2024-02-30", "HEMLIG", ""]
decision = st.tuples(
    st.sampled_from(DECISIONS),
    st.sampled_from(PERSONS),
    st.sampled_from(["sol_2001", "lss", "HEMLIG", ""]),
    st.sampled_from(["YAA.05.00", "Boendestöd", "HEMLIG", ""]),
    st.sampled_from(["bifall", "avslag", "HEMLIG", ""]),
    st.sampled_from(DATES),
    st.sampled_from(DATES),
    st.sampled_from(["M1", "M2", "M3", "M4", ""]),
    st.sampled_from(["d510", "d450", "HEMLIG", ""]),
    st.sampled_from(["Lätt", "HEMLIG text", ""]),
)
assessment = st.tuples(
    st.sampled_from(["F1", "F2", "F3", ""]),
    st.sampled_from(DECISIONS),
    st.sampled_from(["klarmarkerad", "planerad", "HEMLIG", ""]),
    st.sampled_from(DATES),
    st.sampled_from(["M1", "M2", "M9", ""]),
    st.sampled_from(["helt", "delvis", "HEMLIG", ""]),
)
broken = st.sampled_from([("B1", "HEMLIG"), ("HEMLIG",) * 14])

DECISION_COLUMNS = (
    "beslut_id", "individ_id", "lagrum", "insats", "utfall", "beslutsdatum", "galler_fran", "mal_id", "icf_kod", "text"
)  # fmt: skip
FOLLOW_UP_COLUMNS = ("uppfoljning_id", "beslut_id", "status", "datum", "mal_id", "malutfall")

PROFILE = profile(
    {
        "beslut": [
            {
                "monster": "beslut.csv",
                "delar": [
                    one_to_one("beslut", list(DECISION_COLUMNS[:7])),
                    {
                        "tabell": "mal",
                        "kolumner": {
                            "mal_id": "mal_id", "beslut_id": "beslut_id", "icf_kod": "icf_kod",
                            "text_langd": "text", "endast_skala": "text",
                        },
                    },
                ],
            }
        ],
        "uppfoljning": [
            {
                "monster": "uppfoljning.csv",
                "delar": [
                    one_to_one("uppfoljning", list(FOLLOW_UP_COLUMNS[:4]))
                    | {"konstanter": {"part": "myndighet", "kanal": "folja_upp"}},
                    {
                        "tabell": "maluppfyllelse",
                        "kolumner": {"uppfoljning_id": "uppfoljning_id", "mal_id": "mal_id", "utfall": "malutfall"},
                    },
                ],
            }
        ],
    }
)  # fmt: skip


def text_of(header: tuple[str, ...], records: list[tuple[str, ...]]) -> str:
    return "".join(";".join(record) + "\n" for record in [header, *records])


def validate(decisions: list[tuple[str, ...]], follow_ups: list[tuple[str, ...]]) -> Validated:
    with tempfile.TemporaryDirectory() as folder:
        home = new_home(Path(folder))
        deliver(
            home,
            {
                "beslut.csv": text_of(DECISION_COLUMNS, decisions),
                "uppfoljning.csv": text_of(FOLLOW_UP_COLUMNS, follow_ups),
            },
        )
        return run(home, PROFILE)


def with_content(records: list[tuple[str, ...]]) -> int:
    return sum(any(record) for record in records)


deliveries = given(
    st.lists(decision | decision | broken, max_size=12).map(lambda rows: [*rows, ("B9", *("",) * 9)]),
    st.lists(assessment, max_size=8),
)
few = searched(20, deep=400)


@deliveries
@few
def test_read_is_accepted_plus_quarantined_plus_duplicates(
    decisions: list[tuple[str, ...]], follow_ups: list[tuple[str, ...]]
) -> None:
    result = validate(decisions, follow_ups)
    for account, records in zip(result.avstamning.to_pylist(), (decisions, follow_ups), strict=True):
        assert account["last"] == with_content(records)
        assert account["last"] == account["godkanda"] + account["karantan"] + account["dubbletter"]
        mine = [row for row in result.karantan.to_pylist() if row["kallfil"] == account["kallfil"]]
        assert len({row["kallrad"] for row in mine}) == account["karantan"]
        flags = [row for row in result.flaggor.to_pylist() if row["kallfil"] == account["kallfil"]]
        found: dict[str, set[int]] = {}
        for row in [*mine, *flags]:
            found.setdefault(row["regel"], set()).add(row["kallrad"])
        assert dict(account["regler"]) == {code: len(rows) for code, rows in found.items()}
        assert len({row["kallrad"] for row in flags} - {row["kallrad"] for row in mine}) == account["flaggade"]


@deliveries
@few
def test_accepted_tables_fulfil_their_contracts_and_hold_nothing_raw(
    decisions: list[tuple[str, ...]], follow_ups: list[tuple[str, ...]]
) -> None:
    result = validate(decisions, follow_ups)
    prove(result.tables)
    for table in (*result.tables.values(), result.karantan, result.flaggor, result.avstamning):
        written = str(table.to_pylist())
        assert "HEMLIG" not in written
        assert "121213" not in written
        assert "701063" not in written


@deliveries
@few
def test_accepted_rows_are_sorted_have_unique_keys_and_accepted_parents(
    decisions: list[tuple[str, ...]], follow_ups: list[tuple[str, ...]]
) -> None:
    tables = validate(decisions, follow_ups).tables
    for name, contract in CONTRACTS.items():
        keys = [tuple(row.values()) for row in tables[name].select(list(contract.key())).to_pylist()]
        assert keys == sorted(set(keys))
        for parent in contract.parents():
            references = set(tables[name][parent.field].to_pylist()) - {None}
            known = set(tables[parent.table][CONTRACTS[parent.table].key()[0]].to_pylist())
            assert parent.missing_severity == "varna" or references <= known


@deliveries
@searched(8, deep=100)
def test_the_same_delivery_gives_the_same_tables(
    decisions: list[tuple[str, ...]], follow_ups: list[tuple[str, ...]]
) -> None:
    first, second = validate(decisions, follow_ups), validate(decisions, follow_ups)
    assert first.karantan == second.karantan
    without_key = [name for name in first.tables["beslut"].column_names if name != "individ_id"]
    assert first.tables["beslut"].select(without_key) == second.tables["beslut"].select(without_key)
    assert isinstance(first.avstamning, pa.Table)
