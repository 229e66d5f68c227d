"""The stand-in: each recorded trap of API v3, and a public client that no one here wrote."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from koladapy import KoladaAPI

from demo.kolada.app import Snapshot
from demo.kolada.misbehaviour import Misbehaviour
from demo.kolada.server import serving


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return Snapshot()


@pytest.fixture(scope="module")
def url(snapshot: Snapshot) -> Iterator[str]:
    with serving(snapshot) as base:
        yield base


def get(url: str, **parameters: Any) -> dict[str, Any]:
    response = requests.get(url, params=parameters, timeout=20)
    assert response.status_code == 200, response.text
    return dict(response.json())


def status(url: str, **parameters: Any) -> int:
    return requests.get(url, params=parameters, timeout=20).status_code


def test_it_answers_on_the_loopbacks_own_address_only(url: str) -> None:
    """Bound to all addresses it would answer on every other of the loopback network too."""
    port = int(url.split(":")[2].split("/", maxsplit=1)[0])
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def test_koladapy_works_unchanged(url: str, snapshot: Snapshot) -> None:
    api = KoladaAPI(base_url=f"{url}/", max_requests_per_second=1000)
    assert len(api.get_municipalities()) == 312
    assert len(api.get_municipalities(municipality_type="K")) == 290
    assert len(api.search_kpis()) == 6099
    assert api.get_kpi("U23401")["title"].startswith("Väntetid i antal dagar")
    assert len(api.get_kpis(["U23401", "N20900"])) == 2
    assert api.get_kpi_groups() == []
    units = [item["id"] for item in snapshot.catalogues["municipality"]][:60]
    frame = api.get_data_as_dataframe(kpi_id=["U23401", "N20900"], municipality_id=units, years=[2021, 2022])
    expected = snapshot.con.execute(
        "select count(*), sum(value) from v "
        "where kpi in ('U23401', 'N20900') and municipality in (select unnest(?)) and period in (2021, 2022)",
        [units],
    ).fetchone()
    assert expected == (len(frame), pytest.approx(frame["value"].sum()))
    one = api.get_values(kpi_id="U28528", municipality_id="1489", years=2022)
    assert {value["gender"]: value["value"] for value in one[0]["values"]} == {"T": 73.0, "K": 69.0, "M": 78.0}


def test_25_values_in_each_dimension(url: str) -> None:
    for path in (
        "data/kpi/{}/year/2022",
        "data/kpi/U23401/municipality/{}",
        "data/municipality/1489/year/{}",
        "kpi/{}",
        "oudata/kpi/U23401/ou/{}",
    ):
        few, many = (",".join(str(2000 + number) for number in range(count)) for count in (25, 26))
        assert (status(f"{url}/{path.format(few)}"), status(f"{url}/{path.format(many)}")) == (200, 422)
    assert status(f"{url}/data/", kpi_id=["N20900"] * 26, year=2022) == 422


def test_per_page_over_5000(url: str) -> None:
    assert (status(f"{url}/kpi", per_page=5000), status(f"{url}/kpi", per_page=5001), status(f"{url}/kpi", page=0)) == (
        200,
        422,
        422,
    )


def test_two_of_three_dimensions(url: str) -> None:
    assert status(f"{url}/data/kpi/N20900") == 404
    assert status(f"{url}/data/", kpi_id="N20900") == 422
    assert get(f"{url}/data/", kpi_id="N20900", municipality_id="1489", year=2022)["count"] == 1
    assert get(f"{url}/data/", municipality_id=["1489", "1283"], year="2021,2022", kpi_id="N20900")["count"] == 4


def test_misspelt_names_give_an_empty_answer(url: str) -> None:
    assert get(f"{url}/data/", kpi="N20900", municipality="1489") == {
        "values": [],
        "count": 0,
        "next_url": None,
        "previous_url": None,
    }
    assert get(f"{url}/data/kpi/N99999/municipality/1489")["count"] == 0
    assert status(f"{url}/kpi-groups") == 404


def test_v2_is_gone(url: str) -> None:
    response = requests.get(url.replace("/v3", "/v2/data/kpi/N20900/municipality/1489"), timeout=20)
    assert (response.status_code, response.json()) == (
        410,
        {"error": "This endpoint is deprecated. Please use /v3 instead."},
    )


def test_count_is_of_the_page_and_links_lead_on(url: str) -> None:
    first = get(f"{url}/kpi")
    assert (first["count"], first["previous_url"]) == (5000, None)
    second = get(first["next_url"])
    assert (second["count"], second["next_url"]) == (1099, None)
    assert get(second["previous_url"])["values"] == first["values"]
    assert not {item["id"] for item in first["values"]} & {item["id"] for item in second["values"]}


def test_unfiltered_answers_are_mostly_groups(url: str, snapshot: Snapshot) -> None:
    values = get(f"{url}/data/kpi/U23401/year/2022")["values"]
    groups = [item for item in values if item["municipality"].startswith("G")]
    assert len(groups) > 0.9 * len(values)
    region = next(item for item in groups if item["municipality"] == "G96190")
    total = next(value for value in region["values"] if value["gender"] == "T")
    members = {
        member["member_id"]
        for group in snapshot.catalogues["municipality_groups"]
        if group["id"] == "G96190"
        for member in group["members"]
    }
    own = [
        value["value"]
        for item in values
        if item["municipality"] in members
        for value in item["values"]
        if value["gender"] == "T"
    ]
    assert (total["count"], total["value"]) == (len(own), pytest.approx(sum(own) / len(own)))
    named = get(f"{url}/data/kpi/U23401/municipality/G96190,1489/year/2022")["values"]
    assert [item["municipality"] for item in named] == ["1489", "G96190"]


def test_genders_stand_in_any_order(url: str) -> None:
    values = get(f"{url}/data/kpi/U23401/municipality/1489")["values"]
    orders = {"".join(value["gender"] for value in item["values"]) for item in values}
    assert len(orders) > 1 and {item["values"][0]["gender"] for item in values} != {"T"}


def test_fields_of_objects(url: str) -> None:
    (item,) = get(f"{url}/data/kpi/U28528/municipality/1489/year/2022")["values"]
    assert isinstance(item["period"], int)
    assert set(item["values"][0]) == {"gender", "count", "status", "value", "isdeleted"}
    (gap,) = get(f"{url}/data/kpi/U28631/municipality/1489/year/2024")["values"]
    assert gap["values"] == [{"gender": "T", "count": 0, "status": "", "value": None, "isdeleted": False}]
    assert get(f"{url}/municipality/0014")["values"] == [
        {"id": "0014", "title": "Västra Götalandsregionen", "type": "L"}
    ]
    (group,) = get(f"{url}/municipality_groups/G176486")["values"]
    assert len(group["members"]) == 7 and set(group["members"][0]) == {"member_id", "member_title"}


def test_filters_of_catalogues(url: str) -> None:
    assert [item["id"] for item in get(f"{url}/municipality", title="alingsås")["values"]] == ["1489"]
    assert get(f"{url}/municipality", type="L")["count"] == 22
    assert get(f"{url}/ou", municipality="1489")["count"] == 7 and get(f"{url}/ou", municipality="1283")["count"] == 0
    assert get(f"{url}/kpi_groups", id="G2KPI121849")["count"] == 0
    assert get(f"{url}/oudata/kpi/U23401/year/2022")["values"] == []
    assert status(f"{url}/oudata/ou/V23E148900001") == 404


def test_changes_since_a_day_show_withdrawn_values() -> None:
    changed = Snapshot()
    changed.con.execute(
        "update v set value = null, isdeleted = true, changed = date '2026-10-01' "
        "where kpi = 'U23401' and municipality = '1489' and period = 2022 and gender = 'K'"
    )
    with serving(changed) as url:
        path = f"{url}/data/kpi/U23401/municipality/1489"
        (item,) = get(path, from_date="2026-10-01")["values"]
        assert item["values"] == [{"gender": "K", "count": 0, "status": "", "value": None, "isdeleted": True}]
        now = next(item for item in get(path)["values"] if item["period"] == 2022)
        assert {value["gender"] for value in now["values"]} == {"T", "M"}
        assert status(path, from_date="igår") == 422


def test_gzip_when_asked(url: str) -> None:
    answers = [
        requests.get(f"{url}/municipality", headers={"Accept-Encoding": wanted}, timeout=20)
        for wanted in ("gzip", "identity")
    ]
    assert [answer.headers.get("Content-Encoding") for answer in answers] == ["gzip", None]
    assert answers[0].json() == answers[1].json()


def test_simulated_values_say_so_on_the_wire(url: str) -> None:
    def statuses(kpi: str, unit: str, year: int) -> set[str]:
        return {
            value["status"]
            for item in get(f"{url}/data/kpi/{kpi}/municipality/{unit}/year/{year}")["values"]
            for value in item["values"]
        }

    assert statuses("N20900", "1384", 2022) == {""}
    assert statuses("N20900", "1384", 2023) == {"simulated"}
    assert statuses("N20900", "1283", 2024) == {""}, "a recorded value of 2024 is real"
    assert statuses("U28570", "G96190", 2024) == {"simulated"}, "a mean over simulated members is"


@pytest.mark.parametrize(("fault", "check"), [("null", "value"), ("no_zeros", "id"), ("shrunk", "few")])
def test_faults_that_only_content_shows(fault: str, check: str, snapshot: Snapshot) -> None:
    with serving(snapshot, Misbehaviour((fault,))) as base:
        units = get(f"{base}/municipality")["values"]
        data = get(f"{base}/data/kpi/U23401/municipality/1489")["values"]
    seen = {
        "value": {value["value"] for item in data for value in item["values"]} == {None},
        "id": "114" in {item["id"] for item in units} and "0114" not in json.dumps(units),
        "few": len(units) == 32,
    }
    assert seen == {name: name == check for name in seen}


def test_the_server_answers_without_a_word(snapshot: Snapshot, capfd: pytest.CaptureFixture[str]) -> None:
    with serving(snapshot, Misbehaviour(("dropped", "truncated"), every=2)) as base:
        assert status(f"{base}/ou") == 200
        with pytest.raises(requests.ConnectionError):
            status(f"{base}/ou")
        assert status(f"{base}/ou") == 200
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            status(f"{base}/ou")
    assert capfd.readouterr().err == ""


def test_unknown_faults_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown faults"):
        Misbehaviour(("tired",))
