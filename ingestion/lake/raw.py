"""Accepted files kept as they came, encrypted: for boards that must be able to show what was delivered.

Belongs here: keeping, listing and reading back. Does not belong here: whether files are kept
(`orchestration.settings`), when their time is over (`retention`). Without a key nothing is kept: an accepted file is
removed from the inbox.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from ingestion.durable import private_folder, replacing
from ingestion.failures import PermanentFailure

CHUNK_BYTES = 4 << 20
SUFFIX = ".encrypted"
_END = b"end"


class RawUnreadable(PermanentFailure):
    """A kept file cannot be read back: another key, or the file was changed or cut off."""


class KeptRaw:
    """Kept files in `<root>/<source>/<municipality>/<moment>-<random>/<file>.encrypted`, in tokens of a few megabytes
    each.

    Every token says its number, and the last one that it is the last: a file that lost or swapped some is not read back
    as whole.
    """

    def __init__(self, root: Path, key_file: Path | None) -> None:
        """key_file: a Fernet key (`genomlysning raw key`); None: accepted files are not kept."""
        self.root = root
        self._key_file = key_file

    def dispose(self, path: Path, source: str, municipality_id: str) -> None:
        """Take an accepted file out of the inbox: keep it encrypted if there is a key, then remove it."""
        if self._key_file is not None:
            self._keep(path, source, municipality_id)
        path.unlink()

    def _keep(self, path: Path, source: str, municipality_id: str) -> None:
        cipher = self._cipher()
        folder = self.root / source / municipality_id / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        private_folder(folder)
        with path.open("rb") as plain, replacing(folder / f"{path.name}{SUFFIX}", mode=0o600) as kept:
            number = 0
            while chunk := plain.read(CHUNK_BYTES):
                kept.write(cipher.encrypt(b"%d:" % number + chunk) + b"\n")
                number += 1
            kept.write(cipher.encrypt(b"%d:" % number + _END) + b"\n")

    def all(self) -> list[Path]:
        """Every kept file, oldest first within source and municipality."""
        return sorted(self.root.glob(f"*/*/*/*{SUFFIX}"))

    def read(self, kept: Path) -> Iterator[bytes]:
        """The file as it came, in chunks. Raises RawUnreadable."""
        cipher, expected, ended = self._cipher(), 0, False
        with kept.open("rb") as file:
            for token in file:
                try:
                    number, _, chunk = cipher.decrypt(token.rstrip(b"\n")).partition(b":")
                except InvalidToken:
                    raise RawUnreadable(f"{kept}: not encrypted with this key, or changed since") from None
                if int(number) != expected or ended:
                    raise RawUnreadable(f"{kept}: its parts are not in order")
                expected += 1
                ended = chunk == _END
                if not ended:
                    yield chunk
        if not ended:
            raise RawUnreadable(f"{kept}: cut off")

    @contextmanager
    def opened(self, kept: Path) -> Iterator[Path]:
        """The file as it came, as a temporary file of the owner's beside the kept ones, gone afterwards."""
        with tempfile.NamedTemporaryFile(dir=self.root, prefix=".plain-") as plain:
            for chunk in self.read(kept):
                plain.write(chunk)
            plain.flush()
            yield Path(plain.name)

    def _cipher(self) -> Fernet:
        if self._key_file is None:
            raise RawUnreadable(f"{self.root}: files are kept there, and no key is set (GENOMLYSNING_RAW_KEY_FILE)")
        try:
            return Fernet(self._key_file.read_text(encoding="ascii").strip())
        except ValueError:
            raise RawUnreadable(f"{self._key_file} holds no key. Make one with: genomlysning raw key") from None
