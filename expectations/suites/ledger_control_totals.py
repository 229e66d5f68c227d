"""Rules L1xx of the control totals."""

from expectations.rules import Rule, rows, texts
from expectations.suites.ledger_transactions import PERIOD_OF_MONTH

RULES = (
    Rule(
        "L101",
        "The accounting period is the month's, or 13 with December",
        texts(["accounting_period"], f"not ({PERIOD_OF_MONTH})", "cross join info as i"),
        "YYYYPP of {period}; 13 only in December's file",
        "Make the control totals for one month at a time.",
    ),
    Rule(
        "L102",
        "An amount has rows behind it",
        rows("row_count", "c.row_count = 0 and c.amount <> 0"),
        "no amount without transactions",
        "Make the control totals again from the ledger.",
    ),
)
