"""What was found in a municipality's files, gathered into the parts of a profile with the confidence of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ibic_pipeline.errors import IbicError
from ibic_pipeline.extract.names import date_of
from ibic_pipeline.profile import Format
from ibic_pipeline.profiling.facts import Facts, is_blank_word
from ibic_pipeline.profiling.layout import KINDS, Slot
from ibic_pipeline.profiling.match import Candidate, Matched, match_files
from ibic_pipeline.profiling.source import Source, read_sources
from ibic_pipeline.profiling.values import Meaning, answers, are_plain, code_of, meanings
from schemas.codelists import codelist

_DEFAULTS = Format()


@dataclass(frozen=True)
class Draft:
    """Everything that a first draft says of one municipality.

    ``values``: where (``tabell.kolumn`` or the code list) -> what its values mean; ``answers`` likewise for yes and no.
    ``unknown_files``: files in which no table was recognised. ``unsure_encoding``: files whose encoding was guessed.
    """

    kommunkod: str
    namn: str
    folder: str | None
    form: dict[str, Any]
    files: tuple[Matched, ...]
    values: dict[str, Meaning]
    answers: dict[str, dict[str, str]]
    blank: dict[str, tuple[str, ...]]
    municipality: tuple[str, dict[str, str]] | None
    earlier: tuple[str, date | None] | None
    unknown_files: tuple[str, ...] = field(default=())
    unsure_encoding: tuple[str, ...] = field(default=())


def draft_of(paths: Sequence[Path], kommunkod: str) -> Draft:
    """Read the files of one delivery and work out what they hold.

    Raises:
        IbicError: an unknown municipality, a file without a table, or two files that only differ by their dates.
    """
    names = codelist("kommun").set_index("kod")["titel"]
    if kommunkod not in names.index:
        raise IbicError("a municipality's code of four digits", repr(kommunkod), "Give --kommun, for example 0642.")
    sources = [source for path in sorted(paths) for source in read_sources(path)]
    _require_one_delivery(sources)
    shared = _municipality_column(sources)
    matched = match_files([Candidate.of(source, without=shared) for source in sources])
    known = tuple(sorted((each for each in matched if each.score > 0 and each.columns), key=_place))
    values = _values(known)
    return Draft(
        kommunkod,
        str(names[kommunkod]),
        _folder(paths, kommunkod),
        _shared_form(known),
        known,
        values,
        _answers(known),
        _blank(known, values),
        None if shared is None else (shared, _municipalities(sources, shared)),
        _earlier_system(known),
        tuple(each.candidate.source.label.strip() for each in matched if each not in known),
        tuple(source.path.name for source in sources if not source.sure),
    )


def own_form(matched: Matched, shared: dict[str, Any]) -> dict[str, Any]:
    """The file's own format keys: what differs from the shared ones."""
    form = _written(matched.candidate.source.form)
    own = {key: value for key, value in form.items() if shared.get(key) != value}
    return own | {key: getattr(_DEFAULTS, key) for key in shared if key in _PER_FILE and key not in form}


_PER_FILE = ("typ", "kodning", "avgransare", "rader_fore_rubrik", "svans")


def where_of(slot: Slot) -> str:
    """Under which key of ``varden`` the column's values stand."""
    kodlista = slot.meta["kodlista"]
    return f"{slot.tabell}.{slot.kolumn}" if kodlista is None else str(kodlista)


def _require_one_delivery(sources: Sequence[Source]) -> None:
    seen = Counter((source.pattern, source.sheet) for source in sources)
    twice = sorted({pattern for (pattern, _), count in seen.items() if count > 1})
    if twice:
        raise IbicError(
            "the files of one delivery", f"several for {', '.join(twice)}", "Give one file of each kind, the latest."
        )


def _place(matched: Matched) -> tuple[int, str, str]:
    source = matched.candidate.source
    return KINDS.index(matched.kind), source.pattern, source.sheet or ""


def _folder(paths: Sequence[Path], kommunkod: str) -> str | None:
    """The folder under the inbox, where the files lie in one and it is not called as the municipality's code."""
    parents = {path.resolve().parent for path in paths}
    if len(parents) != 1 or date_of((parent := parents.pop()).name) is None:
        return None
    return parent.parent.name if parent.parent.name != kommunkod else None


