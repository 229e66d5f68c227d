"""The shape profile: what each column of a load looks like, and what is unlike the load before it or unlike its
contract.

Belongs here: the profile (patterns, known values, sizes, signs, empty cells), the comparison of two of them, rules
D201-D205. Does not belong here: limits on how many rows or kronor there are (`drift`), rules of single rows (`rules`,
`suites`).

A profile is aggregate facts: counts, patterns in which digits and letters are not told apart, and the values of public
columns. It is kept beside the load (`shape.json`), so that a later load is compared without reading the earlier one
again; where it is missing (loads of before it was kept, loads from which somebody was erased) it is made anew.

Every limit is far from what an honest month does: a change is told when most of a column has changed, and when chance
could not have done it with as few rows as there are. A small board is judged by the same rules and has fewer findings,
never more.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import duckdb

from expectations.rules import Rule, of_texts, texts
from ingestion.configuration.municipality import Municipality
from ingestion.configuration.placement import has_department, has_line
from ingestion.contracts import Column, Holds, Kind, Table
from ingestion.lake import SHAPE_FILE, Candidate, Load
from ingestion.periods import Period
from ingestion.readers.parts import part_column
from ingestion.sql import literal, read_parquet

VERSION = 2
"""Raised when a profile comes to hold other facts: older ones are then made anew."""

MANY = 500
"""A column with more different values than this has ids in it, not codes: none is kept."""

SAMPLED = 300
"""Rows looked at where all need not be: patterns of ids, and how common the commonest number or day is."""

CHANCE = 1e-4
"""What chance does less often than this, it has not done."""

LEAST_ROWS = 5
"""Fewer values than this say nothing of a column."""

SIZE_FACTOR = 4.0
"""A column's typical size must change by more than this to be told; months differ by less, units and scales by more."""

SIZE_ERRORS = 5.0
"""And by more than so many standard errors of the difference."""

FRACTION_SHARE = 0.2
"""A percentage is written as a fraction if so many of its values are over 0 and at most 1."""

CODE_OF_A_NUMBER = r"^-?[0-9]+[.,]0+$|^[0-9]([.,][0-9]+)?[eE][+-]?[0-9]+$|^['=\"]|^(?i:nan|none|null|nil|n/a|#.*)$"
"""A code that a program took for a number (207024.0, 2,07E+05), put in quotes for Excel, or wrote where there was none.
"""

DECOMPOSED = r"[\x{0300}-\x{036f}]"
r"""A mark that stands beside its letter, as files made on a Mac have it: å as a and a ring. (The marks of all scripts,
`\pM`, take longer to compile than all texts of a month to look through.)
"""

NOT_COMPARED = frozenset({"municipality_id", "accounting_period", "row_count", "voucher_row"})
"""What is the municipality's, the period's or the voucher's, or has limits of drift on its sum."""

RENEWED = frozenset(
    {"sub_activity", "project", "counterparty", "question_id", "question_version", "law_version", "instrument"}
)
"""Codes that are new every year or so, or that no figure is made by: only how they are written is compared, and told as
a warning.
"""

CODES_IN_KEYS = frozenset({"account", "cost_centre", "place_id"})
"""Numbers that are part of a key and come again all the same; all others (vouchers) are new in every period."""

COMPARABLE = 5
"""Two loads of which one has so many times the rows of the other are not of the same things: that is told by limits of
drift.
"""

NOT_IN_SIE = frozenset({"counterparty", "is_internal", "sub_activity", "project", "activity", "cost_centre"})
"""What a SIE file says or not, by its dimensions: not held against a CSV's cells."""

FILLED_LATER = frozenset(
    {"decision_type", "end_reason", "waiting_reason", "leave_reason", "reply", "outcome", "follow_up", "comment"}
)
"""What is not known yet when a row is delivered for the first time."""

ONE_DAY_IS_RIGHT = frozenset({"made_on", "extracted_on", "inspected_on", "available_from", "available_to"})
"""Dates of which one file may well hold a single one."""


@dataclass(frozen=True)
class Lasting:
    """Keys that come again in the next period. keys: columns. where: of which rows of the earlier load. low: least
    share.

    steady: columns that stay as they were for a key that comes again: a number that means somebody else is another's.
    """

    keys: tuple[str, ...]
    low: float
    where: str = "true"
    steady: tuple[str, ...] = ()


LASTING = {
    "hr_employments": Lasting(("employment_id",), 0.6, steady=("person_id", "aid_code", "start_date")),
    "hr_time_records": Lasting(("employment_id",), 0.5),
    "hr_other_employments": Lasting(("employment_id",), 0.6, steady=("person_id", "start_date")),
    "hr_absences": Lasting(
        ("spell_id",), 0.25, "end_date is null or end_date > {end}", ("employment_id", "start_date", "absence_type")
    ),
    "care_decisions": Lasting(
        ("decision_id",),
        0.2,
        "closed_date is null and (valid_to is null or valid_to > {end})",
        ("person_id", "service", "application_date"),
    ),
    "care_places": Lasting(("place_id",), 0.4, "available_to is null", ("housing", "available_from")),
    "ledger_forecast": Lasting(("department", "line_id"), 0.5),
    "population_inhabitants": Lasting(("age", "gender"), 0.9),
}
"""By table. The other tables' keys are new in every period."""

