"""The name under which a delivered file is known: in messages, loads, logs and on the guards' pages, so nobody's name
or number is in it.

Belongs here: what of a delivered name may be told. Does not belong here: renaming the file (`expectations.gate`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import PurePath

from ingestion.contracts import CAPITALISED_WORD, tables
from ingestion.findings import shape
from ingestion.privacy.personnummer import holds_personnummer

_WORD = re.compile(r"[^\W\d_]+")
_OF_FILES = (
    "csv txt xlsx xls si se sie "
    "januari februari mars april maj juni juli augusti september oktober november december kvartal tertial helar "
    "export fil kopia korrigerad komplettering lista ny rapport rattad rattelse slutlig test underlag utdrag uttag "
    "anstallda anstallningar ekonomi forandringar franvaro huvudbok lon personal platser prognos tidposter tidrapport ovriga "
    "boende hemtjanst kommunen namnd namnder omsorg socialtjanst stad vard"
)
"""Words of file names that no contract has."""


def presentable(name: str, place: str) -> str:
    """`name` as it may be told: with the digits of a name that holds a personnummer, the letters of capitalised words
    that are not known, and what cannot be printed replaced; unchanged if it has nothing of these.

    name: a file's name, with its ending. place: the municipality's name, which is known as well.

    >>> presentable("Anställda Anna Svensson 2024-03.csv", "alingsas")
    'Anställda Aaaa Aaaaaaaa 2024-03.csv'
    """
    if holds_personnummer(name):
        stem, suffix = PurePath(name).stem, PurePath(name).suffix
        name = re.sub(r"\d", "9", stem) + suffix
    known = _known() | {_folded(word) for word in _WORD.findall(place)}
    name = _WORD.sub(
        lambda word: shape(word[0]) if CAPITALISED_WORD.search(word[0]) and _folded(word[0]) not in known else word[0],
        name,
    )
    return "".join(c if c.isprintable() else "_" for c in name)


@cache
def _known() -> frozenset[str]:
    """The words of the contracts, and what else files are called by; without accents and capitals."""
    texts = [_OF_FILES]
    for of in tables():
        texts += [of.source, of.name, *(text for column in of.columns for text in (column.name, column.header))]
    return frozenset(_folded(word) for text in texts for word in _WORD.findall(text))


def _folded(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
