"""Faults on demand: a WSGI middleware that lets a stand-in answer as badly as real services now and then do.

Belongs here: which answers go wrong, and how. Does not belong here: a right answer (`app`), sockets (`server`).
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from demo.kolada.app import GONE, MOST_PER_PAGE

FAULTS = {
    "429": "status 429 with Retry-After",
    "500": "status 500",
    "410": "status 410, as v2 answers since it was switched off",
    "dropped": "connection closed before an answer",
    "truncated": "body shorter than its Content-Length",
    "drip": "body in small pieces with pauses",
    "invalid": "body that is no JSON, with status 200",
    "garbage": "a body that says gzip and is none",
    "html": "an HTML page with status 200",
    "plain": "JSON that says it is plain text",
    "repeated": "page 2 holds page 1's objects again",
    "no_next": "no next_url though there are more pages",
    "skipped": "next_url leads past the next page",
    "cycle": "next_url leads back to the same page",
    "foreign": "next_url leads to another host",
    "shrunk": "catalogues hold a tenth of their entries",
    "null": "every value is null",
    "deleted": "every value is withdrawn",
    "half": "data pages hold every second object only",
    "no_zeros": "municipality ids without leading zeros",
    "groups": "rows of groups among those that were asked for",
    "unasked": "rows of an indicator that was not asked for",
    "title": "another title, and so another unit, under the same indicator id",
}


class DroppedConnection(Exception):
    """Raised instead of an answer: the server closes the socket without one."""


@dataclass(frozen=True)
class Misbehaviour:
    """Every `every`-th request (counted over all) gets `faults`, one after the other; 1 means each request.

    path: only requests whose path holds this are counted. retry_after: seconds in the header of a 429. pause: seconds
    between the pieces of a drip.
    """

    faults: tuple[str, ...]
    every: int = 1
    path: str = ""
    retry_after: int = 0
    pause: float = 0.01

    def __post_init__(self) -> None:
        """Refuse unknown faults."""
        unknown = set(self.faults) - set(FAULTS)
        if unknown or not self.faults or self.every < 1:
            raise ValueError(
                f"unknown faults {sorted(unknown)} or none, every {self.every}; there are: {', '.join(FAULTS)}"
            )


class Misbehaving:
    """The application, spoilt as `misbehaviour` says."""

    def __init__(self, application: Callable[..., Iterable[bytes]], misbehaviour: Misbehaviour) -> None:
        self.application, self.misbehaviour = application, misbehaviour
        self._counter = itertools.count(1)
        self._faults: Iterator[str] = itertools.cycle(misbehaviour.faults)
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer rightly, or with the next fault."""
        with self._lock:
            meant = self.misbehaviour.path in environ["PATH_INFO"]
            fault = next(self._faults) if meant and next(self._counter) % self.misbehaviour.every == 0 else None
        if fault is None:
            return self.application(environ, start_response)
        if fault == "dropped":
            raise DroppedConnection
        json_type = [("Content-Type", "application/json")]
        if fault == "429":
            start_response("429 Too Many Requests", [*json_type, ("Retry-After", str(self.misbehaviour.retry_after))])
            return [b'{"detail":"Too Many Requests"}']
        if fault == "410":
            start_response("410 Gone", json_type)
            return [json.dumps(GONE).encode()]
        if fault == "500":
            start_response("500 Internal Server Error", json_type)
            return [b'{"detail":"Internal Server Error"}']
        if fault == "html":
            start_response("200 OK", [("Content-Type", "text/html")])
            return [b"<html><body>Underh\xc3\xa5ll</body></html>"]
        query = parse_qs(environ.get("QUERY_STRING", ""))
        onward: dict[str, Any] = {}
        if fault == "repeated" and query.get("page", ["1"]) == [
            "2"
        ]:  # with a link of its own: a cycle is another fault
            honest = b"".join(self.application({**environ, "HTTP_ACCEPT_ENCODING": ""}, lambda *_, **__: None))
            onward = {"next_url": json.loads(honest)["next_url"]}
            environ = {**environ, "QUERY_STRING": environ["QUERY_STRING"].replace("page=2", "page=1", 1)}
        started: list[tuple[str, list[tuple[str, str]]]] = []
        plain = {name: value for name, value in environ.items() if name != "HTTP_ACCEPT_ENCODING"}
        body = b"".join(
            self.application(plain, lambda status, headers, exc_info=None: started.append((status, headers)))
        )
        status, headers = started[0]
        headers = [pair for pair in headers if pair[0] != "Content-Length"]
        if fault == "plain":
            headers = [("Content-Type", "text/plain")]
        elif fault == "garbage":
            headers.append(("Content-Encoding", "gzip"))
        elif fault == "invalid":
            body = b"\x00" + body[: len(body) // 2]
        elif fault not in {"truncated", "drip"} and status.startswith("200"):
            body = json.dumps({**self._spoilt(fault, json.loads(body), environ), **onward}).encode()
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        if fault == "truncated":
            return [body[: len(body) // 2]]
        return self._dripped(body) if fault == "drip" else [body]

    def _spoilt(self, fault: str, envelope: dict[str, Any], environ: dict[str, Any]) -> dict[str, Any]:
        here = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['PATH_INFO']}?{environ['QUERY_STRING']}"
        if fault == "no_next":
            envelope["next_url"] = None
        elif fault == "cycle" and envelope["next_url"]:
            envelope["next_url"] = here
        elif fault == "skipped" and envelope["next_url"]:
            envelope["next_url"] = envelope["next_url"].replace("page=2", "page=3")
        elif fault == "foreign" and envelope["next_url"]:
            envelope["next_url"] = "http://example.invalid/v3/kpi?page=2&per_page=5000"
        elif fault == "shrunk" and "/data" not in environ["PATH_INFO"]:
            envelope["values"] = envelope["values"][::10]
            envelope["count"], envelope["next_url"] = len(envelope["values"]), None
        data = [item for item in envelope["values"] if "values" in item]
        if fault == "half" and data:
            envelope["values"] = envelope["values"][::2]
        elif fault in ("groups", "unasked") and 0 < len(data) < MOST_PER_PAGE:
            envelope["values"].append(
                {**data[0], **({"municipality": "G96190"} if fault == "groups" else {"kpi": "N99999"})}
            )
        envelope["count"] = len(envelope["values"])
        for item in envelope["values"]:
            if fault in ("null", "deleted"):
                for value in item.get("values", ()):
                    value["value"] = None
                    value["isdeleted"] = fault == "deleted"
            if fault == "title" and str(item.get("id")).startswith("U"):
                item["title"] = str(item["title"]).replace("andel (%)", "antal/10 000 inv") + " (ny enhet)"
            if fault == "no_zeros":
                for name in ("id", "municipality"):
                    if str(item.get(name, "")).isdigit():
                        item[name] = item[name].lstrip("0") or "0"
        return envelope

    def _dripped(self, body: bytes) -> Iterator[bytes]:
        for start in range(0, len(body), 65536):
            time.sleep(self.misbehaviour.pause)
            yield body[start : start + 65536]
