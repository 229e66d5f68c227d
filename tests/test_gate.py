"""From inbox to lake: accepted, unchanged, replaced, rejected, and nothing that one file does to another."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from expectations import gate
from expectations.gate import Gate, Outcome, TakeInFailed, judge_and_accept
from expectations.judge import Verdict
from ingestion.configuration.municipality import Municipality
from ingestion.contracts import table
from ingestion.lake import Candidate, Lake, Rejected, Rejection
from ingestion.privacy.pseudonyms import Pseudonymiser
from testkit.small_extracts import MAKERS, Row, alingsas, candidate, make, personnummer, write_csv

MARCH, FEBRUARY = "2024-03", "2024-02"


@dataclass
class Office:
    """A municipality's inbox, a lake, and what the gate said."""

    root: Path
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lake, self.rejected = Lake(self.root / "lake"), Rejected(self.root / "rejected")

    def path(self, source: str, file: str) -> Path:
        return self.root / "inbox" / "1489-alingsas" / source / file

    def deliver(self, full_name: str, period: str, rows: list[Row] | None = None, file: str | None = None) -> Path:
        of = table(*full_name.split("_", 1))
        return write_csv(self.path(of.source, file or f"{of.name}.csv"), of, make(of, period) if rows is None else rows)

    def take_in(self, source: str = "hr") -> list[Outcome]:
        with self.lake.writer():
            return Gate(
                self.lake, self.rejected, {"1489": alingsas()}, Pseudonymiser(b"k" * 32), self.said.append
            ).take_in(source, self.root / "inbox")

    def release(self, rejection: Rejection, by: str, reason: str) -> list[Outcome]:
        known = {"1489": alingsas()}
        with self.lake.writer():
            return gate.Gate(self.lake, self.rejected, known, Pseudonymiser(b"k" * 32), self.said.append).release(
                rejection, by, reason
            )

    def waiting(self) -> list[str]:
        return sorted(path.name for path in (self.root / "inbox").rglob("*") if path.is_file())

    def force(self) -> dict[tuple[str, str], str]:
        return {(load.table, load.period): load.load_id for load in self.lake.in_force()}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def states(outcomes: list[Outcome]) -> list[tuple[str, str | None, str]]:
    return [
        (outcome.table.name if outcome.table else outcome.file, outcome.period, outcome.state) for outcome in outcomes
    ]


def test_deliveries_are_judged_in_order_of_tables_then_periods_and_leave_the_inbox(office: Office) -> None:
    for name in ("hr_time_records", "hr_absences", "hr_employments"):
        for period in (MARCH, FEBRUARY):
            office.deliver(name, period, file=f"{name[3:]} {period}.csv")
    outcomes = office.take_in()
    assert states(outcomes) == [
        (name, period, "accepted")
        for name in ("employments", "absences", "time_records")
        for period in (FEBRUARY, MARCH)
    ]
    assert not any(finding for outcome in outcomes for finding in outcome.findings), office.said
    assert office.waiting() == [] and office.rejected.all() == []
    assert [load.suite["rules"] for load in office.lake.loads()] == [
        len(outcome.verdict.results) for outcome in outcomes if outcome.verdict
    ]
    assert office.said[0].startswith("accepted: hr_employments 1489 2024-02 (employments 2024-02.csv, 30 rows")


def test_files_of_several_municipalities_are_settled_in_order_and_each_is_judged_by_its_own_month_before(
    office: Office,
) -> None:
    of, other = table("hr", "employments"), alingsas().model_copy(update={"id": "1440", "name": "Ale"})
    rows = {id_: [{**row, "municipality_id": id_} for row in make(of, FEBRUARY)] for id_ in ("1489", "1440")}
    late = {"1489": rows["1489"], "1440": rows["1440"][:10]}  # a third of the month before: drift
    for id_, of_month_before in rows.items():
        for period, delivered in ((FEBRUARY, of_month_before), (MARCH, late[id_])):
            path = office.root / "inbox" / f"{id_}-kommun" / "hr" / f"{period}.csv"
            os.utime(write_csv(path, of, [{**row, "period": period} for row in delivered]), (0, int(id_)))
    with office.lake.writer():
        outcomes = Gate(
            office.lake, office.rejected, {"1489": alingsas(), "1440": other}, Pseudonymiser(b"k" * 32), print
        ).take_in("hr", office.root / "inbox")
    told = [
        (outcome.period, outcome.municipality_id, sorted({finding.rule for finding in outcome.findings}))
        for outcome in outcomes
    ]
    # Both months of March are told from February's, the whole one as February's own rows, the other as a part of them.
    assert told == [
        (FEBRUARY, "1440", []),
        (FEBRUARY, "1489", []),
        (MARCH, "1440", ["D101", "D102", "D205"]),
        (MARCH, "1489", ["G110"]),
    ]
    assert [(load.municipality_id, load.sequence) for load in office.lake.loads()] == [("1440", 1), ("1489", 2)]


