"""The HR system's extracts: employments, absence spells, time records, and the other boards' employments.

Belongs here: the contracts. Does not belong here: formulas (dbt, `intermediate/hr`), rules across rows (expectations).
"""

from dataclasses import replace

from ingestion.contracts import (
    DEPARTMENT,
    MUNICIPALITY,
    NAME_OF_PERSON,
    PERIOD,
    Column,
    DriftLimit,
    Holds,
    Kind,
    Personal,
    Persons,
    Table,
    Treatment,
    rows_within,
)

EMPLOYMENT_ID = Column(
    "employment_id",
    "anstallningsid",
    Kind.TEXT,
    "The HR system's number of the employment; a person may have several.",
    "A104412",
    personal=Personal(Treatment.NUMBER, "joins absences and hours to the employment", leads=True),
)
PERSON = Column(
    "person",
    "personnummer",
    Kind.PERSON,
    "Personnummer, samordningsnummer or reservnummer; becomes a keyed hash.",
    "19800101-0000",
    personal=Personal(
        Treatment.PSEUDONYM,
        "headcount, turnover and staff continuity: one person has several employments, over months and boards",
        age="age groups and mean age of the staff",
    ),
)
EMPLOYMENT_FORM = Column(
    "employment_form",
    "anstallningsform",
    Kind.TEXT,
    "Form of employment.",
    "tillsvidare",
    allowed=("tillsvidare", "visstid", "timavlönad"),
    public=True,
    personal=Personal(Treatment.KEPT, "forms of employment, degree of employment, full-time equivalents"),
)
HIRED = Column(
    "start_date",
    "anstalld_fran",
    Kind.DATE,
    "First day employed.",
    "2019-08-12",
    personal=Personal(Treatment.DAY, "who was employed on which day; hirings and leavers"),
)
LEFT = Column(
    "end_date",
    "anstalld_till",
    Kind.DATE,
    "Last day employed; empty while in force.",
    "2024-03-31",
    required=False,
    personal=Personal(Treatment.DAY, "who was employed on which day; hirings and leavers"),
)

EMPLOYMENTS = Table(
    source="hr",
    name="employments",
    description="The board's employments in force on any day of the month, also of persons on leave and hourly-paid.",
    grain="one row per employment and month",
    delivered_by="HR system, the 5th of the following month",
    owner="team:hr",
    subjects=Persons("staff of the board", "39 kap."),
    drift=(
        rows_within(),
        DriftLimit(
            "D102",
            "persons employed until further notice",
            "count(distinct case when employment_form = 'tillsvidare' then person_id end)",
            0.8,
            1.25,
        ),
    ),
    key=("employment_id",),
    youngest=13,
    columns=(
        MUNICIPALITY,
        PERIOD,
        EMPLOYMENT_ID,
        PERSON,
        NAME_OF_PERSON,
        Column(
            "title",
            "befattning",
            Kind.TEXT,
            "Title in the municipality's own words.",
            "Undersköterska",
            public=True,
            holds=Holds.ROLE,
            personal=Personal(Treatment.KEPT, "staff groups of the figures"),
        ),
        Column(
            "aid_code",
            "aid",
            Kind.TEXT,
            "AID code of the occupation.",
            "207024",
            public=True,
            personal=Personal(Treatment.KEPT, "staff groups of the figures"),
        ),
        replace(DEPARTMENT, personal=Personal(Treatment.KEPT, "figures by department and unit")),
        Column(
            "unit",
            "enhet",
            Kind.TEXT,
            "Unit, by its id in the municipality's configuration.",
            "hemtjanst_centrum",
            public=True,
            holds=Holds.KEY,
            personal=Personal(Treatment.KEPT, "figures by department and unit"),
        ),
        Column(
            "cost_centre",
            "ansvar",
            Kind.TEXT,
            "Cost centre that carries the pay.",
            "71100",
            public=True,
            personal=Personal(Treatment.KEPT, "figures by department and unit"),
        ),
        EMPLOYMENT_FORM,
        Column(
            "pay_form",
            "loneform",
            Kind.TEXT,
            "How the pay is set.",
            "månad",
            allowed=("månad", "tim"),
            public=True,
            personal=Personal(Treatment.KEPT, "forms of employment, degree of employment, full-time equivalents"),
        ),
        Column(
            "degree",
            "sysselsattningsgrad",
            Kind.DECIMAL,
            "Contracted degree in per cent of full time; 0 for hourly-paid.",
            "75,00",
            low=0,
            high=100,
            personal=Personal(Treatment.KEPT, "forms of employment, degree of employment, full-time equivalents"),
        ),
        Column(
            "full_time_hours",
            "heltidsmatt",
            Kind.DECIMAL,
            "Hours a week of a full-time post.",
            "37,00",
            low=20,
            high=48,
            personal=Personal(Treatment.KEPT, "forms of employment, degree of employment, full-time equivalents"),
        ),
        HIRED,
        LEFT,
        Column(
            "leave_reason",
            "avgangsorsak",
            Kind.TEXT,
            "Why the employment ended; empty while in force.",
            "egen begäran",
            required=False,
            allowed=(
                "egen begäran",
                "pension",
                "avliden",
                "annan förvaltning",
                "visstid slut",
                "arbetsbrist",
                "övrigt",
            ),
            public=True,
            personal=Personal(Treatment.KEPT, "turnover without pensions and deaths"),
        ),
        Column(
            "is_manager",
            "chef",
            Kind.BOOLEAN,
            "Whether the post leads staff (ja/nej).",
            "nej",
            public=True,
            personal=Personal(Treatment.KEPT, "staff per manager"),
        ),
    ),
)

