"""The suites of homecare_index: the rules of its tables beside those that every table has."""

from expectations.rules import FIRST_ROW, Rule, one
from expectations.standard import at_least, rows
from ingestion.contracts.homecare_index import INDEX, SUBINDICES

# Rules HI1xx of the homecare index.

_RESULTS = (
    Rule(
        "HI101",
        "The index and all its sub-indices are in the file",
        one(
            f"count(*) || ' of {1 + len(SUBINDICES)} parts'",
            f"candidate having count(distinct part) <> {1 + len(SUBINDICES)}",
            "part",
            FIRST_ROW,
        ),
        f"one row each of {', '.join((INDEX, *SUBINDICES))}",
        "Take all parts from the index's page of the year.",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
    Rule(
        "HI102",
        "The index has a place, its parts have none",
        rows("place", f"(c.part = '{INDEX}') <> (c.place is not null)"),
        f"a place in the row {INDEX} only",
        "Only the index as a whole is ranked; leave the other cells empty.",
    ),
    Rule(
        "HI103",
        "The place is among the municipalities",
        at_least("municipalities", "place", told="place"),
        "a place no greater than the number of municipalities",
        "Check the place against the index's page.",
        checked="select count(*) from candidate where place is not null",
    ),
)


RULES = {"results": _RESULTS}
"""By table."""
