"""Rules CA5xx of the patients."""

from expectations.rules import Rule, rows

INFO = "cross join info as i"

RULES = (
    Rule(
        "CA501",
        "The patient was born by the end of the year",
        rows("birth_month", "c.birth_month > i.month_end", INFO),
        "a month of birth on or before the last of {period}",
        "Check the personnummer in the record system and deliver the year again.",
    ),
    Rule(
        "CA502",
        "Municipal primary care has patients of all three professions",
        "select cast(null as bigint) as source_row, 'profession' as column_name, 'no rows of ' || p.profession as found "
        "from (values ('sjuksköterska'), ('arbetsterapeut'), ('fysioterapeut')) as p (profession) "
        "where p.profession not in (select profession from candidate)",
        "rows of sjuksköterska, arbetsterapeut and fysioterapeut",
        "Check that the extract holds all professions: the number of patients is too low without one.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select 3",
    ),
)
