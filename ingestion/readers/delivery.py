"""From a delivered file to candidates: typed, pseudonymised Parquet that waits for judgement.

Belongs here: recognising which table a file holds, typing its texts by the contract, pseudonymising, telling
municipality and period from the contents, splitting a year-to-date SIE file by month.
Does not belong here: file formats (`readers`), rules that need more than one row or other data (`expectations`).

One streaming pass in the good case: DuckDB reads, types and writes Parquet; a cell that cannot be typed stops it, and
only then a second pass finds and names every such row. Rules R109-R113 and R120-R124 are raised here.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from ingestion.configuration.municipality import Municipality
from ingestion.contracts import DELIVERED_SOURCES, SQL_TYPES, Column, Kind, Table, tables
from ingestion.findings import DeliveryRejected, Finding, quote
from ingestion.in_memory import in_memory
from ingestion.lake import BOOKKEEPING, Candidate, Lake
from ingestion.periods import Period
from ingestion.privacy.personnummer import Reading, read_number
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.privacy.register import check_columns
from ingestion.privacy.tombstones import is_of_another, left_out_by
from ingestion.readers import files as readers
from ingestion.sql import content_hash, literal, quoted, read_parquet

_WORD = re.compile(r"[\w.-]{1,40}")
"""A header that may be quoted: one word. Several may be a name, where a person's row became the header."""

NAMED_HEADERS = 8
SMALL_BYTES = 8 * 1024**2

_WHAT_IS_EXPECTED = {
    Kind.INTEGER: ("a whole number", "Write digits only."),
    Kind.DECIMAL: ("a number with decimal comma and at most two decimals", "Write the number as 1234,50."),
    Kind.DATE: ("a date", "Write the date as 2024-03-31."),
    Kind.BOOLEAN: ("ja or nej", "Write ja or nej."),
    Kind.MONTH: ("a month", "Write the month as 2024-03."),
    Kind.YEAR: ("a year", "Write the year as 2024."),
}
A_PERSON = "a personnummer, samordningsnummer or reservnummer"


class NoTable(DeliveryRejected):
    """R110: a file whose headers are those of no table of its source. nearest: the table that it is rather than
    another, if any.
    """

    def __init__(self, finding: Finding, nearest: Table | None) -> None:
        self.nearest = nearest
        super().__init__([finding])


def recognise(path: Path, source: str) -> Table:
    """The table of `source` whose headers the file has most of; NoTable if it has none."""
    if readers.sniff(path) == "sie":
        for table in tables(source):
            if table.full_name == "ledger_transactions":
                return table
        raise readers.reject(
            path, "R110", "a SIE file", f"an extract of {source}", "Put SIE files in the inbox of the ledger."
        )
    try:
        return _recognise(path, source, readers.read_header(path).headers)
    except DeliveryRejected:
        if below := _headers_below(path, source):
            return below[1]
        raise


