"""Wrong configurations are told before any run: with file, line, what was found, what is expected and the right word."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from ingestion.configuration.document import rules_markdown
from ingestion.configuration.form import PATTERNS
from ingestion.configuration.mapping import MappingSpec
from ingestion.configuration.mapping import json_schema as mapping_schema
from ingestion.configuration.mistakes import RULES, ConfigurationError, Mistake
from ingestion.configuration.municipality import Municipality, json_schema, load_municipalities, load_municipality
from ingestion.contracts import DELIVERED_SOURCES
from orchestration.check_configuration import checked
from orchestration.definitions import build_defs
from orchestration.settings import Settings
from reports.outline import SectionSpec, SeriesSpec

ROOT = Path(__file__).resolve().parents[1]
ALINGSAS, HELSINGBORG = "1489-alingsas", "1283-helsingborg"
KOLADA_ONLY = """\
id: "1480"
name: Göteborg
organisation_number: 212000-1355
board: Äldre samt vård- och omsorgsnämnden
administration: Äldre samt vård- och omsorgsförvaltningen
report_year: 2024
comparison_groups:
  region: {group_id: G96190, label: Göteborgsregionen}
  similar: {}
"""


@dataclass(frozen=True)
class Wrong:
    """One wrong configuration: `old` of a demonstration's municipality.yaml is replaced by `new` (the first time it
    stands there).

    rule: the mistake that tells it. at: a text of the line that is told (its `occurrence`-th line, from 1). word: the
    right word, if any.
    """

    why: str
    old: str
    new: str
    rule: str
    at: str
    word: str | None = None
    occurrence: int = 1
    folder: str = ALINGSAS
    file: str = "municipality.yaml"


APPEND = "\nreports:\n"
"""Before the last key of both files."""

CHOICES = "\nchoices: {reassessments_in_investigation: false}\n"
EXTRA_PERIODS = """
extra_periods:
  - {start: 2024-01-01, end: 2024-06-30, indicators: [ic_investigation_days]}
  - {start: 2024-07-01, end: 2024-11-30, indicators: [ic_investigation_days]}
  - {start: 2023-12-01, end: 2024-11-30, until: 2026, indicators: [ic_execution_days]}
