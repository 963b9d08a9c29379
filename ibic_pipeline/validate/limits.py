"""When a delivery is refused as a whole because of its numbers: no rows, too few rows, too many of them quarantined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.errors import DeliveryRefused
from ibic_pipeline.harmonise import HarmonisedFile
from ibic_pipeline.profile import Del, Profil
from ibic_pipeline.validate.delivery import Validated
from schemas import CONTRACTS
from schemas.delivery_rules import EXCLUDED_BY_CORRECTION, UNKNOWN_MUNICIPALITY, refusal

HEAD_EXPORTS = ("utredning", "beslut")
"""Without any row in the first file of these there is nothing to evaluate; the other exports may be empty."""

ROWS_TO_JUDGE_AN_EXPORT = 50
"""In a smaller export one refused decision and its children are a large share; only the whole delivery is judged."""

WHOLE = "hela leveransen"


def check_limits(
    files: Sequence[HarmonisedFile], validated: Validated, previous: pa.Table | None, profil: Profil
) -> None:
    """Compare a delivery's numbers with the profile's limits and with the accounting of last time.

    Exports are compared, since file names change from one delivery to the next.

    Raises:
        DeliveryRefused: LEV-005, LEV-006 or LEV-009; every reason found.
    """
    reasons = [
        *_without_rows(files),
        *_far_fewer(_rows_per_export(validated.avstamning), previous, profil),
        *_too_many_refused(files, validated, profil),
    ]
    if reasons:
        raise DeliveryRefused(reasons)


def _without_rows(files: Sequence[HarmonisedFile]) -> list[tuple[str, str]]:
    """The head files in which the municipality has no readable row of its own."""
    heads = (_heads_of(export, files) for export in HEAD_EXPORTS)
    empty = [each[0].file.name for each in heads if each and all(file.unknown_municipality.all() for file in each)]
    return [refusal("LEV-009", f"ingen läsbar rad i {' och '.join(dict.fromkeys(empty))}")] if empty else []


def _heads_of(export: str, files: Sequence[HarmonisedFile]) -> list[HarmonisedFile]:
    """The first file of an export; with one sheet per unit, every sheet that the same lines of the profile ask for."""
    own = [file for file in files if file.file.export == export]
    return [each for each in own if _asked(each) == _asked(own[0])]


def _asked(file: HarmonisedFile) -> tuple[str, tuple[Del, ...]]:
    return file.file.fil.monster, file.file.fil.delar


def _far_fewer(read: Counter[str], previous: pa.Table | None, profil: Profil) -> list[tuple[str, str]]:
    before = Counter() if previous is None else _rows_per_export(previous)
    return [
        refusal("LEV-005", f"{read[export]} rader i {export}, mot {rows} förra gången")
        for export, rows in before.items()
        if read[export] < profil.leverans.lagsta_andel_av_forra * rows
    ]


def _too_many_refused(files: Sequence[HarmonisedFile], validated: Validated, profil: Profil) -> list[tuple[str, str]]:
    """Rows of unknown municipality are nobody's, so they count neither as read nor as refused."""
    read, refused = Counter[str](), Counter[str]()
    own_faults = _rows_with_own_faults(validated.karantan)
    for file in files:
        read[file.file.export] += file.read - int(file.unknown_municipality.sum())
        refused[file.file.export] += own_faults[file.file.name]
    judged = {export: (refused[export], rows) for export, rows in read.items() if rows >= ROWS_TO_JUDGE_AN_EXPORT}
    judged[WHOLE] = refused.total(), read.total()
    return [
        refusal("LEV-006", f"{count} av {rows} rader avvisade i {what}")
        for what, (count, rows) in judged.items()
        if count > profil.leverans.hogsta_andel_karantan * rows
    ]


def _rows_with_own_faults(karantan: pa.Table) -> Counter[str]:
    """Per file, the quarantined rows that break a rule themselves and not only belong to a refused row."""
    own = karantan.filter(pc.invert(pc.is_in(karantan["regel"], value_set=pa.array(_of_others()))))
    rows = own.group_by(["kallfil", "kallrad"], use_threads=False).aggregate([])
    return Counter(rows["kallfil"].to_pylist())


@cache
def _of_others() -> list[str]:
    """Rules that a row breaks because another row was refused, or that tell nothing of this municipality."""
    cascades = [f"{each.prefix()}-{parent.refused:03d}" for each in CONTRACTS.values() for parent in each.parents()]
    test_people = [rule.code for each in CONTRACTS.values() for rule in each.rules() if rule.kind == "testperson"]
    return [*cascades, *test_people, UNKNOWN_MUNICIPALITY, EXCLUDED_BY_CORRECTION]


def _rows_per_export(avstamning: pa.Table) -> Counter[str]:
    rows: Counter[str] = Counter()
    for export, read in zip(avstamning["export"].to_pylist(), avstamning["last"].to_pylist(), strict=True):
        rows[export] += read
    return rows
