"""What the command `genomlysning` understands, and how its answers and errors look.

Belongs here: names, options, help, the form of what is printed, exit codes. Does not belong here: logic. Nothing but
click is imported
before a command is chosen: help and shell completion must not wait for Dagster.

Exit codes: 0 done, 1 not done or something is red (the reason is on standard error), 2 not understood.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from orchestration.check_delivery import Checked
    from orchestration.resources import Workspace
    from orchestration.settings import Settings

SENDS_NOTHING = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "GX_ANALYTICS_ENABLED": "false",
}


class PlainErrors(click.Group):
    """A group whose commands say what somebody must mend in one message; a fault of the platform keeps its stack."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command."""
        from ingestion.failures import PermanentFailure, TransientFailure, advice

        try:
            return super().invoke(ctx)
        except (PermanentFailure, TransientFailure) as error:
            raise click.ClickException(str(error)) from error
        except Exception as error:
            if (what_to_do := advice(error)) is None:
                raise
            raise click.ClickException(f"{error}: {what_to_do}") from error


@click.group(cls=PlainErrors, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def main() -> None:
    """The data platform of a Swedish municipality's care board.

    Settings are environment variables (docs/operations.md): GENOMLYSNING_ENV is demo or live, GENOMLYSNING_HOME the
    folder of all state, GENOMLYSNING_MUNICIPALITIES the folder of the municipalities' configuration.
    """
    for name, value in SENDS_NOTHING.items():
        os.environ.setdefault(name, value)


# The demonstration, and every day


@main.command()
def demo() -> None:
    """Run the demonstration, from extracts to reports.

    Everything is written below GENOMLYSNING_HOME (without it: var, in the clone or else in the current folder).
    GENOMLYSNING_ENV need not
    be set: this command is the choice.
    """
    os.environ.setdefault("GENOMLYSNING_ENV", "demo")
    settings = _settings()
    from demo.run import run_demonstration

    _end(is_good=run_demonstration(settings))


@main.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=3000,
    show_default=True,
    help="Where the UI listens, on this machine only.",
)
def dev(port: int) -> None:
    """Start the Dagster UI with its daemon, until Ctrl-C."""
    from ingestion.bundled import WORKSPACE
    from orchestration import home

    settings = _settings()
    home.refuse(settings)
    home.dagster_home(settings)
    os.environ["GENOMLYSNING_HOME"] = str(settings.home)  # Dagster's processes work in folders of their own
    click.echo(
        f"By itself: files in {settings.inbox}/<id>-<name>/<source>/ are taken in within some two minutes (sensor inbox)."
    )
    if settings.environment == "demo":
        click.echo(
            "Not by itself in a demonstration: schedules and Kolada; start the job refresh, or turn them on under Automation."
        )
    sys.stdout.flush()
    os.umask(home.PRIVATE_MASK)
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "--workspace",
        str(WORKSPACE),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    os.execv(sys.executable, command)  # noqa: S606 - a list of our own words


@main.command()
@click.option(
    "--job",
    type=click.Choice(["refresh", "deliveries", "marts_only"]),
    default="refresh",
    show_default=True,
    help="deliveries: without asking Kolada. marts_only: from the loads in force, no source is read.",
)
def refresh(job: str) -> None:
    """Fetch, take in, build, publish and render.

    In this process, without a daemon. Ends with 1 where a step failed or a check is red; what is in force then stays in
    force.
    """
    from orchestration.in_process import prepare, published_and_rendered, run_job

    settings = _settings()
    prepare(settings)
    progress = run_job(settings, job)
    progress.tell()
    _print(["", *published_and_rendered(settings)])
    click.echo(
        f"Summary      {_count(len(progress.failures), 'step')} failed, {_count(len(progress.errors), 'check')} red, "
        f"{_count(len(progress.warnings), 'check')} yellow"
    )
    _end(is_good=not progress.is_red)


