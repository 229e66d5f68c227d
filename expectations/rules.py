"""What a rule is, and the rules that follow from a table's contract alone.

Belongs here: `Rule`, the small SQL builders, the generic rules G1xx.
Does not belong here: rules of one table (`suites`), limits of drift (`drift`), running the SQL (`judge`).

A rule's SQL runs in DuckDB over these views, all typed, empty where there is nothing: `candidate` (the load being
judged), `texts` (column_name, v, n, is_digits: the different values of its text columns, their rows, and whether a
value is digits alone: most are, and dear patterns need not look at them), `unlike` (rule, column_name, found: what
`shape` says of it), `baseline` (the accepted load it is compared with), `info` (one row: municipality_id, period,
format, received_on, month_start, month_end, baseline_period, control_file, file_periods), `shape` and `contracted`
(column_name, column_type), `control`, `employments`, `absences` (in force for the candidate's municipality and month),
`decisions` (the case system's, in force for the municipality, all years: for its offers and follow-ups),
`catalogue_kpi`, `catalogue_municipality`, `history` (Kolada, in force), and the municipality's configuration:
`known_units` (department, unit), `known_lines` (line_id, is_sum), `account_intervals` and `cost_centres` (first, last).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from expectations.standard import (
    Open,
    Standard,
    between,
    columns_of,
    filled,
    in_set,
    not_blank,
    not_empty,
    rows,
    unique,
    unique_together,
)
from ingestion.contracts import LETTER, NAME, NO_CODE, Column, Holds, Kind, Table
from ingestion.findings import PERSONNUMMER, Severity
from ingestion.sql import literal

# Running numbers that a ledger hands out: ten digits in a row are common there and mean nobody.
SERIAL_NUMBERS = ("voucher",)

# RE2, which DuckDB uses, has no look-around; a neighbouring non-digit says the same when only asked whether it matches.
PERSONNUMMER_SQL = PERSONNUMMER.pattern.replace(r"(?<!\d)", r"(?:^|\D)").replace(r"(?!\d)", r"(?:\D|$)")
# Digits alone that are ten or twelve: a running number looks like a date often, and has the check digit one time in
# ten.
_DIGITS = r"\b(?:[0-9]{2})?[0-9]{10}\b"


@dataclass(frozen=True)
class Rule:
    """One numbered rule.

    said: what says it: the library's own expectations (`standard`), or SQL that gives (source_row, column_name, found)
    of what breaks the rule, nothing if all is well. column_name is a lake column, or several with commas. checked: SQL
    that gives how many things were looked at; zero means that the rule had nothing to say about this candidate. tells:
    'value' if `found` is a delivered value (shown only if its column is public), 'statement' if the rule composed it of
    counts, sums, months and codes. expected may name {period} and {municipality}. kind 'drift' marks what a person may
    release.
    """

    number: str
    title: str
    said: str | Standard | tuple[Standard | str, ...]
    expected: str
    advice: str
    severity: Severity = "error"
    kind: Literal["row", "total", "drift"] = "row"
    tells: Literal["value", "statement"] = "value"
    checked: str = "select count(*) from candidate"

    @property
    def parts(self) -> tuple[Standard | str, ...]:
        """What says the rule, one expectation each."""
        return self.said if isinstance(self.said, tuple) else (self.said,)

    @property
    def failing(self) -> str:
        """SQL that gives (source_row, column_name, found) of all that breaks the rule."""
        return any_of(part if isinstance(part, str) else part.failing for part in self.parts)


INFO = "cross join info as i"
"""What a rule on the load's period, format or baseline joins."""


def texts(columns: Iterable[str], where: str, joined: str = "") -> str:
    """SQL for the candidate's rows with a text in `columns` that satisfies `where`, which reads `t.v` (and
    `t.column_name`).

    Every different text is looked at once: a month of transactions has few accounts, and patterns are dear.
    """
    names, cells = zip(*((literal(name), f"c.{name}") for name in columns), strict=True)
    return (
        "select c.source_row, c.column_name, c.found from "
        f"(select source_row, unnest([{', '.join(names)}]) as column_name, unnest([{', '.join(cells)}]) as found from candidate as c) as c "
        f"inner join (select t.column_name, t.v from texts as t {joined} where t.column_name in ({', '.join(names)}) and ({where})) as t "
        "on t.column_name = c.column_name and t.v is not distinct from c.found"
    )


