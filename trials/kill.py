"""Refreshes that are killed, with their whole process group, at 200 moments, and what is found afterwards.

Belongs here: the moments, what must hold after a kill, and that the next refresh ends as one that was never disturbed.
Does not belong
here: homes and processes (`home`), faults that do not kill (`faults`).

Two kinds of moment: a random one inside a stage (the killer waits for the stage, then a part of its measured time), and
one exactly before or after a durable step (a rename, link, removal or new folder in the home), which is where a crash
could show half of something. Before the next refresh, everything that was left over is replaced by rubbish: whatever
reads it would fail or differ.
"""

from __future__ import annotations

import atexit
import json
import os
import random
import selectors
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

from ingestion.contracts import table
from testkit import small_extracts
from trials import home as homes
from trials.home import Home
from trials.trial import Attempt, Break, Trial, part

SEED = 20241128
LANES = 2
RUBBISH = b"left over " * 1000
DURABLE = ("rename", "replace", "link", "symlink", "unlink", "mkdir")
# Function that is the stage: module, attribute.
STAGES = {
    "fetch": ("ingestion.kolada.fetch", "fetch"),
    "guard": ("expectations.gate", "judge"),
    "lake move": ("ingestion.lake.lake", "Lake.accept"),
    "build": ("orchestration.assets.warehouse", "build"),
    "copy": ("publication.publish", "_copy"),
    "flip": ("publication.publish", "_flip"),
    "report": ("reports.render", "_render"),
}
# Where a durable step belongs by the folder in which it happens.
AREAS = {
    "lake": "sources",
    "inbox": "sources",
    "rejected": "sources",
    "build": "build",
    "published": "publication",
    "reports": "reports",
}
# Killed in the area: how often in each stage at random, and how often at its durable steps.
NUMBERS: dict[str, tuple[dict[str, int], int]] = {
    "sources": ({"fetch": 16, "guard": 12, "lake move": 12}, 30),
    "build": ({"build": 30}, 10),
    "publication": ({"copy": 25, "flip": 10}, 20),
    "reports": ({"report": 20}, 15),
}


@dataclass(frozen=True)
class Moment:
    """When a refresh is killed: `offset` seconds after the `call`-th call of `stage`, or (offset None) at the `call`-th
    durable step of the area `stage`, before it or after.
    """

    area: str
    stage: str
    call: int
    offset: float | None
    is_after: bool = False

    @property
    def name(self) -> str:
        """So that it can be tried again alone."""
        if self.offset is None:
            return f"{self.area}: {'after' if self.is_after else 'before'} durable step {self.call}"
        return f"{self.area}: {self.stage} {self.call}, after {self.offset * 1000:.0f} ms"


@dataclass(frozen=True)
class Undisturbed:
    """The states around one refresh that nobody disturbed. before: as it begins. starts: per area, a home in which all
    that comes earlier is done. durations: per stage, of each call in seconds. durable: per area, the number of durable
    steps.
    """

    folder: Path
    starts: dict[str, Home]
    before: dict[str, Any]
    after: dict[str, Any]
    durations: dict[str, list[float]]
    durable: dict[str, int]


@cache
def undisturbed() -> Undisturbed:
    """Made once for all trials and broken guards of a process; thrown away when it ends."""
    folder = Path(tempfile.mkdtemp(prefix="trial-kill-"))
    owner = os.getpid()

    def throw_away() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(throw_away)
    first = homes.new_home(folder)
    deliver(first)
    with homes.revised_kolada():
        done = first.copy(folder / "done")
        observed = homes.start(partial(_observed, done), folder / "log").answer()
    starts = {
        "sources": first,
        "build": _mixed(folder / "to-build", done, first, "build", "published", "reports"),
        "publication": _mixed(folder / "to-publish", done, first, "published", "reports"),
        "reports": _mixed(folder / "to-report", done, first, "reports"),
    }
    before, after = (homes.in_child(state.state, folder / "log") for state in (first, done))
    if not after["is_built"] or after["left_overs"] or before["publication"] == after["publication"]:
        raise AssertionError(f"the undisturbed refresh is not what the trial needs: {after}")
    return Undisturbed(folder, starts, before, after, observed["durations"], observed["durable"])


def deliver(home: Home) -> None:
    """The second month, and a file that must be rejected."""
    home.deliver_month(homes.SECOND)
    rows = small_extracts.make(table("hr", "employments"), "2024-03")
    home.deliver("hr", "employments", [*rows, rows[-1]], as_name="employments-2024-03")


