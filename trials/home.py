"""A home of trial size: one municipality with few deliveries and one report, refreshed in processes that can be killed.

Belongs here: making such a home, copying it, running jobs in it in a child process, and reading its state in a form
that two homes can be compared by. Does not belong here: faults, and what must hold after them.

One warm process forks a child per run, so that a run costs no imports. A child that has opened DuckDB has threads, so
everything that opens it, reading the state too, happens in children.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import IO, Any

from ingestion.bundled import PROJECT
from ingestion.configuration.municipality import Municipality, load_municipality
from ingestion.contracts import table
from orchestration.settings import Settings
from testkit import small_extracts
from trials import small_kolada

FOLDER = "1489-alingsas"
REPORT = "arsbokslut"
FIRST, SECOND = "2024-01", "2024-02"
TABLES = (
    ("hr", "employments"),
    ("hr", "absences"),
    ("hr", "time_records"),
    ("hr", "other_employments"),
    ("ledger", "control_totals"),
    ("ledger", "transactions"),
)
# What differs between two refreshes that end in the same state: names of loads and publications, and moments.
VOLATILE = re.compile(
    rb"\d{8}T\d{6}Z[-_][0-9a-f]{8}|20\d\d-\d\d-\d\d[T ]?\d\d:\d\d(:\d\d)?|\d{1,2} [a-z]+ 20\d\d kl\. \d\d:\d\d"
)
LEFT_OVERS = (".incoming", ".publishing-*", ".rendering-*", ".writing-*", "*.wal", "*.tmp")
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@cache
def warm() -> None:
    """Import all that a refresh imports, and read what every refresh reads, once for all children. Opens no DuckDB."""
    os.environ.setdefault("GENOMLYSNING_ENV", "demo")
    os.environ |= {"GX_ANALYTICS_ENABLED": "false", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
    import dbt.adapters.duckdb.connections
    import dbt.cli.main  # noqa: F401
    import great_expectations  # noqa: F401

    import expectations.gate  # noqa: F401
    import ingestion.kolada.fetch  # noqa: F401
    import orchestration.definitions  # noqa: F401
    import publication.publish  # noqa: F401
    import reports.render  # noqa: F401
    from orchestration.dbt import read_manifest

    read_manifest()
    assert small_kolada.snapshot.catalogues


@dataclass(frozen=True)
class Home:
    """A state of the platform under `path`, which fetches from `kolada`."""

    path: Path
    kolada: str = small_kolada.ADDRESS

    @property
    def settings(self) -> Settings:
        """Its settings, with a municipality that has one report."""
        return Settings("demo", self.path, self.kolada, self.path.parent / "municipalities")

    def deliver(self, source: str, name: str, rows: list[small_extracts.Row], as_name: str | None = None) -> Path:
        """Put an extract into the inbox."""
        folder = self.settings.inbox / FOLDER / source
        folder.mkdir(parents=True, exist_ok=True)
        return small_extracts.write_csv(folder / f"{as_name or name}.csv", table(source, name), rows)

    def deliver_month(self, period: str) -> None:
        """Put one month's extracts into the inbox."""
        for source, name in TABLES:
            self.deliver(source, name, small_extracts.make(table(source, name), period))

    def copy(self, path: Path) -> Home:
        """The same state in `path`, which must not exist. Files that are never written to again are linked, the others
        copied.
        """
        for part in ("lake", "published"):
            if (self.path / part).exists():
                # a lock is held by file: a link to it would be the same lock
                linked = shutil.ignore_patterns("*.lock", ".lock")
                shutil.copytree(self.path / part, path / part, symlinks=True, copy_function=os.link, ignore=linked)
        path.mkdir(parents=True, exist_ok=True)
        for other in self.path.iterdir():
            if other.is_file():
                shutil.copy2(other, path / other.name)
            elif other.name not in ("lake", "published"):
                shutil.copytree(other, path / other.name, symlinks=True)
        return replace(self, path=path)

    def refresh(self, job: str = "refresh", *groups: str, config: Mapping[str, Any] | None = None) -> Ran:
        """Run a job in this process (of some asset groups only, if named; config: as in the launchpad); for children."""
        import dagster as dg

        from orchestration.definitions import build_defs

        instance = dg.DagsterInstance.ephemeral()
        definitions = build_defs(self.settings)
        selection = None
        if groups:
            graph = definitions.resolve_asset_graph()
            selection = sorted(key for key in graph.materializable_asset_keys if graph.get(key).group_name in groups)
        result = definitions.resolve_job_def(job).execute_in_process(
            instance=instance, raise_on_error=False, run_config={**QUIET, **(config or {})}, asset_selection=selection
        )
        failures = {event.step_key or "": _message(event) for event in result.all_events if event.is_step_failure}
        red = {
            evaluation.check_name: evaluation.description or ""
            for evaluation in result.get_asset_check_evaluations()
            if not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR
        }
        return Ran(result.success, failures, red)

    def state(self) -> dict[str, Any]:
        """What two homes that were refreshed from the same deliveries must have in common; for children."""
        from ingestion.lake import Lake, Rejected
        from publication.publish import audited

        lake, rejected = Lake(self.settings.lake), Rejected(self.settings.rejected)
        loads = [
            [load.source, load.table, load.municipality_id, load.period, load.content_hash, load.rows]
            for load in lake.loads()
        ]
        try:
            built = audited(self.settings.build).passed
        except Exception:
            built = False
        return {
            "publication": self.publication(),
            "publications": len(list(self.settings.published.glob("genomlysning_*.duckdb"))),
            "loads": sorted(loads),
            "rejections": sorted(
                [r.source, r.table, r.file, sorted(f.rule for f in r.findings)] for r in rejected.all()
            ),
            "reports": self.reports(),
            "inbox": sorted(
                str(path.relative_to(self.path)) for path in self.settings.inbox.rglob("*") if path.is_file()
            ),
            "is_built": built,
            "left_overs": [str(path.relative_to(self.path)) for path in self.left_overs()],
        }

    def publication(self) -> dict[str, Any] | None:
        """What a reader of `current.duckdb` sees: the recorded hash, and a digest of the rows of every table as they
        are.
        """
        import duckdb

        from publication.publish import VOLATILE as VOLATILE_COLUMNS

        pointer = self.settings.published / "current.duckdb"
        if not pointer.is_symlink():
            return None
        digest = hashlib.sha256()
        with duckdb.connect(str(pointer), read_only=True, config={"threads": 1}) as con:
            described = con.execute("select publication_id, content_hash from meta.publication").fetchall()
            tables = con.execute(
                "select schema_name, table_name from duckdb_tables() where table_name <> 'publication' order by all"
            )
            for schema, name in tables.fetchall():
                columns = [
                    row[0]
                    for row in con.execute(f'describe "{schema}"."{name}"').fetchall()
                    if row[0] not in VOLATILE_COLUMNS
                ]
                hashed = f"sum(cast(hash({', '.join(map(_quoted, columns))}) as hugeint))" if columns else "null"
                digest.update(
                    repr(
                        (schema, name, con.execute(f'select count(*), {hashed} from "{schema}"."{name}"').fetchall())
                    ).encode()
                )
        [(publication_id, content_hash)] = described
        if not pointer.resolve().name.endswith(f"{publication_id}.duckdb"):
            raise AssertionError(f"{pointer.resolve().name} holds the publication {publication_id}")
        return {"content_hash": content_hash, "rows": digest.hexdigest()}

    def reports(self) -> dict[str, str]:
        """A digest of every report's file, without what is volatile in it; of a PDF its text, of a workbook its cells."""
        found = {}
        for path in sorted(self.settings.reports.glob("*/[!.]*")):
            if path.suffix == ".xlsx":
                content = _cells(path)
            elif path.suffix == ".pdf":
                content = _pdf_text(path)
            else:
                content = path.read_bytes()
            found[path.name] = hashlib.sha256(VOLATILE.sub(b"", content)).hexdigest()
        return found

    def left_overs(self) -> list[Path]:
        """Files of steps that did not end; none after a refresh."""
        found = {path for pattern in LEFT_OVERS for path in self.path.rglob(pattern)}
        return sorted(path for path in found if path.is_symlink() or path.is_file() or any(path.iterdir()))


