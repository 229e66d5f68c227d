"""`python -m orchestration.keys`: the key of the pseudonyms, and how it is replaced.

Belongs here: the command. Does not belong here: the map and the rewriting of loads (`ingestion.lake.rekeying`), making a pseudonym
(`ingestion.privacy.pseudonyms`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections import Counter
from collections.abc import Sequence

from ingestion.failures import PermanentFailure
from orchestration import home
from orchestration.resources import Workspace
from orchestration.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """Show the keys, put a next one in place, rekey the lake with it, or take it away again; 0 if done, 1 if it could not be."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.keys", description=(__doc__ or "").splitlines()[0])
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("status", help="which key loads are under, and how far the map to the next one reaches")
    actions.add_parser("prepare", help="make the next key; from now on everyone who is delivered gets a line in the map")
    rekey = actions.add_parser("rekey", help="rewrite the lake under the next key, which then is the key")
    rekey.add_argument("--by", required=True, help="who answers for it; kept with every load")
    rekey.add_argument("--leave", type=int, default=0, help="how many people of the newest loads may stay without a pseudonym of their own")
    actions.add_parser("cancel", help="remove the next key and the map; the key in force stays")
    options = parser.parse_args(arguments)

    try:
        workspace = Workspace(Settings.from_environment(os.environ))
        with home.private():
            home.claim(workspace.settings)
            return {"status": _status, "prepare": _prepare, "cancel": _cancel}.get(options.action, lambda w: _rekey(w, options))(workspace)
    except (PermanentFailure, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _status(workspace: Workspace) -> int:
    """Print key ids and reach; 1 if loads in force are under another key than the one at hand."""
    from ingestion.lake.rekeying import coverage

    at_hand = workspace.pseudonymiser.key_id
    print(f"key at hand  {at_hand}")
    for key_id, loads in sorted(Counter(load.key_id for load in workspace.lake.loads() if load.key_id).items()):
        print(f"loads under  {key_id}  {loads}{'' if key_id == at_hand else '  NOT the key at hand'}")
    key_map = workspace.key_map
    if key_map is not None:
        print(f"next key     {key_map.next_key_id}")
        for one in coverage(workspace.lake, key_map):
            print(f"  {one.table:28} {one.municipality_id} {one.period:8} people {one.persons:7}  in the map {one.mapped:7}")
    return 1 if workspace.lake.key_ids() - {at_hand} else 0


def _prepare(workspace: Workspace) -> int:
    from ingestion.privacy.keys import NEXT_KEY_VARIABLE, WrongKey, load_key

    if workspace.key_map is not None:
        print(f"A next key is in place already ({workspace.key_map.next_key_id}).", file=sys.stderr)
        return 1
    if strange := workspace.lake.key_ids() - {workspace.pseudonymiser.key_id}:
        raise WrongKey(f"Loads are under {', '.join(sorted(strange))}, the key at hand is another. Put the right key back first.")
    load_key(workspace.settings.next_key, NEXT_KEY_VARIABLE)
    made = workspace.key_map
    print(f"Next key {made.next_key_id if made else ''} is in {workspace.settings.next_key}.")
    print("Back it up as the key itself, apart from the lake.")
    print("Have every table with persons delivered in full, then: python -m orchestration.keys status, and rekey.")
    return 0


def _rekey(workspace: Workspace, options: argparse.Namespace) -> int:
    from ingestion.lake.rekeying import rekey
    from ingestion.privacy.keys import KEY_VARIABLE, NEXT_KEY_VARIABLE

    settings, key_map = workspace.settings, workspace.key_map
    if key_map is None:
        if settings.key_map.exists():  # killed after the next key had become the key
            shutil.rmtree(settings.key_map)
            print("The map of the last rekeying is destroyed.")
            return 0
        print("There is no next key. Make one: python -m orchestration.keys prepare", file=sys.stderr)
        return 1
    workspace.remove_build()
    with workspace.lake.writer():
        rewritten = rekey(workspace.lake, key_map, options.leave, options.by)
        print(f"{rewritten} loads rewritten under the key {key_map.next_key_id}.")
        if settings.next_key.exists() and KEY_VARIABLE not in os.environ:
            settings.next_key.replace(settings.key)  # one step: the old key is gone, the next one is the key
            print("The next key is now the key; the old one is destroyed here. Destroy its backups.")
        else:
            print(f"Now set {KEY_VARIABLE} to the next key, remove {NEXT_KEY_VARIABLE}, and destroy the old key.")
            print("Until then nothing with persons is taken in.")
        key_map.destroy()
    workspace.remove_build()
    print("The map is destroyed. Run the job marts_only to build and publish.")
    return 0


def _cancel(workspace: Workspace) -> int:
    key_map = workspace.key_map
    if key_map is None:
        print("There is no next key.", file=sys.stderr)
        return 1
    if any(load.key_id == key_map.next_key_id for load in workspace.lake.loads()):
        print("The lake is partly under the next key already: finish with rekey.", file=sys.stderr)
        return 1
    key_map.destroy()
    workspace.settings.next_key.unlink(missing_ok=True)
    print("The next key and the map are removed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
