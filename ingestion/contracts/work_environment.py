"""The work environment's extracts: reported injuries and incidents, and the Work Environment Authority's inspections.

Belongs here: the contracts. Does not belong here: formulas (dbt, `intermediate/work_environment`), rules across rows
(expectations). A report belongs to the year in which it happened, however late it is made: the year is delivered anew
until no more come.
"""

from dataclasses import replace

from ingestion.contracts import (
    ANY_ROWS,
    DEPARTMENT,
    MUNICIPALITY,
    YEAR,
    Column,
    Holds,
    Kind,
    Personal,
    Persons,
    Table,
    Things,
    Treatment,
    rows_within,
)

EXTRACTED_ON = Column(
    "extracted_on",
    "uttagsdatum",
    Kind.DATE,
    "Day that the extract was made; months that had not ended then are not counted.",
    "2025-03-03",
    public=True,
    personal=None,
)

REPORTS = Table(
    source="work_environment",
    name="reports",
    description="Reported work injuries and incidents that happened in the year, as known when the extract was made.",
    grain="one row per report",
    delivered_by="System for work-environment reports, monthly: the whole year, and the year before until March",
    owner="team:hr",
    subjects=Persons("staff of the board who reported an injury or an incident", "39 kap."),
    drift=(rows_within(0.4, 2.5, by_chance=True, grows=True),),
    key=("report_id",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        EXTRACTED_ON,
        Column(
            "report_id",
            "arendenummer",
            Kind.TEXT,
            "The system's number of the report.",
            "AM-2024-0417",
            personal=Personal(Treatment.NUMBER, "tells reports apart"),
        ),
        Column(
            "occurred_on",
            "handelsedatum",
            Kind.DATE,
            "Day that it happened.",
            "2024-05-14",
            personal=Personal(Treatment.DAY, "reports of the year, by month"),
        ),
        Column(
            "reported_on",
            "anmalningsdatum",
            Kind.DATE,
            "Day that it was reported.",
            "2024-05-16",
            personal=Personal(Treatment.DAY, "reports of the year, by month"),
        ),
        Column(
            "type",
            "typ",
            Kind.TEXT,
            "Kind of report.",
            "tillbud",
            allowed=("arbetsskada", "tillbud"),
            public=True,
            personal=Personal(Treatment.KEPT, "injuries and incidents by category (health data, GDPR art. 9)"),
        ),
        Column(
            "category",
            "kategori",
            Kind.TEXT,
            "Category of the event.",
            "hot och våld",
            public=True,
            allowed=(
                "hot och våld",
                "psykisk överbelastning",
                "fallolycka",
                "belastning",
                "smitta",
                "färdolycka",
                "skärskada",
                "annat",
                "ej angivet",
            ),
            personal=Personal(Treatment.KEPT, "injuries and incidents by category (health data, GDPR art. 9)"),
        ),
        replace(DEPARTMENT, personal=Personal(Treatment.KEPT, "figures by department and unit")),
        Column(
            "unit",
            "enhet",
            Kind.TEXT,
            "Unit, by its id in the municipality's configuration.",
            "",
            required=False,
            public=True,
            holds=Holds.KEY,
            personal=Personal(Treatment.KEPT, "figures by department and unit"),
        ),
    ),
)

INSPECTIONS = Table(
    source="work_environment",
    name="inspections",
    description="Inspections by the Work Environment Authority.",
    grain="one row per inspection",
    delivered_by="The administration's own register, yearly",
    owner="team:hr",
    subjects=Things("Inspections by the authority."),
    drift=ANY_ROWS,
    key=("inspection_id",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        Column(
            "inspection_id", "diarienummer", Kind.TEXT, "Number of the case.", "2024/01417", public=True, personal=None
        ),
        Column("inspected_on", "datum", Kind.DATE, "Day of the inspection.", "2024-04-16", public=True, personal=None),
        Column(
            "type",
            "typ",
            Kind.TEXT,
            "Planned, or because something happened.",
            "planerad",
            allowed=("planerad", "händelsestyrd"),
            public=True,
            personal=None,
        ),
        Column(
            "topic",
            "amne",
            Kind.TEXT,
            "What was inspected.",
            "Hot och våld",
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column(
            "outcome",
            "utfall",
            Kind.TEXT,
            "Outcome.",
            "krav",
            required=False,
            allowed=("utan anmärkning", "krav", "föreläggande"),
            public=True,
            personal=None,
        ),
    ),
)

TABLES = (REPORTS, INSPECTIONS)
DESCRIPTION = "Reported injuries and incidents, and inspections of the work environment, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CITATION = "Egen bearbetning av data från arbetsmiljörapporteringen"
"""How the figures that are computed from it are cited, in Swedish."""