ABSENCES = Table(
    source="hr",
    name="absences",
    description="Absence spells that touch the month, each with its original start, repeated every month until closed.",
    grain="one row per spell and month",
    delivered_by="HR system, the 5th of the following month",
    owner="team:hr",
    subjects=Persons("staff of the board", "39 kap."),
    drift=(
        DriftLimit(
            "D101",
            "absence spells other than holidays",
            "count(case when absence_type <> 'semester' then 1 end)",
            0.65,
            2.0,
            by_chance=True,
        ),
    ),
    key=("spell_id",),
    columns=(
        MUNICIPALITY,
        PERIOD,
        Column(
            "spell_id",
            "franvaroid",
            Kind.TEXT,
            "The HR system's number of the spell.",
            "F88120",
            personal=Personal(Treatment.NUMBER, "tells spells apart; a corrected one replaces itself"),
        ),
        replace(EMPLOYMENT_ID, personal=Personal(Treatment.NUMBER, "joins the spell to the employment")),
        Column(
            "absence_type",
            "franvarotyp",
            Kind.TEXT,
            "Kind of absence.",
            "sjuk",
            allowed=(
                "sjuk",
                "arbetsskada",
                "rehabilitering",
                "föräldraledig",
                "tjänstledig",
                "vård av barn",
                "semester",
            ),
            public=True,
            personal=Personal(
                Treatment.KEPT, "sick leave (health data, GDPR art. 9): total, by group and by length of spell"
            ),
        ),
        Column(
            "start_date",
            "fran",
            Kind.DATE,
            "First day of the whole spell, also when it began in an earlier month.",
            "2024-01-02",
            personal=Personal(Treatment.DAY, "length of the spell"),
        ),
        Column(
            "end_date",
            "till",
            Kind.DATE,
            "Last day of the spell; empty while open.",
            "2024-03-08",
            required=False,
            personal=Personal(Treatment.DAY, "length of the spell"),
        ),
        Column(
            "degree",
            "omfattning",
            Kind.DECIMAL,
            "Degree of absence in per cent.",
            "100,00",
            low=0,
            high=100,
            personal=Personal(
                Treatment.KEPT, "sick leave (health data, GDPR art. 9): total, by group and by length of spell"
            ),
        ),
        Column(
            "hours",
            "timmar",
            Kind.DECIMAL,
            "Scheduled hours lost in the month where the system books shifts (always for hourly-paid); empty: spread over weekdays.",
            "6,00",
            required=False,
            low=0,
            high=744,
            personal=Personal(
                Treatment.KEPT, "sick leave (health data, GDPR art. 9): total, by group and by length of spell"
            ),
        ),
    ),
)