"""

WRONG = (
    Wrong("a period that ends before it recurs", "until: 2026", "until: 2023", "C220", "until: 2023"),
    Wrong(
        "an account group is misspelt",
        'last: "7999", line: other_costs, account_group: Övrig drift',
        'last: "7999", line: other_costs, account_group: Övrig drft',
        "C222",
        "Övrig drft",
        "Övrig drift",
    ),
    Wrong(
        "a report of a part of the year does not say which",
        "{kind: delarsbokslut, through: 2024-08}",
        "{kind: delarsbokslut}",
        "C219",
        "{kind: delarsbokslut}",
    ),
    Wrong(
        "a split that the exempt count does not have",
        "splits: [provider]",
        "splits: [providers]",
        "C221",
        "splits: [providers]",
        "provider",
        folder=HELSINGBORG,
    ),
    Wrong("a name is empty", "name: Alingsås", 'name: ""', "C107", 'name: ""'),
    # lines and sums
    Wrong(
        "a sum names a line by one letter too few",
        "role: result, sum_of: [income, personnel_costs",
        "role: result, sum_of: [income, personel_costs",
        "C202",
        "id: result",
        "personnel_costs",
    ),
    Wrong(
        "an account leads to a line that is not there",
        "line: other_costs, account_group: Bidrag",
        "line: oter_costs, account_group: Bidrag",
        "C202",
        "oter_costs",
        "other_costs",
    ),
    Wrong(
        "a sum counts a line twice",
        "sum_of: [personnel_costs, premises_rent,",
        "sum_of: [personnel_costs, personnel_costs, premises_rent,",
        "C203",
        "id: total_costs",
    ),
    Wrong(
        "a sum names a sum",
        "sum_of: [income, personnel_costs, premises_rent, purchased_services, other_costs]}",
        "sum_of: [income, total_costs]}",
        "C203",
        "id: net_costs",
    ),
    Wrong(
        "two sums name each other",
        "sum_of: [personnel_costs, premises_rent, purchased_services, other_costs]}",
        "sum_of: [net_costs]}",
        "C203",
        "id: total_costs",
    ),
    Wrong(
        "the result leaves a line out",
        "other_costs, municipal_grant, financial_net]",
        "other_costs, municipal_grant]",
        "C204",
        "role: result",
    ),
    Wrong("no line is the result", "role: result, ", "", "C204", "operating_statement:"),
    Wrong(
        "two lines are the frame",
        "{id: financial_net, label: Finansnetto}",
        "{id: financial_net, label: Finansnetto, role: frame}",
        "C204",
        "id: financial_net",
    ),
    Wrong("a role is misspelt", "role: result,", "role: resultat,", "C107", "id: result", "result"),
    Wrong("accounts lead to a sum", "line: premises_rent", "line: total_costs", "C205", 'first: "6000"'),
    Wrong(
        "no account leads to a line",
        '  - {first: "8400", last: "8599", line: financial_net, account_group: Finansiella poster}\n',
        "",
        "C205",
        "id: financial_net",
    ),
    Wrong("a line is there twice", "{id: financial_net, label", "{id: income, label", "C201", "label: Finansnetto"),
    Wrong(
        "a line has the platform's own id",
        "{id: financial_net, label: Finansnetto}",
        "{id: unmapped, label: Finansnetto}",
        "C201",
        "id: unmapped",
    ),
    # intervals
    Wrong("account intervals overlap", 'first: "4700"', 'first: "4650"', "C207", 'first: "4650"'),
    Wrong(
        "an account of five digits within one of four",
        'first: "9000", last: "9099"',
        'first: "60500", last: "60599"',
        "C207",
        "60500",
    ),
    Wrong(
        "an account interval runs backwards",
        'first: "6000", last: "6099"',
        'first: "6099", last: "6000"',
        "C206",
        'first: "6099"',
    ),
    Wrong("departments share cost centres", '[["72000", "72999"]]', '[["71500", "72999"]]', "C207", '"71500"'),
    Wrong("a letter for a digit", '[["72000", "72999"]]', '[["72O00", "72999"]]', "C206", '"72O00"'),
    Wrong("a cost centre has a digit too many", '[["72000", "72999"]]', '[["72000", "729999"]]', "C206", '"729999"'),
    Wrong(
        "units share cost centres",
        '[["231000", "231999"]]',
        '[["230500", "231999"]]',
        "C207",
        '"230500"',
        folder=HELSINGBORG,
    ),
    Wrong(
        "a unit's cost centres are another department's",
        '[["231000", "231999"]]',
        '[["331000", "331999"]]',
        "C208",
        '"331000"',
        folder=HELSINGBORG,
    ),
    Wrong(
        "a followed cost's accounts overlap",
        '[["4650", "4650"]]',
        '[["4650", "4650"], ["4640", "4660"]]',
        "C207",
        "4640",
    ),
    Wrong("a followed cost's account is in no line", '[["4650", "4650"]]', '[["8050", "8050"]]', "C206", "8050"),
    # ids and names
    Wrong(
        "two departments of one id",
        "  - id: aldreboende\n",
        "  - id: hemtjanst\n",
        "C201",
        "- id: hemtjanst",
        occurrence=2,
    ),
    Wrong("a unit has a department's id", "{id: kaptenen, ", "{id: aldreboende, ", "C201", "name: Kaptenen"),
    Wrong(
        "two departments of one name", "name: Äldreboende", "name: Hemtjänst", "C222", "name: Hemtjänst", occurrence=2
    ),
    # staff
    Wrong("one AID code in two groups", 'aid_codes: ["207026"]', 'aid_codes: ["207025"]', "C209", "id: vardbitrade"),
    Wrong("an AID code of five digits", 'aid_codes: ["207026"]', 'aid_codes: ["20702"]', "C209", "id: vardbitrade"),
    Wrong(
        "a service area is misspelt",
        'service_area: äldreomsorg, aid_codes: ["207026"]',
        'service_area: äldromsorg, aid_codes: ["207026"]',
        "C210",
        "id: vardbitrade",
        "äldreomsorg",
    ),
    Wrong(
        "a share of an unknown group",
        "numerator: [underskoterska]",
        "numerator: [undersköterska]",
        "C213",
        "nurse_assistants_share_own",
        "underskoterska",
    ),
    Wrong(
        "a share of an unknown indicator",
        "nurse_assistants_share_own",
        "nurse_assistant_share_own",
        "C212",
        "nurse_assistant_share_own",
        "nurse_assistants_share_own",
    ),
    Wrong(
        "a share above 100 per cent",
        "denominator: [underskoterska, vardbitrade]",
        "denominator: [vardbitrade]",
        "C214",
        "nurse_assistants_share_own",
    ),
    Wrong(
        "a service of an unknown unit",
        "{daglig_verksamhet: [daglig_verksamhet]",
        "{daglig_verksamhet: [dagligverksamhet]",
        "C215",
        "services:",
        "daglig_verksamhet",
    ),
    # choices, sources, periods
    Wrong(
        "a type of absence is misspelt",
        APPEND,
        "\nchoices: {sick_types: [sjuk, arbetskada]}\n" + APPEND,
        "C216",
        "sick_types",
        "arbetsskada",
    ),
    Wrong(
        "a reason for leaving is misspelt",
        APPEND,
        "\nchoices: {pension_reasons: [pensionering]}\n" + APPEND,
        "C216",
        "pension_reasons",
        "pension",
    ),
    Wrong(
        "a choice nobody knows", APPEND, "\nchoices: {relaps_days: 5}\n" + APPEND, "C105", "relaps_days", "relapse_days"
    ),
    Wrong(
        "a year of hours as of a week",
        APPEND,
        "\nchoices: {full_time_hours_year: 38}\n" + APPEND,
        "C112",
        "full_time_hours_year",
    ),
    Wrong(
        "a source is misspelt",
        APPEND,
        '\nremoved_sources:\n  - {source: suport_need, since: "2024", reason: Slut}\n' + APPEND,
        "C217",
        "suport_need",
        "support_need",
    ),
    Wrong(
        "a table is misspelt",
        APPEND,
        '\nremoved_sources:\n  - {source: hr, table: abscences, since: "2024", reason: Slut}\n' + APPEND,
        "C217",
        "abscences",
        "absences",
    ),
    Wrong(
        "retention of an unknown source",
        APPEND,
        "\nretention: {months: {legder: 120}}\n" + APPEND,
        "C217",
        "legder",
        "ledger",
    ),
    Wrong("a SIE dimension of no column", "sub_activity:", "subactivity:", "C218", "sie_dimensions", "sub_activity"),
    Wrong("two columns of one SIE dimension", 'activity: "20", sub', 'activity: "6", sub', "C218", "sie_dimensions"),
    Wrong("the employee's SIE dimension", 'project: "6"', 'project: "7"', "C218", "sie_dimensions"),
    Wrong(
        "a followed cost that the platform does not know",
        "id: hired_staff_cost",
        "id: hired_staf_cost",
        "C212",
        "hired_staf_cost",
        "hired_staff_cost",
    ),
    Wrong(
        "a period ends before it begins",
        "{start: 2024-01-01, end: 2024-06-30",
        "{start: 2024-01-01, end: 2023-06-30",
        "C220",
        "end: 2023-06-30",
    ),
    Wrong(
        "a period of an unknown indicator",
        "[ic_execution_days]",
        "[ic_executon_days]",
        "C212",
        "ic_executon_days",
        "ic_execution_days",
    ),
    # comparison
    Wrong(
        "a kind of similar groups is misspelt",
        "    äldreomsorg: {group_id",
        "    äldromsorg: {group_id",
        "C211",
        "äldromsorg: {",
        "äldreomsorg",
    ),
    Wrong("a group's id is no group's", "group_id: G96190", "group_id: 96190", "C108", "region:"),
    # reports and disclosure
    Wrong(
        "a report is misspelt",
        "kind: delarsbokslut",
        "kind: delårsbokslut",
        "C107",
        "kind: delårsbokslut",
        "delarsbokslut",
    ),
    Wrong(
        "a report is chosen twice",
        "{kind: arsbokslut}",
        "{kind: genomlysning}",
        "C219",
        "kind: genomlysning",
        occurrence=2,
    ),
    Wrong("a month that there is not", "through: 2024-08", "through: 2024-13", "C112", "2024-13"),
    Wrong(
        "an exemption of an unknown indicator",
        "indicator: dv_started_studies_persons",
        "indicator: dv_started_study_persons",
        "C221",
        "dv_started_study_persons",
        "dv_started_studies_persons",
    ),
    Wrong(
        "a limit below the law's", "disclosure:\n", "disclosure:\n  limits: {staff_health: 5}\n", "C107", "staff_health"
    ),
    # keys and values
    Wrong("a key is misspelt", "staff_groups:", "staf_groups:", "C105", "staf_groups", "staff_groups"),
    Wrong("a unit's key is misspelt", "{id: kaptenen, name:", "{id: kaptenen, nmae:", "C105", "nmae", "name"),
    Wrong("a required key is missing", "board: Vård- och omsorgsnämnden\n", "", "C106", 'id: "1489"'),
    Wrong("nothing stands after a key", "name: Alingsås\n", "name:\n", "C107", "name:"),
    Wrong("the year is one of the next century", "report_year: 2024", "report_year: 2204", "C112", "report_year"),
    Wrong("a digit of the organisation number", "212000-1553", "212000-1543", "C111", "212000-1543"),
    # YAML
    Wrong("a key stands twice", "\nstaff_groups:", "\naccounts: []\nstaff_groups:", "C104", "accounts: []"),
    Wrong("the country Norway", "name: Hemtjänst\n", "name: no\n", "C108", "name: no"),
    Wrong("a number that YAML reads as octal", 'first: "3000"', "first: 03000", "C108", "03000"),
    Wrong("an id without quotes", 'id: "1489"', "id: 1489", "C108", "id: 1489"),
    Wrong("a day where a text belongs", "name: Stab}", "name: 2024-01-01}", "C108", "name: 2024-01-01"),
    Wrong("a day that there is not", "end: 2024-06-30", "end: 2024-06-31", "C108", "2024-06-31"),
    Wrong("a tab", "  region: {group_id", "\tregion: {group_id", "C103", "region: {"),
    Wrong(
        "an open bracket",
        "numerator: [underskoterska]",
        "numerator: [underskoterska",
        "C103",
        "numerator: [underskoterska",
    ),
    Wrong("a half-merged file", "\nstaff_groups:", "\n<<<<<<< HEAD\nstaff_groups:", "C103", "<<<<<<< HEAD"),
    Wrong("two ids alike but for capitals", "{id: kaptenen, ", "{id: Brogarden, ", "C201", "id: Brogarden"),
    Wrong(
        "two names alike but for capitals",
        "label: Finansnetto",
        "label: personalkostnader",
        "C222",
        "label: personalkostnader",
    ),
    Wrong("the folder as a key", APPEND, "\nfolder: x\n" + APPEND, "C105", "folder: x"),
    Wrong("a year in quotes", "report_year: 2024", 'report_year: "2204"', "C107", "report_year"),
    Wrong("a time of the day", "start: 2024-01-01", "start: 2024-01-01 12:00:00", "C107", "12:00:00"),
    Wrong(
        "accounts of the balance sheet",
        'first: "9000", last: "9099"',
        'first: "1000", last: "1999"',
        "C205",
        'first: "1000"',
    ),
    Wrong("a followed cost without accounts", '[["4650", "4650"]]', "[]", "C205", "discharge_ready_cost"),
    Wrong("a share of nobody", "numerator: [underskoterska]", "numerator: []", "C213", "nurse_assistants_share_own"),
    Wrong(
        "a share by an indicator that is none of groups",
        "nurse_assistants_share_own",
        "sick_leave_all_forms",
        "C212",
        "indicator_id: sick_leave_all_forms",
    ),
    Wrong("a service without units", "[gruppbostader, servicebostader]", "[]", "C215", "services:"),
    Wrong("sick leave without sjuk", APPEND, "\nchoices: {sick_types: [arbetsskada]}\n" + APPEND, "C216", "sick_types"),
    Wrong(
        "sick leave that is unpaid leave too",
        APPEND,
        "\nchoices: {unpaid_leave_types: [sjuk]}\n" + APPEND,
        "C216",
        "unpaid_leave_types",
    ),
    Wrong(
        "a goal's word as the default of its opposite",
        APPEND,
        "\nchoices: {goal_met: Ej uppfyllt}\n" + APPEND,
        "C222",
        "goal_met",
    ),
    Wrong("a goal's word is empty", APPEND, '\nchoices: {goal_met: ""}\n' + APPEND, "C107", "goal_met"),
    Wrong(
        "a per cent as a fraction",
        APPEND,
        "\nchoices: {control_clean_percent: 0.95, control_negligible_percent: 0.8}\n" + APPEND,
        "C112",
        "control_clean_percent",
    ),
    Wrong("a number in quotes", APPEND, '\nchoices: {relapse_days: "500"}\n' + APPEND, "C107", "relapse_days"),
    Wrong("the region as a similar group", "G176486", "G96190", "C222", "äldreomsorg: {"),
    Wrong(
        "two groups of one name",
        "label: Liknande kommuner LSS",
        "label: Liknande kommuner äldreomsorg",
        "C222",
        "LSS: {",
    ),
    Wrong("the employee's dimension with a nought", 'project: "6"', 'project: "07"', "C218", "sie_dimensions"),
    Wrong("retention of no month", APPEND, "\nretention: {months: {hr: 0}}\n" + APPEND, "C107", "retention"),
    Wrong(
        "a decision of blanks", APPEND, '\nretention: {decision: " ", months: {hr: 24}}\n' + APPEND, "C107", "retention"
    ),
    Wrong(
        "parts of an unknown table",
        APPEND,
        "\nparts: {hr_employment: avdelning}\n" + APPEND,
        "C217",
        "parts:",
        "hr_employments",
    ),
    Wrong(
        "parts by an unknown column",
        APPEND,
        "\nparts: {hr_employments: avdelningen}\n" + APPEND,
        "C217",
        "parts:",
        "avdelning",
    ),
    Wrong(
        "a source removed from the next century on",
        APPEND,
        '\nremoved_sources:\n  - {source: hr, since: "2204", reason: Slut}\n' + APPEND,
        "C112",
        "2204",
    ),
    Wrong(
        "a period of the next century",
        "end: 2024-11-30, until: 2026, indicators: [ic_execution",
        "end: 2124-11-30, until: 2026, indicators: [ic_execution",
        "C112",
        "2124",
    ),
    Wrong("a period of twenty years", "start: 2023-12-01", "start: 2003-12-01", "C112", "start: 2003-12-01"),
    Wrong(
        "an annual report of half a year",
        "{kind: arsbokslut}",
        "{kind: arsbokslut, through: 2024-06}",
        "C219",
        "through: 2024-06",
    ),
    Wrong(
        "a decision that is to come",
        "decided_on: 2024-12-31",
        "decided_on: 2204-12-31",
        "C221",
        "2204-12-31",
    ),
    Wrong(
        "an exemption twice",
        "indicator: dv_ended_studies_persons",
        "indicator: dv_started_studies_persons",
        "C221",
        "indicator: dv_started_studies_persons",
        occurrence=2,
    ),
    Wrong("a reason of blanks", "reason: Kolada har redan", 'reason: " " #', "C107", 'reason: " "'),
    Wrong(
        "a limit above the one that it sharpens",
        "disclosure:\n",
        "disclosure:\n  limits: {staff_health: 25}\n",
        "C112",
        "staff_health: 25",
    ),
    Wrong(
        "a limit that hides everything", "disclosure:\n", "disclosure:\n  limits: {persons: 50000}\n", "C107", "50000"
    ),
    Wrong("a text of bytes", "name: Hemtjänst\n", "name: !!binary aGVq\n", "C108", "!!binary"),
    Wrong("a text with its line's end", "name: Hemtjänst\n", "name: |\n      Hemtjänst\n", "C107", "name: |"),
    Wrong("a second document", "\nstaff_groups:", "\n---\nstaff_groups:", "C103", "---"),
    Wrong(
        "a minus before a part",
        "sum_of: [income, personnel",
        "sum_of: [income, -personnel",
        "C202",
        "-personnel_costs",
        "personnel_costs",
    ),
    Wrong("a followed cost runs backwards", '[["7400", "7499"]]', '[["7499", "7400"]]', "C206", "hired_staff_cost"),
    Wrong("a number in base sixty", "start: 2024-01-01", "start: 12:30:00", "C108", "12:30:00"),
    # outlines
    Wrong(
        "an outline's unknown indicator",
        "indicator: homecare_index,",
        "indicator: homecare_indx,",
        "C212",
        "homecare_indx",
        "homecare_index",
        folder=HELSINGBORG,
        file="reports/arsbokslut.yaml",
    ),
    Wrong(
        "an outline's unknown line",
        "lines: [income]",
        "lines: [incomes]",
        "C202",
        "lines: [incomes]",
        "income",
        file="reports/arsbokslut.yaml",
    ),
    Wrong(
        "an outline's unknown department",
        "org_unit: aldreboende",
        "org_unit: äldreboende",
        "C215",
        "org_unit: äldreboende",
        "aldreboende",
        file="reports/genomlysning.yaml",
    ),
    Wrong(
        "an outline's unknown staff group",
        "staff_group: socialsekreterare",
        "staff_group: socialsekreterar",
        "C213",
        "staff_group: socialsekreterar,",
        "socialsekreterare",
        file="reports/genomlysning.yaml",
    ),
)


def folder_of(tmp_path: Path, name: str = ALINGSAS) -> Path:
    """A copy of a demonstration municipality's folder, that of Alingsås with periods that no control delivers."""
    folder = Path(shutil.copytree(ROOT / "municipalities" / name, tmp_path / "municipalities" / name))
    if name == ALINGSAS:
        path = folder / "municipality.yaml"
        text = path.read_text(encoding="utf-8")
        # choices are what many of the cases add
        assert CHOICES in text
        path.write_text(text.replace(CHOICES, EXTRA_PERIODS), encoding="utf-8")
    return folder


