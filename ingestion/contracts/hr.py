"""The HR system's extracts: employments, absence spells, time records, and the other boards' employments.

Belongs here: the contracts. Does not belong here: formulas (dbt, `intermediate/hr`), rules across rows (expectations).
"""

from ingestion.contracts import DEPARTMENT, MUNICIPALITY, PERIOD, Column, Holds, Kind, Table

EMPLOYMENT_ID = Column(
    "employment_id", "anstallningsid", Kind.TEXT, "The HR system's number of the employment; a person may have several.", "A104412"
)
PERSON = Column(
    "person", "personnummer", Kind.PERSON, "Personnummer, samordningsnummer or reservnummer; becomes a keyed hash.", "19800101-0000"
)
EMPLOYMENT_FORM = Column(
    "employment_form",
    "anstallningsform",
    Kind.TEXT,
    "Form of employment.",
    "tillsvidare",
    allowed=("tillsvidare", "visstid", "timavlönad"),
    public=True,
)
HIRED = Column("start_date", "anstalld_fran", Kind.DATE, "First day employed.", "2019-08-12")
LEFT = Column("end_date", "anstalld_till", Kind.DATE, "Last day employed; empty while in force.", "2024-03-31", required=False)

EMPLOYMENTS = Table(
    source="hr",
    name="employments",
    description="The board's employments in force on any day of the month, also of persons on leave and hourly-paid.",
    grain="one row per employment and month",
    delivered_by="HR system, the 5th of the following month",
    key=("employment_id",),
    youngest=13,
    columns=(
        MUNICIPALITY,
        PERIOD,
        EMPLOYMENT_ID,
        PERSON,
        Column("name", "namn", Kind.DROPPED, "The person's name: read, never kept.", "Efternamn, Förnamn", required=False),
        Column("title", "befattning", Kind.TEXT, "Title in the municipality's own words.", "Undersköterska", public=True, holds=Holds.ROLE),
        Column("aid_code", "aid", Kind.TEXT, "AID code of the occupation.", "207024", public=True),
        DEPARTMENT,
        Column(
            "unit",
            "enhet",
            Kind.TEXT,
            "Unit, by its id in the municipality's configuration.",
            "hemtjanst_centrum",
            public=True,
            holds=Holds.KEY,
        ),
        Column("cost_centre", "ansvar", Kind.TEXT, "Cost centre that carries the pay.", "71100", public=True),
        EMPLOYMENT_FORM,
        Column("pay_form", "loneform", Kind.TEXT, "How the pay is set.", "månad", allowed=("månad", "tim"), public=True),
        Column(
            "degree",
            "sysselsattningsgrad",
            Kind.DECIMAL,
            "Contracted degree in per cent of full time; 0 for hourly-paid.",
            "75,00",
            low=0,
            high=100,
        ),
        Column("full_time_hours", "heltidsmatt", Kind.DECIMAL, "Hours a week of a full-time post.", "37,00", low=20, high=48),
        HIRED,
        LEFT,
        Column(
            "leave_reason",
            "avgangsorsak",
            Kind.TEXT,
            "Why the employment ended; empty while in force.",
            "egen begäran",
            required=False,
            allowed=("egen begäran", "pension", "avliden", "annan förvaltning", "visstid slut", "arbetsbrist", "övrigt"),
            public=True,
        ),
        Column("is_manager", "chef", Kind.BOOLEAN, "Whether the post leads staff (ja/nej).", "nej", public=True),
    ),
)

ABSENCES = Table(
    source="hr",
    name="absences",
    description="Absence spells that touch the month, each with its original start, repeated every month until closed.",
    grain="one row per spell and month",
    delivered_by="HR system, the 5th of the following month",
    key=("spell_id",),
    columns=(
        MUNICIPALITY,
        PERIOD,
        Column("spell_id", "franvaroid", Kind.TEXT, "The HR system's number of the spell.", "F88120"),
        EMPLOYMENT_ID,
        Column(
            "absence_type",
            "franvarotyp",
            Kind.TEXT,
            "Kind of absence.",
            "sjuk",
            allowed=("sjuk", "arbetsskada", "rehabilitering", "föräldraledig", "tjänstledig", "vård av barn", "semester"),
            public=True,
        ),
        Column("start_date", "fran", Kind.DATE, "First day of the whole spell, also when it began in an earlier month.", "2024-01-02"),
        Column("end_date", "till", Kind.DATE, "Last day of the spell; empty while open.", "2024-03-08", required=False),
        Column("degree", "omfattning", Kind.DECIMAL, "Degree of absence in per cent.", "100,00", low=0, high=100),
        Column(
            "hours",
            "timmar",
            Kind.DECIMAL,
            "Scheduled hours lost in the month where the system books shifts (always for hourly-paid); empty: spread over weekdays.",
            "6,00",
            required=False,
            low=0,
            high=744,
        ),
    ),
)

TIME_RECORDS = Table(
    source="hr",
    name="time_records",
    description="Hours by employment and month of work.",
    grain="one row per employment and month",
    delivered_by="Time system, the 5th of the following month",
    key=("employment_id",),
    columns=(
        MUNICIPALITY,
        PERIOD,
        EMPLOYMENT_ID,
        Column(
            "scheduled_hours",
            "schemalagd_tid",
            Kind.DECIMAL,
            "Ordinary hours scheduled (hourly-paid: booked shifts), sickness and leave included.",
            "120,75",
            low=0,
            high=744,
        ),
        Column("worked_hours", "arbetad_tid", Kind.DECIMAL, "Hours worked of the scheduled.", "104,00", low=0, high=744),
        Column("hourly_paid_hours", "timavlonad_tid", Kind.DECIMAL, "Hours worked with hourly pay.", "0,00", low=0, high=744),
        Column(
            "additional_hours",
            "fyllnadstid",
            Kind.DECIMAL,
            "Part-timer's clock hours above contract, up to full time.",
            "3,50",
            low=0,
            high=744,
        ),
        Column(
            "overtime_hours", "overtid", Kind.DECIMAL, "Clock hours beyond full time; never compensation hours.", "0,00", low=0, high=744
        ),
    ),
)

OTHER_EMPLOYMENTS = Table(
    source="hr",
    name="other_employments",
    description="Minimal rows of the other boards' permanent employments, without which 'left the municipality' cannot be told.",
    grain="one row per employment and month",
    delivered_by="HR system, the 5th of the following month",
    key=("employment_id",),
    youngest=13,
    columns=(
        MUNICIPALITY,
        PERIOD,
        EMPLOYMENT_ID,
        PERSON,
        EMPLOYMENT_FORM,
        HIRED,
        LEFT,
    ),
)

TABLES = (EMPLOYMENTS, ABSENCES, TIME_RECORDS, OTHER_EMPLOYMENTS)