def _header(path: Path, source: str) -> tuple[readers.Header, Table]:
    """The file's headers and the table that has them; DeliveryRejected says so where they stand below a title (R104)."""
    try:
        header = readers.read_header(path)
        return header, _recognise(path, source, header.headers)
    except DeliveryRejected as rejection:
        if {finding.rule for finding in rejection.findings} <= {"R104", "R105", "R110"} and (
            below := _headers_below(path, source)
        ):
            raise readers.reject(
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
        for row, cells in readers.first_rows(path):
            best = max(tables(source), key=lambda table: _fit(table, set(cells)))
            if row > 1 and _fits(best, set(cells)):
                return row, best
    except DeliveryRejected:
        pass  # then the first reason is the one to tell
    return None


def read_delivery(
    path: Path, source: str, municipality: Municipality, lake: Lake, pseudonymiser: Pseudonymiser
) -> list[Candidate]:
    """Read one delivered file into candidates in `lake`'s incoming folder: one, or one a month of a SIE file.

    Raises DeliveryRejected with every finding that reading can make; nothing is left behind then.
    """
    if readers.sniff(path) == "sie":
        return _read_sie(path, source, municipality, lake)
    header, table = _header(path, source)
    notes = _check_headers(path, table, header.headers)
    wanted = {column.header for column in table.columns if column.kind is not Kind.DROPPED}
    unseen: list[Finding] = []
    with in_memory(_threads(path)) as con, readers.raw_relation(con, path, header, wanted, unseen) as raw:
        notes = (*notes, *unseen)
        positions = {name: f"c{index}" for index, name in enumerate(header.headers)}
        delivered = {column.header: positions[column.header] for column in table.columns if column.header in positions}
        left_out: dict[str, list[str]] = {}
        for column in table.columns:
            if column.kind is Kind.PERSON:
                left_out[column.name], guessed = _register_persons(con, path, table, raw, delivered, pseudonymiser)
                notes = (*notes, *guessed)
        if pseudonymiser.erased is not None and pseudonymiser.erased.digests:
            for name in left_out_by(table):
                cell = _cell(table.column(name), delivered[table.column(name).header])
                values = [
                    str(row[0])
                    for row in _query(con, path, f"select distinct {cell} from {raw} where {cell} is not null")
                ]
                left_out[name] = pseudonymiser.erased.holds(table, name, municipality.id, values)
        raw, left_out_notes = _without_erased(
            con, path, table, raw, delivered, {k: v for k, v in left_out.items() if v}
        )
        notes = (*notes, *left_out_notes)
        candidate = _write(con, path, table, header, raw, delivered, municipality, lake, pseudonymiser, notes)
    return [candidate]


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
    advice = "Check that the file lies in the right folder and that its first row holds the headers."
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


def _check_headers(path: Path, table: Table, headers: tuple[str, ...]) -> tuple[Finding, ...]:
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


def _threads(path: Path) -> int:
    """How many threads read `path`."""
    return 1 if path.stat().st_size <= SMALL_BYTES else 2


_BLANKS = ("' '", "chr(9)", "chr(10)", "chr(13)", "chr(160)", "chr(8239)", "chr(8201)", "chr(8199)")

_WRITTEN = {
    Kind.INTEGER: ("-?[0-9]{1,18}", "try_cast({} as bigint)"),
    Kind.DECIMAL: ("-?[0-9]{1,15}(,[0-9]{1,2}0*)?", "try_cast(replace({}, ',', '.') as decimal(18, 2))"),
    Kind.DATE: ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "try_cast({} as date)"),
    Kind.BOOLEAN: ("ja|nej", "{} = 'ja'"),
    Kind.MONTH: ("[12][0-9]{3}-(0[1-9]|1[0-2])", "{}"),
    Kind.YEAR: ("[12][0-9]{3}", "{}"),
}
"""How a value of a kind is written, and SQL that makes it one."""


def _cell(column: Column, position: str) -> str:
    """SQL: the delivered text without surrounding blanks; empty is null."""
    return f"nullif(trim({position}, {' || '.join(_BLANKS)}), '')"


def _typed(column: Column, position: str, *, as_written: bool = False) -> str:
    """SQL: the cell as the contract's type; null if it cannot be. as_written: null too for what is only allowed
    besides.

    In one `case`, since in most files that have cells of the other kind only few are.
    """
    cell = _cell(column, position)
    if column.kind is Kind.TEXT:  # to see that there is nothing to trim costs a quarter of trimming
        at_an_end = " or ".join(
            f"starts_with({position}, {blank}) or ends_with({position}, {blank})" for blank in _BLANKS
        )
        return f"case when {at_an_end} then {cell} else nullif({position}, '') end"
    # thousands may be set apart, by threes: '12 50' is two numbers, not one
    spaced = f"translate({cell}, chr(160) || chr(8239) || chr(8201) || chr(8199) || chr(8722) || chr(8211), '    --')"
    by_threes = f"regexp_full_match({spaced}, '-?[0-9]{{1,3}}( [0-9]{{3}})*(,[0-9]*)?')"
    number = f"case when {by_threes} then replace({spaced}, ' ', '') else {spaced} end"
    otherwise = {
        Kind.INTEGER: f"regexp_replace({number}, ',0+$', '')",
        Kind.DECIMAL: number,
        # a moment at midnight is a day, and the first of a month is the month: so spreadsheets keep them
        Kind.DATE: f"regexp_replace({cell}, '^([0-9]{{4}})-?([0-9]{{2}})-?([0-9]{{2}})([ T]00:00(:00([.,]0+)?)?)?$', '\\1-\\2-\\3')",
        Kind.BOOLEAN: f"lower({cell})",
        Kind.MONTH: f"regexp_replace({cell}, '^([0-9]{{4}})-?([0-9]{{2}})(-01([ T]00:00(:00([.,]0+)?)?)?)?$', '\\1-\\2')",
        Kind.YEAR: cell,
    }
    if column.kind not in otherwise:
        raise ValueError(f"{column.name}: {column.kind} has no typed form")
    pattern, value = _WRITTEN[column.kind]
    texts = (position,) if as_written else (position, otherwise[column.kind])
    ways = (f"when regexp_full_match({text}, '{pattern}') then {value.format(text)}" for text in texts)
    return f"case {' '.join(ways)} end"


