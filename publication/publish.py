"""Write, audit, publish: the marts of an audited build become an immutable, versioned DuckDB file.

Belongs here: the verdict on a build, the copy, the atomic flip of the pointer, retention.
Does not belong here: computing anything. What is not in the build's schemas `marts` and `meta` never gets out.

State in the folder `published`: `genomlysning_<utc>_<hash>.duckdb` (mode 0440, never written again, no name used
twice), `current.duckdb` (relative symlink to the newest) and `current.txt` (its name, for clients that cannot follow
symlinks).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from ingestion.durable import replace_text, sync
from ingestion.failures import PermanentFailure
from ingestion.monitoring.published_loads import PublishedLoad
from ingestion.privacy.register import never_published
from ingestion.sql import literal, quoted

POINTER = "current.duckdb"
POINTER_TEXT = "current.txt"
SCHEMAS = ("marts", "meta")
# The oldest format that DuckDB 1.5 writes: clients from 1.1 on open it. A newer one would lock out the analysts' tools.
STORAGE_VERSION = "v1.0.0"
TEMPORARY = ".publishing-"
# Holds the name of the file that is about to be published; what it names was never published if the pointer is
# elsewhere.
INTENT = f"{TEMPORARY}name"
VERDICT = "verdict.json"
# What differs when the same content is loaded again, here or elsewhere: the loads' names and moments, never their
# content hashes.
VOLATILE = {"load_id", "lineage_id", "revised_by_load_id", "load_sequence", "received_at", "accepted_at"}


class BuildBusy(PermanentFailure):
    """Another process is working on the build."""


class NotPublishable(PermanentFailure):
    """The build must not be published; the message says why and what to do."""


@dataclass(frozen=True)
class Verdict:
    """What the audit of a build found, kept beside the build and bound to its bytes (`size`, `modified_ns`).

    passed: every model was built and every error-level test passed in one invocation. reason: why not, for people.
    tests: number of tests that ran. inputs: fingerprint of all that the build was made from.
    """

    passed: bool
    reason: str
    tests: int
    inputs: str
    size: int
    modified_ns: int


@dataclass(frozen=True)
class Publication:
    """A publication as it stands in the folder. is_new: False where the content was the current one's already."""

    publication_id: str
    path: Path
    content_hash: str
    created_at: datetime
    as_of: datetime
    environment: str
    git_sha: str
    data_through: date | None
    rows: dict[str, int]
    is_new: bool


def record_verdict(build: Path, *, passed: bool, reason: str, tests: int, inputs: str) -> Verdict:
    """Write the verdict on `build` as it stands now; any later write to the build makes it void."""
    stat = build.stat()
    verdict = Verdict(passed, reason, tests, inputs, stat.st_size, stat.st_mtime_ns)
    replace_text(build.parent / VERDICT, json.dumps(asdict(verdict), indent=1))
    return verdict


def void_verdict(build: Path) -> None:
    """Forget the verdict: called before a build is written to, so that a crash in it leaves nothing publishable."""
    (build.parent / VERDICT).unlink(missing_ok=True)
    if build.parent.exists():
        sync(build.parent)


