"""Kolada's API v3 as a WSGI application over a snapshot, down to the traps that clients have met live.

Belongs here: routes, limits, envelope, paging and the group rows of unfiltered answers.
Does not belong here: sockets (`server`), faults on demand (`misbehaviour`), how the snapshot came about
(`build_snapshot`).

`application` answers from the bundled snapshot; `inprocess://demo.kolada.app/v3` names it to the client.
Not recorded by anyone, so assumed: the bodies of 404 and 422 (FastAPI's), the count 0 of a value that is null, and the
code 422 for a data query with fewer than two dimensions (a path with one is an unknown route: 404, as recorded).
"""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

import duckdb

from ingestion.sql import read_parquet

SNAPSHOT = Path(__file__).parent / "snapshot"
CATALOGUES = ("kpi", "municipality", "municipality_groups", "ou")
MOST_VALUES, MOST_PER_PAGE = 25, 5000
DATA_PATHS = {("kpi", "municipality"), ("kpi", "municipality", "year"), ("kpi", "year"), ("municipality", "year")}
DATA_PARAMETERS = {"kpi": "kpi_id", "municipality": "municipality_id", "year": "year"}
OU_PATHS = {("kpi", "ou"), ("kpi", "ou", "year"), ("kpi", "year"), ("ou", "year"), ("municipality", "year")}
OU_PARAMETERS = {"kpi": "kpi_id", "ou": "ou_id", "year": "year", "municipality": "municipality_id"}
GONE = {"error": "This endpoint is deprecated. Please use /v3 instead."}

StartResponse = Callable[..., Any]
Query = dict[str, list[str]]


class Refusal(Exception):
    """An answer with an error status and FastAPI's body."""

    def __init__(self, status: int, detail: Any) -> None:
        self.status, self.detail = status, detail
        super().__init__(str(detail))


