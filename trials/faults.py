"""Faults of the machine: each ends in a message that says what to do, the runbook's commands mend it, and nothing
accepted is lost.

Belongs here: one attempt per fault. Does not belong here: kills (`kill`), each way in which Kolada may misbehave
(`kolada`), rejected deliveries.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch
from urllib.parse import urlsplit

import yaml

from demo.kolada.misbehaviour import Misbehaviour
from demo.kolada.server import serving
from ingestion.bundled import PROJECT
from ingestion.contracts import table, tables
from ingestion.kolada.client import Patience
from orchestration.sensors import INTERVAL_SECONDS
from testkit import small_extracts
from trials import home as homes
from trials import readers, small_kolada
from trials.home import Home
from trials.trial import Attempt, Break, Trial, part

RUNBOOK = PROJECT / "docs" / "runbook.md"
HR = table("hr", "time_records")
KOLADA_TABLES = {of.name for of in tables("kolada")}
WAIT = 60.0
ROOM_FOR_HALF = 10_000_000  # bytes; the small home's build takes 22 million


class NotHeld(Exception):
    """Something that the trial expects did not happen."""


def expect(condition: object, what: str) -> None:
    """Raise NotHeld unless it is so."""
    if not condition:
        raise NotHeld(what)


def commands(heading: str, language: str = "sh") -> list[str]:
    """The blocks in `language` of one section of the runbook."""
    text = RUNBOOK.read_text(encoding="utf-8")
    [section] = [part for part in re.split(r"^## ", text, flags=re.MULTILINE) if part.startswith(heading + "\n")]
    return re.findall(rf"^```{language}\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)


def by_the_book(heading: str, home: Home, number: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a section's block as it stands, in the environment that the page asks for."""
    return subprocess.run(
        ["bash", "-euc", commands(heading)[number]],
        cwd=PROJECT,
        env=environment(home, **more),
        capture_output=True,
        text=True,
        check=False,
    )


def environment(home: Home, **more: str) -> dict[str, str]:
    """What the platform's commands find set."""
    return {
        **os.environ,
        "GENOMLYSNING_ENV": "demo",
        "GENOMLYSNING_HOME": str(home.path),
        "DAGSTER_HOME": str(home.path / "dagster"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "PYTHONPATH": str(PROJECT),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        **more,
    }


def small_home(folder: Path) -> Home:
    """A home with one accepted month of working time and the next in the inbox; nothing is built."""
    homes.warm()
    municipalities = folder / "municipalities"
    if not municipalities.exists():
        homes.write_municipality(municipalities / homes.FOLDER)
    home = Home(folder / "home")
    home.path.mkdir()
    home.deliver("hr", "employments", small_extracts.make(table("hr", "employments"), homes.FIRST))
    home.deliver("hr", "time_records", small_extracts.make(HR, homes.FIRST))
    take_in(home, folder)
    home.deliver("hr", "employments", small_extracts.make(table("hr", "employments"), homes.SECOND))
    home.deliver("hr", "time_records", small_extracts.make(HR, homes.SECOND))
    return home


def take_in(home: Home, folder: Path, fails_with: str | None = None) -> homes.Ran:
    """Run HR's step in a child; NotHeld if it does not end as expected."""
    ran = homes.ran_in_child(home, folder / "log", "deliveries", "hr")
    if fails_with is None:
        expect(ran.success, f"taking in failed: {ran.failures}")
    else:
        expect(
            any(fails_with in why for why in ran.failures.values()),
            f"expected '{fails_with}', the run said {ran.failures or 'nothing'}",
        )
    return ran


def loads(home: Home) -> list[Any]:
    """The lake's loads by content."""
    from ingestion.lake import Lake

    return [(load.table, load.period, load.content_hash) for load in Lake(home.settings.lake).loads()]


@contextmanager
def file_system(path: Path, size: str) -> Iterator[Path]:
    """A small file system of its own; NotHeld where it may not be made: then the trial says that it could not run."""
    path.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(path)], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        raise NotHeld(
            f"could not be tried: a file system cannot be mounted here ({mounted.stderr.strip()}). Run the trials as root."
        )
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def fill(path: Path) -> None:
    """Let the file take all the room that is left."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(descriptor, b"x" * 4096):
            pass
    except OSError as full:
        expect(full.errno == errno.ENOSPC, f"the disk is not full: {full}")
    finally:
        os.close(descriptor)


# The faults; each raises NotHeld, or says what it saw


def full_disk_taking_in(folder: Path) -> str:
    """The lake's disk is full while a delivery is taken in."""
    home = small_home(folder)
    with file_system(folder / "disk", "4m") as disk:
        moved = Home(disk / "home")
        shutil.copytree(home.path, moved.path)
        shutil.copytree(folder / "municipalities", disk / "municipalities")
        before = loads(moved)
        fill(disk / "filler")
        ran = homes.ran_in_child(moved, folder / "log", "deliveries", "hr")
        said = " ".join(ran.failures.values())
        expect("disk is full" in said or "No space left" in said, f"the run said {ran.failures or 'nothing'}")
        expect(loads(moved) == before, "the lake changed")
        expect(not moved.left_overs(), f"left over: {moved.left_overs()}")
        waits = len(list(moved.settings.inbox.rglob("*.csv")))
        expect(waits == 2, f"{waits} of 2 files wait in the inbox")
        expect(
            "100%" in by_the_book("The disk is full", moved).stdout, "the runbook's command does not show the full disk"
        )
        (disk / "filler").unlink()
        take_in(moved, folder)
        expect(len(loads(moved)) == len(before) + 2, "not all was taken in after there was room")
    return said[:200]


