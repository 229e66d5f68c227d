"""The register of public grants: per grant and year seven amounts that are easily taken for one another (DEFINITIONS
4.7).

Belongs here: the contracts. Does not belong here: totals (dbt) and the ledger's income accounts, which book grants by
other rules. Amounts are in kronor and never negative.
"""

from ingestion.contracts import ANY_ROWS, MUNICIPALITY, Column, Holds, Kind, Table, Things

YEAR = Column("year", "ar", Kind.YEAR, "Accounting year.", "2024", public=True, personal=None)
GRANT_ID = Column(
    "grant_id",
    "bidragsid",
    Kind.TEXT,
    "The register's id of the grant.",
    "aldreomsorgslyftet",
    public=True,
    holds=Holds.KEY,
    personal=None,
)


def _amount(name: str, header: str, description: str) -> Column:
    return Column(
        name, header, Kind.DECIMAL, description, "1500000,00", required=False, low=0, public=True, personal=None
    )


GRANTS = Table(
    source="grants",
    name="grants",
    description="Grants that had any amount in the year; an empty amount is unknown or does not exist, 0 is none.",
    grain="one row per grant and year",
    delivered_by="Grant register, monthly for the current year",
    owner="team:ekonomi",
    subjects=Things("Grants by kind."),
    drift=ANY_ROWS,
    key=("grant_id",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        GRANT_ID,
        Column("row_order", "ordning", Kind.INTEGER, "Place in the report.", "1", low=1, public=True, personal=None),
        Column(
            "grant_type",
            "bidragstyp",
            Kind.TEXT,
            "Type.",
            "Riktat statsbidrag",
            public=True,
            allowed=("Riktat statsbidrag", "Prestationsbaserat statsbidrag", "Generellt statsbidrag", "Projektbidrag"),
            personal=None,
        ),
        Column(
            "grant_name",
            "bidrag",
            Kind.TEXT,
            "Name of the grant.",
            "Äldreomsorgslyftet",
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column(
            "payer",
            "utbetalas_fran",
            Kind.TEXT,
            "Who pays.",
            "Socialstyrelsen",
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        _amount("applied", "ansokt", "Applied for, kronor."),
        _amount("awarded", "beviljat", "Awarded by the decision, for all the years that it covers, kronor."),
        _amount("received", "erhallet", "Paid to the municipality in the year, kronor."),
        _amount("recognised", "intaktsfort", "Recognised as income of the year: what reports print."),
        _amount("deferred", "periodiserat_till_senare_ar", "Left for later years, kronor."),
        _amount("repaid", "aterbetalt", "Repaid or to be repaid, kronor."),
    ),
)

PASSED_ON = Table(
    source="grants",
    name="passed_on",
    description="Parts of grants that the board has passed on to others.",
    grain="one row per grant, recipient and year",
    delivered_by="Grant register, with the grants",
    owner="team:ekonomi",
    subjects=Things("Grants passed on to associations and companies."),
    drift=ANY_ROWS,
    key=("grant_id", "recipient"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        GRANT_ID,
        Column(
            "recipient",
            "mottagare",
            Kind.TEXT,
            "Recipient or group of recipients, never a person.",
            "upphandlade leverantörer",
            public=True,
            holds=Holds.PROSE,
            personal=None,
        ),
        Column("amount", "belopp", Kind.DECIMAL, "Kronor passed on.", "2800000,00", low=0, public=True, personal=None),
    ),
)

TABLES = (GRANTS, PASSED_ON)
DESCRIPTION = "The register of public grants, yearly, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CALLED = "Bidragsregistret"
"""What municipal readers call it; that of other sources is in their citation."""
