"""Contract of the source population: inhabitants by age and gender, as the statistics office publishes them.

Belongs here: the contract. Does not belong here: formulas (dbt), rules across rows (expectations), forecasts of the population.
"""

from ingestion.contracts import MUNICIPALITY, Column, Kind, Table

OLDEST = 100

INHABITANTS = Table(
    source="population",
    name="inhabitants",
    description="Registered inhabitants on 31 December by age and gender: the denominators of everything told per inhabitant.",
    grain="one row per age, gender and year",
    delivered_by="SCB, folkmängd efter ålder och kön, yearly in February",
    key=("age", "gender"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "The year at whose end the inhabitants were counted.", "2024", public=True),
        Column("age", "alder", Kind.INTEGER, "Age in completed years; 100 is 100 and older.", "83", low=0, high=OLDEST, public=True),
        Column("gender", "kon", Kind.TEXT, "Gender, K (women) or M (men).", "K", allowed=("K", "M"), public=True),
        Column("population", "folkmangd", Kind.INTEGER, "Inhabitants.", "171", low=0, public=True),
    ),
)

TABLES: tuple[Table, ...] = (INHABITANTS,)
