"""Which units flawed data touch: flags that are about what decides a figure, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.county import Lan
from ibic_pipeline.derive.exclusions import EXCLUSIONS, NOT_KNOWN
from ibic_pipeline.derive.headers import indicators
from ibic_pipeline.derive.run import UNITS
from ibic_pipeline.home import Home
from ibic_pipeline.quality.effect import Effect, latest_periods, measure_effect, read_effect, write_effect
from ibic_pipeline.quality.lineage import columns_of_indicators, indicators_of_columns
from ibic_pipeline.quality.sources import UNIT_TABLES, source_of
from ibic_pipeline.storage import write_parquet
from schemas import CONTRACTS
from tests.support.releases import make_home
from tests.support.small_tables import SETTINGS, derived, inputs

DAY = date(2026, 6, 30)
FOUND = pa.schema([(name, pa.string()) for name in ("kommunkod", "leverans_id", "kallfil", "tabell", "regel")]).append(
    pa.field("kallrad", pa.int32())
)
Finding = tuple[str, str, int, str]
"""Table, file, record and rule."""


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Lan:
    home: Home = make_home(tmp_path_factory.mktemp("home"))
    return home.lan


def write(table: pa.Table, path: Path) -> None:
    """Without bringing it to disk, which takes longer than all the rest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)


def version(
    folder: Path,
    tables: dict[str, str],
    *counted: str,
    flags: Sequence[Finding] = (),
    refused: Sequence[Finding] = (),
    places: dict[str, tuple[str, Sequence[int]]] | None = None,
) -> Path:
    """A version whose rows stand in a file per table, in order, unless ``places`` says the file and the records."""
    given = inputs(tables)
    for name, rows in given.items():
        file, records = (places or {}).get(name, (f"{name}.csv", range(1, rows.num_rows + 1)))
        origin = {"kallfil": pa.repeat(file, rows.num_rows), "kallrad": pa.array(list(records), pa.int32())}
        write(pa.table({**origin, **{c: rows[c] for c in rows.column_names}}), folder / f"harmoniserat/{name}.parquet")
    for name, findings in (("flaggor", flags), ("karantan", refused)):
        write(_findings(findings), folder / f"karantan/{name}.parquet")
    for fact in ("beslut_i_episod", "nya_utredningar"):
        write(derived(fact, given), folder / f"fakta/{fact}.parquet")
    for each in indicators():
        units = derived(each.id, given) if each.id in counted else UNITS.empty_table()
        write(units, folder / f"enheter/{each.id}.parquet")
    return folder


def _findings(found: Iterable[Finding]) -> pa.Table:
    rows = [{"tabell": table, "kallfil": file, "kallrad": row, "regel": rule} for table, file, row, rule in found]
    return pa.Table.from_pylist(rows, schema=FOUND)


def of(effect: Effect, indikator: str, period: str = "2025") -> dict[str, Any]:
    """The counts of one figure."""
    (row,) = [each for each in effect.enheter.to_pylist() if (each["indikator"], each["period"]) == (indikator, period)]
    return row


def touched(effect: Effect, indikator: str, period: str = "2025") -> tuple[int, int, int]:
    """Touched units in the numerator, touched ones outside it, and missing ones."""
    row = of(effect, indikator, period)
    return row["berorda_i_taljaren"], row["berorda_utanfor"], row["saknade"]


def reasons(effect: Effect, indikator: str) -> dict[str, int]:
    return {
        row["orsak"]: row["antal"]
        for row in effect.orsaker.to_pylist()
        if (row["indikator"], row["period"]) == (indikator, "2025")
    }


DECISIONS = """
    beslut_id | utredning_id | beslutsdatum | galler_fran | verkstallt
    B1        | A1           | 2025-03-01   | 2025-03-01  | 2025-03-02
    B2        | A1           | 2025-03-01   | 2025-03-01  |
    B3        |              | 2025-03-01   | 2025-03-01  | 2025-03-02
"""
APPLIED = "utredning_id | ansokan_datum | avslutad\nA1 | 2025-02-20 | 2025-02-28"


