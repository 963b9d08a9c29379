"""The shipped profiles: they load, map to codes that exist, and truly differ."""

from __future__ import annotations

from fnmatch import fnmatch
from itertools import combinations

import pytest

from ibic_pipeline.errors import IbicError
from ibic_pipeline.harmonise.codes import code_mapping, yes_no_mapping
from ibic_pipeline.home import Home
from ibic_pipeline.profile import Fil, Profil
from ibic_pipeline.synthetic.localwords import words_for
from schemas import CONTRACTS
from schemas.codelists import codelist, normalise
from tests.support.made_up import LAYOUTS, SHIPPED

CODES = SHIPPED.lan.kommuner
NEEDED_BY_INDICATORS = {
    "individ": ("kon", "skydd"),
    "beslut": ("galler_fran", "galler_tom", "upphort", "utan_behovsprovning"),
    "uppdrag": ("regiform", "skickat", "mottaget", "paborjat", "avslutat"),
    "genomforandeplan": ("typ", "klarmarkerad"),
    "mal": ("beslut_id", "plan_id"),
    "uppfoljning": ("beslut_id", "plan_id", "datum"),
}


def files(profil: Profil) -> list[Fil]:
    return [fil for members in profil.exporter.values() for fil in members]


def local_names(profil: Profil) -> set[str]:
    return {local for fil in files(profil) for part in fil.delar for local in part.kolumner.values()}


@pytest.mark.parametrize("code", CODES)
def test_every_shipped_profile_loads_and_says_that_the_legal_basis_is_still_to_be_decided(code: str) -> None:
    profil = SHIPPED.profil(code)
    assert profil.namn == codelist("kommun").set_index("kod")["titel"][code]
    assert profil.individniva.publicering == "lan"
    assert profil.individniva.rattslig_grund.startswith("Beslut i nämnden krävs")


@pytest.mark.parametrize("code", CODES)
def test_every_mapped_value_and_constant_is_a_code_of_its_list(code: str) -> None:
    profil = SHIPPED.profil(code)
    for where, words in profil.varden.items():
        tabell, _, kolumn = where.partition(".")
        kodlista = CONTRACTS[tabell].own_columns()[kolumn].metadata["kodlista"] if kolumn else tabell
        known = {"ja", "nej"} if kodlista is None else set(codelist(kodlista)["kod"])
        assert set(words.values()) <= known, where
    for fil in files(profil):
        for part in fil.delar:
            for column, value in part.konstanter.items():
                kodlista = CONTRACTS[part.tabell].own_columns()[column].metadata["kodlista"]
                assert value in set(codelist(kodlista)["kod"])


@pytest.mark.parametrize("code", CODES)
def test_every_word_that_an_export_can_hold_is_read_as_the_code_it_stands_for(code: str) -> None:
    profil = SHIPPED.profil(code)
    for tabell, contract in CONTRACTS.items():
        for kolumn, column in contract.own_columns().items():
            meta = column.metadata
            if meta["lasning"] == "code":
                mapping = code_mapping(profil, tabell, kolumn, meta["kodlista"])
                for kod in codelist(meta["kodlista"])["kod"].unique():
                    for word in words_for(profil, tabell, kolumn, [kod]):
                        assert mapping.get(normalise(word)) == kod, (tabell, kolumn, kod)
            if meta["lasning"] == "boolean":
                answers = yes_no_mapping(profil, tabell, kolumn)
                for answer in ("ja", "nej"):
                    for word in words_for(profil, tabell, kolumn, [answer]):
                        assert answers[normalise(word)] == (answer == "ja"), (tabell, kolumn)


@pytest.mark.parametrize("code", CODES)
def test_every_profile_delivers_what_contracts_and_indicators_need(code: str) -> None:
    profil = SHIPPED.profil(code)
    delivered: dict[str, set[str]] = {}
    for fil in files(profil):
        for part in fil.delar:
            delivered.setdefault(part.tabell, set()).update(part.kolumner, part.konstanter)
    for tabell, contract in CONTRACTS.items():
        required = {name for name, column in contract.own_columns().items() if column.metadata["saknas"] == "avvisa"}
        assert required | set(NEEDED_BY_INDICATORS.get(tabell, ())) <= delivered[tabell], tabell


