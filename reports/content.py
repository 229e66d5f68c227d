"""What the *genomlysning* holds: its tables' rows and its diagrams, as data that no municipality's name occurs in.

Belongs here: which indicator stands where, under which label and number. Does not belong here: figures, and how they look.
Rows that name a staff group are left out where the municipality's configuration has no such group.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A row of a table of key figures. `label` replaces the indicator's title; `staff_group` appends the group's label."""

    indicator_id: str
    label: str | None = None
    staff_group: str | None = None
    org_unit: str | None = None


@dataclass(frozen=True)
class Area:
    """Rows under one heading of a table."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Diagram:
    """A diagram: its number and title in print, what it shows, and the words that its sentences use.

    subject: definite form and common gender, so that "var oförändrad" agrees. moves: verbs for up and down.
    levels: comparatives for above and below. years: how many years back from the report year.
    """

    number: int
    title: str
    indicator_id: str
    subject: str
    years: int = 11
    moves: tuple[str, str] = ("ökade", "minskade")
    levels: tuple[str, str] = ("högre", "lägre")
    staff_group: str | None = None


TURNOVER = "turnover_excl_pension_by_occupation"
SICK_LEAVE = "sick_leave_monthly_by_occupation"
PULSE = "pulse_mean_all_questions"
TURNOVER_LABEL = "Andel tillsvidareanställda som slutat i kommunen utöver pensionsavgångar (%)"
SICK_LEAVE_LABEL = "Sjukfrånvaro, månadsavlönade januari–december (%)"

INDEX = (
    Area("Äldreomsorg", (Row("U20900", "Effektivitetsindex äldreomsorg"), Row("U20404", "Kvalitetsindex"), Row("U20008", "Resursindex"))),
    Area(
        "LSS",
        (
            Row("U28900", "Effektivitetsindex LSS boende och daglig verksamhet"),
            Row("U28408", "Kvalitetsindex"),
            Row("U28001", "Resursindex"),
        ),
    ),
)

# The cost deviations and the costs per inhabitant stand only in the running text and the diagrams of print; in a table
# they make the section useful for a municipality that has nothing but Kolada.
ECONOMY = (
    Area("Äldreomsorg", (Row("N20029"), Row("N20900"), Row("N20048"))),
    Area("LSS", (Row("N28021"), Row("N28018"), Row("N28016"))),
    Area(
        "Kommunal primärvård",
        (
            Row("kpv_cost_per_patient", "Kostnad per år för kommunal primärvård fördelat på antal patienter som mottagit insatser"),
            Row(
                "kpv_cost_per_inhabitant_80", "Kostnad för kommunal primärvård fördelat på antal invånare 80 år eller äldre, kronor per år"
            ),
        ),
    ),
)

QUALITY = (
    Area("LSS", (Row("U28570"), Row("U28532"), Row("U28625"), Row("U28631"))),
    Area(
        "Kommunal primärvård",
        (
            Row("kpv_satisfied_share", "Andel patienter som är ganska eller mycket nöjda med den kommunala primärvården"),
            Row("percci_s_score", "Upplevd personcentrering bland patienter 18 år eller äldre i ordinärt boende (PERCCI-S)"),
        ),
    ),
)

STAFF_COMPARISON = (
    Area(
        "Äldreomsorg",
        (
            Row(TURNOVER, TURNOVER_LABEL, "underskoterska"),
            Row(TURNOVER, TURNOVER_LABEL, "socialsekreterare"),
            Row(SICK_LEAVE, SICK_LEAVE_LABEL, "underskoterska"),
            Row(SICK_LEAVE, SICK_LEAVE_LABEL, "socialsekreterare"),
            Row("N21608"),
            Row("U23495"),
            Row("N20507"),
        ),
    ),
    Area(
        "LSS",
        (
            Row(TURNOVER, TURNOVER_LABEL, "stodassistent"),
            Row(SICK_LEAVE, SICK_LEAVE_LABEL, "stodassistent"),
            Row("N28140"),
            Row("N28150"),
        ),
    ),
    Area(
        "Kommunal primärvård",
        (
            Row("kpv_nurses_specialist_share", "Andel sjuksköterskor i kommunal primärvård med specialistutbildning (%)"),
            Row("kpv_rehab_specialist_share", "Andel rehabiliteringspersonal i kommunal primärvård med specialistutbildning (%)"),
        ),
    ),
)

# Indicators of sources that a publication may lack: what to say where a row has no figure. Longest prefix decides.
ABSENT_SOURCES = {
    "kpv_cost": "Källan (Göteborgsregionens eller motsvarande regions sammanställning av kommunal primärvård) är inte ansluten.",
    "kpv_satisfied": "Källan (patientenkät i kommunal primärvård) är inte ansluten.",
    "kpv_": "Källan (regionens sammanställning av kommunal primärvård) är inte ansluten.",
    "percci": "Källan (patientenkät i kommunal primärvård) är inte ansluten.",
    "pulse": "Källan (pulsmätning) är inte ansluten.",
}

_RATING = ("steg", "sjönk")

VOLUMES_ELDERLY = (
    Diagram(
        1,
        "Andel invånare 65+ med särskilt boende eller hemtjänst",
        "N20891",
        "Andelen invånare 65 år och äldre med särskilt boende eller hemtjänst",
        18,
    ),
    Diagram(
        2,
        "Andel invånare 80+ med särskilt boende eller hemtjänst",
        "N20892",
        "Andelen invånare 80 år och äldre med särskilt boende eller hemtjänst",
        18,
    ),
)
COSTS_ELDERLY = (
    Diagram(3, "Kostnad äldreomsorg per invånare över 65 år", "N20007", "Kostnaden för äldreomsorg per invånare 65 år och äldre"),
    Diagram(4, "Kostnad äldreomsorg per invånare över 80 år", "N20048", "Kostnaden för äldreomsorg per invånare 80 år och äldre"),
)
QUALITY_ELDERLY = (
    Diagram(
        5,
        "Brukarbedömning hemtjänst äldreomsorg – bemötande, förtroende och trygghet, medelvärde",
        "U21454",
        "Bedömningen av bemötande, förtroende och trygghet i hemtjänsten",
        moves=_RATING,
    ),
    Diagram(
        6,
        "Brukarbedömning särskilt boende äldreomsorg – bemötande, förtroende och trygghet, medelvärde",
        "U23505",
        "Bedömningen av bemötande, förtroende och trygghet i särskilt boende",
        moves=_RATING,
    ),
    Diagram(
        7,
        "Brukarbedömning hemtjänst äldreomsorg – inflytande och tillräckligt med tid, medelvärde",
        "U21455",
        "Bedömningen av inflytande och tillräckligt med tid i hemtjänsten",
        moves=_RATING,
    ),
    Diagram(
        8,
        "Brukarbedömning särskilt boende äldreomsorg – inflytande och tillräckligt med tid, medelvärde",
        "U23506",
        "Bedömningen av inflytande och tillräckligt med tid i särskilt boende",
        moves=_RATING,
    ),
    Diagram(
        9,
        "Väntetid i antal dagar från ansökningsdatum till första erbjudet inflyttningsdatum till särskilt boende, medelvärde",
        "U23401",
        "Väntetiden till särskilt boende",
        levels=("längre", "kortare"),
    ),
    Diagram(
        10,
        "Brukarbedömning särskilt boende äldreomsorg – aktiviteter och känsla av ensamhet, medelvärde",
        "U23591",
        "Bedömningen av aktiviteter och känsla av ensamhet i särskilt boende",
        moves=_RATING,
    ),
)
STAFF_ELDERLY = (
    Diagram(
        11,
        "Sjukfrånvaro, månadsavlönade (%), socialsekreterare",
        SICK_LEAVE,
        "Sjukfrånvaron bland månadsavlönade socialsekreterare",
        staff_group="socialsekreterare",
    ),
)
VOLUMES_LSS = (Diagram(12, "Invånare med insatser enligt LSS", "N28892", "Andelen invånare med insatser enligt LSS", 16),)
QUALITY_LSS = (
    Diagram(
        13,
        "Brukarbedömning boende LSS totalt – Brukaren får bestämma om saker som är viktiga hemma, lägeskommun, andel (%)",
        "U28663",
        "Andelen som får bestämma om saker som är viktiga hemma",
    ),
    Diagram(
        14,
        "Brukarbedömning boende LSS totalt – Brukaren trivs alltid hemma, lägeskommun, andel (%)",
        "U28570",
        "Andelen som alltid trivs hemma i boende enligt LSS",
    ),
    Diagram(
        15,
        "Brukarbedömning daglig verksamhet LSS – Verksamheten är viktig för brukaren, lägeskommun, andel (%)",
        "U28561",
        "Andelen som tycker att den dagliga verksamheten är viktig för dem",
    ),
    Diagram(
        16,
        "Brukarbedömning daglig verksamhet LSS – Brukaren får bestämma om saker som är viktiga, lägeskommun, andel (%)",
        "U28532",
        "Andelen som får bestämma om saker som är viktiga i daglig verksamhet",
    ),
    Diagram(
        17,
        "Brukarbedömning personlig assistans – Brukaren känner sig trygg med alla sina assistenter, lägeskommun, andel (%)",
        "U28631",
        "Andelen som känner sig trygg med alla sina assistenter",
    ),
    Diagram(
        18,
        "Brukarbedömning personlig assistans – Alla assistenter pratar så att brukaren förstår, lägeskommun, andel (%)",
        "U28625",
        "Andelen som förstår vad alla assistenter säger",
    ),
)
PRIMARY_CARE = (
    Diagram(
        19,
        "Andel patienter i ordinärt boende som är nöjda med den kommunala primärvården",
        "kpv_satisfied_share",
        "Andelen nöjda patienter",
    ),
    Diagram(
        20,
        "Upplevd personcentrering i kommunal primärvård bland patienter i ordinärt boende (PERCCI-S)",
        "percci_s_score",
        "Personcentreringen",
    ),
    Diagram(
        21, "Andel sjuksköterskor med specialistutbildning, kommunal primärvård", "kpv_nurses_specialist_share", "Andelen sjuksköterskor"
    ),
    Diagram(22, "Andel rehabiliteringspersonal med specialistutbildning, kommunal primärvård", "kpv_rehab_specialist_share", "Andelen"),
)
# Which diagrams stand side by side, as in print.
PAIRED = ((1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (15, 16))

HIGHLIGHTS = ("U20900", "U28900", "U23401", "N20029", "sick_leave_all_forms", "turnover_excl_pension_total")