def full_disk_publishing(folder: Path) -> str:
    """The disk is full while a publication is copied."""

    def in_child() -> str:
        from ingestion.failures import advice
        from publication.publish import current, publish

        with file_system(folder / "disk", "12m") as disk:
            build, published = folder / "build" / "warehouse.duckdb", disk / "published"
            readers.write_build(build, 1)
            first = publish(build, published, keep=3)
            (disk / "filler").write_bytes(b"x" * (shutil.disk_usage(disk).free - 1_000_000))
            readers.write_build(build, 2)
            try:
                publish(build, published, keep=3)
            except Exception as error:
                said = advice(error)
                expect(said and "disk is full" in said, f"{type(error).__name__}: {error}")
            else:
                raise NotHeld("a full disk took a publication")
            now = current(published)
            expect(now is not None and now.publication_id == first.publication_id, "the old publication does not stand")
            expect(not list(published.glob(".publishing-*")), "what was written so far was not cleared away")
            (disk / "filler").unlink()
            expect(publish(build, published, keep=3).is_new, "nothing was published after there was room")
        return str(said)

    return str(homes.in_child(in_child, folder / "log"))


def full_disk_building(folder: Path) -> str:
    """The disk becomes full while dbt builds the warehouse."""
    from orchestration.assets import warehouse

    with file_system(folder / "disk", "400m") as disk:
        home, log = homes.new_home(disk), folder / "log"
        before = homes.in_child(home.state, log)
        home.deliver_month(homes.SECOND)
        filler, build = disk / "filler", warehouse.build

        def filling(*arguments: Any) -> Any:
            with filler.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - ROOM_FOR_HALF)
            return build(*arguments)

        with patch.object(warehouse, "build", filling):
            ran = homes.ran_in_child(home, log)
        expect(filler.exists(), "the build did not begin")
        said = " ".join(ran.failures.values())
        expect("disk is full" in said, f"the run said {ran.failures or 'nothing'}")
        during = homes.in_child(home.state, log)
        for what in ("publication", "publications", "reports"):
            expect(during[what] == before[what], f"{what} changed: {during[what]} instead of {before[what]}")
        expect(not during["is_built"], "a build that ended half-way counts as built")
        expect(
            len(during["loads"]) > len(before["loads"]) and not during["inbox"],
            "what was taken in before the build is not there",
        )
        expect(
            "100%" in by_the_book("The disk is full", home).stdout, "the runbook's command does not show the full disk"
        )
        filler.unlink()
        ran = homes.ran_in_child(home, log)
        expect(ran.success, f"the next refresh failed: {ran.failures}")
        after = homes.in_child(home.state, log)
        expect(after["loads"] == during["loads"], "the next refresh changed the loads")
        expect(after["is_built"] and after["publications"] == before["publications"] + 1, "nothing new was published")
        expect(not after["left_overs"], f"left over: {after['left_overs']}")
    return said[:300]


def read_only_lake(folder: Path) -> str:
    """The lake's file system was mounted read-only."""
    home = small_home(folder)
    with file_system(folder / "lake", "8m") as disk:
        shutil.copytree(home.settings.lake, disk, dirs_exist_ok=True)
        shutil.rmtree(home.settings.lake)
        home.settings.lake.symlink_to(disk)
        before = loads(home)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        ran = take_in(home, folder, fails_with="read-only")
        expect(loads(home) == before, "the lake changed")
        expect(by_the_book("A folder is read-only", home).returncode == 0, "the runbook's command failed")
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        take_in(home, folder)
        expect(len(loads(home)) == len(before) + 2, "not all was taken in after the folder could be written")
    return " ".join(ran.failures.values())[:200]


def damaged_file(folder: Path, damage: Callable[[Path], None], by_delivery: bool) -> str:
    """A lake file is changed by hand; it is named before anything reads it, and mended from backup or by a delivery."""
    from ingestion.lake import Lake

    home = small_home(folder)
    shutil.copytree(home.settings.lake, folder / "backup")
    [load] = [load for load in Lake(home.settings.lake).loads() if load.table == HR.name]
    damage(load.parquet)

    def attached() -> str | None:
        import duckdb

        from ingestion.lake import LakeDamaged

        with duckdb.connect() as con:
            try:
                Lake(home.settings.lake).attach(con)
            except LakeDamaged as error:
                return str(error)
            rows = con.execute("select count(*) from lake.hr_time_records").fetchall()
        return None if rows == [(30,)] else f"{rows} rows"

    said = homes.in_child(attached, folder / "log")
    expect(
        said and str(load.parquet) in said and HR.name in said and homes.FIRST in said, f"the build is not told: {said}"
    )
    listed = by_the_book("A lake file is damaged", home)
    expect(
        listed.returncode == 1 and str(load.parquet) in listed.stdout,
        f"the check does not name it: {listed.stdout}{listed.stderr}",
    )
    if by_delivery:
        shutil.rmtree(home.settings.inbox)
        home.deliver("hr", "time_records", small_extracts.make(HR, homes.FIRST))
        take_in(home, folder)
    else:
        mended = by_the_book(
            "A lake file is damaged", home, 1, BACKUP=str(folder / "backup"), DAMAGED=str(load.parquet)
        )
        expect(mended.returncode == 0 and " 0 damaged" in mended.stdout, f"restoring: {mended.stdout}{mended.stderr}")
    after = homes.in_child(attached, folder / "log")
    expect(after is None, f"it is not mended: {after}")
    return str(said)[:200]