def of_texts(columns: Sequence[str], where: str) -> str:
    """A condition for `texts` that holds `where` of some of its columns only; nothing if there are none."""
    return f"(t.column_name in ({', '.join(map(literal, columns))}) and ({where}))" if columns else ""


def holds_person(text: str) -> str:
    """SQL: whether `text` holds the number of a person. Written with a sign or a letter it is one by its form; of
    digits alone, by its check digit too, since ids that begin with the day are common.
    """
    digits = [f"substr(right(d, 10), {place}, 1)" for place in range(1, 11)]
    doubled = [
        f"translate({digit}, '0123456789', '0246813579')" if place % 2 == 0 else digit
        for place, digit in enumerate(digits)
    ]
    checked = f"({' + '.join(f'cast({digit} as integer)' for digit in doubled)}) % 10 = 0"
    # so that a word's end is a digit's end, whatever stands beside it
    alone = f"regexp_replace({text}, '[^0-9 .+-]', '|', 'g')"
    numbers = f"regexp_extract_all({alone}, {literal(_DIGITS)})"
    of_digits = f"len(list_filter({numbers}, lambda d: {_spelled('d')} and {checked})) > 0"
    signed = _spelled(f"regexp_replace({text}, '[0-9]{{10,}}', '|', 'g')")
    return f"case when {_spelled(text)} then {signed} or {of_digits} else false end"


def _spelled(text: str) -> str:
    return f"regexp_matches({text}, {literal(PERSONNUMMER_SQL)})"


def code(cell: str) -> str:
    """SQL for a delivered code as a statement may tell it: one that holds a word (a name, where columns were swapped)
    is not shown.

    An empty one stays null.
    """
    return f"case when not regexp_full_match({cell}, '{LETTER}{{0,3}}[0-9]*') then 'that is no code' else {cell} end"


def any_of(parts: Iterable[str]) -> str:
    """SQL for everything that any of `parts` finds."""
    return " union all ".join(parts)


FIRST_ROW, LAST_ROW = (f"(select {end}(source_row) from candidate)" for end in ("min", "max"))


def one(found: str, origin: str, column: str | None = None, row: str = "cast(null as bigint)") -> str:
    """SQL for one finding of the whole file: the statement `found` over `origin` (from what, where), at `row` if one
    can be pointed at.
    """
    named = f"'{column}'" if column else "cast(null as varchar)"
    return f"select {row} as source_row, {named} as column_name, {found} as found from {origin}"


# Of `texts`. Intervals hold for cost centres with as many digits as their ends.
KNOWN_COST_CENTRE = (
    "exists (select 1 from cost_centres as k where length(k.first) = length(t.v) and t.v between k.first and k.last)"
)

# Tables where a month that repeats another month's rows is no coincidence, with the share of rows that must be equal.
# Not the forecast, which may stand unchanged, and not the other boards' employments, whose minimal rows hardly move.
REPEATED = {
    "hr_employments": 1.0,
    "hr_absences": 0.95,
    "hr_time_records": 0.95,
    "ledger_control_totals": 1.0,
    "ledger_transactions": 0.95,
    "ledger_budget": 0.95,
    "care_patients": 0.95,
    "survey_pulse": 0.95,
    "survey_patients": 0.95,
    "survey_users": 0.95,
    "population_inhabitants": 0.95,
}
"""By table, the share of rows that another period's file does not have by chance."""
MAY_BE_RELEASED = ("hr_employments",)
"""Rejected; on a small board it happens that nobody comes or goes, and then somebody says so."""
REPEATED_MIN_ROWS = 5


