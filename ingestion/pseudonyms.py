"""From personnummer to pseudonym: the boundary that no personnummer passes.

Belongs here: reading a personnummer in its spellings, what is derived from it before it is forgotten (sex, month of
birth), the keyed hash, and the key.
Does not belong here: which columns hold persons (`contracts`).
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

from ingestion.findings import PERSONNUMMER

KEY_VARIABLE = "GENOMLYSNING_PSEUDONYM_KEY"
KEY_BYTES = 32

_SPELLING = re.compile(
    r"^(?P<century>18|19|20)?(?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})(?P<sign>[-+ ]?)(?P<serial>\d{4}|[A-Z]\d{3}|\d{2}[A-Z]\d)$"
)
_COORDINATION = 60
_CENTURY = 100


@dataclass(frozen=True)
class Person:
    """What is kept of a person: keyed hash, K/M (None for a reservnummer that does not tell), first day of the birth month."""

    person_id: str
    gender: str | None
    birth_month: date


class Pseudonymiser:
    """Turns personnummer into `Person` under one secret key."""

    def __init__(self, key: bytes) -> None:
        """key: 32 secret bytes, one key per deployment."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"the pseudonym key must be {KEY_BYTES} bytes, found {len(key)}")
        self._key = key
        self.key_id = hmac.new(key, b"key-id", hashlib.sha256).hexdigest()[:8]

    def person(self, personnummer: str, on: date) -> Person | None:
        """The person behind a personnummer, samordningsnummer or reservnummer as of `on`; None if it is none of them.

        Ten and twelve digits, with or without sign, give the same person. Check digits are verified (not of
        reservnummer, which have letters and no check digit).
        """
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
        canonical = f"{year:04d}{match['month']}{match['day']}{serial}"
        digest = hmac.new(self._key, canonical.encode("ascii"), hashlib.sha256).hexdigest()[:32]
        gender = ("M" if int(serial[2]) % 2 else "K") if serial[2].isdigit() else None
        return Person(digest, gender, date(year, month, 1))


def holds_personnummer(text: str) -> bool:
    """Whether `text` holds ten or twelve digits that are a personnummer or samordningsnummer, check digit included."""
    numbers = (re.sub(r"\D", "", match[0])[-10:] for match in PERSONNUMMER.finditer(text))
    return any(_luhn(number) for number in numbers)


def load_key(path: Path) -> bytes:
    """The deployment's key: from the environment (hexadecimal), else from the key file, which is made on first use.

    Raises ValueError (without quoting the key) if what is there is not a key.
    """
    text = os.environ.get(KEY_VARIABLE)
    origin = KEY_VARIABLE
    if text is None:
        origin = str(path)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(KEY_BYTES) + "\n")
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
