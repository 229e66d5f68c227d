"""The case system's extracts: decisions with their offers and follow-ups, visits, patients, places and changes of life situation.

Belongs here: the contracts. Does not belong here: formulas (dbt, `intermediate/care`), rules across rows (expectations).
The registers are delivered whole per year: every decision that was open on any day of the year, as known when the extract was
made. A decision that is open over New Year stands in both years; the later year's row is the truth about it.
"""

from ingestion.contracts import MUNICIPALITY, Column, Holds, Kind, Table

YEAR = Column("year", "ar", Kind.YEAR, "The year that the extract covers.", "2024", public=True)
DECISION_ID = Column("decision_id", "beslutsid", Kind.TEXT, "The case system's number of the decision.", "B204417")
PERSON = Column(
    "person", "personnummer", Kind.PERSON, "Personnummer, samordningsnummer or reservnummer; becomes a keyed hash.", "19400101-0000"
)
UNIT = Column(
    "unit",
    "enhet",
    Kind.TEXT,
    "Unit that gives the service, by the case system's id.",
    "brogarden",
    required=False,
    public=True,
    holds=Holds.KEY,
)
PROVIDER = Column(
    "provider", "utforare", Kind.TEXT, "Who provides: own regime, another provider (LOV, LOU), or a place bought outside.", "egen regi",
    required=False, allowed=("egen regi", "privat", "externt köpt"), public=True,
)  # fmt: skip

SERVICES = (
    "hemtjänst", "särskilt boende", "korttidsboende", "dagverksamhet", "trygghetslarm", "boendestöd", "matlådor", "övrig insats SoL",
    "gruppbostad", "servicebostad", "annan särskilt anpassad bostad", "daglig verksamhet", "personlig assistans", "korttidsvistelse",
    "korttidstillsyn", "avlösarservice", "ledsagarservice", "kontaktperson", "personlig assistans SFB",
)  # fmt: skip

DECISIONS = Table(
    source="care",
    name="decisions",
    description="Decisions after assessment under SoL, LSS and SFB that were open on any day of the year, with the dates of their way.",
    grain="one row per decision and year",
    delivered_by="Case system, the 10th of the following month; the current year is delivered anew every month",
    key=("decision_id",),
    period_column="year",
    youngest=16,
    minors=("law", ("LSS", "SFB")),
    columns=(
        MUNICIPALITY,
        YEAR,
        DECISION_ID,
        PERSON,
        Column("name", "namn", Kind.DROPPED, "The person's name: read, never kept.", "Efternamn, Förnamn", required=False),
        Column("law", "lag", Kind.TEXT, "Law.", "SoL", allowed=("SoL", "LSS", "SFB"), public=True),
        Column("law_version", "lagversion", Kind.TEXT, "Act that the decision was made under (SFS number).", "2001:453", public=True),
        Column("service", "insats", Kind.TEXT, "Service.", "hemtjänst", allowed=SERVICES, public=True),
        Column(
            "decision_type",
            "beslutstyp",
            Kind.TEXT,
            "Outcome; empty while the investigation goes on.",
            "bifall",
            required=False,
            allowed=("bifall", "delvis bifall", "avslag"),
            public=True,
        ),
        Column("is_renewal", "omprovning", Kind.BOOLEAN, "Whether it renews a running service (ja/nej).", "nej", public=True),
        Column("application_date", "ansokningsdatum", Kind.DATE, "Day of the application.", "2024-01-08"),
        Column("decision_date", "beslutsdatum", Kind.DATE, "Day of the decision.", "2024-01-16", required=False),
        Column("valid_from", "galler_fran", Kind.DATE, "First day that the decision is valid.", "2024-01-16", required=False),
        Column(
            "valid_to", "galler_till", Kind.DATE, "Last day of a time-limited decision; empty: open-ended.", "2025-01-15", required=False
        ),
        Column("executed_date", "verkstallt_datum", Kind.DATE, "First day that the service was given.", "2024-01-20", required=False),
        Column("interrupted_date", "avbrott_datum", Kind.DATE, "Day that a running service was interrupted.", "", required=False),
        Column("resumed_date", "ateruppta_datum", Kind.DATE, "Day that it was resumed.", "", required=False),
        Column("closed_date", "avslutat_datum", Kind.DATE, "Day that the case was closed.", "", required=False),
        Column(
            "end_reason",
            "avslutsorsak",
            Kind.TEXT,
            "Why it was closed.",
            "",
            required=False,
            public=True,
            allowed=("avliden", "flyttat", "återtagen ansökan", "upphört", "nytt beslut"),
        ),
        Column(
            "waiting_reason",
            "orsak_ej_verkstallt",
            Kind.TEXT,
            "Why it has not been executed.",
            "",
            required=False,
            public=True,
            allowed=("resursbrist", "tackat nej", "egna önskemål", "annat"),
        ),
        UNIT,
        PROVIDER,
        Column(
            "hours_per_month",
            "timmar_per_manad",
            Kind.DECIMAL,
            "Granted hours a month (homecare, assistance).",
            "24,50",
            required=False,
            low=0,
            high=1500,
        ),
        Column(
            "paying_municipality",
            "betalande_kommun",
            Kind.TEXT,
            "Municipality that pays, where it is another.",
            "",
            required=False,
            public=True,
        ),
    ),
)