def told(folder: Path) -> tuple[Mistake, ...]:
    """All mistakes of a folder that must have some."""
    with pytest.raises(ConfigurationError) as caught:
        load_municipality(folder)
    assert all(mistake.sentence() in str(caught.value) for mistake in caught.value.mistakes)
    return caught.value.mistakes


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.why)
def test_a_wrong_configuration_is_told_with_line_and_right_word(wrong: Wrong, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, wrong.folder)
    path = folder / wrong.file
    text = path.read_text(encoding="utf-8")
    assert wrong.old in text, "the row of the table does nothing"
    text = text.replace(wrong.old, wrong.new, 1)
    path.write_text(text, encoding="utf-8")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if wrong.at in line]
    found = told(folder)
    mine = [mistake for mistake in found if mistake.rule == wrong.rule and mistake.line == lines[wrong.occurrence - 1]]
    assert mine, f"{wrong.rule} of line {lines[wrong.occurrence - 1]} is not among {[one.sentence() for one in found]}"
    assert mine[0].file == str(path) and mine[0].nearest == wrong.word, mine[0]
    assert f"{path}, line {mine[0].line}" in mine[0].sentence()


def test_there_are_forty_and_more() -> None:
    assert len({wrong.why for wrong in WRONG}) == len(WRONG) >= 40


