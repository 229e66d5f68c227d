"""The fetch: the same rows whatever the weather, only changes into the log, and nothing at all from a doubtful answer."""

from __future__ import annotations

import json
import shutil
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.kolada.app import Application, Snapshot
from demo.kolada.misbehaviour import Misbehaviour
from demo.kolada.server import serving
from ingestion.findings import DeliveryRefused
from ingestion.kolada.client import KoladaClient, KoladaPermanentError, Patience
from ingestion.kolada.fetch import Followed, fetch, read_followed
from ingestion.lake import Candidate, Lake

QUICK = Patience(min_interval=0, wait=0.001, longest_wait=0.01)
SEED = Path(__file__).parents[1] / "dbt_project" / "seeds" / "kolada_indicators.csv"
ALL = {one.indicator_id: one for one in read_followed(SEED)}
FEW = tuple(ALL[kpi] for kpi in ("U23401", "U28528", "N28140", "N20014"))
MODULE = "tampered_kolada"
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
            envelope = json.loads(b"".join(right(environ, lambda status, headers: start_response(status, headers[:1]))))
            if tamper:
                tamper(environ["PATH_INFO"], envelope)
                envelope["count"] = len(envelope["values"])
            return [json.dumps(envelope).encode()]

        module = types.ModuleType(MODULE)
        module.application = application  # type: ignore[attr-defined]
        sys.modules[MODULE] = module
        return KoladaClient(f"inprocess://{MODULE}/v3", QUICK)

    yield client
    sys.modules.pop(MODULE, None)


def take(client: KoladaClient, lake: Lake, followed: tuple[Followed, ...] = FEW) -> dict[str, Candidate]:
    """Fetch and accept; the candidates by table."""
    with lake.writer():
        candidates = fetch(client, lake, followed)
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


def refused(client: KoladaClient, lake: Lake, followed: tuple[Followed, ...] = FEW) -> list[str]:
    """Rules of the refusal; the lake must be as it was, with no candidate left."""
    before = sorted(path for path in lake.root.rglob("*.parquet"))
    with lake.writer():
        with pytest.raises(DeliveryRefused) as caught:
            fetch(client, lake, followed)
        assert sorted(path for path in lake.root.rglob("*.parquet")) == before
        assert not list((lake.root / ".incoming").iterdir())
    assert all(finding.severity == "error" for finding in caught.value.findings)
    return [finding.rule for finding in caught.value.findings]


def test_the_lake_holds_what_kolada_holds(tmp_path: Path, snapshot: Snapshot, kolada: Any) -> None:
    lake = Lake(tmp_path)
    candidates = take(kolada(), lake)
    assert {name: candidate.rows for name, candidate in candidates.items() if name != "data"} == {
        "kpi": 6099, "municipality": 312, "municipality_groups": 26573, "ou": 7,
    }  # fmt: skip
    expected = snapshot.con.execute(
        "select kpi, municipality, period, gender, value, case when value is null then 0 else 1 end, status "
        "from v where kpi in (select unnest(?)) order by all",
        [[one.indicator_id for one in FEW]],
    ).fetchall()
    found = rows(lake, 'select kpi_id, municipality_id, year, gender, value, "count", status from lake.kolada_data order by all')
    assert found == expected
    assert rows(lake, "select count(distinct source_row), min(source_row), max(source_row) from lake.kolada_data") == [
        (len(found), 1, len(found))
    ]
    assert candidates["data"].is_simulated and str(candidates["data"].data_through) == "2025-12-31"
    assert rows(lake, "select title from lake.kolada_municipality where municipality_id = '0114'") == [("Upplands Väsby",)]


def test_nothing_new_is_no_candidate(lake: Lake, kolada: Any) -> None:
    assert take(kolada(), lake) == {}


