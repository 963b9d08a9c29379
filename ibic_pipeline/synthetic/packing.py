"""Files of a delivery in an archive; equal in, equal out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
ARCHIVE = "leverans.zip"
BOMB = "bilagor.zip"
BOMB_BYTES = 40 << 20
"""Zeros that are packed a thousand times: what a reader without bounds would unpack."""


def packed(contents: Mapping[str, bytes]) -> bytes:
    """An archive of files by name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
