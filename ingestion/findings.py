"""What is wrong with a delivery, said to the person who must mend it, with nothing personal in it.

Belongs here: `Finding`, the rejection that carries findings, and the masking of delivered values.
Does not belong here: the rules themselves (readers raise the structural ones, `expectations` the rest).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ingestion.failures import PermanentFailure

Severity = Literal["error", "warning"]

_DAY = r"(?:(?:0[1-9]|1[0-2])[ .-]?(?:0[1-9]|[12]\d|3[01]|[678]\d|9[01])|00[ .-]?(?:[678]\d|9[01]))"
"""Month and day of a personnummer or samordningsnummer, whose day may be unknown (60) and its month (00)."""
PERSONNUMMER = re.compile(
    rf"(?<!\d)(?:(?:18|19|20)\d{{2}}|\d{{2}})[ .-]?{_DAY}[ \xa0]?[-+ \xa0‐‑‒–—−]?[ \xa0]?\d{{4}}(?!\d)"
    rf"|(?<!\d)(?:\d{{4}}|\d{{2}}){_DAY}[-+‐‑‒–—−](?:[A-Z]\d{{3}}|\d{{2}}[A-Z]\d|[A-Z]{{2}}[0-9A-Z]\d)(?!\d)"
    rf"|(?<!\d)(?:2[2-9]|[3-9]\d)\d{{2}}{_DAY}[A-Z]{{2}}[0-9A-Z]\d(?!\d)"
    r"|(?<!\d)00\d{2}[2-9]\d[45]\d-?[A-Z]{2}[0-9A-Z]\d(?!\d)",
    re.ASCII,
)
"""Any spelling: century or not, dash (also as word processors make it), plus, space or nothing between; reservnummer
with their letters.
"""

_NAME = re.compile(r"[^\W\d_a-zåäöéü][^\W\d_]+,? [^\W\d_a-zåäöéü][^\W\d_]*")
"""Två Ord: how first name and surname are written, in either order."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth seeing.

    rule: number of the rule ('R104', 'HR103'). file: name of the delivered file. row: row in that file, 1 is the
    header; None where the finding is of the whole file. found: what stood there, masked by `shape` unless public.
    count: how many rows share the finding.
    """

    rule: str
    severity: Severity
    file: str
    found: str
    expected: str
    advice: str
    row: int | None = None
    column: str | None = None
    count: int = 1

    def sentence(self) -> str:
        """The finding as one line for logs and messages."""
        where = self.file + (f", row {self.row}" if self.row is not None else "")
        where += f", column {self.column}" if self.column else ""
        many = f" ({self.count} rows)" if self.count > 1 else ""
        return f"{self.rule}: {where}: found {self.found}{many}; expected {self.expected}. {self.advice}"

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain data, for load.json and pages."""
        return asdict(self)


class DeliveryRejected(PermanentFailure):
    """A delivery that cannot be turned into a candidate; `findings` say why. Never retried: the file must be mended."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.sentence() for finding in self.findings))


DeliveryRefused = DeliveryRejected
"""The old name, for what installations import; nothing in the project does, and it goes with 2.0."""


def shape(value: object) -> str:
    """The shape of a delivered value: letters become a or A, digits 9, so that a message can show it without telling
    it.

    >>> shape("Svensson, Eva 19800101-1234")
    'Aaaaaaaa, Aaa 99999999-9999'
    """
    text = str(value)[:40]
    return "".join(
        "9" if c.isdigit() else ("A" if c.isupper() else "a") if c.isalpha() else c if c.isprintable() else "?"
        for c in text
    )


def quote(value: object, public: bool) -> str:
    """`value` for a message: as it stands if the column is public and the value can be nobody's name or number, else
    its shape.

    Where columns are swapped, a public column holds what is not public: two words with capitals in a row are taken for
    a name.
    """
    text = str(value)
    if public and text.isprintable() and not PERSONNUMMER.search(text) and not _NAME.search(text):
        return f"'{text[:60]}'"
    return f"a text of the shape '{shape(text)}'"