def change_a_byte(path: Path) -> None:
    """Damage that keeps the size."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def cut_off(path: Path) -> None:
    """Damage that changes the size."""
    path.write_bytes(path.read_bytes()[:-7])


def stale_wal(folder: Path) -> str:
    """A foreign `.wal` lies beside the build, then beside the publication."""
    home = Home(folder)

    def in_child() -> str:
        import duckdb

        from publication.publish import NotPublishable, clear_build, publish

        build, published = home.settings.build, home.settings.published
        readers.write_build(build, 1)
        foreign = folder / "foreign.duckdb"
        script = (
            f"import duckdb, os; con = duckdb.connect({str(foreign)!r}); con.execute('pragma disable_checkpoint_on_shutdown'); "
            "con.execute('create schema marts'); con.execute('create table marts.phantom as select 1 as x'); os._exit(0)"
        )
        subprocess.run([sys.executable, "-c", script], check=True)
        wal = foreign.with_name("foreign.duckdb.wal").read_bytes()
        expect(wal, "no .wal was made")
        beside = build.with_name(f"{build.name}.wal")
        beside.write_bytes(wal)
        try:
            publish(build, published, keep=3)
        except NotPublishable as rejected:
            said = str(rejected)
        else:
            raise NotHeld("a build with a stale .wal was published")
        clear_build(build)  # how marts_only begins
        expect(not beside.exists(), "a build begins beside a stale .wal")
        readers.write_build(build, 1)
        made = publish(build, published, keep=3)
        (published / f"{made.path.name}.wal").write_bytes(wal)
        expect(
            by_the_book("A stale .wal", home).returncode == 0 and not list(published.glob("*.wal")),
            "the runbook's command left it",
        )
        with duckdb.connect(str(published / "current.duckdb"), read_only=True) as con:
            expect(
                con.execute("select count(*) from duckdb_tables() where table_name = 'phantom'").fetchall() == [(0,)],
                "a phantom",
            )
        return said

    return str(homes.in_child(in_child, folder / "log"))


def clock_jumps_back(folder: Path) -> str:
    """The clock ran a year ahead, then was set right: what was accepted is in force in order, and publications sort by
    age.
    """

    def in_child() -> str:
        import duckdb

        import ingestion.lake.lake as lake_module
        import publication.publish as publish_module
        from ingestion.lake import Lake

        class Ahead(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return datetime.now(tz) + timedelta(days=365)

        lake = Lake(folder / "lake")
        names = []

        def month(period: str, n: int) -> None:
            with lake.writer():
                rows = small_extracts.time_records(period, n)
                lake.accept(small_extracts.candidate(lake, HR, rows, period), {"rules": 1, "warnings": []})
            readers.write_build(folder / "build" / "warehouse.duckdb", n)
            names.append(
                publish_module.publish(folder / "build" / "warehouse.duckdb", folder / "published", keep=9).path.name
            )

        with patch.object(lake_module, "datetime", Ahead), patch.object(publish_module, "datetime", Ahead):
            month("2024-01", 5)
        month("2024-01", 7)
        month("2024-02", 9)
        order = [(load.sequence, load.accepted_at) for load in lake.loads()]
        expect(order == sorted(order) and len({moment for _, moment in order}) == 3, f"order of acceptance: {order}")
        with duckdb.connect() as con:
            lake.attach(con, lake.moment())
            rows = con.execute("select period, count(*) from lake.hr_time_records group by all order by all").fetchall()
        expect(rows == [("2024-01", 7), ("2024-02", 9)], f"in force: {rows}")
        expect(names == sorted(names) and len(set(names)) == 3, f"publications: {names}")
        return f"as of {lake.moment():%Y-%m-%d}, now {datetime.now(UTC):%Y-%m-%d}"

    return str(homes.in_child(in_child, folder / "log"))


def two_at_once(folder: Path) -> str:
    """A second refresh while the first writes to the lake, and while it builds."""
    from ingestion.lake import Lake
    from publication.publish import only_builder

    home = small_home(folder)
    before = loads(home)

    def hold(pipe: IO[bytes]) -> None:
        with Lake(home.settings.lake).writer(), only_builder(home.settings.build):
            pipe.write(b"held\n")
            deadline = time.monotonic() + WAIT
            while not (folder / "go").exists() and time.monotonic() < deadline:
                time.sleep(0.05)

    first = homes.start(hold, folder / "log")
    try:
        expect(first.pipe.readline() == b"held\n", "the first refresh did not start")
        ran = take_in(home, folder, fails_with="Another refresh is writing")
        built = homes.ran_in_child(home, folder / "log", "marts_only", "configuration", "publication", "meta")
        expect(
            any("Another refresh is working on" in why for why in built.failures.values()),
            f"the second build said {built.failures}",
        )
        expect(loads(home) == before, "the second refresh changed the lake")
    finally:
        (folder / "go").touch()
        first.answer()
    take_in(home, folder)
    expect(len(loads(home)) == len(before) + 2, "what the second did not take was lost")
    return " ".join([*ran.failures.values(), *built.failures.values()])[:300]


def dead_run_holds_a_slot(folder: Path) -> str:
    """A run is killed while it holds the writer's slot: it stays started and its slot taken, until the runbook's
    command ends it.
    """
    home = Home(folder)
    (home.path / "dagster").mkdir()
    shutil.copy2(PROJECT / "dagster_home" / "dagster.yaml", home.path / "dagster")

    def run(waits: bool, pipe: IO[bytes] | None) -> bool:
        import dagster as dg

        @dg.op(pool="duckdb_writer")
        def write() -> None:
            if waits and pipe is not None:
                pipe.write(b"writing\n")
                time.sleep(WAIT)

        @dg.job(executor_def=dg.in_process_executor)
        def build() -> None:
            write()

        with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
            return build.execute_in_process(instance=instance, raise_on_error=False, run_config=homes.QUIET).success

    def seen() -> dict[str, Any]:
        import dagster as dg

        with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
            slots = instance.event_log_storage.get_concurrency_info("duckdb_writer")
            return {"runs": [run.status.value for run in instance.get_runs()], "taken": len(slots.claimed_slots)}

    log = folder / "log"
    killed = homes.start(partial(run, True), log)
    expect(killed.pipe.readline() == b"writing\n", "the run did not start")
    alive = by_the_book("A run never ends", home)
    expect("0 dead runs" in alive.stdout, f"a run that is alive was ended: {alive.stdout}{alive.stderr}")
    killed.kill()
    os.waitpid(killed.pid, 0)
    killed.pipe.close()
    stuck = homes.in_child(seen, log)
    expect(stuck == {"runs": ["STARTED"], "taken": 1}, f"the fault did not come about: {stuck}")
    ended = by_the_book("A run never ends", home)
    expect("1 dead runs" in ended.stdout, f"the command: {ended.stdout}{ended.stderr[-500:]}")
    freed = homes.in_child(seen, log)
    expect(freed == {"runs": ["FAILURE"], "taken": 0}, f"after the command: {freed}")
    expect(homes.in_child(partial(run, False, None), log), "the next run did not get the slot")
    return f"{stuck} before the command, {freed} after it"


def daemon_killed(folder: Path) -> str:
    """The daemon is killed with all that it started, in the middle of a build and with another refresh in its queue."""
    home, log = Home(folder / "home", small_kolada.ADDRESS), folder / "log"
    homes.warm()
    (home.path / "dagster").mkdir(parents=True)
    shutil.copy2(PROJECT / "dagster_home" / "dagster.yaml", home.path / "dagster")
    home.deliver_month(homes.FIRST)
    settings = environment(home, KOLADA_BASE_URL=home.kolada)

    def command(*words: str) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                words, cwd=PROJECT, env=settings, stdout=output, stderr=output, start_new_session=True
            )

    @contextmanager
    def daemon() -> Iterator[None]:
        """As docs/operations.md starts it; ends by a kill of its whole group, with the run's process and the code
        server.
        """
        started = command("dagster-daemon", "run", "--workspace", "workspace.yaml")
        try:
            yield
        finally:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()

    def told(since: float = 0.0) -> dict[str, Any]:
        """Runs by status, whether the first one builds, the slots taken, and whether the queue was looked at after
        `since`.
        """
        import dagster as dg

        with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
            runs = instance.get_runs()
            steps = [
                entry.dagster_event.step_key
                for run in runs
                for entry in instance.all_logs(run.run_id, dg.DagsterEventType.STEP_START)
                if entry.dagster_event is not None
            ]
            looked = instance.get_daemon_heartbeats().get("QUEUED_RUN_COORDINATOR")
            return {
                "runs": {run.run_id: run.status.value for run in runs},
                "builds": "warehouse" in steps,
                "taken": len(instance.event_log_storage.get_concurrency_info("duckdb_writer").claimed_slots),
                "looked": looked is not None and looked.timestamp > since,
            }

    def wait_for(what: str, there: Callable[[dict[str, Any]], bool], since: float = 0.0) -> dict[str, Any]:
        deadline = time.monotonic() + 2 * WAIT
        while time.monotonic() < deadline:
            if there(seen := homes.in_child(partial(told, since), log)):
                return dict(seen)
            time.sleep(0.5)
        raise NotHeld(f"{what} did not come: {seen}")

    homes.in_child(told, log)  # makes Dagster's files: two processes that make them at once disturb each other
    with daemon():
        for one in [command("dagster", "job", "launch", "-w", "workspace.yaml", "-j", "refresh") for _ in range(2)]:
            expect(one.wait(2 * WAIT) == 0, "a run could not be launched")
        wait_for("the build", lambda seen: bool(seen["builds"]))
        time.sleep(1)  # from the step's start into dbt's
    accepted = loads(home)
    expect(len(accepted) > len(homes.TABLES), f"the run was killed before its deliveries were taken in: {accepted}")
    expect(not (home.settings.published / "current.duckdb").is_symlink(), "the run was killed after the publication")
    restarted = time.time()
    with daemon():
        # the queue is looked at, and nothing starts
        stuck = wait_for("the daemon", lambda seen: bool(seen["looked"]), since=restarted)
        expect(
            sorted(stuck["runs"].values()) == ["QUEUED", "STARTED"] and stuck["taken"] == 1,
            f"the fault did not come about: {stuck}",
        )
        waiting, dead = sorted(stuck["runs"], key=lambda run: str(stuck["runs"][run]))
        ended = by_the_book("A run never ends", home)
        expect(
            "1 dead runs" in ended.stdout and dead in ended.stdout, f"the command: {ended.stdout}{ended.stderr[-500:]}"
        )
        freed = homes.in_child(told, log)
        expect(freed["runs"][dead] == "FAILURE", f"after the command: {freed}")
        after = wait_for("the end of the next refresh", lambda seen: seen["runs"][waiting] in ("SUCCESS", "FAILURE"))
        expect(after["runs"][waiting] == "SUCCESS", f"the next refresh: {after}")
    expect(loads(home) == accepted, "what was accepted is not what it was")
    expect((home.settings.published / "current.duckdb").exists(), "nothing was published")
    checked = by_the_book("A lake file is damaged", home)
    expect(checked.returncode == 0 and " 0 damaged" in checked.stdout, f"the lake: {checked.stdout}{checked.stderr}")
    return f"{len(accepted)} loads; {sorted(stuck['runs'].values())} before the command, {sorted(after['runs'].values())} after it"


def delivered_again(folder: Path) -> str:
    """Content A, a wrong correction B, then A again lie in the inbox one after the other, with a daemon as
    docs/operations.md starts it.
    """
    home, log = homes.new_home(folder), folder / "log"
    (home.path / "dagster").mkdir(parents=True, exist_ok=True)
    shutil.copy2(PROJECT / "dagster_home" / "dagster.yaml", home.path / "dagster")
    settings = environment(home, KOLADA_BASE_URL=home.kolada)
    right = small_extracts.make(table("hr", "employments"), homes.SECOND)
    wrong = [{**row, "degree": 50} if number == 0 else row for number, row in enumerate(right)]

    def runs() -> list[str]:
        import dagster as dg

        with dg.DagsterInstance.from_config(str(home.path / "dagster")) as instance:
            return [run.status.value for run in instance.get_runs()]

    homes.in_child(runs, log)  # makes Dagster's files: two processes that make them at once disturb each other
    seconds = []
    before = len(loads(home))
    with log.open("ab") as output:
        daemon = subprocess.Popen(
            ["dagster-daemon", "run", "--workspace", "workspace.yaml"],
            cwd=PROJECT,
            env=settings,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        for number, rows in enumerate((right, wrong, right), 1):
            delivered = time.monotonic()
            path = home.deliver("hr", "employments", rows)
            while len(loads(home)) < before + number or path.exists():
                if time.monotonic() > delivered + 2 * WAIT:
                    raise NotHeld(
                        f"delivery {number} was not taken in within {2 * WAIT:.0f} seconds; runs: {homes.in_child(runs, log)}"
                    )
                time.sleep(0.5)
            seconds.append(time.monotonic() - delivered)
        deadline = time.monotonic() + 2 * WAIT
        while len(ended := homes.in_child(runs, log)) != ended.count("SUCCESS") and time.monotonic() < deadline:
            time.sleep(1)
        time.sleep(3 * INTERVAL_SECONDS)  # nothing waits: nothing is asked for
        ended = homes.in_child(runs, log)
    finally:
        os.killpg(daemon.pid, signal.SIGKILL)
        daemon.wait()
    unread = home.settings.inbox / homes.FOLDER / "HR" / "employments.csv"
    unread.parent.mkdir()
    unread.touch()
    listed = by_the_book("Files stay in the inbox", home)
    expect(
        listed.stdout.endswith(f"{unread}\n") and listed.stdout.count("\n") == 1,
        f"the command: {listed.stdout}{listed.stderr}",
    )
    first, _, third = loads(home)[-3:]
    expect(third == first, f"what is in force is not the first content: {loads(home)[-3:]}")
    expect(ended == ["SUCCESS"] * 3, f"three deliveries, and the runs {ended}")
    return f"taken in after {', '.join(f'{one:.0f}' for one in seconds)} seconds, by {len(ended)} runs"


def loads_gone(folder: Path) -> str:
    """A load's folder is removed by hand: restored, removed again and delivered again, removed again and meant to be
    gone.
    """
    heading = "Loads are gone from the lake"
    home, log = homes.new_home(folder), folder / "log"
    settings = home.settings
    shutil.copytree(settings.lake, folder / "backup")
    before = homes.in_child(home.state, log)

    def remove() -> Path:
        from ingestion.lake import Lake

        [load] = [load for load in Lake(settings.lake).loads() if load.table == HR.name]
        shutil.rmtree(load.directory.parent)
        return load.directory

    def rejected(directory: Path) -> str:
        ran = homes.ran_in_child(home, log, "marts_only")
        said = " ".join(ran.failures.values())
        expect(
            "Loads that the current publication was made of are no longer in" in said and HR.name in said,
            f"the run said: {said}",
        )
        now = homes.in_child(home.state, log)
        expect(
            now["publication"] == before["publication"] and now["reports"] == before["reports"],
            "what is published changed",
        )
        listed = by_the_book(heading, home)
        expect(
            listed.returncode == 1 and f"{directory.parent}/" in listed.stdout,
            f"the check: {listed.stdout}{listed.stderr}",
        )
        return said

    def mended(job: str, expected: dict[str, Any], **config: Any) -> None:
        ran = homes.ran_in_child(home, log, job, **config)
        expect(ran.success, f"not mended: {ran.failures}")
        found = homes.in_child(home.state, log)
        differs = homes.difference(found, expected)
        expect(not differs, f"mended by {job}, the home is another: {differs}")

    directory = remove()
    said = rejected(directory)
    restored = by_the_book(heading, home, 1, GONE=str(directory), BACKUP=str(folder / "backup"))
    expect(restored.returncode == 0 and " 0 gone" in restored.stdout, f"restoring: {restored.stdout}{restored.stderr}")
    mended("marts_only", before)

    rejected(remove())
    home.deliver("hr", HR.name, small_extracts.make(HR, homes.FIRST))
    mended("deliveries", before)

    rejected(remove())
    meant = yaml.safe_load(commands(heading, "yaml")[0])
    ran = homes.ran_in_child(home, log, "marts_only", config=meant)
    without = homes.in_child(home.state, log)
    expect(
        ran.success and without["publications"] == before["publications"] + 1,
        f"not published without the load: {ran.failures}",
    )
    mended("marts_only", without)  # what was meant to be gone is not asked for again
    return said[:300]


DAMAGED_LOG, LOST_LIST = "A merged file of Kolada's log is damaged", "A merged file of Kolada's log has lost its list"


@dataclass(frozen=True)
class KoladaHome:
    """A home that Kolada is fetched into."""

    home: Home
    log: Path

    def fetch(self, **config: Any) -> homes.Ran:
        """Run Kolada's step."""
        return homes.ran_in_child(self.home, self.log, "refresh", "kolada", **config)

    def fetch_well(self, **config: Any) -> None:
        """Run Kolada's step; NotHeld unless it takes the answer in."""
        ran = self.fetch(**config)
        expect(ran.success and not ran.red, f"fetching: {ran.failures} {ran.red}")

    def fetch_whole(self) -> None:
        """Run Kolada's step as the runbook says."""
        self.fetch_well(config=yaml.safe_load(commands(DAMAGED_LOG, "yaml")[0]))

    def in_force(self) -> str:
        """The values in force, or why they cannot be read."""

        def read() -> str:
            from ingestion.lake import Lake, LakeDamaged
            from trials.kolada import state

            try:
                return state(Lake(self.home.settings.lake))
            except LakeDamaged as error:
                return str(error)

        return str(homes.in_child(read, self.log))