def generic_rules(table: Table) -> tuple[Rule, ...]:
    """The rules that follow from `table`'s contract, in order of number."""
    rules = [
        Rule(
            "G100",
            "The columns and their types are the contract's",
            (
                columns_of(name for name, _ in table.lake_columns()),
                (
                    "select cast(null as bigint) as source_row, column_name, 'no such column of type ' || contracted.column_type as found "
                    "from contracted join shape using (column_name) where contracted.column_type <> shape.column_type"
                ),
            ),
            "the columns of docs/extracts.md",
            "Report this to the platform's maintainers: a reader and its contract disagree.",
            kind="total",
            tells="statement",
            checked="select count(*) from contracted",
        ),
        Rule(
            "G101",
            f"The key is unique ({', '.join(_header(table, name) for name in table.key)})",
            _one_per_key(table),
            "each key once",
            "Remove the repeated rows in the source, or correct their numbers, and deliver the whole file again.",
        ),
        Rule(
            "G102",
            "Required columns are filled in",
            (
                *(filled(name) for name, _ in _required(table)),
                *(not_blank(name) for name, kind in _required(table) if kind == "varchar"),
            ),
            "a value in every row",
            "Fill in the missing values in the source and deliver the whole file again.",
        ),
    ]
    bounded = [column for column in table.columns if column.low is not None or column.high is not None]
    if bounded:
        limits = "; ".join(f"{c.header} {_limits(c.low, c.high)}" for c in bounded)
        rules.append(
            Rule(
                "G103",
                "Numbers are within their limits",
                tuple(between(c.name, c.low, c.high) for c in bounded),
                limits,
                "Correct the number in the source and deliver the whole file again.",
            )
        )
    listed = [column for column in table.columns if column.allowed]
    if listed:
        codes = "; ".join(f"{c.header}: {', '.join(c.allowed)}" for c in listed)
        rules.append(
            Rule(
                "G104",
                "Codes are in their lists",
                tuple(in_set(c.name, c.allowed) for c in listed),
                codes,
                "Correct the code in the source, or have the new code added to the contract.",
            )
        )
    if table.source != "kolada":  # Kolada publishes statistics; its descriptions hold dates that look like personnummer
        searched = [
            c.name for c in table.columns if c.kind is Kind.TEXT and not c.allowed and c.name not in SERIAL_NUMBERS
        ]
        rules += [
            Rule(
                "G105",
                "No personnummer in any text column",
                texts(searched, holds_person("t.v")),
                "codes and names of things, never of persons",
                "Remove the personnummer in the source system before the file is made; do not send the rejected file on. If they are no "
                "personnummer but numbers that look like one, have a letter put before them where the extract is made (B2403152001).",
            ),
            Rule(
                "G106",
                "Every row is the expected municipality's",
                (in_set("municipality_id", Open("municipality")), filled("municipality_id")),
                "{municipality} in every row",
                "Put the file in the right municipality's folder, or deliver the right municipality's rows.",
            ),
        ]
    if table.period_column is not None:
        name = table.period_column
        rules.append(
            Rule(
                "G107",
                "One period in the file",
                (in_set(name, Open("period")), filled(name)),
                "{period} in every row",
                "Deliver one file per period.",
            )
        )
    if any(column.kind is Kind.PERSON for column in table.columns) and table.full_name not in OWN_RULES_OF_AGE:
        rules.append(_too_young(table))
    rules.append(
        Rule(
            "G108",
            "The load is not empty",
            not_empty(),
            "at least one row",
            "Make the file again: the selection in the source system found nothing.",
            kind="total",
            tells="statement",
            checked="select 1",
        )
    )
    if table.period_column is not None:
        rules.append(
            Rule(
                "G109",
                "The file's name does not say another period",
                one(
                    "'rows of ' || i.period || ' in a file whose name says ' || array_to_string(i.file_periods, ', ')",
                    "info as i where i.format <> 'sie' and len(i.file_periods) > 0 and not list_contains(i.file_periods, i.period)",
                    name,
                    FIRST_ROW,
                ),
                "the same period in the file's name, if it has one, as in its rows",
                "Check which period the rows are of, then deliver them under a name that says so.",
                kind="total",
                tells="statement",
                checked="select count(*) from info where format <> 'sie' and len(file_periods) > 0",
            )
        )
    if table.full_name in REPEATED:
        rules.append(_repeated(table))
    if table.source != "kolada":
        rules += _plausible(table)
        rules += _nameless(table)
    return tuple(rules)