@main.command()
def status() -> None:
    """Show what is in force, late, rejected, waiting.

    Then what somebody must mend, and how. Changes nothing and waits for nobody. It reads every file of the lake once.
    Failed runs are not told here: they stand in Dagster.
    """
    from orchestration.status import status_of

    workspace = _workspace()
    settings = workspace.settings
    found = status_of(workspace, datetime.now(UTC))
    click.echo(f"Home         {settings.home} ({settings.environment})")
    if found.publication is None:
        click.echo("Publication  none yet")
    else:
        made = f"{found.publication.created_at:%Y-%m-%d %H:%M} UTC"
        click.echo(
            f"Publication  {found.publication.path.name}, made {made}, data through {found.publication.data_through}"
        )
    counts = ("loads", "late", "missing", "rejected", "waiting")
    rows = [
        (
            one.municipality_id,
            one.source,
            one.first,
            one.last,
            one.data_through,
            *(getattr(one, name) or "" for name in counts),
        )
        for one in found.sources
    ]
    click.echo()
    _print(_table(("municipality", "source", "from", "to", "data through", *counts), rows))
    click.echo(f"\n{len(found.concerns) or 'Nothing'} to be mended" + (":" if found.concerns else ""))
    for one in found.concerns:
        since = f", since {one.since}" if one.since else ""
        finding = f" {one.finding.sentence()}" if one.finding else ""
        click.echo(f"- {one.kind}: {one.what}{since}.{finding}\n  {one.advice}")


# A municipality and its deliveries


@main.command()
@click.argument("municipality_id")
def new(municipality_id: str) -> None:
    """Write the folder of a municipality, from Kolada.

    MUNICIPALITY_ID is Kolada's, as 1441. The folder is made where GENOMLYSNING_MUNICIPALITIES says, with a commented
    municipality.yaml and a page of what is missing (att-gora.md). One that is there is never written over.
    """
    from orchestration.new_municipality import new_municipality

    folder = new_municipality(_settings(), municipality_id, datetime.now(UTC))
    _print(f"written: {path}" for path in sorted(folder.iterdir()))
    click.echo("What begins with CHECK only the municipality knows. Kolada alone is enough for: genomlysning refresh")


@main.command()
@click.argument("municipality_id")
def templates(municipality_id: str) -> None:
    """Write an empty workbook for each table.

    With headers, lists of allowed values, an example row and who delivers it; into a new folder below
    GENOMLYSNING_HOME/templates.
    """
    from orchestration.new_municipality import write_templates_of

    files = write_templates_of(_workspace(claim=True), municipality_id)
    click.echo(f"{_count(len(files), 'template')} in {files[0].parents[1]}")


@main.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
def check(path: Path | None) -> None:
    """Judge a file, a folder or the inbox; take nothing in.

    Says of each delivery in PATH (without it: of the inbox's) whose it is, what the guards would say, which load it would
    replace and which published figures rest on that. Ends with 1 where one would be rejected.
    """
    from orchestration.check_delivery import check_deliveries

    _tell(check_deliveries(_workspace(claim=True), path))


@main.command("map")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--municipality", "municipality_id", help="Whose file it is, by Kolada's id; else as its folder says.")
@click.option("--source", help="The source that it is of, as hr; else as its folder says.")
@click.option("--table", help="The table of the source, as employments; else told from the headers.")
@click.option(
    "--yes", is_flag=True, help="Ask nothing: what cannot be told is left out, and a mapping that lacks it printed."
)
def map_(path: Path, municipality_id: str | None, source: str | None, table: str | None, yes: bool) -> None:
    """Propose how a system's own file is read, and write it.

    Asks what neither headers nor contents of FILE tell, writes mappings/<source>_<table>.yaml beside municipality.yaml, shows
    the first rows with personal values masked, and judges FILE by it; nothing is taken in. A mapping that is not whole is
    printed, not written. Ends with 1 then, and where FILE would be rejected.
    """
    from ingestion.configuration.mistakes import ConfigurationError
    from orchestration.check_delivery import check_deliveries
    from orchestration.map_delivery import preview_of, propose_for, write_mapping

    workspace = _workspace(claim=True)
    proposal = propose_for(workspace, path, municipality_id, source, table)
    click.echo(f"{path.name}: {proposal.table.full_name}, its headers in row {proposal.layout.header_row}")
    while proposal.questions and not yes:
        asked = proposal.questions[0]
        options = f" [{', '.join(asked.options)}]" if asked.options else " (a header, =constant, or nothing)"
        answer = click.prompt(asked.text + options, default=asked.default, show_default=bool(asked.default))
        try:
            proposal = proposal.answered(answer)
        except ValueError as error:
            click.echo(str(error))
    try:
        click.echo(f"written: {write_mapping(proposal)}")
    except ConfigurationError:
        click.echo(proposal.text())
        raise
    if rows := preview_of(path, proposal):
        _print(["", *_table(rows[0], rows[1:]), ""])
    _tell(check_deliveries(workspace, path))


