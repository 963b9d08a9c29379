"""Headers of SQL files: complete, or refused with what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ibic_pipeline.derive.engine import in_order
from ibic_pipeline.derive.headers import facts, indicators
from ibic_pipeline.errors import IbicError

HEADER = """\
-- id: X1
-- namn: Ett namn
-- definition: En rad
--   och en till.
-- namnare: Alla
-- taljare: Några
-- exkluderingar: en_orsak, en_annan
-- typ: tillstand
-- periodtyper: manad, ar
-- riktning: hogre_ar_battre
-- enhet: beslut
-- kalla: En källa
-- version: 2026-01-01
-- tolkning: Kan missförstås.
-- indata: beslutsfakta
SELECT
    1 AS ett
"""

FACT = """\
-- namn: X1
-- beskrivning: En rad per beslut.
-- indata: beslut, individ
-- nyckel: beslut_id, individ_id
-- antal_som: beslut
SELECT 1 AS ett
"""


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "X1.sql").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_header_is_read_with_its_continued_lines_and_lists(tmp_path: Path):
    (found,) = indicators(written(tmp_path, HEADER))
    assert found.definition == "En rad och en till."
    assert found.exkluderingar == ("en_orsak", "en_annan")
    assert found.periodtyper == ("manad", "ar")
    assert (found.varde, found.varde_typ, found.matt) == (None, "fast", "andel")
    assert (found.malgrupp, found.vilseleder, found.atgard) == (None, None, None)
    assert found.parametrar == ()
    assert found.sql == "SELECT\n    1 AS ett"


def test_a_header_says_what_is_counted_of_what_and_where_the_definition_is_from(tmp_path: Path):
    (found,) = indicators(written(tmp_path, HEADER))
    assert (found.id, found.namn, found.namnare, found.taljare) == ("X1", "Ett namn", "Alla", "Några")
    assert (found.typ, found.riktning, found.enhet) == ("tillstand", "hogre_ar_battre", "beslut")
    assert (found.kalla, found.version) == ("En källa", "2026-01-01")
    assert (found.tolkning, found.indata) == ("Kan missförstås.", ("beslutsfakta",))


def test_a_fact_says_its_key_and_which_table_it_has_as_many_rows_as(tmp_path: Path):
    (found,) = facts(written(tmp_path, FACT))
    assert (found.namn, found.beskrivning, found.sql) == ("X1", "En rad per beslut.", "SELECT 1 AS ett")
    assert (found.indata, found.nyckel) == (("beslut", "individ"), ("beslut_id", "individ_id"))
    assert found.antal_som == "beslut"


def test_a_fact_in_a_file_of_another_name_is_refused(tmp_path: Path):
    with pytest.raises(IbicError, match=r"namn X1 in X1\.sql\. Found another name\. Give the file"):
        facts(written(tmp_path, FACT.replace("namn: X1", "namn: X2")))


def test_a_header_may_say_more_of_its_value_and_its_readers(tmp_path: Path):
    more = """\
-- varde: Dagar sedan dess
-- varde_typ: vaxande
-- matt: median
-- parametrar: fore_slut_dagar, glapp_dagar
-- malgrupp: Enhetschefer
-- vilseleder: Vid få beslut
-- atgard: Gå igenom de äldsta
"""
    (found,) = indicators(written(tmp_path, more + HEADER))
    assert (found.varde, found.varde_typ, found.matt) == ("Dagar sedan dess", "vaxande", "median")
    assert (found.malgrupp, found.vilseleder) == ("Enhetschefer", "Vid få beslut")
    assert found.atgard == "Gå igenom de äldsta"
    assert found.parametrar == ("fore_slut_dagar", "glapp_dagar")


@pytest.mark.parametrize(
    ("replace", "by", "message"),
    [
        ("-- indata", "-- matt: medel\n-- indata", "medel"),
        ("-- indata", "-- parametrar: glapp_dagar, glapp\n-- indata", "parametrar in X1.sql"),
        ("-- indata", "-- matt: andel, median\n-- indata", "andel, median"),
        ("-- indata", "-- varde_typ: krympande\n-- indata", "krympande"),
        ("-- indata", "-- varde_typ: vaxande\n-- indata", "a line varde"),
        ("-- indata", "-- matt: median\n-- indata", "a line varde"),
        ("-- tolkning: Kan missförstås.\n", "", "no tolkning"),
        ("-- enhet:", "-- enheet:", "no enhet, an unknown key enheet"),
        ("tillstand", "lage", "lage"),
        ("manad, ar", "manad, vecka", "vecka"),
        ("hogre_ar_battre", "upp", "upp"),
        ("2026-01-01", "1.0", "a day"),
        ("-- id: X1", "-- id: X2", "X1"),
        ("-- namn: Ett namn\n", "-- namn: Ett namn\n-- namn: Ett till\n", "namn once"),
        ("-- namn: Ett namn\n", "-- namn Ett namn\n", "something else on line 2"),
    ],
)
def test_an_incomplete_or_wrong_header_is_refused(tmp_path: Path, replace: str, by: str, message: str):
    with pytest.raises(IbicError, match=message) as refused:
        indicators(written(tmp_path, HEADER.replace(replace, by)))
    assert "X1.sql" in refused.value.expected
    assert refused.value.found
    assert refused.value.next_step


def test_a_header_without_a_query_is_refused(tmp_path: Path):
    header = "".join(line for line in HEADER.splitlines(keepends=True) if line.startswith("--"))
    with pytest.raises(IbicError, match="a query below the header"):
        indicators(written(tmp_path, header))


def test_every_indicator_says_for_whom_it_is_how_it_may_mislead_and_what_to_do():
    for each in indicators():
        assert all((each.malgrupp, each.vilseleder, each.atgard)), each.id


def test_facts_come_after_what_they_read():
    order = [fact.namn for fact in in_order()]
    names = {fact.namn for fact in facts()}
    for fact in facts():
        read = [name for name in fact.indata if name in names]
        assert all(order.index(name) < order.index(fact.namn) for name in read)


def test_what_coordinators_read_holds_no_name_of_a_parameter_or_column():
    for each in indicators():
        counted = (each.namn, each.definition, each.namnare, each.taljare, each.enhet, each.varde or "", each.kalla)
        for text in (*counted, each.tolkning, each.malgrupp, each.vilseleder, each.atgard):
            assert "_" not in (text or ""), each.id
