"""Applying mappings: a file as a municipality's own system writes it becomes the contract's texts.

Belongs here: which mapping reads a file, and SQL that makes a `RawDelivery` of the contract's columns of the file's.
Does not belong here: what a mapping may say (`configuration.mapping`), types (`typed_rows`), rules on content
(`expectations`).

The SQL is evaluated while rows are typed, so no second copy of a file is made. Before that, one look over the columns
that a mapping changes finds every text that it has no words for: what cannot be read stops a file, and nothing is
guessed. Rules M101-M106 are raised here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ingestion.configuration.mapping import HOURS, NUMBERS, SEPARATORS, ColumnSpec, TableMapping
from ingestion.configuration.mistakes import nearest
from ingestion.configuration.municipality import Municipality
from ingestion.contracts import Column, Kind, tables
from ingestion.findings import DeliveryRejected, Finding, quote, shape
from ingestion.readers import cell_sql, files
from ingestion.readers.files import NAMED_ROWS, Layout, RawDelivery, header_text
from ingestion.readers.typed_rows import besides
from ingestion.sql import literal

HALF = 0.5
"""A file that has so many of a mapping's headers is its, with some renamed; one that has fewer is another table."""

_NAMED = re.compile(r"[^\W_]+(?:[ ./_-]{1,2}[^\W_]+){0,2}\.?")
"""A header that may be quoted: few words. More may be a person's row."""


def layout_of(mapping: TableMapping) -> Layout:
    """Where the mapping's table stands in a file."""
    spec = mapping.spec
    shares = {header_text(one.header) for one in spec.columns.values() if one.multiply == 100 and one.header}
    leave_out = tuple((header_text(name), texts) for name, texts in spec.leave_out.items())
    return Layout(spec.header_row, spec.sheet, SEPARATORS[spec.separator], frozenset(shares), leave_out)


def needed_headers(mapping: TableMapping) -> dict[str, str]:
    """The headers that a file must have, as they are compared, each with its place in the mapping."""
    spec, found = mapping.spec, dict[str, str]()
    made = {header_text(name) for name in (spec.wide.name, spec.wide.cell)} if spec.wide else set()
    for column, one in spec.columns.items():
        for name in one.headers:
            found.setdefault(header_text(name), mapping.place("columns", column))
    for key, rows in (("leave_out", spec.leave_out), ("only", spec.only)):
        for name in rows:
            found.setdefault(header_text(name), mapping.place(key, name))
    for name in spec.wide.headers if spec.wide else ():
        found.setdefault(header_text(name), mapping.place("wide", "headers", name))
    return {name: place for name, place in found.items() if name not in made}


def mappings_of(path: Path, source: str, municipality: Municipality) -> tuple[TableMapping, ...]:
    """The mappings that read a CSV or XLSX file; none where it is in the contract's own shape or no mapping is near.

    Several, where each takes its own sheet or rows. Raises DeliveryRejected where a file is a mapping's but for headers
    (M101) or its sheet (M102).
    """
    if not (own := _own(source, municipality)):
        return ()
    nearness = _Nearness.of(path, source, own)
    if nearness.is_contracts:
        return ()
    fits = [one for one in own if not nearness.missing[one]]
    if len(fits) > 1 and not all(one.spec.sheet or one.spec.only for one in fits):
        fits = [max(fits, key=lambda one: len(needed_headers(one)))]
    if fits:
        return tuple(fits)
    if near := nearness.nearest:
        raise DeliveryRejected(
            _missing(path, near, name, nearness.there[near]) for name in sorted(nearness.missing[near])
        )
    sheets = files.sheets(path)
    if sheets and nearness.contract < HALF and all(one.spec.sheet and one.spec.sheet not in sheets for one in own):
        found = f"the sheets {', '.join(quote(sheet, public=_is_named(sheet)) for sheet in sheets[:5])}"
        advice = f"Name the sheet as before, or correct {own[0].place('sheet')}, and raise its version."
        raise files.reject(path, "M102", found, f"a sheet '{own[0].spec.sheet}'", advice)
    return ()


