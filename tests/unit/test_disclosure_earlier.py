"""What readers have seen in the release before, and what they have not, decides what the next one may show."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.compare.chain import CHAIN
from ibic_pipeline.compare.disclosure.earlier import Before, earlier_release, facing
from ibic_pipeline.compare.disclosure.memory import Memory
from ibic_pipeline.compare.disclosure.patterns import Control, protected
from ibic_pipeline.compare.disclosure.structures import CELL
from ibic_pipeline.county import Lan, Rojandekontroll
from ibic_pipeline.derive import indicators
from tests.support import counties, small_tables

CODES = ["9901", "9902", "9903"]
NAMES = {
    "indikator": ["indikator", "niva", "kommunkod", "period_typ", "period", "brytning", "grupp"],
    "tratt": ["indikator", "niva", "kommunkod", "period_typ", "period", "steg"],
    "overlevnad": ["indikator", "niva", "kommunkod", "start_ar", "dag"],
    "processkedja": ["indikator", "niva", "kommunkod", "period_typ", "period", "steg"],
}


def a_county(smallest: int) -> Lan:
    lan = small_tables.county(kommuner=CODES, brytningar=["kon"])
    limit = {"varde": smallest, "varfor": "Prov."}
    policy = Rojandekontroll.model_validate(lan.disclosure.model_dump(by_alias=True) | {"antal_min": limit})
    return lan.model_copy(update={"disclosure": policy})


def shown(release: Path, table: str, column: str) -> pd.Series:
    rows = pq.read_table(release / "jamforelse" / f"{table}.parquet").to_pandas()
    return rows.set_index([rows[name].fillna("") for name in NAMES[table]])[column]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Of the same counts: by strict rules, by mild ones after it, and by mild ones with nothing before."""
    folder = tmp_path_factory.mktemp("utgavor")
    tables: dict[str, list] = {code: [] for code in CODES}
    chains, waits = {}, {}
    for number, code in enumerate(CODES):
        for each, mean in (("D3", 60.0), (CHAIN, 300.0)):
            reasons = len(next(one for one in indicators() if one.id == each).exkluderingar)
            found = counties.units(np.random.default_rng(number), 3, mean, reasons)
            counted = counties.counted(each, code, found, ("kon",))
            halves = pc.divide(counted["tratt"]["kvar"], 2)
            place = counted["tratt"].schema.get_field_index("med_varde")
            tables[code].append(counted | {"tratt": counted["tratt"].set_column(place, "med_varde", halves)})
        figures = tables[code][1]["aggregat"]
        chains[code] = counties.chained(np.random.default_rng(number), figures, (0.05, 0.2, 0.25, 0.25, 0.25))
        waits[code] = counties.waiting(np.random.default_rng(number), code, 200.0, years=1)
    counts = counties.source(folder / "u", tables, waits, chains)
    versions = dict.fromkeys(CODES, "v1")
    strict = counties.release(folder / "a", counts, a_county(30), versions)
    (counts / "rojandeminne.parquet").unlink()
    after = counties.release(folder / "b", counts, a_county(5), versions, strict)
    return strict, after, counties.release(folder / "c", counts, a_county(5), versions)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("indikator", "namnare"),
        ("indikator", "exkluderade"),
        ("tratt", "kvar"),
        ("tratt", "med_varde"),
        ("overlevnad", "i_risk"),
        ("processkedja", "bortfall"),
    ],
)
def test_what_the_release_before_hid_stays_hidden_when_the_rules_are_loosened(
    releases: tuple[Path, Path, Path], table: str, column: str
):
    strict, after, alone = (shown(each, table, column) for each in releases)
    assert (strict.isna() & alone.notna()).any()
    assert after[strict.isna() & (alone != 0)].isna().all()


