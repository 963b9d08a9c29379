"""What someone can work out from a few published rows: small releases that hide too little, each in one way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.compare.chain import PROCESSKEDJA, STEPS
from ibic_pipeline.compare.disclosure.attack import attack_release
from ibic_pipeline.compare.paired import PARAD_FORANDRING
from ibic_pipeline.compare.published import INDIKATOR, TRATT
from ibic_pipeline.compare.survival import OVERLEVNAD
from ibic_pipeline.errors import IbicError
from ibic_pipeline.storage import write_json

FIGURES = {"indikator": INDIKATOR, "tratt": TRATT, "parad_forandring": PARAD_FORANDRING}
SCHEMAS = FIGURES | {"overlevnad": OVERLEVNAD, "processkedja": PROCESSKEDJA}
HIDDEN = None


def release(folder: Path, typ: str = "handelse", versions: dict[str, str | None] | None = None, **rows: Any) -> Path:
    """The open tables of one indicator, X, and a curve, K; ``versions``: of the municipalities."""
    (folder / "jamforelse").mkdir(parents=True)
    for name, of_table in {"indikator": [], **rows}.items():
        table = pa.Table.from_pylist(of_table, schema=SCHEMAS[name])
        pq.write_table(table, folder / "jamforelse" / f"{name}.parquet")
    limits = {"skyddsbredd": {"varde": 3}, "antal_min": {"varde": 5}, "namnare_min": {"varde": 10}}
    manifest = {
        "lan": {"disclosure": limits},
        "kommuner": [{"kommunkod": code, "version": each} for code, each in (versions or {"1": "v1"}).items()],
        "indikatorer": [{"id": "X", "typ": typ, "version": "v"}],
    }
    write_json(manifest, folder / "manifest.json")
    return folder


def of_place(kommunkod: str | None, period: str) -> dict[str, Any]:
    part = period.partition("-")[2]
    typ = {"": "ar", "K": "kvartal", "H": "halvar"}.get(part[:1], "manad")
    return {"indikator": "X", "niva": "kommun" if kommunkod else "lan", "kommunkod": kommunkod, "period_typ": typ} | {
        "period": period
    }


def figure(
    namnare: int | None,
    taljare: int | None,
    group: str = "",
    place: str | None = "1",
    period: str = "2025",
    **more: Any,
) -> dict[str, Any]:
    brytning, _, grupp = group.partition("/")
    named = {"version": "v", "brytning": brytning or "total", "grupp": grupp or "alla"}
    status = "undertryckt" if namnare is None else "visas"
    numbers = {"namnare": namnare, "taljare": taljare, "exkluderade": 0, "status": status}
    return of_place(place, period) | named | numbers | more


def worked_out(
    folder: Path, before: Path | None = None, about: str = "X"
) -> dict[tuple[str, ...], tuple[float, float]]:
    """What is found: place, period, group and measure -> the range of the count."""
    return {
        (each.kommunkod, each.period, each.grupp, each.matt): (round(each.lagst, 3), round(each.hogst, 3))
        for each in attack_release(folder, before, [about]).funna
    }


def test_a_group_that_is_hidden_alone_is_worked_out(tmp_path: Path):
    rows = [figure(40, 20), figure(37, 18, "kon/man"), figure(HIDDEN, HIDDEN, "kon/kvinna")]
    path = release(tmp_path / "a", indikator=rows)
    assert worked_out(path) == {
        ("1", "2025", "kvinna", "taljare"): (2, 2),
        ("1", "2025", "kvinna", "rest"): (1, 1),
    }
    attack = attack_release(path)
    assert (attack.withstood, attack.releases, attack.skyddsbredd, attack.dolda) == (False, ("a",), 3, 2)
    assert {(each.utgava, each.indikator, each.niva, each.brytning) for each in attack.funna} == {
        ("a", "X", "kommun", "kon")
    }
    assert attack_release(path, only=["Y"]).dolda == 0
    older = [each | {"version": "u"} for each in rows]  # counted by another definition: not compared
    assert attack_release(release(tmp_path / "b", indikator=older)).dolda == 0


def test_a_group_that_is_hidden_beside_another_is_not(tmp_path: Path):
    rows = [figure(40, 20), figure(HIDDEN, HIDDEN, "kon/man"), figure(HIDDEN, HIDDEN, "kon/kvinna")]
    assert attack_release(release(tmp_path / "a", indikator=rows)).withstood


@pytest.mark.parametrize(("together", "found"), [(2, {(0, 2)}), (3, set())])
def test_a_hidden_count_that_can_have_four_values_is_hidden_enough(tmp_path: Path, together: int, found: set):
    """So many are excluded of two groups together, and each may be none of them."""
    rows = [figure(40, 20, exkluderade=together)]
    rows += [figure(20, 10, f"kon/{each}", exkluderade=HIDDEN) for each in ("man", "kvinna")]
    assert set(worked_out(release(tmp_path / "a", indikator=rows)).values()) == found


def test_large_counts_may_be_known_unless_all_there_are_are_few(tmp_path: Path):
    rows = [figure(70, 36), figure(HIDDEN, HIDDEN, "kon/man"), figure(50, 25, "kon/kvinna")]
    rows += [figure(20, 11, period="2024"), figure(HIDDEN, HIDDEN, "kon/man", period="2024")]
    rows += [figure(20, 11, "kon/kvinna", period="2024")]  # so that it is known that there is no man
    assert worked_out(release(tmp_path / "a", indikator=rows)) == {}
    rows = [figure(59, 31), figure(50, 25, "kon/kvinna"), figure(HIDDEN, HIDDEN, "kon/man")]
    assert worked_out(release(tmp_path / "b", indikator=rows)) == {
        ("1", "2025", "man", "taljare"): (6, 6),
        ("1", "2025", "man", "rest"): (3, 3),
    }


def test_a_municipality_that_is_hidden_alone_is_worked_out_from_the_county(tmp_path: Path):
    rows = [figure(50, 25, place=None), figure(47, 23, place="1"), figure(HIDDEN, HIDDEN, place="2")]
    found = {("2", "2025", "alla", "taljare"): (2, 2), ("2", "2025", "alla", "rest"): (1, 1)}
    assert worked_out(release(tmp_path / "a", indikator=rows)) == found


@pytest.mark.parametrize(("typ", "period"), [("handelse", "2025-K3"), ("tillstand", "2025-K4")])
def test_a_period_that_is_hidden_alone_is_worked_out(tmp_path: Path, typ: str, period: str):
    """What happened adds up over the year; a state stands in its last quarter as it does in the year."""
    quarters = [figure(30, 15, period=f"2025-K{number}") for number in (1, 2, 3, 4)]
    rows = [
        figure(93, 47) if typ == "handelse" else figure(3, 2),
        *(each for each in quarters if each["period"] != period),
    ]
    path = release(tmp_path / "a", typ, indikator=[*rows, figure(HIDDEN, HIDDEN, period=period)])
    attack = attack_release(path)
    told = {(each.period, each.matt): each.lagst for each in attack.funna}
    expected = {(period, "taljare"): 2.0, (period, "rest"): 1.0}
    assert told == (expected if typ == "handelse" else {})
    assert attack.dolda == (2 if typ == "handelse" else 0)  # the state is shown, under the name of its year


@pytest.mark.parametrize(
    ("later", "found"),
    [({"1": "v1", "2": "v2"}, {("bada", "1")}), ({"1": "v1", "2": "v1"}, {("bada", "1"), ("bada", "2"), ("bada", "")})],
)
def test_what_stays_the_same_is_seen_in_both_releases(
    tmp_path: Path, later: dict[str, str], found: set[tuple[str, str]]
):
    """The first release hides both sexes, the second shows the men: of who has delivered again nothing follows."""
    totals = [figure(60, 30, place=place) for place in ("1", "2")] + [figure(120, 60, place=None)]
    both = [figure(HIDDEN, HIDDEN, f"kon/{each}", place) for each in ("man", "kvinna") for place in ("1", "2", None)]
    men = [figure(57, 28, "kon/man", place) for place in ("1", "2")] + [figure(114, 56, "kon/man", place=None)]
    before = release(tmp_path / "a", versions={"1": "v1", "2": "v1"}, indikator=[*totals, *both])
    all_the_same = len(set(later.values())) == 1
    rows = [*totals, *men] if all_the_same else [*totals[:2], *men[:2]]
    after = release(tmp_path / "b", versions=later, indikator=rows)
    attack = attack_release(after, before, ["X"])
    assert {(each.utgava, each.kommunkod) for each in attack.funna} == found
    assert attack.releases == ("a", after.name)


def funnel(*left: int | None, with_value: list[int | None] | None = None, counted: int | None = 15) -> list[dict]:
    values = with_value or [0] * len(left)
    return [
        of_place("1", "2025") | {"steg": step, "kvar": each, "med_varde": values[step], "i_taljare": counted}
        for step, each in enumerate(left)
    ]


def test_how_many_a_reason_takes_away_is_worked_out_from_the_steps_that_are_shown(tmp_path: Path):
    rows = [figure(30, 15, exkluderade=HIDDEN)]
    assert worked_out(release(tmp_path / "a", indikator=rows, tratt=funnel(40, 38, 30))) == {
        ("1", "2025", "1", "exkluderade"): (2, 2),
        ("1", "2025", "1", "utan"): (2, 2),
    }
    assert worked_out(release(tmp_path / "b", indikator=rows, tratt=funnel(40, HIDDEN, 30))) == {}


def test_so_is_how_many_of_those_have_a_value(tmp_path: Path):
    steps = funnel(50, 40, 30, with_value=[20, 18, 12])
    assert worked_out(release(tmp_path / "a", indikator=[figure(30, 15, exkluderade=20)], tratt=steps)) == {
        ("1", "2025", "1", "med"): (2, 2),
        ("1", "2025", "2", "utan"): (4, 4),
    }


def test_a_hidden_figure_is_worked_out_from_its_funnel(tmp_path: Path):
    rows = [figure(HIDDEN, HIDDEN, exkluderade=HIDDEN)]
    path = release(tmp_path / "a", indikator=rows, tratt=funnel(40, HIDDEN, 30, counted=28, with_value=[HIDDEN] * 3))
    assert worked_out(path)["1", "2025", "alla", "rest"] == (2, 2)


def outcomes(better: int | None, same: int | None, worse: int | None, pairs: int | None) -> list[dict]:
    names = ("antal_forbattrade", "antal_oforandrade", "antal_forsamrade", "antal_par")
    return [
        of_place("1", "2025")
        | {"brytning": "total", "grupp": "alla"}
        | dict(zip(names, (better, same, worse, pairs), strict=True))
    ]


def test_an_outcome_is_worked_out_from_the_others_and_the_figure(tmp_path: Path):
    rows = [figure(40, 20)]
    path = release(tmp_path / "a", indikator=rows, parad_forandring=outcomes(20, 17, HIDDEN, 40))
    assert worked_out(path) == {("1", "2025", "alla", "samre"): (3, 3)}
    rows = [figure(HIDDEN, HIDDEN)]
    path = release(tmp_path / "b", indikator=rows, parad_forandring=outcomes(38, HIDDEN, HIDDEN, 40))
    assert worked_out(path) == {
        ("1", "2025", "alla", "rest"): (2, 2),
        ("1", "2025", "alla", "lika"): (0, 2),
        ("1", "2025", "alla", "samre"): (0, 2),
    }


def chain(left: list[int | None], lost: list[int | None], everyone: int = 0) -> list[dict]:
    return [
        of_place("1", "2025")
        | {"steg": step, "processteg": STEPS[step], "kvar": left[step], "bortfall": lost[step], "status": "visas"}
        | ({"andel_bortfall": lost[step] / everyone} if everyone and lost[step] is not None else {})
        for step in range(len(left))
    ]


@pytest.mark.parametrize(
    ("left", "lost"),
    [
        ([60, HIDDEN, 50, 40], [0, HIDDEN, 8, 10]),  # all but one loss are shown
        ([60, 58, 50, 40], [0, HIDDEN, HIDDEN, 10]),  # those who are left between two
        ([HIDDEN] * 4, [0, HIDDEN, 8, 10]),  # all but one loss, and those whom the figure leaves out
    ],
)
def test_a_loss_is_worked_out_from_the_others_and_from_those_who_are_left(
    tmp_path: Path, left: list[int | None], lost: list[int | None]
):
    path = release(tmp_path / "a", "tillstand", indikator=[figure(60, 40)], processkedja=chain(left, lost))
    assert worked_out(path) == {("1", "2025-12", "1", "bortfall"): (2, 2)}


@pytest.mark.parametrize(("together", "found"), [(3, True), (4, False)])
def test_a_loss_that_is_hidden_is_known_to_be_somebody(tmp_path: Path, together: int, found: bool):
    """Two hidden losses are so many together, and neither is none: three values are too few, four are enough."""
    rows = chain([60, HIDDEN, 60 - together, 50 - together], [0, HIDDEN, HIDDEN, 10])
    figures = [figure(60, 50 - together)]
    told = worked_out(release(tmp_path / "a", "tillstand", indikator=figures, processkedja=rows))
    assert set(told.values()) == ({(1, 3)} if found else set())


def test_a_chain_that_is_not_evaluated_tells_nothing(tmp_path: Path):
    rows = [each | {"status": "ej_utvarderad"} for each in chain([60, 58, 40], [0, HIDDEN, HIDDEN])]
    assert (
        attack_release(release(tmp_path / "a", "tillstand", indikator=[figure(60, 40)], processkedja=rows)).dolda == 0
    )


def curve(*steps: tuple[int | None, int | None], place: str | None = "1") -> list[dict]:
    return [
        {
            "indikator": "K",
            "niva": "kommun" if place else "lan",
            "kommunkod": place,
            "start_ar": 2025,
            "dag": 30 * number,
        }
        | {"i_risk": left, "handelser": events}
        for number, (left, events) in enumerate(steps)
    ]


def test_what_happens_between_two_shown_steps_of_a_curve_is_worked_out(tmp_path: Path):
    rows = curve((40, 0), (38, 1), (30, 4), (HIDDEN, HIDDEN), (20, 6))
    found = worked_out(release(tmp_path / "a", overlevnad=rows), about="K")
    assert found == {
        ("1", "2025", "0", "handelse"): (1, 1),
        ("1", "2025", "0", "forlust"): (1, 1),
        ("1", "2025", "30", "handelse"): (4, 4),
        ("1", "2025", "30", "forlust"): (4, 4),
    }
    assert attack_release(tmp_path / "a").dolda == 10


def test_a_municipalitys_part_of_a_curve_is_worked_out_from_the_county(tmp_path: Path):
    rows = [
        *curve((60, 0), (48, 6), place=None),
        *curve((30, 0), (20, 5)),
        *curve((30, 0), (HIDDEN, HIDDEN), place="2"),
    ]
    found = worked_out(release(tmp_path / "a", overlevnad=rows), about="K")
    assert found == {("2", "2025", "0", "handelse"): (1, 1), ("2", "2025", "0", "forlust"): (1, 1)}


def test_a_folder_without_a_release_is_told(tmp_path: Path):
    with pytest.raises(IbicError, match="a release"):
        attack_release(tmp_path)
    path = release(tmp_path / "a")
    (path / "jamforelse" / "indikator.parquet").unlink()
    with pytest.raises(IbicError):
        attack_release(path)


def test_tables_that_contradict_each_other_are_told(tmp_path: Path):
    rows = [figure(15, 7), figure(10, 5, "kon/man"), figure(10, 5, "kon/kvinna"), figure(HIDDEN, HIDDEN, "kon/annat")]
    with pytest.raises(IbicError, match="tables that contradict each other"):
        attack_release(release(tmp_path / "a", indikator=rows))