def merged_log(folder: Path) -> tuple[KoladaHome, Path]:
    """A home with a merged file of two loads of Kolada's values, and a load after them; the merged file. The lake's
    copy is `backup`.
    """

    def merge() -> str:
        from ingestion.contracts.kolada import DATA
        from ingestion.lake import Lake
        from ingestion.lake.compaction import compact

        lake = Lake(at.home.settings.lake)
        with lake.writer():
            made = compact(lake, DATA, most_files=1)
        expect(made is not None and len(made.loads) == 2, f"merged: {made}")
        return str(made.directory / "data.parquet") if made else ""

    at = KoladaHome(kolada_home(folder), folder / "log")
    at.fetch_well()
    with homes.revised_kolada():
        at.fetch_well()
    merged = Path(homes.in_child(merge, at.log))
    at.fetch_whole()  # the revision is taken back: a load after the merged ones
    shutil.copytree(at.home.settings.lake, folder / "backup")
    return at, merged


def damaged_merged_file(folder: Path, has_backup: bool) -> str:
    """The merged file of Kolada's log is changed by hand; it is named, and the values in force come back from backup or
    from Kolada.
    """
    at, merged = merged_log(folder)
    before, values = loads(at.home), at.in_force()
    change_a_byte(merged)
    said = at.in_force()
    expect(f"{merged} is missing or damaged: it holds 2 loads" in said, f"the build is not told: {said}")
    listed = by_the_book("A lake file is damaged", at.home)
    expect(
        listed.returncode == 1 and said in listed.stdout, f"the check does not name it: {listed.stdout}{listed.stderr}"
    )
    if has_backup:
        mended = by_the_book("A lake file is damaged", at.home, 1, BACKUP=str(folder / "backup"), DAMAGED=str(merged))
        expect(loads(at.home) == before, "restoring changed the loads")
    else:
        removed = by_the_book(DAMAGED_LOG, at.home, DAMAGED=str(merged))
        mended = fetched_again(at, before, values, removed)
    expect_whole(at, values, mended)
    return said[-200:]


