"""The fetch: the same rows whatever the weather, only changes into the log, and nothing at all from a doubtful answer."""

from __future__ import annotations

import json
import shutil
import sys
import types
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.kolada.app import Application, Snapshot
from demo.kolada.misbehaviour import Misbehaviour
from demo.kolada.server import serving
from ingestion.findings import DeliveryRejected
from ingestion.kolada.client import KoladaClient, KoladaPermanentError, Patience
from ingestion.kolada.feed import Record
from ingestion.kolada.fetch import Followed, fetch, read_followed
from ingestion.lake import Candidate, Lake

QUICK = Patience(min_interval=0, wait=0.001, longest_wait=0.01)
SEED = Path(__file__).parents[1] / "dbt_project" / "seeds" / "kolada_indicators.csv"
ALL = {one.indicator_id: one for one in read_followed(SEED)}
FEW = tuple(ALL[kpi] for kpi in ("U23401", "U28528", "N28140", "N20014"))
MODULE = "tampered_kolada"
STATE = (
    "select * from (select *, row_number() over (partition by kpi_id, municipality_id, year, gender order by load_id desc) as newest "
    "from lake.kolada_data) where newest = 1 and not is_deleted"
)
WITHDRAWN = "update v set value = null, isdeleted = true, changed = '{day}' where kpi = 'U28528' and hash(municipality)"
Tamper = Callable[[str, dict[str, Any]], None]


@pytest.fixture
def snapshot() -> Snapshot:
    return Snapshot()


@pytest.fixture
def kolada(snapshot: Snapshot) -> Iterator[Callable[[Tamper | None], KoladaClient]]:
    """Makes in-process clients of `snapshot`; a tamper may change each envelope."""

    def client(tamper: Tamper | None = None) -> KoladaClient:
        right = Application(snapshot)

        def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            started: list[Any] = []
            envelope = json.loads(
                b"".join(right(environ, lambda status, headers: started.extend((status, headers[:1]))))
            )
            if tamper:
                try:
                    tamper(environ["PATH_INFO"], envelope)
                except LookupError as error:
                    start_response(str(error.args[0]), started[1])
                    return [b'{"detail":"Not Found"}']
                envelope["count"] = len(envelope["values"])
            start_response(*started)
            return [json.dumps(envelope).encode()]

        module = types.ModuleType(MODULE)
        module.application = application  # type: ignore[attr-defined]
        sys.modules[MODULE] = module
        return KoladaClient(f"inprocess://{MODULE}/v3", QUICK)

    yield client
    sys.modules.pop(MODULE, None)


def take(
    client: KoladaClient,
    lake: Lake,
    followed: tuple[Followed, ...] = FEW,
    full: bool = True,
    at: datetime | None = None,
) -> dict[str, Candidate]:
    """Fetch and accept; the candidates by table."""
    with lake.writer():
        candidates = fetch(client, lake, followed, at, full)
        for candidate in candidates:
            lake.accept(candidate, {})
    return {candidate.table.name: candidate for candidate in candidates}


