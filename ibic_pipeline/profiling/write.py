"""A draft as the text of a profile: confidence beside every line, and TODO where a person must look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ibic_pipeline.extract.names import mask
from ibic_pipeline.profiling.draft import Draft, own_form, where_of
from ibic_pipeline.profiling.layout import FOLLOWS_THE_TEXT, KINDS, Slot
from ibic_pipeline.profiling.match import SURE, Columns, Matched
from ibic_pipeline.profiling.values import code_of, is_a_code
from ibic_pipeline.profiling.yamltext import Lines
from schemas import CONTRACTS, EXPORTS

_SURE_VALUE = 0.85
_SUREST = 0.99
"""A guess is never certain."""
_HEAD = (
    "Utkast till profil för {namn}, gjort ur rubriker och värden av `ibic profile suggest`.",
    "Procenten är hur säker gissningen är; TODO är det som en människa ska avgöra. Läs hela filen innan den används.",
)


def as_yaml(draft: Draft) -> str:
    """The text of ``kommuner/<kod>.yaml``."""
    lines = Lines()
    for text in _HEAD:
        lines.note(0, text.format(namn=draft.namn))
    for label in draft.unknown_files:
        lines.note(0, f"TODO: i {mask(label)} kändes ingen tabell igen.")
    for name in draft.unsure_encoding:
        lines.note(0, f"TODO: teckenkodningen i {mask(name)} är gissad; kontrollera att å, ä och ö blir rätt.")
    _about(lines, draft)
    _delivery(lines, draft)
    lines.put(0, "format")
    for key, value in draft.form.items():
        lines.put(1, key, value)
    _exports(lines, draft)
    _values(lines, draft)
    _ignored(lines, draft)
    return lines.text()


def _about(lines: Lines, draft: Draft) -> None:
    lines.put(0, "kommunkod", draft.kommunkod)
    lines.put(0, "namn", draft.namn)
    lines.put(0, "kontakt", "TODO", "TODO: vem som svarar på frågor om leveransen, som roll")
    lines.put(0, "individniva")
    lines.put(1, "publicering", "lokal", "TODO: lan när nämnden har beslutat att rader får lämnas till länet")
    lines.put(1, "rattslig_grund", "TODO", "TODO: den rättsliga grunden i ord")
    lines.put(0, "kallsystem")
    lines.put(1, "nuvarande", "combine", "TODO: kontrollera")
    if draft.earlier is not None:
        system, day = draft.earlier
        lines.put(1, "tidigare", system, "90 %: står i utredningarna")
        if day is not None:
            lines.put(1, "migrerad", day, "TODO 60 %: månaden för den första utredningen i det nuvarande systemet")
        lines.note(1, "TODO ej_observerbart: [folja_upp, journal, genomforandeplan, maluppfyllelse], det som saknas i")
        lines.note(1, "det tidigare systemet. Utan raden räknas det som inte gjort.")
    lines.note(
        0, "TODO frister: {gp_frist_dagar: …, uppfoljning_dagar: …}, om kommunen har egna; annars gäller länets."
    )


def _delivery(lines: Lines, draft: Draft) -> None:
    if draft.folder is None and draft.municipality is None:
        return
    lines.put(0, "leverans")
    if draft.folder is not None:
        lines.put(1, "mapp", draft.folder, "mappen som filerna låg i")
    if draft.municipality is not None:
        column, codes = draft.municipality
        lines.put(1, "kommunkolumn", column, "95 %: kommuner står i kolumnen")
        lines.put(1, "kommunvarden")
        for text, code in codes.items():
            lines.put(2, text, code)
        lines.put(1, "ansvarig", draft.kommunkod, "TODO: vem som svarar för rader vars kommun inte går att läsa")


def _exports(lines: Lines, draft: Draft) -> None:
    lines.put(0, "exporter")
    for export in EXPORTS:
        files = [each for each in draft.files if each.kind.export == export]
        if not files:
            lines.put(1, export, [], "TODO: ingen fil gavs")
            continue
        lines.put(1, export)
        for matched in files:
            _file(lines, matched, draft)


def _file(lines: Lines, matched: Matched, draft: Draft) -> None:
    lines.put(2, "monster", matched.candidate.source.pattern, item=True)
    form = own_form(matched, draft.form)
    if form:
        lines.put(3, "format", form)
    if matched.left:
        lines.note(3, f"TODO: används inte: {', '.join(mask(name) for name in matched.left)}")
    lines.put(3, "delar")
    for tabell, fraga, columns in _parts(matched):
        _part(lines, matched, tabell, fraga, columns)


def _parts(matched: Matched) -> list[tuple[str, str | None, Columns]]:
    """The tables in the file with their columns, the head first.

    One part per question where answers stand in columns of their own, and one per row of a table that stands several
    times on each row of the file.
    """
    found: list[tuple[str, str | None, Columns]] = []
    for tabell in (matched.kind.head, *matched.kind.others):
        columns = matched.of(tabell)
        asked = sorted({slot.fraga for slot in columns if slot.fraga})
        if asked:
            found += [(tabell, fraga, columns) for fraga in asked]
        elif columns or (tabell == "individ" and Slot(matched.kind.head, "individ_id") in matched.columns):
            found += [(tabell, None, each) for each in (columns, *matched.repeats_of(tabell))]
    return found


def _part(lines: Lines, matched: Matched, tabell: str, fraga: str | None, columns: Columns) -> None:
    lines.put(4, "tabell", tabell, item=True)
    lines.put(5, "kolumner")
    found = {slot.kolumn: each for slot, each in columns.items() if slot.fraga == fraga or slot.is_link}
    links = {slot.kolumn: each for slot, each in matched.of(matched.kind.head).items() if slot.is_link}
    declared = CONTRACTS[tabell].own_columns()
    for kolumn in declared:
        source = FOLLOWS_THE_TEXT.get((tabell, kolumn), kolumn)
        each = found.get(source) or (links.get(source) if _is_own_link(tabell, source, matched) else None)
        if each is not None:
            lines.put(6, kolumn, each[0], _percent(each[1], SURE))
    constants = _constants(matched, tabell, fraga)
    if constants:
        lines.put(5, "konstanter")
        for kolumn, (code, comment) in constants.items():
            lines.put(6, kolumn, code, comment)
    missing = [
        kolumn
        for kolumn, column in declared.items()
        if column.metadata["saknas"] == "avvisa" and kolumn not in {*found, *links, *constants}
    ]
    for kolumn in missing:
        lines.note(5, f"TODO: {kolumn} hittades inte; utan den avvisas raderna.")


def _is_own_link(tabell: str, kolumn: str, matched: Matched) -> bool:
    """Whether a part names its row of the head by this column."""
    head = matched.kind.head
    key = set(CONTRACTS[head].key()) if matched.kind.parent is None else {matched.kind.parent}
    return tabell == head or kolumn in (key | {"individ_id"} if tabell == "individ" else key)


def _constants(matched: Matched, tabell: str, fraga: str | None) -> dict[str, tuple[str, str]]:
    """What is the same on every row: the question of a column, and what the name of the file tells."""
    found = {slot.kolumn for slot in matched.of(tabell)}
    if fraga is not None:
        return {"fraga": (fraga, "80 %")}
    if tabell == "utredning" and "kallsystem" not in found:
        return {"kallsystem": ("combine", "TODO 60 %: ingen kolumn säger det")}
    if tabell == "uppfoljning" and "kanal" not in found:
        code, confidence = code_of(matched.candidate.source.label.strip(), "kanal")
        if code is not None:
            return {"kanal": (code, _percent(confidence, SURE))}
    return {}


def _values(lines: Lines, draft: Draft) -> None:
    lines.put(0, "varden")
    order = dict.fromkeys(
        where_of(slot) for kind in KINDS for slot in kind.slots if slot.meta["lasning"] in ("code", "boolean")
    )
    for where in order:
        meaning = draft.values.get(where)
        if where in draft.answers:
            lines.put(1, where)
            _pairs(lines, ((text, answer, 1.0) for text, answer in draft.answers[where].items()))
        if meaning is None:
            continue
        codes = [(text, code, sure) for text, (code, sure) in meaning.codes.items() if not is_a_code(text, where)]
        if codes:
            lines.put(1, where)
            _pairs(lines, codes)
        elif meaning.unknown or meaning.hidden:
            lines.put(1, where, {})
        for text in meaning.unknown:
            lines.note(2, f"TODO: {text}: kod i listan {where}, eller raden under ignoreras")
        if meaning.hidden:
            lines.note(
                2, f"TODO: {meaning.hidden} värden utan kod visas inte här, eftersom de kan vara uppgifter om någon"
            )
    if lines.found[-1] == "varden:":
        lines.found[-1] = "varden: {}"


def _pairs(lines: Lines, pairs: Iterable[tuple[str, Any, float]]) -> None:
    for text, code, sure in pairs:
        lines.put(2, text, code, "" if sure == 1 else _percent(sure, _SURE_VALUE))


def _ignored(lines: Lines, draft: Draft) -> None:
    if draft.blank:
        lines.put(0, "ignoreras")
    for where, texts in draft.blank.items():
        lines.put(1, where)
        lines.put(2, "varden", list(texts), "TODO 70 %: ser ut att betyda att inget är angivet")
        lines.put(2, "skal", "TODO", "TODO: varför värdet inte säger något")


def _percent(confidence: float, sure: float) -> str:
    return f"{'' if confidence >= sure else 'TODO '}{min(confidence, _SUREST) * 100:.0f} %"
