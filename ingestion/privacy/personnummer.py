"""The number of a person: personnummer, samordningsnummer and reservnummer, in the spellings that systems and people
give them.

Belongs here: reading one, and why a text is none. Does not belong here: what becomes of it (`pseudonyms`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from ingestion.findings import PERSONNUMMER

_SPELLING = re.compile(
    r"(?P<century>\d{2})?(?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})(?P<sign>[-+]?)(?P<serial>[0-9A-Z]{4})", re.ASCII
)
_MISTYPED = re.compile(r"[OI]\d{3}|\d[OIL]\d\d|\d\d[OIL]\d|\d{3}[OIL]", re.ASCII)
"""The letters that are taken for 0 and 1: no reservnummer has them there."""
_ORGANISATION = re.compile(r"(?:16)?(\d\d[2-9]\d{3})-?(\d{4})", re.ASCII)
_OF_STOCKHOLM = re.compile(r"99\d{6}-?\d{4}", re.ASCII)
_AS_A_NUMBER = re.compile(r"(\d{9,12})[.,]0+", re.ASCII)
_SET_APART = re.compile(r"^(\d{4}|\d{2})([-./])(\d{2})\2(\d{2})(?=.{4,5}$)", re.ASCII)
"""1980-01-01-0000."""
_NATIONAL = re.compile(r"[A-HJ-NPR-UX-Z]{2}[0-9A-HJ-NPR-UX-Z]\d")
"""The end of a national reservnummer: two letters (never I, O, Q, V, W), a digit that tells the sex or a third letter,
the check digit.
"""
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹘﹣－\u00ad"), "-")
"""What word processors and spreadsheets make of a hyphen."""
_BLANKS = dict.fromkeys(
    (
        *map(ord, " \t\r\n\u00a0\u061c\u202f\u205f\u3000\ufeff"),
        *range(0x2000, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x206A),
    )
)
"""Blanks, and what has no width: what web pages and word processors put around a number."""
_QUOTES = "\"'`´‘’“”"
"""What makes a text of a number in a spreadsheet: '19800101…, and ="19800101…"."""
_DOUBLED = str.maketrans("0123456789", "0246813579")
_COORDINATION = 60
_CENTURY = 100
YOUNG = 15
"""Up to this age somebody may be a hundred years older: nobody gets much older than 115."""
OLDEST = 130
"""Beyond doubt, also in an extract of years ago."""
_LAST_DAY = 31


class Flaw(StrEnum):
    """Why a text is no number of a person, as advice to whoever must mend it; never a word of the text."""

    SPELLING = "Write the number as 19800101-0000, with nothing else in the cell."
    ZERO_LOST = "A digit is missing: where the cell was a number, its leading zero was lost. Export the column as text."
    ROUNDED = (
        "A spreadsheet has written the number with an exponent, and may have rounded it. Export the column as text."
    )
    MISTYPED = "Correct the number in the source system: a letter O, I or L stands where the digit 0 or 1 should."
    ORGANISATION = "This is the number of an organisation, not of a person: correct it in the source system."
    NO_SUCH_DAY = "Correct the number in the source system: there is no such day of birth."
    NO_DAY = (
        "There is no such day of birth. If it is a reservnummer of a region that counts days from 32 to 59, nothing tells it from a slip: "
        "deliver the person's samordningsnummer."
    )
    TOO_OLD = (
        "Nobody is so old: correct the century, or the plus sign, in the source system. "
        "If the day stands for one that nobody knows, deliver the person's samordningsnummer."
    )
    NOT_BORN = "Correct the number in the source system: the day of birth has not come yet."
    CHECK_DIGIT = "Correct the number in the source system; its check digit does not agree."
    NO_CENTURY = "Deliver the reservnummer with all its twelve characters: without the first two, its check digit cannot be verified."
    NO_BIRTH = "This reservnummer tells no day of birth, and every figure by age needs one: deliver the person's samordningsnummer."


class Reading(NamedTuple):
    """What a delivered number says, or why it says nothing.

    number: the one spelling that every other of it is turned into (twelve characters). birth_month: its first day.
    flaw: why there is no number. is_young: the reading is of a child, and the text does not say the century: then
    somebody a hundred years older may be meant.
    has_sign: a minus says that it is the younger one.
    """

    number: str | None = None
    birth_month: date | None = None
    flaw: Flaw | None = None
    is_young: bool = False
    has_sign: bool = False


def canonical(personnummer: str, on: date) -> str | None:
    """The one spelling of a personnummer, samordningsnummer or reservnummer as of `on` (twelve characters); None if it
    is none.
    """
    return read_number(personnummer, on).number