def lost_list(folder: Path, has_backup: bool) -> str:
    """The list of a merged file is deleted; its loads are named, nothing takes the merged file, the values in force
    come back.
    """
    at, merged = merged_log(folder)
    before, values = loads(at.home), at.in_force()
    (merged.parent / "compaction.json").unlink()
    listed = by_the_book("A lake file is damaged", at.home)
    said = [line for line in listed.stdout.splitlines() if "data.parquet is missing (load" in line]
    expect(
        listed.returncode == 1 and len(said) == 2, f"the check does not name its loads: {listed.stdout}{listed.stderr}"
    )
    expect(at.in_force() in said, f"the build is not told: {at.in_force()}")
    rejected = at.fetch()
    expect(not rejected.success and said[0] in str(rejected.failures), f"a fetch does not say so: {rejected.failures}")
    expect(merged.exists(), "the merged file was taken for a left-over")
    if has_backup:
        mended = by_the_book(LOST_LIST, at.home, BACKUP=str(folder / "backup"))
        expect(loads(at.home) == before, "restoring changed the loads")
    else:
        removed = by_the_book(LOST_LIST, at.home, 1)
        expect(not merged.parent.exists(), "the merged file that nothing tells of is still there")
        mended = fetched_again(at, before, values, removed)
    expect_whole(at, values, mended)
    return said[0][-200:]


