"""A delivered text as a value of the contract: SQL of how each kind may be written.

Belongs here: trimming a cell, what is a number, a date, a month. Does not belong here: whole rows (`typed_rows`),
numbers of persons (`persons`).
"""

from __future__ import annotations

from ingestion.contracts import Column, Kind
from ingestion.readers.files import RawDelivery

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


def trimmed(position: str) -> str:
    """SQL: the delivered text without surrounding blanks; empty is null."""
    return f"nullif(trim({position}, {' || '.join(_BLANKS)}), '')"


def plain(position: str) -> str:
    """SQL: the same, where most have no blanks around them: to see that there is nothing to trim costs a quarter of
    trimming.
    """
    at_an_end = " or ".join(f"starts_with({position}, {blank}) or ends_with({position}, {blank})" for blank in _BLANKS)
    return f"case when {at_an_end} then {trimmed(position)} else nullif({position}, '') end"


def of(raw: RawDelivery, column: Column) -> str:
    """SQL: the cell of `column` in the delivery's relation."""
    return trimmed(raw.columns[column.header])


def typed(column: Column, position: str, *, as_written: bool = False) -> str:
    """SQL: the cell as the contract's type; null if it cannot be. as_written: null too for what is only allowed
    besides.

    In one `case`, since in most files that have cells of the other kind only few are.
    """
    if column.kind is Kind.TEXT:
        return plain(position)
    cell = trimmed(position)
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
