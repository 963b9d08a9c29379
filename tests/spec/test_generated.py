"""What is generated from the contracts is not stale.

When a contract or a code list changes on purpose: set ``CONTRACT_VERSION`` to the day of the change, then run
``python -m schemas.codebook`` and ``python tests/spec/test_generated.py``, and read the difference.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ibic_pipeline.derive.catalogue import FOLDER, catalogue
from ibic_pipeline.synthetic.faults import fault_codes
from ibic_pipeline.synthetic.faults.catalogue import KINDS
from ibic_pipeline.synthetic.faults.page import PAGE, page
from schemas import CONTRACTS
from schemas.arrow import arrow_schema
from schemas.codebook import DOCS, codebook_html, codebook_markdown, write_codebook
from schemas.codelists import codelist, names
from schemas.delivery_rules import delivery_rules
from schemas.rulebook import every_rule

SNAPSHOT = Path(__file__).parent / "snapshots" / "arrow_schema.json"


def described_schemas() -> dict[str, Any]:
    return {table: _described(arrow_schema(contract)) for table, contract in CONTRACTS.items()}


def _described(schema: pa.Schema) -> dict[str, Any]:
    return {
        "metadata": _decoded(schema.metadata),
        "columns": [
            {"name": field.name, "type": str(field.type), "nullable": field.nullable, **_decoded(field.metadata)}
            for field in schema
        ],
    }


def _decoded(metadata: dict[bytes, bytes]) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in metadata.items()}


def _as_json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def test_the_code_book_in_docs_is_current() -> None:
    """The page beside it is not kept in the repository; each release writes its own."""
    assert (DOCS / "kodbok.md").read_text(encoding="utf-8") == codebook_markdown(), (
        "docs/kodbok.md is stale: run `python -m schemas.codebook`"
    )


def test_the_arrow_schema_is_the_agreed_one() -> None:
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == described_schemas(), (
        "The stored tables change: set CONTRACT_VERSION, then run `python tests/spec/test_generated.py`"
    )


def test_writing_the_code_book_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_codebook(tmp_path)]
    assert [path.read_bytes() for path in write_codebook(tmp_path)] == first


class _Page(HTMLParser):
    """Collects what a page refers to, and whether its elements are closed."""

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.elements: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.elements.add(tag)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [values[key] or "" for key in ("href", "src") if key in values]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_one_file_without_scripts_or_remote_resources() -> None:
    page = _Page(codebook_html())
    assert page.elements & {"script", "link", "img", "iframe"} == set()
    assert "url(" not in codebook_html()
    assert "@import" not in codebook_html()
    assert all(link.startswith("#") for link in page.links)
    assert page.open == []


def test_every_link_of_the_page_has_one_target() -> None:
    page = _Page(codebook_html())
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)


def test_every_link_of_the_markdown_has_a_target() -> None:
    text = codebook_markdown()
    headings = {line.lstrip("# ").lower() for line in text.splitlines() if line.startswith("#")}
    anchors = set(re.findall(r'<a id="([^"]+)">', text))
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings | anchors


@pytest.mark.parametrize("render", [codebook_markdown, codebook_html])
def test_the_code_book_holds_every_field_rule_and_code(render: Any) -> None:
    text = render()
    for contract in CONTRACTS.values():
        assert all(name in text for name in contract.columns())
        assert all(rule.code in text for rule in contract.rules())
    assert all(rule.code in text for rule in delivery_rules())
    for name in names():
        assert all(kod in text for kod in codelist(name)["kod"])


def test_rows_of_the_markdown_tables_have_as_many_cells_as_their_heading() -> None:
    width = 0
    for line in codebook_markdown().splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line))
        if not line.startswith("|"):
            width = 0
        elif width == 0:
            width = cells
        else:
            assert cells == width, line


def test_the_fault_catalogue_in_docs_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/felkatalog.md is stale: run `python -m ibic_pipeline.synthetic.faults.page`"
    )


def test_the_pages_of_the_indicators_in_docs_are_current() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*")}
    assert kept == catalogue(), "docs/indikatorer is stale: run `python -m ibic_pipeline.derive.catalogue`"


def test_every_fault_is_of_a_kind_and_every_kind_has_faults_that_can_be_planted() -> None:
    of_kinds = {fault for kind in KINDS for fault in kind.faults}
    assert of_kinds == set(fault_codes())
    assert all(kind.faults for kind in KINDS)
    assert {code for codes in fault_codes().values() for code in codes} <= set(every_rule())


def test_the_thirty_kinds_are_numbered_in_their_order() -> None:
    assert [kind.source for kind in KINDS if kind.source.isdecimal()] == [str(number) for number in range(1, 31)]


if __name__ == "__main__":
    SNAPSHOT.write_text(_as_json(described_schemas()), encoding="utf-8", newline="\n")