def _shared_form(files: Sequence[Matched]) -> dict[str, Any]:
    """What most files have in common, and how all of them write days and numbers."""
    forms = [_written(each.candidate.source.form) for each in files]
    found: dict[str, Any] = {}
    for key in _PER_FILE:
        usual = Counter(form.get(key) for form in forms).most_common(1)
        if usual and usual[0][0] is not None:
            found[key] = usual[0][0]
    dates = [each for matched in files for each in _facts(matched, "date")]
    patterns = Counter(pattern for facts in dates for pattern in facts.date_patterns)
    if patterns:
        found["datum"] = [pattern for pattern, _ in patterns.most_common()]
    endless = Counter(text for facts in dates for text in facts.endless)
    if endless:
        found["tills_vidare"] = [text for text, _ in endless.most_common()]
    numbers = [text for matched in files for facts in _facts(matched, "decimal") for text in facts.counts]
    if any("." in text for text in numbers) and not any("," in text for text in numbers):
        found["decimaltecken"] = "."
    return found


def _written(form: dict[str, Any]) -> dict[str, Any]:
    """Keys that a profile must say: those that are not its defaults, and always the encoding."""
    return {
        key: value
        for key, value in form.items()
        if key == "blad" or (key == "kodning" and form["typ"] == "csv") or getattr(_DEFAULTS, key) != value
    }


def _facts(matched: Matched, reading: str) -> list[Facts]:
    return [matched.candidate.facts[local] for slot, local in matched.every_column() if slot.meta["lasning"] == reading]


def _values(files: Sequence[Matched]) -> dict[str, Meaning]:
    """What the values of every code column mean; columns of one code list together."""
    together: dict[str, Counter[str]] = {}
    for matched in files:
        for slot, local in matched.every_column():
            if slot.meta["lasning"] == "code":
                together.setdefault(where_of(slot), Counter()).update(matched.candidate.facts[local].counts)
    return {where: meanings(Facts(counts.total(), counts), where) for where, counts in together.items()}


def _answers(files: Sequence[Matched]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for matched in files:
        for slot, local in matched.every_column():
            if slot.meta["lasning"] == "boolean":
                words = answers(matched.candidate.facts[local])
                if not are_plain(words):
                    found.setdefault(where_of(slot), {}).update(words)
    return found


def _blank(files: Sequence[Matched], values: dict[str, Meaning]) -> dict[str, tuple[str, ...]]:
    """``tabell.kolumn`` -> texts that say nothing, in columns of codes and of days."""
    found: dict[str, set[str]] = {}
    for matched in files:
        for slot, local in matched.every_column():
            if slot.meta["lasning"] in ("code", "date"):
                meaning = values.get(where_of(slot))
                blank = {text for text in matched.candidate.facts[local].counts if is_blank_word(text)}
                if blank := blank - set(meaning.codes if meaning else ()):
                    found.setdefault(f"{slot.tabell}.{slot.kolumn}", set()).update(blank)
    return {where: tuple(sorted(texts)) for where, texts in found.items()}


def _municipality_column(sources: Sequence[Source]) -> str | None:
    """The column that names the municipality, where every file has one and some file names several."""
    names = set.intersection(*(set(source.columns) for source in sources)) if sources else set()
    for name in sorted(names):
        cells = [Facts.of(source.columns[name]) for source in sources]
        if all(not facts.filled or facts.code_shares["kommun"] > 0.9 for facts in cells) and any(
            facts.filled and len(facts.counts) < 300 for facts in cells
        ):
            return name
    return None


def _municipalities(sources: Sequence[Source], column: str) -> dict[str, str]:
    texts = sorted({text for source in sources for text in source.columns[column] if text})
    codes = {text: code_of(text, "kommun")[0] for text in texts}
    return {text: code for text, code in codes.items() if code is not None}


def _earlier_system(files: Sequence[Matched]) -> tuple[str, date | None] | None:
    """The system before the present one, and the first day of the month in which the present one was first used."""
    for matched in files:
        system, begun = (matched.columns.get(Slot("utredning", kolumn)) for kolumn in ("kallsystem", "inledd"))
        if system is None:
            continue
        codes = [code_of(text, "kallsystem")[0] for text in matched.candidate.source.columns[system[0]]]
        earlier = [code for code, _ in Counter(codes).most_common() if code not in (None, "combine")]
        if not earlier:
            return None
        if begun is None:
            return str(earlier[0]), None
        days = matched.candidate.facts[begun[0]].dates
        cells = matched.candidate.source.columns[begun[0]]
        first = min(
            (days[text] for text, code in zip(cells, codes, strict=True) if code == "combine" and text in days),
            default=None,
        )
        return str(earlier[0]), first and first.replace(day=1)
    return None
