"""Contract of the source homecare_index: the yearly index of homecare quality, its sub-indices and the municipality's
place.

Belongs here: the contract. Does not belong here: how far from the mean is *near* (configuration), rules across rows.
"""

from ingestion.contracts import ANY_ROWS, MUNICIPALITY, Column, Kind, Table, Things

INDEX = "index"
SUBINDICES = ("information", "biståndshandläggning", "utförande", "stöd och utveckling")

RESULTS = Table(
    source="homecare_index",
    name="results",
    description="The homecare index and its four sub-indices, with the mean of all municipalities and the place among them.",
    grain="one row per part of the index and year",
    delivered_by="Hemtjänstindex (SPF Seniorerna, computed by RISE), yearly in November",
    owner="team:kvalitet",
    subjects=Things("Published figures of municipalities."),
    drift=ANY_ROWS,
    key=("part",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "The year of the index.", "2024", public=True, personal=None),
        Column(
            "part",
            "del",
            Kind.TEXT,
            "The index, or one of its sub-indices.",
            INDEX,
            allowed=(INDEX, *SUBINDICES),
            public=True,
            personal=None,
        ),
        Column(
            "value",
            "varde",
            Kind.DECIMAL,
            "The municipality's value.",
            "68,00",
            low=0,
            high=100,
            public=True,
            personal=None,
        ),
        Column(
            "national_mean",
            "medel_riket",
            Kind.DECIMAL,
            "Mean of all municipalities.",
            "65,50",
            low=0,
            high=100,
            public=True,
            personal=None,
        ),
        Column(
            "place",
            "plats",
            Kind.INTEGER,
            "Place among the municipalities; empty for sub-indices.",
            "116",
            required=False,
            low=1,
            public=True,
            personal=None,
        ),
        Column(
            "municipalities",
            "antal_kommuner",
            Kind.INTEGER,
            "Municipalities in the index.",
            "290",
            low=1,
            high=290,
            public=True,
            personal=None,
        ),
    ),
)

TABLES: tuple[Table, ...] = (RESULTS,)
DESCRIPTION = "The homecare index with its sub-indices, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CITATION = "Källa: Hemtjänstindex"
"""How the figures that are computed from it are cited, in Swedish."""