def _register_persons(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    table: Table,
    raw: str,
    delivered: dict[str, str],
    pseudonymiser: Pseudonymiser,
) -> tuple[list[str], tuple[Finding, ...]]:
    """Register relation `persons` (delivered, person_id, gender, birth_month) for the person column of the file.

    Gives those of the delivered numbers whose person has been erased, and what is worth seeing of numbers without
    century.
    """
    [column] = [column for column in table.columns if column.kind is Kind.PERSON]
    cell = _cell(column, delivered[column.header])
    numbers = [
        str(row[0]) for row in _query(con, path, f"select distinct {cell} as n from {raw} where {cell} is not null")
    ]
    on, today = _told_on(con, path, table, raw, delivered), datetime.now(UTC).date()
    readings = {number: read_number(number, on, today) for number in numbers}
    known = [(number, person) for number, reading in readings.items() if (person := pseudonymiser.person_of(reading))]
    tombstones = pseudonymiser.erased
    erased = {
        number
        for number, _ in known
        if tombstones is not None and tombstones.holds_person(readings[number].number or "")
    }
    frame = pd.DataFrame(
        {
            "delivered": pd.Series([number for number, _ in known], dtype="str"),
            "person_id": pd.Series([person.person_id for _, person in known], dtype="str"),
            "gender": pd.Series([person.gender for _, person in known], dtype="str"),
            "birth_month": pd.Series([person.birth_month.isoformat() for _, person in known], dtype="str"),
        }
    )
    con.register("person_frame", frame)
    con.execute(
        "create or replace temp table persons as "
        "select delivered, person_id, gender, cast(birth_month as date) as birth_month from person_frame"
    )
    con.unregister("person_frame")
    if pseudonymiser.key_map is not None:
        remembered = [(number, person) for number, person in known if number not in erased]
        pseudonymiser.key_map.remember(
            (readings[number].number or "", person.person_id) for number, person in remembered
        )
    young = {number: reading for number, reading in readings.items() if reading.is_young}
    return sorted(erased), _centuries(con, path, table, column, raw, delivered, young, on) if young else ()


def _told_on(con: duckdb.DuckDBPyConnection, path: Path, table: Table, raw: str, delivered: dict[str, str]) -> date:
    """The day by which ten digits are read: the last one of the period that the first row says, today if that has not
    passed.
    """
    period = table.column(table.period_column or "period")
    first = _query(con, path, f"select {_typed(period, delivered[period.header])} from {raw} limit 1")
    today = datetime.now(UTC).date()
    return min(Period.parse(str(first[0][0])).last_day, today) if first and first[0][0] is not None else today


def _centuries(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    table: Table,
    column: Column,
    raw: str,
    delivered: dict[str, str],
    young: dict[str, Reading],
    on: date,
) -> tuple[Finding, ...]:
    """Numbers without century that say a child, where a hundred years older may be meant: people of a hundred have a
    plus sign, or should.

    Where nobody is so young (an employee, home care), the century is lost: DeliveryRejected (R124). Where children are
    (LSS), they are read as such, with a warning (R124), unless a minus sign says so.
    """
    cell = _cell(column, delivered[column.header])
    minors = "true" if table.youngest is None else "false"
    if table.minors:
        name, values = table.minors
        of = table.column(name)
        minors = (
            f"coalesce({_cell(of, delivered[of.header])} in ({', '.join(literal(value) for value in values)}), false)"
        )
    found = _query(
        con,
        path,
        f"select {cell}, {minors}, min(source_row), count(*) from {raw} where {cell} is not null group by 1, 2",
    )
    rows = sorted((row, number, may_be, count) for number, may_be, row, count in found if number in young)
    youngest = table.youngest or 0
    too_young = [
        (row, count)
        for row, number, may_be, count in rows
        if not may_be and on.year - _born(young[number]).year < youngest
    ]
    if too_young:
        raise DeliveryRejected(
            Finding(
                "R124",
                "error",
                path.name,
                "ten digits of a child, or of somebody a hundred years older",
                f"the century (twelve digits), or a plus sign for who has turned a hundred; nobody under {youngest} is expected here",
                "Export the number with twelve digits (19230101-0000): without them nobody can tell which of the two is meant.",
                row,
                column.header,
                count,
            )
            for row, count in too_young[: readers.NAMED_ROWS]
        )
    unsure = [(row, count) for row, number, may_be, count in rows if may_be and not young[number].has_sign]
    if not unsure:
        return ()
    return (
        Finding(
            "R124",
            "warning",
            path.name,
            "ten digits without sign of children, or of people a hundred years older",
            "the century (twelve digits), or a sign",
            "They were read as children. Export the number with twelve digits.",
            unsure[0][0],
            column.header,
            sum(count for _, count in unsure),
        ),
    )


