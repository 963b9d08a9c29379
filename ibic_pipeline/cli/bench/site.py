"""What the comparison site of a release takes: all of it drawn, nothing changed, and for many more municipalities."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ibic_pipeline.cli.bench.meter import Meter, Stages

MANY = 290
"""Municipalities of a whole country."""


def site(release: Path, about: Mapping[str, Any], many: int = MANY) -> tuple[Stages, dict[str, float]]:
    """Build the release's pages in a folder of their own: stage -> cost, and what the pages weigh.

    A county of more municipalities is made by giving every row of the published tables again under new codes; charts
    that are alike would be drawn once, so that each copy's figures differ in the last decimals.
    """
    few = len(about["kommuner"])
    meter = Meter()
    weights: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "few").mkdir()
        (folder / "few" / "jamforelse").symlink_to(release / "jamforelse")
        for stage in (f"{few} municipalities, all drawn", f"{few} municipalities, nothing changed"):
            _built(folder / "few", about, folder / "kept", meter, stage)
        weights |= _weights(folder / "few", few)
        if many > few:
            larger = write_larger(release, folder / "many", about, many)
            _built(folder / "many", larger, folder / "kept", meter, f"{many} municipalities, all drawn")
            weights |= _weights(folder / "many", many)
    return meter.stages, weights


def _built(folder: Path, about: Mapping[str, Any], kept: Path, meter: Meter, stage: str) -> None:
    import pyarrow.parquet as pq

    from ibic_pipeline.report import write_report

    shutil.rmtree(folder / "rapport", ignore_errors=True)
    with meter.stage(stage):
        write_report(folder, about, kept)
    meter.count_rows(pq.read_metadata(folder / "jamforelse" / "indikator.parquet").num_rows, stage)


def _weights(folder: Path, places: int) -> dict[str, float]:
    sizes = [path.stat().st_size for path in (folder / "rapport").iterdir()]
    return {
        f"{places} municipalities, pages": len(sizes),
        f"{places} municipalities, largest page in kB": round(max(sizes) / 1000, 1),
    }


def write_larger(release: Path, target: Path, about: Mapping[str, Any], many: int) -> dict[str, Any]:
    """Write the tables of a county of ``many`` municipalities, and give what its manifest says."""
    copies = [(each, number) for number in range(-(-many // len(about["kommuner"]))) for each in about["kommuner"]][
        :many
    ]
    codes: dict[int, list[str]] = {}
    for each, number in copies:
        codes.setdefault(number, []).append(each["kommunkod"])
    (target / "jamforelse").mkdir(parents=True)
    for path in sorted((release / "jamforelse").glob("*.parquet")):
        _copy(path, target / "jamforelse" / path.name, codes)
    named = [
        each | {"kommunkod": _code(each["kommunkod"], number), "namn": f"{each['namn']} {number or ''}".strip()}
        for each, number in copies
    ]
    accounts = [
        row | {"kommunkod": _code(row["kommunkod"], number)}
        for number, some in codes.items()
        for row in about["avstamning"]
        if row["kommunkod"] in some
    ]
    return {**about, "kommuner": named, "avstamning": accounts}


def _code(code: str, number: int) -> str:
    """Another code of four digits for each copy; the first keeps its own."""
    return code if number == 0 else f"{9 - (number // 10)}{number % 10}{code[2:]}"


def _copy(source: Path, target: Path, codes: Mapping[int, list[str]]) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetFile(source) as file, pq.ParquetWriter(target, file.schema_arrow) as writer:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            for part in _parts(table, codes) if "kommunkod" in table.column_names else [table]:
                writer.write_table(part)


def _parts(table: Any, codes: Mapping[int, list[str]]) -> Iterator[Any]:
    """The rows of the county once, and those of each municipality under the code of every copy."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place = table.column_names.index("kommunkod")
    yield table.filter(pc.is_null(table["kommunkod"]))
    for number, some in codes.items():
        part = table.filter(pc.is_in(table["kommunkod"], pa.array(some)))
        named = pa.array([_code(each, number) for each in part["kommunkod"].to_pylist()], pa.string())
        part = part.set_column(place, table.schema.field(place), named)
        for position, field in enumerate(part.schema):
            if pa.types.is_floating(field.type) and number:
                part = part.set_column(position, field, pc.multiply(part[field.name], 1 - number / 1e6))
        yield part