OFFERS = Table(
    source="care",
    name="offers",
    description="Offers of a dwelling made on a decision.",
    grain="one row per offer",
    delivered_by="Case system, with the decisions",
    key=("decision_id", "offer_made_date"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        DECISION_ID,
        Column("offer_made_date", "erbjudandedatum", Kind.DATE, "Day that the offer was made.", "2024-02-20"),
        Column("offered_move_in_date", "erbjuden_inflyttning", Kind.DATE, "First day that the dwelling could be moved into.", "2024-03-01"),
        Column("reply", "svar", Kind.TEXT, "Reply; empty while open.", "ja", required=False, allowed=("ja", "nej"), public=True),
    ),
)

FOLLOW_UPS = Table(
    source="care",
    name="follow_ups",
    description="Follow-ups and reassessments of decisions.",
    grain="one row per follow-up",
    delivered_by="Case system, with the decisions",
    key=("decision_id", "followup_date", "kind"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        DECISION_ID,
        Column("followup_date", "uppfoljningsdatum", Kind.DATE, "Day of the follow-up.", "2024-05-14"),
        Column("kind", "typ", Kind.TEXT, "Kind.", "uppföljning", allowed=("uppföljning", "omprövning"), public=True),
    ),
)

VISITS = Table(
    source="care",
    name="visits",
    description="Homecare visits at the client's home, planned and performed.",
    grain="one row per visit and member of staff",
    delivered_by="Planning system, a fortnight a year and the whole of every month where hours are paid for",
    is_occasional=True,
    key=("visit_id", "staff_id"),
    youngest=16,
    columns=(
        MUNICIPALITY,
        Column("period", "period", Kind.MONTH, "The month of the visits.", "2024-10", public=True),
        Column("visit_id", "besoksid", Kind.TEXT, "The planning system's number of the visit.", "V1004417"),
        PERSON,
        Column(
            "staff_id", "medarbetare", Kind.TEXT, "The planning system's own number of the member of staff; never a personnummer.", "M417"
        ),
        Column("started_at", "start", Kind.TEXT, "Start, YYYY-MM-DD HH:MM.", "2024-10-07 07:40"),
        Column("minutes", "minuter", Kind.INTEGER, "Minutes at the client.", "25", low=0, high=1440),
        Column(
            "provider", "utforare", Kind.TEXT, "Own regime or another provider.", "egen regi", allowed=("egen regi", "privat"), public=True
        ),
        Column("is_planned_only", "ej_utford", Kind.BOOLEAN, "Planned and not performed (ja/nej).", "nej", public=True),
        Column("kind", "typ", Kind.TEXT, "Kind.", "omsorg", allowed=("omsorg", "larm", "mat", "hsl"), public=True),
    ),
)

PATIENTS = Table(
    source="care",
    name="patients",
    description="Patients with at least one registered measure of municipal primary care in the year (HSL: patient records).",
    grain="one row per patient, profession and year",
    delivered_by="Record system, yearly",
    key=("person_id", "profession"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        PERSON,
        Column(
            "profession",
            "profession",
            Kind.TEXT,
            "Who gave the care.",
            "sjuksköterska",
            allowed=("sjuksköterska", "arbetsterapeut", "fysioterapeut"),
            public=True,
        ),
        Column("measures", "atgarder", Kind.INTEGER, "Registered measures in the year.", "14", low=1),
    ),
)

PLACES = Table(
    source="care",
    name="places",
    description="Places and dwellings at the board's disposal on any day of the year.",
    grain="one row per place and year",
    delivered_by="Planning of dwellings, with the decisions",
    key=("place_id",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        Column("place_id", "platsid", Kind.TEXT, "Number of the place.", "P0417", public=True),
        Column(
            "housing",
            "boendeform",
            Kind.TEXT,
            "Form.",
            "särskilt boende",
            public=True,
            allowed=("särskilt boende", "korttidsboende", "gruppbostad", "servicebostad", "annan särskilt anpassad bostad"),
        ),
        Column(
            "orientation",
            "inriktning",
            Kind.TEXT,
            "Orientation of the place.",
            "demens",
            required=False,
            allowed=("demens", "omvårdnad", "växelvård"),
            public=True,
        ),
        UNIT,
        PROVIDER,
        Column("available_from", "tillganglig_fran", Kind.DATE, "First day.", "2021-09-01", public=True),
        Column("available_to", "tillganglig_till", Kind.DATE, "Last day; empty while at disposal.", "", required=False, public=True),
    ),
)

TRANSITIONS = Table(
    source="care",
    name="transitions",
    description="Steps out of a service: from daily activities to placement, studies or work, from group housing to an own home.",
    grain="one row per person and step",
    delivered_by="Case system, yearly",
    key=("person_id", "kind", "started_on"),
    period_column="year",
    youngest=16,
    columns=(
        MUNICIPALITY,
        YEAR,
        PERSON,
        Column(
            "kind",
            "steg",
            Kind.TEXT,
            "Step.",
            "studier",
            public=True,
            allowed=("arbetspraktik", "studier", "lönearbete", "egen anställning", "egen bostad"),
        ),
        Column(
            "provider",
            "utforare",
            Kind.TEXT,
            "Provider of the service that was left.",
            "egen regi",
            allowed=("egen regi", "privat"),
            public=True,
        ),
        Column("started_on", "fran", Kind.DATE, "First day.", "2024-09-02"),
        Column("ended_on", "till", Kind.DATE, "Last day, if it ended.", "", required=False),
    ),
)

TABLES = (DECISIONS, OFFERS, FOLLOW_UPS, VISITS, PATIENTS, PLACES, TRANSITIONS)