def read_number(text: str, on: date, born_by: date | None = None) -> Reading:
    """What a personnummer, samordningsnummer or reservnummer says, in whatever spelling.

    on: the day by which a number without century is read: born by then, and not more than a hundred years before.
    born_by: the day by which people must be born, `on` if it is not given.

    Samordningsnummer have the day plus 60; the day may be unknown (60), and the month (00): then July stands for it,
    the middle of the year, as the middle of the month stands for every day. Reservnummer are the national ones (Inera's
    format XXYYMMDDNNGC: the century of birth plus 3, 6, 9 …, letters, a check digit) and those of old with a letter and
    no check digit (19800101-T123).
    """
    match = _SPELLING.fullmatch(text)
    if match is None:
        plain = _plain(text)
        match = _SPELLING.fullmatch(plain)
        if match is None:
            return Reading(flaw=_misspelt(plain))
    given, serial = match["century"], match["serial"]
    if given is not None and given not in ("18", "19", "20"):
        return _national(match, born_by or on)
    if not serial.isdigit():
        if _MISTYPED.fullmatch(serial):
            return Reading(flaw=Flaw.MISTYPED)
        if given is None and _NATIONAL.fullmatch(serial):
            return Reading(flaw=Flaw.NO_CENTURY)
        if not any(map(str.isdigit, serial)):
            return Reading(flaw=Flaw.SPELLING)
    year, month, day = _full_year(match, on), int(match["month"]), int(match["day"])
    born, flaw = _birth_month(year, month, day, born_by or on)
    if flaw is None and serial.isdigit() and not _luhn(match["year"] + match["month"] + match["day"] + serial):
        flaw = Flaw.CHECK_DIGIT
    if flaw is not None:
        return Reading(flaw=_no_person(match[0]) or flaw)
    is_young = given is None and match["sign"] != "+" and on.year - year <= YOUNG
    return Reading(f"{year:04d}{match['month']}{match['day']}{serial}", born, None, is_young, match["sign"] == "-")


def _national(match: re.Match[str], on: date) -> Reading:
    """A national reservnummer; its check digit is computed over all twelve characters, a letter counting as its code in
    ASCII.
    """
    century, serial = match["century"], match["serial"]
    if flaw := _no_person(match[0]):
        return Reading(flaw=flaw)
    if _NATIONAL.fullmatch(serial) is None or not (century == "00" or int(century) > 21):
        return Reading(flaw=Flaw.SPELLING)
    number = f"{century}{match['year']}{match['month']}{match['day']}{serial}"
    if not _luhn(number):
        return Reading(flaw=Flaw.CHECK_DIGIT)
    if century == "00":
        return Reading(flaw=Flaw.NO_BIRTH)
    year = (19 + (int(century) - 19) % 3) * _CENTURY + int(match["year"])
    born, flaw = _birth_month(year, int(match["month"]), int(match["day"]), on)
    return Reading(flaw=flaw) if flaw else Reading(number, born)


def _birth_month(year: int, month: int, day: int, on: date) -> tuple[date | None, Flaw | None]:
    """First day of the month of birth by a number's date, or why there is none."""
    is_coordination = day >= _COORDINATION
    if month == 0 and is_coordination:
        month = 7 if year < on.year else 1
    if is_coordination:
        day = day - _COORDINATION or 1
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return None, Flaw.NO_DAY if 1 <= month <= 12 and day > _LAST_DAY and not is_coordination else Flaw.NO_SUCH_DAY
    if on.year - year > OLDEST:
        return None, Flaw.TOO_OLD
    return (date(year, month, 1), None) if date(year, month, day) <= on else (None, Flaw.NOT_BORN)


def _plain(text: str) -> str:
    """A number as it stands, without what programs put into and around it: '1980-01-01-0000, 198001010000.0."""
    plain = text.translate(_BLANKS).translate(_DASHES).upper().replace("--", "-").removeprefix("=").strip(_QUOTES)
    if found := _AS_A_NUMBER.fullmatch(plain):
        return found[1]
    return _SET_APART.sub(r"\1\3\4", plain)


def _no_person(number: str) -> Flaw | None:
    """Why a number that has a person's form is none: an organisation's has 20 or more where the month is."""
    if _OF_STOCKHOLM.fullmatch(number):
        return Flaw.NO_BIRTH
    found = _ORGANISATION.fullmatch(number)
    return Flaw.ORGANISATION if found and _luhn("".join(found.groups())) else None


def _misspelt(plain: str) -> Flaw:
    """What is the matter with a text that has no number's form."""
    if re.fullmatch(r"\d([.,]\d+)?E\+?\d+", plain):
        return Flaw.ROUNDED
    return Flaw.ZERO_LOST if re.fullmatch(r"\d{5}-?\d{4}|\d{7}-?\d{4}", plain) else Flaw.SPELLING


def holds_personnummer(text: str) -> bool:
    """Whether `text` holds a personnummer, samordningsnummer or reservnummer: of digits alone, check digit included."""
    numbers = (re.sub(r"[^0-9A-Z]", "", match[0].upper())[-10:] for match in PERSONNUMMER.finditer(text))
    return any(not number.isdigit() or _luhn(number) for number in numbers)


def _full_year(match: re.Match[str], on: date) -> int:
    """The birth year: given, or the latest with a day of birth that is not after `on` (a plus sign: a hundred years
    earlier).
    """
    if match["century"]:
        return int(match["century"] + match["year"])
    year = on.year - on.year % _CENTURY + int(match["year"])
    if (year, int(match["month"]), int(match["day"]) % _COORDINATION) > (on.year, on.month, on.day):
        year -= _CENTURY
    return year - _CENTURY if match["sign"] == "+" else year


def _luhn(characters: str) -> bool:
    """Whether the last character is the check digit of those before it (an even number of characters; a letter counts
    as its code).
    """
    if characters.isdigit():
        return (sum(map(int, characters[::2].translate(_DOUBLED))) + sum(map(int, characters[1::2]))) % 10 == 0
    values = ((int(one) if one.isdigit() else ord(one)) * (2 - index % 2) for index, one in enumerate(characters))
    return sum(value // 100 + value // 10 % 10 + value % 10 for value in values) % 10 == 0