def fetched_again(
    at: KoladaHome, before: list[Any], values: str, removed: subprocess.CompletedProcess[str]
) -> subprocess.CompletedProcess[str]:
    """After the runbook's command `removed` took the two merged loads away: fetch everything; the check of the lake."""
    expect(
        removed.returncode == 0 and len(loads(at.home)) == len(before) - 2,
        f"removing: {removed.stdout}{removed.stderr}",
    )
    expect(at.in_force() != values, "the values that were removed are there")
    at.fetch_whole()
    return by_the_book("A lake file is damaged", at.home)


def expect_whole(at: KoladaHome, values: str, checked: subprocess.CompletedProcess[str]) -> None:
    """NotHeld unless the check of the lake found nothing and the values in force are `values`."""
    expect(checked.returncode == 0 and " 0 damaged" in checked.stdout, f"not mended: {checked.stdout}{checked.stderr}")
    after = at.in_force()
    expect(after == values, f"the values in force are others: {after}")


def kolada_home(folder: Path) -> Home:
    """An empty home with its municipality."""
    homes.warm()
    homes.write_municipality(folder / "municipalities" / homes.FOLDER)
    home = Home(folder / "home")
    home.path.mkdir()
    return home


@contextmanager
def kolada_over_http(folder: Path, port: int = 0, misbehaviour: Misbehaviour | None = None) -> Iterator[str]:
    """The small Kolada at an address of this machine, in a process of its own."""

    def serve(pipe: IO[bytes]) -> None:
        with serving(small_kolada.snapshot, misbehaviour, port) as address:
            pipe.write(address.encode() + b"\n")
            time.sleep(10 * WAIT)

    server = homes.start(serve, folder / "log")
    try:
        yield server.pipe.readline().decode().strip()
    finally:
        server.kill()
        os.waitpid(server.pid, 0)
        server.pipe.close()