OWN_RULES_OF_AGE = ("hr_employments", "care_patients")


def _too_young(table: Table) -> Rule:
    """Children where none are, and people who are not born yet: a century that was lost makes a child of somebody who
    is a hundred.
    """
    young = "c.birth_month > i.month_end"
    if table.youngest is not None:
        adults = (
            f"c.{table.minors[0]} not in ({', '.join(literal(value) for value in table.minors[1])})"
            if table.minors
            else "true"
        )
        young += f" or (c.birth_month > i.month_end - interval {table.youngest} year and {adults})"
    return Rule(
        "G117",
        "Nobody is younger than people in this table are",
        rows("birth_month", young, INFO),
        f"people of at least {table.youngest} years"
        if table.youngest is not None
        else "people who are born by the end of {period}",
        "Check the personnummer in the source system: a wrong century makes a child of somebody who is a hundred.",
        severity="warning",
    )


# Text that another code page made of å ä ö (UTF-8 read as Windows-1252, DOS or Mac text read as Windows-1252), letters
# that were lost for good (U+FFFD), and control characters other than line end and tab.
DAMAGED_TEXT_SQL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}\x{FFFD}\x{FEFF}]|Ã[¥¤¶©…„–\x{A0}]|[A-Za-z][†„”Œ][A-Za-z]"
LONGEST_TEXT = 10_000
FIRST_DAY, LAST_DAY = "1900-01-01", "2099-12-31"
FIRST_PERIOD, YEARS_AHEAD = "1990-01-01", 5
LARGEST_COUNT, LARGEST_AMOUNT = 100_000_000, 100_000_000_000


def _plausible(table: Table) -> list[Rule]:
    """What is well-formed and cannot be: damaged letters, days and periods of other ages, numbers that no municipality
    has.
    """
    rules = []
    written = [c.name for c in table.columns if c.kind is Kind.TEXT and not c.allowed]
    rules.append(
        Rule(
            "G111",
            "Texts are whole: letters as they were written, no control characters",
            texts(
                written,
                f"(not t.is_digits and regexp_matches(t.v, {literal(DAMAGED_TEXT_SQL)})) or length(t.v) > {LONGEST_TEXT}",
            ),
            f"readable text of at most {LONGEST_TEXT} characters",
            "The file was saved in a wrong encoding on its way: make the extract again, as UTF-8, and deliver it untouched.",
        )
    )
    dates = [c.name for c in table.columns if c.kind is Kind.DATE]
    if dates:
        rules.append(
            Rule(
                "G112",
                "Dates are of our time",
                any_of(rows(name, f"c.{name} not between date '{FIRST_DAY}' and date '{LAST_DAY}'") for name in dates),
                f"dates from {FIRST_DAY} to {LAST_DAY}",
                "Correct the date in the source; where there is no last day, leave the cell empty.",
            )
        )
    if table.period_column is not None:
        outside = (
            f"i.month_start < date '{FIRST_PERIOD}' or i.month_start > i.received_on + interval {YEARS_AHEAD} year"
        )
        rules.append(
            Rule(
                "G113",
                "The period is of our time",
                one("i.period", f"info as i where {outside}", table.period_column, FIRST_ROW),
                f"a period from {FIRST_PERIOD[:4]} to at most {YEARS_AHEAD} years ahead",
                "Correct the period in the extract and deliver the whole file again.",
                kind="total",
                tells="statement",
                checked="select count(*) from info",
            )
        )
    numbers = [
        (c.name, LARGEST_COUNT if c.kind is Kind.INTEGER else LARGEST_AMOUNT)
        for c in table.columns
        if c.kind in (Kind.INTEGER, Kind.DECIMAL) and c.high is None
    ]
    if numbers:
        rules.append(
            Rule(
                "G114",
                "Numbers are of a size that a municipality can have",
                tuple(between(name, -limit, limit, is_strict=True) for name, limit in numbers),
                f"counts under {LARGEST_COUNT}, amounts under {LARGEST_AMOUNT}",
                "Look whether another column's value, such as a personnummer, stands in this one, and deliver the whole file again.",
            )
        )
    return rules


