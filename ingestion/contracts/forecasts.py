"""The occasions on which the board adopted a full-year forecast: which month's forecast it was, and where it was
decided.

Belongs here: the contract. Does not belong here: the forecast itself. It is in the ledger's forecasts, and is computed
from them; a result typed here once more could differ from them.
"""

from ingestion.contracts import ANY_ROWS, MUNICIPALITY, Column, Holds, Kind, Table, Things

OCCASIONS = Table(
    source="forecasts",
    name="occasions",
    description="Occasions on which a forecast was adopted.",
    grain="one row per occasion",
    delivered_by="The board's minutes, after each meeting",
    owner="team:ekonomi",
    subjects=Things("Adopted forecasts; whoever wrote one is named by role."),
    drift=ANY_ROWS,
    key=("occasion",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "Year that was forecast.", "2024", public=True, personal=None),
        Column(
            "occasion",
            "avstamningstillfalle",
            Kind.TEXT,
            "Name of the occasion.",
            "Delårsbokslut",
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column(
            "month",
            "prognosmanad",
            Kind.MONTH,
            "Month whose ledger forecast was adopted.",
            "2024-08",
            public=True,
            personal=None,
        ),
        Column(
            "version",
            "version",
            Kind.INTEGER,
            "Version of the forecast that was adopted.",
            "1",
            low=1,
            public=True,
            personal=None,
        ),
        Column(
            "adopted_on", "beslutsdatum", Kind.DATE, "Day of the decision.", "2024-09-23", public=True, personal=None
        ),
        Column(
            "paragraph",
            "paragraf",
            Kind.TEXT,
            "Paragraph of the minutes.",
            "§ 84",
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column(
            "author_role",
            "upprattad_av",
            Kind.TEXT,
            "Who made the forecast, by role and never by name.",
            "Controller",
            required=False,
            public=True,
            holds=Holds.ROLE,
            personal=None,
        ),
        Column(
            "comment",
            "kommentar",
            Kind.TEXT,
            "What was said of it.",
            "",
            required=False,
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
    ),
)

TABLES = (OCCASIONS,)
DESCRIPTION = "The occasions on which forecasts were adopted, yearly, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CALLED = "Nämndens antagna prognoser"
"""What municipal readers call it; that of other sources is in their citation."""