def nearest_mapping(path: Path, source: str, municipality: Municipality) -> TableMapping | None:
    """The mapping that a CSV or XLSX file is of, or would be but for some headers; None if there is none."""
    if files.sniff(path) == "sie" or not (own := _own(source, municipality)):
        return None
    nearness = _Nearness.of(path, source, own)
    return None if nearness.is_contracts else nearness.nearest


def sources_by(path: Path, municipality: Municipality) -> set[str]:
    """The sources of which a mapping of the municipality reads a CSV or XLSX file."""
    if files.sniff(path) == "sie":
        return set()
    of = {
        table.source: _own(table.source, municipality)
        for table in (one.table for one in municipality.mappings.values())
    }
    near = {source: _Nearness.of(path, source, own) for source, own in of.items() if own}
    return {source for source, one in near.items() if not one.is_contracts and not all(one.missing.values())}


def _own(source: str, municipality: Municipality) -> list[TableMapping]:
    """The municipality's mappings of CSV and XLSX files of a source, in the order in which tables are taken in."""
    mappings = (municipality.mappings.get(table.full_name) for table in tables(source))
    return [one for one in mappings if one is not None and one.spec.record is None]


@dataclass(frozen=True)
class _Nearness:
    """How near a file is to mappings. there: its headers, missing: those that it lacks, by mapping. contract: the share of
    the headers of the nearest table that it has.
    """

    there: Mapping[TableMapping, set[str]]
    missing: Mapping[TableMapping, set[str]]
    contract: float

    @classmethod
    def of(cls, path: Path, source: str, own: list[TableMapping]) -> _Nearness:
        there = {one: set(files.headers_at(path, layout_of(one))) for one in own}
        missing = {one: needed_headers(one).keys() - there[one] for one in own}
        headers = set(files.headers_at(path, Layout()))
        asked = [{column.header for column in table.columns} for table in tables(source)]
        return cls(there, missing, max(len(headers & of) / len(of) for of in asked))

    @property
    def is_contracts(self) -> bool:
        """Whether the file is in the contract's own shape."""
        return self.contract == 1

    @property
    def nearest(self) -> TableMapping | None:
        """The mapping of most of whose headers it has, if it is that rather than a table in the contract's shape."""
        shares = {one: 1 - len(missing) / len(needed_headers(one)) for one, missing in self.missing.items()}
        near = max(shares, key=lambda one: shares[one])
        return near if shares[near] >= max(HALF, self.contract) else None


def _is_named(text: str) -> bool:
    return _NAMED.fullmatch(text) is not None and len(text) <= 40


def _missing(path: Path, mapping: TableMapping, header: str, there: set[str]) -> Finding:
    """A header that the mapping reads and the file has not (M101)."""
    unread = [name for name in there - needed_headers(mapping).keys() if name and _is_named(name)]
    like = nearest(header, unread)
    found = f"no column '{header}'" + (f", but '{like}'" if like else "")
    place = needed_headers(mapping)[header]
    advice = (
        f"If the system has renamed it, write the new header in {place}, and raise version; else add it to the export."
    )
    expected = f"the columns that the mapping of {mapping.table.full_name} reads"
    return Finding("M101", "error", path.name, found, expected, advice, mapping.spec.header_row, header)


def mapped(raw: RawDelivery, mapping: TableMapping, municipality: Municipality) -> RawDelivery:
    """The delivery as the contract's columns; raw: with the headers of `needed_headers` read.

    Raises DeliveryRejected: a header twice (M103), a text that no value is given for (M104), a file name without what
    is taken from it (M105), a text that is not written as the mapping says (M106).
    """
    return _Application(raw, mapping, municipality).made()


