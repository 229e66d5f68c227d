"""Contract of the source local_counts: numbers that somebody in the administration keeps and no system holds rows of.

Belongs here: the contract, and with it the list of what may be counted so. Does not belong here: anything that can be
computed
from rows: such a figure belongs to the source that has the rows. `docs/sources.md` names every count and who keeps it.
"""

from ingestion.contracts import ANY_ROWS, MUNICIPALITY, Column, Holds, Kind, Personal, Table, Things, Treatment

INDICATORS = (
    "meeting_point_visitors",
    "mobile_meeting_point_occasions",
    "meeting_points_count",
    "meeting_point_branches_count",
    "volunteer_trainings_count",
    "digital_inclusion_activities",
    "digital_locks_installed",
    "innovation_ideas",
    "innovation_pilots",
    "innovation_scaleups",
    "new_units_opened",
    "lov_providers_added",
    "sabo_taken_over_by_city",
    "combine_modules_introduced",
    "development_leads_recruited",
    "applicants_per_vacancy",
)

COUNTS = Table(
    source="local_counts",
    name="counts",
    description="Counts that somebody keeps by hand, once a year.",
    grain="one row per count, kind of unit and year",
    delivered_by="Whoever keeps the count, with the annual report",
    owner="team:kvalitet",
    subjects=Things("Counts kept by hand, of units and agreements."),
    drift=ANY_ROWS,
    key=("indicator", "unit_type"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "The year that was counted.", "2024", public=True, personal=None),
        Column(
            "indicator",
            "nyckeltal",
            Kind.TEXT,
            "What was counted, by the platform's id.",
            "meeting_point_visitors",
            allowed=INDICATORS,
            public=True,
            personal=None,
        ),
        Column(
            "unit_type",
            "verksamhetstyp",
            Kind.TEXT,
            "Kind of unit, where units are counted; else empty.",
            "gruppbostad",
            required=False,
            allowed=("gruppbostad", "boda", "daglig_verksamhet"),
            public=True,
            personal=None,
        ),
        Column("number", "antal", Kind.INTEGER, "The count.", "51139", low=0, public=True, personal=None),
        Column(
            "per",
            "per_antal",
            Kind.INTEGER,
            "What it is divided by, where it is told per something (vacancies); else empty.",
            "",
            required=False,
            low=1,
            public=True,
            personal=None,
        ),
        Column(
            "counted_by",
            "raknas_av",
            Kind.TEXT,
            "The function that keeps the count; no person's name.",
            "Förebyggandeenheten",
            public=True,
            holds=Holds.ROLE,
            personal=Personal(Treatment.KEPT, "who answers for the count; a role"),
        ),
    ),
)

TABLES: tuple[Table, ...] = (COUNTS,)
DESCRIPTION = "Counts that somebody in the administration keeps, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CITATION = "Källa: egen räkning i förvaltningen"
"""How the figures that are computed from it are cited, in Swedish."""
