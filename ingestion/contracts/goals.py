"""The board's goals as the planning system holds them: goals, their indicators with targets, judgements made by people, and measures.

Belongs here: the contracts. Does not belong here: what an outcome was (it is looked up in the indicator marts) and how a goal is judged
(dbt, `intermediate/goals`). A target is what the board decided before the year; an outcome delivered beside it would be a second truth.
"""

from ingestion.contracts import MUNICIPALITY, Column, Holds, Kind, Table

YEAR = Column("year", "ar", Kind.YEAR, "The year that the board reports on.", "2024", public=True)
GOAL_ID = Column("goal_id", "malid", Kind.TEXT, "The planning system's id of the goal.", "mal1", public=True, holds=Holds.KEY)
INDICATOR_ID = Column(
    "indicator_id", "nyckeltal", Kind.TEXT, "Indicator: Kolada's id or the platform's own.", "U23516", public=True, holds=Holds.KEY
)

JUDGEMENTS = ("helt uppfyllt", "delvis uppfyllt", "ej uppfyllt")

GOALS = Table(
    source="goals",
    name="goals",
    description="The goals that the board has adopted for the year.",
    grain="one row per goal and year",
    delivered_by="Planning system, when the budget is adopted and after every change",
    key=("goal_id",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        GOAL_ID,
        Column("goal_order", "ordning", Kind.INTEGER, "Place in the report.", "1", low=1, public=True),
        Column(
            "kind",
            "slag",
            Kind.TEXT,
            "A goal of the board with a signal, or its goal for the working environment, without one.",
            "nämndmål",
            allowed=("nämndmål", "arbetsmiljömål"),
            public=True,
        ),
        Column(
            "council_goal",
            "kommunfullmaktiges_mal",
            Kind.TEXT,
            "The council's goal that it serves.",
            "Goda livsmiljöer",
            required=False,
            public=True,
            holds=Holds.PROSE,
        ),
        Column("goal", "namndmal", Kind.TEXT, "The board's goal.", "Mål 1 – Främja delaktighet", public=True, holds=Holds.PROSE),
        Column(
            "agenda_2030",
            "agenda_2030",
            Kind.TEXT,
            "Goals of Agenda 2030 that it is linked to.",
            "Mål 8 och mål 10",
            required=False,
            public=True,
            holds=Holds.PROSE,
        ),
    ),
)

INDICATORS = Table(
    source="goals",
    name="indicators",
    description="The indicators of the goals, with the year's targets.",
    grain="one row per goal and indicator",
    delivered_by="Planning system, with the goals",
    key=("goal_id", "indicator_id", "org_unit", "breakdown"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        GOAL_ID,
        Column("row_order", "ordning", Kind.INTEGER, "Place in the goal's table.", "1", low=1, public=True),
        INDICATOR_ID,
        Column(
            "org_unit",
            "enhet",
            Kind.TEXT,
            "Department or unit by its id; empty: the whole administration.",
            "",
            required=False,
            public=True,
            holds=Holds.KEY,
        ),
        Column(
            "breakdown", "uppdelning", Kind.TEXT, "Split, key=value; empty: the total.", "", required=False, public=True, holds=Holds.KEY
        ),
        Column(
            "quarter",
            "kvartal",
            Kind.INTEGER,
            "Quarter that the target is for; empty: the year.",
            "",
            required=False,
            low=1,
            high=4,
            public=True,
        ),
        Column(
            "label",
            "benamning",
            Kind.TEXT,
            "The indicator in the report's words.",
            "Väntetid i dagar (U23401)",
            public=True,
            holds=Holds.PROSE,
        ),
        Column(
            "target_kind",
            "maltyp",
            Kind.TEXT,
            "What the outcome is held against: a value, a band, the mean of all municipalities, the year before.",
            "värde",
            allowed=("värde", "intervall", "bättre än riket", "bättre än föregående år"),
            public=True,
        ),
        Column("target", "malvarde", Kind.DECIMAL, "Target, in the indicator's unit.", "65", required=False, public=True),
        Column("target_low", "intervall_fran", Kind.DECIMAL, "Lower end of the band, inclusive.", "", required=False, public=True),
        Column("target_high", "intervall_till", Kind.DECIMAL, "Upper end of the band, inclusive.", "", required=False, public=True),
        Column(
            "direction",
            "riktning",
            Kind.TEXT,
            "Which way is better, where the goal says so itself; empty: the indicator's own direction.",
            "",
            required=False,
            allowed=("hög", "låg"),
            public=True,
        ),
        Column(
            "statutory_limit",
            "lagens_grans",
            Kind.DECIMAL,
            "A limit of the law, printed beside the target and never judged against.",
            "90",
            required=False,
            public=True,
        ),
        Column("footnote", "fotnot", Kind.TEXT, "Footnote to the row.", "", required=False, public=True, holds=Holds.PROSE),
    ),
)