@dataclass(frozen=True)
class Ran:
    """How a run ended: failures by step, and red checks by name, with what they say."""

    success: bool
    failures: dict[str, str]
    red: dict[str, str]


def difference(found: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """In what two states differ."""
    return [
        f"{name}: {str(found[name])[:300]} instead of {str(value)[:300]}"
        for name, value in expected.items()
        if found[name] != value
    ]


def _message(event: Any) -> str:
    error = event.event_specific_data.error
    while error.cause is not None and error.cls_name.startswith("Dagster"):
        error = error.cause
    metadata = event.event_specific_data.user_failure_data
    return str(metadata.description if metadata and metadata.description else error.message).strip()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cells(path: Path) -> bytes:
    """A workbook's cells: its file differs also by whether two moments in it are the same text."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return "\n".join(
            repr((sheet.title, *row)) for sheet in book for row in sheet.iter_rows(values_only=True)
        ).encode()
    finally:
        book.close()


def _pdf_text(path: Path) -> bytes:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document).encode()
    finally:
        document.close()


class ChildFailed(Exception):
    """A child process ended without an answer."""


@dataclass(frozen=True)
class Child:
    """A process that works in a group of its own. pipe: what it tells."""

    pid: int
    pipe: IO[bytes]

    def kill(self) -> None:
        """SIGKILL to the whole group."""
        os.killpg(self.pid, signal.SIGKILL)

    def answer(self) -> Any:
        """Wait for its end and give what the function returned. Raises ChildFailed."""
        told = self.pipe.read()
        self.pipe.close()
        _, status = os.waitpid(self.pid, 0)
        lines = told.splitlines()
        if status != 0 or not lines:
            raise ChildFailed(f"status {status}: {told[-2000:].decode(errors='replace')}")
        return json.loads(lines[-1])


def start(function: Callable[[IO[bytes]], Any], log: Path) -> Child:
    """Fork a child that leads a group of its own, runs `function(pipe)` and tells what it returns, as JSON, on the
    pipe's last line.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, os.fdopen(reading, "rb"))
    status = 1
    try:
        os.setsid()
        os.close(reading)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        with os.fdopen(writing, "wb", buffering=0) as pipe:
            try:
                answer = function(pipe)
                pipe.write(json.dumps(answer).encode() + b"\n")
                status = 0
            except BaseException:
                pipe.write(traceback.format_exc().encode())
    finally:
        os._exit(status)


def in_child(function: Callable[[], Any], log: Path) -> Any:
    """What `function` returns, in a child."""
    return start(lambda _: function(), log).answer()


def ran_in_child(
    home: Home, log: Path, job: str = "refresh", *groups: str, config: Mapping[str, Any] | None = None
) -> Ran:
    """Run a job in a child."""
    return Ran(**in_child(lambda: home.refresh(job, *groups, config=config).__dict__, log))


def new_home(folder: Path) -> Home:
    """A home in `folder` that was refreshed once with the first month."""
    warm()
    write_municipality(folder / "municipalities" / FOLDER)
    home = Home(folder / "first")
    home.path.mkdir()
    home.deliver_month(FIRST)
    ran = ran_in_child(home, folder / "log")
    if not ran.success:
        raise AssertionError(f"the first refresh failed: {ran.failures}")
    return home


def write_municipality(target: Path) -> Municipality:
    """The bundled municipality, with one report."""
    import yaml

    source = PROJECT / "municipalities" / FOLDER
    shutil.copytree(source, target)
    values = yaml.safe_load((source / "municipality.yaml").read_text(encoding="utf-8"))
    values["reports"] = [{"kind": REPORT}]
    (target / "municipality.yaml").write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    return load_municipality(target)


@contextmanager
def revised_kolada() -> Iterator[None]:
    """Kolada a month later: one value is another. For this process and those that it forks."""
    small_kolada.snapshot.is_revised = True
    try:
        yield
    finally:
        small_kolada.snapshot.is_revised = False