@pytest.fixture(scope="module")
def first_load(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with one fetch of the untouched snapshot."""
    root = tmp_path_factory.mktemp("first_load")
    take(KoladaClient("inprocess://demo.kolada.app/v3"), Lake(root))
    return root


@pytest.fixture
def lake(first_load: Path, tmp_path: Path) -> Lake:
    """A copy of that lake."""
    shutil.copytree(first_load, tmp_path / "lake")
    return Lake(tmp_path / "lake")


def rows(lake: Lake, sql: str) -> list[tuple[Any, ...]]:
    con = duckdb.connect()
    lake.attach(con)
    return con.execute(sql).fetchall()


def rejected(client: KoladaClient, lake: Lake, followed: tuple[Followed, ...] = FEW, full: bool = True) -> list[str]:
    """Rules of the rejection; the lake must be as it was, with no candidate left."""
    before = sorted(path for path in lake.root.rglob("*.parquet"))
    with lake.writer():
        with pytest.raises(DeliveryRejected) as caught:
            fetch(client, lake, followed, full=full)
        assert sorted(path for path in lake.root.rglob("*.parquet")) == before
        assert not list((lake.root / ".incoming").iterdir())
    assert all(finding.severity == "error" for finding in caught.value.findings)
    return [finding.rule for finding in caught.value.findings]


def test_the_lake_holds_what_kolada_holds(tmp_path: Path, snapshot: Snapshot, kolada: Any) -> None:
    lake = Lake(tmp_path)
    candidates = take(kolada(), lake)
    assert {name: candidate.rows for name, candidate in candidates.items() if name != "data"} == {
        "kpi": 6099,
        "municipality": 312,
        "municipality_groups": 26573,
        "ou": 7,
    }
    expected = snapshot.con.execute(
        "select kpi, municipality, period, gender, value, case when value is null then 0 else 1 end, status "
        "from v where kpi in (select unnest(?)) order by all",
        [[one.indicator_id for one in FEW]],
    ).fetchall()
    found = rows(
        lake, 'select kpi_id, municipality_id, year, gender, value, "count", status from lake.kolada_data order by all'
    )
    assert found == expected
    assert rows(lake, "select count(distinct source_row), min(source_row), max(source_row) from lake.kolada_data") == [
        (len(found), 1, len(found))
    ]
    assert candidates["data"].is_simulated and str(candidates["data"].data_through) == "2025-12-31"
    assert rows(lake, "select title from lake.kolada_municipality where municipality_id = '0114'") == [
        ("Upplands Väsby",)
    ]


def test_nothing_new_is_no_candidate(lake: Lake, kolada: Any) -> None:
    assert take(kolada(), lake) == {}


def test_the_log_gets_what_changed_and_only_that(lake: Lake, snapshot: Snapshot, kolada: Any) -> None:
    snapshot.con.execute(
        "update v set value = 75 where kpi = 'U23401' and municipality = '1489' and period = 2022 and gender = 'T'"
    )
    snapshot.con.execute(
        "update v set status = 'Missing' where kpi = 'U28528' and municipality = '1489' and period = 2023 and gender = 'T'"
    )
    snapshot.con.execute(
        "delete from v where kpi = 'U23401' and municipality = '1283' and period = 2022 and gender = 'K'"
    )
    snapshot.con.execute("insert into v values ('N28140', '1489', 2025, 'T', 80, '', date '2026-08-15', false)")
    changes = take(kolada(), lake)
    assert list(changes) == ["data"]
    columns = "kpi_id, municipality_id, year, gender, value, status, is_deleted"
    newest = f"select {columns} from lake.kolada_data where load_id = '{{}}' order by all"
    assert rows(lake, newest.format(changes["data"].load_id)) == [
        ("N28140", "1489", 2025, "T", 80.0, "", False),
        ("U23401", "1283", 2022, "K", None, "", True),
        ("U23401", "1489", 2022, "T", 75.0, "", False),
        ("U28528", "1489", 2023, "T", 73.0, "Missing", False),
    ]
    assert take(kolada(), lake) == {}, "a deletion is told once"
    snapshot.con.execute("insert into v values ('U23401', '1283', 2022, 'K', 51, '', date '2026-08-15', false)")
    assert take(kolada(), lake)["data"].rows == 1, "a key may come back"


def test_withdrawn_rows_are_deletions(lake: Lake, kolada: Any) -> None:

    def withdraw(path: str, envelope: dict[str, Any]) -> None:
        for item in envelope["values"]:
            if (item.get("kpi"), item.get("municipality"), item.get("period")) == ("U28528", "1489", 2022):
                for value in item["values"]:
                    value.update(value=None, isdeleted=True)

    candidate = take(kolada(withdraw), lake)["data"]
    assert rows(
        lake, f"select distinct value, is_deleted from lake.kolada_data where load_id = '{candidate.load_id}'"
    ) == [(None, True)]


def test_the_change_feed_gives_what_a_full_fetch_gives(
    lake: Lake, snapshot: Snapshot, kolada: Any, tmp_path: Path
) -> None:
    """Revised, new, withdrawn and returned values, by either form of the feed's requests."""
    today = datetime.now(UTC).date()
    by_kpi, by_unit, whole = (Lake(tmp_path / name) for name in ("by_kpi", "by_unit", "whole"))
    for copy in (by_kpi, by_unit, whole):
        shutil.copytree(lake.root, copy.root)
    for number, change in enumerate(
        (
            "update v set value = value + 1, changed = '{day}' where kpi = 'U23401' and value is not null and hash(municipality) % 9 = 0",
            WITHDRAWN + " % 50 = 1",
            WITHDRAWN.replace("null, isdeleted = true", "7, isdeleted = false") + " % 100 = 1",
            "update v set changed = '{day}' where kpi = 'N28140'",
        )
    ):
        snapshot.con.execute(change.format(day=today + timedelta(days=number)))
        snapshot.con.execute(f"insert into v values ('N20014', '1489', {2026 + number}, 'T', 8, '', '{today}', false)")
        at = datetime.now(UTC) + timedelta(days=number)
        full = take(kolada(), whole, at=at)
        requests = kolada()
        found = take(requests, by_kpi, full=False, at=at)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("ingestion.kolada.fetch.by_unit", lambda *_: True)
            units = take(kolada(), by_unit, full=False, at=at)
        assert list(found) == list(units) == list(full) == ["data"]
        assert found["data"].content_hash == units["data"].content_hash == full["data"].content_hash
        assert found["data"].rows > 0
    records = {
        copy.root.name: [Record.read(load) for load in copy.loads() if load.table == "data"]
        for copy in (by_kpi, by_unit, whole)
    }
    assert [record.values for record in records["by_kpi"] if record] == [
        record.values for record in records["whole"] if record
    ]
    assert [record.from_date is None for record in records["by_unit"] if record] == [True, False, False, False, False]
    counted = dict(rows(whole, "select kpi_id, count(value) from (" + STATE + ") group by kpi_id"))
    assert records["by_unit"][-1] and records["by_unit"][-1].values == counted


def test_the_feed_reaches_back_over_the_overlap(lake: Lake, snapshot: Snapshot, kolada: Any) -> None:
    """A change that Kolada dates before the last fetch, and shows after it, is not missed."""
    dated = (datetime.now(UTC) - timedelta(days=29)).date()
    snapshot.con.execute(
        f"update v set value = 75, changed = '{dated}' where kpi = 'U23401' and municipality = '1489' and period = 2022"
    )
    assert take(kolada(), lake, full=False)["data"].rows == 3
    assert take(kolada(), lake, full=False) == {}, "the overlap brings nothing twice"


def test_what_the_feed_cannot_give_is_fetched_whole(lake: Lake, snapshot: Snapshot, kolada: Any) -> None:
    now = datetime.now(UTC)
    added = ALL["U28418"]
    old = snapshot.con.execute("select count(*) from v where kpi = 'U28418'").fetchone()
    found = take(kolada(), lake, (*FEW, added), full=False)["data"]
    assert (found.rows,) == old, "an indicator that was not followed before: its old values too"
    snapshot.con.execute(
        "delete from v where kpi = 'U23401' and municipality = '1283' and period = 2022 and gender = 'K'"
    )
    assert take(kolada(), lake, (*FEW, added), full=False) == {}, "Kolada left no tombstone"
    assert take(kolada(), lake, (*FEW, added), full=False, at=now + timedelta(days=181))["data"].rows == 1
    snapshot.con.execute(
        "delete from v where kpi = 'U23401' and municipality = '1283' and period = 2021 and gender = 'K'"
    )
    assert take(kolada(), lake, (*FEW, added), full=False, at=now)["data"].rows == 1, (
        "the clock went back: nothing is known of the time between"
    )


def test_a_feed_that_withdraws_too_much_is_rejected(lake: Lake, snapshot: Snapshot, kolada: Any) -> None:
    today = datetime.now(UTC).date()
    snapshot.con.execute(
        f"update v set value = null, isdeleted = true, changed = '{today}' where kpi = 'U28528' and period < 2020"
    )
    assert rejected(kolada(), lake, full=False) == ["K107"]


def test_faults_now_and_then_change_no_row(tmp_path: Path, snapshot: Snapshot) -> None:
    def content(misbehaviour: Misbehaviour | None, folder: str) -> tuple[dict[str, str], int]:
        with serving(snapshot, misbehaviour) as url:
            client = KoladaClient(url, QUICK)
            return {
                name: candidate.content_hash for name, candidate in take(client, Lake(tmp_path / folder)).items()
            }, client.requests_done

    undisturbed, few = content(None, "undisturbed")
    disturbed, many = content(Misbehaviour(("429", "500", "dropped", "truncated"), every=3), "disturbed")
    assert disturbed == undisturbed
    assert many > few + 4


@pytest.mark.parametrize("fault", ["repeated", "no_next"])
def test_broken_paging_takes_nothing_in(fault: str, tmp_path: Path, snapshot: Snapshot) -> None:
    lake = Lake(tmp_path)
    with serving(snapshot, Misbehaviour((fault,))) as url, lake.writer():
        with pytest.raises(KoladaPermanentError, match="nothing was taken in"):
            fetch(KoladaClient(url, QUICK), lake, FEW)
        assert not list((tmp_path / ".incoming").iterdir())
    assert lake.loads() == []


@pytest.mark.parametrize(("fault", "rule"), [("shrunk", "K104"), ("null", "K106"), ("no_zeros", "K101")])
def test_doubtful_answers_are_rejected(fault: str, rule: str, lake: Lake, snapshot: Snapshot) -> None:
    with serving(snapshot, Misbehaviour((fault,))) as url:
        assert rule in rejected(KoladaClient(url, QUICK), lake)


def test_a_first_load_of_half_a_catalogue_is_rejected(tmp_path: Path, snapshot: Snapshot, kolada: Any) -> None:
    snapshot.catalogues["kpi"] = snapshot.catalogues["kpi"][:3000]
    assert rejected(kolada(), Lake(tmp_path)) == ["K104"]


def test_lost_values_are_rejected(lake: Lake, snapshot: Snapshot, kolada: Any) -> None:
    snapshot.con.execute("delete from v where kpi = 'U28528' and period < 2020")
    assert rejected(kolada(), lake) == ["K107"]


CURRENT = "select kpi_id, withdrawn_on, withdrawn_until from lake.kolada_withdrawn order by all"
LAST_VALUE = (
    "update v set value = {value}, changed = '{day}' where kpi = 'U23401' and municipality = '1489' and period = 2022"
)


def without_answer(path: str, envelope: dict[str, Any]) -> None:
    """Every value is null, as the change feed tells that they are gone."""
    for item in envelope["values"]:
        if item.get("kpi") == "U28528":
            for value in item["values"]:
                value["value"] = None


def answered_with(status: str) -> Tamper:
    """A request that names the indicator is answered with this status."""

    def tamper(path: str, envelope: dict[str, Any]) -> None:
        if "/data/" in path and "U28528" in path:
            raise LookupError(status)

    return tamper


@pytest.mark.parametrize("full", [True, False], ids=["full", "feed"])
@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ("deleted", "K106"),
        ("null", "K106"),
        ("404 Not Found", "K106"),
        ("422 Unprocessable Content", "K106"),
        ("catalogue", "K105"),
    ],
    ids=["no rows", "null", "404", "422", "catalogue"],
)
def test_one_withdrawn_indicator_holds_up_no_other(
    how: str, rule: str, full: bool, lake: Lake, snapshot: Snapshot, kolada: Any
) -> None:
    """The others' values are taken in; it is told, and its values stay; when it comes back, it is as if it had never
    been away.
    """
    now = datetime.now(UTC)
    before = rows(lake, f"select count(*) from ({STATE}) where kpi_id = 'U28528'")
    snapshot.con.execute(LAST_VALUE.format(value=75, day=now.date()))
    away, catalogue = (
        snapshot.con.execute("select * from v where kpi = 'U28528'").fetchall(),
        snapshot.catalogues["kpi"],
    )
    tamper: Tamper | None = answered_with(how) if how[0] == "4" else {"null": without_answer}.get(how)
    if how == "deleted" and full:
        snapshot.con.execute("delete from v where kpi = 'U28528'")
    elif how == "deleted":
        snapshot.con.execute("update v set value = null, isdeleted = true, changed = current_date where kpi = 'U28528'")
    elif how == "null" and not full:
        snapshot.con.execute("update v set changed = current_date where kpi = 'U28528'")
    elif how == "catalogue":
        snapshot.catalogues["kpi"] = [item for item in catalogue if item["id"] != "U28528"]
    taken = take(kolada(tamper), lake, full=full, at=now)
    assert taken["data"].rows == 3, "the other indicator's new values, and nothing of the one that is gone"
    [note] = taken["withdrawn"].notes
    assert (note.rule, note.severity) == (rule, "warning") and "U28528" in note.found
    assert rows(lake, CURRENT) == [("U28528", now.date(), None)]
    assert rows(lake, f"select count(*) from ({STATE}) where kpi_id = 'U28528'") == before
    later = now + timedelta(days=31)
    assert take(kolada(tamper), lake, full=full, at=later) == {}, "it is told once"
    snapshot.con.execute("delete from v where kpi = 'U28528'")
    snapshot.con.executemany("insert into v values (?, ?, ?, ?, ?, ?, ?, ?)", away)
    snapshot.con.execute("insert into v values ('U28528', '1489', 2026, 'T', 80, '', current_date, false)")
    snapshot.catalogues["kpi"] = catalogue
    again = take(kolada(), lake, full=full, at=later)
    assert again["data"].rows == 1 and again["withdrawn"].notes == ()
    assert rows(lake, CURRENT) == [("U28528", now.date(), later.date())]
    snapshot.con.execute(LAST_VALUE.format(value=76, day=later.date()))
    assert take(kolada(), lake, full=False, at=later)["data"].rows == 3, "the feed goes on"


