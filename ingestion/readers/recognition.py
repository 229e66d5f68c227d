"""Which table of a source a delivered file holds, told by its headers.

Belongs here: recognising the table, headers that are missing, unknown or stand below a title. Does not belong here: how
a file is read (`files`), its rows (`typed_rows`). Rules R104 (headers below a title), R110, R111 and R112 are raised
here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ingestion.contracts import DELIVERED_SOURCES, Table, tables
from ingestion.findings import DeliveryRejected, Finding, quote
from ingestion.readers import files

_WORD = re.compile(r"[\w.-]{1,40}")
"""A header that may be quoted: one word. Several may be a name, where a person's row became the header."""

NAMED_HEADERS = 8


class NoTable(DeliveryRejected):
    """R110: a file whose headers are those of no table of its source. nearest: the table that it is rather than
    another, if any.
    """

    def __init__(self, finding: Finding, nearest: Table | None) -> None:
        self.nearest = nearest
        super().__init__([finding])


def recognise(path: Path, source: str) -> Table:
    """The table of `source` whose headers the file has most of; NoTable if it has none."""
    if files.sniff(path) == "sie":
        for table in tables(source):
            if table.full_name == "ledger_transactions":
                return table
        raise files.reject(
            path, "R110", "a SIE file", f"an extract of {source}", "Put SIE files in the inbox of the ledger."
        )
    try:
        return _recognise(path, source, files.read_header(path).headers)
    except DeliveryRejected:
        if below := _headers_below(path, source):
            return below[1]
        raise


def source_of(path: Path) -> str:
    """The source of a file that lies anywhere: that of the table whose headers it has most of; DeliveryRejected (R110)
    where it has not even half of any.
    """
    if files.sniff(path) == "sie":
        return "ledger"
    delivered = set(files.read_header(path).headers)
    best = max(
        (table for source in DELIVERED_SOURCES for table in tables(source)), key=lambda one: _fit(one, delivered)
    )
    if not _fits(best, delivered):
        raise files.reject(
            path,
            "R110",
            "headers of no table of any source",
            "the headers of one table (docs/extracts.md)",
            "Check that the first row holds the headers, or put the file into a folder <id>-<name>/<source>.",
            1,
        )
    return best.source


def first_look(path: Path, source: str) -> tuple[files.Header, Table]:
    """The file's header and the table of `source` that has it; DeliveryRejected says so where it stands below a title
    (R104).
    """
    try:
        header = files.read_header(path)
        return header, _recognise(path, source, header.headers)
    except DeliveryRejected as rejection:
        if {finding.rule for finding in rejection.findings} <= {"R104", "R105", "R110"} and (
            below := _headers_below(path, source)
        ):
            raise files.reject(
                path,
                "R104",
                f"the headers in row {below[0]}",
                "the headers in the first row",
                "Leave out the title and the lines above the headers: they are not part of the table.",
                below[0],
            ) from None
        raise


def _headers_below(path: Path, source: str) -> tuple[int, Table] | None:
    """The row further down that holds most of a table's headers, and the table."""
    try:
        for row, cells in files.first_rows(path):
            best = max(tables(source), key=lambda table: _fit(table, set(cells)))
            if row > 1 and _fits(best, set(cells)):
                return row, best
    except DeliveryRejected:
        pass  # then the first reason is the one to tell
    return None


def _recognise(path: Path, source: str, headers: tuple[str, ...]) -> Table:
    delivered = set(headers)
    best = max(tables(source), key=lambda table: _fit(table, delivered))
    if _headers(best) <= delivered:
        return best
    expected, nearest = _nearest(source, headers)
    # A foreign export of a large table may have half of what a small one asks for, and be told that it lacks the rest
    # of that.
    if _fits(best, delivered) and nearest in (best, None):
        return best
    advice = (
        "Check that the file lies in the right folder and that its first row holds the headers; "
        "what a system writes in its own way is read by a mapping (genomlysning map, docs/mapping.md)."
    )
    raise NoTable(
        Finding("R110", "error", path.name, "headers of no table of this source", expected, advice, 1), nearest
    )


def _headers(table: Table) -> set[str]:
    return {column.header for column in table.columns}


def _fit(table: Table, delivered: set[str]) -> float:
    """What neither side lacks, of all that either has: by its own columns alone, a small table whose headers are all in
    a larger one would take the larger one's file as soon as that misses a column.
    """
    return len(_headers(table) & delivered) / len(_headers(table) | delivered)


def _fits(table: Table, delivered: set[str]) -> bool:
    return len(_headers(table) & delivered) >= len(_headers(table)) / 2


def _nearest(source: str, headers: tuple[str, ...]) -> tuple[str, Table | None]:
    """What a file that fits no table should have had, and the table that it is rather than another.

    Which that is, only headers tell that not every table of the source has. A file with none of those may be without
    headers: then its first row is a person's, and nothing of it is told.
    """
    delivered, own = set(headers), tables(source)
    elsewhere = [
        of for of in tables() if of.source in DELIVERED_SOURCES and of.source != source and _fits(of, delivered)
    ]
    if elsewhere:
        best = max(elsewhere, key=lambda table: _fit(table, delivered))
        return (
            f"the headers of one of {', '.join(of.name for of in own)}; these are {best.full_name}'s: the folder of {best.source}",
            None,
        )
    having = Counter(header for of in own for header in _headers(of))
    # A header says the more the fewer tables have it; what all have (kommun, period) says nothing, unless there is one
    # table only.
    told = {
        of: (
            sum(
                1 / having[header] for header in _headers(of) & delivered if having[header] < len(own) or len(own) == 1
            ),
            _fit(of, delivered),
        )
        for of in own
    }
    near = [of for of in own if told[of] == max(told.values()) and told[of][0]]
    if not near:
        return f"the headers of one of {', '.join(of.name for of in own)} (docs/extracts.md)", None
    missing = _some(column.header for column in near[0].columns if column.header not in delivered)
    unknown = _some(
        quote(name, public=_WORD.fullmatch(name) is not None)
        for name in headers
        if name and name not in _headers(near[0])
    )
    which = f"nearest: {near[0].full_name}" + "".join(f", and as near {of.full_name}" for of in near[1:])
    lacks = f"; missing{f' for {near[0].full_name}' if near[1:] else ''}: {missing}" + (
        f"; not known: {unknown}" if unknown else ""
    )
    return f"the headers of a table (docs/extracts.md); {which}{lacks}", near[0]


def _some(names: Iterable[str]) -> str:
    """The first names, and how many there are besides."""
    listed = list(names)
    return ", ".join(listed[:NAMED_HEADERS]) + (
        f" and {len(listed) - NAMED_HEADERS} more" if len(listed) > NAMED_HEADERS else ""
    )


def check_headers(path: Path, table: Table, headers: tuple[str, ...]) -> tuple[Finding, ...]:
    """Missing columns are rejected (R111); unknown ones are left behind with a warning (R112)."""
    expected = [column.header for column in table.columns]
    missing = [name for name in expected if name not in headers]
    if missing:
        raise DeliveryRejected(
            Finding(
                "R111",
                "error",
                path.name,
                "no such column",
                f"the column {name} (docs/extracts.md, {table.full_name})",
                "Add the column to the extract.",
                1,
                name,
            )
            for name in missing
        )
    unknown = [name for name in headers if name not in expected]
    return tuple(
        Finding(
            "R112",
            "warning",
            path.name,
            f"the column {quote(name, public=_WORD.fullmatch(name) is not None)}",
            "only the columns of the contract",
            "It is not read. Leave it out of the extract.",
            1,
        )
        for name in unknown
        if name
    )
