"""dbt in this process: the manifest, the names its models have in Dagster, and one invocation with its events.

Belongs here: everything that knows dagster-dbt's and dbt's inner workings. Does not belong here: models.

`DbtCliResource.cli` is not used: it starts `dbt --version`, which asks a package registry over the network, and a
second process that imports dbt anew (together some ten seconds of every refresh).
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import msgspec
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from ingestion.bundled import DBT_PROJECT, IS_CLONE
from ingestion.contracts import tables
from ingestion.durable import replace_text
from ingestion.failures import PermanentFailure
from orchestration.home import private
from orchestration.loads import MONTHLY, PLATFORM_TEAM, table_key
from orchestration.settings import Settings

PROJECT_DIR = DBT_PROJECT
# Written by the platform before every build; no asset of their own.
BOOKKEEPING_SOURCES = ("loads", "run")
MADE_BY_DBT = ("target", "logs")
RESULT_EVENTS = ("LogModelResult", "LogSeedResult", "LogTestResult", "LogUnitTestResult")


class ManifestMissing(PermanentFailure):
    """The dbt manifest has not been made, or dbt could not make it."""


@cache
def manifest_path() -> Path:
    """Where dbt's parse of the project lies.

    In a clone within the project, as `make manifest` leaves it for all homes. An installation's own files are not
    written to: there it lies below the state folder, in a folder of this very project's, so that another version parses
    anew.
    """
    if IS_CLONE:
        return PROJECT_DIR / "target" / "manifest.json"
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in project_files())).hexdigest()
    return Settings.from_environment(os.environ).home / "dbt" / digest[:16] / "manifest.json"


@cache
def read_manifest() -> Mapping[str, Any]:
    """The manifest. In a clone it must have been made ahead; parsing here would cost every process start some ten
    seconds.

    An installation parses on first use. Raises ManifestMissing.
    """
    path = manifest_path()
    if not path.exists():
        if IS_CLONE:
            raise ManifestMissing(f"{path} is missing. Run: make manifest")
        _parse(path.parent)
    # What is imported by now stays for good. Unless told, the collector searches it again and again while the manifest
    # becomes objects.
    gc.freeze()
    manifest: Mapping[str, Any] = msgspec.json.decode(path.read_bytes())
    return manifest


def _parse(folder: Path) -> None:
    """Have dbt parse the project into `folder`, which is there whole or not at all; what earlier versions left beside
    it goes.

    A process of its own: dbt's imports would stay in this one. Several may do it at once, the first to end wins.
    """
    with private():
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".", dir=folder.parent))
        command = [sys.executable, "-P", "-c", "from dbt.cli.main import cli; cli()", "--quiet", "--no-use-colors"]
        command += ["--log-level-file", "none", "parse"]
        command += ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR), "--target-path", str(made)]
        ended = subprocess.run([*command, "--log-path", str(made)], capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            shutil.rmtree(made)
            raise ManifestMissing(f"dbt could not parse {PROJECT_DIR}: {(ended.stdout + ended.stderr).strip()}")
        try:
            made.rename(folder)
        except OSError:
            if not folder.exists():
                raise
            shutil.rmtree(made)
    for other in folder.parent.iterdir():
        if other != folder and not other.name.startswith("."):
            shutil.rmtree(other, ignore_errors=True)


def project_files() -> list[Path]:
    """Every file of the dbt project, what dbt makes there left out."""
    files = sorted(path for path in PROJECT_DIR.rglob("*") if path.relative_to(PROJECT_DIR).parts[0] not in MADE_BY_DBT)
    return [path for path in files if path.is_file()]


class Translator(DagsterDbtTranslator):
    """Keys and groups are the folders; owners and freshness the platform's; the bookkeeping sources are no assets."""

    def __init__(self) -> None:
        super().__init__(
            settings=DagsterDbtTranslatorSettings(
                enable_asset_checks=True,
                # With True, a check on a source asset no longer blocks what is downstream of it
                # (tests/test_definitions.py).
                enable_source_tests_as_checks=False,
                enable_duplicate_source_asset_keys=True,
                enable_source_metadata=False,
            )
        )
        self._specs: dict[str, tuple[Mapping[str, Any], dg.AssetSpec]] = {}

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """["staging", "hr", "stg_hr__employment"], ["marts", "quality"], ["seeds", "own_indicators"]; sources as their
        meta says.
        """
        kind = dbt_resource_props["resource_type"]
        if kind == "model":
            return dg.AssetKey(dbt_resource_props["fqn"][1:])
        if kind == "seed":
            return dg.AssetKey(["seeds", dbt_resource_props["name"]])
        return super().get_asset_key(dbt_resource_props)

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> dg.AssetSpec:
        """The spec of a model, seed or source; made once, dagster-dbt asks for it once per edge."""
        of, spec = self._specs.get(unique_id, (None, None))
        if spec is None or of is not manifest:
            spec = self._spec(manifest, unique_id, project)
            self._specs[unique_id] = manifest, spec
        return spec

    def _spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = self.get_resource_props(manifest, unique_id)
        if props["resource_type"] not in ("model", "seed"):
            return spec
        bookkeeping = {dg.AssetKey([source, table]) for source, table in _bookkeeping(manifest)}
        deps = [dep for dep in spec.deps if dep.asset_key not in bookkeeping]
        if any(dep.asset_key == dg.AssetKey(["loads", "loads"]) for dep in spec.deps):
            # The list of loads changes with every source table.
            deps += [
                dg.AssetDep(table_key(table))
                for table in tables()
                if table_key(table) not in {dep.asset_key for dep in deps}
            ]
        return spec.replace_attributes(
            deps=deps,
            group_name=spec.key.path[0],
            owners=[PLATFORM_TEAM],
            freshness_policy=MONTHLY if spec.key.path[0] == "marts" else None,
        )