def kolada_fails(folder: Path) -> str:
    """Kolada is down, then answers with cut-off catalogues, then as it should."""
    from ingestion.lake import Rejected

    page = "Kolada does not answer, or answers wrongly"
    home = kolada_home(folder)

    def refresh() -> homes.Ran:
        ran = homes.ran_in_child(home, folder / "log", "refresh", "kolada", "hr")
        expect(ran.success, f"the other sources were held back: {ran.failures}")
        return ran

    def rejected() -> list[str]:
        from ingestion.lake import Lake

        unresolved = Rejected(home.settings.rejected).unresolved(Lake(home.settings.lake))
        return sorted(
            {f"{finding.rule}: {finding.found} {finding.advice}" for one in unresolved for finding in one.findings}
        )

    def of_kolada() -> list[Any]:
        return [load for load in loads(home) if load[0] in KOLADA_TABLES]

    quick = partial(Patience, min_interval=0, attempts=2, wait=0.01, longest_wait=0.02)
    with patch("ingestion.kolada.client.Patience", quick), patch("orchestration.steps.FIRST_WAIT", 0.0):
        with kolada_over_http(folder) as address:
            home = replace(home, kolada=address)
            expect(not refresh().red and of_kolada(), "the first fetch is not whole")
            fetched = of_kolada()
        port = urlsplit(address).port or 0
        home.deliver("hr", "employments", small_extracts.make(table("hr", "employments"), homes.FIRST))
        down = refresh()
        expect(set(down.red) == {f"kolada_{name}" for name in KOLADA_TABLES}, f"red while Kolada is down: {down.red}")
        expect(of_kolada() == fetched, "a Kolada that is down changed the loads")
        expect(len(loads(home)) == len(fetched) + 1, "the other source was not taken in")
        said = rejected()
        expect(len(said) == 1 and "K100" in said[0] and "The last fetch stays in force" in said[0], f"rejected: {said}")
        expect(
            by_the_book(page, home, KOLADA_BASE_URL=address).returncode != 0,
            "the runbook's command finds a Kolada that is down",
        )
        with kolada_over_http(folder, port, Misbehaviour(("shrunk",))):
            wrong = refresh()
            expect(set(wrong.red) == set(down.red), f"red while Kolada answers wrongly: {wrong.red}")
            expect(any(line.startswith("K104") for line in rejected()), f"rejected: {rejected()}")
            expect(of_kolada() == fetched, "a wrong answer changed the loads")
        with kolada_over_http(folder, port):
            asked = by_the_book(page, home, KOLADA_BASE_URL=address)
            expect(asked.stdout.startswith("200 "), f"the runbook's command: {asked.stdout}{asked.stderr}")
            green = refresh()
        expect(not green.red and not rejected(), f"still red after a whole answer: {green.red} {rejected()}")
        expect(of_kolada() == fetched, "the same answer changed the loads")
    return said[0][:200]


