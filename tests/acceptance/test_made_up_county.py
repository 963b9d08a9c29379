"""The made-up county without faults against its truth: every figure, and nothing refused."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.compare import county
from ibic_pipeline.derive import indicators
from ibic_pipeline.home import Home
from ibic_pipeline.synthetic.county_synth import write_county
from tests.support.homes import load
from tests.support.made_up import home_with_profiles

CELL = ["niva", "kommunkod", "indikator", "period_typ", "period", "brytning", "grupp"]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """All thirteen municipalities since 2019, a thirtieth of their size, without faults."""
    home = home_with_profiles(tmp_path_factory.mktemp("clean") / "home")
    write_county(home, kommuner=home.lan.kommuner, seed=3, scale=0.03)
    for kommunkod in home.lan.kommuner:
        load(home, kommunkod)
    return home


def test_every_figure_equals_the_truth(clean: Home) -> None:
    aggregates = {code: pq.read_table(clean.current(code) / "aggregat.parquet") for code in clean.lan.kommuner}
    figures = county(aggregates).to_pandas().set_index(CELL)[["namnare", "taljare"]]
    truth = pd.read_parquet(clean.path / "facit" / "indikatorer.parquet").set_index(CELL)[["namnare", "taljare"]]
    both = truth.join(figures, how="outer", suffixes=("_sann", "_var")).fillna(0)
    differing = both[(both["namnare_sann"] != both["namnare_var"]) | (both["taljare_sann"] != both["taljare_var"])]

    assert set(truth.index.get_level_values("indikator")) == {each.id for each in indicators()}
    assert set(truth.index.get_level_values("niva")) == {"kommun", "lan"}
    assert (truth["taljare"] > 0).groupby(level="indikator").sum().min() > 100
    assert differing.empty, f"{len(differing)} of {len(both)} cells differ: {differing.head(3).to_dict('index')}"


def test_nothing_is_refused_in_a_county_without_faults(clean: Home) -> None:
    accounting = pd.concat(pd.read_parquet(clean.current(code) / "avstamning.parquet") for code in clean.lan.kommuner)

    assert accounting["last"].sum() > 10_000
    assert (accounting["godkanda"] == accounting["last"]).all()
