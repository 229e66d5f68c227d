"""`python -m orchestration.release`: accept a delivery that was refused for drift alone, on a named person's word.

Belongs here: the command. Does not belong here: what may be released (`expectations.gate`).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from ingestion.failures import PermanentFailure
from orchestration import home
from orchestration.resources import Workspace
from orchestration.settings import Settings, SettingsError


def main(arguments: Sequence[str]) -> int:
    """List the refusals that are not mended, or release one; 0 if done, 1 if it may not be released."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.release", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rejection_id", nargs="?", help="the refusal's id; without it, the open refusals are listed")
    parser.add_argument("--by", help="who answers for it")
    parser.add_argument("--reason", help="why the change is real")
    options = parser.parse_args(arguments)

    from expectations.gate import release

    try:
        workspace = Workspace(Settings.from_environment(os.environ))
        home.claim(workspace.settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    lake, rejected = workspace.lake, workspace.rejected
    waiting = {rejection.rejection_id: rejection for rejection in rejected.unresolved(lake)}
    if options.rejection_id is None:
        for rejection in waiting.values():
            print(f"{rejection.rejection_id}  {rejection.file}  {', '.join(sorted({finding.rule for finding in rejection.findings}))}")
        return 0
    if not options.by or not options.reason:
        parser.error("a release needs --by and --reason; both are kept with the load")
    if options.rejection_id not in waiting:
        print(f"{options.rejection_id} is no open refusal. Without an id the command lists them.", file=sys.stderr)
        return 1
    rejection, known = waiting[options.rejection_id], workspace.municipalities
    try:
        with home.private(), lake.writer():
            release(rejection, options.by, options.reason, lake, rejected, known, workspace.pseudonymiser, print, workspace.raw)
    except PermanentFailure as error:
        print(error, file=sys.stderr)
        return 1
    print("Released. Run the job deliveries to build and publish.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
