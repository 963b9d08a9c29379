"""What a materialisation says of itself in the UI: counts, columns, a summary in Swedish and a small plot."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from dagster import MarkdownMetadataValue, MetadataValue, TableColumn, TableColumnConstraints, TableSchema

if TYPE_CHECKING:
    import pyarrow as pa

ACCEPTED, QUARANTINED, DUPLICATES = "#2f7d4f", "#b3452c", "#8a8f98"
BAR_HEIGHT, LABEL_WIDTH, PLOT_WIDTH = 18, 190, 420


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


def accounting_summary(files: Sequence[Mapping[str, Any]]) -> MarkdownMetadataValue:
    """Read, accepted, quarantined, duplicates and flagged per file, as a table and as bars."""
    columns = ("kallfil", "last", "godkanda", "karantan", "dubbletter", "flaggade")
    header = ("fil", "lästa", "godkända", "karantän", "dubbletter", "flaggade")
    table = markdown_table(header, ([row[column] for column in columns] for row in files))
    bars = [
        (str(row["kallfil"]), (int(row["godkanda"]), int(row["karantan"]), int(row["dubbletter"]))) for row in files
    ]
    return MetadataValue.md(f"{picture(stacked_bars(bars), 'Rader per fil')}\n\n{table}")


def picture(svg: str, title: str) -> str:
    """An image inside Markdown, without any other file."""
    return f"![{title}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


def stacked_bars(bars: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Horizontal bars of accepted, quarantined and duplicate rows, as SVG."""
    widest = max((sum(parts) for _, parts in bars), default=0) or 1
    drawn = [
        piece for number, (label, parts) in enumerate(bars) for piece in _bar(number * BAR_HEIGHT, label, parts, widest)
    ]
    height = max(len(bars), 1) * BAR_HEIGHT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LABEL_WIDTH + PLOT_WIDTH + 70}" height="{height}" '
        f'font-family="sans-serif" font-size="11" fill="#555">{"".join(drawn)}</svg>'
    )


def _bar(top: int, label: str, parts: Sequence[int], widest: int) -> Iterable[str]:
    yield f'<text x="{LABEL_WIDTH - 6}" y="{top + 13}" text-anchor="end">{escape(label[:32])}</text>'
    left = float(LABEL_WIDTH)
    for count, colour in zip(parts, (ACCEPTED, QUARANTINED, DUPLICATES), strict=False):
        width = PLOT_WIDTH * count / widest
        yield f'<rect x="{left:.1f}" y="{top + 3}" width="{width:.1f}" height="12" fill="{colour}"/>'
        left += width
    yield f'<text x="{left + 5:.1f}" y="{top + 13}">{_shown(sum(parts))}</text>'


def _shown(value: Any) -> str:
    return f"{value:,}".replace(",", "\u00a0") if isinstance(value, int) else str(value)
