"""A red check says what is wrong without a click: file, row, column, rule, found, expected; of the table that it is
about, and briefly.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from expectations.gate import Gate, Outcome
from ingestion.contracts import table, tables
from ingestion.findings import Finding
from ingestion.lake import Lake, Rejected
from ingestion.monitoring.concerns import concerns_of_loads
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.readers.recognition import NoTable, recognise
from orchestration import loads
from orchestration.concerns import summary
from testkit.small_extracts import alingsas, make, write_csv

EMPLOYMENTS = table("hr", "employments")
MARCH = "2024-03"


class Office:
    """An inbox, what became of what was delivered to it, and what the checks of HR's tables say."""

    def __init__(self, root: Path) -> None:
        self.lake, self.rejected, self.inbox = Lake(root / "lake"), Rejected(root / "rejected"), root / "inbox"
        self.outcomes: list[Outcome] = []

    def path(self, name: str) -> Path:
        path = self.inbox / "1489-alingsas" / "hr" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def deliver(self, name: str, text: str) -> None:
        self.path(name).write_text(text, encoding="utf-8")
        with self.lake.writer():
            self.outcomes = Gate(
                self.lake, self.rejected, {"1489": alingsas()}, Pseudonymiser(b"k" * 32), lambda _: None
            ).take_in("hr", self.inbox)

    def extract(self, **headers: str) -> str:
        """An extract of employments with some headers called otherwise."""
        path = write_csv(self.path("made.csv"), EMPLOYMENTS, make(EMPLOYMENTS, MARCH))
        first, _, rest = path.read_text(encoding="utf-8-sig").partition("\n")
        path.unlink()
        return ";".join(headers.get(name, name) for name in first.strip().split(";")) + "\n" + rest

    def checks(self) -> dict[str, str]:
        """Descriptions of the red and yellow checks, by table."""
        unresolved = self.rejected.unresolved(self.lake)
        made = [(of.name, loads._check(of, self.lake.in_force(), unresolved, self.outcomes)) for of in tables("hr")]
        return {name: str(check.description) for name, check in made if not check.passed}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_red_check_says_file_row_column_rule_found_and_expected(office: Office) -> None:
    office.deliver(
        "hr 2024-03.csv", office.extract().replace(";75,", ";175,", 1).replace(";tillsvidare;", ";for alltid;", 1)
    )
    [(name, said)] = office.checks().items()
    assert name == "employments"
    assert said.startswith("1 rejected delivery is not mended; the last accepted loads stay in force. ")
    [errors] = [outcome.findings for outcome in office.outcomes]
    assert errors[0].sentence() in said and errors[0].row and errors[0].column
    assert said.endswith(f"(and {len(errors) - 1} more)") == (len(errors) > 1)


def test_the_newest_rejection_comes_first(office: Office) -> None:
    office.deliver("first.csv", office.extract(avdelning="enheten"))
    office.deliver("second.csv", office.extract(avdelning="enheten"))
    assert "2 rejected deliveries are not mended" in office.checks()["employments"]
    assert "second.csv" in office.checks()["employments"] and "first.csv" not in office.checks()["employments"]


def test_what_is_told_is_short_and_names_nobody(office: Office) -> None:
    long = Finding("R1", "error", "a.csv", "x" * 2000, "y", "z", 3, "c")
    assert len(loads.first_finding([long, long])) < loads.LONGEST_SENTENCE + 20
    assert "\n" not in loads.first_finding([replace(long, found="x\n\n# y")])
    office.deliver("Eva Svensson.csv", office.extract(avdelning="enheten"))
    [concern] = concerns_of_loads(office.lake, office.rejected, {"1489": alingsas()}, None)
    for said in (*office.checks().values(), summary([concern])):
        assert "Aaa Aaaaaaaa.csv, row 1, column avdelning" in said and "Svensson" not in said


def test_the_concerns_check_says_the_first_finding_of_a_rejected_delivery(office: Office) -> None:
    office.deliver("a.csv", office.extract(avdelning="enheten"))
    concerns = concerns_of_loads(office.lake, office.rejected, {"1489": alingsas()}, None)
    said = summary(concerns)
    assert said.startswith("1 stand: rejected. First: a delivery of hr.employments, 1489 was rejected (R111), since ")
    assert "R111: a.csv, row 1, column avdelning: found no such column; expected the column avdelning" in said
    assert "a.csv" not in concerns[0].what + concerns[0].advice, "what is sent names no file"


def test_headers_of_no_table_name_the_nearest_and_what_it_lacks_and_colour_its_check_only(office: Office) -> None:
    """A foreign export of employments: a smaller table shares more of its few columns, and is yet not what it is."""
    office.deliver(
        "a.csv",
        "kommun;period;anstallningsid;personnummer;befattning;aid;grad;Eva Svensson\n1489;2024-03;A1;;Usk;1;75;x\n",
    )
    [outcome] = office.outcomes
    assert outcome.state == "rejected" and outcome.table is EMPLOYMENTS and outcome.findings[0].rule == "R110"
    [(name, said)] = office.checks().items()
    assert name == "employments"
    lacks = "namn, avdelning, enhet, ansvar, anstallningsform, loneform, sysselsattningsgrad, heltidsmatt and 4 more"
    assert f"nearest: hr_employments; missing: {lacks}; not known: 'grad', a text of the shape 'aaa aaaaaaaa'. " in said


def test_what_every_table_has_makes_none_the_nearest(office: Office) -> None:
    office.deliver("a.csv", "kommun;period;x;y\n1489;2024-03;1;2\n")
    assert len(office.checks()) == len(tables("hr"))


def test_ties_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("kommun;ar;ordning;nyckeltal;x\n", encoding="utf-8")
    with pytest.raises(
        NoTable, match="nearest: goals_indicators, and as near goals_measures; missing for goals_indicators: malid"
    ) as caught:
        recognise(tmp_path / "a.csv", "goals")
    assert caught.value.nearest is table("goals", "indicators")


def test_a_file_of_another_source_is_sent_there(office: Office) -> None:
    budget = table("ledger", "budget")
    office.deliver("a.csv", ";".join(column.header for column in budget.columns) + "\n")
    [outcome] = office.outcomes
    assert "these are ledger_budget's: the folder of ledger" in outcome.findings[0].expected


def test_a_file_without_headers_is_not_quoted(office: Office) -> None:
    office.deliver("a.csv", "1489;2024-03;A1;19800101-0001;Svensson;Usk\n")
    assert "Svensson" not in str(office.checks()) and "nearest" not in str(office.checks())