def test_a_flag_touches_the_unit_that_its_row_is_and_no_other(tmp_path: Path, lan: Lan) -> None:
    folder = version(tmp_path, {"beslut": DECISIONS}, "T9", flags=[("beslut", "beslut.csv", 1, "BES-013")])
    effect = measure_effect(folder, lan, DAY, SETTINGS)
    assert of(effect, "T9")["namnare"] == 3
    assert touched(effect, "T9") == (0, 1, 0)  # it was carried out in time, and T9 counts those that were not
    assert reasons(effect, "T9") == {"BES-013": 1}


def test_a_flag_about_a_column_that_decides_nothing_touches_no_figure(tmp_path: Path, lan: Lan) -> None:
    folder = version(tmp_path, {"beslut": DECISIONS}, "T9", flags=[("beslut", "beslut.csv", 1, "BES-216")])
    assert ("beslut", "planerad_uppfoljning") not in columns_of_indicators()["T9"]
    assert touched(measure_effect(folder, lan, DAY, SETTINGS), "T9") == (0, 0, 0)


def test_a_flag_about_what_decides_one_figure_leaves_others_of_the_same_unit_alone(tmp_path: Path, lan: Lan) -> None:
    folder = version(tmp_path, {"beslut": DECISIONS}, "T4", "T9", flags=[("beslut", "beslut.csv", 1, "BES-013")])
    effect = measure_effect(folder, lan, DAY, SETTINGS)
    assert (of(effect, "T4")["namnare"], touched(effect, "T4")) == (3, (0, 0, 0))
    assert touched(effect, "T9") == (0, 1, 0)


def test_a_personal_number_in_a_text_is_flagged_and_leaves_the_figure_as_it_is(tmp_path: Path, lan: Lan) -> None:
    goals = "mal_id | beslut_id | icf_kod | avsett | text_langd\nM1 | B1 | d510 | 1 | 50"
    tables = {"beslut": DECISIONS, "mal": goals}
    flags = [("mal", "mal.csv", 1, "MAL-906")]
    assert touched(measure_effect(version(tmp_path, tables, "D1", flags=flags), lan, DAY, SETTINGS), "D1") == (0, 0, 0)


def test_a_flag_on_what_belongs_to_a_unit_touches_it(tmp_path: Path, lan: Lan) -> None:
    tables = {
        "beslut": DECISIONS,
        "uppdrag": "uppdrag_id | beslut_id | skickat | mottaget\nU1 | B1 | 2025-03-01 | 2025-03-01\n"
        "U2 | B3 | 2025-03-01 | 2025-03-01",
        "genomforandeplan": "plan_id | uppdrag_id | typ | klarmarkerad\nG1 | U1 | | 2025-03-05\nG2 | U2 | plan | ",
    }
    flags = [("genomforandeplan", "genomforandeplan.csv", 1, "GPL-103")]
    effect = measure_effect(version(tmp_path, tables, "T10", flags=flags), lan, DAY, SETTINGS)
    assert of(effect, "T10")["namnare"] == 2
    assert touched(effect, "T10") == (1, 0, 0)


def test_a_flag_on_what_a_unit_belongs_to_touches_all_that_belongs_there(tmp_path: Path, lan: Lan) -> None:
    goals = "mal_id | beslut_id | avsett | text_langd\nM1 | B1 | 1 | 50\nM2 | B1 | 1 | \nM3 | B3 | 1 | 50"
    tables = {"beslut": DECISIONS, "mal": goals}
    flags = [("beslut", "beslut.csv", 1, "BES-013")]
    effect = measure_effect(version(tmp_path, tables, "D1", flags=flags), lan, DAY, SETTINGS)
    assert touched(effect, "D1") == (1, 1, 0)


