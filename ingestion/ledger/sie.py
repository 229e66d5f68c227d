"""SIE 4: from the file that every Swedish accounting system can export to raw rows of the transactions' contract.

Belongs here: the format (code page 437, records, quotes, blocks; types 4E and 4I) and what a file says against itself.
Does not belong here: types and contracts (`delivery`), whether a voucher balances and other rules on rows (`expectations`).

The standard is "SIE filformat, utgåva 4B". Records that it does not know are skipped, as it demands; so are #BTRANS (rows
that were struck out) and #RTRANS (rows that were added: the same row follows as #TRANS). Voucher texts, names of objects
and every dimension that the municipality has not named (7, the employee, among them) are never kept. Rules S101-S113.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pandas as pd

from ingestion.contracts import Kind
from ingestion.findings import DeliveryRefused, Finding, quote
from ingestion.ledger import TRANSACTIONS

EMPLOYEE_DIMENSION = "7"
MAX_LINE_BYTES = 64 * 1024

_AGAIN = "Export the file again from the ledger, as SIE type 4, and deliver it whole."
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}"]|[^\s{}"]+)')
_AMOUNT = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,2})?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_DATE = re.compile(r"\d{8}", re.ASCII)
_ORGANISATION_NUMBER = re.compile(r"(?:16)?(\d{6})-?(\d{4})", re.ASCII)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# How å ä ö é Å Ä Ö look in the code pages that a file is wrongly saved in. In code page 437 the first are line-drawing
# characters, the second Greek letters and lines: neither stands in a Swedish word.
_UTF8_LETTER = re.compile(rb"\xc3[\xa5\xa4\xb6\xa9\x85\x84\x96]")
_CP1252_LETTER = re.compile(rb"[A-Za-z][\xe5\xe4\xf6\xc5\xc4\xd6]|[\xe5\xe4\xf6\xc5\xc4\xd6][A-Za-z]")

Field = str | tuple[str, ...]
"""A field of a record; what stands in braces is one field, a tuple."""


@dataclass(frozen=True, eq=False)
class SieFile:
    """What is kept of a SIE 4 file.

    organisation_number: 'NNNNNN-NNNN'. accounts: number to name. objects: our column to the codes that the file declares
    (names are not read: a counterparty's may be a person's). rows: one per #TRANS, texts (None where empty), named by the
    headers of `ledger.TRANSACTIONS` except `kommun` and `text`, and `source_row`, the line in the file. A voucher belongs
    to the month of its own date with all its rows, so that a file split by month leaves every voucher whole.
    """

    organisation_number: str
    program: str
    generated: date | None
    fiscal_year_start: date
    fiscal_year_end: date
    accounts: dict[str, str]
    objects: dict[str, tuple[str, ...]]
    rows: pd.DataFrame


def read_sie(path: Path, dimensions: dict[str, str]) -> SieFile:
    """Read the SIE 4 file `path`; `dimensions` maps our column (`cost_centre`, …) to the file's dimension number.

    Raises DeliveryRefused with findings S101-S113, which name line and record and never quote a text.
    ValueError if `dimensions` asks for the employee or for a column that a transaction does not have.
    """
    if EMPLOYEE_DIMENSION in dimensions.values():
        raise ValueError(f"dimension {EMPLOYEE_DIMENSION} is the employee and is never read")
    return _Reader(path, dimensions).read()


@dataclass
class _Voucher:
    line: int
    series: str
    number: str
    on: date | None
    rows: int = 0


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
        self.headers = {c.name: c.header for c in TRANSACTIONS.columns if c.kind is not Kind.DROPPED and c.name != "municipality_id"}
        self.columns = {number: self.headers[_known(column, self.headers)] for column, number in dimensions.items()}
        self.names = {number: column for column, number in dimensions.items()}
        self.cells: dict[str, list[str | None]] = {header: [] for header in self.headers.values()}
        self.lines: list[int] = []
        self.faults: dict[str, Finding] = {}
        self.fault_counts: Counter[str] = Counter()
        self.organisation_number = ""
        self.program = ""
        self.format = ""
        self.type = "1"  # what the standard says a file without #SIETYP is
        self.generated: date | None = None
        self.year: tuple[date, date] | None = None
        self.accounts: dict[str, str] = {}
        self.objects: dict[str, dict[str, None]] = {column: {} for column in dimensions}
        self.totals = _Totals()
        self.movement: defaultdict[str, Decimal] = defaultdict(Decimal)
        self.monthly: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self.vouchers: dict[tuple[str, str], int] = {}
        self.dates: dict[str, date | None] = {}
        self.pooled: dict[str, str] = {}

    def read(self) -> SieFile:
        voucher: _Voucher | None = None
        opened = skipping = False
        last = ""
        number = 0
        for number, line in self._records():
            if line == "{":
                if voucher and not opened:
                    opened = True
                elif not voucher and not skipping and last not in _RECORDS:
                    skipping = True  # the block of a record that the standard does not know
                else:
                    self._stop("S106", number, "'{' where no voucher begins", "a block after #VER only", _AGAIN)
            elif line == "}":
                if not (voucher and opened) and not skipping:
                    self._stop("S106", number, "'}' without '{'", "one block for each #VER", _AGAIN)
                voucher, opened, skipping = None, False, False
            elif skipping:
                continue
            else:
                fields = self._fields(number, line)
                last = str(fields[0]).upper()
                if voucher and not opened:
                    self._stop("S106", voucher.line, "a #VER without rows", "'{', the rows and '}' on the lines after #VER", _AGAIN)
                if last == "#TRANS":
                    if voucher is None:
                        self._stop("S106", number, "a #TRANS outside a voucher", "#TRANS between '{' and '}' only", _AGAIN)
                    self._transaction(number, fields, voucher)
                elif voucher and last in _RECORDS - {"#RTRANS", "#BTRANS"}:
                    self._stop("S106", voucher.line, f"a voucher that is not closed before {last}", "'}' after its rows", _AGAIN)
                elif last == "#VER":
                    voucher = self._voucher(number, fields)
                elif last in _RECORDS:
                    self._heading(number, last, fields)
        if voucher or skipping:
            self._stop("S106", number, "the end of the file inside a block: half a file", "'}' after the rows of every voucher", _AGAIN)
        return self._result()

    def _records(self) -> Iterator[tuple[int, str]]:
        """(line number, line without surrounding blanks) of every line that is not empty; the code page is checked here."""
        with self.path.open("rb") as file:
            number = 0
            while raw := file.readline(MAX_LINE_BYTES):
                number += 1
                raw = raw.strip().removesuffix(b"\x1a")  # DOS ends text with Ctrl-Z
                if number == 1:
                    self._beginning(raw)
                if len(raw) >= MAX_LINE_BYTES - 2 or _CONTROL.search(raw):
                    self._stop("S104", number, "a line too long or with control characters", "records on lines of their own", _AGAIN)
                if not raw.isascii():
                    wrong = "UTF-8" if _UTF8_LETTER.search(raw) else "Windows-1252" if _CP1252_LETTER.search(raw) else ""
                    if wrong:
                        self._stop(
                            "S102", number, f"letters in {wrong}", "code page 437 (#FORMAT PC8)",
                            "The file was opened and saved by another program: export it again and deliver it untouched.",
                        )  # fmt: skip
                if raw:
                    yield number, raw.decode("cp437")
            if not number:
                self._stop("S101", None, "an empty file", "a SIE file of type 4", _AGAIN)

    def _beginning(self, raw: bytes) -> None:
        if raw.startswith(b"\xef\xbb\xbf"):
            self._stop("S102", 1, "a file in UTF-8", "code page 437 (#FORMAT PC8)", "Export it again and deliver it untouched.")
        if raw.startswith(b"<"):
            self._stop("S101", 1, "XML, perhaps SIE 5", "a text that begins with #FLAGGA", "Choose SIE type 4 (4E) when exporting.")
        if not raw.upper().startswith(b"#FLAGGA"):
            self._stop("S101", 1, "a file that does not begin with #FLAGGA", "a SIE file of type 4", _AGAIN)

    def _fields(self, number: int, line: str) -> list[Field]:
        """The fields of a record; stops at S104 where quotes or braces do not match."""
        fields: list[Field] = []
        group: list[str] | None = None
        for quoted, bare in _TOKEN.findall(line):
            if bare == '"' or (bare == "{" and group is not None) or (bare == "}" and group is None):
                self._stop("S104", number, "quotes or braces that do not match", "every field closed on its own line", _AGAIN)
            elif bare == "{":
                group = []
            elif bare == "}":
                fields.append(tuple(group or ()))
                group = None
            else:
                value = quoted.replace('\\"', '"') if quoted else bare
                (fields if group is None else group).append(value)
        if group is not None or not isinstance(fields[0], str) or not fields[0].startswith("#"):
            self._stop("S104", number, "a line that is no record", "a record that begins with # on every line", _AGAIN)
        return fields

    def _heading(self, number: int, record: str, fields: list[Field]) -> None:
        values = [value for value in fields[1:] if isinstance(value, str)]
        groups = [value for value in fields[1:] if isinstance(value, tuple)]
        values += [""] * (4 - len(values))
        match record:
            case "#FORMAT":
                self.format = values[0].upper()
            case "#SIETYP":
                self.type = values[0]
            case "#PROGRAM":
                self.program = " ".join(values[:2]).strip()
            case "#GEN":
                self.generated = self._date(number, record, values[0])
            case "#ORGNR":
                if found := _ORGANISATION_NUMBER.fullmatch(values[0]):
                    number_found = "-".join(found.groups())
                    if self.organisation_number not in ("", number_found):
                        self._fault("S105", number, record, "a second organisation number", "one organisation in a file", _AGAIN)
                    self.organisation_number = number_found
                else:
                    self._fault("S105", number, record, quote(values[0], public=False), "an organisation number NNNNNN-NNNN", _AGAIN)
            case "#RAR" if values[0] == "0":
                start, end = self._date(number, record, values[1]), self._date(number, record, values[2])
                if start and end:
                    if self.year not in (None, (start, end)):
                        self._fault("S105", number, record, "a second fiscal year 0", "one fiscal year in a file", _AGAIN)
                    self.year = (start, end)
            case "#KONTO":
                self.accounts[values[0]] = values[1]
            case "#OBJEKT" if values[0] in self.names:
                self.objects[self.names[values[0]]][values[1]] = None
            case "#RES" | "#IB" | "#UB" if values[0] == "0":
                totals = {"#RES": self.totals.result, "#IB": self.totals.opening, "#UB": self.totals.closing}[record]
                totals[values[1]] = (number, self._amount(number, record, values[2]))
            case "#PSALDO" if values[0] == "0" and groups == [()]:  # with objects it is a part of the account's
                self.totals.period[values[1], values[2]] = (number, self._amount(number, record, values[3]))

    def _voucher(self, number: int, fields: list[Field]) -> _Voucher:
        if not self.vouchers:
            self._complete(number)
        values = [value for value in fields[1:4] if isinstance(value, str)]
        if len(values) < 3 or not values[0] or not values[1]:
            self._fault("S107", number, "#VER", "a voucher without series, number or date", "#VER series number date", _AGAIN)
            return _Voucher(number, "", "", None)
        series, voucher, on = values
        if (series, voucher) in self.vouchers:
            first = self.vouchers[series, voucher]
            self._fault(
                "S111", number, "#VER", f"voucher {quote(series, True)} {quote(voucher, True)} again, first on line {first}",
                "every voucher once", "Two exports were joined, or the export is damaged: export the file again.",
            )  # fmt: skip
        self.vouchers[series, voucher] = number
        return _Voucher(number, series, voucher, self._date(number, "#VER", on, in_year=True))

    def _transaction(self, number: int, fields: list[Field], voucher: _Voucher) -> None:
        voucher.rows += 1
        objects = fields[2] if len(fields) > 2 else ""
        account, amount = str(fields[1]) if len(fields) > 1 else "", fields[3] if len(fields) > 3 else ()
        if not (isinstance(objects, tuple) and len(objects) % 2 == 0 and isinstance(amount, str) and _DIGITS.fullmatch(account)):
            found = f"{len(fields) - 1} fields that are no transaction"
            self._fault("S107", number, "#TRANS", found, "#TRANS account {objects} amount", _AGAIN)
            return
        kronor = self._amount(number, "#TRANS", amount)
        posted = voucher.on
        if len(fields) > 4 and fields[4]:
            posted = self._date(number, "#TRANS", str(fields[4]), in_year=True)
        if voucher.on is None or posted is None:
            return  # already a fault
        month = f"{voucher.on:%Y%m}"
        self.movement[account] += kronor
        self.monthly[month, account] += kronor
        row: dict[str, str] = {
            "period": f"{month[:4]}-{month[4:]}",
            "serie": voucher.series,
            "verifikation": voucher.number,
            "rad": str(voucher.rows),
            "bokforingsdatum": posted.isoformat(),
            "redovisningsperiod": month,
            "konto": account,
            "belopp": str(kronor).replace(".", ","),
        }
        for dimension, code in zip(objects[::2], objects[1::2], strict=True):
            if dimension in self.columns:
                row[self.columns[dimension]] = code
        for header, cells in self.cells.items():
            value = row.get(header)
            cells.append(self.pooled.setdefault(value, value) if value else None)  # few distinct texts: each is held once
        self.lines.append(number)

    def _amount(self, number: int, record: str, text: str) -> Decimal:
        if not _AMOUNT.fullmatch(text):
            self._fault("S108", number, record, quote(text, public=False), "kronor and öre with a decimal point, such as -1250.00", _AGAIN)
            return Decimal()
        return Decimal(text)

    def _date(self, number: int, record: str, text: str, in_year: bool = False) -> date | None:
        if text not in self.dates:
            try:
                self.dates[text] = date.fromisoformat(text) if _DATE.fullmatch(text) else None
            except ValueError:
                self.dates[text] = None
        on = self.dates[text]
        if on is None:
            self._fault("S109", number, record, quote(text, public=False), "a date YYYYMMDD", _AGAIN)
        elif in_year and self.year and not self.year[0] <= on <= self.year[1]:
            self._fault(
                "S110", number, record, f"the date {on}", f"a date in the file's fiscal year, {self.year[0]} to {self.year[1]} (#RAR 0)",
                "Export one fiscal year at a time.",
            )  # fmt: skip
        return on

    def _complete(self, number: int | None) -> None:
        """Stops unless the records that must come before the first voucher are there."""
        if self.format != "PC8":
            found = f"#FORMAT {quote(self.format, True)}"
            self._stop("S102", number, found, "#FORMAT PC8 (code page 437)", "Choose SIE with PC8 when exporting.")
        if self.type != "4":
            found = f"SIE type {quote(self.type, True)}"
            self._stop("S103", number, found, "type 4: types 1-3 hold no vouchers", "Choose SIE type 4 when exporting.")
        if not self.organisation_number and "S105" not in self.faults:
            self._fault("S105", number, "#ORGNR", "no organisation number before the first voucher", "#ORGNR NNNNNN-NNNN", _AGAIN)
        if self.year is None and "S109" not in self.faults:
            self._fault("S105", number, "#RAR", "no fiscal year before the first voucher", "#RAR 0 first-day last-day", _AGAIN)

    def _contradictions(self) -> None:
        """Compare the file's own totals with its vouchers: a file cut between two vouchers shows here and nowhere else."""
        advice = "The file does not hold all vouchers, or was changed: export it again, whole and with every voucher series."
        said = [(line, "#RES", account, "", total) for account, (line, total) in self.totals.result.items()]
        for account in self.totals.opening.keys() | self.totals.closing.keys():
            line, closing = self.totals.closing.get(account, (None, None))
            if line is not None and closing is not None:
                said.append((line, "#UB less #IB", account, "", closing - self.totals.opening.get(account, (0, Decimal()))[1]))
        said += [(line, "#PSALDO", account, month, total) for (month, account), (line, total) in self.totals.period.items()]
        for line, record, account, month, total in sorted(said):
            vouchers = self.monthly.get((month, account), Decimal()) if month else self.movement.get(account, Decimal())
            if vouchers != total:
                where = f" in {quote(month, True)}" if month else ""
                found = f"{total} for account {quote(account, True)}{where}"
                self._fault("S112", line, record, found, f"{vouchers}, the sum of its vouchers", advice)

    def _result(self) -> SieFile:
        if not self.vouchers:
            self._complete(None)
        if not self.lines and not self.faults:
            self._stop("S113", None, "no transactions", "vouchers with rows", "Choose SIE type 4 and the months when exporting.")
        if not self.faults:
            self._contradictions()
        if self.faults or self.year is None:
            raise DeliveryRefused(self._counted(fault) for fault in self.faults.values())
        rows = pd.DataFrame({header: pd.Series(cells, dtype="str") for header, cells in self.cells.items()})
        rows["source_row"] = self.lines
        objects = {column: tuple(codes) for column, codes in self.objects.items()}
        return SieFile(self.organisation_number, self.program, self.generated, *self.year, self.accounts, objects, rows)

    def _counted(self, fault: Finding) -> Finding:
        return Finding(**{**fault.as_dict(), "count": self.fault_counts[fault.rule]})

    def _fault(self, rule: str, line: int | None, record: str, found: str, expected: str, advice: str) -> None:
        """Note a fault and read on; of each rule the first is named and the rest are counted."""
        self.fault_counts[rule] += 1
        self.faults.setdefault(rule, Finding(rule, "error", self.path.name, found, expected, advice, line, record))

    def _stop(self, rule: str, line: int | None, found: str, expected: str, advice: str) -> NoReturn:
        """Refuse at once: after this fault the rest of the file cannot be understood."""
        stop = Finding(rule, "error", self.path.name, found, expected, advice, line)
        raise DeliveryRefused([*(self._counted(fault) for fault in self.faults.values()), stop])


_RECORDS = frozenset(
    ("#FLAGGA", "#FORMAT", "#SIETYP", "#PROGRAM", "#GEN", "#ORGNR", "#FNAMN", "#RAR", "#KONTO", "#DIM", "#OBJEKT", "#IB", "#UB", "#RES")
    + ("#PSALDO", "#VER", "#TRANS", "#RTRANS", "#BTRANS")
)  # fmt: skip


def _known(column: str, headers: dict[str, str]) -> str:
    if column not in headers:
        raise ValueError(f"{column} is no column of a transaction; expected one of {', '.join(headers)}")
    return column