STEADY_SHARE, STEADY_ROWS = 0.5, 5
"""Of at least so many keys that come again, so many keep what is steady of them."""

LASTING_ROWS = 10
"""With fewer keys, who came and who left decides the share."""

REPLACED_SHARE = 0.5
"""A later file for the same period holds at least this share of the keys of the load that it replaces, or it is a part
of it.
"""

ORGANISATION = ("department", "unit")
"""Columns of which a value that had many rows and has none is a part that was left out."""

MEASURES = {
    "region_report_figures": "indicator",
    "homecare_index_results": "part",
    "goals_indicators": "indicator_id",
    "local_counts_counts": "indicator",
}
"""By table, the column that says what a row's numbers are of: kronor in one row and per cent in the next are compared
each with its own.
"""

PLANS = ("account", "activity", "cost_centre")
"""Codes of which a new plan begins with a year."""

ACCOUNT_COLUMNS = ("account_class", "account")
"""Columns whose first digit is the account's class, by which income and costs are told apart."""


@dataclass(frozen=True)
class Shape:
    """One column. Counts are of rows. Only what its kind has is filled in.

    filled: not empty. different: different values. patterns: rows by pattern (texts). values: rows by value (public
    codes with at most `MANY`). most: share of the filled that hold the commonest value. nonzero, negative, fractions
    (over 0, at most 1), size and spread (mean and standard deviation of the logarithm of what is not 0), mean (dates:
    days since 1970).
    """

    filled: int
    different: int | None = None
    most: float | None = None
    patterns: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    nonzero: int = 0
    negative: int = 0
    fractions: int = 0
    size: float | None = None
    spread: float | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None


@dataclass(frozen=True)
class Profile:
    """A load's columns by name.

    classes: by account class, the number, sum and sum of sizes of its amounts. measures: of a table whose numbers are
    of several things, by column and what they are of, how many are not 0, with mean and standard deviation of their
    logarithm.
    """

    rows: int
    is_sie: bool
    columns: dict[str, Shape]
    classes: dict[str, tuple[int, float, float]] = field(default_factory=dict)
    measures: dict[str, dict[str, tuple[int, float, float]]] = field(default_factory=dict)

    def as_text(self) -> str:
        """JSON, without what is empty."""
        columns = {
            name: {key: value for key, value in vars(shape).items() if value} for name, shape in self.columns.items()
        }
        facts = {
            "version": VERSION,
            "rows": self.rows,
            "is_sie": self.is_sie,
            "classes": self.classes,
            "measures": self.measures,
        }
        facts["columns"] = columns
        return json.dumps(facts, ensure_ascii=False)


@dataclass(frozen=True)
class Odd:
    """What is unlike: the rule, the lake column (several with commas), and a statement without any value that is not
    public.
    """

    rule: str
    column: str | None
    found: str


# The profile


def profile(con: duckdb.DuckDBPyConnection, table: Table, relation: str, texts_of: str, is_sie: bool) -> Profile:
    """The profile of `relation`, whose texts with their rows are in `texts_of` (made by `texts_sql`)."""
    numbers, days, flags = (
        _of_kind(table, *kinds) for kinds in ((Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE), (Kind.DATE,), (Kind.BOOLEAN,))
    )
    asked = ["count(*)"]
    for name in numbers:
        size = f"ln(abs(nullif(cast({name} as double), 0)))"
        asked += [
            f"count({name})",
            f"count(nullif({name}, 0))",
            f"count(case when {name} < 0 then 1 end)",
            f"count(case when {name} > 0 and {name} <= 1 then 1 end)",
            f"avg({size})",
            f"stddev_pop({size})",
            f"cast(min({name}) as double)",
            f"cast(max({name}) as double)",
        ]
    for name in days:
        day = f"date_diff('day', date '1970-01-01', {name})"
        asked += [f"count({name})", f"avg({day})", f"min({day})", f"max({day})"]
    for name in flags:
        asked += [f"count({name})", f"count(case when {name} then 1 end)"]
    told = con.execute(f"select {', '.join(asked)} from {relation}").fetchall()[0]
    rows, facts = int(told[0]), iter(told[1:])
    columns: dict[str, Shape] = {}
    commonest = _commonest(con, [*numbers, *days], relation, rows)
    for name in numbers:
        filled, nonzero, negative, fractions, size, spread, low, high = (next(facts) for _ in range(8))
        columns[name] = Shape(
            filled,
            most=commonest.get(name),
            nonzero=nonzero,
            negative=negative,
            fractions=fractions,
            size=size,
            spread=spread,
            low=low,
            high=high,
        )
    for name in days:
        filled, mean, low, high = (next(facts) for _ in range(4))
        columns[name] = Shape(filled, most=commonest.get(name), mean=mean, low=low, high=high)
    for name in flags:
        filled, true = next(facts), next(facts)
        values = {word: n for word, n in (("ja", true), ("nej", filled - true)) if n}
        columns[name] = Shape(
            filled, different=len(values), most=max(true, filled - true) / filled if filled else None, values=values
        )
    columns |= _of_texts(con, table, relation, texts_of, rows)
    return Profile(rows, is_sie, columns, _classes(con, table, relation), _measures(con, table, numbers, relation))