def test_many_withdrawn_at_once_are_a_fault_of_the_api(lake: Lake, snapshot: Snapshot, kolada: Any) -> None:
    catalogue = snapshot.catalogues["kpi"]
    snapshot.con.execute("delete from v where kpi in ('U28528', 'N28140')")
    snapshot.catalogues["kpi"] = [item for item in catalogue if item["id"] != "N20014"]
    assert sorted(rejected(kolada(), lake)) == ["K105", "K106", "K106"]
    snapshot.catalogues["kpi"] = catalogue
    assert len(take(kolada(), lake)["withdrawn"].notes) == 2


def test_an_address_that_knows_no_indicator_is_an_error_and_no_withdrawal(lake: Lake, kolada: Any) -> None:
    def lost(path: str, envelope: dict[str, Any]) -> None:
        if "/data/" in path:
            raise LookupError("404 Not Found")

    with lake.writer(), pytest.raises(KoladaPermanentError, match="status 404"):
        fetch(kolada(lost), lake, FEW, full=True)


def test_an_indicator_that_is_followed_no_more_is_not_withdrawn_any_longer(
    lake: Lake, snapshot: Snapshot, kolada: Any
) -> None:
    snapshot.con.execute("delete from v where kpi = 'U28528'")
    take(kolada(), lake)
    left = tuple(one for one in FEW if one.indicator_id != "U28528")
    assert take(kolada(), lake, left)["withdrawn"].notes == ()
    assert rows(lake, "select count(*) from lake.kolada_withdrawn where withdrawn_until is null") == [(0,)]