def preview(path: Path, mapping: TableMapping, municipality: Municipality, count: int = 10) -> list[tuple[str, ...]]:
    """The contract's headers and the first rows that the mapping makes of a CSV or XLSX file; what says something of a
    person, and what may not be told, by its shape only. Raises DeliveryRejected as `mapped`.
    """
    of = [column for column in mapping.table.columns if column.kind is not Kind.DROPPED]
    header = files.read_header(path, layout_of(mapping))
    with files.opened(path, header, needed_headers(mapping).keys()) as raw:
        made = mapped(raw, mapping, municipality)
        cells = ", ".join(made.columns[column.header] for column in of)
        rows = made.query(f"select {cells} from {made.relation} limit {count}")
    shown = [tuple(_shown(text, column) for text, column in zip(row, of, strict=True)) for row in rows]
    return [tuple(column.header for column in of), *shown]


def _shown(text: str | None, column: Column) -> str:
    if text is None:
        return ""
    return text if column.public and quote(text, public=True).startswith("'") else shape(text)


@dataclass(frozen=True)
class _Made:
    """A column, made. sql: its text. wrong: for what the mapping has no words for, (rule, what holds there, the text)."""

    sql: str
    wrong: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class _Application:
    raw: RawDelivery
    mapping: TableMapping
    municipality: Municipality

    def made(self) -> RawDelivery:
        self._once()
        kept = [column for column in self.mapping.table.columns if column.kind is not Kind.DROPPED]
        columns = {column.header: self._column(column) for column in kept}
        left_out = self._look(columns)
        select = ", ".join(f"{made.sql} as m{place}" for place, made in enumerate(columns.values()))
        told = {**self.mapping.told(), "left_out": left_out}
        return replace(
            self.raw,
            relation=f"(select source_row, {select} from {self._rows})",
            columns={header: f"m{place}" for place, header in enumerate(columns)},
            made_of=self.raw,
            mapping=told,
        )

    def _once(self) -> None:
        """A header that is read stands once."""
        headers = self.raw.header.headers
        twice = [name for name in needed_headers(self.mapping) if headers.count(name) > 1]
        for name in twice:
            at = ", ".join(str(place) for place, header in enumerate(headers, start=1) if header == name)
            found = f"two headers for one column: '{name}' over columns {at}"
            advice = f"Rename one of them in the export, and in {needed_headers(self.mapping)[name]} if it is the one that is meant."
            row = self.mapping.spec.header_row
            raise files.reject(self.raw.path, "M103", found, "a header that is read once", advice, row, name)

    @cached_property
    def _names(self) -> dict[str, str]:
        """By header, the column of `_cells` (and of `_rows`)."""
        names = {name: f"h{place}" for place, name in enumerate(needed_headers(self.mapping))}
        if wide := self.mapping.spec.wide:
            names |= {header_text(wide.name): "said", header_text(wide.cell): "cell"}
        return names

    @cached_property
    def _cells(self) -> str:
        """SQL: the file's cells that are read, trimmed."""
        read = [
            f"{cell_sql.plain(self.raw.columns[name])} as {self._names[name]}" for name in needed_headers(self.mapping)
        ]
        return f"(select {', '.join(['source_row', *read])} from {self.raw.relation})"

    @cached_property
    def _is_row(self) -> str:
        """SQL: whether a row of the file is one of the table."""
        spec = self.mapping.spec
        out = [self._matches(self._names[header_text(name)], texts) for name, texts in spec.leave_out.items()]
        only = [self._matches(self._names[header_text(name)], texts) for name, texts in spec.only.items()]
        return " and ".join([*(f"not {one}" for one in out), *only]) or "true"

    @cached_property
    def _rows(self) -> str:
        """SQL: the table's rows with the cells of the file."""
        rows = f"(select * from {self._cells} where {self._is_row})"
        if not (wide := self.mapping.spec.wide):
            return rows
        said = ", ".join(literal(text) for text in wide.headers.values())
        cells = ", ".join(self._names[header_text(name)] for name in wide.headers)
        return f"(select * from (select *, unnest([{said}]) as said, unnest([{cells}]) as cell from {rows}) where cell is not null)"

    @staticmethod
    def _matches(cell: str, texts: tuple[str, ...]) -> str:
        """SQL: whether a cell is one of these texts, or begins as one that ends with *."""
        ways = [_is(cell, text) for text in texts]
        return f"coalesce({' or '.join(ways) or 'false'}, false)"

    def _column(self, column: Column) -> _Made:
        spec = self.mapping.spec.columns.get(column.header)
        if spec is None:
            return _Made("cast(null as varchar)")
        text = self._text(column, spec)
        if spec.part is not None and spec.split_at is not None:
            text = f"nullif(trim(split_part({text}, {literal(spec.split_at)}, {spec.part})), '')"
        made = _Made(text)
        if spec.values:
            made = self._valued(column, spec.values, made)
        if spec.cost_centres:
            made = self._placed(spec.cost_centres, made)
        if column.kind in NUMBERS:
            return self._number(column, spec, made)
        return self._day(column, spec.written_as, made) if spec.written_as else made

    def _text(self, column: Column, spec: ColumnSpec) -> str:
        if spec.header is not None:
            return self._names[header_text(spec.header)]
        if spec.together:
            cells = ", ".join(self._names[header_text(name)] for name in spec.together)
            return f"nullif(concat_ws({literal(spec.by)}, {cells}), '')"
        if spec.constant is not None:
            return literal(spec.constant)
        before, after = (re.escape(part).replace(r"\*", ".*") for part in str(spec.file_name).split("{}"))
        found = re.fullmatch(f"{before}(.+?){after}", self.raw.path.name, re.IGNORECASE)
        if found is None:
            advice = f"Name the file so, or correct {self.mapping.place('columns', column.header, 'file_name')}."
            raise files.reject(
                self.raw.path, "M105", "another file name", f"a name as '{spec.file_name}'", advice, None, column.header
            )
        return literal(found[1].strip())

    def _valued(self, column: Column, values: Mapping[str, str], made: _Made) -> _Made:
        """Texts as the contract's values. Of numbers and days, only those that are listed are changed."""
        text = made.sql
        # what a star stands for comes after the texts themselves, and the longest first
        listed = sorted(values.items(), key=lambda one: (one[0].endswith("*"), -len(one[0])))
        ways = " ".join(f"when {_is(text, key)} then {literal(value)}" for key, value in listed)
        if column.kind not in (Kind.TEXT, Kind.BOOLEAN):
            return _Made(f"nullif(case {ways} else {text} end, '')")
        unknown = f"{text} is not null and not ({' or '.join(_is(text, key) for key in values)})"
        return _Made(f"nullif(case {ways} end, '')", (*made.wrong, ("M104", unknown, text)))

    def _placed(self, level: str, made: _Made) -> _Made:
        """The department or unit of a cost centre, as municipality.yaml has it."""
        areas = self.municipality.departments if level == "department" else self.municipality.units
        within = {
            f"(length({made.sql}) = {len(first)} and {made.sql} between {literal(first)} and {literal(last)})": area.id
            for area in areas
            for first, last in area.cost_centres
        }
        ways = " ".join(f"when {inside} then {literal(area)}" for inside, area in within.items())
        unknown = f"{made.sql} is not null and not ({' or '.join(within) or 'false'})"
        return _Made(f"case {ways} else null end" if within else "null", (*made.wrong, ("M104", unknown, made.sql)))

    def _number(self, column: Column, spec: ColumnSpec, made: _Made) -> _Made:
        decimal, changed = self.mapping.spec.decimal, (spec.multiply, spec.divide, spec.minus, spec.written_as)
        if decimal is None and all(one is None for one in changed):
            return made
        wrong, factor = list(made.wrong), spec.multiply
        # what is multiplied must not have more than twelve digits before the mark afterwards
        digits = 12 - (len(str(abs(int(factor)))) if factor is not None else 0)

        def number(text: str) -> str:
            value, is_one = _hours(text) if spec.written_as == HOURS else _number_of(text, decimal, digits)
            wrong.append(("M106", f"{text} is not null and not {is_one}", text))
            return value

        value = number(made.sql)
        if spec.minus is not None:
            other = self._names[header_text(spec.minus)]
            value = f"case when {made.sql} is not null or {other} is not null then coalesce({value}, 0) - coalesce({number(other)}, 0) end"
        if factor is not None:
            value = f"({value}) * {int(factor) if factor == int(factor) else f'cast({factor} as double)'}"
        if spec.divide is not None:
            value = f"({value}) / {spec.divide}"
        kind = "decimal(18, 2)" if any(one is not None for one in changed) else "decimal(18, 6)"
        text = f"replace(cast(cast({value} as {kind}) as varchar), '.', ',')"
        if column.kind is Kind.INTEGER:  # as the contract's quick way reads it
            text = f"rtrim(rtrim({text}, '0'), ',')"
        return _Made(text, tuple(wrong))

    def _day(self, column: Column, written_as: str, made: _Made) -> _Made:
        parts = re.findall("yyyy|mm|dd", written_as)
        digits = "{1,2}" if re.search("[^a-z]", written_as) else "{2}"
        pattern = "".join(
            "([0-9]{4})" if part == "yyyy" else f"([0-9]{digits})" if part in parts else re.escape(part)
            for part in re.split("(yyyy|mm|dd)", written_as)
        )
        pattern = literal(f"{pattern}([ T][0-9:.,]+)?")

        def part(name: str) -> str:
            return (
                f"lpad(regexp_extract({made.sql}, {pattern}, {parts.index(name) + 1}), 2, '0')"
                if name != "yyyy"
                else (f"regexp_extract({made.sql}, {pattern}, {parts.index(name) + 1})")
            )

        told = {
            Kind.DATE: ("yyyy", "mm", "dd"),
            Kind.MONTH: ("yyyy", "mm"),
            Kind.YEAR: ("yyyy",),
            Kind.TEXT: ("yyyy", "mm"),
        }
        between = "" if column.kind is Kind.TEXT else " '-' || "
        day = f" || {between}".join(part(name) for name in told[column.kind])
        is_one = f"regexp_full_match({made.sql}, {pattern})"
        unknown = f"{made.sql} is not null and not {is_one}"
        return _Made(f"case when {is_one} then {day} end", (*made.wrong, ("M106", unknown, made.sql)))

    def _look(self, columns: Mapping[str, _Made]) -> int:
        """Reject every text that the mapping has no words for; gives how many rows of the file it leaves out."""
        wrong = [(header, *one) for header, made in columns.items() for one in made.wrong]
        counts = [f"count(*) filter ({predicate})" for _, _, predicate, _ in wrong]
        left_out = 0
        if self._is_row != "true":
            [(left_out,)] = self.raw.query(f"select count(*) filter (not ({self._is_row})) from {self._cells}")
        if not counts:
            return left_out
        [found] = self.raw.query(f"select {', '.join(counts)} from {self._rows}")
        findings = [
            finding
            for count, (header, rule, predicate, text) in zip(found, wrong, strict=True)
            if count
            for finding in self._texts(header, rule, predicate, text)
        ]
        if findings:
            raise DeliveryRejected(besides(self.raw, findings) or findings)
        return left_out

    def _texts(self, header: str, rule: str, predicate: str, text: str) -> list[Finding]:
        """Every different text of a column that is wrong, each once, with its first row."""
        found = self.raw.query(
            f"select {text}, min(source_row), count(*) from {self._rows} where {predicate} group by 1 order by 2 limit {NAMED_ROWS}"
        )
        column = next(column for column in self.mapping.table.columns if column.header == header)
        spec = self.mapping.spec.columns[header]
        expected, advice = self._advice(column, spec, rule)
        of_file = next((name for name, cell in self._names.items() if cell == text), header_text(spec.header or header))
        return [
            Finding(
                rule,
                "error",
                self.raw.path.name,
                quote(value, column.may_be_quoted(value)),
                expected,
                advice,
                row,
                of_file,
                count,
            )
            for value, row, count in found
        ]

    def _advice(self, column: Column, spec: ColumnSpec, rule: str) -> tuple[str, str]:
        """What was expected of a text, and where to add what is missing."""
        if rule == "M106":
            written = (
                f"written as {spec.written_as}"
                if spec.written_as
                else "with decimal " + (self.mapping.spec.decimal or "comma")
            )
            what = "a number or hours" if column.kind in NUMBERS else "a day or month"
            place = self.mapping.place("columns", column.header)
            return (
                f"{what} {written}",
                f"Correct the cell; if the system writes all so, say it in {place}, and raise version.",
            )
        if spec.cost_centres:
            advice = f"Add it to cost_centres of a {spec.cost_centres} in municipality.yaml."
            return f"a cost centre of a {spec.cost_centres}", advice
        known = self.municipality.values_of(column) or sorted(set(spec.values.values()))
        listed = ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
        place = self.mapping.place("columns", column.header, "values")
        line = f"what stands in the cell, a colon, and one of {listed}"
        advice = f"Add a line under columns, {column.header}, values ({place}): {line}; raise version."
        return f"a text that the mapping has a value for ({column.header})", advice


