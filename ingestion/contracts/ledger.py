"""The ledger's extracts: control totals, transactions (CSV, XLSX or SIE 4), the yearly budget and the forecasts.

Belongs here: the contracts. Does not belong here: signs and lines (dbt staging and the municipality's account mapping).
Amounts are in kronor with öre and signed as in Swedish bookkeeping: income negative (credit), costs positive (debit).
"""

from ingestion.contracts import (
    DEPARTMENT,
    MUNICIPALITY,
    PERIOD,
    Column,
    DriftLimit,
    Holds,
    Kind,
    Personal,
    Table,
    Things,
    Treatment,
    rows_within,
)

ACCOUNT = Column(
    "account", "konto", Kind.TEXT, "Account after Kommun-Bas, four or five digits.", "5011", public=True, personal=None
)
COST_CENTRE = Column("cost_centre", "ansvar", Kind.TEXT, "Cost centre.", "71100", public=True, personal=None)
ACTIVITY = Column(
    "activity",
    "verksamhet",
    Kind.TEXT,
    "Activity code.",
    "510",
    required=False,
    public=True,
    holds=Holds.KEY,
    personal=None,
)
AMOUNT = Column(
    "amount",
    "belopp",
    Kind.DECIMAL,
    "Kronor and öre, debit positive, credit negative.",
    "-1250,00",
    public=True,
    personal=None,
)

CONTROL_TOTALS = Table(
    source="ledger",
    name="control_totals",
    description="What the ledger itself says the month's transactions add up to: a board's own rows do not balance, so this is the check.",
    grain="one row per accounting period and account class of the delivered month",
    delivered_by="Ledger, with the transactions",
    owner="team:ekonomi",
    subjects=Things("Sums of the ledger."),
    drift=(DriftLimit("D102", "transactions promised", "sum(row_count)", 0.65, 2.0, by_chance=True),),
    key=("accounting_period", "account_class"),
    columns=(
        MUNICIPALITY,
        PERIOD,
        Column(
            "accounting_period",
            "redovisningsperiod",
            Kind.TEXT,
            "Accounting period YYYYPP, 01-13.",
            "202403",
            public=True,
            personal=None,
        ),
        Column(
            "account_class",
            "kontoklass",
            Kind.TEXT,
            "First digit of the account.",
            "5",
            allowed=tuple("123456789"),
            public=True,
            personal=None,
        ),
        Column(
            "row_count", "antal", Kind.INTEGER, "Number of transactions.", "1834", low=0, public=True, personal=None
        ),
        Column("amount", "summa", Kind.DECIMAL, "Sum of the amounts.", "64812345,67", public=True, personal=None),
    ),
)

TRANSACTIONS = Table(
    source="ledger",
    name="transactions",
    description="The board's transactions, texts left out. Period 13 (closing entries) is delivered with December.",
    grain="one row per transaction",
    delivered_by="Ledger, the 8th of the following month; or a SIE 4 file, year to date",
    owner="team:ekonomi",
    subjects=Things(
        "Transactions of the board. A sole trader's organisation number is a personnummer, so the counterparty is a code and a "
        "personnummer in any cell rejects the delivery; the employee dimension of SIE files (7) is never read."
    ),
    drift=(rows_within(0.65, 2.0, by_chance=True),),
    key=("voucher_series", "voucher", "voucher_row"),
    columns=(
        MUNICIPALITY,
        PERIOD,
        Column(
            "voucher_series",
            "serie",
            Kind.TEXT,
            "Voucher series; empty where the ledger has one only.",
            "L",
            required=False,
            public=True,
            holds=Holds.KEY,
            personal=None,
        ),
        Column("voucher", "verifikation", Kind.TEXT, "Voucher number.", "40012345", public=True, personal=None),
        Column("voucher_row", "rad", Kind.INTEGER, "Row within the voucher.", "2", low=1, public=True, personal=None),
        Column("posting_date", "bokforingsdatum", Kind.DATE, "Posting date.", "2024-03-12", public=True, personal=None),
        Column(
            "accounting_period",
            "redovisningsperiod",
            Kind.TEXT,
            "Accounting period YYYYPP, 01-13.",
            "202403",
            public=True,
            personal=None,
        ),
        ACCOUNT,
        Column(
            "cost_centre",
            "ansvar",
            Kind.TEXT,
            "Cost centre; empty only for balance sheet accounts (classes 1 and 2 of a full SIE file).",
            "71100",
            required=False,
            public=True,
            personal=None,
        ),
        ACTIVITY,
        Column(
            "sub_activity",
            "aktivitet",
            Kind.TEXT,
            "Sub-activity.",
            "",
            required=False,
            public=True,
            holds=Holds.KEY,
            personal=None,
        ),
        Column(
            "project", "projekt", Kind.TEXT, "Project.", "", required=False, public=True, holds=Holds.KEY, personal=None
        ),
        Column(
            "counterparty",
            "motpart",
            Kind.TEXT,
            "Counterparty code (three digits or a group); never an organisation number: a sole trader's is a personnummer.",
            "871",
            required=False,
            public=True,
            holds=Holds.KEY,
            personal=None,
        ),
        Column(
            "is_internal",
            "intern",
            Kind.BOOLEAN,
            "Whether the counterparty is within the municipality (ja/nej); empty where a SIE file does not say.",
            "nej",
            required=False,
            public=True,
            personal=None,
        ),
        Column(
            "text",
            "text",
            Kind.DROPPED,
            "Voucher text: it names clients, so it is read and never kept.",
            "",
            required=False,
            personal=Personal(Treatment.DROPPED, "none: voucher texts name clients and placements"),
        ),
        AMOUNT,
    ),
)