@contextmanager
def only_builder(build: Path) -> Iterator[None]:
    """Hold the build from before its verdict is void until it has a new one, or while it is published; BuildBusy if
    another does.

    DuckDB's own lock would not do: it is let go of between the steps of a build.
    """
    build.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (build.parent / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise BuildBusy(
                f"Another refresh is working on {build}. Wait for it to end, or stop it, and run again."
            ) from held
        yield


def clear_build(build: Path) -> None:
    """Remove a build and all that DuckDB keeps beside it: a build begins from an empty file, so that no left-over can
    matter.

    Above all a stale `.wal`: DuckDB replays it without a word into whatever file it lies by.
    """
    for path in (build, _wal(build)):
        path.unlink(missing_ok=True)
    shutil.rmtree(build.with_name(f"{build.name}.tmp"), ignore_errors=True)


def audited(build: Path) -> Verdict:
    """The verdict on `build`; NotPublishable if there is none, if it failed, or if the build was written to since."""
    path = build.parent / VERDICT
    if _wal(build).exists():
        raise NotPublishable(
            f"{_wal(build)} lies beside a build that was closed: DuckDB would replay it. Run the job marts_only."
        )
    if not build.exists() or not path.exists():
        raise NotPublishable(f"{build} has not been built and tested to its end. Run the job marts_only.")
    try:
        verdict = Verdict(**json.loads(path.read_text(encoding="utf-8")))
    except TypeError as error:
        raise NotPublishable(
            f"{path} was written by another version of the platform. Run the job marts_only."
        ) from error
    if not verdict.passed:
        raise NotPublishable(
            f"{build} did not pass its tests: {verdict.reason}. Mend the cause and run the job marts_only."
        )
    stat = build.stat()
    if (stat.st_size, stat.st_mtime_ns) != (verdict.size, verdict.modified_ns):
        raise NotPublishable(f"{build} was written to after it was tested. Run the job marts_only.")
    return verdict


def current(published: Path) -> Publication | None:
    """The publication that `current.duckdb` points at; None before the first. Raises NotPublishable if it cannot be
    read.
    """
    pointer = published / POINTER
    if not pointer.exists():
        return None
    path = pointer.resolve()
    with _opened(path) as con:
        row = con.execute(
            "select publication_id, content_hash, created_at, as_of, environment, git_sha, data_through from meta.publication"
        ).fetchone()
        names = con.execute("select table_name from duckdb_tables() where schema_name = 'marts' order by 1").fetchall()
        rows = {name: con.execute(f"select count(*) from marts.{quoted(name)}").fetchall()[0][0] for (name,) in names}
    if row is None:
        raise NotPublishable(f"{path}: meta.publication is empty; this is not a publication of the platform")
    return Publication(row[0], path, row[1], row[2], row[3], row[4], row[5], row[6], rows, is_new=False)


def published_loads(published: Path) -> list[PublishedLoad]:
    """The loads that the current publication was made of; none before the first. Raises NotPublishable if it cannot be
    read.
    """
    pointer = published / POINTER
    if not pointer.exists():
        return []
    with _opened(pointer.resolve()) as con:
        rows = con.execute(
            "select load_id, source, table_name, municipality_id, period, accepted_at from meta.loads order by load_sequence"
        ).fetchall()
    return [PublishedLoad(*row) for row in rows]


def published_descriptions(published: Path) -> list[tuple[str, str | None, tuple[int | None, ...]]]:
    """(indicator, Kolada's description, configured break years) of Kolada's indicators in the current publication; none
    before the first.

    Raises NotPublishable if it cannot be read.
    """
    pointer = published / POINTER
    if not pointer.exists():
        return []
    with _opened(pointer.resolve()) as con:
        rows = con.execute(
            "select indicator_id, kolada_description, series_break_year, series_break_year_2 from marts.dim_indicator "
            "where source = 'kolada' order by 1"
        ).fetchall()
    return [(indicator_id, description, tuple(years)) for indicator_id, description, *years in rows]


def publish(build: Path, published: Path, *, keep: int) -> Publication:
    """Publish the marts of `build`, unless the current publication holds the same content.

    build: the file that dbt wrote, closed, with a verdict that passed. published: the folder of publications. keep: how
    many publications stay (the current one always does). Returns the new publication, or the current one (is_new
    False). Raises NotPublishable for a build without a passed verdict or with columns on persons, BuildBusy while it is
    being built; the old publication then stays.
    """
    published.mkdir(parents=True, exist_ok=True)
    with only_builder(build), _only_publisher(published):
        audited(build)
        _clear_leftovers(published)
        try:
            return _publish(build, published, keep)
        finally:  # nothing after a success; after a failure, such as a full disk, what it had written so far
            _clear_leftovers(published)


@contextmanager
def _opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A publication, for reading."""
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            yield con
    except duckdb.Error as error:
        raise NotPublishable(
            f"The publication {path} cannot be read ({type(error).__name__}). Point {path.with_name(POINTER)} at an earlier file of its "
            "folder, or remove the link if there is none; then run the job marts_only."
        ) from error


def _publish(build: Path, published: Path, keep: int) -> Publication:
    con = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
    try:
        # Under the name that dbt had it attached by (the file's stem): its views spell that name out.
        con.execute(f"attach {literal(build)} as {quoted(build.stem)} (read_only)")
        _reject_personal_columns(con, build.stem)
        content_hash = _content_hash(con, build.stem)
        before = current(published)
        if before is not None and before.content_hash == content_hash:
            return before
        created_at = _next_moment(before)
        temporary = published / f"{TEMPORARY}{os.getpid()}.duckdb"
        con.execute(f"attach {literal(temporary)} as publication (storage_version {literal(STORAGE_VERSION)})")
        _copy(con, build.stem)
        _describe(con, build.stem, _publication_id(created_at, content_hash), created_at, content_hash)
        con.execute("checkpoint publication")
        con.execute("detach publication")
    finally:
        con.close()
    path = published / _file_name(created_at, content_hash)
    replace_text(published / INTENT, path.name, TEMPORARY)
    _seal(temporary, path)
    _flip(published, path)
    (published / INTENT).unlink()
    _retire(published, keep)
    new = current(published)
    if new is None or new.path != path.resolve():
        raise NotPublishable(
            f"{published / POINTER} does not point at {path.name} after the flip; someone else writes in the folder"
        )
    return Publication(**{**new.__dict__, "is_new": True})


def _copy(con: duckdb.DuckDBPyConnection, build: str) -> None:
    """Tables first, in name order and each sorted, then the views over them; comments with both."""
    for schema in SCHEMAS:
        con.execute(f"create schema publication.{quoted(schema)}")
    for schema, table in _relations(con, build, "table"):
        source = f"{quoted(build)}.{quoted(schema)}.{quoted(table)}"
        con.execute(f"create table publication.{quoted(schema)}.{quoted(table)} as select * from {source} order by all")
        _copy_comments(con, build, "table", schema, table)
    waiting = _relations(con, build, "view")
    while waiting:  # a view may read others, which must be there first
        left = [view for view in waiting if not _copied(con, build, *view)]
        if len(left) == len(waiting):
            names = ", ".join(f"{schema}.{view}" for schema, view in left)
            raise NotPublishable(
                f"the views {names} read what is not published: a published view may read published tables and views only"
            )
        waiting = left


def _copied(con: duckdb.DuckDBPyConnection, build: str, schema: str, view: str) -> bool:
    """Copy a view with its comments; False where what it reads is not there yet."""
    con.execute(f"use publication.{quoted(schema)}")
    try:
        con.execute(_portable_view(_statement(con, build, schema, view), build))
    except duckdb.CatalogException:
        return False
    finally:
        con.execute("use memory")
    _copy_comments(con, build, "view", schema, view)
    return True


def _statement(con: duckdb.DuckDBPyConnection, build: str, schema: str, view: str) -> str:
    """The statement that makes a view of the build."""
    sql = "select sql from duckdb_views() where database_name = ? and schema_name = ? and view_name = ?"
    return str(con.execute(sql, [build, schema, view]).fetchall()[0][0])


def _portable_view(statement: str, build: str) -> str:
    """The view's statement without the name of the build's catalogue: readers attach the file under any name."""
    return re.sub(rf'(?<![\w".])"?{re.escape(build)}"?\.', "", statement)


def _copy_comments(con: duckdb.DuckDBPyConnection, build: str, kind: str, schema: str, relation: str) -> None:
    target = f"publication.{quoted(schema)}.{quoted(relation)}"
    (comment,) = con.execute(
        f"select comment from duckdb_{kind}s() where database_name = ? and schema_name = ? and {kind}_name = ?",
        [build, schema, relation],
    ).fetchall()[0]
    if comment:
        con.execute(f"comment on {kind} {target} is {literal(comment)}")
    for column, _, text in _columns(con, build, schema, relation):
        if text:
            con.execute(f"comment on column {target}.{quoted(column)} is {literal(text)}")


def _describe(
    con: duckdb.DuckDBPyConnection, build: str, publication_id: str, created_at: datetime, content_hash: str
) -> None:
    """`meta.publication`: one row about the file itself."""
    con.execute(
        f"""create table publication.meta.publication as
        select cast(? as varchar) as publication_id, cast(? as timestamp) as created_at, run.as_of, run.environment, run.git_sha,
            cast(? as varchar) as content_hash, (select max(data_through) from {quoted(build)}.meta.loads) as data_through
        from {quoted(build)}.config.run as run""",
        [publication_id, created_at, content_hash],
    )
    con.execute("comment on table publication.meta.publication is 'The publication itself: one row.'")
    for column, text in {
        "publication_id": "Moment and content of the publication, as in its file name.",
        "created_at": "When it was made (UTC).",
        "as_of": "The moment whose knowledge it holds: only loads accepted by then (UTC).",
        "environment": "demo: bundled demonstration data; live: real deliveries.",
        "git_sha": "Commit of the code that built it.",
        "content_hash": "Hash of all rows, columns and comments; equal content has an equal hash.",
        "data_through": "The last day that any load in force describes.",
    }.items():
        con.execute(f"comment on column publication.meta.publication.{column} is {literal(text)}")


def _content_hash(con: duckdb.DuckDBPyConnection, build: str) -> str:
    """Hash over every relation of the build that is published: names, types, comments, and the rows of tables in any
    order.

    The columns `VOLATILE` are left out: the same content loaded again is the same content. A view's rows are those of
    the tables that it reads, so its statement stands for them.
    """
    digest = hashlib.sha256()
    for schema, view in _relations(con, build, "view"):
        statement = _portable_view(_statement(con, build, schema, view), build)
        digest.update(repr((schema, view, _columns(con, build, schema, view), statement)).encode())
    for schema, relation in _relations(con, build, "table"):
        columns = _columns(con, build, schema, relation)
        kept = ", ".join(quoted(name) for name, _, _ in columns if name not in VOLATILE)
        # A sum, not an exclusive or: two equal rows must not cancel each other.
        total = f"sum(cast(hash({kept}) as hugeint))" if kept else "null"
        rows = con.execute(
            f"select count(*), {total} from {quoted(build)}.{quoted(schema)}.{quoted(relation)}"
        ).fetchone()
        digest.update(repr((schema, relation, columns, rows)).encode())
    return digest.hexdigest()


def _relations(con: duckdb.DuckDBPyConnection, build: str, kind: str) -> list[tuple[str, str]]:
    """(schema, name) of the build's tables or views (kind 'table' or 'view') that are published, in name order."""
    return con.execute(
        f"select schema_name, {kind}_name from duckdb_{kind}s() where database_name = ? and list_contains(?, schema_name) order by all",
        [build, list(SCHEMAS)],
    ).fetchall()


def _columns(
    con: duckdb.DuckDBPyConnection, build: str, schema: str, relation: str
) -> list[tuple[str, str, str | None]]:
    """(name, type, comment) of a relation's columns, in order."""
    return con.execute(
        "select column_name, data_type, comment from duckdb_columns()"
        " where database_name = ? and schema_name = ? and table_name = ? order by column_index",
        [build, schema, relation],
    ).fetchall()


def _reject_personal_columns(con: duckdb.DuckDBPyConnection, build: str) -> None:
    """What the register of personal data says singles out a person (a pseudonym, a number, a day) may not get out."""
    personal = never_published()
    found = [
        f"{schema}.{relation}.{column}"
        for kind in ("table", "view")
        for schema, relation in _relations(con, build, kind)
        for column, _, _ in _columns(con, build, schema, relation)
        if column in personal
    ]
    if found:
        raise NotPublishable(
            f"columns on persons in what would be published: {', '.join(found)}. Marts hold aggregates only."
        )


def _seal(temporary: Path, path: Path) -> None:
    """Make the closed file immutable and durable under its final name."""
    wal = temporary.with_name(temporary.name + ".wal")
    if wal.exists():
        raise NotPublishable(f"{wal} is left after the checkpoint: the copy is not whole")
    temporary.chmod(0o440)
    sync(temporary)
    temporary.rename(path)
    sync(path.parent)


def _flip(published: Path, path: Path) -> None:
    """Point readers at `path`: each pointer is replaced in one step, so that it is always there and always whole."""
    link = published / f"{TEMPORARY}link"
    link.symlink_to(path.name)
    link.replace(published / POINTER)
    sync(published)
    _tell(published, path.name)
    sync(published)


def _retire(published: Path, keep: int) -> None:
    """Remove the oldest publications above `keep`. Readers that hold one open keep it until they let go."""
    newest = (published / POINTER).resolve()
    others = sorted(path for path in published.glob("genomlysning_*.duckdb") if path.resolve() != newest)
    for path in others[: max(len(others) - keep + 1, 0)]:
        path.unlink()


def _clear_leftovers(published: Path) -> None:
    """Remove what a killed publisher left, and every `.wal`: DuckDB would replay a foreign one into the file it lies
    by.

    A file that was sealed but that the pointer never came to is no publication; a pointer whose text is behind takes it
    along.
    """
    pointer, intent = published / POINTER, published / INTENT
    if intent.exists():
        sealed = published / intent.read_text(encoding="utf-8").strip()
        if not pointer.is_symlink() or pointer.readlink().name != sealed.name:
            sealed.unlink(missing_ok=True)
    for path in {*published.glob(f"{TEMPORARY}*"), *published.glob("*.wal")}:
        path.unlink()
    if pointer.is_symlink():
        _tell(published, pointer.readlink().name)


def _tell(published: Path, name: str) -> None:
    """Make the pointer for clients that cannot follow symlinks say `name`."""
    path = published / POINTER_TEXT
    if not path.exists() or path.read_text(encoding="utf-8") != name + "\n":
        replace_text(path, name + "\n", TEMPORARY)


@contextmanager
def _only_publisher(published: Path) -> Iterator[None]:
    """Hold the folder's lock; the kernel lets go of it when the process dies, so no stale lock can be left."""
    with (published / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _next_moment(before: Publication | None) -> datetime:
    """Now, to the second, but always later than the publication before: names sort by age, whatever the clock does, and
    never repeat.
    """
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    return now if before is None else max(now, before.created_at + timedelta(seconds=1))


def _publication_id(created_at: datetime, content_hash: str) -> str:
    return f"{created_at:%Y%m%dT%H%M%SZ}_{content_hash[:8]}"


def _file_name(created_at: datetime, content_hash: str) -> str:
    return f"genomlysning_{_publication_id(created_at, content_hash)}.duckdb"


def _wal(build: Path) -> Path:
    return build.with_name(f"{build.name}.wal")