def test_a_flag_on_an_assessment_touches_the_goals_of_the_decision_that_it_led_to(tmp_path: Path, lan: Lan) -> None:
    tables = {
        "utredning": "utredning_id | avslutad\nA1 | 2025-02-28\nA2 | 2025-02-28",
        "bedomning": "utredning_id | icf_kod | bedomt\nA1 | d510 | 3\nA2 | d510 | 3",
        "beslut": "beslut_id | utredning_id | beslutsdatum | galler_fran\nB1 | A1 | 2025-03-01 | 2025-03-01\n"
        "B2 | A2 | 2025-03-01 | 2025-03-01",
        "mal": "mal_id | beslut_id | icf_kod | avsett\nM1 | B1 | d510 | 1\nM2 | B2 | d510 | 1",
        "uppfoljning": "uppfoljning_id | beslut_id | datum\nF1 | B1 | 2025-09-01\nF2 | B2 | 2025-09-01",
        "maluppfyllelse": "uppfoljning_id | mal_id | utfall | skala_vid_uppfoljning\nF1 | M1 | helt | 1\n"
        "F2 | M2 | helt | 1",
    }
    rule = next(
        each.code for each in CONTRACTS["bedomning"].rules() if each.severity == "varna" and "bedomt" in each.fields
    )
    effect = measure_effect(
        version(tmp_path, tables, "M5", flags=[("bedomning", "bedomning.csv", 2, rule)]), lan, DAY, SETTINGS
    )
    assert of(effect, "M5")["namnare"] == 2
    assert sum(touched(effect, "M5")) == 1


def test_a_flag_on_a_later_one_of_rows_that_say_the_same_is_led_back_to_the_row_that_was_kept(
    tmp_path: Path, lan: Lan
) -> None:
    tables = {
        "utredning": "utredning_id | avslutad | samtycke\nA1 | 2025-02-28 | ",
        "bedomning": "utredning_id | icf_kod | bedomt\nA1 | d510 | 3\nA1 | d520 | 3",
    }
    flat = {"utredning": ("allt.csv", [7]), "bedomning": ("allt.csv", [7, 8])}
    folder = version(tmp_path, tables, "D3", flags=[("utredning", "allt.csv", 8, "UTR-213")], places=flat)
    assert touched(measure_effect(folder, lan, DAY, SETTINGS), "D3") == (0, 1, 0)


def test_a_unit_is_missing_when_something_is_not_known_and_not_when_it_does_not_belong(
    tmp_path: Path, lan: Lan
) -> None:
    folder = version(tmp_path, {"beslut": DECISIONS, "utredning": APPLIED}, "T8", "T9")
    effect = measure_effect(folder, lan, DAY, SETTINGS)
    assert touched(effect, "T8") == (0, 0, 1)  # B3 has no application; it would have counted
    assert reasons(effect, "T8") == {"saknar_ansokan": 1}
    refused = DECISIONS.replace("verkstallt\n", "verkstallt | utfall\n").replace(
        "2025-03-02\n", "2025-03-02 | avslag\n"
    )
    refused = refused.replace("2025-03-01  |\n", "2025-03-01 | | bifall\n")
    none = measure_effect(version(tmp_path / "b", {"beslut": refused}, "T9"), lan, DAY, SETTINGS)
    assert (of(none, "T9")["namnare"], touched(none, "T9")) == (1, (0, 0, 0))


def test_the_latest_whole_year_and_quarter_are_judged_and_events_of_other_years_are_not(
    tmp_path: Path, lan: Lan
) -> None:
    flags = [("beslut", "beslut.csv", 1, "BES-013")]
    folder = version(tmp_path, {"beslut": DECISIONS.replace("2025-03", "2024-03")}, "T9", flags=flags)
    effect = measure_effect(folder, lan, DAY, SETTINGS)
    assert {row["period"] for row in effect.enheter.to_pylist()} == {"2025", "2026-K2"}
    assert (of(effect, "T9")["namnare"], touched(effect, "T9")) == (0, (0, 0, 0))


