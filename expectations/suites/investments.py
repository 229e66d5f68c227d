"""The suites of investments: the rules of its tables beside those that every table has."""

from expectations.rules import Rule, any_of
from expectations.standard import rows

# Rules IV1xx of the investments.

_POSTINGS = (
    Rule(
        "IV101",
        "Outcome has a month of the year, budget has none",
        any_of(
            (
                rows("month", "c.measure = 'utfall' and (c.month is null or substring(c.month, 1, 4) <> c.year)"),
                rows("month", "c.measure = 'budget' and c.month is not null"),
            )
        ),
        "a month of {period} for utfall, an empty manad for budget",
        "Correct the month, or deliver the row with its own year.",
    ),
    Rule(
        "IV102",
        "A category has one name and one group",
        any_of(
            rows(
                name,
                "c.category_id in (select category_id from candidate group by category_id "
                f"having count(distinct coalesce({name}, '')) > 1)",
            )
            for name in ("category", "category_group")
        ),
        "the same kategori and grupp for each kategorikod",
        "Correct the name, or give the category a code of its own.",
    ),
    Rule(
        "IV103",
        "No totals among the categories",
        rows("category", "regexp_matches(lower(c.category), '^(total|summa|netto)') or c.category = c.category_group"),
        "categories only",
        "Leave totals and sums of groups out: they are computed, and would be counted twice.",
    ),
)


RULES = {"postings": _POSTINGS}
"""By table."""