def kept(load: Load) -> Profile | None:
    """The profile that was kept with `load`; None if there is none, or none that this version reads."""
    try:
        facts = json.loads((load.directory / SHAPE_FILE).read_text(encoding="utf-8"))
        if facts.pop("version") != VERSION:
            return None
        columns = {name: Shape(**{"filled": 0, **shape}) for name, shape in facts["columns"].items()}
        classes = {name: (int(n), float(total), float(sizes)) for name, (n, total, sizes) in facts["classes"].items()}
        measures = {
            column: {name: (int(n), float(size), float(spread)) for name, (n, size, spread) in by.items()}
            for column, by in facts["measures"].items()
        }
        return Profile(facts["rows"], facts["is_sie"], columns, classes, measures)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def texts_sql(names: Iterable[str], relation: str) -> str:
    """SQL for the different values of text columns, with the number of rows of each, and whether it is digits and
    nothing else.
    """
    counted = (
        f"select '{name}' as column_name, {name} as v, count(*) as n from {relation} group by {name}" for name in names
    )
    return f"select t.*, coalesce(not regexp_matches(v, '[^0-9]'), false) as is_digits from ({' union all '.join(counted)}) as t"


def written_columns(table: Table) -> list[str]:
    """The lake columns that hold delivered text."""
    return [name for name, kind in table.lake_columns() if kind == "varchar" and name != "load_id"]


def _of_kind(table: Table, *kinds: Kind) -> list[str]:
    return [column.name for column in table.columns if column.kind in kinds and column.name not in NOT_COMPARED]


def _every(rows: int) -> str:
    """SQL for the rows of the sample: all, or every so many, as the file has them; a part that differs is met wherever
    it stands.
    """
    return f"source_row % {rows // SAMPLED} = 0" if rows >= 2 * SAMPLED else "true"


def _commonest(con: duckdb.DuckDBPyConnection, names: list[str], relation: str, rows: int) -> dict[str, float]:
    if not names or not rows:
        return {}
    cells = ", ".join(f"cast({name} as varchar)" for name in names)
    words = ", ".join(f"'{name}'" for name in names)
    found = con.execute(
        f"select name, max(n) / sum(n) from (select name, v, count(*) as n from (select unnest([{words}]) as name, unnest([{cells}]) as v "
        f"from {relation} where {_every(rows)}) where v is not null group by name, v) group by name"
    ).fetchall()
    return dict(found)


def _of_texts(
    con: duckdb.DuckDBPyConnection, table: Table, relation: str, texts_of: str, rows: int
) -> dict[str, Shape]:
    """The text columns: of codes every value and its pattern, of ids the patterns of a sample."""
    compared = [
        c for c in table.columns if c.kind is Kind.TEXT and c.name not in NOT_COMPARED and c.name != table.period_column
    ]
    if not compared:
        return {}
    listed = ", ".join(f"'{column.name}'" for column in compared)
    counted = {
        name: (filled or 0, different, most or 0)
        for name, filled, different, most in con.execute(
            "select column_name, cast(sum(case when v is not null then n end) as bigint), count(v), "
            f"max(case when v is not null then n end) from {texts_of} where column_name in ({listed}) group by 1"
        ).fetchall()
    }
    codes = [c for c in compared if c.name in counted and counted[c.name][1] <= MANY]
    ids = [c for c in compared if c.name in counted and counted[c.name][1] > MANY]
    values: dict[str, dict[str, int]] = {c.name: {} for c in codes}
    if codes:
        among = ", ".join(f"'{c.name}'" for c in codes)
        for name, value, n in con.execute(
            f"select column_name, v, n from {texts_of} where v is not null and column_name in ({among})"
        ).fetchall():
            values[name][value] = n
    patterns = {name: _patterns(found) for name, found in values.items()}
    if ids:
        cells, words = ", ".join(c.name for c in ids), ", ".join(f"'{c.name}'" for c in ids)
        sample: dict[str, dict[str, int]] = {c.name: {} for c in ids}
        for name, value in con.execute(
            f"select name, v from (select unnest([{words}]) as name, unnest([{cells}]) as v from {relation} where {_every(rows)}) "
            "where v is not null"
        ).fetchall():
            sample[name][value] = sample[name].get(value, 0) + 1
        patterns |= {name: _patterns(found) for name, found in sample.items()}
    shapes = {}
    for column in compared:
        filled, different, most = counted.get(column.name, (0, 0, 0))
        told = values.get(column.name, {}) if column.public else {}
        is_written_alike = column.is_free_text and (column.holds is Holds.NUMBER or column.name in _IDS_AND_CODES)
        shapes[column.name] = Shape(
            filled,
            different,
            most / filled if filled else None,
            patterns.get(column.name, {}) if is_written_alike else {},
            told,
        )
    return shapes


_IDS_AND_CODES = frozenset({"activity", "sub_activity", "project", "counterparty", "respondent_id"})
"""Of the keys, those that are not words."""

_DIGITS, _LETTERS = re.compile(r"[0-9]+"), re.compile(r"[^\W\d_]+")


def _patterns(values: dict[str, int]) -> dict[str, int]:
    """Rows by pattern: every run of digits is 9, every run of letters a. A running number may grow by a digit; its
    pattern does not.
    """
    found: dict[str, int] = {}
    for value, n in values.items():
        pattern = _LETTERS.sub("a", _DIGITS.sub("9", value))[:40]
        found[pattern] = found.get(pattern, 0) + n
    return found


