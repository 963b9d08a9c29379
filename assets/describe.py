"""What a materialisation says of itself in the UI: counts, columns, a summary in Swedish and a small plot."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from dagster import MarkdownMetadataValue, MetadataValue, TableColumn, TableColumnConstraints, TableSchema

if TYPE_CHECKING:
    import pyarrow as pa

COLOURS = ACCEPTED, QUARANTINED, DUPLICATES = "#2f7d4f", "#b3452c", "#8a8f98"
LEGEND = "Grönt är godkända rader, rött rader i karantän, grått exakta dubbletter."
BAR_HEIGHT, LABEL_WIDTH, LABEL_LETTERS, PLOT_WIDTH = 18, 200, 34, 410

SHOWN_AT_ONCE = 1000
"""Dagster's UI shows Markdown shorter than this in place, and longer behind a click."""


def rows_and_columns(path_rows: int, schema: TableSchema | None) -> dict[str, Any]:
    """Row count and column schema under the names that Dagster's catalogue knows."""
    told: dict[str, Any] = {"dagster/row_count": path_rows}
    if schema is not None:
        told["dagster/column_schema"] = schema
    return told


def contract_schema(table: str) -> TableSchema:
    """The columns of a harmonised table, from its contract."""
    from schemas import CONTRACTS

    contract = CONTRACTS[table]
    return TableSchema(
        columns=[
            TableColumn(
                name=name,
                type=str(contract.arrow_type(name)),
                description=column.description,
                constraints=TableColumnConstraints(nullable=column.nullable, unique=False),
                tags={"kanslighet": column.metadata["kanslighet"]},
            )
            for name, column in contract.columns().items()
        ]
    )


def arrow_schema(schema: pa.Schema) -> TableSchema:
    """The columns of any other table."""
    return TableSchema(columns=[TableColumn(name=column.name, type=str(column.type)) for column in schema])


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table in Markdown; numbers with a space between thousands."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_shown(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def reasons_in_words(reasons: Iterable[tuple[str, str]]) -> str:
    """Why a delivery is refused, one sentence per rule; what to say when it is not."""
    return "\n\n".join(f"{code}: {text}" for code, text in reasons) or "Inget att anmärka."


def accounting_sentence(totals: Mapping[str, int], files: int) -> str:
    """The accounting of a delivery in one sentence."""
    read = _shown(totals["last"])
    share = f" ({100 * totals['godkanda'] / totals['last']:.1f} %)".replace(".", ",") if totals["last"] else ""
    return (
        f"{read} rader lästa ur {files} filer = {_shown(totals['godkanda'])} godkända{share} + "
        f"{_shown(totals['karantan'])} i karantän + {_shown(totals['dubbletter'])} dubbletter. "
        f"{_shown(totals['flaggade'])} av de godkända är flaggade. {_shown(totals['reparerade'])} rader är reparerade."
    )


def commonest_rules(rules: Mapping[str, int]) -> MarkdownMetadataValue:
    """The rules that most rows broke, with their words: as many as the UI shows without a click."""
    lines = _rules_in_words(rules)
    shown = len(lines)
    while shown and len(_rules_table(lines[:shown])) >= SHOWN_AT_ONCE:
        shown -= 1
    left = f"\n\n… och {len(lines) - shown} regler till." if shown < len(lines) else ""
    return MetadataValue.md(_rules_table(lines[:shown]) + left if lines else "Inga.")


def all_rules(rules: Mapping[str, int]) -> MarkdownMetadataValue:
    """Every rule that a row broke, with its words."""
    return MetadataValue.md(_rules_table(_rules_in_words(rules)) if rules else "Inga.")


def _rules_in_words(rules: Mapping[str, int]) -> list[tuple[str, int, str]]:
    from schemas.rulebook import rule_of

    return sorted(
        ((code, rows, rule_of(code).message) for code, rows in rules.items()), key=lambda line: (-line[1], line[0])
    )


def _rules_table(lines: Sequence[Sequence[Any]]) -> str:
    return markdown_table(("regel", "rader", "innebörd"), lines)


def accounting_picture(files: Sequence[Mapping[str, Any]]) -> MarkdownMetadataValue:
    """Read, accepted, quarantined, duplicates, flagged and repaired per file, as bars and as a table."""
    columns = ("kallfil", "last", "godkanda", "karantan", "dubbletter", "flaggade", "reparerade")
    header = ("fil", "lästa", "godkända", "karantän", "dubbletter", "flaggade", "reparerade")
    table = markdown_table(header, ([row[column] for column in columns] for row in files))
    bars = [
        (str(row["kallfil"]), (int(row["godkanda"]), int(row["karantan"]), int(row["dubbletter"]))) for row in files
    ]
    return MetadataValue.md(f"{picture(stacked_bars(bars), 'Rader per fil')}\n\n{table}\n\n{LEGEND}")


def shares_picture(title: str, shares: Mapping[str, float | None]) -> MarkdownMetadataValue:
    """Shares per municipality as bars; one that may not be shown, or does not exist, has no bar."""
    known = sorted(shares.items(), key=lambda each: (each[1] is None, -(each[1] or 0.0), each[0]))
    return MetadataValue.md(f"**{title}**\n\n{picture(share_bars(known), title)}")


def counts_table(header: tuple[str, str], counts: Mapping[str, int]) -> MarkdownMetadataValue:
    """Names and counts."""
    return MetadataValue.md(markdown_table(header, counts.items()))


def picture(svg: str, title: str) -> str:
    """An image inside Markdown, without any other file."""
    return f"![{title}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def stacked_bars(bars: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Horizontal bars of accepted, quarantined and duplicate rows, as SVG."""
    widest = max((sum(parts) for _, parts in bars), default=0) or 1
    return _drawing(
        [
            _bar(
                number * BAR_HEIGHT,
                label,
                [(part / widest, colour) for part, colour in zip(parts, COLOURS, strict=True)],
                _shown(sum(parts)),
            )
            for number, (label, parts) in enumerate(bars)
        ]
    )


def share_bars(bars: Sequence[tuple[str, float | None]]) -> str:
    """Horizontal bars of shares between 0 and 1, as SVG."""
    return _drawing(
        [
            _bar(number * BAR_HEIGHT, label, [(share or 0.0, ACCEPTED)], "–" if share is None else f"{share:.0%}")
            for number, (label, share) in enumerate(bars)
        ]
    )


def _drawing(bars: Sequence[str]) -> str:
    height = max(len(bars), 1) * BAR_HEIGHT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LABEL_WIDTH + PLOT_WIDTH + 70}" height="{height}" '
        f'font-family="sans-serif" font-size="11" fill="#6b7280">{"".join(bars)}</svg>'
    )


def _bar(top: int, label: str, parts: Sequence[tuple[float, str]], said: str) -> str:
    """One bar of (share of the widest, colour) parts, with its label before it and what it says after it."""
    short = label if len(label) <= LABEL_LETTERS else f"{label[: LABEL_LETTERS - 1]}…"
    drawn = [f'<text x="{LABEL_WIDTH - 6}" y="{top + 13}" text-anchor="end">{escape(short)}</text>']
    left = float(LABEL_WIDTH)
    for share, colour in parts:
        width = PLOT_WIDTH * share
        drawn.append(f'<rect x="{left:.1f}" y="{top + 3}" width="{width:.1f}" height="12" fill="{colour}"/>')
        left += width
    drawn.append(f'<text x="{left + 5:.1f}" y="{top + 13}">{escape(said)}</text>')
    return "".join(drawn)


def _shown(value: Any) -> str:
    return f"{value:,}".replace(",", "\u00a0") if isinstance(value, int) else str(value)