def test_the_log_gets_what_changed_and_only_that(lake: Lake, snapshot: Snapshot, kolada: Any) -> None:
    snapshot.con.execute("update v set value = 75 where kpi = 'U23401' and municipality = '1489' and period = 2022 and gender = 'T'")
    snapshot.con.execute(
        "update v set status = 'Missing' where kpi = 'U28528' and municipality = '1489' and period = 2023 and gender = 'T'"
    )
    snapshot.con.execute("delete from v where kpi = 'U23401' and municipality = '1283' and period = 2022 and gender = 'K'")
    snapshot.con.execute("insert into v values ('N28140', '1489', 2025, 'T', 80, '', date '2026-08-15', false)")
    changes = take(kolada(), lake)
    assert list(changes) == ["data"]
    newest = (
        "select kpi_id, municipality_id, year, gender, value, status, is_deleted from lake.kolada_data where load_id = '{}' order by all"
    )
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
    assert rows(lake, f"select distinct value, is_deleted from lake.kolada_data where load_id = '{candidate.load_id}'") == [(None, True)]


def test_faults_now_and_then_change_no_row(tmp_path: Path, snapshot: Snapshot) -> None:
    def content(misbehaviour: Misbehaviour | None, folder: str) -> tuple[dict[str, str], int]:
        with serving(snapshot, misbehaviour) as url:
            client = KoladaClient(url, QUICK)
            return {name: candidate.content_hash for name, candidate in take(client, Lake(tmp_path / folder)).items()}, client.requests_done

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
def test_doubtful_answers_are_refused(fault: str, rule: str, lake: Lake, snapshot: Snapshot) -> None:
    with serving(snapshot, Misbehaviour((fault,))) as url:
        assert rule in refused(KoladaClient(url, QUICK), lake)


def test_a_first_load_of_half_a_catalogue_is_refused(tmp_path: Path, snapshot: Snapshot, kolada: Any) -> None:
    snapshot.catalogues["kpi"] = snapshot.catalogues["kpi"][:3000]
    assert refused(kolada(), Lake(tmp_path)) == ["K104"]


def test_lost_values_are_refused(lake: Lake, snapshot: Snapshot, kolada: Any) -> None:
    snapshot.con.execute("delete from v where kpi = 'U28528' and period < 2020")
    assert refused(kolada(), lake) == ["K107"]
    snapshot.con.execute("delete from v where kpi = 'U28528'")
    assert refused(kolada(), lake) == ["K106"]


def test_duplicates_agree_or_are_refused(lake: Lake, snapshot: Snapshot, kolada: Any) -> None:
    one = "select * from v where kpi = 'U23401' and municipality = '1489' and period = 2022 and gender = 'T'"
    snapshot.con.execute(f"insert into v {one}")
    assert take(kolada(), lake) == {}
    snapshot.con.execute(f"insert into v select * replace (value + 1 as value) from ({one}) limit 1")
    assert refused(kolada(), lake) == ["K102"]


def test_what_is_seen_but_not_refused(tmp_path: Path, snapshot: Snapshot, kolada: Any) -> None:
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
        (lambda item: item["values"][0].update(gender="F"), "K103"),
        (lambda item: item.update(municipality="489"), "K101"),
        (lambda item: item.update(kpi="N00945"), "K111"),
        (lambda item: item.update(municipality="9999"), "K111"),
    ],
)
def test_wrong_objects_are_refused(change: Callable[[dict[str, Any]], Any], rule: str, tmp_path: Path, kolada: Any) -> None:
    def tamper(path: str, envelope: dict[str, Any]) -> None:
        if "/data/" in path and envelope["values"]:
            change(envelope["values"][0])

    assert refused(kolada(tamper), Lake(tmp_path), FEW[:1]) == [rule]


def test_the_list_of_followed_indicators() -> None:
    assert len(ALL) == 117
    titles = {item["id"]: item["title"] for item in Snapshot().catalogues["kpi"]}
    assert {one.indicator_id: one.title for one in ALL.values()} == {kpi: titles[kpi] for kpi in ALL}


def test_an_indicator_followed_twice_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "seed.csv"
    path.write_text("indicator_id,indicator\nN23590,a\nN23590,b\n", encoding="utf-8")
    with pytest.raises(ValueError, match="stands twice"):
        read_followed(path)