@pytest.mark.parametrize("code", CODES)
def test_ignored_values_stand_on_columns_that_the_profile_reads(code: str) -> None:
    profil = SHIPPED.profil(code)
    read = {f"{part.tabell}.{column}" for fil in files(profil) for part in fil.delar for column in part.kolumner}
    assert profil.ignoreras
    assert set(profil.ignoreras) <= read


def test_municipalities_of_different_layouts_never_share_all_names() -> None:
    names = {mapp: local_names(SHIPPED.profil(members[0])) for mapp, members in LAYOUTS.items()}
    for one, other in combinations(names, 2):
        shared = len(names[one] & names[other]) / min(len(names[one]), len(names[other]))
        assert shared < 0.5, (one, other)


def test_the_five_of_hoglandet_share_one_folder_and_one_of_them_answers_for_it() -> None:
    profiles = [SHIPPED.profil(code) for code in LAYOUTS["hoglandet"]]
    assert {profil.mapp for profil in profiles} == {"hoglandet"}
    assert set(profiles[0].leverans.kommunvarden.values()) == set(LAYOUTS["hoglandet"])
    assert profiles[0].leverans.ansvarig in LAYOUTS["hoglandet"]


def test_the_layouts_cover_every_way_of_writing_that_the_pipeline_must_read() -> None:
    formats = [fil.format for members in LAYOUTS.values() for fil in files(SHIPPED.profil(members[0]))]
    assert {fmt.typ for fmt in formats} == {"csv", "xlsx"}
    assert {fmt.kodning for fmt in formats if fmt.typ == "csv"} == {"utf-8-sig", "cp1252", "utf-16"}
    assert {fmt.avgransare for fmt in formats} >= {";", "\t"}
    assert {pattern for fmt in formats for pattern in fmt.datum} == {"%Y-%m-%d", "%Y%m%d", "%d/%m %Y"}
    assert {fmt.svans is None for fmt in formats} == {True, False}
    assert max(fmt.rader_fore_rubrik for fmt in formats) == 3
    migrated = [SHIPPED.profil(code).kallsystem.migrerad is not None for code in CODES]
    assert any(migrated)
    assert not all(migrated)


@pytest.mark.parametrize("mapp", LAYOUTS)
def test_a_file_pattern_matches_the_files_of_no_other_pattern(mapp: str) -> None:
    patterns = {fil.monster for fil in files(SHIPPED.profil(LAYOUTS[mapp][0]))}
    for pattern in patterns:
        name = pattern.replace("*", "2026-06-30").casefold()
        assert [other for other in patterns if fnmatch(name, other.casefold())] == [pattern]


def test_a_format_set_for_all_files_can_be_overridden_key_by_key_for_one(tmp_path) -> None:
    (tmp_path / "lan.yaml").write_text("")
    (tmp_path / "kommuner").mkdir()
    own = """
arver: 0643.yaml
kommunkod: "9999"
namn: Annan
exporter:
  uppdrag:
    - monster: u.csv
      format: {decimaltecken: ","}
      delar: [{tabell: uppdrag, kolumner: {uppdrag_id: U, beslut_id: B}}]
"""
    (tmp_path / "kommuner" / "9999.yaml").write_text(own)
    (tmp_path / "kommuner" / "0643.yaml").write_bytes((SHIPPED.kommuner / "0643.yaml").read_bytes())
    profil = Home(tmp_path).profil("9999")
    (fil,) = profil.exporter["uppdrag"]
    assert (fil.format.decimaltecken, fil.format.datum) == (",", ("%Y%m%d",))
    assert profil.exporter["beslut"][0].format.decimaltecken == "."


def test_an_unknown_key_in_the_shared_format_is_refused(tmp_path) -> None:
    (tmp_path / "kommuner").mkdir()
    text = (SHIPPED.kommuner / "0643.yaml").read_text(encoding="utf-8").replace("kodning:", "kodningen:")
    (tmp_path / "kommuner" / "0643.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(IbicError, match="kodning"):
        Home(tmp_path).profil("0643")