def _classes(con: duckdb.DuckDBPyConnection, table: Table, relation: str) -> dict[str, tuple[int, float, float]]:
    names = {column.name for column in table.columns}
    by = next((name for name in ACCOUNT_COLUMNS if name in names), None)
    if by is None or "amount" not in names:
        return {}
    found = con.execute(
        f"select left({by}, 1), sum(n), cast(sum(total) as double), cast(sum(sizes) as double) from (select {by}, count(*) as n, "
        f"sum(amount) as total, sum(abs(amount)) as sizes from {relation} where {by} is not null and amount is not null group by {by}) "
        "group by 1"
    ).fetchall()
    return {name: (int(n), total, sizes) for name, n, total, sizes in found}


def _measures(
    con: duckdb.DuckDBPyConnection, table: Table, numbers: list[str], relation: str
) -> dict[str, dict[str, tuple[int, float, float]]]:
    by = MEASURES.get(table.full_name)
    found: dict[str, dict[str, tuple[int, float, float]]] = {}
    for name in numbers if by else ():
        size = f"ln(abs(cast({name} as double)))"
        for measure, n, mean, spread in con.execute(
            f"select {by}, count(*), avg({size}), stddev_pop({size}) from {relation} where {name} <> 0 and {by} is not null group by 1"
        ).fetchall():
            found.setdefault(name, {})[measure] = (n, mean, spread)
    return found


# The comparison


@dataclass(frozen=True)
class Beside:
    """What a candidate is compared with.

    period: the earlier load's. is_whole: the candidate's period is over, so that what is filled in and what is constant
    can be compared.
    days: from the earlier period's start to the candidate's. is_new_year: the candidate's year is another. configured:
    by column, whether a value stands in the municipality's configuration as it is now.
    """

    profile: Profile
    period: str
    is_whole: bool
    days: int
    is_new_year: bool = False
    configured: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)

    def still_there(self, column: str, value: str) -> bool:
        """Whether the configuration has the value yet, or never speaks of such."""
        return column not in self.configured or self.configured[column](value)


def unlike(table: Table, now: Profile, before: Beside | None, has_group: Callable[[str], bool] | None) -> list[Odd]:
    """Everything in which `now` is unlike its contract, and unlike the load before it. At most one finding a column and
    rule.

    has_group: whether an AID code is of a configured staff group; None where there are none.
    """
    found = list(_unlike_contract(table, now, has_group))
    if before is not None:
        smaller, larger = sorted((now.rows, before.profile.rows))
        for column in table.columns if larger <= COMPARABLE * smaller else ():
            then, shape = before.profile.columns.get(column.name), now.columns.get(column.name)
            if then is None or shape is None or column.name in NOT_COMPARED or column.name == table.period_column:
                continue
            if odd := _unlike_before(table, column, shape, now, then, before) or _measured_otherwise(
                column.name, now, before
            ):
                found.append(odd)
        if odd := _turned(now, before):
            found.append(odd)
    return found


def _unlike_contract(table: Table, now: Profile, has_group: Callable[[str], bool] | None) -> Iterator[Odd]:
    for column in table.columns:
        shape = now.columns.get(column.name)
        if shape is None:
            continue
        is_percentage = column.kind is Kind.DECIMAL and (column.low, column.high) == (0, 100)
        if is_percentage and shape.nonzero >= 3 and shape.fractions >= FRACTION_SHARE * shape.nonzero:
            yield Odd(
                "D202",
                column.name,
                f"{shape.fractions} of {shape.nonzero} percentages over 0 and at most 1, as fractions are",
            )
        if (
            column.name == "aid_code"
            and has_group
            and shape.filled >= 3
            and shape.values
            and not any(map(has_group, shape.values))
        ):
            seen = _quoted(column, shape.values)
            yield Odd("D202", column.name, f"{seen} and no code of the configured staff groups in {shape.filled} rows")
        one_day = column.kind is Kind.DATE and column.name not in ONE_DAY_IS_RIGHT and column.required
        if one_day and shape.filled >= 2 * LEAST_ROWS and shape.low == shape.high:
            yield Odd("D204", column.name, f"one and the same day in all {shape.filled} rows")
    income, costs = _net(now, "3"), _net(now, "567")
    if income and costs and income[0] >= LEAST_ROWS and costs[0] >= LEAST_ROWS and income[1] > 0.5 and costs[1] < -0.5:
        yield Odd(
            "D202", "amount", f"income (class 3) positive, costs (classes 5-7) negative, in {income[0] + costs[0]} rows"
        )


def _net(of: Profile, classes: str) -> tuple[int, float] | None:
    """Rows, and the sum beside the sum of sizes (-1 to 1), of the accounts of `classes`."""
    there = [of.classes[name] for name in classes if name in of.classes]
    sizes = sum(size for _, _, size in there)
    return (sum(n for n, _, _ in there), sum(total for _, total, _ in there) / sizes) if sizes else None


