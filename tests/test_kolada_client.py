"""The client: every page or an error, over real HTTP against the stand-in and in-process."""

from __future__ import annotations

import codecs
import gzip
import json
import sys
import time
import types
from collections.abc import Iterator
from typing import Any

import pytest

from demo.kolada.app import Snapshot
from demo.kolada.misbehaviour import Misbehaviour
from demo.kolada.server import serving
from ingestion.kolada.client import KoladaClient, KoladaPermanentError, KoladaTransientError, Patience

QUICK = Patience(min_interval=0, wait=0.001, longest_wait=0.01, attempts=4)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return Snapshot()


@pytest.fixture(scope="module")
def good_titles(snapshot: Snapshot) -> list[str]:
    return [item["id"] for item in snapshot.catalogues["kpi"]]


def ids(client: KoladaClient, name: str = "kpi") -> list[str]:
    return [json.loads(bytes(item))["id"] for page in client.catalogue(name) for item in page.objects]


@pytest.fixture
def module(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A WSGI module that answers with prepared envelopes, by page."""
    made = types.ModuleType("prepared_kolada")
    pages: list[dict[str, Any]] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        number = int(environ["QUERY_STRING"].split("page=")[1].split("&")[0])
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(pages[number - 1]).encode()]

    made.application = application  # type: ignore[attr-defined]
    sys.modules["prepared_kolada"] = made
    yield pages
    del sys.modules["prepared_kolada"]


def prepared() -> KoladaClient:
    return KoladaClient("inprocess://prepared_kolada/v3", QUICK)


@pytest.mark.parametrize("fault", ["429", "500", "dropped", "truncated", "drip", "invalid"])
def test_passing_faults_change_nothing(fault: str, snapshot: Snapshot, good_titles: list[str]) -> None:
    with serving(snapshot, Misbehaviour((fault,), every=2)) as url:
        client = KoladaClient(url, QUICK)
        assert ids(client) + ids(client) == good_titles * 2
        assert fault == "drip" or client.requests_done > 4, "no fault was met"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("html", "'text/html', expected application/json"),
        ("repeated", "the same objects as an earlier one"),
        ("no_next", "page 1 was full and had no next_url, yet page 2 holds objects"),
        ("cycle", "next_url leads back to"),
        ("foreign", "next_url leads to http://example.invalid"),
    ],
)
def test_wrong_answers_fail_loudly_and_are_not_repeated(fault: str, message: str, snapshot: Snapshot) -> None:
    with serving(snapshot, Misbehaviour((fault,))) as url:
        client = KoladaClient(url, QUICK)
        with pytest.raises(KoladaPermanentError, match=message):
            list(client.catalogue("kpi"))
        assert client.requests_done <= 2


ENVELOPE = '{"values": [{"id": "N00001", "title": "Å", "value": 1.5}], "count": 1, "next_url": null}'


@pytest.fixture
def answered(module: Any) -> Any:
    """A client whose server answers every request with the same bytes, and says that they are JSON."""

    def client(body: bytes) -> KoladaClient:
        def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [body]

        sys.modules["prepared_kolada"].application = application  # type: ignore[attr-defined]
        return prepared()

    return client


@pytest.mark.parametrize(
    "body",
    [
        ENVELOPE.encode("utf-8-sig"),
        codecs.BOM_UTF8 * 2 + ENVELOPE.encode(),
        gzip.compress(ENVELOPE.encode("utf-8-sig")),
    ],
    ids=["mark", "two marks", "compressed unsaid"],
)
def test_what_gateways_do_to_an_answer_is_read_over(answered: Any, body: bytes) -> None:
    assert ids(answered(body)) == ["N00001"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (ENVELOPE.replace("1.5", "NaN").encode(), "holds NaN or Infinity"),
        (ENVELOPE.replace("1.5", "-Infinity").encode("utf-8-sig"), "holds NaN or Infinity"),
        (ENVELOPE.encode("utf-16"), "is UTF-16"),
        (ENVELOPE.encode("utf-32"), "is UTF-32"),
        (b"\n<!DOCTYPE html><p>Underh\xc3\xa5ll", "is a web page"),
        (ENVELOPE.encode("latin-1"), "is no UTF-8"),
    ],
)
def test_a_whole_answer_that_is_misspelt_is_not_asked_for_again(body: bytes, message: str, answered: Any) -> None:
    client = answered(body)
    with pytest.raises(KoladaPermanentError, match=message) as caught:
        ids(client)
    assert "run again later" not in str(caught.value)
    assert client.requests_done == 1


def test_a_misspelt_answer_that_is_broken_off_may_pass(answered: Any) -> None:
    client = answered(ENVELOPE.replace("1.5", "NaN").encode()[:-3])
    with pytest.raises(KoladaTransientError):
        ids(client)
    assert client.requests_done == QUICK.attempts


def test_gives_up_after_bounded_attempts(snapshot: Snapshot) -> None:
    with serving(snapshot, Misbehaviour(("500",))) as url:
        client = KoladaClient(url, QUICK)
        with pytest.raises(KoladaTransientError, match="status 500 at each of 4 attempts"):
            list(client.catalogue("ou"))
        assert client.requests_done == 4


def test_unreachable_host_is_transient() -> None:
    with pytest.raises(KoladaTransientError, match="the connection failed"):
        list(KoladaClient("http://127.0.0.1:9/v3", QUICK).catalogue("ou"))


def test_retry_after_is_honoured_and_bounded(snapshot: Snapshot) -> None:
    def seconds(retry_after: int, longest: float) -> float:
        with serving(snapshot, Misbehaviour(("429",), every=2, retry_after=retry_after)) as url:
            client = KoladaClient(url, Patience(min_interval=0, wait=0.001, longest_wait=longest))
            started = time.monotonic()
            list(client.catalogue("ou"))
            list(client.catalogue("ou"))
            return time.monotonic() - started

    assert seconds(1, longest=5) >= 1
    assert seconds(3600, longest=0.1) < 3


def test_a_dripping_server_is_given_up(snapshot: Snapshot) -> None:
    with serving(snapshot, Misbehaviour(("drip",), pause=0.2)) as url:
        patience = Patience(min_interval=0, wait=0.001, longest_wait=0.01, attempts=2, answer=0.1)
        with pytest.raises(KoladaTransientError, match=r"longer than 0\.1 seconds"):
            list(KoladaClient(url, patience).catalogue("kpi"))


@pytest.mark.parametrize(
    ("path", "message"),
    [("/v2", "status 410. API v2 is gone since 2026-03-31; KOLADA_BASE_URL must end in /v3"), ("/v9", "status 404")],
)
def test_other_4xx_are_permanent_and_say_what_to_do(path: str, message: str, snapshot: Snapshot) -> None:
    with serving(snapshot) as url:
        client = KoladaClient(url.removesuffix("/v3") + path, QUICK)
        with pytest.raises(KoladaPermanentError, match=message):
            list(client.catalogue("kpi"))
        assert client.requests_done == 1


@pytest.mark.parametrize("url", ["api.kolada.se/v3", "ftp://api.kolada.se/v3", ""])
def test_unusable_address_is_refused(url: str) -> None:
    with pytest.raises(KoladaPermanentError, match="KOLADA_BASE_URL"):
        KoladaClient(url)


def test_no_dimension_has_more_than_25_values(snapshot: Snapshot) -> None:
    kpis = sorted({row[0] for row in snapshot.con.execute("select distinct kpi from v").fetchall()})[:60]
    units = [item["id"] for item in snapshot.catalogues["municipality"]][:40]
    years = list(range(1994, 2024))
    reports: list[tuple[int, int, int]] = []
    with serving(snapshot) as url:
        client = KoladaClient(url, QUICK, progress=lambda *report: reports.append(report))
        objects = sum(len(page.objects) for page in client.data(kpis, units, years))
    expected = snapshot.con.execute(
        "select count(*) from (select distinct kpi, municipality, period from v where kpi in (select unnest(?)) "
        "and municipality in (select unnest(?)) and period between 1994 and 2023)",
        [kpis, units],
    ).fetchone()
    assert expected == (objects,)
    assert reports[-1] == (client.requests_done, 3 * 2 * 2, objects)


def test_only_changes_since_a_day(snapshot: Snapshot) -> None:
    with serving(snapshot) as url:
        pages = list(KoladaClient(url, QUICK).data(["N20900"], ["1283"], from_date="2026-08-01"))
    assert [json.loads(bytes(item))["period"] for page in pages for item in page.objects] == [2023, 2024, 2025]


def test_a_multiple_of_the_page_size_ends_without_a_next_link() -> None:
    cut = Snapshot()
    cut.catalogues["kpi"] = cut.catalogues["kpi"][:5000]
    with serving(cut) as url:
        client = KoladaClient(url, QUICK)
        assert len(ids(client)) == 5000
        assert client.requests_done == 2, "the end was not proved by the page after it"


def test_relative_next_and_empty_end_in_process(module: list[dict[str, Any]]) -> None:
    for next_url in ("/v3/kpi?page=2&per_page=5000", "kpi?page=2&per_page=5000", "?page=2&per_page=5000"):
        module[:] = [
            {"values": [{"id": "N1"}], "count": 1, "next_url": next_url, "previous_url": None},
            {"values": [{"id": "N2"}], "count": 1, "next_url": "", "previous_url": ""},
        ]
        assert ids(prepared()) == ["N1", "N2"]


@pytest.mark.parametrize(
    ("envelope", "message"),
    [
        ({"values": [], "count": 0, "next_page": None}, "missing required field `next_url`"),
        ({"values": [{"id": "N1"}], "count": 2, "next_url": None}, "count 2 but 1 objects"),
        ({"values": ["N1"], "count": 1, "next_url": None}, "values that are no objects"),
        ({"values": [], "count": None, "next_url": None}, "Expected `int`"),
        ({"detail": "no"}, "missing required field `values`"),
        ([], "Expected `object`"),
    ],
)
def test_another_envelope_is_refused(envelope: Any, message: str, module: list[Any]) -> None:
    module[:] = [envelope]
    with pytest.raises(KoladaPermanentError, match=message):
        ids(prepared())


def test_requests_over_the_network_keep_their_distance(snapshot: Snapshot) -> None:
    with serving(snapshot) as url:
        client = KoladaClient(url, Patience(min_interval=0.1))
        started = time.monotonic()
        for _ in range(4):
            list(client.catalogue("ou"))
        assert time.monotonic() - started >= 0.3


def test_in_process_answers_equal_those_over_http(snapshot: Snapshot) -> None:
    with serving(snapshot) as url:
        over_http = list(KoladaClient(url, QUICK).data(["U23401"], ["1489", "1283"]))
    in_process = list(KoladaClient("inprocess://demo.kolada.app/v3").data(["U23401"], ["1489", "1283"]))
    assert [list(map(bytes, page.objects)) for page in over_http] == [
        list(map(bytes, page.objects)) for page in in_process
    ]
