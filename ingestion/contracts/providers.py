"""The yearly follow-up of private providers: one row per contract with what was followed up, what was found and what
was done.

Belongs here: the contract. Does not belong here: a judgement by the platform. "Ja" means that the provider has met
essential goals and requirements in the main; findings may stand beside it, so nothing is derived from them.
"""

from ingestion.contracts import ANY_ROWS, MUNICIPALITY, Column, Holds, Kind, Table, Things

FOLLOW_UPS = Table(
    source="providers",
    name="follow_ups",
    description="Follow-ups of contracts with private providers.",
    grain="one row per followed-up contract and year",
    delivered_by="Contract register, yearly",
    owner="team:kvalitet",
    subjects=Things(
        "Follow-ups of contracts; providers are companies, a personnummer in any text rejects the delivery."
    ),
    drift=ANY_ROWS,
    key=("follow_up_id",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "Year of the follow-up.", "2024", public=True, personal=None),
        Column(
            "follow_up_id",
            "uppfoljningsid",
            Kind.TEXT,
            "Number of the follow-up.",
            "P1",
            public=True,
            holds=Holds.KEY,
            personal=None,
        ),
        Column("row_order", "ordning", Kind.INTEGER, "Place in the report.", "1", low=1, public=True, personal=None),
        Column(
            "contract",
            "avtal",
            Kind.TEXT,
            "The contract, never a person's name.",
            "Förfrågningsunderlag LOV (hemtjänst)",
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column(
            "legal_basis",
            "lagrum",
            Kind.TEXT,
            "Legal basis.",
            "Lag (2008:962) om valfrihetssystem",
            required=False,
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column(
            "subject",
            "vad_har_foljts_upp",
            Kind.TEXT,
            "What was followed up.",
            "Patientsäkerhet",
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column(
            "is_fulfilled",
            "i_huvudsak_uppfyllt",
            Kind.BOOLEAN,
            "Whether essential goals and requirements were met in the main (ja/nej).",
            "ja",
            public=True,
            personal=None,
        ),
        Column(
            "finding",
            "brister",
            Kind.TEXT,
            "What was found wanting.",
            "",
            required=False,
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column(
            "impact",
            "paverkan",
            Kind.TEXT,
            "What that means for the board's work.",
            "",
            required=False,
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column(
            "action",
            "atgarder",
            Kind.TEXT,
            "What was done about it.",
            "",
            required=False,
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column(
            "min_months",
            "minsta_langd_manader",
            Kind.INTEGER,
            "Only placements of at least so many months are followed up.",
            "6",
            required=False,
            low=1,
            public=True,
            personal=None,
        ),
    ),
)

TABLES = (FOLLOW_UPS,)
DESCRIPTION = "The yearly follow-up of private providers, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CALLED = "Uppföljningen av privata utförare"
"""What municipal readers call it; that of other sources is in their citation."""