@pytest.mark.parametrize(
    ("old", "new", "told_of"),
    [
        (
            "title: Årsbokslut {year}",
            "title: Årsbokslut {yaer}",
            r"line 3, title: found '\{yaer\}'.*Did you mean 'year'",
        ),
        ("anchor: mal-3", "anchor: mal-33", r"line 7, highlights\[0\].anchor: found 'mal-33'.*Did you mean 'mal-"),
        (
            '"Under {year} har {} nya',
            '"Under {year} har nya',
            r"line 19, .*one \{\} in the text for each of the 1 figures, not 0",
        ),
        ("age_band=0-29", "age_band", r"breakdown: found 'age_band'; expected a dimension and its value"),
        ("- id: mal-2", "- id: mal-1", r"line 47, .*the section 'mal-1' again; expected it once \(line 34\)"),
        (
            "  - id: internkontroll\n",
            "  - internkontroll\n  - id: internkontroll\n",
            r"line 92, sections\[3\]: found 'internkontroll'",
        ),
        (
            "  - id: internkontroll\n",
            "  - from: genomlysnin/volymer\n  - id: internkontroll\n",
            r"line 92, sections\[3\].from: found 'genomlysnin/volymer'.*Did you mean 'genomlysning'",
        ),
        (
            "  - id: internkontroll\n",
            "  - from: manadsuppfoljning/volumer\n  - id: internkontroll\n",
            r"line 92, sections\[3\].from: .*Did you mean 'volymer'",
        ),
        (
            "table_id: arbetsskador_tillbud",
            "table_id: personalstatistik",
            r"line 2\d\d, .*the table 'personalstatistik' again",
        ),
        ("by: staff_group", "by: staffgroup", r"line 2\d\d, .*by: found 'staffgroup'; expected 'staff_group'"),
        ("years: 2}", "years: 0}", r"years: found '0'; expected 1 or more"),
        ("decimals: 1, unit_suffix", "decimals: -1, unit_suffix", r"decimals: found '-1'; expected 0 or more"),
        ("kind: arsbokslut\n", "kind: delarsbokslut\n", r"line 2, kind: found 'delarsbokslut'; expected 'arsbokslut'"),
    ],
)
def test_an_outline_that_cannot_be_meant_is_told_with_its_line(
    old: str, new: str, told_of: str, tmp_path: Path
) -> None:
    path = folder_of(tmp_path) / "reports" / "arsbokslut.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=f"C301: .*{told_of}"):
        checked(tmp_path / "municipalities")