def test_control_totals_are_taken_in_before_the_transactions_that_they_judge(office: Office) -> None:
    office.deliver("ledger_transactions", MARCH, file="a.csv")
    office.deliver("ledger_control_totals", MARCH, file="b.csv")
    assert [state for _, _, state in states(office.take_in("ledger"))] == ["accepted", "accepted"]


def test_the_same_content_is_taken_in_once_also_in_another_order_and_under_another_name(office: Office) -> None:
    office.deliver("hr_employments", MARCH)
    [first] = office.take_in()
    office.deliver("hr_employments", MARCH, make(table("hr", "employments"), MARCH)[::-1], "igen.csv")
    [second] = office.take_in()
    assert second.state == "unchanged" and second.load == first.load and second.verdict is None
    assert office.waiting() == [] and len(office.lake.loads()) == 1
    assert not list((office.root / "lake" / ".incoming").glob("*"))


def test_other_content_for_the_period_replaces_it_and_an_earlier_content_comes_back(office: Office) -> None:
    rows = make(table("hr", "employments"), MARCH)
    loads = []
    for delivered in (rows, [{**row, "title": "Vårdbiträde"} for row in rows], rows):
        office.deliver("hr_employments", MARCH, delivered)
        [outcome] = office.take_in()
        assert outcome.state == "accepted" and outcome.load
        loads.append(outcome.load)
    assert [load.load_id for load in office.lake.in_force()] == [loads[2].load_id]
    assert loads[0].content_hash == loads[2].content_hash and len(office.lake.loads()) == 3


def test_a_rejected_delivery_goes_to_rejected_with_its_reasons_and_the_last_accepted_stays(office: Office) -> None:
    office.deliver("hr_employments", MARCH)
    office.take_in()
    before = office.force()
    rows = make(table("hr", "employments"), MARCH)
    rows[3]["degree"] = 120
    office.deliver("hr_employments", MARCH, rows, "fel.csv")
    [outcome] = office.take_in()
    assert outcome.state == "rejected" and outcome.load is None and outcome.verdict and not outcome.verdict.accepted
    assert office.force() == before and office.waiting() == []
    [rejection] = office.rejected.all()
    assert (rejection.table, rejection.municipality_id, rejection.period, rejection.file) == (
        "employments",
        "1489",
        MARCH,
        "fel.csv",
    )
    assert [(finding.rule, finding.row) for finding in rejection.findings] == [("G103", 5)]
    assert (office.root / "rejected" / rejection.rejection_id / "raw" / "fel.csv").exists()
    assert office.rejected.unresolved(office.lake) == [rejection]
    assert any("G103: fel.csv, row 5, column sysselsattningsgrad" in line for line in office.said)
    assert not list((office.root / "lake" / ".incoming").glob("*"))


def test_one_bad_file_never_stops_the_others(office: Office) -> None:
    office.path("hr", "skräp.csv").parent.mkdir(parents=True)
    office.path("hr", "skräp.csv").write_bytes(b"\x00\x01")
    office.deliver("hr_employments", MARCH, file="bra.csv")
    other = make(table("hr", "other_employments"), MARCH)
    other[1]["employment_form"] = "fast"
    office.deliver("hr_other_employments", MARCH, other, "dålig.csv")
    office.deliver("hr_time_records", MARCH, file="också bra.csv")
    assert {(outcome.file, outcome.state) for outcome in office.take_in()} == {
        ("skräp.csv", "rejected"),
        ("bra.csv", "accepted"),
        ("dålig.csv", "rejected"),
        ("också bra.csv", "accepted"),
    }
    assert office.waiting() == []