def _mixed(path: Path, home: Home, other: Home, *folders: str) -> Home:
    """`home` with `folders` as they are in `other`."""
    made, old = home.copy(path), other.copy(path.with_name(f"{path.name}-old"))
    for name in folders:
        shutil.rmtree(made.path / name, ignore_errors=True)
        if (old.path / name).exists():
            (old.path / name).rename(made.path / name)
    shutil.rmtree(old.path)
    return made


# In the child that is killed


@contextmanager
def _stages_told(tell: Callable[[str, int, str], None]) -> Iterator[None]:
    """Tell when a call of a stage begins and ends."""
    with _Patches() as patches:
        for stage, (module, attribute) in STAGES.items():
            calls = iter(range(1, 1_000_000))

            def wrapper(original: Any, stage: str = stage, calls: Iterator[int] = calls) -> Callable[..., Any]:
                def told(*arguments: Any, **options: Any) -> Any:
                    call = next(calls)
                    tell("enter", call, stage)
                    try:
                        return original(*arguments, **options)
                    finally:
                        tell("leave", call, stage)

                return told

            patches.wrap(f"{module}.{attribute}", wrapper)
        yield


@contextmanager
def _durable_steps(home: Home, seen: Callable[[str, int, bool], None]) -> Iterator[None]:
    """Call `seen(area, number, is_after)` around every durable step in the home."""
    counts: dict[str, int] = {}
    root = str(home.path) + os.sep
    with _Patches() as patches:
        for name in DURABLE:

            def wrapper(original: Any) -> Callable[..., Any]:
                def stepped(path: Any, *arguments: Any, **options: Any) -> Any:
                    place = str(arguments[0] if arguments and isinstance(arguments[0], str | os.PathLike) else path)
                    area = AREAS.get(place.removeprefix(root).partition(os.sep)[0]) if place.startswith(root) else None
                    if area is None:
                        return original(path, *arguments, **options)
                    number = counts[area] = counts.get(area, 0) + 1
                    seen(area, number, False)
                    try:
                        return original(path, *arguments, **options)
                    finally:  # a folder that is there already is a step too
                        seen(area, number, True)

                return stepped

            patches.wrap(f"os.{name}", wrapper)
        yield


class _Patches:
    """Replacements of attributes by wrappers around them, taken back at the end."""

    def __enter__(self) -> _Patches:
        self.active: list[Any] = []
        return self

    def wrap(self, target: str, wrapper: Callable[[Any], Any]) -> None:
        """Replace what `target` names by `wrapper(it)`."""
        original, _ = patch(target).get_original()
        replacement = patch(target, wrapper(original))
        replacement.start()
        self.active.append(replacement)

    def __exit__(self, *_: object) -> None:
        for replacement in reversed(self.active):
            replacement.stop()


def _observed(home: Home, _: IO[bytes]) -> dict[str, Any]:
    durations: dict[str, list[float]] = {stage: [] for stage in STAGES}
    begun: dict[tuple[str, int], float] = {}
    durable: dict[str, int] = {}

    def tell(what: str, call: int, stage: str) -> None:
        if what == "enter":
            begun[stage, call] = time.monotonic()
        else:
            durations[stage].append(time.monotonic() - begun[stage, call])

    def seen(area: str, number: int, is_after: bool) -> None:
        durable[area] = number

    with _stages_told(tell), _durable_steps(home, seen):
        ran = home.refresh()
    if not ran.success:
        raise AssertionError(f"the undisturbed refresh failed: {ran.failures}")
    return {"durations": durations, "durable": durable}


def _doomed(home: Home, moment: Moment, pipe: IO[bytes]) -> None:
    def tell(what: str, call: int, stage: str) -> None:
        pipe.write(json.dumps([what, call, stage]).encode() + b"\n")

    def seen(area: str, number: int, is_after: bool) -> None:
        if (area, number, is_after) == (moment.stage, moment.call, moment.is_after):
            os.killpg(0, signal.SIGKILL)

    if moment.offset is None:
        with _durable_steps(home, seen):
            home.refresh()
    else:
        with _stages_told(tell):
            home.refresh()


# What must hold


