"""What the method note says: how figures are rounded and compared, and the municipality's own choices (DEFINITIONS).

Belongs here: sentences for readers. Does not belong here: the choices themselves (the municipality's folder), and the
definitions of indicators, which the renderers list by themselves.
"""

from __future__ import annotations

from reports.format import day, listed, number
from reports.source import Source

# "i nivå med": within this share of the municipalities' standard deviation (DEFINITIONS 5.4)
LEVEL_BAND = 0.1


def sentences(source: Source, used: set[str]) -> tuple[str, ...]:
    """The method note as sentences; used: ids of the indicators in the document, whose choices are told and no others."""
    choices = source.municipality.choices
    told = [
        "Varje siffra avrundas en gång, från det oavrundade värdet. Differenser räknas på oavrundade värden och kan därför skilja sig från "
        "skillnaden mellan två tryckta tal. Skillnaden mellan två procenttal anges i procentenheter.",
        "Uppgifter av typen antal anställda avser den sista dagen i perioden om inget annat anges.",
        f"”I nivå med” betyder att skillnaden är högst {number(LEVEL_BAND, 1)} standardavvikelser mellan kommunerna, eller att talen är "
        "lika efter avrundning. Ingen text som plattformen skriver säger något om orsaker.",
        "Ett saknat värde är aldrig noll. I diagrammen är det ett avbrott i linjen, liksom ett år då definitionen ändrades.",
        *_disclosure(source, used),
    ]
    if any(source.figures.splits(indicator) for indicator in used if indicator in source.indicators):
        whose = (
            "Regionens medel räknar med den egna kommunen, liknande kommuners gör det inte."
            if source.region
            else "Liknande kommuners medel räknar inte med den egna kommunen."
        )
        told.append(
            f"Gruppernas medel är ovägda: varje kommun med ett värde väger lika. {whose} Gruppernas sammansättning är den senaste, för "
            "alla år."
        )
    if any(indicator.startswith("sick_leave") for indicator in used):
        told.append(
            f"Sjukfrånvaro räknas på {listed(choices.sick_types)}. Ledighet utan lön räknas inte till ordinarie arbetstid "
            f"({listed(choices.unpaid_leave_types)}). Återinsjuknande inom {choices.relapse_days} dagar "
            "fortsätter sjukperioden, utan dagarna däremellan."
        )
    if any(indicator.startswith("turnover") for indicator in used):
        told.append(
            f"Avgångar av dessa skäl räknas inte med där pensionsavgångar är undantagna: {listed(choices.pension_reasons)}. Nämnaren i "
            "personalomsättningen är medeltalet tillsvidareanställda vid årets månadsskiften."
        )
    if used & {"ic_investigation_days", "ic_execution_days"}:
        counted = {True: "räknas med", False: "räknas inte med"}
        told.append(
            f"Omprövningar av pågående insatser {counted[choices.reassessments_in_investigation]} i utredningstiden och "
            f"{counted[choices.reassessments_in_execution]} i verkställighetstiden."
        )
    if used & {"hourly_paid_work_fte", "additional_time_fte", "overtime_fte"}:
        told.append(f"Timmar räknas om med {number(choices.full_time_hours_year)} timmar per heltid och år.")
    return tuple(told)


def _disclosure(source: Source, used: set[str]) -> list[str]:
    """What is not shown as too few stand behind it, and what is by decision: whose, when and why."""
    limits = source.municipality.disclosure.limits
    told = [
        f"Uppgifter om personer visas inte när färre än {limits.persons} personer står bakom dem. Sjukfrånvaro visas inte för grupper om "
        f"{limits.staff_health - 1} eller färre anställda ({limits.staff_health_unit_by_occupation - 1} eller färre av en befattning i en "
        f"enhet). Enkätsvar visas inte när färre än {limits.survey} har svarat, och 0 eller 100 procent inte när färre än "
        f"{limits.survey_extremes} har gjort det. Inte heller visas det som en sådan uppgift kan räknas fram ur: den andra könsuppgiften, "
        "den näst minsta delen eller den längre perioden."
    ]
    for exemption in source.municipality.disclosure.exemptions:
        indicator = source.indicators.get(exemption.indicator or "")
        if exemption.source or (indicator is not None and exemption.indicator in used):
            what = "Kolada" if indicator is None else f"nyckeltalet ”{indicator.indicator}”"
            decided = f"{exemption.decided_by}, {day(exemption.decided_on)}"
            told.append(
                f"Undantag: {what} visas även när det rör få personer, enligt beslut ({decided}). {exemption.reason}"
            )
    return told
