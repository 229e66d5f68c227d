"""Kolada: the client of API v3, and the tables that a fetch becomes.

Belongs here: the contracts, the client, the fetch of catalogue and values. Does not belong here: comparison means (dbt).
"""

from ingestion.contracts import Column, Kind, Table, Things, rows_within

KPI = Table(
    source="kolada",
    name="kpi",
    description="Catalogue of indicators.",
    grain="one row per indicator",
    delivered_by="API v3 /kpi",
    owner="team:kvalitet",
    subjects=Things("Kolada's catalogue."),
    drift=(rows_within(0.95, 1.2),),
    key=("kpi_id",),
    period_column=None,
    columns=(
        Column("kpi_id", "id", Kind.TEXT, "Indicator id.", "U23401", public=True, personal=None),
        Column(
            "title",
            "title",
            Kind.TEXT,
            "Title; '(-2023)' marks an ended indicator.",
            "Väntetid i antal dagar …",
            public=True,
            personal=None,
        ),
        Column("description", "description", Kind.TEXT, "Kolada's own description.", "…", required=False, public=True, personal=None),
        Column(
            "is_divided_by_gender",
            "is_divided_by_gender",
            Kind.BOOLEAN,
            "Kolada's flag; not a promise.",
            "true",
            public=True,
            personal=None,
        ),
        Column("municipality_type", "municipality_type", Kind.TEXT, "K, L or A.", "K", required=False, public=True, personal=None),
        Column("auspice", "auspice", Kind.TEXT, "Provider form.", "T", required=False, public=True, personal=None),
        Column(
            "operating_area",
            "operating_area",
            Kind.TEXT,
            "Kolada's area.",
            "Äldre och funktionshinder",
            required=False,
            public=True,
            personal=None,
        ),
        Column("perspective", "perspective", Kind.TEXT, "Kolada's perspective.", "Volymer", required=False, public=True, personal=None),
        Column(
            "prel_publication_date",
            "prel_publication_date",
            Kind.DATE,
            "Preliminary values from this day.",
            "2026-05-04",
            required=False,
            public=True,
            personal=None,
        ),
        Column(
            "publication_date",
            "publication_date",
            Kind.DATE,
            "Final values from this day.",
            "2026-09-30",
            required=False,
            public=True,
            personal=None,
        ),
        Column(
            "publication_period",
            "publ_period",
            Kind.TEXT,
            "Year that the dates speak of.",
            "2025",
            required=False,
            public=True,
            personal=None,
        ),
        Column("has_ou_data", "has_ou_data", Kind.BOOLEAN, "Whether units have values.", "false", public=True, personal=None),
    ),
)

MUNICIPALITY = Table(
    source="kolada",
    name="municipality",
    description="Municipalities, regions and Riket.",
    grain="one row per unit",
    delivered_by="API v3 /municipality",
    owner="team:kvalitet",
    subjects=Things("Kolada's catalogue."),
    drift=(rows_within(0.97, 1.03),),
    key=("municipality_id",),
    period_column=None,
    columns=(
        Column("municipality_id", "id", Kind.TEXT, "Four digits with leading zeros.", "1489", public=True, personal=None),
        Column("title", "title", Kind.TEXT, "Name.", "Kommunstad", public=True, personal=None),
        Column("type", "type", Kind.TEXT, "K municipality, L region or Riket.", "K", allowed=("K", "L"), public=True, personal=None),
    ),
)

MUNICIPALITY_GROUPS = Table(
    source="kolada",
    name="municipality_groups",
    description="Kolada's groups of municipalities and their members.",
    grain="one row per group and member",
    delivered_by="API v3 /municipality_groups",
    owner="team:kvalitet",
    subjects=Things("Kolada's catalogue."),
    drift=(rows_within(0.9, 1.2),),
    key=("group_id", "member_id"),
    period_column=None,
    columns=(
        Column("group_id", "id", Kind.TEXT, "Group id.", "G96190", public=True, personal=None),
        Column(
            "group_title",
            "title",
            Kind.TEXT,
            "Title; the year in it moves while the id stays.",
            "Storregionen (ovägt medel)",
            public=True,
            personal=None,
        ),
        Column("member_id", "member_id", Kind.TEXT, "Municipality.", "1489", public=True, personal=None),
        Column("member_title", "member_title", Kind.TEXT, "Its name.", "Kommunstad", public=True, personal=None),
    ),
)