def test_duplicates_agree_or_are_rejected(lake: Lake, snapshot: Snapshot, kolada: Any) -> None:
    one = "select * from v where kpi = 'U23401' and municipality = '1489' and period = 2022 and gender = 'T'"
    snapshot.con.execute(f"insert into v {one}")
    assert take(kolada(), lake) == {}
    snapshot.con.execute(f"insert into v select * replace (value + 1 as value) from ({one}) limit 1")
    assert rejected(kolada(), lake) == ["K102"]


def test_what_is_seen_but_not_rejected(tmp_path: Path, snapshot: Snapshot, kolada: Any) -> None:
    """Another title, an indicator that is gone, an unknown status, rows of groups."""

    def tamper(path: str, envelope: dict[str, Any]) -> None:
        for item in envelope["values"]:
            if item.get("id") == "U23401":
                item["title"] = "Väntetid, median"
            if item.get("kpi") == "U28528" and item["municipality"] == "1489":
                item["values"][0]["status"] = "Ny"
        if "/data/" in path:
            envelope["values"].append({**envelope["values"][0], "municipality": "G96190"})

    snapshot.catalogues["kpi"] = [item for item in snapshot.catalogues["kpi"] if item["id"] != "N20014"]
    candidates = take(kolada(tamper), Lake(tmp_path))
    notes = {note.rule: note for candidate in candidates.values() for note in candidate.notes}
    assert sorted(notes) == ["K105", "K108", "K109", "K110"]
    assert {note.severity for note in notes.values()} == {"warning"}
    assert "N20014" in notes["K105"].found and notes["K108"].found == "'Väntetid, median'"
    assert notes["K109"].count == 9 and "Ny" in notes["K109"].found
    assert notes["K110"].count >= 13
    assert rows(Lake(tmp_path), "select count(*) from lake.kolada_data where municipality_id like 'G%'") == [(0,)]
    assert rows(Lake(tmp_path), "select count(*) from lake.kolada_data where status = 'Ny'") == [(9,)]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda item: item.pop("period"), "K103"),
        (lambda item: item.update(period="tjugo"), "K103"),
        (lambda item: item["values"][0].update(value="många"), "K103"),
        (lambda item: item["values"][0].update(value=True), "K103"),
        (lambda item: item["values"][0].update(value="NaN"), "K103"),
        (lambda item: item["values"][0].update(count=1.5), "K103"),
        (lambda item: item["values"][0].update(isdeleted="kanske"), "K103"),
        (lambda item: item["values"][0].pop("isdeleted"), "K103"),
        (lambda item: item["values"][0].update(gender="F"), "K103"),
        (lambda item: item.update(municipality="489"), "K101"),
        (lambda item: item.update(kpi="N00945"), "K111"),
        (lambda item: item.update(municipality="9999"), "K111"),
    ],
)
def test_wrong_objects_are_rejected(
    change: Callable[[dict[str, Any]], Any], rule: str, tmp_path: Path, kolada: Any
) -> None:
    def tamper(path: str, envelope: dict[str, Any]) -> None:
        if "/data/" in path and envelope["values"]:
            change(envelope["values"][0])

    assert rejected(kolada(tamper), Lake(tmp_path), FEW[:1]) == [rule]


def test_the_list_of_followed_indicators() -> None:
    assert len(ALL) == 117
    titles = {item["id"]: item["title"] for item in Snapshot().catalogues["kpi"]}
    assert {one.indicator_id: one.title for one in ALL.values()} == {kpi: titles[kpi] for kpi in ALL}


def test_an_indicator_followed_twice_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "seed.csv"
    path.write_text("indicator_id,indicator\nN23590,a\nN23590,b\n", encoding="utf-8")
    with pytest.raises(ValueError, match="stands twice"):
        read_followed(path)
