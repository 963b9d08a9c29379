"""A checksum inside a JSON file over all of it, so that a single changed bit in the file shows by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ibic_pipeline.storage import json_text, sha256_of_json

SEAL = "kontrollsumma"


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with its checksum among its keys."""
    plain = json.loads(json_text({key: value for key, value in content.items() if key != SEAL}))
    return {**plain, SEAL: sha256_of_json(plain)}


def read_sealed(path: Path) -> dict[str, Any] | None:
    """The content of a sealed file; None when the file is not, byte for byte, what was sealed.

    Raises:
        OSError: the file cannot be read.
    """
    raw = path.read_bytes()
    try:
        content = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(content, dict) or raw != json_text(sealed(content)).encode() or content != sealed(content):
        return None
    return content
