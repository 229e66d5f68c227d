"""Rules L3xx of the budget."""

from expectations.rules import KNOWN_COST_CENTRE, Rule, one, rows, texts
from expectations.suites.ledger_transactions import ADD_ACCOUNT, ADD_COST_CENTRE, MAPPED

RULES = (
    Rule(
        "L301",
        "The month is within the budget year",
        rows("month", "left(c.month, 4) <> c.year"),
        "a month of {period}",
        "Deliver each budget year in its own file.",
    ),
    Rule(
        "L302",
        "The account is mapped to a line",
        texts(["account"], f"not {MAPPED}"),
        "an account within the configured intervals",
        ADD_ACCOUNT,
        severity="warning",
    ),
    Rule(
        "L303",
        "The cost centre is known",
        texts(["cost_centre"], f"not {KNOWN_COST_CENTRE}"),
        "a cost centre within a department's intervals",
        ADD_COST_CENTRE,
        severity="warning",
    ),
    Rule(
        "L304",
        "The account has four or five digits",
        rows("account", "not regexp_full_match(c.account, '[1-9][0-9]{3,4}')"),
        "an account after Kommun-Bas",
        "Correct the account and deliver the year again.",
    ),
    Rule(
        "L305",
        "The council's budget is in the file",
        one("'no row of version kf-budget'", "(select count(*) as n from candidate where version = 'kf-budget') where n = 0", "version"),
        "kf-budget, with the later decisions beside it",
        "Deliver all versions of the year in one file: it replaces the year as a whole.",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
)