class Snapshot:
    """The catalogues and values that are served. `con` holds the tables `v` (values) and `m` (memberships).

    Tests change the tables through `con`: what a revision or a withdrawal at Kolada would look like.
    """

    def __init__(self, folder: Path = SNAPSHOT) -> None:
        self.folder = folder
        self.lock = threading.Lock()

    @cached_property
    def catalogues(self) -> dict[str, list[dict[str, Any]]]:
        """The four catalogues as lists of objects, by path."""
        return {
            name: json.loads(gzip.decompress((self.folder / f"{name}.json.gz").read_bytes())) for name in CATALOGUES
        }

    @cached_property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The values in memory. `isdeleted` rows are shown only to those who ask with `from_date`."""
        con = duckdb.connect(config={"threads": 1})
        con.execute(f"create table v as select * from {read_parquet(self.folder / 'values.parquet')}")
        con.execute("alter table v add column if not exists isdeleted boolean default false")
        con.execute("create table m (group_id varchar, member_id varchar)")
        pairs = [
            (group["id"], member["member_id"])
            for group in self.catalogues["municipality_groups"]
            for member in group["members"]
        ]
        con.execute("insert into m select unnest(?), unnest(?)", [list(column) for column in zip(*pairs, strict=True)])
        return con

    def data(
        self,
        kpis: Sequence[str],
        units: Sequence[str],
        years: Sequence[int],
        from_date: str | None,
        limit: int,
        offset: int,
    ) -> tuple[list[bytes], int]:
        """A page of data objects as JSON texts, and how many there are in all. An empty dimension is unfiltered.

        Groups are unweighted means of the members that have a value, `count` their number; they come when named and
        when no unit is named. The order of genders differs from object to object, as live.
        """
        where = ["true"]
        parameters: list[Any] = []
        for column, wanted in (("kpi", kpis), ("period", years)):
            if wanted:
                where.append(f"{column} in (select unnest(?))")
                parameters.append(list(wanted))
        if from_date is None:
            where.append("not isdeleted")
        else:
            where.append("changed >= cast(? as date)")
            parameters.append(from_date)
        scope = " and ".join(where)
        parts, arguments = [], []
        plain = [unit for unit in units if not unit.startswith("G")]
        groups = [unit for unit in units if unit.startswith("G")]
        if plain or not units:
            parts.append(
                "select kpi, municipality, period, gender, value, case when value is null then 0 else 1 end as n, status, isdeleted "
                f"from v where {scope}" + (" and municipality in (select unnest(?))" if units else "")
            )
            arguments += parameters + ([plain] if units else [])
        if groups or not units:
            # A mean over simulated members is simulated, and says so.
            parts.append(
                "select kpi, group_id as municipality, period, gender, avg(value) as value, count(value) as n, max(status) as status, "
                "false as isdeleted from v join m on m.member_id = v.municipality "
                f"where {scope} and not isdeleted and value is not null"
                + (" and group_id in (select unnest(?))" if units else "")
                + " group by kpi, group_id, period, gender"
            )
            arguments += parameters + ([groups] if units else [])
        cell = (
            """'{"gender":"' || gender || '","count":' || n || ',"status":' || coalesce('"' || status || '"', 'null') || """
            """',"value":' || coalesce(cast(value as varchar), 'null') || ',"isdeleted":' || isdeleted || '}'"""
        )
        sql = (
            f"with found as ({' union all '.join(parts)}), objects as ("
            "select kpi, municipality, period, "
            """'{"kpi":"' || kpi || '","municipality":"' || municipality || '","period":' || period || ',"values":[' """
            f"|| string_agg({cell}, ',' order by hash(kpi, municipality, period, gender)) || ']}}' as body "
            "from found group by kpi, municipality, period) "
            "select body, count(*) over () from objects order by kpi, municipality, period limit ? offset ?"
        )
        with self.lock:
            rows = self.con.execute(sql, [*arguments, limit, offset]).fetchall()
        return [row[0].encode() for row in rows], rows[0][1] if rows else 0


class Application:
    """WSGI application over a snapshot."""

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self.snapshot = snapshot or Snapshot()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            body = self._answer(environ)
            status = HTTPStatus.OK
        except Refusal as refusal:
            status = HTTPStatus(refusal.status)
            body = json.dumps(refusal.detail if status is HTTPStatus.GONE else {"detail": refusal.detail}).encode()
        headers = [("Content-Type", "application/json; charset=utf-8")]
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            body = gzip.compress(body, 1)
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        start_response(f"{status.value} {status.phrase}", [*headers, ("Content-Length", str(len(body)))])
        return [body] if environ["REQUEST_METHOD"] != "HEAD" else []

    def _answer(self, environ: dict[str, Any]) -> bytes:
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            raise Refusal(405, "Method Not Allowed")
        if re.match(r"/v[12](/|$)", path):
            raise Refusal(410, GONE)
        if not path.startswith("/v3/"):
            raise Refusal(404, "Not Found")
        query = parse_qs(environ.get("QUERY_STRING", ""))
        page, per_page = _whole(query, "page", 1, None), _whole(query, "per_page", MOST_PER_PAGE, MOST_PER_PAGE)
        items, total = self._route(path.removeprefix("/v3/").strip("/"), query, per_page, (page - 1) * per_page)

        def link(number: int) -> str:
            others = {name: values for name, values in query.items() if name not in {"page", "per_page"}}
            parameters = urlencode({**others, "page": number, "per_page": per_page}, doseq=True)
            return json.dumps(
                f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{quote(path, safe='/,')}?{parameters}"
            )

        following = link(page + 1) if page * per_page < total else "null"
        previous = link(page - 1) if page > 1 else "null"
        return (
            b'{"values":['
            + b",".join(items)
            + f'],"count":{len(items)},"next_url":{following},"previous_url":{previous}}}'.encode()
        )

    def _route(self, path: str, query: Query, limit: int, offset: int) -> tuple[list[bytes], int]:
        """The page of items for a path below /v3, and the number of all items. Unknown query names are ignored."""
        head, *rest = path.split("/")
        if head in CATALOGUES and len(rest) <= 1:
            chosen = self._catalogue(head, rest[0] if rest else None, query)
        elif head == "kpi_groups" and len(rest) <= 1:
            chosen = []  # no recording of these exists
        elif head == "data":
            given = self._dimensions(rest, query, DATA_PATHS, DATA_PARAMETERS)
            if given is None:
                return [], 0
            years = [_year(year) for year in given.get("year", [])]
            return self.snapshot.data(
                given.get("kpi", []), given.get("municipality", []), years, _date(query), limit, offset
            )
        elif head == "oudata":
            self._dimensions(rest, query, OU_PATHS, OU_PARAMETERS)
            chosen = []  # nor of these
        else:
            raise Refusal(404, "Not Found")
        return [
            json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()
            for item in chosen[offset : offset + limit]
        ], len(chosen)

    def _catalogue(self, name: str, ids: str | None, query: Query) -> list[dict[str, Any]]:
        chosen = self.snapshot.catalogues[name]
        if ids is not None:
            wanted = set(_values(ids, name))
            return [item for item in chosen if item["id"] in wanted]
        title, kind, municipality = _text(query, "title"), _text(query, "type"), _text(query, "municipality")
        if title is not None:
            chosen = [item for item in chosen if title.casefold() in item["title"].casefold()]
        if kind is not None and name == "municipality":
            chosen = [item for item in chosen if item["type"] == kind]
        if municipality is not None and name == "ou":
            wanted = set(_values(municipality, "municipality"))
            chosen = [item for item in chosen if item["municipality"] in wanted]
        return chosen

    def _dimensions(
        self, rest: list[str], query: Query, paths: set[tuple[str, ...]], parameters: dict[str, str]
    ) -> dict[str, list[str]] | None:
        """The values of each dimension of a data request, from its path or its query; at least two, at most 25 values
        each.

        None where the query does not name two by their right names: misspelt ones are ignored and the answer is empty,
        200.
        """
        if rest:
            names = tuple(rest[::2])
            if len(rest) % 2 or names not in paths:
                raise Refusal(404, "Not Found")
            return {name: _values(value, name) for name, value in zip(names, rest[1::2], strict=True)}
        given = {
            name: _values(",".join(query[parameter]), parameter)
            for name, parameter in parameters.items()
            if parameter in query
        }
        if len(given) >= 2:
            return given
        if given and not set(query) - {*parameters.values(), "page", "per_page", "from_date", "region_type"}:
            raise Refusal(
                422,
                [
                    {
                        "loc": ["query"],
                        "msg": f"at least two of {', '.join(parameters.values())} are required",
                        "type": "value_error",
                    }
                ],
            )
        return None


def _values(text: str, name: str) -> list[str]:
    """The comma-separated values of one dimension; more than 25 are refused."""
    values = [value for value in unquote(text).split(",") if value]
    if len(values) > MOST_VALUES:
        raise Refusal(
            422,
            [
                {
                    "loc": [name],
                    "msg": f"ensure this value has at most {MOST_VALUES} items",
                    "type": "value_error.list.max_items",
                }
            ],
        )
    return values


def _text(query: Query, name: str) -> str | None:
    return ",".join(query[name]) if name in query else None


def _year(text: str) -> int:
    if not re.fullmatch(r"\d{4}", text):
        raise Refusal(422, [{"loc": ["year"], "msg": "value is not a valid integer", "type": "type_error.integer"}])
    return int(text)


def _date(query: Query) -> str | None:
    text = _text(query, "from_date")
    if text is not None and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise Refusal(422, [{"loc": ["query", "from_date"], "msg": "invalid date format", "type": "value_error.date"}])
    return text


def _whole(query: Query, name: str, default: int, most: int | None) -> int:
    text = _text(query, name)
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < 1 or (most is not None and int(text) > most):
        raise Refusal(
            422,
            [
                {
                    "loc": ["query", name],
                    "msg": f"ensure this value is between 1 and {most or 'any'}",
                    "type": "value_error",
                }
            ],
        )
    return int(text)


application = Application()
