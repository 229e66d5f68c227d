"""The suites of ledger: the rules of its tables beside those that every table has."""

from expectations.rules import INFO, KNOWN_COST_CENTRE, Rule, code, one, texts
from expectations.standard import Open, in_set, not_in_set, not_of_form, of_form, rows

# Rules L2xx of the transactions. A full SIE file holds whole vouchers, so they must balance. A board's own extract
# holds
# only its result rows, which never do: there the ledger's control totals, per accounting period and account class, say
# whether all rows came.

PERIOD_OF_MONTH = (
    "regexp_full_match(t.v, '[0-9]{4}(0[1-9]|1[0-3])') and left(t.v, 4) = left(i.period, 4) "
    "and (right(t.v, 2) = right(i.period, 2) or (right(t.v, 2) = '13' and right(i.period, 2) = '12'))"
)
DAYS_BEFORE, DAYS_AFTER = 31, 120
MAPPED = "exists (select 1 from account_intervals as k where left(t.v, length(k.first)) between k.first and k.last)"
BALANCE_ACCOUNT = "(i.format = 'sie' and left({}, 1) in ('1', '2'))"
ADD_ACCOUNT = "Add the account to an interval of the municipality's configuration: until then it is in no line of the operating statement."
ADD_COST_CENTRE = "Add the cost centre to a department's intervals in the municipality's configuration: until then it is in no department."

# By account first: there are few, and their classes are then of few rows.
_HERE = (
    "(select accounting_period, left(account, 1) as account_class, sum(n) as n, sum(total) as total, min(first_row) as first_row from ("
    "select accounting_period, account, count(*) as n, sum(amount) as total, min(source_row) as first_row from candidate group by all"
    ") group by all)"
)
_TOLD = "(select accounting_period, account_class, row_count as n, amount as total from control)"
_CONTROL_TOTALS_AGREE = (
    "select h.first_row as source_row, 'accounting_period,account' as column_name, "
    f"'period ' || {code('accounting_period')} || ', account class ' || account_class || ': ' "
    "|| coalesce(h.n, 0) || ' rows and ' || coalesce(h.total, 0) || ' kronor, but ' "
    "|| i.control_file || ' says ' || coalesce(t.n, 0) || ' rows and ' || coalesce(t.total, 0) || ' kronor' as found "
    f"from {_HERE} as h full join {_TOLD} as t using (accounting_period, account_class) cross join info as i "
    "where i.format <> 'sie' and i.control_file is not null "
    "and (coalesce(h.n, 0) <> coalesce(t.n, 0) or coalesce(h.total, 0) <> coalesce(t.total, 0))"
)

# A SIE file's vouchers have no period 13, and it holds other accounts than the board's totals: only the classes that
# these have.
_SIE_AGREES = (
    "select h.first_row as source_row, 'account' as column_name, 'account class ' || t.account_class || ': ' || coalesce(h.total, 0) "
    "|| ' kronor, but ' || i.control_file || ' says ' || t.total || ' kronor' as found "
    "from (select account_class, sum(amount) as total from control group by all) as t "
    "left join (select left(c.account, 1) as account_class, sum(c.amount) as total, min(c.source_row) as first_row "
    f"from candidate as c {INFO} where i.format = 'sie' group by all) as h using (account_class) {INFO} "
    "where i.format = 'sie' and i.control_file is not null and coalesce(h.total, 0) <> t.total"
)