def test_a_fault_of_the_machine_leaves_the_file_keeps_the_accepted_and_is_raised(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deliver("hr_employments", MARCH, file="a.csv")
    office.deliver("hr_absences", MARCH, file="b.csv")
    office.deliver("hr_time_records", MARCH, file="c.csv")
    judge = gate.judge

    def full_disk(made: Candidate, municipality: Municipality | None, lake: Lake) -> Verdict:
        if made.table.name == "absences":
            raise OSError("no space left")
        return judge(made, municipality, lake)

    monkeypatch.setattr(gate, "judge", full_disk)
    with pytest.raises(TakeInFailed, match=r"b\.csv: OSError") as failed:
        office.take_in()
    assert office.waiting() == ["b.csv"] and set(office.force()) == {("employments", MARCH), ("time_records", MARCH)}
    assert [outcome.state for outcome in failed.value.outcomes] == ["accepted", "accepted"]
    monkeypatch.undo()
    assert states(office.take_in()) == [("absences", MARCH, "accepted")]


def test_an_unforeseen_exception_of_a_reader_sets_its_file_aside_and_holds_back_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deliver("hr_employments", MARCH, file="a.csv")
    office.deliver("hr_absences", MARCH, file="b.csv")
    office.deliver("hr_time_records", MARCH, file="c.csv")
    read, judge = gate.read_delivery, gate.judge

    def stumbles(path: Path, *others: Any) -> list[Candidate]:
        if path.name == "b.csv":
            return [][int(personnummer(7)[:4])]
        return read(path, *others)

    def stumbles_later(made: Candidate, municipality: Municipality | None, lake: Lake) -> Verdict:
        if made.table.name == "time_records":
            raise KeyError(personnummer(7))
        return judge(made, municipality, lake)

    monkeypatch.setattr(gate, "read_delivery", stumbles)
    monkeypatch.setattr(gate, "judge", stumbles_later)
    outcomes = {outcome.file: outcome for outcome in office.take_in()}
    assert {file: outcome.state for file, outcome in outcomes.items()} == {
        "a.csv": "accepted",
        "b.csv": "rejected",
        "c.csv": "rejected",
    }
    assert (
        office.waiting() == []
        and len(office.rejected.all()) == 2
        and not list((office.root / "lake" / ".incoming").glob("*"))
    )
    for file, kind, of in (("b.csv", "IndexError", "absences"), ("c.csv", "KeyError", "time_records")):
        [finding] = outcomes[file].findings
        assert finding.rule == "R130" and f"{kind} at test_gate.py" in finding.found and "Report this" in finding.advice
        assert personnummer(7) not in "\n".join(office.said) + finding.sentence()
        told_of = outcomes[file].table
        assert told_of and told_of.name == of


def test_a_file_at_which_even_its_headers_stumble_is_set_aside(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.deliver("hr_employments", MARCH, file="a.csv")

    def stumbles(*_: Any) -> Any:
        raise IndexError

    monkeypatch.setattr(gate, "read_delivery", stumbles)
    monkeypatch.setattr(gate, "recognise", stumbles)
    [outcome] = office.take_in()
    assert (outcome.state, outcome.table, outcome.findings[0].rule) == ("rejected", None, "R130")


def test_hidden_and_unfinished_files_and_folders_wait(office: Office) -> None:
    path = office.deliver("hr_employments", MARCH)
    for name in (".a.csv", "~$a.xlsx", "a.csv.part", "A.CSV.FILEPART", "a.tmp"):
        shutil.copy(path, path.parent / name)
    (path.parent / "folder").mkdir()
    assert len(office.take_in()) == 1
    assert len(office.waiting()) == 5


@pytest.mark.parametrize(
    "name",
    ["Thumbs.db", "ehthumbs.db", "desktop.ini", "Desktop.ini", ".DS_Store", "._a.csv", "~$a.xlsx", "$RECYCLE.BIN"],
)
def test_what_systems_put_into_folders_is_passed_over(office: Office, name: str) -> None:
    path = office.deliver("hr_employments", MARCH, file="a.csv")
    (path.parent / name).write_bytes(b"\xd0\xcf\x11\xe0 not a delivery")
    assert [outcome.file for outcome in office.take_in()] == ["a.csv"]
    assert office.rejected.all() == [] and office.waiting() == [name]


def test_a_municipality_without_configuration_is_rejected(office: Office) -> None:
    of = table("hr", "employments")
    write_csv(office.root / "inbox" / "1480-goteborg" / "hr" / "x.csv", of, make(of, MARCH))
    [outcome] = office.take_in()
    assert outcome.state == "rejected" and "municipality '1480'" in outcome.findings[0].found


def test_two_deliveries_of_one_period_are_taken_in_the_order_that_they_came(office: Office) -> None:
    import os

    rows = make(table("hr", "employments"), MARCH)
    late = office.deliver("hr_employments", MARCH, [{**row, "title": "Ny"} for row in rows], "a.csv")
    early = office.deliver("hr_employments", MARCH, rows, "b.csv")
    os.utime(late, (2_000_000_000, 2_000_000_000))
    os.utime(early, (1_000_000_000, 1_000_000_000))
    assert [(outcome.file, outcome.state) for outcome in office.take_in()] == [
        ("b.csv", "accepted"),
        ("a.csv", "accepted"),
    ]


def test_warnings_are_kept_with_the_load_and_do_not_hold_it_back(office: Office) -> None:
    rows = make(table("hr", "employments"), MARCH)
    rows[3]["cost_centre"] = "10000"
    office.deliver("hr_employments", MARCH, rows)
    [outcome] = office.take_in()
    assert outcome.state == "accepted" and outcome.load
    assert [(warning["rule"], warning["row"], warning["found"]) for warning in outcome.load.suite["warnings"]] == [
        ("HR112", 5, "'10000'")
    ]


SIE_HEAD = (
    "#FLAGGA 0",
    "#FORMAT PC8",
    "#SIETYP 4",
    '#PROGRAM "Test" 1',
    "#GEN 20240408",
    "#ORGNR 212000-1553",
    '#FNAMN "Test"',
    "#RAR 0 20240101 20241231",
    '#KONTO 5011 "a"',
    '#KONTO 6011 "b"',
    '#DIM 1 "Ansvar"',
    '#OBJEKT 1 "71100" "x"',
)


def sie(path: Path, vouchers: Mapping[str, tuple[str, ...]]) -> Path:
    """A SIE 4 file with one voucher per date (YYYYMMDD) and its amounts."""
    lines = list(SIE_HEAD)
    for number, (day, amounts) in enumerate(vouchers.items(), start=1):
        lines += [f'#VER "A" "{number}" {day} "t"', "{"]
        lines += [
            f'#TRANS {"5011" if k % 2 == 0 else "6011"} {{"1" "71100"}} {amount}' for k, amount in enumerate(amounts)
        ]
        lines.append("}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="cp437")
    return path


def test_a_year_to_date_file_is_split_by_month_and_only_its_changed_months_are_new(office: Office) -> None:
    months = {"20240115": ("10.00", "-10.00"), "20240215": ("20.00", "-20.00")}
    sie(office.path("ledger", "sie_2024-02.se"), months)
    assert states(office.take_in("ledger")) == [
        ("transactions", "2024-01", "accepted"),
        ("transactions", "2024-02", "accepted"),
    ], office.said
    sie(office.path("ledger", "sie_2024-03.se"), {**months, "20240315": ("30.00", "-30.00")})
    assert states(office.take_in("ledger")) == [
        ("transactions", "2024-01", "unchanged"),
        ("transactions", "2024-02", "unchanged"),
        ("transactions", "2024-03", "accepted"),
    ]


def test_a_year_to_date_file_is_rejected_whole_if_one_month_fails(office: Office) -> None:
    sie(office.path("ledger", "sie.se"), {"20240115": ("10.00", "-10.00"), "20240215": ("20.00", "-19.00")})
    [outcome] = office.take_in("ledger")
    assert (outcome.state, outcome.period, outcome.findings[0].rule) == ("rejected", "2024-02", "L201")
    assert office.lake.loads() == [] and office.waiting() == []
    [rejection] = office.rejected.all()
    assert rejection.period is None and not list((office.root / "lake" / ".incoming").glob("*"))


def test_kolada_candidates_are_judged_each_on_its_own_catalogue_first(office: Office) -> None:
    with office.lake.writer():
        made = [
            candidate(office.lake, table("kolada", name), MAKERS[f"kolada_{name}"](""), "all", f"{name}.json")
            for name in ("data", "kpi", "municipality")
        ]
        bad = MAKERS["kolada_ou"]("")
        bad[0]["ou_id"] = bad[1]["ou_id"]
        made.append(candidate(office.lake, table("kolada", "ou"), bad, "all", "ou.json"))
        outcomes = judge_and_accept(made, office.lake, office.rejected, office.said.append)
        assert states(outcomes) == [
            ("kpi", "all", "accepted"),
            ("municipality", "all", "accepted"),
            ("ou", "all", "rejected"),
            ("data", "all", "accepted"),
        ]
        same = judge_and_accept(
            [candidate(office.lake, table("kolada", "kpi"), MAKERS["kolada_kpi"](""), "all")],
            office.lake,
            office.rejected,
            office.said.append,
        )
    assert [outcome.state for outcome in same] == ["unchanged"]
    [rejection] = office.rejected.all()
    assert (rejection.source, rejection.table, rejection.municipality_id, rejection.period) == (
        "kolada",
        "ou",
        "all",
        "all",
    )


def test_no_message_and_no_rejection_record_holds_a_personnummer(office: Office) -> None:
    rows = make(table("hr", "employments"), MARCH)
    rows[3]["unit"] = rows[4]["title"] = rows[5]["employment_id"] = personnummer(7)
    office.deliver("hr_employments", MARCH, rows)
    [outcome] = office.take_in()
    [rejection] = office.rejected.all()
    told = "\n".join(
        [
            *office.said,
            *(finding.sentence() for finding in outcome.findings),
            (office.root / "rejected" / rejection.rejection_id / "rejection.json").read_text(),
        ]
    )
    assert outcome.state == "rejected" and personnummer(7) not in told and personnummer(7)[2:8] not in told


def test_a_personnummer_in_a_files_name_is_masked_before_anything_is_said(office: Office) -> None:
    number = personnummer(3)
    for copy in ("", " kopia"):
        office.deliver("hr_employments", MARCH, file=f"anställd {number}{copy}.csv")
    outcomes = office.take_in()
    assert {outcome.state for outcome in outcomes} == {"accepted", "unchanged"}
    assert {outcome.file for outcome in outcomes} == {"anställd 99999999-9999.csv", "anställd 99999999-9999 kopia.csv"}
    assert not any(number in said for said in office.said)


def test_a_name_in_a_files_name_is_masked_before_anything_is_said(office: Office) -> None:
    office.deliver("hr_employments", MARCH, file="Anställda Åsa Quistberg-Öman 2024-03.csv")
    [outcome] = office.take_in()
    assert (outcome.state, outcome.file) == ("accepted", "Anställda Aaa Aaaaaaaaa-Aaaa 2024-03.csv")
    assert [load.file for load in office.lake.loads()] == [outcome.file]
    assert not any("Quistberg" in said for said in office.said)


def test_a_file_that_cannot_be_read_is_reported_on_its_own_table(office: Office) -> None:
    path = office.deliver("hr_employments", MARCH, file="halv.csv")
    path.write_bytes(path.read_bytes()[:-30])
    [outcome] = office.take_in()
    assert (outcome.state, outcome.table) == ("rejected", table("hr", "employments"))
    assert [rejection.table for rejection in office.rejected.all()] == ["employments"]


def test_a_rejection_for_drift_alone_can_be_released_by_a_named_person(office: Office) -> None:
    office.deliver("hr_employments", FEBRUARY)
    assert [outcome.state for outcome in office.take_in()] == ["accepted"]
    office.deliver("hr_employments", MARCH, make(table("hr", "employments"), MARCH)[:15], "halv.csv")
    assert [outcome.state for outcome in office.take_in()] == ["rejected"]
    [rejection] = office.rejected.unresolved(office.lake)
    [outcome] = office.release(rejection, "Enhetschef", "enheten delades")
    assert outcome.load is not None and outcome.load.suite["released"] == {
        "by": "Enhetschef",
        "reason": "enheten delades",
    }
    assert office.rejected.unresolved(office.lake) == []
    assert office.rejected.raw(rejection) is None


def test_what_breaks_more_than_drift_cannot_be_released(office: Office) -> None:
    rows = make(table("hr", "employments"), MARCH)
    office.deliver("hr_employments", MARCH, [*rows, rows[0]], "dubbel.csv")
    office.take_in()
    [rejection] = office.rejected.unresolved(office.lake)
    with pytest.raises(gate.NotReleasable, match="more than limits of drift"):
        office.release(rejection, "Enhetschef", "ändå")
    assert office.lake.loads() == []
    assert office.rejected.raw(rejection) is not None
