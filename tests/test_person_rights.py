"""A person's rows can be erased and do not come back, a key can be replaced, time runs out, and kept files can be read
again.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from click.testing import Result
from cryptography.fernet import Fernet

from expectations.gate import Gate, Outcome
from ingestion import crashes
from ingestion.configuration.municipality import Municipality, Retention, load_municipality
from ingestion.contracts import table
from ingestion.lake import Load, RowsErased
from ingestion.lake import lake as lake_module
from ingestion.lake.erasure import erase, mentions
from ingestion.lake.raw import RawUnreadable
from ingestion.lake.retention import due, kept_until
from ingestion.privacy.keys import KEY_VARIABLE, WrongKey
from ingestion.privacy.personnummer import canonical
from ingestion.privacy.tombstones import Number
from orchestration.home import claim
from orchestration.resources import Workspace
from orchestration.retention import retention
from orchestration.settings import Settings
from testkit.command import invoke
from testkit.small_extracts import Row, alingsas, candidate, make, personnummer, write_csv

MONTHS = ("2024-02", "2024-03")
TABLES = ("employments", "absences", "time_records", "other_employments")
WHO = personnummer(7)
TODAY = datetime.now(UTC).date()


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


class Office:
    """A home with a lake, its inbox and the commands."""

    def __init__(self, home: Path) -> None:
        self.workspace = Workspace(Settings("demo", home, "inprocess://demo.kolada.app/v3"))
        self.home, self.said = home, list[str]()
        claim(self.workspace.settings)

    def deliver(self, name: str, period: str, rows: list[Row] | None = None, file: str = "") -> None:
        of = table("hr", name)
        path = self.home / "inbox" / "1489-alingsas" / "hr" / (file or f"{name} {period}.csv")
        write_csv(path, of, make(of, period) if rows is None else rows)

    def deliver_all(self) -> list[Outcome]:
        for period in MONTHS:
            for name in TABLES:
                self.deliver(name, period)
        return self.take_in()

    def take_in(self) -> list[Outcome]:
        w = self.workspace
        with w.lake.writer():
            return Gate(w.lake, w.rejected, {"1489": alingsas()}, w.pseudonymiser, self.said.append, w.raw).take_in(
                "hr", w.settings.inbox
            )

    def rows(self, name: str) -> list[tuple]:
        files = [str(load.parquet) for load in self.workspace.lake.in_force() if load.table == name]
        return duckdb.execute(
            "select * exclude (source_row, load_id) from read_parquet(?) order by all", [files]
        ).fetchall()

    def people(self) -> set[str]:
        files = [str(load.parquet) for load in self.workspace.lake.loads() if load.key_id]
        return {
            name
            for (name,) in duckdb.execute(
                "select distinct person_id from read_parquet(?, union_by_name = true)", [files]
            ).fetchall()
        }

    def pseudonym(self, number: str = WHO) -> str:
        person = self.workspace.pseudonymiser.person(number, TODAY)
        assert person is not None
        return person.person_id


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two months accepted, made once; every test takes a copy."""
    home = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(KEY_VARIABLE, raising=False)
        made = Office(home)
        outcomes = made.deliver_all()
    assert {outcome.state for outcome in outcomes} == {"accepted"}, made.said
    return home