def _nameless(table: Table) -> list[Rule]:
    """Names of people where codes and roles belong: the lake keeps those columns as they come, so nobody's name may be
    in them.

    One surname in small letters cannot be told from an id in words; the ids of departments and units have lists of
    their own.
    """
    odd = {
        (Holds.NUMBER, Holds.KEY): f"not t.is_digits and regexp_matches(t.v, {literal(NO_CODE)})",
        (Holds.NUMBER,): "not t.is_digits and trim(t.v) <> '' and not regexp_matches(t.v, '[0-9]')",
        (Holds.ROLE,): f"not t.is_digits and regexp_matches(t.v, {literal(NAME)})",
    }
    asked = [c for c in table.columns if c.is_free_text and c.holds in {Holds.NUMBER, Holds.KEY, Holds.ROLE}]
    if not asked:
        return []
    wrong = [of_texts([c.name for c in asked if c.holds in those], where) for those, where in odd.items()]
    return [
        Rule(
            "G115",
            "No names where codes and roles stand",
            texts([c.name for c in asked], " or ".join(filter(None, wrong))),
            _said_of(asked),
            "If it is a person's name, take it out where the file is made. If it is none, write the code without blanks and capitalised "
            "words, the title with its capital first only.",
        )
    ]


def _said_of(asked: list[Column]) -> str:
    what = {
        Holds.NUMBER: "numbers or codes with a digit",
        Holds.KEY: "ids without blanks",
        Holds.ROLE: "titles or bodies, no names",
    }
    return "; ".join(
        f"{', '.join(c.header for c in asked if c.holds is holds)}: {said}"
        for holds, said in what.items()
        if any(c.holds is holds for c in asked)
    )


def _one_per_key(table: Table) -> tuple[Standard | str, ...]:
    """A key of one column may be missing in one row only, as one of several columns may: the library lets nulls stand
    more often.
    """
    if len(table.key) > 1:
        return (unique_together(table.key),)
    [name] = table.key
    return unique(name), rows(name, f"c.{name} is null and (select count(*) from candidate where {name} is null) > 1")


def _repeated(table: Table) -> Rule:
    """Last period's rows under this period's name: the rows are equal but for the columns that say the month."""
    left_out = {table.period_column, "accounting_period", "source_row", "load_id"}
    months = {column.name for column in table.columns if column.kind is Kind.MONTH}
    kept = [name for name, _ in table.lake_columns() if name not in left_out]
    content = ", ".join(f"right({name}, 2)" if name in months else name for name in kept)
    equal = f"(select count(*) as n from (select {content} from candidate intersect select {content} from baseline))"
    larger = "(select greatest((select count(*) from candidate), (select count(*) from baseline)) as n)"
    share, may_be_released = REPEATED[table.full_name], table.full_name in MAY_BE_RELEASED
    return Rule(
        "G110",
        "The rows are not another period's under this period's name",
        one(
            "e.n || ' of ' || l.n || ' rows equal to those of ' || i.baseline_period",
            f"{equal} as e, {larger} as l, info as i "
            f"where i.baseline_period <> i.period and l.n >= {REPEATED_MIN_ROWS} and e.n >= {share} * l.n",
            table.period_column,
            FIRST_ROW,
        ),
        "rows of {period}",
        "Make the extract again for the period that it is to describe."
        + (" If nothing has changed, say so to the operator, who can release the delivery." if may_be_released else ""),
        kind="drift" if may_be_released else "total",
        tells="statement",
        checked="select count(*) from baseline, info as i where i.baseline_period <> i.period",
    )


def _required(table: Table) -> list[tuple[str, str]]:
    """(lake column, type) of every column that may not be empty; a reservnummer need not tell the sex."""
    types = dict(table.lake_columns())
    names: list[str] = []
    for column in table.columns:
        if column.required and column.kind is not Kind.DROPPED:
            names += ["person_id", "birth_month"] if column.kind is Kind.PERSON else [column.name]
    return [(name, types[name]) for name in names]


def _header(table: Table, name: str) -> str:
    return table.column(name).header


def _limits(low: float | None, high: float | None) -> str:
    if high is None:
        return f"from {low:g}"
    return f"up to {high:g}" if low is None else f"{low:g}-{high:g}"
