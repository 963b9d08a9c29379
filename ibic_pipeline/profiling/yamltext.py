"""A YAML document built line by line, because a draft needs a comment on nearly every line."""

from __future__ import annotations

import yaml


def scalar(value: object) -> str:
    """A value as it stands in YAML, quoted where it would be read as something else."""
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000).strip()
    return text.removesuffix("\n...").strip()


class Lines:
    """The lines so far; a class because depth and lines go together."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def put(self, depth: int, key: str, value: object = None, comment: str = "", *, item: bool = False) -> None:
        """``key: value  # comment``; without a value the line opens a mapping or a list."""
        written = f"{scalar(key)}:" if value is None else f"{scalar(key)}: {scalar(value)}"
        lead = "  " * depth + ("- " if item else "")
        self.found.append(f"{lead}{written}" + (f"  # {comment}" if comment else ""))

    def note(self, depth: int, text: str) -> None:
        """A line of comment."""
        self.found.append("  " * depth + f"# {text}")

    def text(self) -> str:
        """The document."""
        return "\n".join(self.found) + "\n"