@pytest.fixture
def office(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    shutil.copytree(filled, tmp_path / "home")
    monkeypatch.setenv("GENOMLYSNING_ENV", "demo")
    monkeypatch.setenv("GENOMLYSNING_HOME", str(tmp_path / "home"))
    for name in (KEY_VARIABLE, f"{KEY_VARIABLE}_NEXT", "GENOMLYSNING_RAW_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    return Office(tmp_path / "home")


def order(office: Office, stdin: str = f"{WHO}\n", reason: str = "the person's request") -> Result:
    return invoke("erase", "--by", "N. N.", "--reason", reason, given=stdin)


# Erasure


def test_one_person_is_gone_from_every_load_and_nobody_else(office: Office) -> None:
    who, people = office.pseudonym(), office.people()
    before = {name: len(office.rows(name)) for name in TABLES}
    assert who in people
    ended = order(office, WHO[2:].replace("-", "") + "\n")
    assert ended.exit_code == 0, "another spelling is the same person"
    said = ended.output
    assert "Proof: 0 rows left" in said and who not in said and WHO not in said
    assert office.people() == people - {who}
    assert {name: before[name] - len(office.rows(name)) for name in TABLES} == {
        "employments": 2,
        "absences": 2,
        "time_records": 2,
        "other_employments": 0,
    }
    assert "A0007" not in {row[2] for row in office.rows("time_records")}
    for load in office.workspace.lake.loads():
        load.check()
        assert [path.name for path in load.directory.glob("*.parquet")] == [load.data], (
            "the file with the person is gone"
        )
        if load.history:
            assert load.history[0]["what"] == "erased" and load.history[0]["content_hash"] != load.content_hash
    [record] = (office.home / "erasures").glob("*.json")
    assert who not in record.read_text() and "A0007" not in record.read_text() and record.stat().st_mode & 0o077 == 0


def test_whoever_was_erased_does_not_come_back_unless_the_board_lifts_it(office: Office) -> None:
    order(office)
    loads, people = office.workspace.lake.loads(), office.people()
    outcomes = office.deliver_all()
    assert {outcome.state for outcome in outcomes} == {"unchanged"}, (
        "without the person the content is the one in force"
    )
    assert office.workspace.lake.loads() == loads and office.people() == people
    warned = {
        outcome.table.name for outcome in outcomes if outcome.table and any(f.rule == "R123" for f in outcome.findings)
    }
    assert warned == {"employments", "absences", "time_records"}
    [record] = office.workspace.tombstones.all()
    assert invoke("erase", "--lift", record.erasure_id, "--by", "N. N.").exit_code == 0
    office.deliver_all()
    assert office.pseudonym() in office.people()


@pytest.mark.parametrize("at", [1, 2, 5])
def test_an_erasure_killed_at_any_load_is_finished_by_running_it_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    calls, real = 0, lake_module.write_record

    def dies(path: Path, values: dict) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise Killed
        real(path, values)
        if calls == at - 1:
            raise Killed  # after the change, before the old file is removed

    monkeypatch.setattr(lake_module, "write_record", dies)
    with pytest.raises(Killed):
        order(office)
    monkeypatch.setattr(lake_module, "write_record", real)
    assert order(office).exit_code == 0
    assert office.pseudonym() not in office.people() and "A0007" not in {row[2] for row in office.rows("time_records")}
    [record] = office.workspace.tombstones.all()
    assert record.finished_at and {outcome.state for outcome in office.deliver_all()} == {"unchanged"}


def test_raw_files_that_name_the_person_are_removed_and_others_stay(office: Office) -> None:
    of = table("hr", "employments")
    for i, file in ((7, "his.csv"), (8, "hers.csv")):
        office.deliver("employments", "2024-03", [{**make(of, "2024-03")[i], "degree": 120}], file)
    office.take_in()
    assert len(list((office.home / "rejected").glob("*/raw/*.csv"))) == 2
    order(office)
    assert [path.name for path in (office.home / "rejected").glob("*/raw/*.csv")] == ["hers.csv"]


@pytest.mark.parametrize(
    "spelling",
    [WHO, WHO[2:], WHO.replace("-", ""), WHO[2:].replace("-", ""), WHO.replace("-", " "), "–".join(WHO.split("-"))],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_person_is_found_in_a_raw_file_in_every_spelling(tmp_path: Path, spelling: str, encoding: str) -> None:
    path = tmp_path / "raw.csv"
    path.write_bytes(f"å;{spelling};1\n".encode(encoding))
    assert mentions(path, canonical(WHO, TODAY) or "") is True
    assert mentions(path, canonical(personnummer(8), TODAY) or "") is False


def test_a_workbook_is_searched_and_a_bomb_is_left_to_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.create_sheet("two")["C7"] = WHO
    book.save(path := tmp_path / "raw.xlsx")
    number = canonical(WHO, TODAY) or ""
    assert mentions(path, number) is True
    monkeypatch.setattr("ingestion.lake.erasure.MOST_UNPACKED", 10)
    assert mentions(path, number) is None
    path.write_bytes(b"PK\x03\x04 broken")
    assert mentions(path, number) is None


def test_a_member_of_staff_loses_the_number_and_the_client_keeps_the_visit(office: Office) -> None:
    w, of = office.workspace, table("care", "visits")
    person = {"person_id": "f" * 32, "gender": "K", "birth_month": date(1940, 1, 1)}
    visit = {
        "municipality_id": "1489",
        "period": "2024-03",
        "started_at": "2024-03-07 07:40",
        "minutes": 25,
        "provider": "egen regi",
    }
    visit |= {**person, "is_planned_only": False, "kind": "omsorg"}
    rows = [{**visit, "visit_id": f"V{i}", "staff_id": staff} for i, staff in enumerate(["M417", "M417", "M418"])]
    with w.lake.writer():
        made = candidate(w.lake, of, rows, "2024-03")
        w.lake.accept(replace(made, key_id=w.pseudonymiser.key_id), {"rules": 0, "warnings": []})
        staff_number = [Number("care_visits", "staff_id", "1489", "M417")]
        done = erase(WHO, staff_number, "N. N.", "r", w.lake, w.rejected, w.raw, w.pseudonymiser, w.tombstones)
    assert done.rows["care_visits"] == 2
    [load] = [load for load in w.lake.loads() if load.source == "care"]
    staff = [
        name
        for (name,) in duckdb.execute(
            "select staff_id from read_parquet(?) order by visit_id", [str(load.parquet)]
        ).fetchall()
    ]
    assert staff[0] == staff[1] != staff[2] == "M418" and staff[0].startswith("erased-")


@pytest.mark.parametrize("stdin", ["", "Quistberg\n", f"{WHO}\ncare_visits.name 1489 x\n", f"{WHO}\nM417\n"])
def test_what_cannot_be_erased_is_rejected_without_quoting_it(office: Office, stdin: str) -> None:
    ended = order(office, stdin)
    assert ended.exit_code == 1 and "Nothing was erased" in ended.stderr
    assert WHO not in ended.output and "M417" not in ended.output.replace("such as", "")
    assert office.workspace.tombstones.all() == []


def test_the_record_may_not_name_the_person(office: Office) -> None:
    ended = order(office, reason=f"asked for by {WHO}")
    assert ended.exit_code == 1 and "must not name the person" in ended.stderr and WHO not in ended.output
    assert office.workspace.tombstones.all() == []


# Keys


def test_the_lake_is_rekeyed_through_the_map_and_nothing_else_changes(office: Office) -> None:
    w = office.workspace
    old_key, old_id = w.settings.key.read_text(), w.pseudonymiser.key_id
    shape = {name: [row[:3] + row[4:] for row in office.rows(name)] for name in ("absences", "time_records")}
    joined = join_of(office)
    assert invoke("keys", "prepare").exit_code == 0 and invoke("keys", "prepare").exit_code == 1
    assert invoke("keys", "rekey", "--by", "N. N.").exit_code == 1, "nobody has passed by yet"
    outcomes = office.deliver_all()
    assert {outcome.state for outcome in outcomes} == {"unchanged"} and w.pseudonymiser.key_id == old_id
    assert list((office.home / "keys" / "map").glob("*.map"))
    assert not any(office.pseudonym().encode() in path.read_bytes() for path in (office.home / "keys").rglob("*.map"))
    reach = invoke("keys", "status")
    assert reach.exit_code == 0 and "people      30  in the map      30" in reach.stdout
    assert invoke("keys", "rekey", "--by", "N. N.").exit_code == 0
    assert w.pseudonymiser.key_id != old_id and {load.key_id for load in w.lake.loads() if load.key_id} == {
        w.pseudonymiser.key_id
    }
    assert not (office.home / "keys" / "map").exists() and not w.settings.next_key.exists()
    assert old_key not in "".join(path.read_text() for path in (office.home / "keys").iterdir())
    assert {name: [row[:3] + row[4:] for row in office.rows(name)] for name in shape} == shape and join_of(
        office
    ) == joined
    assert office.pseudonym() in office.people()
    assert {outcome.state for outcome in office.deliver_all()} == {"unchanged"}, "new deliveries meet the same people"


def join_of(office: Office) -> list[tuple]:
    """Which employments are one person's, over months, whatever the person is called."""
    files = [str(load.parquet) for load in office.workspace.lake.in_force() if load.table == "employments"]
    sql = "select list_sort(list(period || employment_id)) from read_parquet(?) group by person_id order by all"
    return duckdb.execute(sql, [files]).fetchall()


def test_people_whom_no_delivery_names_stay_one_but_cannot_be_found_with_the_old_key(office: Office) -> None:
    w, old = office.workspace, office.pseudonym()
    joined = join_of(office)
    invoke("keys", "prepare")
    for name in TABLES:
        rows = [row for row in make(table("hr", name), "2024-03") if row.get("employment_id") != "A0007"]
        office.deliver(name, "2024-03", rows)
    office.take_in()
    assert invoke("keys", "rekey", "--by", "N. N.").exit_code == 0, "the newest loads are whole in the map"
    assert old not in office.people() and office.pseudonym() not in office.people()
    assert len(join_of(office)) == len(joined) and len(office.people()) == 60
    assert invoke("keys", "status").exit_code == 0 and w.lake.key_ids() == {w.pseudonymiser.key_id}


@pytest.mark.parametrize("at", [1, 3])
def test_a_rekeying_killed_at_any_load_is_finished_by_running_it_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    w, joined = office.workspace, join_of(office)
    invoke("keys", "prepare")
    office.deliver_all()
    calls, real = 0, lake_module.write_record

    def dies(path: Path, values: dict) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise Killed
        real(path, values)

    monkeypatch.setattr(lake_module, "write_record", dies)
    with pytest.raises(Killed):
        invoke("keys", "rekey", "--by", "N. N.")
    monkeypatch.setattr(lake_module, "write_record", real)
    if at > 1:  # some loads are under each key: nobody may build on that, or deliver into it
        with duckdb.connect() as con, pytest.raises(WrongKey, match="different keys"):
            w.lake.attach(con)
        with pytest.raises(WrongKey):
            office.deliver_all()
        assert invoke("keys", "cancel").exit_code == 1
    assert invoke("keys", "rekey", "--by", "N. N.").exit_code == 0
    assert join_of(office) == joined and w.lake.key_ids() == {w.pseudonymiser.key_id}
    assert all([path.name for path in load.directory.glob("*.parquet")] == [load.data] for load in w.lake.loads())


def test_a_key_that_is_not_the_lakes_takes_nothing_in(office: Office) -> None:
    office.workspace.settings.key.write_text("5a" * 16 + "c3" * 16)
    office.deliver("employments", "2024-03")
    with pytest.raises(WrongKey, match="Put the right key back"):
        office.take_in()
    assert list((office.home / "inbox").rglob("*.csv")), "the delivery stays where it is"
    assert invoke("keys", "status").exit_code == 1


def test_as_of_rebuilds_see_the_same_loads_after_rekeying_and_erasure(office: Office) -> None:
    lake = office.workspace.lake
    first = lake.loads()
    moment = datetime.fromisoformat(first[0].accepted_at)
    invoke("keys", "prepare")
    office.deliver_all()
    invoke("keys", "rekey", "--by", "N. N.")
    order(office)
    assert [load.load_id for load in lake.in_force(moment)] == [first[0].load_id]
    assert [load.load_id for load in lake.in_force(datetime.now(UTC))] == [load.load_id for load in first]


# Retention


def test_time_counts_from_the_end_of_the_year() -> None:
    assert kept_until("2024-03", 25) == kept_until("2024", 25) == date(2027, 1, 31)
    assert kept_until("2024-12", 12) == date(2025, 12, 31)


def decided(office: Office, monkeypatch: pytest.MonkeyPatch, **choices: object) -> dict[str, Municipality]:
    municipality = alingsas().model_copy(update={"retention": Retention.model_validate(choices)})
    monkeypatch.setattr(Workspace, "municipalities", {"1489": municipality})
    return {"1489": municipality}


def run(office: Office) -> dict[str, dg.MetadataValue]:
    result = retention.execute_in_process(
        resources={"workspace": office.workspace}, instance=dg.DagsterInstance.ephemeral()
    )
    [event] = [event for event in result.all_events if event.is_successful_output]
    return dict(event.step_output_data.metadata)


def test_rows_are_due_by_source_and_only_rows_on_persons_by_themselves(office: Office) -> None:
    lake, of = office.workspace.lake, table("ledger", "budget")
    with lake.writer():
        lake.accept(candidate(lake, of, make(of, "2024"), "2024"), {"rules": 0, "warnings": []})
    municipality = alingsas()
    assert {one.load.source for one in due(lake, {"1489": municipality}, date(2027, 2, 1))} == {"hr"}
    assert due(lake, {"1489": municipality}, date(2027, 1, 31)) == []
    money = municipality.model_copy(update={"retention": Retention(months={"ledger": 12, "hr": 60})})
    assert {one.load.source for one in due(lake, {"1489": money}, date(2027, 2, 1))} == {"ledger"}


def test_without_a_decision_the_job_only_tells(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    decided(office, monkeypatch, months={"hr": 1})
    before = office.workspace.lake.loads()
    metadata = run(office)
    assert office.workspace.lake.loads() == before
    assert metadata["loads_due_without_decision"].value == 8 and metadata["loads_erased"].value == 0
    assert "the board has not decided" in str(metadata["due"].value)


def test_decided_rows_go_the_figures_stay_and_the_past_says_that_it_cannot_be_built(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, published = office.workspace.lake, office.home / "published"
    before, moment = lake.loads(), datetime.now(UTC)
    published.mkdir()
    (published / "genomlysning_1.duckdb").write_bytes(b"figures")
    (published / "current.duckdb").symlink_to("genomlysning_1.duckdb")
    decided(office, monkeypatch, months={"hr": 1}, decision="VON 2026 § 41")
    metadata = run(office)
    assert (metadata["loads_erased"].value, metadata["rows_erased"].value) == (8, sum(load.rows for load in before))
    assert lake.loads() == [] and not list(office.home.rglob("*.parquet"))
    assert (published / "archive" / "genomlysning_1.duckdb").read_bytes() == b"figures"
    assert {(load.load_id, erased["publication"]) for load, erased in lake.erased()} == {
        (load.load_id, "genomlysning_1.duckdb") for load in before
    }
    assert all("VON 2026 § 41" in erased["why"] for _, erased in lake.erased())
    with pytest.raises(RowsErased, match=r"genomlysning_1\.duckdb"):
        lake.in_force(moment)
    assert lake.in_force(datetime.now(UTC)) == []
    assert run(office)["loads_erased"].value == 0


def test_a_replaced_load_never_comes_back_in_force_when_time_is_over(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = office.workspace.lake
    rows = [{**row, "title": "Vårdbiträde"} for row in make(table("hr", "employments"), "2024-03")]
    office.deliver("employments", "2024-03", rows)
    office.take_in()
    decided(office, monkeypatch, months={"hr": 1}, decision="VON 2026 § 41")
    real = lake_module.Lake.erase

    def dies(self: lake_module.Lake, load: Load, what: dict) -> None:
        real(self, load, what)
        forced = {(one.table, one.period): one for one in lake.in_force()}
        newer = [one for one in forced.values() if (one.table, one.period) == (load.table, load.period)]
        assert all(one.sequence > load.sequence for one in newer), "an older load is in force again"

    monkeypatch.setattr(lake_module.Lake, "erase", dies)
    run(office)
    assert lake.loads() == []


def test_an_erasure_of_rows_killed_half_way_is_finished_by_the_next_run(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(office, monkeypatch, months={"hr": 1}, decision="VON 2026 § 41")
    real = lake_module.Lake._sweep

    def dies(self: lake_module.Lake, folder: Path) -> None:
        if (folder / "erased.json").exists():
            raise Killed
        real(self, folder)

    monkeypatch.setattr(lake_module.Lake, "_sweep", dies)
    with pytest.raises(Killed):
        run(office)
    monkeypatch.setattr(lake_module.Lake, "_sweep", real)
    run(office)
    assert office.workspace.lake.loads() == [] and not list(office.home.rglob("*.parquet"))


def test_rejected_files_have_a_time_and_their_reasons_stay(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingestion.lake.retention import REJECTED_DAYS, erase_rejected

    office.deliver(
        "employments", "2024-03", [{**make(table("hr", "employments"), "2024-03")[0], "degree": 120}], "fel.csv"
    )
    office.take_in()
    rejected = office.workspace.rejected
    [rejection] = rejected.all()
    at = datetime.fromisoformat(rejection.rejected_at)
    assert erase_rejected(rejected, at + timedelta(days=REJECTED_DAYS)) == 0 and rejected.raw(rejection)
    assert erase_rejected(rejected, at + timedelta(days=REJECTED_DAYS, seconds=1)) == 1
    assert rejected.raw(rejection) is None and rejected.all() == [rejection]


def test_a_misspelt_source_is_no_retention(tmp_path: Path) -> None:
    folder = tmp_path / "1489-alingsas"
    folder.mkdir()
    text = (Path(__file__).parents[1] / "municipalities" / "1489-alingsas" / "municipality.yaml").read_text(
        encoding="utf-8"
    )
    (folder / "municipality.yaml").write_text(text + "\nretention: {months: {hrr: 25}}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="hrr"):
        load_municipality(folder)


# Kept files


def test_accepted_files_are_kept_encrypted_where_a_key_is_set_and_come_back_as_they_were(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert office.workspace.raw.all() == [], "without a key nothing is kept"
    key = tmp_path_factory.mktemp("vault") / "raw.key"
    key.write_bytes(Fernet.generate_key())
    monkeypatch.setenv("GENOMLYSNING_RAW_KEY_FILE", str(key))
    office.workspace = Workspace(Settings.from_environment(os.environ))
    office.deliver("employments", "2024-03", file="mars.csv")
    delivered = (office.home / "inbox" / "1489-alingsas" / "hr" / "mars.csv").read_bytes()
    monkeypatch.setattr("ingestion.lake.raw.CHUNK_BYTES", 1000)
    office.take_in()
    assert not list((office.home / "inbox").rglob("*.csv"))
    [kept] = office.workspace.raw.all()
    assert kept.stat().st_mode & 0o077 == 0 and kept.parent.stat().st_mode & 0o077 == 0
    assert WHO.encode() not in kept.read_bytes()
    assert b"".join(office.workspace.raw.read(kept)) == delivered
    name = str(kept.relative_to(office.home / "raw"))
    assert invoke("raw", "list").stdout.splitlines() == [name]
    read = invoke("raw", "read", name)
    assert read.exit_code == 0 and read.stdout_bytes == delivered
    unknown = invoke("raw", "read", "hr/1489/none")
    assert unknown.exit_code == 1 and "is not kept" in unknown.stderr
    tokens = kept.read_bytes().splitlines(keepends=True)
    for broken in (
        tokens[:-1],
        [tokens[1], tokens[0], *tokens[2:]],
        [*tokens, tokens[0]],
        [tokens[0][:-9] + b"AAAAAAA=\n", *tokens[1:]],
    ):
        kept.write_bytes(b"".join(broken))
        with pytest.raises(RawUnreadable):
            list(office.workspace.raw.read(kept))
    kept.write_bytes(b"".join(tokens))
    assert order(office).exit_code == 0 and office.workspace.raw.all() == [], (
        "a kept file that names an erased person goes too"
    )


# Crashes


def test_a_crash_says_where_and_never_what_it_said() -> None:
    def reads_a_row() -> None:
        try:
            int(WHO)
        except ValueError as error:
            raise KeyError(WHO) from error

    with pytest.raises(crashes.Crashed) as caught:
        crashes.with_masked_errors(reads_a_row)
    assert "KeyError" in str(caught.value) and "reads_a_row" in str(caught.value)
    assert WHO not in str(caught.value) and caught.value.__cause__ is None and caught.value.__context__ is None


def test_a_full_disk_is_still_called_by_its_name() -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        crashes.with_masked_errors(full)