def test_a_section_that_the_platform_takes_over_itself_can_be_taken(tmp_path: Path) -> None:
    path = folder_of(tmp_path) / "reports" / "delarsbokslut.yaml"
    path.write_text("kind: delarsbokslut\ntitle: Delår\nsections:\n  - from: ekonomi\n", encoding="utf-8")
    checked(tmp_path / "municipalities")
    path.write_text(
        path.read_text(encoding="utf-8") + "    replace: [{id: ekonomi-radr, heading: Rader}]\n", encoding="utf-8"
    )
    with pytest.raises(ConfigurationError, match=r"line 5, sections\[0\].replace\[0\]: .*Did you mean 'ekonomi-rader'"):
        checked(tmp_path / "municipalities")


def test_a_text_with_a_name_that_nothing_fills_in_is_told(tmp_path: Path) -> None:
    path = folder_of(tmp_path) / "texts" / "2024" / "arsbokslut" / "drift.md"
    path.write_text("Ekonomin\n\nUnder {year} ökade kostnaderna.\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"C302: .*drift.md, line 3: found '\{year\}'"):
        checked(tmp_path / "municipalities")


@pytest.mark.parametrize("name", [ALINGSAS, HELSINGBORG])
def test_the_demonstrations_configurations_pass(name: str, tmp_path: Path) -> None:
    assert load_municipality(folder_of(tmp_path, name)).id == name[:4]


def test_a_municipality_with_kolada_only_passes(tmp_path: Path) -> None:
    folder = tmp_path / "1480-goteborg"
    folder.mkdir()
    (folder / "municipality.yaml").write_text(KOLADA_ONLY, encoding="utf-8")
    assert load_municipality(folder).departments == ()


def test_what_is_expected_is_said_without_the_schemas_terms(tmp_path: Path) -> None:
    path = folder_of(tmp_path) / "municipality.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in {
        'id: "1489"': "id: “1489”",
        '[["72000", "72999"]]': '["72000", "72999"]',
        "start: 2024-01-01": "start: 01/02/2024",
    }.items():
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    expected = {mistake.where: mistake.expected for mistake in told(path.parent) if mistake.rule == "C107"}
    assert expected["id"] == 'four digits in straight quotes, as "1489"'
    assert expected["departments[1].cost_centres[0]"] == "a list, as [a, b]"
    assert expected["extra_periods[0].start"] == "a day of the calendar, as 2024-01-31"


