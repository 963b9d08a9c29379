"""What lies behind a figure: the units, the dates that decided, and the refusals. Extraction 2026-06-30."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.derive.headers import indicators
from ibic_pipeline.errors import IbicError
from ibic_pipeline.explain import Counts, Explained, explain
from ibic_pipeline.explain.evidence import DECIDING, UNITS
from ibic_pipeline.explain.words import COLUMNS, as_lines, as_values
from ibic_pipeline.home import Home
from tests.support.lager import CODE, loaded
from tests.support.small_tables import inputs

TABLES = {
    "individ": """
        individ_id | kon    | fodelsear | skydd
        P1         | kvinna | 1950      |
        P2         | man    | 1930      |
        P3         | kvinna | 1990      |
        HEMLIG     | kvinna | 1940      | sekretessmarkering
    """,
    "utredning": """
        utredning_id | individ_id | inledd     | avslutad
        A1           | P1         | 2023-12-01 | 2023-12-20
        X7           | P2         | 2026-05-20 | 2026-05-28
    """,
    "bedomning": """
        utredning_id | icf_kod | bedomt
        A1           | d550    | 3
    """,
    "beslut": """
        beslut_id | individ_id | utredning_id | insats  | utfall | beslutsdatum | galler_fran | galler_tom | omfattning
        B1        | P1         | A1           | YAA.45.ZZ | bifall | 2023-12-21   | 2024-01-01  |            | 4
        B2        | P2         |              | YAA.05.00 | bifall | 2024-01-20   | 2024-02-01  | 2026-05-31 | 10
        B3        | P3         |              | YAA.05.00 | bifall | 2026-02-20   | 2026-03-01  |            | 10
        BHEMLIGT  | HEMLIG     |              | YAA.45.ZZ | bifall | 2022-12-20   | 2023-01-01  |            | 4
        B5        | P1         |              | YAA.05.00 | avslag | 2025-01-05   | 2025-01-05  |            |
        B6        | P2         | X7           | YAA.05.00 | bifall | 2026-05-29   | 2026-06-01  |            | 10
    """,
    "uppdrag": """
        uppdrag_id | beslut_id | regiform   | mottaget   | paborjat
        U1         | B1        | kommunal   | 2024-01-02 | 2024-01-03
        U2         | B2        | privat_lov | 2024-02-01 | 2024-02-05
        U3         | B3        | kommunal   | 2026-03-01 | 2026-03-02
    """,
    "genomforandeplan": """
        plan_id | uppdrag_id | upprattad  | klarmarkerad
        G1      | U1         | 2026-01-10 | 2026-01-12
        G3      | U3         | 2026-03-05 | 2026-03-09
    """,
    "mal": """
        mal_id | beslut_id | icf_kod | avsett | text_langd
        M1     | B1        | d550    | 1      | 40
    """,
    "uppfoljning": """
        uppfoljning_id | beslut_id | datum      | kanal
        F1             | B1        | 2026-03-02 | folja_upp
        F2             | B2        | 2025-12-10 | journal
        F3             | BHEMLIGT  | 2026-05-05 | folja_upp
        F4             | B1        | 2026-06-20 | journal
        X7             | BHEMLIGT  | 2026-06-02 | folja_upp
    """,
    "maluppfyllelse": """
        uppfoljning_id | mal_id | utfall | skala_vid_uppfoljning
        F1             | M1     | delvis | 2
        F4             | M1     | helt   | 1
    """,
}


def tables() -> dict[str, pa.Table]:
    texts = {name: "\n".join(line.strip() for line in text.strip().splitlines()) for name, text in TABLES.items()}
    units = texts["beslut"].replace("omfattning", "omfattning | omfattning_enhet", 1).splitlines()
    texts["beslut"] = "\n".join([units[0], *(f"{line} | timmar_per_vecka" for line in units[1:])])
    return inputs(texts)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    breakdowns = ["kon", "insatsgrupp", "regiform", "kon_x_insatsgrupp"]
    return loaded(tmp_path_factory.mktemp("explain") / "home", tables(), brytningar=breakdowns)


@pytest.fixture
def copied(home: Home, tmp_path: Path) -> Home:
    """The same home for a test that changes it."""
    shutil.copytree(home.path, tmp_path / "home")
    return Home(tmp_path / "home")


def places(explained: Explained) -> dict[str, str]:
    return dict(zip(explained.units["enhet_id"], explained.units["lage"], strict=True))


def test_a_figure_is_told_with_its_interval_its_colour_and_its_funnel(home):
    found = explain(home, "t1", CODE, "2026-05")

    assert found.figure.antal == Counts(namnare=3, taljare=2, exkluderade=2)
    assert found.figure.andel == pytest.approx(2 / 3)
    assert (found.figure.ki_lag, found.figure.ki_hog) == pytest.approx((0.2077, 0.9385), abs=1e-4)
    assert found.figure.signal == "ej_utvarderad"  # fewer than ten
    assert [(step.orsak, step.kvar) for step in found.funnel] == [
        (None, 5),
        ("ej_beviljat", 4),
        ("utan_uppfoljningskrav", 4),
        ("ej_observerbar", 4),
        ("ej_moget", 3),
    ]


def test_every_unit_has_a_place_and_an_excluded_one_its_reason(home):
    found = explain(home, "T1", CODE, "2026-05")

    assert places(found) == {"B1": "taljare", "B2": "namnare", "B3": "exkluderad", "B5": "exkluderad"}
    assert dict(zip(found.units["enhet_id"], found.units["exkluderad"], strict=True))["B3"] == "ej_moget"
    assert any("tiden har inte gått ut än" in line and "B3" in line for line in as_lines(found, 50))


def test_the_dates_that_decided_stand_beside_the_unit(home):
    in_step = explain(home, "T1", CODE, "2026-05").units.set_index("enhet_id")
    any_channel = explain(home, "T2", CODE, "2026-05").units.set_index("enhet_id")

    assert str(in_step.loc["B1", "senast_i_steget"]) == "2026-03-02"
    assert in_step.loc["B2", "senast_i_steget"] is None
    assert str(any_channel.loc["B2", "senast_av_myndigheten"]) == "2025-12-10"
    assert any_channel.loc["B1", "individ_id"] == "P1"


def test_nothing_after_the_period_is_told(home):
    before = explain(home, "T1", CODE, "2026-02").units.set_index("enhet_id")

    assert before.loc["B1", "senast_i_steget"] is None
    assert before.loc["B1", "lage"] == "namnare"


def test_a_protected_person_is_counted_but_never_shown(home):
    found = explain(home, "T1", CODE, "2026-05")
    told = "\n".join(as_lines(found, 50)) + json.dumps(as_values(found, 50))

    assert found.protected == 1
    assert "1 enhet visas inte" in told
    assert "HEMLIG" not in told
    assert len(found.units) + found.protected == found.figure.antal.namnare + found.figure.antal.exkluderade


def test_groups_choose_among_the_units_and_a_protected_person_is_in_none(home):
    women = explain(home, "T1", CODE, "2026-05", {"kon": "kvinna"})
    crossed = explain(home, "T1", CODE, "2026-05", {"insatsgrupp": "boendestod", "kon": "kvinna"})

    assert places(women) == {"B1": "taljare", "B3": "exkluderad", "B5": "exkluderad"}
    assert (women.protected, places(crossed)) == (0, {"B1": "taljare"})


def test_an_event_that_is_replaced_within_the_period_is_not_shown(home):
    march, quarter = explain(home, "M1", CODE, "2026-03"), explain(home, "M1", CODE, "2026-H1")

    assert (march.figure.antal.taljare, str(march.units.loc[0, "fran"])) == (0, "2026-03-02")
    assert (quarter.figure.antal.taljare, str(quarter.units.loc[0, "fran"])) == (1, "2026-06-20")


def test_a_value_that_grows_is_that_of_the_periods_last_day(home):
    found = explain(home, "T4", CODE, "2026-05", {"kon": "man"})

    assert (found.figure.median, found.units.loc[0, "varde"]) == (172, 172)  # 2025-12-10 to 2026-05-31


def test_a_difference_between_forms_of_provision_is_told_with_both_shares(home):
    found = explain(home, "F6", CODE, "2026-05")

    assert [found.by_form[form].antal for form in ("privat", "kommunal")] == [Counts(1, 0, 0), Counts(2, 2, 0)]
    assert found.difference is not None
    assert found.difference.skillnad_pe == -100
    assert found.figure.signal == "ej_utvarderad"


def test_units_of_two_types_with_the_same_id_are_told_apart(home):
    """X7 is a new investigation of P2's and a follow-up of a protected person's decision."""
    found = explain(home, "F3", CODE, "2026-H1")
    shown = found.units[found.units["enhet_id"] == "X7"]

    assert shown["individ_id"].tolist() == ["P2"]
    assert [str(day) for day in shown["inledd"]] == ["2026-05-20"]
    assert found.protected == 2


def test_every_indicator_can_be_explained_and_its_units_add_up(home):
    for indicator in indicators():
        period = "2026-05" if indicator.typ == "tillstand" else "2026-H1"
        found = explain(home, indicator.id, CODE, period, {"kon": "kvinna"})
        assert found.units["individ_id"].notna().all(), indicator.id
        assert json.dumps(as_values(found, 50), allow_nan=False)
        assert "\n".join(as_lines(found, 50)).startswith(indicator.id)


def test_a_funnel_stands_beside_every_indicators_figure_in_every_period(home):
    figures = pq.read_table(home.current(CODE) / "aggregat.parquet", filters=[("brytning", "=", "total")]).to_pandas()
    funnels = pq.read_table(home.current(CODE) / "tratt.parquet").to_pandas()
    keys = ["indikator", "period_typ", "period"]
    steps = funnels.groupby(keys)["orsak"].apply(lambda reasons: [each for each in reasons if isinstance(each, str)])
    last = funnels.sort_values("steg").groupby(keys)["kvar"].last()

    assert last.sort_index().tolist() == figures.set_index(keys)["namnare"].sort_index().tolist()
    for indicator in indicators():
        assert set(map(tuple, steps[indicator.id])) == {indicator.exkluderingar}


def test_every_indicator_says_what_decides_and_every_column_has_a_name_for_readers():
    assert set(DECIDING) == {each.id for each in indicators()}
    for indicator in indicators():
        deciding = DECIDING[indicator.id]
        assert indicator.enhet.startswith(deciding.units[0]), indicator.id
        assert set(deciding.columns) <= set(COLUMNS)
        assert all(any(column in UNITS[unit] for unit in deciding.units) for column in deciding.columns)


def test_at_most_so_many_units_of_each_set_are_shown(home):
    found = explain(home, "T1", CODE, "2026-05")
    values = as_values(found, 1)

    assert [unit["enhet_id"] for unit in values["enheter"]] == ["B1", "B2", "B3"]
    assert values["antal_enheter"] == {"taljare": 1, "namnare": 1, "exkluderad": 2}
    assert "2 enheter, de första 1 visas" in "\n".join(as_lines(found, 1))


def test_it_says_that_what_is_shown_is_restricted(home):
    found = explain(home, "T1", CODE, "2026-05")

    assert "BEGRÄNSAT" in list(as_lines(found, 50))[1]
    assert "BEGRÄNSAT" in as_values(found, 50)["begransat"]


@pytest.mark.parametrize("column", ["namnare", "taljare", "exkluderade"])
def test_units_that_do_not_add_up_to_the_figure_are_refused(copied, column):
    _change(copied.current(CODE) / "aggregat.parquet", column)

    with pytest.raises(IbicError, match=r"add up .* another sum"):
        explain(copied, "T1", CODE, "2026-05")


def test_a_group_that_does_not_add_up_is_refused_when_it_is_asked_for(copied):
    _change(copied.current(CODE) / "aggregat.parquet", "namnare", brytning="kon_x_insatsgrupp")

    explain(copied, "T1", CODE, "2026-05", {"kon": "kvinna"})
    with pytest.raises(IbicError, match="kon_x_insatsgrupp"):
        explain(copied, "T1", CODE, "2026-05", {"insatsgrupp": "boendestod", "kon": "kvinna"})


def test_a_median_that_is_not_that_of_the_units_is_refused(copied):
    _change(copied.current(CODE) / "aggregat.parquet", "median")

    with pytest.raises(IbicError, match="another sum"):
        explain(copied, "T4", CODE, "2026-05")


def test_a_funnel_that_is_not_that_of_the_units_is_refused(copied):
    _change(copied.current(CODE) / "tratt.parquet", "kvar")

    with pytest.raises(IbicError, match="the funnel"):
        explain(copied, "T1", CODE, "2026-05")


def test_units_by_another_definition_are_refused(copied):
    path = copied.current(CODE) / "aggregat.parquet"
    table = pq.read_table(path)
    pq.write_table(table.set_column(1, "version", pa.array(["2020-01-01"] * len(table))), path)

    with pytest.raises(IbicError, match="another one"):
        explain(copied, "T1", CODE, "2026-05")


def test_a_home_that_holds_no_more_than_a_release_cannot_explain(tmp_path):
    (tmp_path / "publicerat").mkdir()

    with pytest.raises(IbicError, match="no more than a release"):
        explain(Home(tmp_path), "T1", CODE, "2026-05")


def test_row_level_that_another_user_keeps_is_refused_without_a_traceback(home, monkeypatch):
    def closed(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr("ibic_pipeline.explain.rows.read_json", closed)
    with pytest.raises(IbicError, match="this user may read"):
        explain(home, "T1", CODE, "2026-05")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("T99", CODE, "2026-05", {}), "ibic indicators"),
        (("T1", "9903", "2026-05", {}), "municipality of Provlän"),
        (("T1", "9902", "2026-05", {}), "row level of 9902"),
        (("T1", CODE, "2026-07", {}), "2025-01 to 2025"),
        (("T1", CODE, "juni", {}), "2026-06, 2026-K2"),
        (("T1", CODE, "2026-05", {"kon": "kvinnor"}), r"did you mean kvinna\?"),
        (("T1", CODE, "2026-05", {"aldersgrupp": "80"}), r"80\+"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(home, asked, said):
    with pytest.raises(IbicError, match=said):
        explain(home, *asked)


def _change(path: Path, column: str, brytning: str | None = None) -> None:
    """Add one to a number of T1 and T4."""
    table = pq.read_table(path)
    rows = pc.is_in(table["indikator"], pa.array(["T1", "T4"]))
    if brytning is not None:
        rows = pc.and_(rows, pc.equal(table["brytning"], brytning))
    changed = pc.if_else(rows, pc.add(table[column], 1), table[column])
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, changed), path)
