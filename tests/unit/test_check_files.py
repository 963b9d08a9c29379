"""What a sender's check makes of the files at hand, before any rule is asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ibic_pipeline.check.advice import advice, is_cascade, local_columns
from ibic_pipeline.check.files import extraction_day, files_in, gather
from ibic_pipeline.errors import IbicError
from ibic_pipeline.extract import DeliveredFile
from ibic_pipeline.profile import Fil
from schemas.contract import MARKS
from schemas.rulebook import every_rule
from tests.support.deliveries import one_to_one, profile

DAY = date(2026, 6, 30)
BESLUT = {"monster": "beslut_*.csv", "delar": [one_to_one("beslut", ["beslut_id", "utredning_id"])]}
EARLIER = {"monster": "gamla_beslut.csv", "delar": [one_to_one("beslut", ["beslut_id"])]}
UTREDNING = {"monster": "utredning.csv", "delar": [one_to_one("utredning", ["utredning_id", "individ_id"])]}
PROFILE = profile({"beslut": [BESLUT, EARLIER], "utredning": [UTREDNING]})


def files(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_text(f"{name}\n")
    return [folder / name for name in names]


def test_each_file_becomes_the_export_whose_pattern_fits_its_name(tmp_path: Path) -> None:
    found = gather(files(tmp_path, "Beslut_2026.CSV", "utredning.csv"), DAY, PROFILE)

    assert [(file.export, file.name) for file in found.delivery.files] == [
        ("utredning", "utredning.csv"),
        ("beslut", "Beslut_2026.CSV"),
    ]
    assert found.delivery.uttagsdatum == DAY
    assert not found.unknown


def test_a_file_that_no_pattern_fits_is_named_with_the_nearest_pattern(tmp_path: Path) -> None:
    found = gather(files(tmp_path, "utredningar.csv", "19121212-1212.csv"), DAY, PROFILE)

    assert "utredning.csv" in found.unknown["utredningar.csv"]
    assert "PERSONNUMMER.csv" in found.unknown


def test_two_files_for_one_pattern_are_told_and_neither_is_read(tmp_path: Path) -> None:
    found = gather(files(tmp_path, "beslut_1.csv", "beslut_2.csv"), DAY, PROFILE)

    assert [code for code, _ in found.ambiguous] == ["LEV-008"]
    assert not found.delivery.files
    assert not found.unknown


def test_a_table_of_which_one_file_is_missing_is_not_whole(tmp_path: Path) -> None:
    found = gather(files(tmp_path, "beslut_1.csv"), DAY, PROFILE)

    assert found.not_whole == {"beslut", "utredning"}
    assert found.not_given == {"beslut": ("gamla_beslut.csv",), "utredning": ("utredning.csv",)}


def test_a_whole_delivery_lacks_nothing(tmp_path: Path) -> None:
    found = gather(files(tmp_path, "beslut_1.csv", "gamla_beslut.csv", "utredning.csv"), DAY, PROFILE)

    assert not found.not_whole
    assert not found.not_given


def test_a_folder_stands_for_its_files_without_the_hidden_ones(tmp_path: Path) -> None:
    files(tmp_path, "beslut_1.csv", ".hidden", "~$beslut.xlsx")

    assert files_in([tmp_path, tmp_path / "beslut_1.csv"]) == [tmp_path / "beslut_1.csv"]


def test_a_path_that_is_not_there_is_an_error_that_masks_a_number(tmp_path: Path) -> None:
    with pytest.raises(IbicError) as error:
        files_in([tmp_path / "19121212-1212.csv"])

    assert "19121212" not in str(error.value)


def test_the_extraction_day_is_given_or_in_the_name_of_the_folder_or_today(tmp_path: Path) -> None:
    named = tmp_path / "2026-05-31_omtag"
    named.mkdir()
    (path,) = files(named, "a.csv")
    today = date(2026, 7, 1)

    assert extraction_day([path], DAY, today) == DAY
    assert extraction_day([path], None, today) == date(2026, 5, 31)
    assert extraction_day([named], None, today) == date(2026, 5, 31)
    assert extraction_day([tmp_path], None, today) == today


def test_advice_names_the_sender_s_own_column() -> None:
    part = {"tabell": "beslut", "kolumner": {"insats": "Insatstyp", "beslutsdatum": "Datum"}}
    fil = Fil.model_validate({"monster": "b.csv", "delar": [part], "format": {"datum": ["%d/%m/%Y"]}})
    file = DeliveredFile("beslut", fil, Path("b.csv"), "b.csv", "0")
    unreadable = {
        rule.fields[0]: rule for rule in every_rule().values() if rule.table == "beslut" and rule.kind == "otolkbar"
    }

    assert local_columns(unreadable["insats"], file) == ("Insatstyp",)
    assert "Insatstyp" in advice(unreadable["insats"], file, ("Insatstyp",))
    assert "15/03/2024" in advice(unreadable["beslutsdatum"], file, ("Datum",))


@pytest.mark.parametrize("code", sorted(every_rule()))
def test_every_rule_on_rows_has_advice(code: str) -> None:
    rule = every_rule()[code]
    file = DeliveredFile("beslut", PROFILE.exporter["beslut"][0], Path("b.csv"), "b.csv", "0")

    said_in_the_rule = rule.kind in ("leverans", "reparation", *MARKS)
    given = advice(rule, file, local_columns(rule, file))

    assert (given == "") == said_in_the_rule
    assert (given or rule.message).endswith(".")


def test_only_a_refused_parent_is_a_cascade() -> None:
    assert is_cascade(every_rule()["UPP-003"])
    assert not is_cascade(every_rule()["UPP-002"])
    assert not is_cascade(every_rule()["LEV-011"])
