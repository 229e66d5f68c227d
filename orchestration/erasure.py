"""`python -m orchestration.erasure`: remove one person from every load, with a proof; the personnummer comes on standard input.

Belongs here: the command. Does not belong here: finding and removing the rows (`ingestion.lake.erasure`).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TextIO

from ingestion.failures import PermanentFailure
from orchestration import home
from orchestration.resources import Workspace
from orchestration.settings import Settings, SettingsError

_INPUT = """Standard input: the personnummer on the first line (type it, or give it from a file that is not kept; never as an argument,
which every process list shows). Numbers that no personnummer leads to may follow, one a line: table.column municipality number, such as
"care_visits.staff_id 1489 M417"."""


def main(arguments: Sequence[str], given: TextIO = sys.stdin) -> int:
    """Erase a person, list the erasures, or lift one; 0 if done and proved, 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.erasure", description=(__doc__ or "").splitlines()[0], epilog=_INPUT)
    parser.add_argument("--by", help="who ordered it; kept with the record")
    parser.add_argument("--reason", help="why, without naming the person; kept with the record")
    parser.add_argument("--list", action="store_true", help="the erasures so far")
    parser.add_argument("--lift", metavar="ID", help="let the person of this erasure be delivered again (what was erased stays erased)")
    options = parser.parse_args(arguments)

    from ingestion.lake.erasure import erase, lift, rows_left
    from ingestion.privacy.personnummer import holds_personnummer
    from ingestion.privacy.tombstones import Number

    try:
        workspace = Workspace(Settings.from_environment(os.environ))
        home.claim(workspace.settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    tombstones = workspace.tombstones
    if options.list:
        for one in tombstones.all():
            state = f"lifted by {one.lifted['by']}" if one.lifted else "in force" if one.finished_at else "NOT FINISHED: run it again"
            print(f"{one.erasure_id}  {one.begun_at[:10]}  {one.by}  {one.reason}  {sum(one.rows.values())} rows  {state}")
        return 0
    if not options.by or (not options.reason and not options.lift):
        parser.error("an erasure needs --by and --reason, lifting one needs --by; they are kept with the record")
    if holds_personnummer(f"{options.by} {options.reason}"):
        parser.error("the record must not name the person")
    if options.lift:
        found = [one for one in tombstones.all() if one.erasure_id == options.lift]
        if not found:
            print(f"{options.lift} is no erasure. --list shows them.", file=sys.stderr)
            return 1
        lift(found[0], options.by, tombstones)
        print("Lifted. Whatever is delivered from now on is taken in.")
        return 0
    first, *rest = given.read().splitlines() or [""]
    settings, lake = workspace.settings, workspace.lake
    try:
        numbers = [_number(line) for line in rest if line.strip()]
        workspace.remove_build()
        with home.private(), lake.writer():
            done = erase(
                first, [Number(*number) for number in numbers], options.by, options.reason, lake, workspace.rejected, workspace.raw,
                workspace.pseudonymiser, tombstones,
            )  # fmt: skip
            workspace.remove_build()
            person = workspace.pseudonymiser.person(first, datetime.now(UTC).date())
            left, searched = rows_left(settings.home, person.person_id) if person else (0, 0)
    except PermanentFailure as error:
        print(error, file=sys.stderr)
        return 1
    for name, rows in sorted(done.rows.items()):
        print(f"{name:30} {rows} rows")
    print(f"{sum(done.rows.values())} rows of {done.loads} loads erased, {done.raw_files} raw files removed. Record: {done.erasure_id}")
    for path in done.by_hand:
        print(f"REMOVE BY HAND, could not be searched: {path}")
    print(f"Proof: {left} rows left in {searched} Parquet and DuckDB files below {settings.home}.")
    print("Run the job marts_only to build and publish without the person; erase in the source systems and in backups too.")
    return 1 if left or done.by_hand else 0


def _number(line: str) -> tuple[str, str, str, str]:
    from ingestion.lake.erasure import NotErasable

    parts = line.split()
    if len(parts) != 3 or "." not in parts[0]:
        raise NotErasable("A line after the first is not of the form: table.column municipality number. Nothing was erased.")
    table, column = parts[0].split(".", 1)
    return table, column, parts[1], parts[2]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
