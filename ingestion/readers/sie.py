"""SIE 4: from the file that every Swedish accounting system can export to raw rows of the transactions' contract.

Belongs here: the format (records, quotes, blocks) and what a file says against itself. Does not belong here: its bytes
(`sie_bytes`), types and contracts (`delivery`), whether a voucher balances and other rules on rows (`expectations`).

The standard is "SIE filformat, utgåva 4B", type 4E: an export of a fiscal year's vouchers (4I, vouchers on their way
into a ledger, looks nearly the same and is told by what it lacks). Of every record only the fields that are needed are
read, from the left: what stands behind them may hold any quote or backslash. Records that the standard does not know
are skipped, as it demands; so are #BTRANS (rows that were struck out) and #RTRANS (rows that were added: the same row
must stand as #TRANS). Voucher texts, signatures, names of objects and every dimension that the municipality has not
named (7, the employee, among them) are never kept.

Rules S101-S122 are raised here. Errors reject the file; warnings come with what was read.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pandas as pd

from ingestion.contracts import CAPITALISED_WORD, Kind
from ingestion.contracts.ledger import TRANSACTIONS
from ingestion.findings import DeliveryRejected, Finding, Severity, quote
from ingestion.readers.sie_bytes import MAX_LINE, checksums, look
from ingestion.readers.sie_records import TOKEN, Field, fields_of, organisation_number

EMPLOYEE_DIMENSION = "7"
COST_CENTRE = "cost_centre"

_AGAIN = "Export the file again from the ledger, as SIE type 4, and deliver it whole."
_DAMAGED = "Files were joined or saved by another program: export the file again and deliver it untouched."
_CHANGED = (
    "The file was changed after it was made: export it again and deliver it untouched. "
    "If no untouched export of this ledger agrees, it counts in a way of its own: export without #KSUMMA."
)
_EXPORT = "Export the booked vouchers of the year to date from the ledger (SIE 4E), not vouchers on their way into it."
_DIMENSIONS = "Correct sie_dimensions in municipality.yaml, or choose the dimensions when exporting."
_READ_ANYWAY = (
    "Read as what it is; amounts, accounts and dates do not depend on it. Choose PC8 when exporting, if the ledger can."
)
_VOUCHER = "Correct the voucher in the ledger and export the file again."
_NO_RECORD = "A text with a line end in it, or a damaged file: correct the text in the ledger, or export again."
_WRITE_AMOUNT = "kronor and öre in one piece with a decimal point, such as -1250.00"
_WHOLE = "The file does not hold all vouchers, or was changed: export it again, whole and with every voucher series."
# A #TRANS as nearly all are written. The long way is for the others, and says what is wrong with them.
_ROW = re.compile(
    r'#TRANS\s+("?)(\d+)\1\s*\{([^{}"\\]*(?:"[^{}"\\]*"[^{}"\\]*)*)\}\s*(-?\d{1,15}(?:\.\d{1,2})?)'
    r'(?:\s+(?:(\d{8})|"(\d{8})"|"")(?:\s.*)?)?',
    re.ASCII,
)
_AMOUNT = re.compile(r"[+-]?(?=\.?\d)\d{0,15}(?:\.\d{0,2}0*)?", re.ASCII)
_THOUSANDS = re.compile(r"\d{3}(?:[.,]\d{1,2})?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_DATE = re.compile(r"\d{8}", re.ASCII)
_CODE = re.compile(r"[^\W\d_]{0,3}\d*")
_LABEL = re.compile(r"#[A-ZÅÄÖ_]{1,12}")
_CHECKSUM = re.compile(r"[+-]?\d{1,10}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MARK = re.compile(r"[!-~]")
"""Whatever a record is made of."""
_CTRL_Z = "\x1a"
_ORE = Decimal("0.01")
_REMEMBERED = 100_000
"""How many different object lists are known again."""

_TITLES = {
    "cost_centre": ("ansvar", "kostnadsställe"),
    "activity": ("verksamhet",),
    "project": ("projekt",),
    "sub_activity": ("aktivitet",),
    "counterparty": ("motpart",),
    "is_internal": ("intern",),
}
"""What ledgers call the dimensions that we read: a file that calls one by another's name is not the configuration's."""

_BLOCK = ("#TRANS", "#RTRANS", "#BTRANS")
_HEADINGS = frozenset(
    (
        "#FLAGGA",
        "#KSUMMA",
        "#FORMAT",
        "#SIETYP",
        "#ORGNR",
        "#RAR",
        "#OMFATTN",
        "#KONTO",
        "#DIM",
        "#IB",
        "#UB",
        "#RES",
        "#PSALDO",
        "#VALUTA",
        "#GEN",
    )
)
_OUTSIDE = _HEADINGS | {"#VER", "#PROGRAM", "#FNAMN", "#OBJEKT", "#OIB", "#OUB"}
"""Records that stand in no voucher."""

Cells = tuple[str | None, ...]
"""The codes of an object list, in the order of the dimensions that are read."""


@dataclass(frozen=True, eq=False)
class SieFile:
    """What is kept of a SIE 4 file.

    organisation_number: 'NNNNNN-NNNN'. rows: one per #TRANS, texts (None where empty), named by the headers of
    `ledger.TRANSACTIONS` except `kommun` and `text`, and `source_row`, the line in the file. A voucher belongs to the
    month of its own date with all its rows, so that a file split by month leaves every voucher whole. notes: warnings
    on the file.
    """

    organisation_number: str
    rows: pd.DataFrame
    notes: tuple[Finding, ...]


def read_sie(path: Path, dimensions: dict[str, str]) -> SieFile:
    """Read the SIE 4 file `path`; `dimensions` maps our column (`cost_centre`, …) to the file's dimension number.

    Raises DeliveryRejected with findings S101-S117, which name line and record and never quote a text.
    ValueError if `dimensions` asks for the employee or for a column that a transaction does not have.
    """
    if EMPLOYEE_DIMENSION in dimensions.values():
        raise ValueError(f"dimension {EMPLOYEE_DIMENSION} is the employee and is never read")
    return _Reader(path, dimensions).read()


@dataclass
class _Voucher:
    """The voucher that is being read.

    month: YYYYMM and iso: YYYY-MM-DD of its date, empty if that is wrong. first: where its rows begin among all. rows:
    how many #TRANS.
    added: its #RTRANS with their lines, each of which must stand as #TRANS too.
    """

    line: int
    series: str
    number: str
    month: str = ""
    iso: str = ""
    first: int = 0
    rows: int = 0
    added: list[tuple[int, tuple[str, Cells, Decimal]]] = field(default_factory=list)


@dataclass
class _Totals:
    """What the file says of itself (fiscal year 0), with the line that says it: compared with its vouchers at the end."""

    result: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    opening: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    closing: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    period: dict[tuple[str, str], tuple[int, Decimal]] = field(default_factory=dict)


class _Reader:
    def __init__(self, path: Path, dimensions: dict[str, str]) -> None:
        self.path = path
        self.headers = {
            c.name: c.header for c in TRANSACTIONS.columns if c.kind is not Kind.DROPPED and c.name != "municipality_id"
        }
        self.columns = tuple(_known(column, self.headers) for column in dimensions)
        self.place = {number: place for place, number in enumerate(dimensions.values())}
        self.rows: list[tuple[_Voucher, int, str, str, Cells, str, int]] = []
        self.findings: dict[tuple[str, str | None, Severity], Finding] = {}
        self.counts: Counter[tuple[str, str | None, Severity]] = Counter()
        self.encoding = ""
        self.organisation_number = ""
        self.format = ""
        self.begins: int | None = None
        self.first_voucher: int | None = None
        self.type = ""
        self.year: tuple[date, date] | None = None
        self.covers: tuple[int, date] | None = None
        self.made: tuple[int, date] | None = None
        self.dated: list[tuple[int, date]] = []
        self.accounts: set[str] = set()
        self.totals = _Totals()
        self.monthly: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        self.account_lines: dict[str, int] = {}
        self.vouchers: dict[tuple[str, str], int] = {}
        self.dates: dict[str, date | None] = {}
        self.days: dict[str, str] = {}
        self.cells: dict[str, Cells] = {}
        self.others: dict[str, int] = {}
        self.titles: dict[str, str] = {}
        self.checksum: tuple[int, int] | None = None
        self.checksum_opened: int | None = None

    def read(self) -> SieFile:
        voucher: _Voucher | None = None
        opened = skipping = False
        last = ""
        number = 0
        for number, line in self._lines():
            if opened and voucher is not None and (row := _ROW.fullmatch(line)):
                voucher.rows, last = voucher.rows + 1, "#TRANS"
                _, account, objects, amount, bare, quoted = row.groups()
                cells = self.cells.get(objects)
                if cells is None:
                    cells = self._codes(number, "#TRANS", TOKEN.findall(objects), objects)
                self._keep(number, voucher, account, cells, amount, bare or quoted)
            elif line == "{":
                if voucher and not opened:
                    opened = True
                elif not voucher and not skipping and last not in _OUTSIDE and last not in _BLOCK:
                    skipping = True  # the block of a record that the standard does not know
                    self._unknown(
                        number, f"a block of {_label(last)}, which SIE 4 does not know", "blocks of #VER only", "#VER"
                    )
                else:
                    self._stop("S106", number, "'{' where no voucher begins", "a block after #VER only", _AGAIN)
            elif line == "{}" and voucher and not opened:
                voucher = None
            elif line == "}":
                if not (voucher and opened) and not skipping:
                    self._stop("S106", number, "'}' without '{'", "one block for each #VER", _AGAIN)
                if voucher and voucher.added:
                    self._twins(voucher)
                voucher, opened, skipping = None, False, False
            elif not skipping:
                before, last = last, line.split(None, 1)[0].split("{", 1)[0].upper()
                if not last.startswith("#"):
                    after = f" (after {_label(before)})" if before else ""
                    self._stop(
                        "S104",
                        number,
                        f"a line that is no record{after}",
                        "a record that begins with # on every line",
                        _NO_RECORD,
                    )
                if voucher and not opened:
                    self._stop(
                        "S106",
                        voucher.line,
                        "a #VER without '{' on the next line",
                        "'{', the rows and '}' after #VER",
                        _AGAIN,
                    )
                if last in _BLOCK:
                    if voucher is None:
                        self._stop(
                            "S106", number, f"a {last} outside a voucher", f"{last} between '{{' and '}}' only", _AGAIN
                        )
                    if last != "#BTRANS":
                        self._row(number, last, line, voucher)
                elif voucher and last in _OUTSIDE:
                    self._stop(
                        "S106",
                        voucher.line,
                        f"a voucher that is not closed before {last}",
                        "'}' after its rows",
                        _AGAIN,
                    )
                elif voucher:
                    self._unknown(
                        number,
                        f"{_label(last)} in a voucher, which SIE 4 does not know",
                        "rows of a voucher only",
                        "#TRANS",
                    )
                elif last == "#VER":
                    voucher = self._voucher(number, fields_of(line))
                elif last in _HEADINGS:
                    self._heading(number, last, fields_of(line))
        if voucher and not opened:
            self._stop(
                "S106",
                voucher.line,
                "a #VER and the end of the file: half a file",
                "'{', the rows and '}' after #VER",
                _AGAIN,
            )
        if voucher or skipping:
            self._stop(
                "S106",
                number,
                "the end of the file inside a block: half a file",
                "'}' after the rows of every voucher",
                _AGAIN,
            )
        return self._result()

    def _lines(self) -> Iterator[tuple[int, str]]:
        """(line number, line without surrounding blanks) of every line with anything on it; LF, CR and CRLF all end
        one.
        """
        seen = look(self.path)
        self.encoding = seen.encoding
        if seen.named:
            self._note("S102", seen.row, None, f"letters in {seen.named}", "code page 437 (#FORMAT PC8)", _READ_ANYWAY)
        number = 0
        with self.path.open(encoding=seen.encoding, errors="replace") as file:
            while line := file.readline(MAX_LINE):
                number += 1
                if len(line) >= MAX_LINE:
                    self._stop(
                        "S104",
                        number,
                        f"a line of more than {MAX_LINE // 1024} kB",
                        "records on lines of their own",
                        _AGAIN,
                    )
                line = line.strip()
                if seen.has_control and _CONTROL.search(line):
                    line, ended, _ = line.partition(_CTRL_Z)  # DOS ends text with Ctrl-Z, and what follows is nothing
                    line = line.strip()
                    if ended and _MARK.search(file.read()):
                        self._stop(
                            "S104",
                            number,
                            "an end mark (Ctrl-Z) with more after it",
                            "nothing after the end mark",
                            _DAMAGED,
                        )
                    if _CONTROL.search(line):
                        what = "null bytes" if "\x00" in line else "control characters"
                        self._stop("S104", number, f"a line with {what}", "text", _DAMAGED)
                if line and _MARK.search(line):  # else nothing, or a lone no-break space in whichever code page
                    if self.begins is None:
                        self._beginning(number, line)
                    yield number, line
        if self.begins is None:
            self._stop("S101", None, "an empty file", "a SIE file of type 4", _AGAIN)

    def _beginning(self, number: int, line: str) -> None:
        self.begins = number
        if line.startswith("<"):
            self._stop(
                "S101",
                number,
                "XML, perhaps SIE 5",
                "a text that begins with #FLAGGA",
                "Choose SIE type 4 (4E) when exporting.",
            )
        if not line.upper().startswith("#FLAGGA"):
            self._stop(
                "S101",
                number,
                "a file that does not begin with #FLAGGA",
                "a SIE file of type 4, from its first line",
                _AGAIN,
            )

    def _heading(self, number: int, record: str, fields: list[Field]) -> None:
        values = [value for value in fields if isinstance(value, str)]
        groups = [value for value in fields if isinstance(value, tuple)]
        values += [""] * (4 - len(values))
        if self.checksum is not None:
            self._after_checksum(number)
        match record:
            case "#FLAGGA" if number != self.begins:
                self._fault(
                    "S105",
                    number,
                    record,
                    "a second #FLAGGA: two files in one",
                    "one file",
                    "Deliver each export by itself.",
                )
            case "#KSUMMA" if not values[0]:
                self.checksum_opened = number
            case "#KSUMMA":
                if _CHECKSUM.fullmatch(values[0]):
                    self.checksum = (number, int(values[0]) % 2**32)  # some write it with a sign
                else:
                    self._fault("S114", number, record, _shape(values[0]), "a checksum in digits", _AGAIN)
            case "#FORMAT":
                self.format = values[0].upper()
                if self.format != "PC8":
                    self._note(
                        "S102",
                        number,
                        record,
                        f"#FORMAT {quote(values[0], True)}",
                        "#FORMAT PC8 (code page 437)",
                        _READ_ANYWAY,
                    )
            case "#SIETYP":
                self.type = values[0]
            case "#ORGNR":
                self._organisation(number, record, values[0])
            case "#RAR" if values[0] == "0":
                self._fiscal_year(number, record, values[1], values[2])
            case "#VALUTA" if values[0].upper() not in ("", "SEK"):
                self._fault(
                    "S122",
                    number,
                    record,
                    f"amounts in {quote(values[0], len(values[0]) == len('SEK'))}",
                    "Swedish kronor (SEK)",
                    "Export the ledger of the municipality, whose amounts are kronor.",
                )
            case "#GEN":
                self.made = (number, made) if (made := self._day(values[0])) else None
            case "#OMFATTN":
                self.covers = (number, covers) if (covers := self._day(values[0])) else None
            case "#KONTO":
                self.accounts.add(values[0])
            case "#DIM":
                self._dimension(number, record, values[0], values[1])
            case "#RES" | "#IB" | "#UB" if values[0] == "0":
                totals = {"#RES": self.totals.result, "#IB": self.totals.opening, "#UB": self.totals.closing}[record]
                totals[values[1]] = (number, self._amount(number, record, values[2]))
            case "#PSALDO" if values[0] == "0" and groups == [()]:  # with objects it is a part of the account's
                self.totals.period[values[1], values[2]] = (number, self._amount(number, record, values[3]))

    def _organisation(self, number: int, record: str, value: str) -> None:
        if said := organisation_number(value):
            if self.organisation_number not in ("", said):
                self._fault(
                    "S105", number, record, "a second organisation number", "one organisation in a file", _AGAIN
                )
            self.organisation_number = said
        else:
            self._fault("S105", number, record, _shape(value), "an organisation number NNNNNN-NNNN", _AGAIN)

    def _fiscal_year(self, number: int, record: str, first: str, last: str) -> None:
        start, end = self._date(number, record, first), self._date(number, record, last)
        if start and end:
            if start > end:
                self._fault(
                    "S105", number, record, f"a fiscal year from {start} to {end}", "an end after the beginning", _AGAIN
                )
            if self.year not in (None, (start, end)):
                self._fault(
                    "S105",
                    number,
                    record,
                    "a second fiscal year 0",
                    "one fiscal year in a file",
                    "Export one year at a time.",
                )
            self.year = (start, end)

    def _dimension(self, number: int, record: str, dimension: str, title: str) -> None:
        """Compares what the file calls a dimension with the column that the configuration reads it as."""
        self.titles[dimension] = title
        ours = self.columns[self.place[dimension]] if dimension in self.place else None
        called = next((column for column, titles in _TITLES.items() if title.casefold() in titles), None)
        if ours and called and called != ours:
            found = f"dimension {dimension} of the file is '{title}', not {self._of(ours)}'s"
            self._fault("S117", number, record, found, self._configured(), _DIMENSIONS)

    def _of(self, column: str) -> str:
        return column.replace("_", " ")

    def _configured(self) -> str:
        said = ", ".join(f"{number} is {self._of(self.columns[place])}'s" for number, place in self.place.items())
        return f"the dimensions of the municipality's configuration: {said or 'it has none'}"

    def _voucher(self, number: int, fields: list[Field]) -> _Voucher:
        if self.first_voucher is None:
            self.first_voucher = number
            if self.type:
                self._of_type(number)
        if self.checksum is not None:
            self._after_checksum(number)
        values = [value for value in fields[:3] if isinstance(value, str)]
        series, voucher, on = [*values, "", "", ""][:3]
        if _DATE.fullmatch(voucher) and self._day(voucher) and not _DATE.fullmatch(on):
            self._fault(
                "S107",
                number,
                "#VER",
                "a date where the voucher's number belongs: series or number is missing",
                '#VER series number date; the series is "" where there is one only',
                _EXPORT,
            )
            return _Voucher(number, series, "")
        if not voucher:
            found = "a voucher without number: not booked yet, as in an import file (SIE 4I)"
            self._fault("S107", number, "#VER", found, "#VER series number date", _EXPORT)
            return _Voucher(number, series, "")
        self._letters(number, "#VER", (series, voucher))
        if (series, voucher) in self.vouchers:
            first = self.vouchers[series, voucher]
            self._fault(
                "S111",
                number,
                "#VER",
                f"voucher {quote(series, True)} {quote(voucher, True)} again, first on line {first}",
                "every voucher once",
                "Two exports were joined, or the export is damaged: export the file again.",
            )
        self.vouchers[series, voucher] = number
        day = self._date(number, "#VER", on)
        if day:
            self.dated.append((number, day))
        return _Voucher(number, series, voucher, f"{day:%Y%m}" if day else "", f"{day}" if day else "", len(self.rows))

    def _row(self, number: int, record: str, line: str, voucher: _Voucher) -> None:
        """A #TRANS or #RTRANS, field by field."""
        fields = fields_of(line)
        is_kept = record == "#TRANS"
        voucher.rows += is_kept
        account, objects, amount, day = [*fields, "", "", "", ""][:4]
        expected = f"{record} account {{objects}} amount"
        found = ""
        if not isinstance(account, str) or not account:
            found = "a row without account"
        elif not _DIGITS.fullmatch(account):
            word = CAPITALISED_WORD.search(account)
            found, expected = (
                f"the account {quote(account, not word)}, which is no number",
                f"{expected}; accounts are digits",
            )
        elif not isinstance(objects, tuple):
            found = (
                "an object list that does not end, or has quotes or braces in it"
                if "{" in line
                else "a row without object list"
            )
            expected = f"{expected}; the list is {{}} where there are no objects"
        elif not isinstance(amount, str) or not amount:
            found = "a row without amount"
        elif isinstance(day, str) and _THOUSANDS.fullmatch(day):
            self._fault(
                "S108", number, record, f"an amount in two pieces ({_shape(f'{amount} {day}')})", _WRITE_AMOUNT, _AGAIN
            )
            return
        if found or isinstance(account, tuple) or isinstance(amount, tuple):
            self._fault("S107", number, record, found or "fields in another order", expected, _AGAIN)
            return
        cells = self._codes(number, record, [(value, "") for value in objects], None)
        kronor = self._amount(number, record, amount)
        if not is_kept:
            if cells is not None:
                voucher.added.append((number, (account, cells, kronor)))
            return
        self._keep(number, voucher, account, cells, f"{kronor:f}", str(day) if day else None)

    def _keep(
        self, number: int, voucher: _Voucher, account: str, cells: Cells | None, amount: str, posted: str | None
    ) -> None:
        """One row. Its own date may be near the voucher's month, in another year too: how near is a rule's (L205)."""
        iso = voucher.iso
        if posted:
            iso = self.days.get(posted) or self._posted(number, posted)
        if cells is None or not iso or not voucher.iso:
            return  # already a fault
        self.monthly[voucher.month][account] += Decimal(amount)
        if account not in self.account_lines:
            self.account_lines[account] = number
        self.rows.append((voucher, voucher.rows, iso, account, cells, amount, number))

    def _posted(self, number: int, text: str) -> str:
        day = self._date(number, "#TRANS", text)
        if day is None:
            return ""
        self.days[text] = day.isoformat()
        return self.days[text]

    def _codes(self, number: int, record: str, tokens: list[tuple[str, str]], text: str | None) -> Cells | None:
        """The codes of the dimensions that are read; None, and a fault, where the list contradicts itself. text: to
        know it again by.
        """
        values = [(quoted or bare).strip() for quoted, bare in tokens]
        if len(values) % 2:
            self._fault("S107", number, record, "a dimension without code", "{dimension code dimension code …}", _AGAIN)
            return None
        cells: list[str | None] = [None] * len(self.columns)
        for dimension, code in zip(values[::2], values[1::2], strict=True):
            place = self.place.get(dimension)
            if place is None and (dimension in self.others or (place := self.place.get(dimension.lstrip("0"))) is None):
                self.others.setdefault(dimension, number)
                continue
            if cells[place] is not None:
                found = f"dimension {dimension} ({self._of(self.columns[place])}) twice in one object list"
                if cells[place] == code:
                    self._note(
                        "S115",
                        number,
                        record,
                        f"{found}, with the same code",
                        "each dimension once in a row",
                        "It was read as one.",
                    )
                    continue
                self._fault("S115", number, record, found, "each dimension once in a row", _VOUCHER)
                return None
            cells[place] = code or None
        made = tuple(cells)
        if text is None or not text.isascii():
            self._letters(number, record, tuple(cell for cell in cells if cell))
        if text is not None:
            if len(self.cells) >= _REMEMBERED:
                self.cells.clear()
            self.cells[text] = made
        return made

    def _letters(self, number: int, record: str, codes: tuple[str, ...]) -> None:
        """Codes are kept: their letters must be of the code page that the rest of the file is in."""
        for code in codes:
            if not code.isascii() and any(c > "\x7f" and (c > "\u024f" or not c.isalpha()) for c in code):
                self._fault(
                    "S102",
                    number,
                    record,
                    "a code with letters of another code page than the rest of the file",
                    "one code page in the whole file (#FORMAT PC8)",
                    _DAMAGED,
                )

    def _twins(self, voucher: _Voucher) -> None:
        """Every #RTRANS stands as #TRANS too: readers that do not know of added rows must find them."""
        standing = Counter(
            (account, cells, Decimal(amount)) for _, _, _, account, cells, amount, _ in self.rows[voucher.first :]
        )
        for line, row in voucher.added:
            standing[row] -= 1
            if standing[row] < 0:
                name = " ".join(code for code in (voucher.series, voucher.number) if _CODE.fullmatch(code))
                self._fault(
                    "S116",
                    line,
                    "#RTRANS",
                    f"voucher {name}: an added row without the same row as #TRANS",
                    "every #RTRANS followed by the same #TRANS",
                    _AGAIN,
                )

    def _amount(self, number: int, record: str, text: str) -> Decimal:
        if not _AMOUNT.fullmatch(text):
            self._fault("S108", number, record, _shape(text), _WRITE_AMOUNT, _AGAIN)
            return Decimal()
        return Decimal(text).quantize(_ORE)

    def _day(self, text: str) -> date | None:
        if text not in self.dates:
            try:
                self.dates[text] = date.fromisoformat(text) if _DATE.fullmatch(text) else None
            except ValueError:
                self.dates[text] = None
        return self.dates[text]

    def _date(self, number: int, record: str, text: str) -> date | None:
        on = self._day(text)
        if on is None:
            self._fault("S109", number, record, _shape(text), "a date YYYYMMDD that exists", _AGAIN)
        return on

    def _of_type(self, number: int | None) -> None:
        """Stops if the file is none of booked vouchers. A file without #SIETYP is of type 1, says the standard."""
        if self.type.upper() == "4I":
            self._stop(
                "S103",
                number,
                "SIE type '4I', vouchers on their way into a ledger",
                "type 4E, booked vouchers",
                _EXPORT,
            )
        if self.type.upper() not in ("4", "4E"):
            found = f"SIE type {quote(self.type, True)}" if self.type else "no #SIETYP, which makes it SIE type 1"
            self._stop("S103", number, found, "type 4: types 1-3 hold no vouchers", "Choose SIE type 4 when exporting.")

    def _complete(self) -> None:
        """What a file must say of itself, wherever it says it."""
        number = self.first_voucher
        self._of_type(number)
        if not self.format:
            self._note("S102", number, "#FORMAT", "no #FORMAT", "#FORMAT PC8 (code page 437)", _READ_ANYWAY)
        if not self.organisation_number and ("S105", "#ORGNR", "error") not in self.findings:
            self._fault("S105", number, "#ORGNR", "no organisation number", "#ORGNR NNNNNN-NNNN", _AGAIN)
        if self.year is None and ("S109", "#RAR", "error") not in self.findings:
            self._fault(
                "S105",
                number,
                "#RAR",
                "no fiscal year (#RAR 0): is it an import file (SIE 4I)?",
                "#RAR 0 first-day last-day",
                _EXPORT,
            )
        for line, day in self.dated:
            if self.year and not self.year[0] <= day <= self.year[1]:
                expected = f"a date in the file's fiscal year, {self.year[0]} to {self.year[1]} (#RAR 0)"
                self._fault("S110", line, "#VER", f"the date {day}", expected, "Export one fiscal year at a time.")

    def _after_checksum(self, number: int) -> None:
        self._fault(
            "S114",
            number,
            "#KSUMMA",
            "records after the checksum, which it does not count",
            "#KSUMMA as the last record",
            _CHANGED,
        )

    def _contradictions(self) -> None:
        """Compare the file's own totals with its vouchers: a file cut between two vouchers shows here and nowhere else."""
        movement: defaultdict[str, Decimal] = defaultdict(Decimal)
        for accounts in self.monthly.values():
            for account, kronor in accounts.items():
                movement[account] += kronor
        said = [(line, "#RES", account, "", total) for account, (line, total) in self.totals.result.items()]
        for account in self.totals.opening.keys() | self.totals.closing.keys():
            line, closing = self.totals.closing.get(account, (None, None))
            if line is not None and closing is not None:
                said.append(
                    (line, "#UB less #IB", account, "", closing - self.totals.opening.get(account, (0, Decimal()))[1])
                )
        said += [
            (line, "#PSALDO", account, month, total) for (month, account), (line, total) in self.totals.period.items()
        ]
        for line, record, account, month, total in sorted(said):
            vouchers = self.monthly[month][account] if month else movement[account]
            if vouchers != total:
                where = f" in {quote(month, True)}" if month else ""
                found = f"{total} for account {quote(account, True)}{where}"
                self._fault("S112", line, record, found, f"{vouchers}, the sum of its vouchers", _WHOLE)
        if not said:
            self._note(
                "S118",
                None,
                None,
                "no totals (#RES, #UB, #PSALDO) beside the vouchers",
                "the totals of an export (SIE 4E)",
                "Nothing shows whether all vouchers came: choose 4E, with balances, when exporting.",
            )

    def _checksum(self) -> None:
        if self.checksum is None:
            if self.checksum_opened is not None:
                self._fault(
                    "S114",
                    self.checksum_opened,
                    "#KSUMMA",
                    "a checksum that is opened and not closed: half a file",
                    "#KSUMMA with the sum as the last record",
                    _AGAIN,
                )
        elif self.checksum[1] not in checksums(self.path, self.encoding):
            self._fault(
                "S114",
                self.checksum[0],
                "#KSUMMA",
                "a checksum that does not agree with the file",
                "the CRC-32 of the records above it",
                _CHANGED,
            )

    def _dimensions_used(self) -> None:
        """Whether any row has the cost centre's dimension; where none has, each row's fault (L210) would not say why.

        And whether a column of ours that no row has stands in another dimension: nothing else would tell that its codes
        are lost.
        """
        for at, column in enumerate(self.columns):
            titled = next(
                (number for number in self.others if self.titles.get(number, "").casefold() in _TITLES.get(column, ())),
                None,
            )
            if (
                titled is not None
                and column != COST_CENTRE
                and not any(cells[at] for _, _, _, _, cells, _, _ in self.rows)
            ):
                found = (
                    f"dimension {titled} of the file is '{self.titles[titled]}', and no row has {self._of(column)}'s"
                )
                self._fault("S117", self.others[titled], "#TRANS", found, self._configured(), _DIMENSIONS)
        place = self.columns.index(COST_CENTRE) if COST_CENTRE in self.columns else None
        results = [(cells, line) for _, _, _, account, cells, _, line in self.rows if account[0] not in "12"]
        if not results or (place is not None and any(cells[place] for cells, _ in results)):
            return
        used = [
            f"{number}{_titled(self.titles.get(number, ''))}" for number in self.others if _DIGITS.fullmatch(number)
        ]
        used += [number for number, at in self.place.items() if any(cells[at] for cells, _ in results)]
        found = f"dimension{'s' if len(used) > 1 else ''} {', '.join(used[:10])}" if used else "no dimension"
        self._fault(
            "S117",
            results[0][1],
            "#TRANS",
            f"{found} in the rows, and never the cost centre's",
            self._configured(),
            _DIMENSIONS,
        )

    def _warnings(self) -> None:
        last = max((date.fromisoformat(voucher.iso) for voucher, *_ in self.rows), default=None)
        if self.covers and last:
            line, covers = self.covers
            whole = date(covers.year, covers.month, monthrange(covers.year, covers.month)[1])
            if last > covers:
                self._note(
                    "S119",
                    line,
                    "#OMFATTN",
                    f"a file that covers to {covers} and has vouchers to {last}",
                    "no voucher after the day that it covers",
                    "Export again, if the last months are not whole.",
                )
            elif covers < whole and (last.year, last.month) == (covers.year, covers.month):
                self._note(
                    "S119",
                    line,
                    "#OMFATTN",
                    f"a file that covers to {covers}: its last month is not whole",
                    "whole months",
                    "Deliver the file again when the month is closed.",
                )
        elif self.made and last and self.made[1] <= date(last.year, last.month, monthrange(last.year, last.month)[1]):
            line, made = self.made
            found = f"a file made on {made} with vouchers of {last:%Y-%m}: that month was not over"
            self._note("S119", line, "#GEN", found, "whole months", "Deliver the file again when the month is closed.")
        undeclared = [account for account in self.account_lines if account not in self.accounts]
        if self.accounts and undeclared:
            found = f"account {quote(undeclared[0], True)}, which no #KONTO declares"
            self._note(
                "S121",
                self.account_lines[undeclared[0]],
                "#TRANS",
                found,
                "every account among the file's #KONTO",
                "Look whether the account is right, and the file whole.",
                len(undeclared),
            )

    def _result(self) -> SieFile:
        self._complete()
        self._checksum()
        if not self.rows and not self._has_errors():
            self._stop(
                "S113",
                None,
                "no transactions",
                "vouchers with rows",
                "Choose SIE type 4 and the months when exporting.",
            )
        if not self._has_errors():
            self._contradictions()
            self._dimensions_used()
            self._warnings()
        if self._has_errors():
            raise DeliveryRejected(finding for finding in self._told() if finding.severity == "error")
        return SieFile(self.organisation_number, self._frame(), tuple(self._told()))

    def _frame(self) -> pd.DataFrame:
        vouchers, numbers, days, accounts, cells, amounts, lines = zip(*self.rows, strict=True)
        columns: dict[str, list[str | None]] = {
            "period": [f"{voucher.month[:4]}-{voucher.month[4:]}" for voucher in vouchers],
            "serie": [voucher.series or None for voucher in vouchers],
            "verifikation": [voucher.number for voucher in vouchers],
            "rad": [str(number) for number in numbers],
            "bokforingsdatum": list(days),
            "redovisningsperiod": [voucher.month for voucher in vouchers],
            "konto": list(accounts),
            "belopp": [amount.replace(".", ",") for amount in amounts],
        }
        for place, column in enumerate(self.columns):
            columns[self.headers[column]] = [codes[place] for codes in cells]
        nothing: list[str | None] = [None] * len(self.rows)
        rows = pd.DataFrame(
            {header: pd.Series(columns.get(header, nothing), dtype="str") for header in self.headers.values()}
        )
        rows["source_row"] = lines
        return rows

    def _has_errors(self) -> bool:
        return any(severity == "error" for _, _, severity in self.findings)

    def _told(self) -> Iterator[Finding]:
        return (Finding(**{**finding.as_dict(), "count": self.counts[key]}) for key, finding in self.findings.items())

    def _unknown(self, line: int, found: str, expected: str, misspelt: str) -> None:
        self._note(
            "S120",
            line,
            None,
            found,
            expected,
            f"It was skipped. Look whether something is lost: is it a misspelt {misspelt}?",
        )

    def _note(  # noqa: PLR0913 (the facts of a finding)
        self, rule: str, line: int | None, record: str | None, found: str, expected: str, advice: str, count: int = 1
    ) -> None:
        """Note what is to be seen and hinders nothing."""
        self._tell("warning", rule, line, record, found, expected, advice, count)

    def _fault(self, rule: str, line: int | None, record: str | None, found: str, expected: str, advice: str) -> None:
        """Note a fault and read on; of each rule and record the first is named and the rest are counted."""
        self._tell("error", rule, line, record, found, expected, advice)

    def _tell(  # noqa: PLR0913 (the facts of a finding)
        self,
        severity: Severity,
        rule: str,
        line: int | None,
        record: str | None,
        found: str,
        expected: str,
        advice: str,
        count: int = 1,
    ) -> None:
        key = (rule, record, severity)
        self.counts[key] += count
        self.findings.setdefault(key, Finding(rule, severity, self.path.name, found, expected, advice, line, record))

    def _stop(self, rule: str, line: int | None, found: str, expected: str, advice: str) -> NoReturn:
        """Reject at once: after this fault the rest of the file cannot be understood."""
        self._fault(rule, line, None, found, expected, advice)
        raise DeliveryRejected(finding for finding in self._told() if finding.severity == "error")


def _shape(text: str) -> str:
    return quote(text, public=False) if text else "nothing"


def _label(label: str) -> str:
    return label if _LABEL.fullmatch(label) else "a record"


def _titled(title: str) -> str:
    """A dimension's title for a message; one that could be a name is left out."""
    return f" ('{title}')" if title and re.fullmatch(r"[^\W\d_]{1,20}", title) else ""


def _known(column: str, headers: dict[str, str]) -> str:
    if column not in headers:
        raise ValueError(f"{column} is no column of a transaction; expected one of {', '.join(headers)}")
    return column
