"""Client of Kolada's API v3: every page of a catalogue or of the values, or an error. Never a part of them.

Belongs here: requests, limits, retries, paging and its proofs, the in-process transport.
Does not belong here: what the answers mean (`fetch`).

An answer that is wrong in a way that a second try cannot mend (paging that repeats, a page that is not followed by its
next) is permanent: repeating it would hide it.
"""

from __future__ import annotations

import codecs
import email.utils
import importlib
import io
import json
import random
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urljoin, urlsplit

import msgspec
import requests
import tenacity
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict
from urllib3 import HTTPResponse as Urllib3Response

from ingestion.failures import PermanentFailure, TransientFailure

MOST_VALUES = 25
PER_PAGE = 5000
CATALOGUES = ("kpi", "municipality", "municipality_groups", "ou")
INPROCESS = "inprocess"
NOT_THERE = (400, 404, 410, 422)  # what FastAPI and others answer about an id that is no more
MOST_BYTES = 64 * 1024 * 1024  # a full page of values is about 2 MB
USER_AGENT = "genomlysning (vard- och omsorgsnamnd; Kolada API v3)"

Progress = Callable[[int, int, int], None]


class KoladaError(Exception):
    """Kolada could not be read."""


class KoladaTransientError(KoladaError, TransientFailure):
    """The network or the server failed at every attempt; a later run may succeed."""


class KoladaPermanentError(KoladaError, PermanentFailure):
    """An answer that no repetition mends; the message says what to do."""


class KoladaNotFound(KoladaPermanentError):
    """One of the statuses `NOT_THERE`: Kolada does not know what was asked for, or no more."""


class _Passing(Exception):
    """A failure that is worth another attempt. retry_after: seconds that the server asked for."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class _Envelope(msgspec.Struct):
    """API v3's envelope. The objects are parsed as JSON, so that a broken page is noticed, but not built: DuckDB reads
    them.
    """

    values: list[msgspec.Raw]
    count: int
    next_url: str | None


_ENVELOPE = msgspec.json.Decoder(_Envelope)


@dataclass(frozen=True)
class Page:
    """The objects of one page, each in its JSON, byte for byte as delivered."""

    objects: Sequence[msgspec.Raw]


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, and how often to try.

    min_interval: between the starts of two requests over the network (0.3 is what Kolada's other clients keep to).
    wait, longest_wait: first and longest backoff; a Retry-After is honoured up to longest_wait. answer: one answer as a
    whole, so that a server that drips bytes is given up.
    """

    min_interval: float = 0.3
    connect: float = 10.0
    read: float = 60.0
    answer: float = 300.0
    attempts: int = 6
    wait: float = 1.0
    longest_wait: float = 60.0