def test_what_was_counted_by_another_definition_before_binds_nothing(releases: tuple[Path, Path, Path], tmp_path: Path):
    strict, _, alone = releases
    before = shutil.copytree(strict, tmp_path / "a")
    for name in ("indikator", "processkedja"):
        counts = pq.read_table(before / "underlag" / f"{name}.parquet")
        place = counts.schema.get_field_index("version")
        older = pa.array(["2020-01-01"] * len(counts))
        pq.write_table(counts.set_column(place, "version", older), before / "underlag" / f"{name}.parquet")
    counts = tmp_path / "u"
    shutil.copytree(alone / "underlag", counts)
    release = counties.release(tmp_path / "d", counts, a_county(5), dict.fromkeys(CODES, "v1"), before)
    for table in ("indikator", "tratt", "processkedja"):
        found, expected = (pq.read_table(each / "jamforelse" / f"{table}.parquet") for each in (release, alone))
        assert found.equals(expected)


def test_a_release_whose_counts_are_not_at_hand_is_none(releases: tuple[Path, Path, Path], tmp_path: Path):
    strict, after, _ = releases
    assert earlier_release(None, strict / "underlag") is None
    assert earlier_release(strict, tmp_path) is None
    assert earlier_release(strict, after / "underlag") is None
    found = earlier_release(strict, strict / "underlag")
    assert found is not None
    assert (found.shown, found.counts) == (strict / "jamforelse", strict / "underlag")


def names_of(*cells: tuple[str, int]) -> pd.DataFrame:
    rows = [(place, 1, number, "total", "alla") for place, number in cells]
    return pd.DataFrame(rows, columns=CELL)


def test_only_where_all_of_a_place_and_time_is_the_same_is_a_cell_known_and_shared():
    """9901 has delivered again: its second month is another. 9902 is the same; 9903 is gone, 9904 is new."""
    now = names_of(("9904", 1), ("9901", 1), ("9901", 2), ("9902", 1), ("9902", 2))
    then = names_of(("9902", 2), ("9902", 1), ("9901", 2), ("9901", 1), ("9903", 1))
    counts = np.array([9, 20, 31, 50, 60])[:, None, None]
    earlier = np.array([60, 50, 30, 20, 7])[:, None, None]
    hidden, few = np.array([True, False, False, True, False]), np.array([False] * 4 + [True])
    found = facing(now, counts, Before(then, earlier, hidden, few), lambda cells: cells["number"] // 12)
    assert found.kept.tolist() == [False, True, False, False, True]
    assert found.known.tolist() == [False, False, False, True, False]
    assert found.shared.tolist() == [False, False, False, True, True]
    assert found.other is not None
    assert found.other.cells["place"].tolist() == ["före:9901", "före:9901", "före:9903"]
    assert found.other.counts.ravel().tolist() == [30, 20, 7]
    assert (found.other.hidden.tolist(), found.other.few.tolist()) == ([False, True, False], [False, False, True])
    apart = facing(now, counts, Before(then, earlier, hidden, few), lambda cells: cells["number"])
    assert apart.shared.tolist() == [False, True, False, True, True]


def test_which_cell_is_hidden_follows_from_its_name_and_not_from_its_row():
    """Of many cells as large as each other one is hidden beside a small one."""
    names = names_of(("", 1), *((f"99{number:02d}", 1) for number in range(1, 30)))
    counts = np.array([[2 + 20 * 28, 9 + 20 * 28], [2, 9], *[[20, 20]] * 28])[:, None]
    control = Control(small_tables.county().disclosure, Memory())

    def hidden(order: np.ndarray) -> set[str]:
        cells, start = names.iloc[order].reset_index(drop=True), order == 1
        found, _, narrow = protected(cells, counts[order], start, np.ones(len(order), dtype=bool), control)
        assert narrow == 0
        return set(cells.loc[found, "place"])

    one_way = hidden(np.arange(30))
    assert len(one_way) == 2
    assert hidden(np.random.default_rng(1).permutation(30)) == one_way