def problems_after_kill(home: Home, known: Undisturbed) -> list[str]:
    """What is wrong with a home in which a refresh was killed; for children."""
    from ingestion.lake import Lake, LakeDamaged, Rejected

    found = []
    if home.publication() not in (known.before["publication"], known.after["publication"]):
        found.append("the publication is neither the old one nor the new one")
    reports = home.reports()
    if reports not in (known.before["reports"], known.after["reports"]):
        found.append("the report's files are not of one version")
    lake = Lake(home.settings.lake)
    loads = lake.loads()
    for load in loads:
        try:
            load.verify()
        except LakeDamaged as damaged:
            found.append(str(damaged))
    held = {load.directory for load in loads}
    found += [f"{folder} is no load" for folder in home.settings.lake.glob("[!.]*/*/*/*/*") if folder not in held]
    listed = [
        [load.source, load.table, load.municipality_id, load.period, load.content_hash, load.rows] for load in loads
    ]
    found += [f"a load that nobody delivered: {one}" for one in listed if one not in known.after["loads"]]
    found += [f"an accepted load is gone: {one}" for one in known.before["loads"] if one not in listed]
    if len({tuple(one[:5]) for one in listed}) != len(listed):
        found.append("a load was accepted twice")
    names = {load.file for load in loads if load.period != homes.FIRST} | {
        rejected.file for rejected in Rejected(home.settings.rejected).all()
    }
    waiting = {path.name for path in home.settings.inbox.rglob("*.csv")}
    delivered = {Path(path).name for path in known.before["inbox"]}
    found += [
        f"{name} is neither in the inbox nor accepted nor rejected" for name in sorted(delivered - waiting - names)
    ]
    return found


def spoil_left_overs(home: Home) -> int:
    """Replace every left-over by rubbish, and a build without a verdict too; how many."""
    from publication.publish import INTENT, NotPublishable, audited

    spoiled = [path for path in home.left_overs() if path.name != INTENT]
    try:
        audited(home.settings.build)
    except NotPublishable:
        spoiled.append(home.settings.build)
    count = 0
    for path in spoiled:
        for file in [path, *path.rglob("*")] if path.is_dir() and not path.is_symlink() else [path]:
            if file.is_file() or file.is_symlink():
                file.unlink()  # not written over: another name of the file may be one that counts
                file.write_bytes(RUBBISH)
                count += 1
    return count


def tried(moment: Moment, known: Undisturbed, folder: Path) -> Attempt:
    """Kill a refresh at `moment`, examine what is left, refresh again, compare."""
    home = known.starts[moment.area].copy(known.folder / f"home-{os.getpid()}")
    log = folder / "log"
    try:
        said = _kill(home, moment, log)
        problems = homes.in_child(partial(problems_after_kill, home, known), log)
        spoiled = homes.in_child(partial(spoil_left_overs, home), log)

        def again() -> dict[str, Any]:
            ran = home.refresh()
            return {"failures": ran.failures, "state": home.state()}

        ended = homes.in_child(again, log)
        problems += [f"the next refresh failed in {step}: {why}" for step, why in ended["failures"].items()]
        problems += homes.difference(ended["state"], known.after)
        return Attempt(moment.name, not problems, "; ".join(problems) or f"{said}, {spoiled} left-overs spoiled")
    except homes.ChildFailed as failed:
        return Attempt(moment.name, False, str(failed)[-1500:])
    finally:
        shutil.rmtree(home.path, ignore_errors=True)


def _kill(home: Home, moment: Moment, log: Path) -> str:
    """Start a refresh and end it at the moment; says where it was when it was killed."""
    child = homes.start(partial(_doomed, home, moment), log)
    where = "between stages"
    try:
        for line in child.pipe:
            try:
                what, call, stage = json.loads(line)
            except (ValueError, TypeError):
                break
            where = f"in {stage} {call}" if what == "enter" else f"after {stage} {call}"
            if moment.offset is not None and (what, call, stage) == ("enter", moment.call, moment.stage):
                time.sleep(moment.offset)
                child.kill()
    finally:
        child.pipe.close()
        _, status = os.waitpid(child.pid, 0)
    if not os.WIFSIGNALED(status):
        raise homes.ChildFailed(f"the refresh ended by itself with status {status}, {where}")
    return f"killed {where}" if moment.offset is not None else "killed"


