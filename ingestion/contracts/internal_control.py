"""The plan of internal control with its outcome: what was reviewed, how many cases were sampled, how many held, what was concluded.

Belongs here: the contract. Does not belong here: the shares (dbt) and the figures over all decisions (computed from the case system).
A sample is a review by people of journals: it is delivered with its population, never as a ready percentage.
"""

from ingestion.contracts import MUNICIPALITY, Column, Holds, Kind, Table

JUDGEMENTS = ("utan anmärkning", "utan anmärkning/försumbar anmärkning", "försumbar anmärkning", "med anmärkning")

CONTROLS = Table(
    source="internal_control",
    name="controls",
    description="The controls of the year's plan, one row for each thing that a control measures.",
    grain="one row per control, period and type of decision",
    delivered_by="Whoever leads the internal control, before the report is adopted",
    key=("control_id", "row_order"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "Year of the plan.", "2024", public=True),
        Column("control_id", "kontrollid", Kind.TEXT, "Number of the control point in the plan.", "1", public=True, holds=Holds.KEY),
        Column("row_order", "ordning", Kind.INTEGER, "Place within the control.", "1", low=1, public=True),
        Column("risk", "risk", Kind.TEXT, "Identified risk.", "Brister i rättssäkerhet", public=True, holds=Holds.PROSE),
        Column(
            "risk_description", "riskbeskrivning", Kind.TEXT, "What the risk means.", "", required=False, public=True, holds=Holds.PROSE
        ),
        Column("control", "kontroll", Kind.TEXT, "The control.", "Utredningstid", public=True, holds=Holds.PROSE),
        Column(
            "label", "benamning", Kind.TEXT, "What the row measures.", "Genomsnittlig utredningstid SoL", public=True, holds=Holds.PROSE
        ),
        Column("decision_type", "beslutstyp", Kind.TEXT, "Type of decision.", "hemtjänst", required=False, public=True, holds=Holds.PROSE),
        Column("law", "lag", Kind.TEXT, "Law.", "SoL", required=False, allowed=("SoL", "LSS"), public=True),
        Column("period_start", "fran", Kind.DATE, "First day reviewed.", "2023-12-01", public=True),
        Column("period_end", "till", Kind.DATE, "Last day reviewed.", "2024-11-30", public=True),
        Column(
            "method",
            "metod",
            Kind.TEXT,
            "How it was reviewed.",
            "journalgranskning",
            allowed=("journalgranskning", "statistik"),
            public=True,
        ),
        Column(
            "reviewer_role",
            "granskare",
            Kind.TEXT,
            "Who reviewed, by role and never by name.",
            "1:e socialsekreterare",
            required=False,
            public=True,
            holds=Holds.ROLE,
        ),
        Column(
            "population", "population", Kind.INTEGER, "Cases that the sample was drawn from.", "620", required=False, low=1, public=True
        ),
        Column("sample_n", "urval", Kind.INTEGER, "Cases in the sample.", "93", required=False, low=1, public=True),
        Column("fulfilled_n", "uppfyllda", Kind.INTEGER, "Of these, cases that held.", "92", required=False, low=0, public=True),
        Column(
            "sample_label",
            "urvalsgrupp",
            Kind.TEXT,
            "Group of rows whose sample is told as one.",
            "Urval SoL-beslut",
            required=False,
            public=True,
            holds=Holds.PROSE,
        ),
        Column(
            "threshold_kind",
            "troskel",
            Kind.TEXT,
            "What a judgement can be suggested from: the share that held, or nothing (no limit decided).",
            "andel",
            allowed=("andel", "ingen"),
            public=True,
        ),
        Column(
            "indicator_id",
            "nyckeltal",
            Kind.TEXT,
            "Indicator that the statistics are taken from.",
            "",
            required=False,
            public=True,
            holds=Holds.KEY,
        ),
        Column("breakdown", "uppdelning", Kind.TEXT, "The indicator's split.", "law=SoL", required=False, public=True, holds=Holds.KEY),
        Column(
            "judgement",
            "bedomning",
            Kind.TEXT,
            "Judgement of the control as decided; the same in all its rows.",
            "utan anmärkning",
            required=False,
            allowed=JUDGEMENTS,
            public=True,
        ),
        Column(
            "result_text",
            "resultat",
            Kind.TEXT,
            "Result in words; the same in all rows of the control.",
            "",
            required=False,
            public=True,
            holds=Holds.PROSE,
        ),
        Column(
            "action",
            "atgard",
            Kind.TEXT,
            "Action; the same in all rows of the control.",
            "",
            required=False,
            public=True,
            holds=Holds.PROSE,
        ),
    ),
)

TABLES = (CONTROLS,)
