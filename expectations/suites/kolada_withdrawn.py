"""Rules K7xx of the followed indicators that Kolada no longer has."""

from expectations.rules import Rule, rows

MAINTAINERS = "Tell the platform's maintainers: the fetch wrote down what cannot be."

RULES = (
    Rule(
        "K701",
        "The indicator id is one of Kolada's",
        rows("kpi_id", "not regexp_full_match(c.kpi_id, '[NU][0-9]{5}')"),
        "N or U and five digits",
        MAINTAINERS,
    ),
    Rule(
        "K702",
        "An indicator is gone before it is there again",
        rows("withdrawn_until", "c.withdrawn_until < c.withdrawn_on"),
        "a day on or after the withdrawal",
        MAINTAINERS,
        checked="select count(*) from candidate where withdrawn_until is not null",
    ),
)
