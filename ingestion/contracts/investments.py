"""The investment accounts: budget and outcome by category, in kronor, expenditure positive (the other way round than
operations).

Belongs here: the contract. Does not belong here: sums (dbt); a delivered total would be counted twice.
"""

from ingestion.contracts import ANY_ROWS, MUNICIPALITY, Column, Holds, Kind, Table, Things

POSTINGS = Table(
    source="investments",
    name="postings",
    description="The year's investment budget and its outcome, by category.",
    grain="one row per category, flow, measure and month",
    delivered_by="Investment accounts, monthly, year to date",
    owner="team:ekonomi",
    subjects=Things("Money by category."),
    drift=ANY_ROWS,
    key=("category_id", "flow", "measure", "month", "project"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "Year.", "2024", public=True, personal=None),
        Column(
            "month",
            "manad",
            Kind.MONTH,
            "Month of the outcome; empty for the budget of the year.",
            "2024-03",
            required=False,
            public=True,
            personal=None,
        ),
        Column(
            "category_group",
            "grupp",
            Kind.TEXT,
            "Group of categories that a sum is told for; empty: none.",
            "Reinvestering",
            required=False,
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column(
            "category_id",
            "kategorikod",
            Kind.TEXT,
            "Code of the category; categories are told in its order.",
            "10",
            public=True,
            holds=Holds.KEY,
            personal=None,
        ),
        Column(
            "category", "kategori", Kind.TEXT, "Category.", "Inventarier", public=True, holds=Holds.PROSE, personal=None
        ),
        Column(
            "project", "projekt", Kind.TEXT, "Project.", "", required=False, public=True, holds=Holds.KEY, personal=None
        ),
        Column(
            "flow",
            "flode",
            Kind.TEXT,
            "Expenditure, or income such as grants and sales.",
            "utgift",
            allowed=("utgift", "inkomst"),
            public=True,
            personal=None,
        ),
        Column(
            "measure",
            "matt",
            Kind.TEXT,
            "Budget or outcome.",
            "utfall",
            allowed=("budget", "utfall"),
            public=True,
            personal=None,
        ),
        Column(
            "amount",
            "belopp",
            Kind.DECIMAL,
            "Kronor and öre; expenditure and income are both positive.",
            "125000,00",
            public=True,
            personal=None,
        ),
    ),
)

TABLES = (POSTINGS,)
DESCRIPTION = "The investment accounts, yearly, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CALLED = "Investeringsredovisningen"
"""What municipal readers call it; that of other sources is in their citation."""