def _lost(table: Table, now: Profile, before: Beside, divided_by: str | None) -> Iterator[Odd]:
    """Departments and units that had rows and have none: of a table that comes in parts, any; else those that chance
    does not leave out.
    """
    for column in table.columns:
        then, shape = before.profile.columns.get(column.name), now.columns.get(column.name)
        if (
            then is None
            or shape is None
            or column.name not in (*ORGANISATION, divided_by)
            or not (then.values and shape.values)
        ):
            continue
        gone = {
            value: n
            for value, n in then.values.items()
            if value not in shape.values
            and before.still_there(column.name, value)
            and (
                column.name == divided_by
                or (before.is_whole and _chance(1 - n / then.filled, shape.filled, then.filled) < CHANCE)
            )
        }
        if gone:
            several = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
            share = sum(gone.values()) / then.filled
            yield Odd(
                "D205",
                column.name,
                f"no row of {_quoted(column, gone)}{several}, which had {share:.0%} of the rows of {before.period}",
            )


def _turned(now: Profile, before: Beside) -> Odd | None:
    """A ledger with all signs turned: income and costs have changed sides in nearly all that was booked."""
    weight = turned = 0.0
    rows = 0
    for name in set(now.classes) & set(before.profile.classes) - {"1", "2"}:  # balances go both ways
        (n, total, sizes), (m, earlier, earlier_sizes) = now.classes[name], before.profile.classes[name]
        if not sizes or not earlier_sizes or abs(total) < 0.3 * sizes or abs(earlier) < 0.3 * earlier_sizes:
            continue
        weight += abs(earlier)
        turned += abs(earlier) * (total * earlier < 0)
        rows += min(n, m)
    if not weight or turned < 0.8 * weight or rows < LEAST_ROWS:
        return None
    return Odd(
        "D203",
        "amount",
        f"the other sign than in {before.period} on accounts with {turned / weight:.0%} of its amounts",
    )


def _unlike_before(table: Table, column: Column, now: Shape, whole: Profile, then: Shape, before: Beside) -> Odd | None:
    """The first thing in which a column is unlike the same column before."""
    of_words = column.is_free_text and column.holds in (Holds.ROLE, Holds.PROSE)
    runs_on = column.name in table.key and column.holds is Holds.NUMBER and column.name not in CODES_IN_KEYS
    new_every_time = (
        RENEWED | ({column.name} if runs_on else set()) | ({column.name} if column.holds is Holds.PROSE else set())
    )
    sie_apart = whole.is_sie != before.profile.is_sie and column.name in NOT_IN_SIE
    comparable = before.is_whole and not sie_apart
    of_a_new_plan = _is_of_a_new_plan(column, now, then, before)
    is_told_only = of_words or of_a_new_plan or column.name in RENEWED | FILLED_LATER
    reconfigured = _is_reconfigured(column, now, then, before)
    for found in (
        _emptied(column, now, whole.rows, then, before) if not sie_apart else None,
        _written_otherwise(now, then, before) if not reconfigured else None,
        _unknown(now, then, before, column)
        if column.is_free_text and column.name not in new_every_time and not reconfigured
        else None,
        _of_another_size(now, then, before) if table.full_name not in MEASURES else None,
        _of_another_sign(now, then, before),
        _zeroed(now, then, before) if comparable and column.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE) else None,
        _of_another_time(now, then, before) if column.kind is Kind.DATE else None,
        _constant(column, now, then, before) if comparable and column.name not in RENEWED else None,
    ):
        if found:
            return Odd("D204" if is_told_only else "D203", column.name, found)
    return None


def _is_reconfigured(column: Column, now: Shape, then: Shape, before: Beside) -> bool:
    """Codes that have changed with the configuration: it has most of those that stand there now, and no longer most of
    the earlier.
    """
    is_known = before.configured.get(column.name)
    if is_known is None:
        return False
    here, left = (sum(n for value, n in shape.values.items() if is_known(value)) for shape in (now, then))
    return here >= 0.9 * now.filled and left <= 0.5 * then.filled


def _is_of_a_new_plan(column: Column, now: Shape, then: Shape, before: Beside) -> bool:
    """Codes that are new with the year; not the earlier ones written otherwise (0510), and not another column's."""
    if column.name not in PLANS or not before.is_new_year or set(now.patterns) - set(then.patterns):
        return False
    for shape in before.profile.columns.values():
        earlier = {_plain(value) for value in shape.values}
        if sum(n for value, n in now.values.items() if _plain(value) in earlier) >= 0.3 * now.filled:
            return False
    return True


def _plain(code: str) -> str:
    """A code without what programs put before and after it."""
    return re.sub(r"[.,]0+$", "", code).lstrip("0")


def _emptied(column: Column, now: Shape, rows: int, then: Shape, before: Beside) -> str | None:
    """Cells that are empty now and were not, or the other way round; in a period that is not over, what a row's first
    day would tell.
    """
    if not before.is_whole and (now.filled or column.kind is Kind.DATE or column.name in FILLED_LATER):
        return None
    earlier = then.filled / before.profile.rows if before.profile.rows else 0.0
    share = now.filled / rows if rows else 0.0
    if before.profile.rows < LEAST_ROWS or rows < LEAST_ROWS:
        return None
    gone = (not now.filled or (earlier >= 0.5 and share <= 0.1)) and _chance(
        1 - earlier, rows - now.filled, before.profile.rows
    ) < CHANCE
    by_month = len(before.period) > 4  # once a year, a column may be begun
    come = (
        (earlier or by_month)
        and earlier <= 0.1
        and share >= 0.8
        and _chance(earlier, now.filled, before.profile.rows) < CHANCE
    )
    halved = (earlier or by_month) and abs(share - earlier) >= 0.5 and min(rows, before.profile.rows) >= 30
    return (
        f"filled in in {share:.0%} of {rows} rows; in {before.period} in {earlier:.0%}"
        if gone or come or halved
        else None
    )


