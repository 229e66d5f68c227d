"""From personnummer to pseudonym: the boundary that no personnummer passes.

Belongs here: what is derived from a number before it is forgotten (sex, month of birth), and the keyed hash. Does not
belong here: reading a number (`personnummer`), which columns hold persons (`contracts`), the keys (`keys`), replacing
the key (`key_map`), who has been erased (`tombstones`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ingestion.privacy.keys import KEY_BYTES, NotAKey, key_id, pseudonym
from ingestion.privacy.personnummer import Reading, read_number

if TYPE_CHECKING:
    from ingestion.privacy.key_map import KeyMap
    from ingestion.privacy.tombstones import Tombstones

_TELLS_SEX = re.compile(r"\d{8}(?:[0-9A-JLN-WYZ]\d{3}|[A-Z]{2}\d\d|K\d[02468]\d|M\d[13579]\d)", re.ASCII)
"""By the third character of the four. Some regions write K, M or X as the first instead: where the two disagree,
neither counts.
"""


@dataclass(frozen=True)
class Person:
    """What is kept of a person: keyed hash, K/M (None for a reservnummer that does not tell), first day of the birth
    month.
    """

    person_id: str
    gender: str | None
    birth_month: date


class Pseudonymiser:
    """Turns personnummer into `Person` under one secret key.

    key_map: while the key is being replaced, what each pseudonym will be under the next one. erased: who must not come
    back.
    """

    def __init__(self, key: bytes, key_map: KeyMap | None = None, erased: Tombstones | None = None) -> None:
        """key: 32 secret bytes, one key per deployment."""
        if len(key) != KEY_BYTES:
            raise NotAKey(f"the pseudonym key must be {KEY_BYTES} bytes, found {len(key)}")
        self._key = key
        self.key_id = key_id(key)
        self.key_map = key_map
        self.erased = erased

    def person(self, personnummer: str, on: date) -> Person | None:
        """The person behind a personnummer, samordningsnummer or reservnummer as of `on`; None if it is none of them.

        Ten and twelve digits, with or without sign, give the same person. `read_number` says what is wrong with a
        number.
        """
        return self.person_of(read_number(personnummer, on))

    def person_of(self, reading: Reading) -> Person | None:
        """The person of a number that has been read."""
        number, born = reading.number, reading.birth_month
        if number is None or born is None:
            return None
        gender = ("M" if int(number[10]) % 2 else "K") if _TELLS_SEX.fullmatch(number) else None
        return Person(pseudonym(self._key, number), gender, born)