def _born(reading: Reading) -> date:
    return reading.birth_month or date.max


def _without_erased(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    table: Table,
    raw: str,
    delivered: dict[str, str],
    left_out: dict[str, list[str]],
) -> tuple[str, tuple[Finding, ...]]:
    """The raw relation without the rows (and numbers) that have been erased, and a warning that they were delivered
    again (R123).
    """
    if not left_out:
        return raw, ()
    gone, kept, among = ["false"], [], []
    for name, values in left_out.items():
        [column] = [column for column in table.columns if column.name == name]
        position = delivered[column.header]
        found = f"{_cell(column, position)} in ({', '.join(literal(value) for value in values)})"
        among.append(found)
        if is_of_another(table, name):
            kept.append(
                f"case when {found} then {literal(f'erased-{secrets.token_hex(4)}')} else {position} end as {position}"
            )
        else:
            gone.append(found)
    [(rows,)] = _query(con, path, f"select count(*) from {raw} where {' or '.join(among)}")
    columns = f"* replace ({', '.join(kept)})" if kept else "*"
    note = Finding(
        "R123",
        "warning",
        path.name,
        f"{rows} rows of people who have been erased",
        "no rows of them",
        "They were left out. Erase them in the source system too; if the board has decided that they may come back, lift the erasure.",
    )
    return f"(select {columns} from {raw} where ({' or '.join(gone)}) is not true)", (note,)