def _bookkeeping(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    sources = manifest["sources"].values()
    return [
        (source["source_name"], source["name"]) for source in sources if source["source_name"] in BOOKKEEPING_SOURCES
    ]


@dataclass
class Invocation:
    """One `dbt build`: what it said of each node, in order, and how it ended.

    events: raw result events. failed: names of models and error-level tests that failed. skipped: names of nodes that
    did not run. tests: tests that ran, unit tests included. error: dbt's own failure (nothing ran), if any. broken: by
    the name of a test that failed or warned, which rules of which columns are broken, by how many rows, with an
    example.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    tests: int = 0
    error: str | None = None
    broken: dict[str, list[str]] = field(default_factory=dict)

    def keep(self, warehouse: Path) -> None:
        """Keep it beside `warehouse`, for runs that find nothing to build."""
        replace_text(_kept(warehouse), json.dumps(asdict(self)))

    @classmethod
    def of(cls, warehouse: Path) -> Invocation:
        """The invocation that built `warehouse`."""
        return cls(**json.loads(_kept(warehouse).read_text(encoding="utf-8")))

    @property
    def passed(self) -> bool:
        """Whether every node ran and no error-level test failed."""
        return not (self.failed or self.skipped or self.error)

    @property
    def reason(self) -> str:
        """Why it did not pass, in one line."""
        parts = [self.error or ""]
        named = [
            f"{name} ({'; '.join(self.broken[name])})" if name in self.broken else name for name in self.failed[:10]
        ]
        parts += [f"failed: {', '.join(named)}"] if named else []
        parts += [f"not run: {len(self.skipped)} nodes that depend on those"] if self.skipped else []
        return "; ".join(part for part in parts if part)


def build(warehouse: Path, select: Sequence[str], log: Callable[[str], None]) -> Invocation:
    """Run `dbt build` on the file `warehouse`, in this process, and let go of the file.

    select: names of models and seeds; empty means all. log: is told one line per model and per failed test, as they
    end.
    """
    from dbt.cli.main import dbtRunner
    from google.protobuf.json_format import MessageToDict

    os.environ["GENOMLYSNING_BUILD"] = str(warehouse)  # read by profiles.yml
    target = warehouse.parent / "dbt"
    target.mkdir(parents=True, exist_ok=True)
    folders = {
        "--log-path": target,
        "--target-path": target,
        "--project-dir": PROJECT_DIR,
        "--profiles-dir": PROJECT_DIR,
    }
    arguments = [
        "build",
        "--quiet",
        "--no-use-colors",
        "--log-level-file",
        "none",
        "--exclude-resource-type",
        "unit_test",
    ]
    arguments += [str(part) for pair in folders.items() for part in pair]
    # cautious: a test that also reads what was not selected would judge a mixture
    arguments += ["--select", *select, "--indirect-selection", "cautious"] if select else []

    events: queue.Queue[Any] = queue.Queue()
    outcome: dict[str, Any] = {}

    def work() -> None:
        try:
            outcome["result"] = dbtRunner(manifest=_parsed(), callbacks=[events.put]).invoke(arguments)
        except BaseException as error:  # noqa: BLE001 - raised where the events are read
            outcome["error"] = error
        finally:
            release()
            events.put(None)

    thread = threading.Thread(target=work, name="dbt", daemon=True)
    thread.start()
    invocation = Invocation()
    for event in iter(events.get, None):
        if event.info.name in RESULT_EVENTS:
            invocation.events.append(MessageToDict(event, preserving_proto_field_name=True))
            if event.info.name in ("LogModelResult", "LogSeedResult") or "PASS" not in event.info.msg:
                log(event.info.msg.strip())
    thread.join()
    if "error" in outcome:
        raise outcome["error"]
    result = outcome["result"]
    if result.exception is not None:
        invocation.error = str(result.exception)
    nodes = getattr(result.result, "results", None) or ()
    invocation.broken = broken_rules(warehouse, nodes)
    for name, rules in invocation.broken.items():
        log(f"{name}: {'; '.join(rules)}")
    for node in nodes:
        kind, status = node.node.resource_type, str(node.status)
        invocation.tests += kind in ("test", "unit_test") and status != "skipped"
        if status in ("error", "fail", "runtime error"):
            invocation.failed.append(node.node.name)
        elif status == "skipped":
            invocation.skipped.append(node.node.name)
    if not result.success and invocation.passed:
        invocation.error = "dbt ended without success and named no node"
    return invocation


def broken_rules(warehouse: Path, nodes: Iterable[Any]) -> dict[str, list[str]]:
    """What the tests `rules` (dbt_project/tests/generic/rules.sql) that failed or warned among dbt's `nodes` found, by
    test name.
    """
    import duckdb

    broken: dict[str, list[str]] = {}
    for result in nodes:
        if (
            str(result.status) in ("fail", "warn")
            and getattr(getattr(result.node, "test_metadata", None), "name", None) == "rules"
        ):
            with duckdb.connect(str(warehouse), read_only=True) as con:
                found = con.execute(result.node.compiled_code).fetchall()
            broken[result.node.name] = [
                f"{columns} {rule}: {rows}" + (f", for example {example}" if example else "")
                for rule, columns, rows, example in found
            ]
    return broken


def dagster_events(
    context: dg.AssetExecutionContext, invocation: Invocation, rows: Mapping[dg.AssetKey, int]
) -> Iterator[Any]:
    """The invocation as Dagster's events: an output per model and seed (with its rows, where known), a check result per
    test.
    """
    from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

    manifest, translator = read_manifest(), TRANSLATOR
    by_output = {key.to_python_identifier(): key for key in context.selected_asset_keys}
    for raw in invocation.events:
        if raw["data"]["node_info"]["unique_id"] not in manifest["nodes"]:
            continue  # unit tests are no checks; the failed ones are named by the step's failure
        message = DbtCoreCliEventMessage(raw_event=raw, event_history_metadata={})
        for event in message.to_default_asset_events(
            manifest=manifest, dagster_dbt_translator=translator, context=context
        ):
            if isinstance(event, dg.Output):
                count = rows.get(by_output[event.output_name])
                metadata: dict[str, Any] = {**event.metadata, **({} if count is None else {"dagster/row_count": count})}
                yield dg.Output(None, event.output_name, metadata=metadata)
            elif isinstance(event, dg.AssetCheckResult) and event.check_name in invocation.broken:
                broken = dg.MetadataValue.md("\n".join(f"- {rule}" for rule in invocation.broken[event.check_name]))
                yield event._replace(metadata={**event.metadata, "broken": broken})
            else:
                yield event


def selected_names(context: dg.AssetExecutionContext) -> list[str]:
    """Names of the models and seeds that a run selected; empty if it selected them all."""
    manifest = read_manifest()
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    names = [node["name"] for node in nodes if TRANSLATOR.get_asset_key(node) in context.selected_asset_keys]
    return [] if len(names) == len(nodes) else sorted(names)


def _kept(warehouse: Path) -> Path:
    return warehouse.parent / "invocation.json"


def _parsed() -> Any:
    """Dbt's parse of the project that lies beside the manifest; None if a file has changed since, and dbt must parse
    anew.

    dbt would find that parse itself, and throw it away wherever the build file lies elsewhere than it did then: 8
    seconds.
    """
    from dbt.contracts.graph.manifest import Manifest
    from dbt.contracts.graph.nodes import SeedNode

    manifest = manifest_path()
    parsed = manifest.with_name("partial_parse.msgpack")
    if not parsed.exists():
        return None
    # an installation's parse lies under what its files hold, and their times are those of an archive
    if IS_CLONE and manifest.stat().st_mtime < max(path.stat().st_mtime for path in project_files()):
        return None
    read = Manifest.from_msgpack(parsed.read_bytes())
    for node in read.nodes.values():
        if isinstance(node, SeedNode):  # their files are looked for from where dbt parsed, which need not be here
            node.root_path = str(PROJECT_DIR)
    return read


def release() -> None:
    """Close the file: dbt-duckdb keeps it open at class level, and a later read-only connect in this process would
    fail.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import reset_adapters

    environment = DuckDBConnectionManager._ENV  # noqa: SLF001 - nothing public closes it
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if environment is not None:
        environment.close()
    reset_adapters()  # type: ignore[no-untyped-call]


TRANSLATOR = Translator()
