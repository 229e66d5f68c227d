"""The occasions on which the board adopted a full-year forecast: which month's forecast it was, and where it was decided.

Belongs here: the contract. Does not belong here: the forecast itself. It is in the ledger's forecasts, and is computed from them; a
result typed here once more could differ from them.
"""

from ingestion.contracts import MUNICIPALITY, Column, Holds, Kind, Table

OCCASIONS = Table(
    source="forecasts",
    name="occasions",
    description="Occasions on which a forecast was adopted.",
    grain="one row per occasion",
    delivered_by="The board's minutes, after each meeting",
    key=("occasion",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "Year that was forecast.", "2024", public=True),
        Column("occasion", "avstamningstillfalle", Kind.TEXT, "Name of the occasion.", "Delårsbokslut", public=True, holds=Holds.PROSE),
        Column("month", "prognosmanad", Kind.MONTH, "Month whose ledger forecast was adopted.", "2024-08", public=True),
        Column("version", "version", Kind.INTEGER, "Version of the forecast that was adopted.", "1", low=1, public=True),
        Column("adopted_on", "beslutsdatum", Kind.DATE, "Day of the decision.", "2024-09-23", public=True),
        Column("paragraph", "paragraf", Kind.TEXT, "Paragraph of the minutes.", "§ 84", public=True, holds=Holds.PROSE),
        Column(
            "author_role",
            "upprattad_av",
            Kind.TEXT,
            "Who made the forecast, by role and never by name.",
            "Controller",
            required=False,
            public=True,
            holds=Holds.ROLE,
        ),
        Column("comment", "kommentar", Kind.TEXT, "What was said of it.", "", required=False, public=True, holds=Holds.PROSE),
    ),
)

TABLES = (OCCASIONS,)
