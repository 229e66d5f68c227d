"""Contract of the source population: inhabitants by age and gender, as the statistics office publishes them.

Belongs here: the contract. Does not belong here: formulas (dbt), rules across rows (expectations), forecasts of the
population.
"""

from ingestion.contracts import MUNICIPALITY, Column, DriftLimit, Kind, Table, Things

OLDEST = 100

INHABITANTS = Table(
    source="population",
    name="inhabitants",
    description="Registered inhabitants on 31 December by age and gender: the denominators of everything told per inhabitant.",
    grain="one row per age, gender and year",
    delivered_by="SCB, folkmängd efter ålder och kön, yearly in February",
    owner="team:kvalitet",
    subjects=Things("Inhabitants counted by age and sex."),
    drift=(DriftLimit("D102", "inhabitants", "sum(population)", 0.93, 1.07),),
    key=("age", "gender"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column(
            "year",
            "ar",
            Kind.YEAR,
            "The year at whose end the inhabitants were counted.",
            "2024",
            public=True,
            personal=None,
        ),
        Column(
            "age",
            "alder",
            Kind.INTEGER,
            "Age in completed years; 100 is 100 and older.",
            "83",
            low=0,
            high=OLDEST,
            public=True,
            personal=None,
        ),
        Column(
            "gender",
            "kon",
            Kind.TEXT,
            "Gender, K (women) or M (men).",
            "K",
            allowed=("K", "M"),
            public=True,
            personal=None,
        ),
        Column("population", "folkmangd", Kind.INTEGER, "Inhabitants.", "171", low=0, public=True, personal=None),
    ),
)

TABLES: tuple[Table, ...] = (INHABITANTS,)
DESCRIPTION = "The statistics office's inhabitants by age and gender, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CALLED = "Folkmängd från SCB"
"""What municipal readers call it; that of other sources is in their citation."""
