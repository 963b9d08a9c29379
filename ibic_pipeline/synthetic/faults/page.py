"""The catalogue as a page for those who deliver: what each kind of fault looks like, and what becomes of it.

``python -m ibic_pipeline.synthetic.faults.page`` writes ``docs/felkatalog.md``.
"""

from __future__ import annotations

from pathlib import Path

from ibic_pipeline.storage import write_text
from ibic_pipeline.synthetic.faults.catalogue import KINDS, Kind
from ibic_pipeline.synthetic.faults.plant import fault_codes
from ibic_pipeline.synthetic.faults.records import DUPLICATE
from schemas.rulebook import every_rule

PAGE = Path(__file__).parents[3] / "docs" / "felkatalog.md"

OUTCOMES = {
    "reparera": "repareras",
    "varna": "flaggas",
    "avvisa": "avvisas",
    "stoppa": "stoppar leveransen",
}
"""Severity of a rule -> what becomes of what breaks it."""
READ = "läses"
COUNTED = "räknas som dubblett"

_INTRODUCTION = """# Felkatalog

Den här sidan är genererad ur koden (`python -m ibic_pipeline.synthetic.faults.page`).

Det här är de fel som vi vet att uttag har, eller som officiella svenska filer har. För varje slag står hur det ser ut
och vad som händer när det kommer i en leverans. Ett fel repareras bara när det går att läsa på ett enda sätt; annars
flaggas eller avvisas raden, eller så avvisas hela leveransen. Varje fel går att lägga i det påhittade länets
leveranser: `ibic synth --fault NAMN`. Testerna gör det i alla tretton kommuners layouter.

| vad som händer | betyder |
|---|---|
| läses | formen är vanlig, och värdet läses som om inget vore |
| repareras | värdet läses; reparationen räknas i avstämningen |
| flaggas | raden är med, och den som tar emot ser varningen |
| avvisas | raden är inte med; den står i karantänen under sin regel |
| stoppar leveransen | inget av leveransen används; förra leveransen gäller |
| räknas som dubblett | raden läses en gång |
"""


def outcomes(fault: str) -> list[tuple[str, str]]:
    """What becomes of a fault: (outcome, code) for each of its codes; without a code when it is read or counted."""
    codes = fault_codes()[fault]
    rules = every_rule()
    found = [(OUTCOMES[rules[code].severity], code) for code in codes]
    return found or [(COUNTED if fault == DUPLICATE else READ, "")]


def page() -> str:
    """The page in Markdown."""
    lines = [_INTRODUCTION]
    numbered = [kind for kind in KINDS if kind.source.isdecimal()]
    lines += ["## De trettio slagen", ""]
    for kind in numbered:
        lines += _section(f"{kind.source}. {kind.title}", kind)
    lines += ["## Fel i officiella svenska filer", ""]
    for kind in KINDS:
        if not kind.source.isdecimal():
            lines += _section(f"{kind.source}: {kind.title}", kind)
    lines += ["## Reglerna", "", "| kod | vad som sägs |", "|---|---|"]
    used = sorted({code for kind in KINDS for fault in kind.faults for code in fault_codes()[fault]})
    lines += [f"| {code} | {_cell(every_rule()[code].message)} |" for code in used]
    return "\n".join(lines) + "\n"


def _section(title: str, kind: Kind) -> list[str]:
    rows = []
    for fault in kind.faults:
        found: dict[str, list[str]] = {}
        for outcome, code in outcomes(fault):
            found.setdefault(outcome, []).append(code)
        rows += [f"| `{fault}` | {outcome} | {', '.join(codes)} |" for outcome, codes in found.items()]
    return [
        f"### {title}",
        "",
        f"Ser ut som: {kind.looks}",
        "",
        "| fel | vad som händer | kod |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    write_text(page(), PAGE)
