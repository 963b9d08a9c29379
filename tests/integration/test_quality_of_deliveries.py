"""What goes wrong with a delivery as a whole turns the checks that are about it, and no others, with their words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from ibic_pipeline.quality.model import FEL, GODKAND, UNDERKAND
from ibic_pipeline.quality.results import of_municipalities, of_municipality
from ibic_pipeline.workflow.quality import in_words
from tests.support.quality_deliveries import (
    LAN,
    TODAY,
    WEEKS,
    Change,
    Frames,
    delivering,
    extract,
    half,
    last_weeks_file,
    measured,
    ordinary,
    recoded,
    remembered,
    with_last,
    without_last_month,
)
from tests.support.small_tables import SETTINGS, county


def broken(results: pd.DataFrame) -> dict[tuple[str, str], str]:
    """(check, part) -> words of everything that does not hold."""
    assert not (results["status"] == FEL).any()
    rows = results[results["status"] == UNDERKAND].to_dict("records")
    return {(row["kontroll"], f"{row['tabell']}.{row['del']}".rstrip(".")): in_words(row) for row in rows}


def after(change: Change, folder: Path) -> dict[tuple[str, str], str]:
    return broken(of_municipality(with_last(change, folder), LAN, SETTINGS))


def as_usual(frames: Frames) -> Frames:
    return frames


TABLES = ("individ", "utredning", "beslut", "mal", "uppfoljning", "maluppfyllelse")


def test_an_ordinary_week_turns_nothing_and_is_asked_of_every_comparison_with_earlier_ones(tmp_path: Path) -> None:
    results = of_municipality(with_last(as_usual, tmp_path), LAN, SETTINGS)

    assert broken(results) == {}
    held = set(results[results["status"] == GODKAND]["kontroll"])
    assert {"DK-401", "DK-402", "DK-403", "DK-404", "DK-405", "DK-502", "DK-503"} <= held


def test_half_the_rows_turn_the_volumes(tmp_path: Path) -> None:
    found = after(half, tmp_path)

    assert set(found) == {("DK-401", table) for table in TABLES}
    assert found["DK-401", "beslut"] == (
        "Antalet rader i beslut är ungefär som i tidigare leveranser (medianen av de senaste åtta). "
        "Avviker: 464 av 944."
    )


def test_a_code_that_disappears_turns_the_check_of_its_column(tmp_path: Path) -> None:
    found = after(recoded("uppfoljning", "typ", "vid_behov", "planerad"), tmp_path)

    assert found == {
        ("DK-405", "uppfoljning.typ"): "De koder i uppfoljning.typ som var i bruk i tidigare leveranser finns kvar. "
        "Avviker: 1 av 2."
    }


def test_an_outcome_that_flips_from_helt_to_inte_turns_the_outcomes(tmp_path: Path) -> None:
    found = after(recoded("maluppfyllelse", "utfall", "helt", "inte"), tmp_path)

    assert found == {
        ("DK-404", "maluppfyllelse.utfall"): "Utfallen i maluppfyllelse.utfall fördelar sig som i tidigare leveranser. "
        "Avviker: 482 av 960.",
        ("DK-405", "maluppfyllelse.utfall"): "De koder i maluppfyllelse.utfall som var i bruk i tidigare leveranser "
        "finns kvar. Avviker: 1 av 3.",
    }


def test_a_last_month_that_is_missing_turns_the_tables_of_events(tmp_path: Path) -> None:
    found = after(without_last_month, tmp_path)

    assert set(found) == {("DK-502", "utredning"), ("DK-502", "beslut"), ("DK-502", "uppfoljning")}
    assert found["DK-502", "beslut"] == (
        "Den sista hela månaden i beslut har ungefär lika många poster som de tolv före. Avviker: 40 av 40."
    )


def test_last_weeks_file_sent_again_turns_the_check_of_the_content(tmp_path: Path) -> None:
    assert after(last_weeks_file, tmp_path) == {
        ("DK-503", "leverans"): "Leveransen har ett annat innehåll än tidigare leveranser. Avviker: 6 av 6."
    }


def test_a_field_that_is_no_longer_filled_in_turns_the_check_of_empty_fields(tmp_path: Path) -> None:
    def emptied(frames: Frames) -> Frames:
        return frames | {"beslut": frames["beslut"].assign(planerad_uppfoljning=None)}

    assert ("DK-402", "beslut.planerad_uppfoljning") in after(emptied, tmp_path)


def test_codes_that_move_turn_the_check_of_their_column(tmp_path: Path) -> None:
    def every_third(frames: Frames) -> Frames:
        table = frames["uppfoljning"]
        return frames | {"uppfoljning": table.assign(typ=table["typ"].where(table.index % 3 != 0, "vid_behov"))}

    assert set(after(every_third, tmp_path)) == {("DK-403", "uppfoljning.typ")}


def of_the_county(folder: Path, change: Change, last: str = TODAY) -> pd.DataFrame:
    """Results of 9901, which is changed, beside two municipalities whose latest delivery is today's."""
    usual = {day: ordinary(day) for day in WEEKS}
    own = {day: usual[day] for day in WEEKS if day < last}
    own[last] = measured(change(extract(last)), last, folder / "egen")
    every = [remembered(usual, folder, other) for other in ("9902", "9903")]
    results = of_municipalities(pa.concat_tables([remembered(own, folder), *every]), LAN, SETTINGS)
    return results[results["kommunkod"] == "9901"]


