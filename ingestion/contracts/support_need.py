"""Contract of the source support_need: measurements of how much support a person needs.

Belongs here: the contract. Does not belong here: means (dbt), rules across rows (expectations), what a level is paid.
"""

from ingestion.contracts import ANY_ROWS, MUNICIPALITY, Column, Holds, Kind, Personal, Persons, Table, Treatment

MEASUREMENTS = Table(
    source="support_need",
    name="measurements",
    description="Measurements of support need per person: level and points, made at the unit that gives the service.",
    grain="one row per person, service and measurement date",
    delivered_by="Measuring system (Kuben), yearly in January",
    owner="team:myndighet",
    subjects=Persons("people with support under LSS or SoL", "26 kap."),
    drift=ANY_ROWS,
    key=("person_id", "service", "measured_on"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "The year of the measurements.", "2024", public=True, personal=None),
        Column(
            "person",
            "personnummer",
            Kind.PERSON,
            "Personnummer, samordningsnummer or reservnummer; becomes a keyed hash.",
            "19700101-0000",
            personal=Personal(
                Treatment.PSEUDONYM,
                "people measured, each with the latest measurement",
                age="measured need by age group",
            ),
        ),
        Column(
            "unit",
            "enhet",
            Kind.TEXT,
            "Unit, by its id in the municipality's configuration.",
            "gruppbostader",
            public=True,
            holds=Holds.KEY,
            personal=Personal(Treatment.KEPT, "support need by unit and service (health data, GDPR art. 9)"),
        ),
        Column(
            "service",
            "insats",
            Kind.TEXT,
            "Service that the need was measured for.",
            "gruppbostad",
            public=True,
            allowed=("gruppbostad", "servicebostad", "daglig verksamhet"),
            personal=Personal(Treatment.KEPT, "support need by unit and service (health data, GDPR art. 9)"),
        ),
        Column(
            "measured_on",
            "matdatum",
            Kind.DATE,
            "Day of the measurement.",
            "2024-05-14",
            personal=Personal(Treatment.DAY, "the latest measurement of the year"),
        ),
        Column(
            "level",
            "niva",
            Kind.INTEGER,
            "Level of need, 1 (least) to 6.",
            "3",
            low=1,
            high=6,
            personal=Personal(Treatment.KEPT, "support need by unit and service (health data, GDPR art. 9)"),
        ),
        Column(
            "points",
            "poang",
            Kind.DECIMAL,
            "Points behind the level.",
            "41,50",
            low=0,
            high=100,
            personal=Personal(Treatment.KEPT, "support need by unit and service (health data, GDPR art. 9)"),
        ),
    ),
)

TABLES: tuple[Table, ...] = (MEASUREMENTS,)
DESCRIPTION = "Measurements of support need (Kuben), pseudonymised, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CITATION = "Egen bearbetning av data från stödbehovsmätningen"
"""How the figures that are computed from it are cited, in Swedish."""
