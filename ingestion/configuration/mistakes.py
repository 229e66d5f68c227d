"""What is wrong with a municipality's configuration, said to the person who must mend it.

Belongs here: `Mistake`, the failure that carries mistakes, and the register of their rules (docs/configuration.md is
written from it). Does not belong here: finding mistakes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.failures import PermanentFailure

PATH = tuple[str | int, ...]
"""Where in a YAML file: keys and places in lists, from the top."""

MOST_LISTED = 12
"""Right words that a message lists; with more it names the nearest and where the others are."""


@dataclass(frozen=True)
class ConfigurationRule:
    """A rule of the register. number: 'C201'. title: what holds in a right configuration. advice: what to do where it
    does not.
    """

    number: str
    title: str
    advice: str


RULES = {
    rule.number: rule
    for rule in (
        # the file
        ConfigurationRule(
            "C101",
            "Each folder of municipalities has a file municipality.yaml, called just so, and nothing else that could be meant for it",
            "Give the file that name, or take the folder away: nothing of it is read otherwise.",
        ),
        ConfigurationRule(
            "C102", "A file of the configuration is text in UTF-8", "Save the file anew with the encoding UTF-8."
        ),
        ConfigurationRule(
            "C103", "A file of the configuration is YAML", "Correct the line; indent with spaces, never with tabs."
        ),
        ConfigurationRule(
            "C104", "A key stands once in its place", "Keep one of the two: YAML would silently take the last."
        ),
        ConfigurationRule("C105", "Every key is known", "Correct the key, or leave it out."),
        ConfigurationRule("C106", "Every required key is there", "Add the key."),
        ConfigurationRule("C107", "A value has the form that its key asks for", "Correct the value."),
        ConfigurationRule(
            "C108",
            "YAML reads a value as it was meant",
            'Set the value in quotes ("0510", "no", "2024-01-01"); write numbers without leading noughts.',
        ),
        ConfigurationRule(
            "C109",
            "The folder is called <id>-<name>, and an id has one folder",
            "Rename the folder, or correct the id.",
        ),
        ConfigurationRule(
            "C110",
            "The folder holds municipality.yaml, mappings/, reports/ and texts/, each with files of the right names",
            "Correct the name, or take it away: nothing reads it.",
        ),
        ConfigurationRule(
            "C111", "The organisation number's check digit agrees", "Correct the number: SIE files are known by it."
        ),
        ConfigurationRule("C112", "Numbers and years are plausible", "Correct the number."),
        # references
        ConfigurationRule(
            "C201", "An id is given once", "Give each its own id: extracts name departments and units by it."
        ),
        ConfigurationRule(
            "C202", "A line that is named is a line of the operating statement", "Correct the id, or add the line."
        ),
        ConfigurationRule(
            "C203",
            "A sum adds up plain lines, each once",
            "Name the plain lines, each once: a sum in a sum would be left out, a line twice counted twice.",
        ),
        ConfigurationRule(
            "C204",
            "The statement has one result, a sum in which every plain line counts once, and one net frame",
            "Set role: result on the year's result and role: frame on the council's grant, and let the result name every plain line.",
        ),
        ConfigurationRule(
            "C205",
            "Accounts lead to plain lines, and some account to each",
            "Name a plain line, or give the line accounts.",
        ),
        ConfigurationRule(
            "C206",
            "An interval has two codes of the same number of digits, the first not after the last",
            "Correct the interval; both ends are inclusive.",
        ),
        ConfigurationRule("C207", "No two intervals overlap", "Divide them: what both take would be counted twice."),
        ConfigurationRule(
            "C208", "A unit's cost centres are within its department's", "Correct the interval, or move the unit."
        ),
        ConfigurationRule(
            "C209",
            "An AID code has six digits and is in one staff group",
            "Keep it in one group: people would be counted twice.",
        ),
        ConfigurationRule("C210", "A service area is one of the indicators'", "Correct the word."),
        ConfigurationRule(
            "C211",
            "A kind of similar groups is one of the indicators'",
            "Correct the word: no comparison would use the group.",
        ),
        ConfigurationRule(
            "C212", "An indicator that is named exists and is of the kind that its place asks for", "Correct the id."
        ),
        ConfigurationRule("C213", "A staff group that is named is configured", "Correct the id, or add the group."),
        ConfigurationRule(
            "C214", "A share's numerator is part of its denominator", "Add the group to the denominator, or correct it."
        ),
        ConfigurationRule(
            "C215", "A department or unit that is named is configured", "Correct the id, or add it under departments."
        ),
        ConfigurationRule(
            "C216", "A type of absence or reason for leaving is one that extracts use", "Correct the word."
        ),
        ConfigurationRule("C217", "A source or table that is named exists", "Correct the name."),
        ConfigurationRule(
            "C218",
            "Dimensions of SIE files are named by a column of the transactions and a number of their own",
            "Correct the name or the number; dimension 7, the employee, is never read.",
        ),
        ConfigurationRule(
            "C219",
            "A report is chosen once, and a part of the year says its last month",
            "Keep one of them, or add through.",
        ),
        ConfigurationRule(
            "C220", "A period ends on or after the day on which it begins, and is declared once", "Correct the days."
        ),
        ConfigurationRule(
            "C221", "What exempts from small groups' protection takes effect", "Correct the indicator or the split."
        ),
        ConfigurationRule(
            "C222",
            "Names are told apart by readers, and one thing has one spelling",
            "Give each its own name, or all the same.",
        ),
        # outlines and texts
        ConfigurationRule(
            "C301", "An outline follows the schema of outlines", "Correct the outline (docs/reports.md)."
        ),
        ConfigurationRule(
            "C302",
            "A text belongs to a section of its report, and says what it says",
            "Name the file after the section's id, or take it away; write words in place of names in braces.",
        ),
        # Kolada
        ConfigurationRule(
            "C401", "The municipality is in Kolada's catalogue, under its name", "Correct the id or the name."
        ),
        ConfigurationRule(
            "C402", "A comparison group is in Kolada's catalogue", "Correct the group's id: Kolada's API lists them."
        ),
        ConfigurationRule(
            "C403", "The region group holds the municipality", "Name the group of the municipality's own region."
        ),
        ConfigurationRule(
            "C404",
            "A group that Kolada calls similar is the municipality's own, and of the kind that it is configured for",
            "Name the group of this municipality and kind; a group with a title of another form is taken as it is.",
        ),
        # loads in force
        ConfigurationRule(
            "C501",
            "Every department, unit, line and staff group that rows in force name is configured",
            "Keep it in the configuration, a closed department with cost_centres: [], or have the files delivered again with the new ids.",
        ),
        ConfigurationRule(
            "C502",
            "Accounts that had a line in the publication still have one",
            "Give the accounts a line again: their amounts would leave the lines of the operating statement.",
        ),
        ConfigurationRule(
            "C503",
            "Every municipality with loads in force has a folder",
            "Put the folder back, or correct its id: all that was delivered for the municipality would leave the publication.",
        ),
        # mappings
        ConfigurationRule(
            "C601",
            "A mapping is called after a table that is delivered: mappings/<source>_<table>.yaml",
            "Give the file the name of its table (docs/extracts.md), or take it away.",
        ),
        ConfigurationRule(
            "C602",
            "A mapping gives columns of the contract: all that are required, and none that is never kept",
            "Correct the column, or add it (docs/extracts.md lists those of the table).",
        ),
        ConfigurationRule(
            "C603",
            "A value that a mapping gives is one that the contract allows, or an id of municipality.yaml",
            "Correct the value.",
        ),
        ConfigurationRule(
            "C604",
            "A column of a mapping is made in one way, of one header unless several are put together",
            "Say one thing of each column (docs/mapping.md).",
        ),
        ConfigurationRule(
            "C605",
            "What a mapping does to a text, and says of a file, fits the column's kind and the file's format",
            "Correct it, or leave it out (docs/mapping.md).",
        ),
    )
}


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong with the configuration.

    file: its path. line: in that file, 1 is the first; None where it is of the whole file. where: keys and places, as
    'accounts[3].line'. nearest: the right word that it is most like, if any.
    """

    rule: str
    file: str
    found: str
    expected: str
    line: int | None = None
    where: str = ""
    nearest: str | None = None

    @property
    def advice(self) -> str:
        """What to do about it."""
        return RULES[self.rule].advice

    def sentence(self) -> str:
        """The mistake as one line for logs and messages."""
        place = (
            self.file
            + (f", line {self.line}" if self.line is not None else "")
            + (f", {self.where}" if self.where else "")
        )
        meant = f" Did you mean '{self.nearest}'?" if self.nearest is not None else ""
        return f"{self.rule}: {place}: found {self.found}; expected {self.expected}.{meant} {self.advice}"


class ConfigurationError(PermanentFailure, ValueError):
    """Configurations with mistakes; `mistakes` are all of them. Never retried: somebody must mend the files."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(mistake.sentence() for mistake in self.mistakes))


def nearest(word: object, options: Iterable[str]) -> str | None:
    """The option most like `word`, small and capital letters alike; None where none is near."""
    by_folded = {option.casefold(): option for option in options}
    close = difflib.get_close_matches(str(word).casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def one_of(options: Sequence[str], where_else: str) -> str:
    """'one of a, b, c'; of many only how many, and where they stand."""
    listed = sorted(options)
    return (
        f"one of {', '.join(listed)}" if 0 < len(listed) <= MOST_LISTED else f"one of the {len(listed)} of {where_else}"
    )


def dotted(path: PATH) -> str:
    """('accounts', 3, 'line') -> 'accounts[3].line'; places count from 0."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def shown(path: Path) -> str:
    """A file's path for a message."""
    return str(path)