TIME_RECORDS = Table(
    source="hr",
    name="time_records",
    description="Hours by employment and month of work.",
    grain="one row per employment and month",
    delivered_by="Time system, the 5th of the following month",
    owner="team:hr",
    subjects=Persons("staff of the board", "39 kap."),
    drift=(rows_within(), DriftLimit("D102", "scheduled hours", "sum(scheduled_hours)", 0.7, 1.4)),
    key=("employment_id",),
    columns=(
        MUNICIPALITY,
        PERIOD,
        replace(EMPLOYMENT_ID, personal=Personal(Treatment.NUMBER, "joins the hours to the employment")),
        Column(
            "scheduled_hours",
            "schemalagd_tid",
            Kind.DECIMAL,
            "Ordinary hours scheduled (hourly-paid: booked shifts), sickness and leave included.",
            "120,75",
            low=0,
            high=744,
            personal=Personal(
                Treatment.KEPT, "ordinary time under sick leave; hourly-paid, additional and overtime work"
            ),
        ),
        Column(
            "worked_hours",
            "arbetad_tid",
            Kind.DECIMAL,
            "Hours worked of the scheduled.",
            "104,00",
            low=0,
            high=744,
            personal=Personal(
                Treatment.KEPT, "ordinary time under sick leave; hourly-paid, additional and overtime work"
            ),
        ),
        Column(
            "hourly_paid_hours",
            "timavlonad_tid",
            Kind.DECIMAL,
            "Hours worked with hourly pay.",
            "0,00",
            low=0,
            high=744,
            personal=Personal(
                Treatment.KEPT, "ordinary time under sick leave; hourly-paid, additional and overtime work"
            ),
        ),
        Column(
            "additional_hours",
            "fyllnadstid",
            Kind.DECIMAL,
            "Part-timer's clock hours above contract, up to full time.",
            "3,50",
            low=0,
            high=744,
            personal=Personal(
                Treatment.KEPT, "ordinary time under sick leave; hourly-paid, additional and overtime work"
            ),
        ),
        Column(
            "overtime_hours",
            "overtid",
            Kind.DECIMAL,
            "Clock hours beyond full time; never compensation hours.",
            "0,00",
            low=0,
            high=744,
            personal=Personal(
                Treatment.KEPT, "ordinary time under sick leave; hourly-paid, additional and overtime work"
            ),
        ),
    ),
)

OTHER_EMPLOYMENTS = Table(
    source="hr",
    name="other_employments",
    description="Minimal rows of the other boards' permanent employments, without which 'left the municipality' cannot be told.",
    grain="one row per employment and month",
    delivered_by="HR system, the 5th of the following month",
    owner="team:hr",
    subjects=Persons("permanent staff of the municipality's other boards", "39 kap."),
    drift=(rows_within(),),
    key=("employment_id",),
    youngest=13,
    columns=(
        MUNICIPALITY,
        PERIOD,
        replace(EMPLOYMENT_ID, personal=Personal(Treatment.NUMBER, "tells employments apart", leads=True)),
        replace(
            PERSON,
            personal=Personal(
                Treatment.PSEUDONYM,
                "tells who left the municipality from who changed board",
                age="none by itself: comes with every personnummer",
            ),
        ),
        replace(EMPLOYMENT_FORM, personal=Personal(Treatment.KEPT, "permanent employments only")),
        replace(HIRED, personal=Personal(Treatment.DAY, "who was employed on which day")),
        replace(LEFT, personal=Personal(Treatment.DAY, "who was employed on which day")),
    ),
)

TABLES = (EMPLOYMENTS, ABSENCES, TIME_RECORDS, OTHER_EMPLOYMENTS)
DESCRIPTION = "The HR and time systems' monthly extracts, pseudonymised, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CITATION = "Egen bearbetning av data från HR-systemet"
"""How the figures that are computed from it are cited, in Swedish."""
