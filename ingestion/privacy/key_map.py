"""The map from old pseudonyms to new ones, made while personnummer pass by and kept encrypted until the key is
replaced.

Belongs here: the map. Does not belong here: how far it reaches in the lake, and the rewriting of loads with it
(`lake.rekeying`).
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ingestion.durable import replacing
from ingestion.privacy.keys import key_id, pseudonym


class KeyMap:
    """Old pseudonym to new, encrypted at rest under the next key, one file for each delivery that passed by."""

    def __init__(self, folder: Path, next_key: bytes) -> None:
        """folder: beside the keys, never in the lake. next_key: the key that replaces the one in force."""
        self.folder = folder
        self.next_key = next_key
        derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"genomlysning key map").derive(next_key)
        self._cipher = Fernet(base64.urlsafe_b64encode(derived))

    @property
    def next_key_id(self) -> str:
        """The id of the key that the map leads to."""
        return key_id(self.next_key)

    def remember(self, numbers: Iterable[tuple[str, str]]) -> None:
        """Add people: (canonical personnummer, pseudonym under the key in force). The personnummer itself is not kept."""
        pairs = {old: pseudonym(self.next_key, number) for number, old in numbers}
        if not pairs:
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing(self.folder / f"{secrets.token_hex(8)}.map", mode=0o600) as file:
            file.write(self._cipher.encrypt(json.dumps(pairs).encode("ascii")))

    def read(self) -> dict[str, str]:
        """The whole map."""
        pairs: dict[str, str] = {}
        for path in sorted(self.folder.glob("*.map")):
            pairs |= json.loads(self._cipher.decrypt(path.read_bytes()))
        return pairs

    def destroy(self) -> None:
        """Remove the map; without it no old pseudonym leads to a new one."""
        shutil.rmtree(self.folder, ignore_errors=True)
