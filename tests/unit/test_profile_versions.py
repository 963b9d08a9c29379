"""An export changes between two deliveries, and the profile says from when; what is misspelt is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.synthetic.county_synth import END
from ibic_pipeline.synthetic.export import write_export
from tests.support.made_up import LAYOUTS, SHIPPED, home_with_profiles, read_back, small_world

CHANGE = date(2026, 7, 1)
RENAMED = """
versioner:
  - fran: 2026-07-01
    nya_kolumnnamn: {Utförarkod: Utförande enhet, Personnr: Personbeteckning}
    varden:
      regiform: {Kundval: privat_lov}
  - fran: 2027-01-01
    format: {rader_fore_rubrik: 0}
    frister: {gp_frist_dagar: 30}
"""


def home_of(folder: Path, own: str, code: str = "0642") -> Home:
    """A folder with one shipped profile, to which lines are added."""
    (folder / "kommuner").mkdir()
    shipped = (SHIPPED.kommuner / f"{code}.yaml").read_text(encoding="utf-8")
    (folder / "kommuner" / f"{code}.yaml").write_text(shipped + own, encoding="utf-8")
    return Home(folder)


def column_of(home: Home, day: date | None, export: str = "uppdrag", column: str = "utforare_id") -> str:
    (fil,) = home.profil("0642", day).exporter[export]  # type: ignore[index]
    return fil.delar[0].kolumner[column]


def test_a_version_applies_from_its_day_and_until_the_next(tmp_path: Path) -> None:
    home = home_of(tmp_path, RENAMED)
    assert column_of(home, date(2026, 6, 30)) == "Utförarkod"
    assert column_of(home, CHANGE) == column_of(home, date(2030, 1, 1)) == "Utförande enhet"
    before, first, second = (home.profil("0642", day) for day in (END, CHANGE, date(2027, 1, 1)))
    assert "Kundval" not in before.varden["regiform"]
    assert {"Kundval", "Privat LOV"} <= set(first.varden["regiform"]) & set(second.varden["regiform"])
    files = first.exporter["beslut"], second.exporter["beslut"]
    assert [fil.format.rader_fore_rubrik for (fil,) in files] == [2, 0]
    assert (first.frister.gp_frist_dagar, second.frister.gp_frist_dagar) == (14, 30)


def test_without_a_day_the_latest_version_applies(tmp_path: Path) -> None:
    assert home_of(tmp_path, RENAMED).profil("0642").frister.gp_frist_dagar == 30


def test_a_renamed_column_is_renamed_in_every_file_that_reads_it(tmp_path: Path) -> None:
    profil = home_of(tmp_path, RENAMED).profil("0642", CHANGE)
    names = {
        local
        for files in profil.exporter.values()
        for fil in files
        for part in fil.delar
        for local in part.kolumner.values()
    }
    assert "Personbeteckning" in names
    assert not {"Personnr", "Utförarkod"} & names


def test_a_delivery_is_read_by_the_version_of_its_extraction_date(tmp_path: Path) -> None:
    home = home_with_profiles(tmp_path / "home")
    path = home.kommuner / "0642.yaml"
    path.write_text(path.read_text(encoding="utf-8") + RENAMED, encoding="utf-8")
    world, later = {"0642": small_world("0642")}, date(2026, 7, 31)
    for day in (END, later):
        write_export(world, {"0642": home.profil("0642", day)}, home.inkorg / "0642" / day.isoformat(), day)
        tables = read_back(home, "0642").tables
        assert tables["uppdrag"]["utforare_id"].null_count == 0
        assert tables["uppdrag"].num_rows == len(small_world("0642")["uppdrag"])


def test_each_municipality_of_a_shared_file_inherits_its_versions_and_reads_its_own_rows(tmp_path: Path) -> None:
    home = home_with_profiles(tmp_path / "home")
    parent, child = home.kommuner / "hoglandet.yaml", home.kommuner / "0685.yaml"
    versions = "\nversioner:\n  - fran: 2026-01-01\n    nya_kolumnnamn: {Kommun: Hemkommun, PersonId: Personnummer}\n"
    parent.write_text(parent.read_text(encoding="utf-8") + versions, encoding="utf-8")
    members = LAYOUTS["hoglandet"]
    profiles = {code: home.profil(code, END) for code in members}
    assert {profil.leverans.kommunkolumn for profil in profiles.values()} == {"Hemkommun"}
    write_export(
        {code: small_world(code) for code in members}, profiles, home.inkorg / "hoglandet" / END.isoformat(), END
    )
    for code in ("0604", "0685"):
        read = read_back(home, code)
        assert read.tables["beslut"].num_rows == len(small_world(code)["beslut"])
        assert set(read.tables["beslut"]["kommunkod"].to_pylist()) == {code}
    child.write_text(child.read_text(encoding="utf-8") + "versioner: []\n", encoding="utf-8")
    assert home.profil("0685", END).leverans.kommunkolumn == "Kommun"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("versioner: [{fran: 2026-01-01, frister: {gp_frist: 10}}]", "gp_frist_dagar"),
        ("versioner: [{fran: 2026-01-01, exportr: {}}]", "did you mean exporter"),
        ("versioner: [{fran: 2026-01-01, nya_kolumnamn: {}}]", "did you mean nya_kolumnnamn"),
        ("versioner: [{frn: 2026-01-01}]", "date under fran"),
        ("versioner: [{fran: igår}]", "date under fran"),
        ("versioner: {fran: 2026-01-01}", "list of keys"),
        ("versioner: [{fran: 2026-02-01}, {fran: 2026-01-01}]", "oldest version first"),
        ("versioner: [{fran: 2026-01-01, nya_kolumnnamn: {Utforarkod: Enhet}}]", "did you mean Utförarkod"),
        ("versioner: [{fran: 2026-01-01, nya_kolumnnamn: [A]}]", "nya_kolumnnamn"),
        ("versioner: [{fran: 2026-01-01, leverans: {mapp: annan}}]", "one mapp"),
        ("versioner: [{fran: 2026-01-01, kommunkod: '0643'}]", "kommunkod 0643"),
        ("versoner: []", "did you mean versioner"),
    ],
)
def test_a_faulty_version_is_refused_with_what_was_meant(tmp_path: Path, own: str, said: str) -> None:
    home = home_of(tmp_path, f"\n{own}\n")
    with pytest.raises(IbicError, match=said):
        home.profil("0642", date(2020, 1, 1))


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("tabell: uppdrag", "tabell: updrag", "did you mean uppdrag"),
        ("utforare_id:", "utforar_id:", "did you mean utforare_id"),
        ("  regiform: {Egen", "  regform: {Egen", "did you mean regiform"),
        ("  beslut.ej_verkstallt_skal:", "  beslut.ej_verkstalt_skal:", "did you mean beslut.ej_verkstallt_skal"),
        ("rader_fore_rubrik: 2", "rader_fore_rubriken: 2", "did you mean rader_fore_rubrik"),
    ],
)
def test_a_misspelt_table_column_list_or_key_is_refused_with_the_nearest(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    home = home_of(tmp_path, "")
    path = home.kommuner / "0642.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(right) == 1
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(IbicError, match=said):
        home.profil("0642")
