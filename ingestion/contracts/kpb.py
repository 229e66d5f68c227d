"""Contract of the source kpb: cost per user (kostnad per brukare), as the yearly study reports it for a municipality.

Belongs here: the contract. Does not belong here: volume and price effects (dbt), rules across rows (expectations).
"""

from ingestion.contracts import ANY_ROWS, MUNICIPALITY, Column, Kind, Table, Things

SERVICES = (
    "personlig assistans",
    "gruppbostad",
    "servicebostad",
    "daglig verksamhet",
    "korttidsvistelse",
    "korttidstillsyn",
    "avlösarservice",
    "hemtjänst",
    "särskilt boende",
)

SERVICES_TABLE = Table(
    source="kpb",
    name="services",
    description="Users and cost of each service, beside the mean of the municipalities in the study.",
    grain="one row per service and year",
    delivered_by="KPB (kostnad per brukare), the autumn after the year",
    owner="team:ekonomi",
    subjects=Things("Users counted by service."),
    drift=ANY_ROWS,
    key=("service",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "The year that the costs are of.", "2023", public=True, personal=None),
        Column(
            "service",
            "insats",
            Kind.TEXT,
            "Service.",
            "personlig assistans",
            allowed=SERVICES,
            public=True,
            personal=None,
        ),
        Column("users", "brukare", Kind.INTEGER, "Users of the service in the year.", "118", low=0, personal=None),
        Column(
            "cost",
            "kostnad",
            Kind.DECIMAL,
            "Cost of the service in the year, kronor.",
            "116702000,00",
            low=0,
            public=True,
            personal=None,
        ),
        Column(
            "mean_cost_per_user",
            "snittkostnad",
            Kind.DECIMAL,
            "Mean cost per user in the study, kronor.",
            "837000,00",
            low=0,
            public=True,
            personal=None,
        ),
        Column(
            "mean_users",
            "brukare_vid_snitt",
            Kind.DECIMAL,
            "Users that the study's mean gives at the municipality's population.",
            "75,00",
            low=0,
            public=True,
            personal=None,
        ),
        Column(
            "sfb_income",
            "sfb_intakt",
            Kind.DECIMAL,
            "Income for decisions under SFB, kronor; empty where there is none.",
            "41300000,00",
            required=False,
            low=0,
            public=True,
            personal=None,
        ),
    ),
)

TABLES: tuple[Table, ...] = (SERVICES_TABLE,)
DESCRIPTION = "Users and costs of the study of cost per user (KPB), as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CITATION = "Egen bearbetning av data från KPB (kostnad per brukare)"
"""How the figures that are computed from it are cited, in Swedish."""