# What operators decide


@main.command()
@click.argument("rejection_id", required=False)
@click.option("--by", help="Who answers for it; kept with the load.")
@click.option("--reason", help="Why the change is real; kept with the load.")
def release(rejection_id: str | None, by: str | None, reason: str | None) -> None:
    """Accept a delivery that was rejected for drift alone.

    Without an id the open rejections are listed.
    """
    from orchestration.release import open_rejections, release_rejection

    workspace = _workspace(claim=True)
    if rejection_id is None:
        rejections = open_rejections(workspace).items()
        _print(
            f"{name}  {one.file}  {', '.join(sorted({finding.rule for finding in one.findings}))}"
            for name, one in rejections
        )
        return
    if not by or not reason:
        raise click.UsageError("a release needs --by and --reason; both are kept with the load")
    release_rejection(workspace, rejection_id, by, reason, click.echo)
    click.echo("Released. Run the job deliveries to build and publish.")


@main.command()
@click.argument("municipality")
@click.argument("kind")
@click.option(
    "--year", required=True, help="What the report covers: 2024, or its last month as in the file's name, 2024-08."
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on which the board adopted it.")
@click.option("--paragraph", required=True, help="The paragraph of the minutes, such as 'VON § 12'.")
def adopt(municipality: str, kind: str, year: str, on: datetime, paragraph: str) -> None:
    """Freeze a report that the board has adopted.

    MUNICIPALITY is its id, KIND as in the file's name (arsbokslut). The files are copied with their figures to a folder
    that nothing writes to again; later corrections are told by the next report of the kind.
    """
    from orchestration.adoption import adopt_report

    adopted = adopt_report(_workspace(claim=True), municipality, (kind, year), (on.date(), paragraph))
    _print(str(adopted.folder / name) for name in adopted.files)
    click.echo(f"Adopted {adopted.decision}. Back the folder up: it cannot be made again.")


@main.command()
@click.option("--by", help="Who ordered it; kept with the record.")
@click.option("--reason", help="Why, without naming the person; kept with the record.")
@click.option("--list", "is_list", is_flag=True, help="The erasures so far.")
@click.option(
    "--lift", metavar="ID", help="Let the person of this erasure be delivered again (what was erased stays erased)."
)
def erase(by: str | None, reason: str | None, is_list: bool, lift: str | None) -> None:
    """Remove one person from every load, with a proof.

    Standard input: the personnummer on the first line (type it, or give it from a file that is not kept; never as an
    argument, which every process list shows). Numbers that no personnummer leads to may follow, one a line:
    table.column municipality number, such as "care_visits.staff_id 1489 M417".
    """
    from orchestration.erasure import erase_person, lift_erasure

    workspace = _workspace(claim=True)
    if is_list:
        for one in workspace.tombstones.all():
            state = (
                f"lifted by {one.lifted['by']}"
                if one.lifted
                else "in force"
                if one.finished_at
                else "NOT FINISHED: run it again"
            )
            click.echo(
                f"{one.erasure_id}  {one.begun_at[:10]}  {one.by}  {one.reason}  {sum(one.rows.values())} rows  {state}"
            )
        return
    if not by or not (reason or lift):
        raise click.UsageError(
            "an erasure needs --by and --reason, lifting one needs --by; they are kept with the record"
        )
    if lift:
        lift_erasure(workspace, lift, by)
        click.echo("Lifted. Whatever is delivered from now on is taken in.")
        return
    erased = erase_person(workspace, sys.stdin.read().splitlines(), by, reason or "")
    done, home = erased.done, workspace.settings.home
    _print(f"{name:30} {number} rows" for name, number in sorted(done.rows.items()))
    rows = sum(done.rows.values())
    click.echo(
        f"{rows} rows of {done.loads} loads erased, {done.raw_files} raw files removed. Record: {done.erasure_id}"
    )
    _print(f"REMOVE BY HAND, could not be searched: {path}" for path in done.by_hand)
    click.echo(f"Proof: {erased.left} rows left in {erased.searched} Parquet and DuckDB files below {home}.")
    click.echo(
        "Run the job marts_only to build and publish without the person; erase in the source systems and in backups too."
    )
    _end(is_good=not erased.left and not done.by_hand)


@main.group()
def keys() -> None:
    """The key of the pseudonyms, and how it is replaced."""


@keys.command("status")
def keys_status() -> None:
    """Show which key loads are under, and the map's reach.

    Ends with 1 where loads in force are under another key than the one at hand.
    """
    from orchestration.keys import key_status

    found = key_status(_workspace(claim=True))
    click.echo(f"key at hand  {found.at_hand}")
    _print(
        f"loads under  {name}  {loads}{'' if name == found.at_hand else '  NOT the key at hand'}"
        for name, loads in found.loads.items()
    )
    if found.next_key is not None:
        click.echo(f"next key     {found.next_key}")
    for one in found.coverage:
        click.echo(
            f"  {one.table:28} {one.municipality_id} {one.period:8} people {one.persons:7}  in the map {one.mapped:7}"
        )
    _end(is_good=found.is_right)


@keys.command("prepare")
def keys_prepare() -> None:
    """Make the next key.

    From now on everyone who is delivered gets a line in the map from this key to the next.
    """
    from orchestration.keys import prepare_next_key

    workspace = _workspace(claim=True)
    click.echo(f"Next key {prepare_next_key(workspace)} is in {workspace.settings.next_key}.")
    click.echo("Back it up as the key itself, apart from the lake.")
    click.echo("Have every table with persons delivered in full, then: genomlysning keys status, and rekey.")


@keys.command("rekey")
@click.option("--by", required=True, help="Who answers for it; kept with every load.")
@click.option(
    "--leave",
    default=0,
    show_default=True,
    help="People of the newest loads who may stay without a pseudonym of their own.",
)
def keys_rekey(by: str, leave: int) -> None:
    """Rewrite the lake under the next key."""
    from ingestion.privacy.keys import KEY_VARIABLE, NEXT_KEY_VARIABLE
    from orchestration.keys import rekey_lake

    done = rekey_lake(_workspace(claim=True), by, leave)
    if done is None:
        click.echo("The map of the last rekeying is destroyed.")
        return
    click.echo(f"{done.loads} loads rewritten under the next key. The map is destroyed.")
    if done.is_in_place:
        click.echo("The next key is now the key; the old one is destroyed here. Destroy its backups.")
    else:
        click.echo(f"Now set {KEY_VARIABLE} to the next key, remove {NEXT_KEY_VARIABLE}, and destroy the old key.")
        click.echo("Until then nothing with persons is taken in.")
    click.echo("Run the job marts_only to build and publish.")


@keys.command("cancel")
def keys_cancel() -> None:
    """Remove the next key; the key in force stays."""
    from orchestration.keys import cancel_next_key

    cancel_next_key(_workspace(claim=True))
    click.echo("The next key and the map are removed.")


@main.group()
def raw() -> None:
    """The accepted files that are kept encrypted."""


@raw.command("key")
def raw_key() -> None:
    """Print a new key.

    It belongs into the file that GENOMLYSNING_RAW_KEY_FILE names, written with umask 077.
    """
    from cryptography.fernet import Fernet

    click.echo(Fernet.generate_key())


@raw.command("list")
def raw_list() -> None:
    """List the kept files."""
    from orchestration.raw import kept_files

    _print(kept_files(_workspace()))


@raw.command("read")
@click.argument("file")
def raw_read(file: str) -> None:
    """Write a kept file to standard output, as it came.

    FILE is as the list names it.
    """
    from orchestration.raw import read_kept

    for chunk in read_kept(_workspace(), file):
        sys.stdout.buffer.write(chunk)


@main.command()
def retention() -> None:
    """Show the rows whose time is over, and the decisions.

    Nothing is erased here: that is done by the job retention (in live on the 2nd of every month), for what is decided.
    """
    from ingestion.lake.retention import due
    from orchestration.home import refuse
    from orchestration.retention import due_by_year

    workspace = _workspace()
    refuse(workspace.settings)
    found = due_by_year(due(workspace.lake, workspace.municipalities, datetime.now(UTC).date()))
    undecided = "the board has not decided (retention.decision)"
    rows = [(*year.key, year.loads, year.rows, year.kept_until, year.decision or undecided) for year in found]
    _print(_table(("municipality", "table", "year", "loads", "rows", "kept until", "decision"), rows))
    click.echo(
        f"{sum(year.rows for year in found)} rows are due, {sum(year.rows for year in found if year.decision)} of them decided."
    )


# Looking for what is wrong


@main.command("check-lake")
def check_lake_() -> None:
    """Look for damaged files and loads that are gone.

    Verifies every file of the lake against its checksum, and its loads against the publication.
    Names every damaged file and every load that is gone; ends with 1 if there is one.
    """
    from orchestration.check_lake import check_lake

    checked = check_lake(_workspace())
    _print([*checked.damaged, *checked.gone])
    click.echo(f"{checked.loads} loads, {len(checked.damaged)} damaged, {len(checked.gone)} gone")
    _end(is_good=not checked.damaged and not checked.gone)


@main.command("check-configuration")
def check_configuration_() -> None:
    """Look for mistakes in the municipalities' folders.

    They are judged as a whole, and every mistake is told at once.
    """
    from orchestration.check_configuration import checked

    folder = _settings().municipalities
    click.echo(f"{_count(len(checked(folder)), 'municipality')} in {folder}, no mistake")


@main.command("dead-runs")
def dead_runs_() -> None:
    """End runs whose process is gone.

    The slots that they hold are freed. DAGSTER_HOME must be set: it names the folder whose runs are meant.
    """
    if not os.environ.get("DAGSTER_HOME"):
        raise click.ClickException("DAGSTER_HOME is not set: it names the folder whose runs are meant")
    import dagster as dg

    from orchestration.dead_runs import end_dead_runs

    with dg.DagsterInstance.get() as instance:
        ended = end_dead_runs(instance)
    _print([*(f"ended: {run_id}" for run_id in ended), f"{len(ended)} dead runs"])


# For whoever changes the code


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; name what is stale, and end with 1 if anything is.")
@click.option(
    "--queries", is_flag=True, help="Also the answers in docs/queries.md, as the publication at hand gives them."
)
def generate(check: bool, queries: bool) -> None:
    """Write the pages and the schema made from the code."""
    from genomlysning.generated import changed_pages
    from ingestion.durable import replace_text

    changed = changed_pages(_settings().published / "current.duckdb" if queries else None)
    for path, text in changed.items():
        if not check:
            replace_text(path, text)
        click.echo(f"{'stale' if check else 'written'}: {path}", err=check)
    if not changed:
        click.echo("Every generated page is up to date.")
    elif check:
        click.echo("Run: genomlysning generate", err=True)
    _end(is_good=not (check and changed))


def _settings() -> Settings:
    from orchestration.settings import Settings

    return Settings.from_environment(os.environ)


def _workspace(claim: bool = False) -> Workspace:
    """The state at hand. claim: mark it as this environment's, for what may write."""
    from orchestration import home
    from orchestration.resources import Workspace

    settings = _settings()
    if claim:
        with home.private():
            home.claim(settings)
    return Workspace(settings)


def _tell(checked: Sequence[Checked]) -> NoReturn:
    """What would become of deliveries; ends with 1 where one would be rejected."""
    for one in checked:
        first, *more = one.sentences()
        _print([first, *(f"  {sentence}" for sentence in more)])
    _end(is_good=all(one.state != "rejected" for one in checked))


def _end(*, is_good: bool) -> NoReturn:
    click.get_current_context().exit(0 if is_good else 1)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _count(number: int, what: str) -> str:
    """'1 step', '2 steps', '2 municipalities'."""
    return f"{number} {what if number == 1 else what.removesuffix('y') + 'ies' if what.endswith('y') else what + 's'}"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lines with columns as wide as what stands in them; numbers to the right, but for the ids of municipalities in the
    first.
    """
    cells = [list(header), *([str(value) for value in row] for row in rows)]
    columns = list(zip(*cells, strict=True))
    widths = [max(map(len, column)) for column in columns]
    counts = [
        position > 0 and all(cell.isdigit() or not cell for cell in column[1:])
        for position, column in enumerate(columns)
    ]
    places = [str.rjust if is_count else str.ljust for is_count in counts]
    return [
        "  ".join(place(cell, width) for place, cell, width in zip(places, row, widths, strict=True)).rstrip()
        for row in cells
    ]
