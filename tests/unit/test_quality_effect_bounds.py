"""What readers may see of how flawed data move figures: bounds beside shown figures, and never a small count."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from ibic_pipeline.compare.published import INDIKATOR
from ibic_pipeline.county import Lan
from ibic_pipeline.quality.bounds import DATAKVALITET_EFFEKT, DATAKVALITET_ORSAK, publishable_effect
from ibic_pipeline.quality.effect import ENHETER, ORSAKER, VARDEN, Effect
from tests.support.releases import make_home

KEY = {"period_typ": "ar", "period": "2025"}


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Lan:
    return make_home(tmp_path_factory.mktemp("home")).lan


def effect(
    namnare: int = 100,
    taljare: int = 40,
    inside: int = 0,
    outside: int = 0,
    missing: int = 0,
    indikator: str = "T1",
    refused: int = 0,
    reasons: dict[str, int] | None = None,
    values: dict[float, int] | None = None,
) -> Effect:
    """One municipality's counts of one figure of the year."""
    key = {"indikator": indikator, **KEY}
    counts = {
        "namnare": namnare, "taljare": taljare, "berorda_i_taljaren": inside, "berorda_utanfor": outside,
        "saknade": missing, "avvisade": refused,
    }  # fmt: skip
    return Effect(
        pa.Table.from_pylist([{**key, **counts}], ENHETER),
        pa.Table.from_pylist([{**key, "orsak": code, "antal": n} for code, n in (reasons or {}).items()], ORSAKER),
        pa.Table.from_pylist([{**key, "varde": value, "antal": n} for value, n in (values or {}).items()], VARDEN),
    )


def figure(kommunkod: str | None, namnare: int = 100, taljare: int = 40, **changed: Any) -> dict[str, Any]:
    """A row of the published table ``indikator``."""
    row = (
        dict.fromkeys(INDIKATOR.names) | KEY | {"indikator": "T1", "version": "1", "brytning": "total", "grupp": "alla"}
    )
    level = "lan" if kommunkod is None else "kommun"
    share = {"namnare": namnare, "taljare": taljare, "andel": taljare / namnare, "status": "visas"}
    return row | share | {"niva": level, "kommunkod": kommunkod} | changed


def published(effects: dict[str, Effect], lan: Lan, *figures: dict[str, Any]) -> tuple[dict[str | None, Any], pa.Table]:
    """The bounds by municipality (None is the county), and the reasons."""
    bounds, reasons = publishable_effect(effects, pa.Table.from_pylist(list(figures), INDIKATOR), lan)
    assert (bounds.schema, reasons.schema) == (DATAKVALITET_EFFEKT, DATAKVALITET_ORSAK)
    return {row["kommunkod"]: row for row in bounds.to_pylist()}, reasons


def test_bounds_stand_beside_the_figure_rounded_outwards_to_five_units(lan: Lan) -> None:
    told, _ = published({"0642": effect(inside=7, outside=12, missing=3)}, lan, figure("0642"))
    row = told["0642"]
    assert (row["lagst"], row["hogst"]) == (30 / 105, (40 + 15 + 5) / 105)
    assert row["andel_berord"] == 25 / 105  # 22 touched units of 103, each number rounded up to fives
    assert row["skal"] is None


def test_where_nothing_is_touched_the_bounds_are_the_figure_and_there_is_no_reason(lan: Lan) -> None:
    told, reasons = published({"0642": effect()}, lan, figure("0642"))
    assert (told["0642"]["lagst"], told["0642"]["hogst"], told["0642"]["andel_berord"]) == (0.4, 0.4, 0.0)
    assert told["0642"]["orsak"] is None
    assert reasons.num_rows == 0


@pytest.mark.parametrize("status", ["undertryckt", "ej_tillampligt", "ej_utvarderad"])
def test_a_figure_that_is_not_shown_has_no_bounds_and_no_share_and_no_reason(lan: Lan, status: str) -> None:
    hidden = figure("0642", status=status, andel=None) | {"taljare": None, "namnare": None}
    told, reasons = published({"0642": effect(inside=9, reasons={"BES-013": 9})}, lan, hidden)
    row = told["0642"]
    assert (row["lagst"], row["hogst"], row["andel_berord"], row["orsak"]) == (None, None, None, None)
    assert row["skal"] == "siffran_visas_inte"
    assert reasons.num_rows == 0


def test_one_touched_unit_and_five_are_told_alike(lan: Lan) -> None:
    told = [
        published({"0642": effect(inside=n, reasons={"BES-013": n})}, lan, figure("0642"))[0]["0642"] for n in (1, 4, 5)
    ]
    assert told[0] == told[1] == told[2]