FAULTS: dict[str, Callable[[Path], str]] = {
    "lake file changed, size kept; restored": partial(damaged_file, damage=change_a_byte, by_delivery=False),
    "two refreshes at once": two_at_once,
    "stale .wal": stale_wal,
    "list of a merged file deleted; restored": partial(lost_list, has_backup=True),
    "clock jumps back": clock_jumps_back,
    "full disk while a publication is copied": full_disk_publishing,
    "full disk while a delivery is taken in": full_disk_taking_in,
    "full disk while the warehouse is built": full_disk_building,
    "lake mounted read-only": read_only_lake,
    "lake file changed, size kept; delivered again": partial(damaged_file, damage=change_a_byte, by_delivery=True),
    "lake file cut off; restored": partial(damaged_file, damage=cut_off, by_delivery=False),
    "lake file deleted; delivered again": partial(damaged_file, damage=Path.unlink, by_delivery=True),
    "load folder deleted; restored, delivered again, meant": loads_gone,
    "merged file of Kolada's log changed; restored": partial(damaged_merged_file, has_backup=True),
    "merged file of Kolada's log changed; fetched again": partial(damaged_merged_file, has_backup=False),
    "list of a merged file deleted; fetched again": partial(lost_list, has_backup=False),
    "Kolada down, then wrong, then right": kolada_fails,
    "run killed while it holds the writer's slot": dead_run_holds_a_slot,
    "daemon killed with its run, another in the queue": daemon_killed,
    "a content delivered again after another, with a daemon": delivered_again,
}


def tried(name: str, folder: Path) -> Attempt:
    """One fault in a folder of its own."""
    place = folder / re.sub(r"\W+", "-", name)
    place.mkdir()
    try:
        return Attempt(name, True, FAULTS[name](place))
    except (NotHeld, homes.ChildFailed) as failed:
        return Attempt(name, False, str(failed)[-1500:])


def run(folder: Path, share: float) -> Iterator[Attempt]:
    """Every fault, or the first ones."""
    homes.warm()
    for name in list(FAULTS)[: part(len(FAULTS), share)]:
        yield tried(name, folder)


@contextmanager
def _no_checksum() -> Iterator[None]:
    from ingestion.lake import Load

    with (
        patch.object(Load, "verify", Load.check),
        patch("trials.faults.by_the_book", lambda *a, **k: subprocess.CompletedProcess([], 1)),
    ):
        yield


@contextmanager
def _no_lock() -> Iterator[None]:
    from ingestion.lake import Lake

    @contextmanager
    def writer(self: Lake) -> Iterator[None]:
        self._newest = None
        yield

    with patch.object(Lake, "writer", writer):
        yield


@contextmanager
def _tidied_away() -> Iterator[None]:
    from ingestion.lake import Lake, records
    from ingestion.lake.compaction import compact
    from ingestion.lake.merged import MARK

    def tidy(lake: Lake, *of: Any, **most: Any) -> Any:
        for data in records(lake.root, "data.parquet"):
            if not {"load.json", MARK} & {path.name for path in data.parent.iterdir()}:
                shutil.rmtree(data.parent)
        return compact(lake, *of, **most)

    with patch("ingestion.lake.compaction.compact", tidy):
        yield


TRIALS = (
    Trial(
        "faults", "a fault of the machine ends in a clear message, the runbook's commands mend it, nothing is lost", run
    ),
)
BREAKS = (
    Break("a lake file's checksum is verified before a build", "faults", _no_checksum, 0.1),
    Break("one writer at a time in the lake", "faults", _no_lock, 0.2),
    Break(
        "a .wal beside the build is seen",
        "faults",
        lambda: patch("publication.publish._wal", lambda build: build / "none"),
        0.3,
    ),
    Break("what nothing tells of is left in the lake", "faults", _tidied_away, 0.2),
)