def moments(area: str, known: Undisturbed) -> list[Moment]:
    """All moments of an area, in an order of which every beginning is spread over all stages."""
    chance = random.Random(f"{SEED} {area}")
    stages, steps = NUMBERS[area]
    made: dict[str, list[Moment]] = {}
    for stage, number in stages.items():
        durations = known.durations[stage]
        for _ in range(number):
            [call] = chance.choices(range(len(durations)), durations)
            # A move is over in an instant: also the moment after it, in which one that is no single step would still be
            # half-way.
            latest = durations[call] + 0.2 if stage == "lake move" else 0.9 * durations[call]
            made.setdefault(stage, []).append(Moment(area, stage, call + 1, chance.uniform(0, latest)))
    among = known.durable[area]
    for i in range(steps):
        number = 1 + (i * among + chance.randrange(among)) // steps
        made.setdefault(area, []).append(Moment(area, area, min(number, among), None, is_after=i % 2 == 1))
    for of_stage in made.values():
        chance.shuffle(of_stage)
    return [moment for turn in zip_longest(*made.values()) for moment in turn if moment is not None]


def run(area: str, folder: Path, share: float) -> Iterator[Attempt]:
    """Kill in one area, in two lanes; attempts as they end."""
    known = undisturbed()
    chosen = moments(area, known)
    chosen = chosen[: part(len(chosen), share)]

    def lane(number: int, pipe: IO[bytes]) -> None:
        for moment in chosen[number::LANES]:
            pipe.write(json.dumps(tried(moment, known, folder).__dict__).encode() + b"\n")

    with homes.revised_kolada():
        lanes = [homes.start(partial(lane, number), folder / "log") for number in range(min(LANES, len(chosen)))]
    ended = 0
    try:
        with selectors.DefaultSelector() as selector:
            for one in lanes:
                selector.register(one.pipe, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select():
                    line = key.fileobj.readline()  # type: ignore[union-attr]
                    if line.startswith(b"{"):
                        ended += 1
                        yield Attempt(**json.loads(line))
                    elif not line:
                        selector.unregister(key.fileobj)
    finally:
        for one in lanes:
            one.pipe.close()
            os.waitpid(one.pid, 0)
    if ended != len(chosen):
        yield Attempt(f"{area}: all moments", False, f"{ended} of {len(chosen)} were tried")


# Guards taken away


def _pointer_removed_first() -> Any:
    def flip(published: Path, path: Path) -> None:
        (published / "current.duckdb").unlink(missing_ok=True)
        time.sleep(0.3)  # where the kills of a flip fall, whatever moments are drawn
        (published / "current.duckdb").symlink_to(path.name)
        (published / "current.txt").write_text(path.name + "\n", encoding="utf-8")

    return patch("publication.publish._flip", flip)


def _load_copied_in_place() -> Any:
    from ingestion.lake import Lake

    accept = Lake.accept

    def copied(self: Path, target: Path) -> Path:
        target.mkdir()
        for name in ("load.json", "data.parquet"):
            (target / name).touch()
            time.sleep(0.3)  # a copy of a load of real size
            shutil.copy2(self / name, target / name)
        shutil.rmtree(self)
        return target

    def accepting(*arguments: Any, **options: Any) -> Any:
        with patch.object(Path, "rename", copied):
            return accept(*arguments, **options)

    return patch.object(Lake, "accept", accepting)


def _formats_one_by_one() -> Any:
    def replace(out: Path, stem: str, contents: dict[str, bytes]) -> tuple[Path, ...]:
        paths = tuple(out / f"{stem}{suffix}" for suffix in contents)
        for path, content in zip(paths, contents.values(), strict=True):
            temporary = out / f".rendering-{path.name}"
            temporary.write_bytes(content)
            temporary.replace(path)
        return paths

    return patch("reports.render._replace", replace)


AREA_NAMES = {
    "sources": "fetch, guard or lake move",
    "build": "the build",
    "publication": "copy or flip",
    "reports": "a report",
}
TRIALS = tuple(
    Trial(
        f"kill-{area}",
        f"killed in {what}: nothing half-seen, nothing lost, the next refresh as if undisturbed",
        partial(run, area),
    )
    for area, what in AREA_NAMES.items()
)

BREAKS = (
    Break("a load is renamed into the lake, not copied", "kill-sources", _load_copied_in_place, 0.17),
    Break(
        "what a killed writer left in .incoming is cleared",
        "kill-sources",
        lambda: patch("ingestion.lake.lake.Lake._clear_incoming"),
        0.12,
    ),
    Break("a build begins from an empty file", "kill-build", lambda: patch("publication.publish.clear_build"), 0.05),
    Break("the pointer is replaced in one step", "kill-publication", _pointer_removed_first, 0.2),
    Break("a report's formats change in one step", "kill-reports", _formats_one_by_one, 0.5),
)