BUDGET = Table(
    source="ledger",
    name="budget",
    description="The year's budget, periodised by month; the version says which decision it holds.",
    grain="one row per version, month, account, cost centre and activity",
    delivered_by="Ledger, after every decision",
    owner="team:ekonomi",
    subjects=Things("Money by account and cost centre."),
    drift=(
        rows_within(0.7, 3.0),
        DriftLimit(
            "D102",
            "budgeted costs of kf-budget, kronor",
            "sum(case when version = 'kf-budget' and amount > 0 then amount end)",
            0.7,
            1.4,
        ),
    ),
    key=("version", "month", "account", "cost_centre", "activity"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "Budget year.", "2024", public=True, personal=None),
        Column(
            "version",
            "version",
            Kind.TEXT,
            "Decision: kf-budget, tilläggsanslag, ombudgetering.",
            "kf-budget",
            public=True,
            allowed=("kf-budget", "tilläggsanslag", "ombudgetering"),
            personal=None,
        ),
        Column(
            "month",
            "manad",
            Kind.MONTH,
            "Month that the amount is periodised to.",
            "2024-03",
            public=True,
            personal=None,
        ),
        ACCOUNT,
        COST_CENTRE,
        ACTIVITY,
        AMOUNT,
    ),
)

FORECAST = Table(
    source="ledger",
    name="forecast",
    description="The full-year forecast as made after the month: per department and line, in the same signs as the ledger.",
    grain="one row per department and line",
    delivered_by="Controllers, after each forecast",
    owner="team:ekonomi",
    subjects=Things("Money by department and line."),
    drift=(rows_within(),),
    is_occasional=True,
    key=("department", "line_id"),
    columns=(
        MUNICIPALITY,
        PERIOD,
        DEPARTMENT,
        Column(
            "line_id",
            "rad",
            Kind.TEXT,
            "Line of the operating statement.",
            "personnel_costs",
            public=True,
            holds=Holds.KEY,
            personal=None,
        ),
        Column(
            "author",
            "upprattad_av",
            Kind.DROPPED,
            "Who made it: read, never kept.",
            "",
            required=False,
            personal=Personal(Treatment.DROPPED, "none: who made the forecast is known where it was made"),
        ),
        Column("made_on", "datum", Kind.DATE, "When it was made.", "2024-04-12", public=True, personal=None),
        AMOUNT,
    ),
)

TABLES = (CONTROL_TOTALS, TRANSACTIONS, BUDGET, FORECAST)
DESCRIPTION = (
    "The ledger's monthly extracts, budget and forecasts, as accepted into the lake; signs as in Swedish bookkeeping."
)
"""Of the source, for dbt and whoever reads its documentation."""
CITATION = "Egen bearbetning av data från ekonomisystemet"
"""How the figures that are computed from it are cited, in Swedish."""