def test_how_many_units_a_reason_touches_is_told_when_they_are_not_few(lan: Lan) -> None:
    counted = effect(inside=7, missing=3, reasons={"BES-013": 7, "saknar_ansokan": 3})
    told, reasons = published({"0642": counted}, lan, figure("0642"))
    rows = {row["orsak"]: row for row in reasons.to_pylist() if row["kommunkod"] == "0642"}
    assert (rows["BES-013"]["antal"], rows["BES-013"]["fa"], rows["BES-013"]["andel"]) == (7, False, 10 / 105)
    assert (rows["saknar_ansokan"]["antal"], rows["saknar_ansokan"]["fa"]) == (None, True)
    assert rows["saknar_ansokan"]["andel"] == 5 / 105
    assert told["0642"]["orsak"] == "BES-013"


def test_the_countys_number_of_a_reason_gives_no_municipalitys_away(lan: Lan) -> None:
    figures = figure("0642"), figure("0643"), figure(None, 200, 80)
    told = []
    for few in (1, 4):
        counted = {
            "0642": effect(inside=8, reasons={"BES-013": 8}),
            "0643": effect(inside=few, reasons={"BES-013": few}),
        }
        _, reasons = published(counted, lan, *figures)
        told.append({row["kommunkod"]: row for row in reasons.to_pylist()})
    assert told[0] == told[1]
    assert (told[0][None]["antal"], told[0][None]["fa"], told[0][None]["andel"]) == (None, True, 15 / 200)
    several = {code: effect(inside=8, reasons={"BES-013": 8}) for code in ("0642", "0643")}
    _, reasons = published(several, lan, *figures)
    assert {row["antal"] for row in reasons.to_pylist() if row["niva"] == "lan"} == {16}


def test_refused_rows_stand_beside_and_few_of_them_are_not_counted_out(lan: Lan) -> None:
    figures = figure("0642"), figure("0643")
    told, _ = published({"0642": effect(refused=12), "0643": effect(refused=3)}, lan, *figures)
    assert (told["0642"]["avvisade"], told["0643"]["avvisade"]) == (12, None)


def test_a_municipality_that_was_not_measured_is_told_as_such(lan: Lan) -> None:
    told, _ = published({"0642": effect()}, lan, figure("0642"), figure("0643"))
    assert (told["0643"]["skal"], told["0643"]["lagst"], told["0643"]["period"]) == ("ej_matt", None, "2025")


def test_counts_that_are_not_those_of_the_published_figure_give_no_bounds(lan: Lan) -> None:
    told, _ = published({"0642": effect(namnare=90)}, lan, figure("0642"))
    assert (told["0642"]["skal"], told["0642"]["hogst"]) == ("ej_matt", None)


def test_the_county_has_bounds_when_all_that_its_figure_counts_is_measured(lan: Lan) -> None:
    measured = {"0642": effect(inside=10), "0643": effect(outside=5)}
    told, _ = published(measured, lan, figure("0642"), figure("0643"), figure(None, 200, 80))
    assert (told[None]["niva"], told[None]["lagst"], told[None]["hogst"]) == ("lan", 70 / 200, 85 / 200)
    told, _ = published(measured, lan, figure("0642"), figure("0643"), figure(None, 300, 120))
    assert (told[None]["skal"], told[None]["lagst"]) == ("alla_kommuner_ar_inte_med", None)


def test_a_difference_between_groups_tells_how_much_is_touched_and_no_bounds(lan: Lan) -> None:
    told, _ = published({"0642": effect(inside=10, indikator="F6")}, lan, figure("0642", indikator="F6"))
    row = told["0642"]
    assert (row["matt"], row["skal"], row["andel_berord"], row["lagst"]) == ("skillnad", "skillnad", 0.1, None)


def test_a_median_moves_by_as_many_places_as_units_are_touched(lan: Lan) -> None:
    counted = effect(inside=4, indikator="T8", values={float(day): 1 for day in range(1, 101)})
    told, _ = published({"0642": counted}, lan, figure("0642", indikator="T8", median=50.5))
    assert (told["0642"]["matt"], told["0642"]["lagst"], told["0642"]["hogst"]) == ("median", 45.5, 55.5)


@pytest.mark.parametrize(
    ("inside", "missing", "why"),
    [(60, 0, "for_manga_berorda"), (44, 0, "for_fa_varden"), (0, 200, "for_manga_berorda")],
)
def test_a_median_that_could_be_anyones_has_no_bounds(lan: Lan, inside: int, missing: int, why: str) -> None:
    counted = effect(
        inside=inside, missing=missing, taljare=80, indikator="T8", values={float(d): 1 for d in range(1, 99)}
    )
    told, _ = published({"0642": counted}, lan, figure("0642", taljare=80, indikator="T8", median=50.5))
    assert (told["0642"]["skal"], told["0642"]["lagst"], told["0642"]["hogst"]) == (why, None, None)


def test_without_any_measured_municipality_there_is_a_row_per_figure_that_says_so(lan: Lan) -> None:
    told, reasons = published({}, lan, figure("0642"))
    assert told["0642"]["skal"] == "ej_matt"
    assert reasons.num_rows == 0
