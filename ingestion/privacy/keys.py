"""The secret keys of a deployment, and the keyed hash that stands for a person.

Belongs here: finding or making a key, naming it without telling it. Does not belong here: replacing it (`key_map`,
`lake.rekeying`).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from ingestion.durable import create_text
from ingestion.failures import PermanentFailure

KEY_VARIABLE = "GENOMLYSNING_PSEUDONYM_KEY"
NEXT_KEY_VARIABLE = "GENOMLYSNING_PSEUDONYM_KEY_NEXT"
KEY_BYTES = 32


class NotAKey(PermanentFailure, ValueError):
    """What should be a key is none; the message never quotes it."""


class WrongKey(PermanentFailure):
    """Persons in the lake were hashed with another key than the one at hand; going on would break every join over time."""


def key_id(key: bytes) -> str:
    """What names a key without telling it."""
    return hmac.new(key, b"key-id", hashlib.sha256).hexdigest()[:8]


def pseudonym(key: bytes, number: str) -> str:
    """The keyed hash that stands for a person. number: as `canonical` writes it."""
    return hmac.new(key, number.encode("ascii"), hashlib.sha256).hexdigest()[:32]


def load_key(path: Path, variable: str = KEY_VARIABLE) -> bytes:
    """The deployment's key: from the environment (hexadecimal), else from the key file, which is made on first use.

    Raises NotAKey if what is there is not a key.
    """
    text = os.environ.get(variable)
    origin = variable
    if text is None:
        origin = str(path)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            create_text(path, secrets.token_hex(KEY_BYTES) + "\n")
        text = path.read_text(encoding="ascii")
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise NotAKey(f"{origin} does not hold a pseudonym key: expected {2 * KEY_BYTES} hexadecimal digits.")
    return key