class KoladaClient:
    """Reads API v3 at `base_url`: https://api.kolada.se/v3, or inprocess://dotted.module/v3 for a WSGI `application`.

    progress(requests done, batches in all, value rows so far) is called after every page of `data`.
    """

    def __init__(self, base_url: str, patience: Patience | None = None, progress: Progress | None = None) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https", INPROCESS} or not parts.netloc:
            raise KoladaPermanentError(
                f"KOLADA_BASE_URL is '{base_url}'; expected https://api.kolada.se/v3 or inprocess://module/v3."
            )
        self.base_url = base_url.rstrip("/")
        self.origin = (parts.scheme, parts.netloc)
        self.patience = patience or Patience()
        self.progress = progress
        self.requests_done = 0
        self._next_start = 0.0
        self._session = requests.Session()
        self._session.headers.update({"Accept": "application/json", "User-Agent": USER_AGENT})
        if parts.scheme == INPROCESS:
            self._session.mount(f"{INPROCESS}://", _InProcess())
            self._session.headers["Accept-Encoding"] = "identity"
        # Proxies and certificates of the environment, once: every address is of one host.
        self._transport = self._session.merge_environment_settings(self.base_url, {}, True, None, None)

    def catalogue(self, name: str) -> Iterator[Page]:
        """All pages of a catalogue: kpi, municipality, municipality_groups or ou."""
        if name not in CATALOGUES:
            raise ValueError(f"no catalogue {name}; there are {', '.join(CATALOGUES)}")
        return self._pages(name, {})

    def data(
        self,
        kpis: Sequence[str],
        municipalities: Sequence[str],
        years: Sequence[int] = (),
        from_date: str | None = None,
    ) -> Iterator[Page]:
        """All pages of values for every combination, at most 25 of each dimension in a request.

        Without kpis: of all indicators (then with years). Without years: all years. from_date: only what changed since.
        """
        batches = [
            "/".join(
                f"{name}/{quote(','.join(map(str, values)), safe=',')}"
                for name, values in (("kpi", kpi_batch), ("municipality", unit_batch), ("year", year_batch))
                if values
            )
            for kpi_batch in _batches(kpis) or [()]
            for unit_batch in _batches(municipalities)
            for year_batch in _batches(years) or [()]
        ]
        rows = 0
        for path in batches:
            for page in self._pages(f"data/{path}", {"from_date": from_date} if from_date else {}):
                rows += len(page.objects)
                if self.progress:
                    self.progress(self.requests_done, len(batches), rows)
                yield page

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[Page]:
        """Follow `next_url` to its end, with proof that the end is one."""
        url: str | None = f"{self.base_url}/{path}?{urlencode({**query, 'page': 1, 'per_page': PER_PAGE})}"
        seen_urls: set[str] = set()
        seen_pages: set[bytes] = set()
        number = 0
        while url:
            seen_urls.add(url)
            number += 1
            values, next_url = self._read(url)
            if values:
                mark = msgspec.json.encode([len(values), _identity(values[0]), _identity(values[-1])])
                if mark in seen_pages:
                    raise self._paging(url, "the page holds the same objects as an earlier one")
                seen_pages.add(mark)
            following = self._following(url, next_url)
            if following in seen_urls:
                raise self._paging(url, f"next_url leads back to {_shown(following)}")
            if following and parse_qs(urlsplit(following).query).get("page", [str(number + 1)]) != [str(number + 1)]:
                raise self._paging(url, f"next_url leads to {_shown(following)}, not to page {number + 1}")
            if following is None and len(values) >= PER_PAGE:
                self._prove_end(path, query, number + 1)
            yield Page(values)
            url = following

    def _following(self, url: str, next_url: str | None) -> str | None:
        """The next page's address: relative ones resolved, other hosts refused."""
        if not next_url:
            return None
        resolved = (
            urljoin(url, next_url)
            if urlsplit(url).scheme != INPROCESS or "://" in next_url
            else _join_inprocess(url, next_url)
        )
        parts = urlsplit(resolved)
        if (parts.scheme, parts.netloc) != self.origin or not parts.path.startswith(urlsplit(self.base_url).path + "/"):
            raise self._paging(
                url, f"next_url leads to {parts.scheme}://{parts.netloc}{parts.path[:40]}, outside {self.base_url}"
            )
        return resolved

    def _prove_end(self, path: str, query: Mapping[str, str], number: int) -> None:
        """A full page without a next link is the end only if the page after it is empty (a multiple of 5,000 objects)."""
        url = f"{self.base_url}/{path}?{urlencode({**query, 'page': number, 'per_page': PER_PAGE})}"
        if self._read(url)[0]:
            raise self._paging(url, f"page {number - 1} was full and had no next_url, yet page {number} holds objects")

    def _paging(self, url: str, what: str) -> KoladaPermanentError:
        return KoladaPermanentError(
            f"Kolada {_shown(url)}: {what}. The answer is incomplete, so nothing was taken in; "
            "run again later, and report it to RKA if it stays."
        )

    def _read(self, url: str) -> tuple[list[msgspec.Raw], str | None]:
        """One page with retries: its objects, its next_url."""
        patience = self.patience

        def wait(state: tenacity.RetryCallState) -> float:
            failure = state.outcome.exception() if state.outcome else None
            backoff: float = random.uniform(0.5, 1.0) * patience.wait * 2 ** (state.attempt_number - 1)  # noqa: S311 - no secret
            return min(max(backoff, getattr(failure, "retry_after", 0.0)), patience.longest_wait)

        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(patience.attempts),
            wait=wait,
            retry=tenacity.retry_if_exception_type(_Passing),
            reraise=True,
        )
        try:
            return retrying(self._attempt, url)
        except _Passing as failure:
            raise KoladaTransientError(
                f"Kolada {_shown(url)}: {failure} at each of {patience.attempts} attempts. Nothing was taken in; run again later."
            ) from failure

    def _attempt(self, url: str) -> tuple[list[msgspec.Raw], str | None]:
        self._pause()
        self.requests_done += 1
        try:
            request = self._session.prepare_request(requests.Request("GET", url))
            timeout = (self.patience.connect, self.patience.read)
            with self._session.send(request, allow_redirects=False, timeout=timeout, **self._transport) as response:
                body = self._body(response)
        except requests.exceptions.SSLError as error:
            raise KoladaPermanentError(
                f"Kolada {_shown(url)}: the certificate was not accepted. Check KOLADA_BASE_URL and the proxy."
            ) from error
        except (
            requests.exceptions.ConnectionError,
            requests.exceptions.Timeout,
            requests.exceptions.ChunkedEncodingError,
        ) as error:
            raise _Passing(f"the connection failed ({type(error).__name__})") from error
        except requests.exceptions.ContentDecodingError as error:
            raise _Passing("the compressed body was broken off") from error
        status = response.status_code
        if status in {408, 429} or status >= 500:
            raise _Passing(f"status {status}", _retry_after(response.headers.get("Retry-After")))
        if status != 200:
            kind_of_error = KoladaNotFound if status in NOT_THERE else KoladaPermanentError
            raise kind_of_error(
                f"Kolada {_shown(url)}: status {status}. {_advice(status, response.headers.get('Location'))}"
            )
        kind = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
        if kind != "application/json":
            raise KoladaPermanentError(
                f"Kolada {_shown(url)}: the answer is '{kind or 'of no type'}', expected application/json. "
                "A proxy or a maintenance page may stand between; check KOLADA_BASE_URL."
            )
        return _opened(body, url)

    def _pause(self) -> None:
        if self.origin[0] == INPROCESS:
            return
        now = time.monotonic()
        if now < self._next_start:
            time.sleep(self._next_start - now)
        self._next_start = max(now, self._next_start) + self.patience.min_interval

    def _body(self, response: requests.Response) -> bytes:
        deadline = time.monotonic() + self.patience.answer
        chunks, size = [], 0
        for chunk in response.iter_content(1 << 16):
            chunks.append(chunk)
            size += len(chunk)
            if time.monotonic() > deadline:
                raise _Passing(f"the answer took longer than {self.patience.answer:g} seconds")
            if size > MOST_BYTES:
                raise KoladaPermanentError(
                    f"Kolada {_shown(response.url)}: a page of more than {MOST_BYTES:,} bytes; this is not API v3."
                )
        return b"".join(chunks)


