"""The surveys' extracts: pulse survey of the staff, patients of municipal primary care, users of care.

Belongs here: the contracts. Does not belong here: formulas (dbt, `intermediate/survey`), rules across rows (expectations).
Rows never overlap: an answer is counted in one row only, so that a department is the sum of its rows and the whole the sum of all.
What a supplier will not tell apart (a department below its minimum, a unit of another provider) comes with the department or unit empty.
"""

from ingestion.contracts import MUNICIPALITY, Column, Holds, Kind, Table

YEAR = Column("year", "ar", Kind.YEAR, "The year of the survey.", "2024", public=True)
QUESTION = Column(
    "question",
    "fraga",
    Kind.TEXT,
    "The question as it was asked.",
    "Vi har mål som följs upp och utvärderas kontinuerligt",
    public=True,
    holds=Holds.PROSE,
)
QUESTION_VERSION = Column(
    "question_version", "frageversion", Kind.TEXT, "Version of wording and answers; raised whenever either changes.", "1", public=True
)
INVITED = Column("invited", "inbjudna", Kind.INTEGER, "People of the row's group who were asked.", "62", required=False, low=0)

USER_INDICATORS = (
    "sabo_satisfied_share",
    "sabo_not_lonely_share",
    "sabo_informed_of_changes_share",
    "sabo_safe_share",
    "sabo_good_treatment_share",
    "sabo_can_raise_complaints_share",
    "homecare_satisfied_share",
    "homecare_not_lonely_share",
    "homecare_informed_of_changes_share",
    "homecare_safe_share",
    "homecare_good_treatment_share",
    "homecare_meets_fixed_contact_share",
    "homecare_not_anxious_share",
    "pa_chose_assistants_share",
    "pa_safe_with_all_assistants_share",
    "pa_assistants_care_share",
    "pa_can_do_what_wants_share",
    "pa_knows_whom_to_tell_share",
    "lss_group_home_staff_care_share",
    "lss_group_home_staff_understandable_share",
    "lss_group_home_staff_understands_share",
    "lss_group_home_self_determination_share",
    "lss_group_home_always_happy_home_share",
    "lss_service_housing_always_happy_home_share",
)

PULSE = Table(
    source="survey",
    name="pulse",
    description="Answers to the pulse survey of the staff, as counts per answer, or one by one where the supplier hands them out.",
    grain="one row per quarter, department, unit, question and answer (and respondent, where answers come one by one)",
    delivered_by="Supplier of the survey, after every round; the year's earlier rounds are delivered anew with it",
    key=("quarter", "department", "unit", "question_id", "question_version", "answer", "respondent_id"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        Column("quarter", "kvartal", Kind.INTEGER, "Quarter of the round.", "4", low=1, high=4, public=True),
        Column(
            "department",
            "avdelning",
            Kind.TEXT,
            "Department, by its id in the configuration; empty: below the supplier's minimum.",
            "hemtjanst",
            required=False,
            public=True,
            holds=Holds.KEY,
        ),
        Column(
            "unit",
            "enhet",
            Kind.TEXT,
            "Unit, by its id in the configuration; empty: answers not told apart by unit.",
            "",
            required=False,
            public=True,
            holds=Holds.KEY,
        ),
        Column("question_id", "fraga_id", Kind.TEXT, "The supplier's number of the question.", "P07", public=True),
        QUESTION_VERSION,
        QUESTION,
        Column(
            "indicator_id",
            "nyckeltal",
            Kind.TEXT,
            "Indicator that the question alone is; empty for all others.",
            "pulse_goals_followed_up_share",
            required=False,
            allowed=("pulse_goals_followed_up_share",),
            public=True,
        ),
        Column(
            "answer",
            "svar",
            Kind.TEXT,
            "Class, 4 = instämmer helt, 3 = instämmer, … 1.",
            "3",
            allowed=("1", "2", "3", "4", "vet ej"),
            public=True,
        ),
        Column("answers", "antal_svar", Kind.INTEGER, "Number of answers; 1 where they come one by one.", "24", low=0),
        Column(
            "respondent_id",
            "svarande",
            Kind.TEXT,
            "The supplier's own number of the respondent; empty for counts.",
            "",
            required=False,
            holds=Holds.KEY,
        ),
        INVITED,
    ),
)

PATIENTS = Table(
    source="survey",
    name="patients",
    description="Answers of patients 18 or older in ordinary housing on the person-centredness of municipal primary care.",
    grain="one row per respondent and year",
    delivered_by="Supplier of the survey, yearly in the autumn",
    key=("respondent_id",),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        Column(
            "respondent_id",
            "svarandeid",
            Kind.TEXT,
            "The supplier's own number of the respondent; never a personnummer.",
            "E2041",
            holds=Holds.KEY,
        ),
        Column("gender", "kon", Kind.TEXT, "Sex, where stated.", "K", required=False, allowed=("K", "M"), public=True),
        Column("age_band", "aldersgrupp", Kind.TEXT, "Age.", "80-", required=False, allowed=("18-64", "65-79", "80-"), public=True),
        Column(
            "instrument",
            "instrument",
            Kind.TEXT,
            "PERCCI (12 statements, 1-4) or PERCCI-S (12 statements, 0-6).",
            "PERCCI-S",
            allowed=("PERCCI", "PERCCI-S"),
            public=True,
        ),
        *(
            Column(
                f"item_{number}",
                f"pastaende_{number}",
                Kind.INTEGER,
                f"Answer to statement {number}; empty: not answered.",
                "5",
                required=False,
                low=0,
                high=6,
            )
            for number in range(1, 13)
        ),
        Column(
            "satisfaction",
            "nojdhet",
            Kind.INTEGER,
            "Satisfaction as a whole, 4 = mycket nöjd, 3 = ganska nöjd, … 1.",
            "4",
            required=False,
            low=1,
            high=4,
        ),
    ),
)

USERS = Table(
    source="survey",
    name="users",
    description="Answers of care's users, counted by unit: how many answered a question, and how many of them in its positive class.",
    grain="one row per unit, question, version and sex, or both together (T)",
    delivered_by="Socialstyrelsen and the national survey of LSS users, yearly",
    key=("unit", "indicator_id", "question_version", "gender"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        YEAR,
        Column(
            "unit",
            "enhet",
            Kind.TEXT,
            "Unit, by its id in the configuration; empty: answers not told apart by unit.",
            "kaptenen",
            required=False,
            public=True,
            holds=Holds.KEY,
        ),
        Column(
            "service",
            "insats",
            Kind.TEXT,
            "Service.",
            "särskilt boende",
            public=True,
            allowed=("särskilt boende", "hemtjänst", "gruppbostad", "servicebostad", "personlig assistans"),
        ),
        Column(
            "indicator_id",
            "nyckeltal",
            Kind.TEXT,
            "Indicator that the question is.",
            "sabo_safe_share",
            allowed=USER_INDICATORS,
            public=True,
        ),
        QUESTION_VERSION,
        QUESTION,
        Column("gender", "kon", Kind.TEXT, "K, M, or T for all, the unstated among them.", "K", allowed=("K", "M", "T"), public=True),
        Column("n_answers", "antal_svar", Kind.INTEGER, "Who answered the question.", "41", low=0),
        Column("n_positive", "antal_positiva", Kind.INTEGER, "Who answered in the positive class that the indicator names.", "35", low=0),
        INVITED,
    ),
)

TABLES = (PULSE, PATIENTS, USERS)