_TRANSACTIONS = (
    Rule(
        "L201",
        "Every voucher of a full SIE file balances",
        "select min(c.source_row) as source_row, 'voucher_series,voucher' as column_name, "
        f"concat_ws(' ', {code('c.voucher_series')}, {code('c.voucher')}) || ' sums to ' || sum(c.amount) as found "
        "from candidate as c cross join info as i where i.format = 'sie' group by c.voucher_series, c.voucher having sum(c.amount) <> 0",
        "every voucher to sum to 0.00",
        "Export the file again with all accounts, and the voucher whole.",
        kind="total",
        tells="statement",
        checked="select count(distinct (voucher_series, voucher)) from candidate, info where format = 'sie'",
    ),
    Rule(
        "L202",
        "Rows and sums agree with the ledger's control totals",
        _CONTROL_TOTALS_AGREE,
        "per accounting period and account class the number of rows and the sum that the ledger says",
        "Deliver transactions and control totals made at the same time; if both are, rows were lost or changed on the way.",
        kind="total",
        tells="statement",
        checked="select count(*) from control, info where format <> 'sie'",
    ),
    Rule(
        "L203",
        "The control totals of the month are there",
        one("'no control totals of ' || i.period", "info as i where i.format <> 'sie' and i.control_file is null"),
        "accepted control totals of {period} (the ledger's table control_totals)",
        "Send the control totals of the month together with the transactions, or the transactions as a SIE file.",
        kind="total",
        tells="statement",
        checked="select count(*) from info where format <> 'sie'",
    ),
    Rule(
        "L204",
        "The accounting period is the month's, or 13 with December",
        texts(["accounting_period"], f"not ({PERIOD_OF_MONTH})", INFO),
        "YYYYPP of {period}; 13 only in December's file",
        "Deliver each accounting period in its own month's file. Corrections belong to the period that is open.",
    ),
    Rule(
        "L205",
        "The posting date is near the month",
        rows(
            "posting_date",
            f"c.posting_date < i.month_start - {DAYS_BEFORE} or c.posting_date > i.month_end + {DAYS_AFTER}",
            INFO,
        ),
        f"a date from {DAYS_BEFORE} days before {{period}} to {DAYS_AFTER} days after it",
        "Check that the rows are of this month, then deliver the month again.",
    ),
    Rule(
        "L206",
        "The account is mapped to a line",
        texts(["account"], f"not {MAPPED} and not {BALANCE_ACCOUNT.format('t.v')}", INFO),
        "an account within the configured intervals (balance accounts of a SIE file aside)",
        ADD_ACCOUNT,
        severity="warning",
    ),
    Rule(
        "L207",
        "The cost centre is known",
        texts(["cost_centre"], f"t.v is not null and not {KNOWN_COST_CENTRE}"),
        "a cost centre within a department's intervals",
        ADD_COST_CENTRE,
        severity="warning",
    ),
    Rule(
        "L208",
        "The account has four or five digits",
        of_form("account", "[1-9][0-9]{3,4}"),
        "an account after Kommun-Bas",
        "Correct the account and deliver the month again.",
    ),
    Rule(
        "L209",
        "The counterparty is a code, not an organisation number",
        not_of_form("counterparty", "(?:[0-9]{2})?[0-9]{6}[-+ ]?[0-9]{4}"),
        "a counterparty code",
        "Export the code: the number of a sole trader is a personnummer.",
    ),
    Rule(
        "L210",
        "Every row but of a balance account has a cost centre",
        rows("cost_centre", f"c.cost_centre is null and not {BALANCE_ACCOUNT.format('c.account')}", INFO),
        "a cost centre, except on balance accounts of a SIE file",
        "Fill in the cost centre in the ledger and deliver the month again: without it the amount is in no department.",
    ),
    Rule(
        "L211",
        "A SIE file agrees with the ledger's control totals, where there are any",
        _SIE_AGREES,
        "the sum of each account class of the control totals in force for {period}",
        "Deliver control totals made at the same time; if they are, the SIE file lacks vouchers or holds other boards'.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select count(*) from control, info where format = 'sie'",
    ),
)


# Rules L1xx of the control totals.

_CONTROL_TOTALS = (
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


# Rules L3xx of the budget.

_BUDGET = (
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
        of_form("account", "[1-9][0-9]{3,4}"),
        "an account after Kommun-Bas",
        "Correct the account and deliver the year again.",
    ),
    Rule(
        "L305",
        "The council's budget is in the file",
        one(
            "'no row of version kf-budget'",
            "(select count(*) as n from candidate where version = 'kf-budget') where n = 0",
            "version",
        ),
        "kf-budget, with the later decisions beside it",
        "Deliver all versions of the year in one file: it replaces the year as a whole.",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
)


# Rules L4xx of the forecasts.

DAYS_AFTER = 62

_FORECAST = (
    Rule(
        "L401",
        "The department is known",
        in_set("department", Open("departments")),
        "a department of the municipality's configuration",
        "Correct the department, or add it to the municipality's configuration.",
    ),
    Rule(
        "L402",
        "The line is a line of the operating statement",
        in_set("line_id", Open("lines")),
        "a line of the municipality's configuration",
        "Correct the line, or add it to the municipality's configuration.",
    ),
    Rule(
        "L403",
        "The line is not a sum",
        not_in_set("line_id", Open("sums")),
        "plain lines only",
        "Leave sums out of the forecast: they are computed, and would be counted twice.",
    ),
    Rule(
        "L404",
        "The forecast was made in the month or soon after",
        rows("made_on", f"c.made_on < i.month_start or c.made_on > i.month_end + {DAYS_AFTER}", INFO),
        f"a date from the first day of {{period}} to {DAYS_AFTER} days after its last",
        "Check the month and the date of the forecast.",
        severity="warning",
    ),
)


RULES = {"transactions": _TRANSACTIONS, "control_totals": _CONTROL_TOTALS, "budget": _BUDGET, "forecast": _FORECAST}
"""By table."""