def _zeroed(now: Shape, then: Shape, before: Beside) -> str | None:
    """Numbers that are nought now and were not, or the other way round."""
    if min(now.filled, then.filled) < 30:
        return None
    share, earlier = now.nonzero / now.filled, then.nonzero / then.filled
    gone = not now.nonzero and _chance(1 - earlier, now.filled, then.filled) < CHANCE
    if not gone and abs(share - earlier) < 0.5:
        return None
    return f"not 0 in {share:.0%} of {now.filled} rows; in {before.period} in {earlier:.0%}"


def _written_otherwise(now: Shape, then: Shape, before: Beside) -> str | None:
    """Another pattern of digits and letters in most rows."""
    looked, earlier = sum(now.patterns.values()), sum(then.patterns.values())
    if looked < LEAST_ROWS or earlier < LEAST_ROWS:
        return None
    new = {pattern: n for pattern, n in now.patterns.items() if pattern not in then.patterns}
    if sum(new.values()) < 0.5 * looked:
        return None
    was, is_now = max(then.patterns, key=lambda p: then.patterns[p]), max(new, key=lambda p: new[p])
    share = sum(new.values()) / looked
    return (
        f"written as '{is_now}' (9 for digits, a for letters) in {share:.0%} of the rows; in {before.period} as '{was}'"
    )


def _unknown(now: Shape, then: Shape, before: Beside, column: Column) -> str | None:
    """Codes of which hardly any stood in the load before, where codes come again and again."""
    if (
        not now.values
        or not then.values
        or now.filled < LEAST_ROWS
        or then.filled < max(LEAST_ROWS, 2 * len(then.values))
    ):
        return None
    known = sum(n for value, n in now.values.items() if value in then.values)
    least = 0.5 if min(now.filled, then.filled) >= 30 and len(before.period) > 4 else 0.3
    if known >= least * now.filled:
        return None
    new = {value: n for value, n in now.values.items() if value not in then.values}
    return (
        f"{known / now.filled:.0%} of {now.filled} rows with a value of {before.period}; now {_quoted(column, new)}, "
        f"then {_quoted(column, then.values)}"
    )


def _of_another_size(now: Shape, then: Shape, before: Beside) -> str | None:
    """Another unit or scale: the typical size has changed by a factor."""
    if now.size is None or then.size is None or min(now.nonzero, then.nonzero) < 3:
        return None
    sizes = (now.nonzero, now.size, now.spread or 0.0), (then.nonzero, then.size, then.spread or 0.0)
    return _larger_or_smaller(now.size - then.size, before, f"{now.nonzero} rows") if _is_another_size(*sizes) else None


def _is_another_size(now: tuple[int, float, float], then: tuple[int, float, float]) -> bool:
    """Whether two (number, mean and standard deviation of the logarithm) differ by a factor that chance does not make."""
    (n, size, spread), (earlier_n, earlier, earlier_spread) = now, then
    error = max(0.3, spread, earlier_spread) * math.sqrt(1 / n + 1 / earlier_n)
    return abs(size - earlier) >= max(math.log(SIZE_FACTOR), SIZE_ERRORS * error)


def _larger_or_smaller(change: float, before: Beside, where: str) -> str:
    how = "large" if change > 0 else "small"
    return f"{math.exp(abs(change)):,.0f} times as {how} as in {before.period}, typically, in {where}"


