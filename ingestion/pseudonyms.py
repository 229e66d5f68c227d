"""From personnummer to pseudonym: the boundary that no personnummer passes.

Belongs here: reading a personnummer in its spellings, what is derived from it before it is forgotten (sex, month of
birth), the keyed hash, and the key.
Does not belong here: which columns hold persons (`contracts`), replacing the key (`rekeying`), who has been erased (`erasure`).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.durable import create_text
from ingestion.failures import PermanentFailure
from ingestion.findings import PERSONNUMMER

if TYPE_CHECKING:
    from ingestion.erasure import Tombstones
    from ingestion.rekeying import KeyMap

KEY_VARIABLE = "GENOMLYSNING_PSEUDONYM_KEY"
NEXT_KEY_VARIABLE = "GENOMLYSNING_PSEUDONYM_KEY_NEXT"
KEY_BYTES = 32

_SPELLING = re.compile(
    r"^(?P<century>18|19|20)?(?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})(?P<sign>[-+ ]?)(?P<serial>\d{4}|[A-Z]\d{3}|\d{2}[A-Z]\d)$"
)
_COORDINATION = 60
_CENTURY = 100


class WrongKey(PermanentFailure):
    """Persons in the lake were hashed with another key than the one at hand; going on would break every join over time."""


@dataclass(frozen=True)
class Person:
    """What is kept of a person: keyed hash, K/M (None for a reservnummer that does not tell), first day of the birth month."""

    person_id: str
    gender: str | None
    birth_month: date


class Pseudonymiser:
    """Turns personnummer into `Person` under one secret key.

    key_map: while the key is being replaced, what each pseudonym will be under the next one. erased: who must not come back.
    """

    def __init__(self, key: bytes, key_map: KeyMap | None = None, erased: Tombstones | None = None) -> None:
        """key: 32 secret bytes, one key per deployment."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"the pseudonym key must be {KEY_BYTES} bytes, found {len(key)}")
        self._key = key
        self.key_id = key_id(key)
        self.key_map = key_map
        self.erased = erased

    def person(self, personnummer: str, on: date) -> Person | None:
        """The person behind a personnummer, samordningsnummer or reservnummer as of `on`; None if it is none of them.

        Ten and twelve digits, with or without sign, give the same person. Check digits are verified (not of
        reservnummer, which have letters and no check digit).
        """
        number = canonical(personnummer, on)
        if number is None:
            return None
        gender = ("M" if int(number[10]) % 2 else "K") if number[10].isdigit() else None
        return Person(pseudonym(self._key, number), gender, date(int(number[:4]), int(number[4:6]), 1))


def key_id(key: bytes) -> str:
    """What names a key without telling it."""
    return hmac.new(key, b"key-id", hashlib.sha256).hexdigest()[:8]


def pseudonym(key: bytes, number: str) -> str:
    """The keyed hash that stands for a person. number: as `canonical` writes it."""
    return hmac.new(key, number.encode("ascii"), hashlib.sha256).hexdigest()[:32]


def canonical(personnummer: str, on: date) -> str | None:
    """The one spelling of a personnummer, samordningsnummer or reservnummer as of `on` (twelve characters); None if it is none."""
    match = _SPELLING.match(personnummer.strip().upper())
    if match is None:
        return None
    serial = match["serial"]
    day = int(match["day"]) % _COORDINATION if int(match["day"]) > _COORDINATION else int(match["day"])
    month, year = int(match["month"]), _full_year(match, on)
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1] or date(year, month, day) > on:
        return None
    if serial.isdigit() and not _luhn(match["year"] + match["month"] + match["day"] + serial):
        return None
    return f"{year:04d}{match['month']}{match['day']}{serial}"


def holds_personnummer(text: str) -> bool:
    """Whether `text` holds ten or twelve digits that are a personnummer or samordningsnummer, check digit included."""
    numbers = (re.sub(r"\D", "", match[0])[-10:] for match in PERSONNUMMER.finditer(text))
    return any(_luhn(number) for number in numbers)


def load_key(path: Path, variable: str = KEY_VARIABLE) -> bytes:
    """The deployment's key: from the environment (hexadecimal), else from the key file, which is made on first use.

    Raises ValueError (without quoting the key) if what is there is not a key.
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
        raise ValueError(f"{origin} does not hold a pseudonym key: expected {2 * KEY_BYTES} hexadecimal digits.")
    return key


def _full_year(match: re.Match[str], on: date) -> int:
    """The birth year: given, or the latest that is not after `on` (a plus sign: a hundred years earlier)."""
    if match["century"]:
        return int(match["century"] + match["year"])
    year = on.year - on.year % _CENTURY + int(match["year"])
    if year > on.year:
        year -= _CENTURY
    return year - _CENTURY if match["sign"] == "+" else year


def _luhn(ten_digits: str) -> bool:
    doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(ten_digits))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