def _opened(body: bytes, url: str) -> tuple[list[msgspec.Raw], str | None]:
    """Objects and next_url of an envelope {"values", "count", "next_url", …}; `count` is the number on this page."""
    wrong = None
    if body.startswith(b"\x1f\x8b"):  # compressed, and the headers do not say so
        body = _unzipped(body)
    while body.startswith(codecs.BOM_UTF8):  # gateways put it there
        body = body.removeprefix(codecs.BOM_UTF8)
    try:
        body.decode()  # what stands inside the objects is not decoded below
        envelope = _ENVELOPE.decode(body)
    except msgspec.ValidationError as error:
        wrong = f"another shape: {error} (v2 called next_url next_page)"
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if misspelt := _misspelt(body):
            raise KoladaPermanentError(
                f"Kolada {_shown(url)}: the answer is whole, and {misspelt}. Nothing was taken in, and repeating it mends nothing: look at "
                "what stands between Kolada and the platform, and report it to RKA."
            ) from error
        raise _Passing("the body was broken off or is no JSON") from error
    else:
        if any(
            bytes(memoryview(value)[:1]) != b"{" for value in (*envelope.values[:1], *envelope.values[-1:])
        ):  # DuckDB sees the others
            wrong = "values that are no objects"
        elif envelope.count != len(envelope.values):
            wrong = f"count {envelope.count} but {len(envelope.values)} objects"
        elif len(envelope.values) > PER_PAGE:
            wrong = f"{len(envelope.values)} objects on a page of at most {PER_PAGE}"
    if wrong:
        raise KoladaPermanentError(
            f"Kolada {_shown(url)}: the answer has {wrong}; expected the envelope of API v3. Check KOLADA_BASE_URL."
        )
    return envelope.values, envelope.next_url