def test_letters_are_read_alike_however_they_are_composed(tmp_path: Path) -> None:
    path = folder_of(tmp_path) / "municipality.yaml"
    path.write_text(unicodedata.normalize("NFD", path.read_text(encoding="utf-8")), encoding="utf-8")
    assert load_municipality(path.parent).departments[0].name == "Hemtjänst"


def test_two_municipalities_have_two_organisation_numbers(tmp_path: Path) -> None:
    folder_of(tmp_path, HELSINGBORG)
    path = folder_of(tmp_path) / "municipality.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("212000-1553", "212000-1157"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"C111.*line 6.*1283-helsingborg"):
        load_municipalities(tmp_path / "municipalities")


def without(values: dict[str, Any], *keys: str) -> None:
    for key in keys:
        values.pop(key, None)


def lerum(values: dict[str, Any]) -> None:
    """Another municipality, with departments and outlines of its own."""
    values.update(id="1441", name="Lerum", organisation_number="212000-1447", board="Socialnämnden")
    values["departments"] = [
        {"id": "vo", "name": "Vård och omsorg", "cost_centres": [["400", "599"]], "units": []},
        {
            "id": "stod",
            "name": "Stöd",
            "cost_centres": [["600", "699"], ["6000", "6999"]],
            "units": [{"id": "dv", "name": "Stab"}],
        },
    ]
    values["staff_shares"] = []


def only_ledger_and_hr(values: dict[str, Any]) -> None:
    without(values, "staff_shares", "extra_periods", "disclosure", "choices")
    others = [source for source in DELIVERED_SOURCES if source not in ("hr", "ledger")]
    values["removed_sources"] = [{"source": source, "since": "2020", "reason": "Levereras inte"} for source in others]
    for department in values["departments"]:
        department["units"] = []


