"""The training register's extract: who takes part in which programme.

Belongs here: the contract. Does not belong here: formulas (dbt, `intermediate/training`), rules across rows
(expectations). A person stands in every year of a course or a commission, from its start until it ends.
"""

from ingestion.contracts import (
    ANY_ROWS,
    MUNICIPALITY,
    NAME_OF_PERSON,
    YEAR,
    Column,
    Holds,
    Kind,
    Personal,
    Persons,
    Table,
    Treatment,
)

PARTICIPANTS = Table(
    source="training",
    name="participants",
    description="People who took part in a programme, or held a commission that it leads to, on any day of the year.",
    grain="one row per person, programme, education, role and start",
    delivered_by="The administration's register of training, yearly in January",
    owner="team:hr",
    subjects=Persons("staff of the board in training or with a commission", "39 kap."),
    drift=ANY_ROWS,
    key=("person_id", "programme", "education", "role", "started_on"),
    period_column="year",
    youngest=13,
    columns=(
        MUNICIPALITY,
        YEAR,
        Column(
            "person",
            "personnummer",
            Kind.PERSON,
            "Personnummer, samordningsnummer or reservnummer; becomes a keyed hash.",
            "19400101-0000",
            personal=Personal(
                Treatment.PSEUDONYM,
                "people trained, each once, who are still employed",
                age="none by itself: comes with every personnummer",
            ),
        ),
        NAME_OF_PERSON,
        Column(
            "programme",
            "program",
            Kind.TEXT,
            "Programme.",
            "äldreomsorgslyftet",
            public=True,
            allowed=("äldreomsorgslyftet", "språkombud", "framstegsjobb", "undernäring", "övrigt"),
            personal=Personal(Treatment.KEPT, "people by programme, education and commission"),
        ),
        Column(
            "education",
            "utbildning",
            Kind.TEXT,
            "Education, where the programme has several.",
            "undersköterska",
            required=False,
            public=True,
            allowed=("undersköterska", "specialistundersköterska", "handledare och språkombud", "övrig"),
            personal=Personal(Treatment.KEPT, "people by programme, education and commission"),
        ),
        Column(
            "role",
            "roll",
            Kind.TEXT,
            "Role, where the programme has several.",
            "",
            required=False,
            allowed=("avdelningsassistent", "resursperson"),
            public=True,
            personal=Personal(Treatment.KEPT, "people by programme, education and commission"),
        ),
        Column(
            "started_on",
            "fran",
            Kind.DATE,
            "First day.",
            "2024-01-15",
            personal=Personal(Treatment.DAY, "who took part on which day"),
        ),
        Column(
            "ended_on",
            "till",
            Kind.DATE,
            "Last day; empty while it goes on.",
            "",
            required=False,
            personal=Personal(Treatment.DAY, "who took part on which day"),
        ),
        Column(
            "funded_by",
            "finansiering",
            Kind.TEXT,
            "Who pays.",
            "Socialstyrelsen",
            required=False,
            public=True,
            holds=Holds.ROLE,
            personal=Personal(Treatment.KEPT, "people by programme, education and commission"),
        ),
    ),
)

TABLES = (PARTICIPANTS,)
DESCRIPTION = "The training register, pseudonymised, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CITATION = "Egen bearbetning av data från utbildningsregistret"
"""How the figures that are computed from it are cited, in Swedish."""