def _unzipped(body: bytes) -> bytes:
    opened = zlib.decompressobj(wbits=31)
    try:
        whole = opened.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise _Passing("the compressed body was broken off") from error
    if not opened.eof:
        raise _Passing("the compressed body was broken off")
    return whole


def _misspelt(body: bytes) -> str | None:
    """What is wrong with a body that is no JSON in UTF-8 and yet is there to its end; None where a repetition may mend
    it.
    """
    if body.lstrip().startswith(b"<"):
        return "is a web page or XML, though it says that it is JSON"
    kinds = (
        ("utf-8", "holds NaN or Infinity, which JSON does not have"),
        ("utf-16", "is UTF-16"),
        ("utf-32", "is UTF-32"),
        ("latin-1", "is no UTF-8"),
    )
    for encoding, what in kinds:
        try:
            json.loads(body.decode(encoding))
        except ValueError:
            continue
        return what
    return None


def _identity(item: msgspec.Raw) -> dict[str, Any]:
    """What tells an object from all others: its plain fields, without values, whose gender order is not fixed."""
    return {name: value for name, value in msgspec.json.decode(item).items() if not isinstance(value, list)}


def _batches(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + MOST_VALUES] for start in range(0, len(values), MOST_VALUES)]


def _shown(url: str) -> str:
    """The path and query of an address, short enough for a message."""
    parts = urlsplit(url)
    text = unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
    return text if len(text) <= 160 else f"{text[:110]}…{text[-40:]}"


def _advice(status: int, location: str | None) -> str:
    if status == 410:
        return "API v2 is gone since 2026-03-31; KOLADA_BASE_URL must end in /v3."
    if status == 422:
        return "Kolada refuses the request (more than 25 values in a dimension, or a page over 5,000); this is an error in the client."
    if 300 <= status < 400:
        return f"The API has moved to {location}; set KOLADA_BASE_URL to where it is now."
    if status in {401, 403}:
        return "Kolada needs no key; a proxy may refuse the request. Check KOLADA_BASE_URL."
    return "Check KOLADA_BASE_URL, and whether the API has changed."


def _retry_after(header: str | None) -> float:
    """Seconds to wait by a Retry-After header, given as seconds or as a date; 0 if there is none to be understood."""
    if not header:
        return 0.0
    if header.strip().isdigit():
        return float(header)
    moment = email.utils.parsedate_tz(header)
    return max(0.0, email.utils.mktime_tz(moment) - time.time()) if moment else 0.0


def _join_inprocess(url: str, relative: str) -> str:
    """Urljoin for a scheme that it does not know."""
    return INPROCESS + urljoin("http" + url.removeprefix(INPROCESS), relative).removeprefix("http")


class _Chunks(io.RawIOBase):
    """A WSGI body as a readable stream."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


class _InProcess(HTTPAdapter):
    """Transport that calls the WSGI callable `application` of the module that stands where a host does."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Answer the request without a socket."""
        parts = urlsplit(request.url or "")
        try:
            application = importlib.import_module(parts.netloc).application
        except (ImportError, AttributeError) as error:
            raise KoladaPermanentError(
                f"KOLADA_BASE_URL names the module {parts.netloc}, which has no WSGI application here."
            ) from error
        environ = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(parts.path),
            "QUERY_STRING": parts.query,
            "SERVER_NAME": parts.netloc,
            "SERVER_PORT": "0",
            "HTTP_HOST": parts.netloc,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": INPROCESS,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()},
        }
        started: list[tuple[str, list[tuple[str, str]]]] = []
        chunks = application(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
        status, headers = started[0]
        code, _space, reason = status.partition(" ")
        raw = Urllib3Response(
            body=io.BufferedReader(_Chunks(chunks)),
            headers=HTTPHeaderDict(headers),
            status=int(code),
            reason=reason,
            preload_content=False,
            decode_content=False,
        )
        return self.build_response(request, raw)