OVERRIDES = Table(
    source="goals",
    name="judgements",
    description="Judgements of goals that somebody has made, beside or instead of what the indicators suggest.",
    grain="one row per judged goal",
    delivered_by="Planning system, before the report is adopted",
    key=("goal_id",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        GOAL_ID,
        Column("judgement", "bedomning", Kind.TEXT, "Judgement.", "delvis uppfyllt", allowed=JUDGEMENTS, public=True),
        Column(
            "decided_by",
            "bedomd_av",
            Kind.TEXT,
            "Who judged, by role and never by name.",
            "Förvaltningschef",
            public=True,
            holds=Holds.ROLE,
        ),
        Column("decided_on", "datum", Kind.DATE, "Day of the judgement.", "2025-01-28", public=True),
        Column("reason", "motivering", Kind.TEXT, "Why.", "Trenden är oförändrad.", public=True, holds=Holds.PROSE),
    ),
)

MEASURES = Table(
    source="goals",
    name="measures",
    description="Measures for efficiency that the board has decided or considers, with their follow-up.",
    grain="one row per measure and year",
    delivered_by="Planning system, yearly",
    key=("measure_id",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        Column("measure_id", "atgardsid", Kind.TEXT, "Number of the measure.", "A1", public=True, holds=Holds.KEY),
        Column("row_order", "ordning", Kind.INTEGER, "Place in the report.", "1", low=1, public=True),
        Column(
            "horizon",
            "tidshorisont",
            Kind.TEXT,
            "Where in the report it belongs.",
            "kort sikt",
            public=True,
            allowed=("kort sikt", "lång sikt", "utreds", "ska undersökas", "kräver samordning"),
        ),
        Column(
            "area", "omrade", Kind.TEXT, "Area; empty where print leaves it out.", "Lokaler", required=False, public=True, holds=Holds.PROSE
        ),
        Column("description", "beskrivning", Kind.TEXT, "What is done.", "Färdigställa kartläggningen", public=True, holds=Holds.PROSE),
        Column(
            "expected_effect",
            "mojlig_effektivisering",
            Kind.TEXT,
            "Expected effect, in words.",
            "",
            required=False,
            public=True,
            holds=Holds.PROSE,
        ),
        Column(
            "effect_label",
            "effektmatt",
            Kind.TEXT,
            "What the expected figure measures.",
            "",
            required=False,
            public=True,
            holds=Holds.PROSE,
        ),
        Column(
            "effect_amount",
            "effekt_kronor",
            Kind.DECIMAL,
            "Expected effect in kronor, at least.",
            "2000000,00",
            required=False,
            low=0,
            public=True,
        ),
        Column(
            "effect_percent",
            "effekt_procent",
            Kind.DECIMAL,
            "Expected reduction of the cost, per cent.",
            "50",
            required=False,
            low=0,
            high=100,
            public=True,
        ),
        Column(
            "owner_role",
            "ansvarig",
            Kind.TEXT,
            "Who answers for it, by role and never by name.",
            "Avdelningschef",
            required=False,
            public=True,
            holds=Holds.ROLE,
        ),
        Column("started_on", "start", Kind.DATE, "Day that it began; empty: not begun.", "2024-03-01", required=False, public=True),
        Column(
            "indicator_id",
            "nyckeltal",
            Kind.TEXT,
            "Indicator that shows the effect, if there is one.",
            "",
            required=False,
            public=True,
            holds=Holds.KEY,
        ),
        Column("follow_up", "uppfoljning", Kind.TEXT, "What has been done so far.", "", required=False, public=True, holds=Holds.PROSE),
        Column("outcome", "utfall", Kind.TEXT, "What can be said of the effect.", "", required=False, public=True, holds=Holds.PROSE),
    ),
)

TABLES = (GOALS, INDICATORS, OVERRIDES, MEASURES)