def codes_with_a_letter_and_one_group_for_all(values: dict[str, Any]) -> None:
    values["departments"][0]["cost_centres"] = [["A1000", "A1999"]]
    own = {"group_id": "G12345", "label": "Våra grannar"}
    values["comparison_groups"]["similar"] = {"äldreomsorg": dict(own), "LSS": dict(own)}


def limits_and_words_of_its_own(values: dict[str, Any]) -> None:
    values["disclosure"]["limits"] = {"persons": 3, "staff_health": 21, "survey": 7}
    values["choices"] = {
        "goal_met": "Ja",
        "goal_partly_met": "Nej",
        "goal_not_met": "Nej",
        "sick_types": ["sjuk"],
        "relapse_days": 0,
    }
    values["retention"] = {"decision": "", "months": {"hr": 1, "ledger": 120}}
    values["parts"] = {"hr_employments": "avdelning"}
    values["reports"] = []


@pytest.mark.parametrize(
    "vary",
    [lerum, only_ledger_and_hr, codes_with_a_letter_and_one_group_for_all, limits_and_words_of_its_own],
    ids=lambda vary: vary.__name__,
)
def test_right_configurations_of_another_kind_pass(vary: Callable[[dict[str, Any]], None], tmp_path: Path) -> None:
    values = yaml.safe_load((ROOT / "municipalities" / ALINGSAS / "municipality.yaml").read_text(encoding="utf-8"))
    values["reports"] = [{"kind": "genomlysning"}, {"kind": "manadsuppfoljning", "through": "2024-12"}]
    vary(values)
    folder = tmp_path / f"{values['id']}-kommun"
    folder.mkdir()
    (folder / "municipality.yaml").write_text(
        yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    assert set(checked(tmp_path)) == {values["id"]}


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    path = folder / "municipality.yaml"
    text = path.read_text(encoding="utf-8")
    edits = {
        "report_year: 2024": "report_year: tjugofyra",
        "line: premises_rent": "line: premise_rent",
        "212000-1553": "212000-1543",
    }
    for old, new in edits.items():
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    assert {"C107", "C202", "C111"} <= {mistake.rule for mistake in told(folder)}


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_told(encoding: str, tmp_path: Path) -> None:
    path = folder_of(tmp_path) / "municipality.yaml"
    text = path.read_text(encoding="utf-8").replace("–", "-")
    path.write_text(text, encoding=encoding)
    (mistake,) = [one for one in told(path.parent) if one.rule == "C102"]
    first = next(number for number, line in enumerate(text.splitlines(), start=1) if not line.isascii())
    assert mistake.line == (first if encoding == "latin-1" else 1) and mistake.file == str(path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = folder_of(tmp_path) / "municipality.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().split(b"report.\n")[-1])
    assert load_municipality(path.parent).id == "1489"


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "- a list\n", "just words\n"])
def test_an_empty_file_is_told_with_its_path(content: str, tmp_path: Path) -> None:
    path = folder_of(tmp_path) / "municipality.yaml"
    path.write_text(content, encoding="utf-8")
    assert [(one.rule, one.file) for one in told(path.parent)] == [("C101", str(path))]