OU = Table(
    source="kolada",
    name="ou",
    description="Catalogue of units below the municipality.",
    grain="one row per unit",
    delivered_by="API v3 /ou",
    owner="team:kvalitet",
    subjects=Things("Kolada's catalogue of units."),
    drift=(rows_within(0.8, 1.5),),
    key=("ou_id",),
    period_column=None,
    columns=(
        Column("ou_id", "id", Kind.TEXT, "Unit id; its first three characters are the type.", "V21E148900101", public=True, personal=None),
        Column("title", "title", Kind.TEXT, "Name.", "Hemtjänst …", public=True, personal=None),
        Column("municipality_id", "municipality", Kind.TEXT, "Municipality.", "1489", public=True, personal=None),
    ),
)

DATA = Table(
    source="kolada",
    name="data",
    description="Values: an append-only log of changes, the newest row of a key counts.",
    grain="one row per change of (indicator, unit, year, gender)",
    delivered_by="API v3 /data",
    owner="team:kvalitet",
    subjects=Things("Published figures of municipalities."),
    drift=(),
    key=("kpi_id", "municipality_id", "year", "gender"),
    period_column=None,
    is_log=True,
    columns=(
        Column("kpi_id", "kpi", Kind.TEXT, "Indicator id.", "U23401", public=True, personal=None),
        Column("municipality_id", "municipality", Kind.TEXT, "Unit id.", "1489", public=True, personal=None),
        Column("year", "period", Kind.INTEGER, "Year.", "2022", low=1970, high=2100, public=True, personal=None),
        Column("gender", "gender", Kind.TEXT, "T, K or M.", "T", allowed=("T", "K", "M"), public=True, personal=None),
        Column(
            "value",
            "value",
            Kind.DOUBLE,
            "Value; empty when missing, never zero for missing.",
            "74.0",
            required=False,
            public=True,
            personal=None,
        ),
        Column("count", "count", Kind.INTEGER, "Number of contributing units.", "1", required=False, public=True, personal=None),
        Column(
            "status",
            "status",
            Kind.TEXT,
            "As delivered; 'simulated' marks demonstration values.",
            "",
            required=False,
            public=True,
            personal=None,
        ),
        Column("is_deleted", "isdeleted", Kind.BOOLEAN, "Whether the key no longer has a value.", "false", public=True, personal=None),
    ),
)

WITHDRAWN = Table(
    source="kolada",
    name="withdrawn",
    description="Followed indicators that Kolada no longer has. Their values stay as they were last fetched.",
    grain="one row per withdrawal",
    delivered_by="the fetch, from API v3 /kpi and /data",
    owner="team:kvalitet",
    subjects=Things("Indicators that Kolada no longer has."),
    drift=(),
    key=("kpi_id", "withdrawn_on"),
    period_column=None,
    columns=(
        Column("kpi_id", "id", Kind.TEXT, "Indicator id.", "U23401", public=True, personal=None),
        Column(
            "withdrawn_on",
            "withdrawn_on",
            Kind.DATE,
            "Day of the first fetch that found it gone.",
            "2026-09-10",
            public=True,
            personal=None,
        ),
        Column(
            "withdrawn_until",
            "withdrawn_until",
            Kind.DATE,
            "Day of the fetch that found it again, or from which it was followed no more; empty while it is gone.",
            "2026-10-10",
            required=False,
            public=True,
            personal=None,
        ),
    ),
)

TABLES = (KPI, MUNICIPALITY, MUNICIPALITY_GROUPS, OU, DATA, WITHDRAWN)
DESCRIPTION = "Kolada, the national database of municipal indicators, as fetched from API v3 and accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
