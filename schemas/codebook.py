"""The code book: every table, field, rule and code in words, as one Markdown file and one static page.

``python -m schemas.codebook`` writes ``docs/kodbok.md`` and ``docs/kodbok.html``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from schemas import CONTRACT_VERSION, CONTRACTS, Contract, Rule
from schemas.codelists import BASE_COLUMNS, codelist, names
from schemas.delivery_rules import delivery_rules
from schemas.repairs import repair_rules

DOCS = Path(__file__).parent.parent / "docs"

TYPES = {
    pa.string(): "text",
    pa.date32(): "datum",
    pa.int32(): "heltal",
    pa.float64(): "decimaltal",
    pa.bool_(): "ja/nej",
}
SENSITIVITIES = {"open": "öppen", "internal": "intern", "person": "personuppgift"}
SEVERITIES = {
    "avvisa": "raden avvisas",
    "varna": "raden flaggas",
    "stoppa": "leveransen stoppas",
    "reparera": "repareras och räknas",
}
WHEN_MISSING = {"avvisa": "krävs", "varna": "väntad", None: "frivillig"}

SOURCES = (
    "ICF © WHO och Socialstyrelsen. KSI © Socialstyrelsen. Kodlistorna är utdrag med koder och korta titlar; "
    "de fullständiga klassifikationerna finns hos Socialstyrelsen. Kommunkoder enligt SCB."
)


def codebook_markdown() -> str:
    """The code book in Markdown, in Swedish."""
    return _render("codebook.md")


def codebook_html() -> str:
    """The code book as one static page in Swedish: no scripts, nothing fetched from elsewhere."""
    return _render("codebook.html")


def write_codebook(folder: Path = DOCS) -> tuple[Path, Path]:
    """Write ``kodbok.md`` and ``kodbok.html`` into a folder, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    markdown, html = folder / "kodbok.md", folder / "kodbok.html"
    markdown.write_text(codebook_markdown(), encoding="utf-8", newline="\n")
    html.write_text(codebook_html(), encoding="utf-8", newline="\n")
    return markdown, html


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("schemas"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters["cell"] = _markdown_cell
    return environment


def _render(template: str) -> str:
    content = {
        "version": CONTRACT_VERSION,
        "tables": [_described_table(contract) for contract in CONTRACTS.values()],
        "delivery_rules": [_described_rule(rule) for rule in delivery_rules()],
        "repairs": [_described_rule(rule) for rule in repair_rules()],
        "lists": [_described_list(name) for name in names()],
        "sources": SOURCES,
    }
    return _templates().get_template(template).render(content)


def _described_table(contract: type[Contract]) -> dict[str, Any]:
    return {
        "name": contract.table(),
        "grain": str(contract.__doc__),
        "key": contract.key(),
        "parents": contract.parents(),
        "fields": [_described_field(contract, name) for name in contract.columns()],
        "rules": [_described_rule(rule) for rule in contract.rules()],
    }


def _described_rule(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "severity": SEVERITIES[rule.severity],
        "fields": rule.fields,
        "message": rule.message,
    }


def _described_field(contract: type[Contract], name: str) -> dict[str, Any]:
    column = contract.columns()[name]
    unit = column.metadata.get("enhet")
    return {
        "name": name,
        "description": column.description,
        "type": TYPES[contract.arrow_type(name)],
        "presence": WHEN_MISSING[column.metadata.get("saknas", "avvisa")],
        "unit": f"enligt {unit}" if unit in contract.columns() else unit,
        "codelist": column.metadata.get("kodlista"),
        "source": column.metadata["kalla"],
        "sensitivity": SENSITIVITIES[column.metadata["kanslighet"]],
    }


def _described_list(name: str) -> dict[str, Any]:
    frame = codelist(name)
    columns = [column for column in ("giltig_fran", "giltig_till") if (frame[column] != "").any()]
    columns += [column for column in frame.columns if column not in BASE_COLUMNS]
    rows = frame[["kod", "titel", *columns]].to_numpy().tolist()
    aliases = frame["alias"].str.split("|").tolist()
    return {
        "name": name,
        "count": frame["kod"].nunique(),
        "columns": columns,
        "rows": [(row, [each for each in alias if each]) for row, alias in zip(rows, aliases, strict=True)],
        "used_by": [
            f"{table}.{field}"
            for table, contract in CONTRACTS.items()
            for field, column in contract.own_columns().items()
            if column.metadata["kodlista"] == name
        ],
    }


def _markdown_cell(text: object) -> str:
    """Text for a cell of a Markdown table, in which a pipe would end the cell."""
    return str(text).replace("|", "\\|")


if __name__ == "__main__":
    write_codebook()