def _is(cell: str, text: str) -> str:
    """SQL: whether a cell is `text`, in small or capital letters; with a * at the end, whether it begins so; empty if
    the text is.
    """
    if text == "":
        return f"{cell} is null"
    folded = text.casefold()
    if folded.endswith("*"):
        return f"starts_with(lower({cell}), {literal(folded[:-1])})"
    return f"lower({cell}) = {literal(folded)}"


def _number_of(text: str, decimal: str | None, digits: int) -> tuple[str, str]:
    """SQL: a text as a decimal, and whether it is a number of at most so many digits before the mark: with blanks or the
    other mark between thousands, a minus before or behind it, parentheses for a negative one, or a per cent sign.

    Eighteen digits in all: DuckDB takes a hundred times as long for more.
    """
    mark, apart = {"point": (r"\.", "[ ,'']"), "comma": (",", r"[ .]")}.get(decimal or "", (",", " "))
    # nearly all are digits and a mark: the rest is looked for in what is not
    simple = f"regexp_full_match({text}, '-?[0-9]{{1,{digits}}}({mark}[0-9]+)?')"
    plain = f"translate({text}, chr(160) || chr(8239) || chr(8201) || chr(8722) || chr(8211), '   --')"
    written = f"(?:[0-9]{{1,3}}(?:{apart}[0-9]{{3}}){{1,{digits // 3 - 1}}}|[0-9]{{1,{digits}}})(?:{mark}[0-9]+)?"
    is_one = f"regexp_full_match({plain}, '(?:-?{written}|{written}-|\\({written}\\))( ?%)?')"
    keep = "[^0-9.]" if decimal == "point" else "[^0-9,]"
    read = "try_cast(replace({}, ',', '.') as decimal(18, 6))".format
    bare = f"regexp_replace({plain}, '{keep}', '', 'g')"
    signed = f"case when regexp_matches({plain}, '[-(]') then -1 else 1 end * {read(bare)}"
    number = f"case when {simple} then {read(text)} when {is_one} then {signed} end"
    return number, f"(case when {simple} then true else {is_one} end)"


def _hours(text: str) -> tuple[str, str]:
    """SQL: hours and minutes as hours, and whether the text is written so."""
    is_one = f"regexp_full_match({text}, '-?[0-9]{{1,4}}:[0-5][0-9](:[0-5][0-9])?')"
    sign = f"case when starts_with({text}, '-') then -1 else 1 end"
    hours = f"abs(cast(split_part({text}, ':', 1) as integer)) + cast(split_part({text}, ':', 2) as integer) / 60"
    return f"case when {is_one} then {sign} * ({hours}) end", is_one
