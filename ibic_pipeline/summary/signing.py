"""Keys that a municipality signs its summaries with: the private one stays there, the county knows the public one."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home


def signing_key_path(home: Home, kommunkod: str) -> Path:
    """Where the private key lies; it need not exist."""
    return home.nycklar / f"{kommunkod}.signering"


def create_signing_key(home: Home, kommunkod: str) -> Path:
    """Make a private key, readable by its owner only; one that exists is left as it is."""
    path = signing_key_path(home, kommunkod)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode() + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return path


def public_key(home: Home, kommunkod: str) -> str:
    """The public key as the county writes it in its profile of the municipality: base64.

    Raises:
        IbicError: there is no private key, or not one.
    """
    return base64.b64encode(_private_key(home, kommunkod).public_key().public_bytes_raw()).decode()


def sign(home: Home, kommunkod: str, content: bytes) -> bytes:
    """The signature of ``content``: base64 of 64 bytes.

    Raises:
        IbicError: there is no private key, or not one.
    """
    return base64.b64encode(_private_key(home, kommunkod).sign(content))


def is_signed(content: bytes, signature: bytes, public: str) -> bool:
    """Whether ``signature`` (base64) is that of ``content`` by the owner of the public key (base64)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _private_key(home: Home, kommunkod: str) -> Ed25519PrivateKey:
    path = signing_key_path(home, kommunkod)
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(path.read_text(encoding="ascii"), validate=False))
    except OSError:
        found = "none that can be read"
    except (ValueError, binascii.Error):
        found = "something else"
    raise IbicError(
        f"a signing key in {path}",
        found,
        f"Make one with `ibic aggregate key --kommun {kommunkod}`, and give the county the public key that it prints.",
    )
