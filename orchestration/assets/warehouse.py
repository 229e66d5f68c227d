"""The configuration and the warehouse: dbt's models, built from the loads in force into the build file."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from pydantic import Field

from orchestration import home
from orchestration.dbt import (
    TRANSLATOR,
    Invocation,
    build,
    dagster_events,
    project_files,
    read_manifest,
    selected_names,
)
from orchestration.loads import PLATFORM_TEAM
from orchestration.markdown import cell
from orchestration.resources import Workspace, git_sha
from orchestration.steps import step

WRITER_POOL = "duckdb_writer"


@dg.asset(
    key=["configuration"],
    group_name="configuration",
    description="The municipalities' folders: comparison groups, organisation, account mapping, choices, outlines. Judged as a whole.",
    owners=[PLATFORM_TEAM],
    kinds={"yaml"},
)
def configuration(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Read every municipality's folder; a mistake fails here, and in every step that needs the configuration, before
    anything is built.
    """
    from orchestration.check_configuration import checked

    with step(context, workspace):
        municipalities = checked(workspace.settings.municipalities).values()
        lines = [
            "| id | municipality | departments | units | account intervals | report year |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {m.id} | {cell(m.name)} | {len(m.departments)} | {len(m.unit_ids)} | {len(m.accounts)} | {m.report_year or ''} |"
            for m in municipalities
        ]
        listed = dg.MetadataValue.md("\n".join(lines))
        return dg.MaterializeResult(metadata={"dagster/row_count": len(municipalities), "municipalities": listed})


class WarehouseConfig(dg.Config):
    """What a person may say to a run."""

    accept_gone_loads: bool = Field(
        default=False,
        description="Build although loads that the current publication was made of are no longer in the lake: they are meant to be gone. "
        "Otherwise the build refuses and names them.",
    )


@dbt_assets(manifest=read_manifest(), dagster_dbt_translator=TRANSLATOR, name="warehouse", pool=WRITER_POOL)
def warehouse(
    context: dg.AssetExecutionContext, config: WarehouseConfig, workspace: dg.ResourceParam[Workspace]
) -> Iterator[Any]:
    """Build and test the models; the verdict on the build is what publication goes by, in this run and in every later
    one.

    A build that passed and was made from the same loads, configuration and models on the same day is left as it is.
    """
    from ingestion.monitoring.published_loads import require_published_loads
    from publication.publish import (
        NotPublishable,
        clear_build,
        only_builder,
        published_loads,
        record_verdict,
        void_verdict,
    )

    with step(context, workspace), only_builder(workspace.settings.build):
        path = workspace.settings.build
        if not config.accept_gone_loads:
            require_published_loads(workspace.lake, published_loads(workspace.settings.published))
        names = selected_names(context)
        as_of = workspace.lake.moment()
        inputs = fingerprint(workspace, as_of)
        if not names and is_current(path, inputs):
            context.log.info(
                "Nothing that the warehouse is built from has changed since the last build, which passed its tests"
            )
            # Dagster is told again what that build and its tests said: a blocking check without a result would gate
            # nothing.
            yield from dagster_events(context, Invocation.of(path), row_counts(path))
            return
        void_verdict(path)
        if not names:
            clear_build(path)
        prepare(path, workspace, as_of)
        what = f"{len(names)} models" if names else "all models"
        context.log.info(f"dbt build, {what}, loads accepted by {as_of:%Y-%m-%d %H:%M:%S} UTC")
        invocation = build(path, names, context.log.info)
        invocation.keep(path)
        partial = f"only {len(names)} models were built, the others are of an earlier moment" if names else ""
        passed = invocation.passed and not partial
        record_verdict(path, passed=passed, reason=invocation.reason or partial, tests=invocation.tests, inputs=inputs)
        yield from dagster_events(context, invocation, row_counts(path))
        if not invocation.passed:
            raise NotPublishable(f"The warehouse did not pass: {invocation.reason}. The publication stays as it was.")


def fingerprint(workspace: Workspace, as_of: datetime) -> str:
    """Hash of all that a build depends on: the loads in force, the configuration, the models, and the day (what is
    preliminary).
    """
    from ingestion.configuration.municipality import config_rows

    digest = hashlib.sha256(f"{as_of:%Y-%m-%d} {workspace.settings.environment}".encode())
    loads = workspace.lake.in_force(as_of)
    home.refuse_simulated(workspace.settings, loads)
    for load in loads:
        load.check()
        digest.update(
            f"{load.load_id} {load.content_hash}".encode()
        )  # an erasure changes the content under the same id
    digest.update(repr(config_rows(workspace.municipalities)).encode())
    for path in project_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(build: Path, inputs: str) -> bool:
    """Whether `build` passed its audit and was made from `inputs`."""
    from publication.publish import NotPublishable, audited

    try:
        return audited(build).inputs == inputs
    except NotPublishable:
        return False


def prepare(path: Path, workspace: Workspace, as_of: datetime) -> None:
    """Give dbt its sources in the build file: the loads in force as of `as_of`, the configuration, and the run itself.

    ConfigurationError where rows in force have no place in the configuration, or Kolada does not know what it names.
    """
    import duckdb

    from ingestion.configuration.mistakes import ConfigurationError
    from ingestion.configuration.municipality import CONFIG_TABLES, config_rows
    from ingestion.configuration.placement import judge_placement

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with duckdb.connect(str(path), config={"autoinstall_known_extensions": "false"}) as con:
        workspace.lake.attach(con, as_of)
        if mistakes := judge_placement(
            con, workspace.municipalities, accounts_with_a_line(workspace.settings.published / "current.duckdb")
        ):
            raise ConfigurationError(mistakes)
        con.execute("drop schema if exists config cascade")
        con.execute("create schema config")
        rows = config_rows(workspace.municipalities)
        for table, columns in CONFIG_TABLES.items():
            con.execute(f"create table config.{table} ({', '.join(f'{name} {kind}' for name, kind in columns)})")
            if rows[table]:
                con.executemany(f"insert into config.{table} values ({', '.join('?' * len(columns))})", rows[table])
        con.execute("create table config.run (as_of timestamp, environment varchar, git_sha varchar)")
        con.execute(
            "insert into config.run values (?, ?, ?)",
            [as_of.replace(tzinfo=None), workspace.settings.environment, git_sha()],
        )


def accounts_with_a_line(publication: Path) -> set[tuple[str, str]]:
    """Municipality and account of every account that has a line in the publication; none where there is no publication
    to read.
    """
    import duckdb

    if not publication.exists():
        return set()
    try:
        with duckdb.connect(str(publication), read_only=True) as con:
            return set(con.execute("select municipality_id, account from marts.dim_account where is_mapped").fetchall())
    except duckdb.Error:
        # a publication that cannot be read is told by the check of concerns, and made anew by this build
        return set()


def row_counts(path: Path) -> dict[dg.AssetKey, int]:
    """Rows of every table that dbt built (views are not counted: that would read the lake), by asset."""
    import duckdb

    counts: dict[dg.AssetKey, int] = {}
    with duckdb.connect(str(path), read_only=True) as con:
        built = set(con.execute("select schema_name, table_name from duckdb_tables()").fetchall())
        for node in read_manifest()["nodes"].values():
            if node["resource_type"] in ("model", "seed") and (node["schema"], node["name"]) in built:
                [(rows,)] = con.execute(f'select count(*) from "{node["schema"]}"."{node["name"]}"').fetchall()
                counts[TRANSLATOR.get_asset_key(node)] = rows
    return counts