def test_outcomes_unlike_those_of_the_other_municipalities_turn(tmp_path: Path) -> None:
    assert "DK-601" not in {code for code, _ in broken(of_the_county(tmp_path / "a", as_usual))}
    refusing = of_the_county(tmp_path / "b", recoded("beslut", "utfall", "bifall", "avslag"))
    assert ("DK-601", "beslut.utfall") in broken(refusing)


def test_a_field_that_is_empty_here_alone_turns(tmp_path: Path) -> None:
    def emptied(frames: Frames) -> Frames:
        return frames | {"beslut": frames["beslut"].assign(planerad_uppfoljning=None)}

    found = of_the_county(tmp_path, emptied)
    assert ("DK-602", "beslut.planerad_uppfoljning") in broken(found)


def test_a_municipality_that_is_behind_its_own_rhythm_is_late(tmp_path: Path) -> None:
    every_third_day = ("2026-06-09", "2026-06-12", "2026-06-15")
    usual = {day: ordinary(day) for day in (*every_third_day, TODAY)}
    own = remembered({day: usual[day] for day in every_third_day}, tmp_path)
    other = remembered({TODAY: usual[TODAY]}, tmp_path, "9902")
    results = of_municipalities(pa.concat_tables([own, other]), LAN, SETTINGS)
    late = results[results["kontroll"] == "DK-501"].set_index("kommunkod")
    assert late.loc["9901", ["status", "brister", "underlag"]].tolist() == ["underkand", 12, 3]
    assert late.loc["9902", "status"] == "ej_tillampligt"


def test_a_first_delivery_has_nothing_to_be_compared_with_and_that_is_no_pass(tmp_path: Path) -> None:
    results = of_municipality(with_last(as_usual, tmp_path, [TODAY]), LAN, SETTINGS)
    compared = results[results["kontroll"].str.startswith(("DK-4", "DK-503"))]

    assert set(compared["status"]) == {"ej_tillampligt"}


def short_since(first: str, folder: Path) -> pa.Table:
    """Deliveries with half of the rows from a day on."""
    short = {day: measured(half(extract(day)), day, folder) for day in WEEKS if day >= first}
    return remembered({day: ordinary(day) for day in WEEKS if day < first} | short, folder)


def test_a_breach_is_told_since_when_and_when_it_last_held(tmp_path: Path) -> None:
    results = of_municipality(short_since(WEEKS[2], tmp_path), LAN, SETTINGS)
    row = results[(results["kontroll"] == "DK-401") & (results["tabell"] == "beslut")].iloc[0]

    assert row["status"] == "underkand"
    assert (str(row["forst_sedd"].date()), str(row["senast_godkand"].date())) == (WEEKS[2], WEEKS[1])


def test_another_threshold_judges_the_same_counts_anew_for_every_delivery(tmp_path: Path) -> None:
    measures = short_since(WEEKS[2], tmp_path)
    wider = county(kvalitet={"DK-401": {"varde": 0.6, "not": "Prov."}})
    results = of_municipality(measures, wider, SETTINGS)
    row = results[(results["kontroll"] == "DK-401") & (results["tabell"] == "beslut")].iloc[0]

    assert (row["status"], row["troskel"]) == ("godkand", 0.6)
    assert pd.isna(row["forst_sedd"])
    assert str(row["senast_godkand"].date()) == TODAY


def test_a_column_that_the_profile_no_longer_delivers_is_compared_with_nothing(tmp_path: Path) -> None:
    part = "uppfoljning.typ"
    measures = {day: ordinary(day) for day in WEEKS[:-1]}
    last = measured(extract(TODAY), TODAY, tmp_path, delivering(part))
    results = of_municipality(remembered(measures | {TODAY: last}, tmp_path), LAN, SETTINGS)
    own = results[(results["tabell"] + "." + results["del"]) == part]

    assert set(own["status"]) == {"ej_tillampligt"}
