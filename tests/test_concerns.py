"""What stands until it is mended: each kind of concern, told with what to do, gone when it is mended; and the check
that shows it.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from ingestion.configuration.municipality import Municipality, RemovedSource
from ingestion.contracts import Table, table
from ingestion.findings import Finding
from ingestion.lake import Lake, Load, Rejected
from ingestion.monitoring.concerns import Concern, concerns_of_loads
from orchestration import concerns as module
from orchestration.assets import concerns as asset_module
from orchestration.resources import Workspace
from orchestration.settings import Settings
from testkit.small_extracts import alingsas, candidate, make
from trials.receivers import webhook

EMPLOYMENTS, ABSENCES, YEARLY = table("hr", "employments"), table("hr", "absences"), table("kpb", "services")
TODAY = date(2024, 5, 20)


class Office:
    """A lake and its rejections, and what stands in them."""

    def __init__(self, root: Path) -> None:
        self.lake, self.rejected = Lake(root / "lake"), Rejected(root / "rejected")
        self.municipalities = {"1489": alingsas()}

    def accept(self, table: Table, period: str, key_id: str | None = None, municipality_id: str = "1489") -> Load:
        with self.lake.writer():
            made = candidate(self.lake, table, make(table, period), period)
            made = replace(made, municipality_id=municipality_id, key_id=key_id or made.key_id)
            return self.lake.accept(made, {"rules": 0, "warnings": []})

    def accept_as(self, table: Table, period: str) -> None:
        """A load whose ledger entry says that it is of table `of`: what is in its rows matters to no concern."""
        load = self.accept(EMPLOYMENTS, f"{period[:4]}-01")
        entry = load.directory / "load.json"
        entry.write_text(
            json.dumps({**json.loads(entry.read_text()), "source": table.source, "table": table.name, "period": period})
        )

    def declare(self, **declared: str) -> None:
        removed = RemovedSource(reason="Systemet är avvecklat.", **declared)
        self.municipalities["1489"] = alingsas().model_copy(update={"removed_sources": (removed,)})

    def concerns(self, today: date | None = TODAY) -> dict[str, Concern]:
        return {one.key: one for one in concerns_of_loads(self.lake, self.rejected, self.municipalities, today)}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_no_concerns_where_everything_came(office: Office) -> None:
    for period in ("2024-03", "2024-04"):
        office.accept(EMPLOYMENTS, period)
    assert office.concerns() == {}


def test_a_month_that_did_not_come_is_late_for_ever_unless_the_source_is_declared_removed(office: Office) -> None:
    office.accept(EMPLOYMENTS, "2024-02")
    office.accept(ABSENCES, "2024-04")
    [late] = office.concerns().values()
    assert (late.key, late.kind, late.what, late.since) == (
        "late/1489/hr.employments",
        "late",
        "hr.employments, 1489: 2024-03, 2024-04",
        "2024-04-10",
    )
    assert "removed_sources" in late.advice
    assert list(office.concerns(date(2034, 1, 1))) == ["late/1489/hr.absences", "late/1489/hr.employments"]
    assert "119 months" in office.concerns(date(2034, 2, 20))["late/1489/hr.employments"].what
    office.declare(source="hr", table="employments", since="2024-03")
    assert list(office.concerns()) == []
    assert list(office.concerns(date(2034, 1, 1))) == ["late/1489/hr.absences"]
    office.declare(source="hr", since="2025")
    assert "2024-03 to 2024-12, 10 months" in office.concerns(date(2034, 1, 1))["late/1489/hr.employments"].what
    office.declare(source="hr", table="employments", since="2024-03", until="2024-03")
    assert office.concerns()["late/1489/hr.employments"].what == "hr.employments, 1489: 2024-04"
    assert len(office.lake.in_force()) == 2, "what was delivered stays in force"


def test_a_gap_is_missing_until_it_is_filled(office: Office) -> None:
    for period in ("2024-01", "2024-04"):
        office.accept(EMPLOYMENTS, period)
    assert office.concerns()["missing/1489/hr.employments"].what == "hr.employments, 1489: 2024-02, 2024-03"
    office.accept(EMPLOYMENTS, "2024-02")
    assert office.concerns()["missing/1489/hr.employments"].what == "hr.employments, 1489: 2024-03"
    office.accept(EMPLOYMENTS, "2024-03")
    assert office.concerns() == {}


def test_what_comes_by_the_occasion_has_no_months_that_are_due(office: Office) -> None:
    forecast = table("ledger", "forecast")
    assert forecast.is_occasional
    for period in ("2024-01", "2024-03"):
        office.accept_as(forecast, period)
    assert office.concerns() == {}


def test_a_yearly_delivery_is_late_half_a_year_after_its_year_and_at_its_own_pace(office: Office) -> None:
    office.accept_as(YEARLY, "2021")
    office.accept_as(YEARLY, "2022")
    assert office.concerns(date(2024, 5, 20)) == {}
    assert list(office.concerns(date(2024, 7, 1))) == ["late/1489/kpb.services"]
    office.accept_as(YEARLY, "2024")  # it has skipped a year: so it may again
    assert office.concerns(date(2026, 12, 1)) == {}
    assert office.concerns(date(2027, 7, 1))["late/1489/kpb.services"].what == "kpb.services, 1489, 2026"
    office.declare(source="kpb", since="2025")
    assert office.concerns(date(2030, 1, 1)) == {}


def test_what_comes_after_the_declaration_contradicts_it(office: Office) -> None:
    office.accept(EMPLOYMENTS, "2024-04")
    office.declare(source="hr", since="2024-04")
    [concern] = office.concerns().values()
    assert concern.kind == "removed" and "is in force, and declared not to come" in concern.what


def test_loads_of_a_municipality_that_left_without_a_word(office: Office) -> None:
    office.accept(EMPLOYMENTS, "2024-04", municipality_id="1480")
    assert "no folder in municipalities/" in office.concerns()["removed/1480"].what


def test_a_misspelt_declaration_is_rejected() -> None:
    for wrong in (
        {"source": "hrr"},
        {"source": "hr", "table": "employment"},
        {"source": "hr", "since": "2024-13"},
        {"source": "hr", "reason": ""},
    ):
        with pytest.raises(ValueError, match=r"removed_sources|since|reason"):
            Municipality.model_validate(
                {**alingsas().model_dump(), "removed_sources": [{"since": "2024-01", "reason": "x", **wrong}]}
            )


def test_a_rejection_stands_until_it_is_mended_and_names_no_file(office: Office) -> None:
    finding = Finding("R111", "error", "Eva Svensson.csv", "x", "y", "z")
    rejection = office.rejected.add("hr", "Eva Svensson.csv", [finding], None, "employments", "1489", "2024-04")
    [concern] = office.concerns().values()
    assert (
        concern.kind == "rejected" and concern.what == "a delivery of hr.employments, 1489, 2024-04 was rejected (R111)"
    )
    assert "Svensson" not in str(concern)
    office.rejected.resolve(rejection, "test")
    assert office.concerns() == {}


def test_a_damaged_load_stands_until_it_is_restored(office: Office) -> None:
    load = office.accept(EMPLOYMENTS, "2024-04")
    whole = load.parquet.read_bytes()
    load.parquet.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])  # the size says nothing of this
    assert (
        f"load {load.load_id} of hr.employments, 1489, 2024-04 is missing or damaged"
        in office.concerns()[f"damaged/{load.load_id}"].what
    )
    load.parquet.write_bytes(whole)
    assert office.concerns() == {}
    (load.directory / "load.json").write_text("{")
    assert list(office.concerns()) == ["damaged/ledger"]


def test_an_indicator_that_kolada_withdrew_stands_until_it_is_back(office: Office) -> None:
    withdrawn = table("kolada", "withdrawn")

    def told(*rows: dict[str, object]) -> list[str]:
        with office.lake.writer():
            office.lake.accept(candidate(office.lake, withdrawn, list(rows), "all"), {"rules": 0, "warnings": []})
        return [f"{one.key} {one.since}" for one in office.concerns().values()]

    gone = {"kpi_id": "U23401", "withdrawn_on": date(2024, 5, 10), "withdrawn_until": None}
    assert told(gone) == ["withdrawn/U23401 2024-05-10"]
    ended = {**gone, "withdrawn_until": date(2024, 6, 10)}
    assert told(ended) == []
    assert told(ended, {**gone, "withdrawn_on": date(2024, 9, 1)}) == ["withdrawn/U23401 2024-09-01"]


def test_pseudonyms_of_two_keys_are_noticed(office: Office) -> None:
    office.accept(EMPLOYMENTS, "2024-03", key_id="aaaa0000")
    office.accept(EMPLOYMENTS, "2024-04", key_id="bbbb0000")
    assert "pseudonyms of 2 keys" in office.concerns()["keys"].what


@pytest.mark.parametrize(
    ("now", "deadline"),
    [
        ("2026-11-10T10:59", "2026-10-10T12:00"),
        ("2026-11-10T11:00", "2026-11-10T12:00"),
        ("2026-01-03T00:00", "2025-12-10T12:00"),
    ],
)
def test_the_last_promised_refresh(now: str, deadline: str) -> None:
    """Given in UTC, promised in Swedish time."""
    assert module.last_deadline(datetime.fromisoformat(now).replace(tzinfo=UTC)).strftime("%Y-%m-%dT%H:%M") == deadline


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def test_an_asset_whose_newest_run_failed_stands_until_it_is_made(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    broken = [True]

    @dg.asset
    def first() -> None:
        if broken[0]:
            raise ValueError("Eva Svensson")

    @dg.asset(deps=[first])
    def second() -> None: ...

    workspace = Workspace(Settings("live", tmp_path, "https://api.kolada.se/v3"))

    def concerns() -> list[Concern]:
        return [
            one
            for one in module.all_concerns(workspace, instance, [first.key, second.key], datetime.now(UTC))
            if one.kind == "failed"
        ]

    assert concerns() == []
    for _ in range(2):
        dg.materialize([first, second], instance=instance, raise_on_error=False)
        [concern] = concerns()
        assert concern.key == "failed/first" and "of 2 assets" in concern.what and "failed at first" in concern.what
        assert "Svensson" not in str(concern)
    broken[0] = False
    dg.materialize([first, second], instance=instance, selection=[first])
    assert [one.what for one in concerns()] and "of 1 assets" in concerns()[0].what
    dg.materialize([first, second], instance=instance)
    assert concerns() == []


def test_the_publication_must_be_there_readable_and_hold_what_was_accepted(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    workspace = Workspace(Settings("live", tmp_path, "https://api.kolada.se/v3"))
    office = Office(tmp_path)

    def concerns(after: timedelta = timedelta()) -> list[str]:
        return [one.key for one in module._unpublished(workspace, instance, datetime.now(UTC) + after)]

    assert concerns() == []
    office.accept(EMPLOYMENTS, "2024-04")
    assert concerns() == [], "there is a day to publish it"
    assert concerns(timedelta(hours=25)) == ["unpublished"]
    instance.report_runless_asset_event(dg.AssetMaterialization(["publication"]))
    assert concerns(timedelta(hours=25)) == []
    assert concerns(timedelta(days=70)) == ["publication/late"]
    workspace.settings.published.mkdir()
    (workspace.settings.published / "current.duckdb").symlink_to("gone.duckdb")
    assert concerns() == ["damaged/publication"]
    (workspace.settings.published / "gone.duckdb").write_bytes(b"no database")
    assert concerns() == ["damaged/publication"]


def test_the_check_is_red_says_what_stands_and_tells_it_once(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook() as hook:
        environment = {
            "GENOMLYSNING_ENV": "demo",
            "GENOMLYSNING_HOME": str(tmp_path),
            "GENOMLYSNING_ALERT_WEBHOOK_URL": hook.url,
        }
        workspace = Workspace(Settings.from_environment({**environment, "GENOMLYSNING_ALERT_WEBHOOK_FORMAT": "json"}))

        def check() -> dg.AssetCheckEvaluation:
            result = dg.materialize([asset_module.concerns], instance=instance, resources={"workspace": workspace})
            [evaluation] = result.get_asset_check_evaluations()
            return evaluation

        assert check().passed
        office = Office(tmp_path)
        (tmp_path / "demo").mkdir()
        office.accept(EMPLOYMENTS, "2024-02")
        office.accept(EMPLOYMENTS, "2024-04")
        for _ in range(2):
            red = check()
            assert (
                not red.passed
                and red.severity is dg.AssetCheckSeverity.ERROR
                and red.description
                == (
                    "1 stand: missing. First: hr.employments, 1489: 2024-03, since 2024-04-10. Have it delivered; if it will come no more, "
                    "declare it under removed_sources in the municipality's configuration."
                )
            )
            assert "hr.employments, 1489&#58; 2024-03" in str(red.metadata["concerns"].value)
        office.accept(EMPLOYMENTS, "2024-03")
        assert check().passed
        assert [body["state"] for body in hook.received] == ["failure", "recovery"]


def test_what_no_interval_and_no_list_takes_stands_until_it_has_a_place(office: Office) -> None:
    transactions = table("ledger", "transactions")
    office.accept(transactions, "2024-04")
    assert not [key for key in office.concerns() if key.startswith("configuration/")], (
        "the small extracts have their places"
    )
    departments = office.municipalities["1489"].departments
    bare = tuple(one.model_copy(update={"cost_centres": ()}) for one in departments)
    office.municipalities["1489"] = alingsas().model_copy(update={"accounts": (), "departments": bare})
    accounts, centres = (office.concerns()[f"configuration/1489/{kind}"] for kind in ("accounts", "cost_centres"))
    assert accounts.kind == "configuration" and "in no sum" in accounts.what and "5" in accounts.what
    assert "in no department" in centres.what and "7" in centres.what
    office.municipalities["1489"] = alingsas()
    assert not [key for key in office.concerns() if key.startswith("configuration/")]


def test_a_unit_that_nothing_was_delivered_for_in_a_year_stands(office: Office) -> None:
    for month in range(1, 12):
        office.accept(EMPLOYMENTS, f"2023-{month:02}")
    assert "configuration/1489/units" not in office.concerns(), "in the first year it may yet come"
    office.accept(EMPLOYMENTS, "2023-12")
    delivered = {row["unit"] for row in make(EMPLOYMENTS, "2023-12")}
    unit = next(unit for unit in sorted(alingsas().unit_ids) if unit not in delivered)
    concern = office.concerns()["configuration/1489/units"]
    assert unit in concern.what and not any(f"{one}," in f"{concern.what}," for one in delivered)
    assert "configuration/1489/units" not in office.concerns(None), "a demonstration's bundle holds what it holds"


def test_a_wrong_configuration_stands_and_stops_no_other_concern(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    folder = tmp_path / "municipalities" / "1489-fel"
    folder.mkdir(parents=True)
    (folder / "municipality.yaml").write_text("id: 1489\n", encoding="utf-8")
    workspace = Workspace(Settings("live", tmp_path / "home", "https://api.kolada.se/v3", municipalities=folder.parent))
    [concern] = [
        one for one in module.all_concerns(workspace, instance, [], datetime.now(UTC)) if one.kind == "configuration"
    ]
    assert (
        concern.key == f"configuration/{folder / 'municipality.yaml'}"
        and "C108" in concern.what
        and "line 1" in concern.what
    )
