"""Figures as Swedish readers see them: decimal comma, space between thousands, hyphen-minus, half away from zero.

Belongs here: how a number, a date, a unit or a list is written. Does not belong here: which figures are shown.
Rounding follows DEFINITIONS G2 and G3: every printed figure is rounded once, by itself, from the unrounded value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

LOCALE = "sv_SE"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NBSP = "\u00a0"
NO_COMPARISON = "-"
NOT_AVAILABLE = "IU."
NOT_SHOWN = ".."


@dataclass(frozen=True)
class Unit:
    """How a unit is written: after a figure in a table (`suffix`), in a sentence (`word`), and for a difference in one."""

    suffix: str
    word: str
    difference: str


_PERCENT = Unit(f"{NBSP}%", "procent", "procentenheter")
_PLAIN = Unit("", "", "")
_NOUNS = ("personer", "anställningar", "årsarbetare", "heltidsarbetare", "beslut", "platser", "enheter", "timmar", "år")
_UNITS = {
    **{noun: Unit("", noun, noun) for noun in _NOUNS},
    "%": _PERCENT,
    "medelvärde (sammanvägt %)": _PERCENT,
    "percent": _PERCENT,
    "procent": _PERCENT,
    "dagar": Unit("", "dagar", "dagar"),
    "mnkr": Unit("", "miljoner kronor", "miljoner kronor"),
    "antal/10 000 inv": Unit("", "per 10 000 invånare", "per 10 000 invånare"),
    "index 0-100": Unit("", "", "indexenheter"),
}


def unit(name: str) -> Unit:
    """The writing of a mart's `unit`; an unknown unit is written without a word, never guessed."""
    if name.startswith("kr"):
        return Unit("", "kronor", "kronor")
    return _UNITS.get(name, _PLAIN)


MONEY = {"kr": (1, "kronor"), "tkr": (1_000, "tkr"), "mnkr": (1_000_000, "miljoner kronor")}
"""How many kronor a scale of print counts in, and its word after a number."""


SINGULAR = {
    "procentenheter": "procentenhet",
    "dagar": "dag",
    "personer": "person",
    "patienter": "patient",
    "anställningar": "anställning",
    "enheter": "enhet",
    "indexenheter": "indexenhet",
    "timmar": "timme",
    "kronor": "krona",
}


def agreeing(word: str, text: str) -> str:
    """The word of a unit after the printed number `text`: '1 dag', but '1,0 dagar'."""
    return SINGULAR.get(word, word) if text.lstrip("-+") == "1" else word


def counted(name: str, scale: str = "kr", *, is_difference: bool = False) -> str:
    """The word of what a printed number counts: that of the mart's unit `name`, or of the scale that kronor are printed
    in.
    """
    if scale != "kr":
        return MONEY[scale][1]
    word = unit(name)
    return word.difference if is_difference else word.word


def rounded(value: float | int | Decimal, decimals: int = 0) -> Decimal:
    """`value` to `decimals` decimals, half away from zero, as a decimal number (DEFINITIONS G2).

    A double is read as the decimal number that it was meant to be: twelve significant digits, since sums of kronor and
    öre carry binary noise that would otherwise turn 0,5 into 0,49999 and round it the wrong way.
    """
    exact = value if isinstance(value, Decimal) else Decimal(f"{value:.12g}")
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0


def number(value: float | int | Decimal, decimals: int = 0, *, group_from: int = 4) -> str:
    """`value` as printed: '-802 020', '8,3', '45,0'. Thousands are grouped in numbers of at least `group_from` digits."""
    exact = rounded(value, decimals)
    grouped = abs(exact) >= Decimal(10) ** (group_from - 1)
    pattern = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
    return format_decimal(exact, format=pattern, locale=LOCALE).replace("\u2212", "-")


def percent(value: float | int | Decimal, decimals: int = 0) -> str:
    """A share in per cent with its sign: '8,2 %'."""
    return f"{number(value, decimals)}{NBSP}%"


def percentage_points(value: float | int | Decimal, decimals: int = 0) -> str:
    """A difference of two percentages, called what it is (DEFINITIONS G4): '-0,8 %-enh.'."""
    return f"{number(value, decimals)}{NBSP}%-enh."


def thousands(kronor: float | int | Decimal) -> str:
    """Kronor as tkr: 254668900.0 gives '254 669'. Each cell is rounded from its own kronor (DEFINITIONS G3)."""
    exact = kronor if isinstance(kronor, Decimal) else Decimal(f"{kronor:.15g}")
    return number(exact / 1000)


def millions(kronor: float | int | Decimal, decimals: int = 1) -> str:
    """Kronor as miljoner kronor: 1873000 gives '1,9'."""
    exact = kronor if isinstance(kronor, Decimal) else Decimal(f"{kronor:.15g}")
    return number(exact / 1_000_000, decimals)


def a_year_earlier(moment: date) -> date:
    """The same day a year earlier; of February's last, February's last."""
    following = moment + timedelta(days=1)
    return following.replace(year=following.year - 1) - timedelta(days=1)


@lru_cache(maxsize=4096)
def day(value: date) -> str:
    """'31 december 2024'."""
    return format_date(value, format="d MMMM y", locale=LOCALE)


def month_name(value: date) -> str:
    """'augusti 2024'."""
    return format_date(value, format="MMMM y", locale=LOCALE)


def moment(value: datetime) -> str:
    """A moment in UTC (with or without zone) as Swedish clock time: '5 februari 2025 kl. 06:30'."""
    aware = value if value.tzinfo else value.replace(tzinfo=ZoneInfo("UTC"))
    return format_datetime(aware.astimezone(STOCKHOLM), format="d MMMM y 'kl.' HH:mm", locale=LOCALE)


def listed(items: Sequence[str]) -> str:
    """'a', 'a och b', 'a, b och c'."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} och {items[-1]}" if items else ""