def test_before_the_first_whole_year_only_the_quarter_is_judged(lan: Lan) -> None:
    from ibic_pipeline.compare.periods import calendar

    assert [each.name for each in latest_periods(calendar("2026-01", DAY))] == ["2026-K2"]
    assert latest_periods(calendar("2026-06", date(2026, 6, 29))) == []


def test_a_value_that_grows_is_that_of_the_last_day(tmp_path: Path, lan: Lan) -> None:
    effect = measure_effect(version(tmp_path, {"beslut": DECISIONS}, "T4"), lan, DAY, SETTINGS)
    values = {row["period"]: (row["varde"], row["antal"]) for row in effect.varden.to_pylist()}
    assert values == {"2025": (305.0, 3), "2026-K2": (486.0, 3)}  # since the first of March


def test_refused_rows_of_the_units_table_are_counted_beside_each_row_once(tmp_path: Path, lan: Lan) -> None:
    refused = [("beslut", "b.csv", 1, "BES-005"), ("beslut", "b.csv", 1, "BES-203"), ("mal", "b.csv", 2, "MAL-003")]
    effect = measure_effect(version(tmp_path, {"beslut": DECISIONS}, "T9", refused=refused), lan, DAY, SETTINGS)
    assert (of(effect, "T9")["avvisade"], of(effect, "M1")["avvisade"], of(effect, "P1")["avvisade"]) == (1, 1, 0)


def test_what_is_written_is_what_is_read_and_another_form_is_none(tmp_path: Path, lan: Lan) -> None:
    effect = measure_effect(version(tmp_path / "v", {"beslut": DECISIONS}, "T9"), lan, DAY, SETTINGS)
    write_effect(effect, tmp_path / "kvalitet")
    assert read_effect(tmp_path / "kvalitet") == effect
    write_parquet(pa.table({"annat": [1]}), tmp_path / "kvalitet" / "effekt_varden.parquet")
    assert read_effect(tmp_path / "kvalitet") is None
    assert read_effect(tmp_path) is None


def test_every_indicator_has_units_whose_table_is_known_and_columns_that_decide_it() -> None:
    for each in indicators():
        assert each.enhet in UNIT_TABLES
        assert source_of(each) in CONTRACTS
        tables = {table for table, _ in columns_of_indicators()[each.id]}
        assert tables
        assert tables <= set(CONTRACTS)


def test_reasons_that_something_is_not_known_are_reasons_of_some_indicator() -> None:
    used = {reason for each in indicators() for reason in each.exkluderingar}
    assert used >= NOT_KNOWN
    assert set(EXCLUSIONS) >= NOT_KNOWN
    assert not NOT_KNOWN & {"ej_observerbar", "ej_moget", "ej_beviljat"}


@pytest.mark.parametrize(
    ("indikator", "decides", "does_not"),
    [
        ("T1", ("uppfoljning", "kanal"), ("uppfoljning", "individen_deltog")),
        ("T8", ("utredning", "ansokan_datum"), ("beslut", "galler_tom")),
        ("T11", ("genomforandeplan", "klarmarkerad"), ("individ", "fodelsear")),
        ("F4", ("genomforandeplan", "status"), ("individ", "fodelsear")),
        ("M5", ("bedomning", "bedomt"), ("mal", "text_langd")),
        ("D3", ("utredning", "informerat_samtal"), ("individ", "kon")),
        ("P3", ("kvalitetssvar", "svar"), ("mal", "icf_kod")),
    ],
)
def test_the_columns_that_decide_an_indicator_are_those_that_its_definition_speaks_of(
    indikator: str, decides: tuple[str, str], does_not: tuple[str, str]
) -> None:
    found = columns_of_indicators()[indikator]
    assert decides in found
    assert does_not not in found
    assert indikator in indicators_of_columns()[decides]
