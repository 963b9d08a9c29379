"""What is exported is read back as it was, in every layout; and equal worlds give equal bytes."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Profil
from ibic_pipeline.pseudonym import pseudonymiser
from ibic_pipeline.synthetic.county_synth import END, write_county
from ibic_pipeline.synthetic.export import render, write_export
from schemas import CONTRACTS
from tests.support.made_up import LAYOUTS, SHIPPED, home_with_profiles, read_back, small_world

TEXTS = ("text_length", "text_present", "scale_word_only")


def exported(home: Home, mapp: str) -> None:
    members = LAYOUTS[mapp]
    write_export(
        {code: small_world(code) for code in members},
        {code: home.profil(code) for code in members},
        home.inkorg / mapp / END.isoformat(),
        END,
    )


def mapped_columns(profil: Profil) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for members in profil.exporter.values():
        for fil in members:
            for part in fil.delar:
                found.setdefault(part.tabell, set()).update(part.kolumner, part.konstanter)
    return found


def expected_of_texts(column: pd.Series, reading: str) -> pd.Series:
    if reading == "text_length":
        return column.str.strip().str.len().fillna(0)
    return column.notna()


@pytest.mark.parametrize("mapp", LAYOUTS)
def test_the_world_is_read_back_as_it_was(mapp: str, tmp_path: Path) -> None:
    home = home_with_profiles(tmp_path / "home")
    exported(home, mapp)
    for code in LAYOUTS[mapp][:2]:
        read, world, profil = read_back(home, code), small_world(code), home.profil(code)
        assert read.karantan.num_rows == 0
        pseudonymise = pseudonymiser(home, profil, END)
        for table, columns in mapped_columns(profil).items():
            key = list(CONTRACTS[table].key())
            was, found = world[table].copy(), read.tables[table].to_pandas(types_mapper=pd.ArrowDtype)
            if "individ_id" in was:
                known = pseudonymise(pa.array(was["individ_id"].tolist())).pseudonym
                was["individ_id"] = pd.Series(known, dtype=pd.ArrowDtype(pa.string()))
            was, found = (each.sort_values(key).reset_index(drop=True) for each in (was, found))
            assert len(found) == len(was), table
            for column in sorted(columns):
                reading = CONTRACTS[table].own_columns()[column].metadata["lasning"]
                if reading == "scale_word_only":
                    continue
                if reading in TEXTS:
                    same = found[column].fillna(0).astype(int) == expected_of_texts(was[column], reading).astype(int)
                else:
                    same = (found[column] == was[column]) | (found[column].isna() & was[column].isna())
                assert same.fillna(False).all(), (table, column)


@pytest.mark.parametrize("mapp", ["0617", "0642", "0687", "hoglandet"])
def test_the_same_world_gives_the_same_bytes(mapp: str, tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        home = home_with_profiles(tmp_path / name)
        exported(home, mapp)
        written.append({path.name: path.read_bytes() for path in sorted((home.inkorg / mapp).rglob("*.*"))})
    assert written[0] == written[1]


def test_a_flat_file_repeats_the_decision_for_each_of_its_goals_and_keeps_decisions_without() -> None:
    world, profil = small_world("0642"), SHIPPED.profil("0642")
    files = {file.export: file.frame for file in render({"0642": world}, {"0642": profil}, END)}
    goals = world["mal"].dropna(subset=["beslut_id"]).groupby("beslut_id").size()
    rows = files["beslut"].groupby("Beslutsnr").size()
    assert set(rows.index) == set(world["beslut"]["beslut_id"])
    assert (rows == goals.reindex(rows.index).fillna(1)).all()
    assert goals.max() > 1


def test_children_of_two_kinds_stand_on_rows_of_their_own() -> None:
    world, profil = small_world("0687"), SHIPPED.profil("0642")
    migrated = {"0642": world}
    files = [file.frame for file in render(migrated, {"0642": profil}, END) if file.export == "uppfoljning"]
    for frame in files:
        assert not ((frame["Målnr"] != "") & (frame["Svar"] != "")).any()
    assert sum((frame["Svar"] != "").sum() for frame in files) == len(world["kvalitetssvar"])


def test_personal_numbers_are_written_in_three_ways() -> None:
    patterns = {"0662": r"\d{8}-\d{4}", "0680": r"\d{12}", "0642": r"\d{6}[-+]\d{4}"}
    columns = {"0662": "Personnummer", "0680": "Person-ID", "0642": "Personnr"}
    for code, pattern in patterns.items():
        (first, *_) = render({code: small_world(code)}, {code: SHIPPED.profil(code)}, END)
        assert first.frame[columns[code]].str.fullmatch(pattern).all(), code


def test_the_tail_tells_the_number_of_records_also_when_texts_hold_line_breaks(tmp_path: Path) -> None:
    folder = tmp_path / "0642"
    write_export({"0642": small_world("0642")}, {"0642": SHIPPED.profil("0642")}, folder, END)
    text = (folder / f"Utredningar_{END}.csv").read_bytes().decode("utf-8-sig")
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert records[0][0].startswith("Urval")
    assert records[2][0] == "Utredningsnr"
    assert records[-1] == [f"Antal rader: {len(records) - 4}"]


def test_several_local_words_for_one_code_all_occur() -> None:
    profil = SHIPPED.profil("0642")
    files = render({"0642": small_world("0642")}, {"0642": profil}, END)
    words = set(next(file.frame for file in files if file.export == "beslut")["Beslutets innebörd"])
    assert {"Beviljat", "Beviljas enligt ansökan"} <= words


def test_a_world_that_the_profile_has_no_place_for_is_refused() -> None:
    world = dict(small_world("0642"))
    profil = SHIPPED.profil("0680")  # says that everything was written in Combine
    with pytest.raises(IbicError, match="a place in the profile for every row of utredning"):
        render({"0680": world}, {"0680": profil}, END)


def test_a_county_is_written_with_its_truth_and_twice_the_same(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        home = home_with_profiles(tmp_path / name)
        write_county(home, kommuner=["0642", "0684"], seed=3, scale=0.03, years=2, faults=0.05)
        roots = (home.inkorg, home.path / "facit")
        written.append(
            {str(p.relative_to(home.path)): p.read_bytes() for root in roots for p in root.rglob("*") if p.is_file()}
        )
    assert written[0] == written[1]
    assert {"facit/indikatorer.parquet", "facit/filer.csv", "facit/fel.csv", "facit/personnummer.txt"} <= set(
        written[0]
    )
    figures = pq.read_table(tmp_path / "one" / "facit" / "indikatorer.parquet").to_pandas()
    sums = figures.groupby("niva")[["namnare", "taljare"]].sum()
    assert (sums.loc["lan"] == sums.loc["kommun"]).all()


def test_the_accounting_of_a_delivery_is_the_one_in_the_truth(tmp_path: Path) -> None:
    home = home_with_profiles(tmp_path / "home")
    write_county(home, kommuner=LAYOUTS["hoglandet"], seed=3, scale=0.02, years=2, faults=0.05)
    truth = pd.read_csv(home.path / "facit" / "filer.csv", sep=";", dtype={"kommunkod": str})
    for code in LAYOUTS["hoglandet"]:
        found = read_back(home, code).avstamning.to_pandas().set_index("kallfil")[["last", "dubbletter"]]
        told = truth[truth["kommunkod"] == code].set_index("fil")[["rader", "dubbletter"]]
        assert found.sort_index().to_numpy().tolist() == told.sort_index().to_numpy().tolist(), code


def test_a_municipality_without_a_profile_gets_the_standard_one_and_joins_the_county(tmp_path: Path) -> None:
    home = home_with_profiles(tmp_path / "home")
    write_county(home, kommuner=["0114"], seed=3, scale=0.01, years=1)
    again = Home(home.path)
    assert "0114" in home.lan.kommuner
    assert "0114" in again.lan.kommuner
    assert again.profil("0114").namn == "Upplands Väsby"
    assert again.lan.signaler == SHIPPED.lan.signaler
    assert re.search("# Jönköpings län", (home.path / "lan.yaml").read_text(encoding="utf-8"))
    assert list((home.inkorg / "0114").glob("2026-06-30/*.csv"))


def test_nothing_is_written_among_real_deliveries(tmp_path: Path) -> None:
    home = home_with_profiles(tmp_path / "home")
    (home.inkorg / "0642" / "2026-05-31").mkdir(parents=True)
    with pytest.raises(IbicError, match="made up"):
        write_county(home, kommuner=["0642"], seed=3, scale=0.01, years=1)