def _query(con: duckdb.DuckDBPyConnection, path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Run a query over the raw file; a CSV that breaks off is rejected with its rows."""
    try:
        return con.execute(sql).fetchall()
    except (duckdb.IOException, duckdb.OutOfMemoryException):
        raise
    except duckdb.Error:
        header = readers.read_header(path)
        findings = readers.structural_findings(path, header) if header.format == "csv" else []
        raise DeliveryRejected(findings or [_unreadable(path)]) from None


def _write(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    table: Table,
    header: readers.Header,
    raw: str,
    delivered: dict[str, str],
    municipality: Municipality,
    lake: Lake,
    pseudonymiser: Pseudonymiser | None,
    notes: tuple[Finding, ...],
) -> Candidate:
    """Type the raw relation into a candidate's Parquet. Raises ColumnNotRegistered before anything is written.

    Nearly every file is written as it should be throughout, and SQL for all that is allowed besides takes as long to
    plan as a month to
    read: it is made only for a file that needs it.
    """
    check_columns(table, (name for name, _ in table.lake_columns()))
    folder = lake.new_candidate_dir()
    for as_written in (True, False):
        try:
            con.execute(
                f"copy ({_typed_rows(table, raw, delivered, folder.name, as_written=as_written)}) "
                f"to {literal(folder / 'data.parquet')} (format parquet, compression zstd)"
            )
            break
        except (duckdb.IOException, duckdb.OutOfMemoryException):
            _remove(folder)
            raise  # the machine's fault, not the file's
        except duckdb.Error:
            if as_written:
                continue
            _remove(folder)
            findings = _explain(con, path, table, header, raw, delivered)
            raise DeliveryRejected(findings) from None
    try:
        return _candidate(
            con,
            path,
            table,
            header.format,
            municipality,
            folder,
            pseudonymiser.key_id if pseudonymiser else None,
            notes,
        )
    except DeliveryRejected as rejection:
        _remove(folder)
        if sums := _rows_besides(con, raw, path, header, rejection.findings):
            raise DeliveryRejected(sums) from None
        raise


def _typed_rows(table: Table, raw: str, delivered: dict[str, str], load_id: str, *, as_written: bool) -> str:
    """SQL for the lake's rows of the raw relation; it fails at the first cell that cannot be typed."""
    typed, select, from_, order = ["r.source_row"], [], f"{raw} as r", ""
    for column in table.columns:
        if column.kind is Kind.DROPPED:
            continue
        position, name = f"r.{delivered[column.header]}", quoted(column.name)
        if column.kind is Kind.TEXT:  # there is no text that is none
            typed.append(f"{_typed(column, position)} as {name}")
            select.append(name)
            continue
        cell = quoted(f"delivered {column.name}")
        typed.append(f"{position} as {cell}")
        read = f"nullif({cell}, '')" if as_written else _cell(column, cell)
        stop = "error('untyped')"
        if column.kind is Kind.PERSON:
            from_, order = (
                f"{raw} as r left join persons as p on p.delivered = {_cell(column, position)}",
                "order by source_row",
            )
            typed += ["p.person_id", "p.gender", "p.birth_month"]
            select += [
                f"case when person_id is null and {read} is not null then {stop} else person_id end as person_id"
            ]
            select += ["gender", "birth_month"]
        else:
            typed.append(f"{_typed(column, position, as_written=as_written)} as {name}")
            kind = SQL_TYPES[column.kind]
            select.append(
                f"case when {name} is null and {read} is not null then cast({stop} as {kind}) else {name} end as {name}"
            )
    select += ["source_row", f"{literal(load_id)} as load_id"]
    return f"select {', '.join(select)} from (select {', '.join(typed)} from {from_}) {order}"


def _explain(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    table: Table,
    header: readers.Header,
    raw: str,
    delivered: dict[str, str],
) -> list[Finding]:
    """The second pass, only for files that could not be typed: every reason, with rows."""
    if header.format == "csv" and (structural := readers.structural_findings(path, header)):
        return structural
    findings: list[Finding] = []
    for column in table.columns:
        if column.kind in (Kind.TEXT, Kind.DROPPED):
            continue
        cell = _cell(column, delivered[column.header])
        if column.kind is Kind.PERSON:
            wrong = f"{cell} is not null and not exists (select 1 from persons as p where p.delivered = {cell})"
        else:
            wrong = f"{cell} is not null and {_typed(column, delivered[column.header])} is null"
        try:
            rows = con.execute(
                f"select source_row, {cell}, count(*) over () from {raw} as r where {wrong} order by 1 limit {readers.NAMED_ROWS}"
            ).fetchall()
        except (duckdb.IOException, duckdb.OutOfMemoryException):
            raise
        except duckdb.Error:
            return [_unreadable(path)]
        on = _told_on(con, path, table, raw, delivered) if column.kind is Kind.PERSON else date.max
        for row, value, count in rows:
            if column.kind is Kind.PERSON:
                expected, advice = A_PERSON, str(read_number(value, on, datetime.now(UTC).date()).flaw)
            else:
                expected, advice = _WHAT_IS_EXPECTED[column.kind]
                if column.kind in (Kind.DATE, Kind.MONTH) and re.fullmatch("[0-9]{5}([.,][0-9]+)?", value):
                    advice = "A spreadsheet has kept the day as a number: give the column the form of a date, and export it again."
            findings.append(
                Finding(
                    "R113",
                    "error",
                    path.name,
                    quote(value, column.may_be_quoted(value)),
                    expected,
                    advice,
                    row,
                    column.header,
                    count,
                )
            )
    return _rows_besides(con, raw, path, header, findings) or findings or [_unreadable(path)]


def _rows_besides(
    con: duckdb.DuckDBPyConnection, raw: str, path: Path, header: readers.Header, findings: Sequence[Finding]
) -> list[Finding]:
    """What to say instead if all that is wrong stands in rows that are none of the table: sums, remarks, the headers
    once more.
    """
    if header.format == "sie":
        return []
    wrong = {finding.row for finding in findings}
    cells = ", ".join(f"c{index}" for index in range(len(header.headers)))
    [(end,)] = con.execute(f"select max(source_row) from {raw}").fetchall()
    named = ", ".join(str(row) for row in wrong if row is not None)
    found = (
        con.execute(f"select source_row, {cells} from {raw} where source_row in ({named})").fetchall() if named else []
    )
    return readers.rows_besides(path, wrong, [(row, texts) for row, *texts in found], end, header)


def _unreadable(path: Path) -> Finding:
    """What is said of a file that could not be read, where nothing tells why."""
    return Finding(
        "R109",
        "error",
        path.name,
        "a file that could not be read",
        "a table as in docs/extracts.md",
        "Deliver the extract again; if it is rejected again, ask whoever runs the platform to look at the file.",
    )


def _candidate(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    table: Table,
    format_: str,
    municipality: Municipality,
    folder: Path,
    key_id: str | None,
    notes: tuple[Finding, ...],
) -> Candidate:
    """Describe the Parquet in `folder`; rejects no rows (R120), another municipality (R121) and several periods (R122)."""
    parquet = folder / "data.parquet"
    relation = read_parquet(parquet)
    period = quoted(table.period_column or "period")
    [(rows, same, period)] = con.execute(
        "select count(*), count(municipality_id) = count(*) and min(municipality_id) = max(municipality_id) "
        f"and count({period}) = count(*) and min({period}) = max({period}) and min(municipality_id) = ?, min({period}) from {relation}",
        [municipality.id],
    ).fetchall()
    if rows == 0:
        raise readers.reject(
            path,
            "R120",
            "a header and no rows",
            "rows",
            "Deliver the extract again; a month without rows is not delivered.",
        )
    for column, rule, expected, advice in () if same else _one_in_all_rows(table, municipality):
        values = con.execute(
            f"select {quoted(column)}, min(source_row), count(*) from {relation} group by 1 order by 3 desc"
        ).fetchall()
        odd = [
            value
            for value in values
            if value[0] is None or (column == "municipality_id" and value[0] != municipality.id)
        ] or values[1:]
        if odd:
            header = table.column(column).header
            raise DeliveryRejected(
                Finding(
                    rule,
                    "error",
                    path.name,
                    quote(value, public=re.fullmatch(r"[\d-]{1,8}", value) is not None)
                    if value is not None
                    else "an empty cell",
                    expected,
                    advice,
                    row,
                    header,
                    count,
                )
                for value, row, count in odd[: readers.NAMED_ROWS]
            )
    content = [name for name, _ in table.lake_columns() if name not in BOOKKEEPING]
    return Candidate(
        load_id=folder.name,
        table=table,
        municipality_id=municipality.id,
        period=period,
        file=path.name,
        format=format_,
        path=folder,
        rows=rows,
        content_hash=content_hash(con, relation, content),
        data_through=Period.parse(period).last_day,
        key_id=key_id if "person_id" in content else None,
        received_at=datetime.now(UTC),
        notes=notes,
    )


def _one_in_all_rows(table: Table, municipality: Municipality) -> tuple[tuple[str, str, str, str], ...]:
    """(lake column, rule, what is expected, advice) of the columns that hold one and the same value in every row of a
    file.
    """
    return (
        (
            "municipality_id",
            "R121",
            f"{municipality.id} in every row",
            "Put the file in the inbox of the municipality that it is of.",
        ),
        (
            table.period_column or "period",
            "R122",
            "one and the same period in every row",
            "Deliver one file for each period.",
        ),
    )


def _read_sie(path: Path, source: str, municipality: Municipality, lake: Lake) -> list[Candidate]:
    """One candidate a month of a SIE 4 file; what is to be seen of the file as a whole comes with its last month."""
    from ingestion.readers.sie import read_sie  # with it comes pandas, which starting Dagster must not pay for

    table = recognise(path, source)
    sie = read_sie(path, municipality.sie_dimensions)
    if sie.organisation_number != municipality.organisation_number:
        raise readers.reject(
            path,
            "R121",
            f"organisation number {quote(sie.organisation_number, public=True)}",
            f"{municipality.organisation_number}",
            "Put the file in the inbox of the municipality that it is of.",
            None,
            "#ORGNR",
        )
    rows = sie.rows.assign(kommun=municipality.id)
    headers = tuple(column.header for column in table.columns if column.kind is not Kind.DROPPED)
    candidates = []
    last = rows["period"].max()
    try:
        for period, month in rows.groupby("period", sort=True):
            frame = month[[*headers, "source_row"]]
            notes = sie.notes if period == last else ()
            with in_memory(_threads(path)) as con:
                con.register("delivered", frame)
                delivered = {name: quoted(name) for name in headers}
                header = readers.Header("sie", headers)
                candidates.append(
                    _write(con, path, table, header, "delivered", delivered, municipality, lake, None, notes)
                )
    except DeliveryRejected:
        for candidate in candidates:
            lake.discard(candidate)
        raise
    return candidates


def _remove(folder: Path) -> None:
    for path in folder.glob("*"):
        path.unlink()
    folder.rmdir()