def _measured_otherwise(name: str, now: Profile, before: Beside) -> Odd | None:
    """Another unit or scale of numbers that are of several things: of one of them with rows enough, or of nearly all."""
    here, earlier = now.measures.get(name, {}), before.profile.measures.get(name, {})
    changes = {measure: here[measure][1] - earlier[measure][1] for measure in here.keys() & earlier.keys()}
    rows = {measure: min(here[measure][0], earlier[measure][0]) for measure in changes}
    for measure in sorted(changes):
        if rows[measure] >= LEAST_ROWS and _is_another_size(here[measure], earlier[measure]):
            return Odd(
                "D203", name, _larger_or_smaller(changes[measure], before, f"{here[measure][0]} rows of '{measure}'")
            )
    for one_way in (1, -1):
        moved = [measure for measure, change in changes.items() if one_way * change >= math.log(SIZE_FACTOR)]
        of_moved = sum(rows[measure] for measure in moved)
        if of_moved >= LEAST_ROWS and of_moved >= 0.8 * sum(rows.values()):
            typical = sorted(changes[measure] for measure in moved)[len(moved) // 2]
            return Odd(
                "D203",
                name,
                _larger_or_smaller(typical, before, f"rows of {len(moved)} of {len(changes)} things measured"),
            )
    return None


def _of_another_sign(now: Shape, then: Shape, before: Beside) -> str | None:
    if min(now.nonzero, then.nonzero) < LEAST_ROWS:
        return None
    share, earlier = now.negative / now.nonzero, then.negative / then.nonzero
    error = math.sqrt(0.25 / now.nonzero + 0.25 / then.nonzero)
    if abs(share - earlier) < max(0.4, 4 * error) and not (share in (0, 1) and earlier in (0, 1) and share != earlier):
        return None
    return f"negative in {share:.0%} of {now.nonzero} rows; in {before.period} in {earlier:.0%}"


def _of_another_time(now: Shape, then: Shape, before: Beside) -> str | None:
    """Days that lie, on the whole, outside all those of the load before (and of the time that has passed since)."""
    if now.mean is None or then.low is None or then.high is None or min(now.filled, then.filled) < LEAST_ROWS:
        return None
    early, late = then.low - 366 - now.mean, now.mean - then.high - before.days - 366
    if early <= 0 and late <= 0:
        return None
    return f"days {'before' if early > 0 else 'after'} all those of {before.period}, on the whole, in {now.filled} rows"


def _constant(column: Column, now: Shape, then: Shape, before: Beside) -> str | None:
    """One and the same value in nearly all rows, where there were several."""
    if now.most is None or then.most is None or now.most < 0.9 or now.filled < LEAST_ROWS:
        return None
    if now.values and then.values:
        value = max(now.values, key=lambda v: now.values[v])
        earlier = then.values.get(value, 0) / then.filled
    else:
        earlier = then.most
    if earlier > 0.6 or _chance(earlier, round(now.most * now.filled), then.filled) >= CHANCE:
        return None
    shown = f" ('{value}')" if now.values and then.values and column.public and column.may_be_quoted(value) else ""
    what = "that value" if shown else "the commonest value"
    return f"one and the same value{shown} in {now.most:.0%} of {now.filled} rows; in {before.period} {what} in {earlier:.0%}"


def _chance(share: float, times: int, seen: int) -> float:
    """The chance that what had this share of `seen` rows comes so many times on end; the share may have been two
    standard errors larger.
    """
    return min(1.0, share + 2 * math.sqrt(max(share * (1 - share), 0.25 / seen) / seen)) ** times if seen else 1.0


def _quoted(column: Column, values: dict[str, int]) -> str:
    """The commonest of `values`, if a message may show it."""
    if not values:
        return "nothing"
    value = max(values, key=lambda v: (values[v], v))
    return f"'{value}'" if column.may_be_quoted(value) else "other words"


# What judging asks for


def look(
    con: duckdb.DuckDBPyConnection,
    candidate: Candidate,
    baseline: Load | None,
    replaced: Load | None,
    municipality: Municipality | None,
) -> None:
    """Make table `unlike` (rule, column_name, found) of what is odd in the candidate, and write its profile beside it.

    Reads the views `candidate` and `texts`. replaced: the load in force for the candidate's period, if any.
    """
    of, configured = candidate.table, _configured(municipality)
    divided_by = part_column(of, municipality.parts) if municipality else None
    now = profile(con, of, "candidate", "texts", candidate.format == "sie")
    (candidate.path / SHAPE_FILE).write_text(now.as_text(), encoding="utf-8")
    before = None
    if baseline is not None:
        begun, period = Period.parse(baseline.period).first_day, Period.parse(candidate.period)
        before = Beside(
            kept(baseline) or _made(con, of, baseline),
            baseline.period,
            period.last_day <= candidate.received_at.date(),
            (period.first_day - begun).days,
            begun.year != period.year,
            configured,
        )
    found = [*unlike(of, now, before, configured.get("aid_code")), *_keys(con, of, candidate, baseline, replaced)]
    if before is not None:
        found += _lost(of, now, before, divided_by)
    con.execute("create temp table unlike (rule varchar, column_name varchar, found varchar)")
    if found:
        con.executemany("insert into unlike values (?, ?, ?)", [(odd.rule, odd.column, odd.found) for odd in found])


def _configured(municipality: Municipality | None) -> dict[str, Callable[[str], bool]]:
    """By column, whether a value stands in the configuration; without the columns that it does not speak of."""
    if municipality is None:
        return {}
    departments = municipality.departments
    codes = {code for group in municipality.staff_groups for code in group.aid_codes}
    speaks_of: dict[str, Callable[[str], bool]] = {
        "department": {department.id for department in departments}.__contains__,
        "unit": municipality.unit_ids.__contains__,
        "cost_centre": partial(has_department, municipality=municipality),
        "account": partial(has_line, municipality=municipality),
    }
    return speaks_of | ({"aid_code": codes.__contains__} if codes else {})


def _made(con: duckdb.DuckDBPyConnection, table: Table, load: Load) -> Profile:
    """The profile of a load that has none beside it."""
    relation = read_parquet(load.parquet)
    con.execute(f"create temp table texts_before as {texts_sql(written_columns(table), relation)}")
    try:
        return profile(con, table, relation, "texts_before", load.format == "sie")
    finally:
        con.execute("drop table texts_before")


def _keys(
    con: duckdb.DuckDBPyConnection, table: Table, candidate: Candidate, baseline: Load | None, replaced: Load | None
) -> Iterator[Odd]:
    """Keys that should have come again: of the load before, where they last, and of the load that is to be replaced."""
    if replaced is not None:
        found = _again(con, Lasting(table.key, REPLACED_SHARE), replaced, "true")
        if (found.there >= 2 and found.came == 0) or (
            found.there >= LEAST_ROWS and found.came < REPLACED_SHARE * found.there
        ):
            yield Odd(
                "D205",
                ",".join(table.key),
                f"{found.came} of the {found.there} keys of {replaced.file}, which it is to replace",
            )
    lasting = LASTING.get(table.full_name)
    if lasting is not None and baseline is not None and baseline.period != candidate.period:
        earlier, later = Period.parse(baseline.period), Period.parse(candidate.period)
        left = max(1, (later.start - earlier.start) // earlier.months)
        found = _again(con, lasting, baseline, lasting.where.format(end=f"date '{earlier.last_day}'"))
        if found.there >= LASTING_ROWS and found.came < lasting.low**left * found.there:
            yield Odd(
                "D205",
                ",".join(lasting.keys),
                f"{found.came} of the {found.there} keys of {baseline.period} that last beyond it",
            )
        for column, kept in found.kept.items():
            if found.both >= STEADY_ROWS and kept < STEADY_SHARE * found.both:
                said = f"as in {baseline.period} for {kept} of the {found.both} keys that come again"
                yield Odd("D205", ",".join((*lasting.keys, column)), said)


@dataclass(frozen=True)
class Again:
    """Keys of an earlier load: how many there are that should come, how many of them did, how many came at all, and of
    these, by steady column, how many have there what they had.
    """

    there: int
    came: int
    both: int
    kept: dict[str, int]


def _again(con: duckdb.DuckDBPyConnection, lasting: Lasting, load: Load, where: str) -> Again:
    """The keys of `load` beside the candidate's. where: which of its rows should come."""
    keys, one = ", ".join(lasting.keys), "".join(f", any_value({name}) as {name}" for name in lasting.steady)
    same = " and ".join(f"b.{name} is not distinct from c.{name}" for name in lasting.keys)
    steady = "".join(
        f", count(case when b.{name} is not distinct from c.{name} then c.here end)" for name in lasting.steady
    )
    [(there, came, both, *kept)] = con.execute(
        f"select count(case when b.lasts then 1 end), count(case when b.lasts then c.here end), count(c.here){steady} "
        f"from (select {keys}, bool_or({where}) as lasts{one} from {read_parquet(load.parquet)} group by {keys}) as b "
        f"left join (select {keys}, true as here{one} from candidate group by {keys}) as c on {same}"
    ).fetchall()
    return Again(there, came, both, dict(zip(lasting.steady, kept, strict=True)))


# The rules

RULE_NUMBERS = ("D201", "D202", "D203", "D204", "D205")
_RELEASE = "If the change is real, say so to the operator, who can release the delivery."


def shape_rules(table: Table) -> tuple[Rule, ...]:
    """The rules of the shape profile: for every table that is delivered as a file."""
    if not is_profiled(table):
        return ()
    codes = [
        c.name
        for c in table.columns
        if c.is_free_text and c.holds in (Holds.NUMBER, Holds.KEY) and c.name != "question_version"
    ]
    words = [c.name for c in table.columns if c.kind is Kind.TEXT and c.name != "municipality_id"]
    compared = "select count(baseline_period) from info"
    wrong = (
        of_texts(codes, f"not t.is_digits and regexp_matches(t.v, {literal(CODE_OF_A_NUMBER)})"),
        of_texts(words, f"not t.is_digits and regexp_matches(t.v, '{DECOMPOSED}')"),
    )
    return (
        Rule(
            "D201",
            "Codes and letters are written as people write them",
            texts(list(dict.fromkeys(codes + words)), " or ".join(filter(None, wrong))),
            "codes without decimals, quotes or words for nothing (207024, not 207024.0); å, ä and ö as one letter each (NFC)",
            f"Export the column as text, untouched by a spreadsheet or a program that takes it for a number. {_RELEASE}",
            kind="drift",
        ),
        _rule(
            "D202",
            "Columns hold what the contract means",
            "values as docs/extracts.md describes them",
            "Look how the system writes the column: percentages as 75,00, income negative and costs positive, codes as in the "
            f"configuration. {_RELEASE}",
            "select 1",
        ),
        _rule(
            "D203",
            "Columns look as in the load before",
            "the column as it was: written alike, of the same codes, unit and sign, as often filled in",
            f"Look at the column in the export: has its format, unit, sign or selection changed? {_RELEASE}",
            compared,
        ),
        _rule(
            "D204",
            "Columns that no sum rests on look as in the load before",
            "the column as it was",
            "Look at the column in the export; if the change is real, nothing needs to be done.",
            "select 1",
            is_warning=True,
        ),
        _rule(
            "D205",
            "What lasts comes again",
            "most keys of the load before, where they last, and of the load that is replaced; each of the same person or thing as before",
            "Check that the file is whole, and not a part of it (one department, one controller), and that its numbers are the same "
            f"system's. A table that comes in parts is declared in municipality.yaml (docs/extracts.md). {_RELEASE}",
            compared,
        ),
    )


def is_profiled(table: Table) -> bool:
    """Whether loads of `table` have a profile: Kolada's are fetched whole and proved by the client."""
    return table.source != "kolada"


def _rule(number: str, title: str, expected: str, advice: str, checked: str, is_warning: bool = False) -> Rule:
    return Rule(
        number,
        title,
        f"select cast(null as bigint) as source_row, column_name, found from unlike where rule = '{number}'",
        expected,
        advice,
        severity="warning" if is_warning else "error",
        kind="total" if is_warning else "drift",
        tells="statement",
        checked=checked,
    )