@pytest.mark.parametrize(
    "name", ["municipality.yml", "municipality.YAML", "Municipality.yaml", "municipality.yaml.txt"]
)
def test_a_file_of_nearly_the_right_name_is_told_instead_and_beside(name: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    shutil.copy(folder / "municipality.yaml", folder / name)
    (beside,) = told(folder)
    assert beside.rule == "C101" and beside.file == str(folder / name) and beside.nearest == "municipality.yaml"
    (folder / "municipality.yaml").unlink()
    (instead,) = told(folder)
    assert instead.rule == "C101" and name in instead.found and instead.nearest == "municipality.yaml"
    with pytest.raises(ConfigurationError, match="C101"):
        load_municipalities(folder.parent)


def test_an_empty_and_a_missing_folder_are_told_with_their_path(tmp_path: Path) -> None:
    (tmp_path / "1489-alingsas").mkdir()
    for folder in (tmp_path / "1489-alingsas", tmp_path / "1283-helsingborg"):
        (mistake,) = told(folder)
        assert mistake.rule == "C101" and mistake.file.startswith(str(folder))
    with pytest.raises(ConfigurationError, match="1489-alingsas"):
        load_municipalities(tmp_path)
    with pytest.raises(ConfigurationError, match="nowhere"):
        load_municipalities(tmp_path / "nowhere")


def test_the_folders_name_and_the_id_agree_and_an_id_has_one_folder(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    folder.rename(folder.with_name("1480-alingsas"))
    (mistake,) = told(folder.with_name("1480-alingsas"))
    assert mistake.rule == "C109" and "1480-alingsas" in mistake.found
    folder.with_name("1480-alingsas").rename(folder)
    shutil.copytree(folder, folder.with_name("1489-kopia"))
    with pytest.raises(ConfigurationError, match=r"C109.*1489"):
        load_municipalities(folder.parent)


def test_the_mistakes_of_all_municipalities_are_told_together(tmp_path: Path) -> None:
    for name in (ALINGSAS, HELSINGBORG):
        path = folder_of(tmp_path, name) / "municipality.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("report_year", "reportyear"), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_municipalities(tmp_path / "municipalities")
    assert {ALINGSAS, HELSINGBORG} <= {Path(one.file).parent.name for one in caught.value.mistakes}


@pytest.mark.parametrize(
    ("made", "word"),
    [
        ("report/arsbokslut.yaml", "reports"),
        ("text/arsbokslut/drift.md", "texts"),
        ("reports/arsbokslut.yml", "arsbokslut.yaml"),
        ("reports/årsbokslut.yaml", "arsbokslut.yaml"),
        ("texts/2024/delarsboksslut/drift.md", "delarsbokslut"),
        ("texts/2024/arsbokslut/drift.txt", "drift.md"),
    ],
)
def test_a_file_that_nothing_would_read_is_told(made: str, word: str, tmp_path: Path) -> None:
    path = folder_of(tmp_path) / made
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("kind: arsbokslut\n", encoding="utf-8")
    (mistake,) = told(tmp_path / "municipalities" / ALINGSAS)
    assert mistake.rule == "C110" and mistake.nearest == word and mistake.file.startswith(str(path.parent.parent))


def test_a_corrected_file_is_read_anew(tmp_path: Path) -> None:
    path = folder_of(tmp_path) / "municipality.yaml"
    right = path.read_text(encoding="utf-8")
    path.write_text(right.replace("line: premises_rent", "line: premise_rent"), encoding="utf-8")
    told(path.parent)
    path.write_text(right, encoding="utf-8")
    load_municipality(path.parent)
    outline = path.parent / "reports" / "arsbokslut.yaml"
    outline.write_text(
        outline.read_text(encoding="utf-8").replace("lines: [income]", "lines: [incom]"), encoding="utf-8"
    )
    assert [one.rule for one in told(path.parent)] == ["C202"]


def test_the_code_location_loads_and_shows_the_mistakes(tmp_path: Path) -> None:
    """A location that does not load has no sensors, and so nobody who tells of it."""
    path = folder_of(tmp_path) / "municipality.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("line: premises_rent", "line: premise_rent"), encoding="utf-8"
    )
    settings = Settings(
        "demo", tmp_path / "home", "inprocess://demo.kolada.app/v3", municipalities=tmp_path / "municipalities"
    )
    repository = build_defs(settings).get_repository_def()
    described = repository.asset_graph.get(dg.AssetKey("configuration")).description or ""
    assert "premise_rent" in described and "line 70" in described and "'premises_rent'" in described
    result = (
        build_defs(settings)
        .resolve_implicit_global_asset_job_def()
        .execute_in_process(
            asset_selection=[dg.AssetKey("configuration")],
            raise_on_error=False,
            instance=dg.DagsterInstance.ephemeral(),
        )
    )
    [failure] = [event for event in result.all_events if event.is_step_failure]
    assert "Did you mean 'premises_rent'?" in str(failure.event_specific_data)


def test_the_demonstration_stops_before_it_makes_anything(tmp_path: Path) -> None:
    root = Path(shutil.copytree(ROOT / "municipalities", tmp_path / "municipalities"))
    path = root / ALINGSAS / "reports" / "arsbokslut.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("block: sentences", "block: sentencs", 1), encoding="utf-8"
    )
    with pytest.raises(ConfigurationError, match=r"C301.*line 17.*Did you mean 'sentences'"):
        checked(root)
    path.unlink()
    with pytest.raises(ConfigurationError, match=r"C302.*'bilaga-2'"):  # the platform's outline has no such section
        checked(root)
    shutil.copy(ROOT / "municipalities" / ALINGSAS / "reports" / path.name, path)
    (root / ALINGSAS / "texts" / "2024" / "arsbokslut" / "mal-9.md").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"C302.*mal-9"):
        checked(root)


def test_the_schema_for_editors_is_up_to_date_and_named_by_both_files() -> None:
    committed = json.loads((ROOT / "municipalities" / "municipality.schema.json").read_text(encoding="utf-8"))
    assert committed == json_schema(), "run: genomlysning generate"
    of_mappings = json.loads((ROOT / "municipalities" / "mapping.schema.json").read_text(encoding="utf-8"))
    assert of_mappings == mapping_schema(), "run: genomlysning generate"
    for name in (ALINGSAS, HELSINGBORG):
        first = (ROOT / "municipalities" / name / "municipality.yaml").read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../municipality.schema.json"


def test_the_page_of_the_rules_is_up_to_date() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert page == rules_markdown(), "run: genomlysning generate"
    assert all(number in page for number in RULES)


def test_every_pattern_of_the_schemas_is_told_in_words() -> None:
    """Else the person who must mend it is shown a regular expression."""

    def patterns(schema: Any) -> set[str]:
        below = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
        own = {schema["pattern"]} if isinstance(schema, dict) and isinstance(schema.get("pattern"), str) else set()
        return own.union(*map(patterns, below))

    schemas = (Municipality, SeriesSpec, MappingSpec)
    asked = set[str]().union(*(patterns(schema.model_json_schema()) for schema in schemas))
    [of_ids] = (one.pattern for one in SectionSpec.model_fields["id"].metadata if hasattr(one, "pattern"))
    assert asked | {of_ids} == set(PATTERNS)
