"""The key of the pseudonyms of a home, and how it is replaced: prepare, wait until everyone has been delivered, rekey.

Belongs here: where the next key lies, when it becomes the key, and what must not happen meanwhile. Does not belong
here: the map and the rewriting of loads (`ingestion.lake.rekeying`), making a pseudonym
(`ingestion.privacy.pseudonyms`).
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestion.failures import PermanentFailure
from orchestration import home

if TYPE_CHECKING:
    from ingestion.lake.rekeying import Coverage
    from orchestration.resources import Workspace


class NoNextKey(PermanentFailure):
    """A step of the replacement is out of its order."""


@dataclass(frozen=True)
class KeyStatus:
    """at_hand: id of the key. loads: how many are under which key. next_key: id of the one in place, if any. coverage:
    its map's reach.

    is_right: whether all loads in force are under the key at hand.
    """

    at_hand: str
    loads: dict[str, int]
    next_key: str | None
    coverage: tuple[Coverage, ...]
    is_right: bool


def key_status(workspace: Workspace) -> KeyStatus:
    """Which key loads are under, and how far the map to the next one reaches."""
    from ingestion.lake.rekeying import coverage

    lake, at_hand, key_map = workspace.lake, workspace.pseudonymiser.key_id, workspace.key_map
    under = Counter(load.key_id for load in lake.loads() if load.key_id)
    reach = () if key_map is None else tuple(coverage(lake, key_map))
    next_key = None if key_map is None else key_map.next_key_id
    return KeyStatus(at_hand, dict(sorted(under.items())), next_key, reach, not lake.key_ids() - {at_hand})


def prepare_next_key(workspace: Workspace) -> str:
    """Make the next key; its id. From now on everyone who is delivered gets a line in the map.

    Raises NoNextKey where one is in place already, WrongKey where the key at hand is not the lake's.
    """
    from ingestion.privacy.keys import NEXT_KEY_VARIABLE, WrongKey, key_id, load_key

    if workspace.key_map is not None:
        raise NoNextKey(f"A next key is in place already ({workspace.key_map.next_key_id}).")
    if strange := workspace.lake.key_ids() - {workspace.pseudonymiser.key_id}:
        raise WrongKey(
            f"Loads are under {', '.join(sorted(strange))}, the key at hand is another. Put the right key back first."
        )
    with home.private():
        return key_id(load_key(workspace.settings.next_key, NEXT_KEY_VARIABLE))


@dataclass(frozen=True)
class Rekeyed:
    """loads: how many were rewritten. is_in_place: whether the next key is the key now; else whoever holds the keys
    must set it.
    """

    loads: int
    is_in_place: bool


def rekey_lake(workspace: Workspace, by: str, leave: int) -> Rekeyed | None:
    """Rewrite the lake under the next key, make that the key, and destroy the old one and the map. Killed at any moment
    it is run again.

    by: who answers for it; kept with every load. leave: how many people of the newest loads may stay without a
    pseudonym of their own. None: it was done already, but for the map, which is destroyed now. Raises NoNextKey,
    NotRekeyable, LakeBusy.
    """
    from ingestion.lake.rekeying import rekey
    from ingestion.privacy.keys import KEY_VARIABLE

    settings, key_map = workspace.settings, workspace.key_map
    if key_map is None:
        if settings.key_map.exists():  # killed after the next key had become the key
            shutil.rmtree(settings.key_map)
            return None
        raise NoNextKey("There is no next key. Make one: genomlysning keys prepare")
    workspace.remove_build()
    with home.private(), workspace.lake.writer():
        rewritten = rekey(workspace.lake, key_map, leave, by)
        in_place = settings.next_key.exists() and KEY_VARIABLE not in os.environ
        if in_place:
            settings.next_key.replace(settings.key)  # one step: the old key is gone, the next one is the key
        key_map.destroy()
    workspace.remove_build()
    return Rekeyed(rewritten, in_place)


def cancel_next_key(workspace: Workspace) -> None:
    """Remove the next key and the map; the key in force stays. Raises NoNextKey where there is none, or the lake is
    partly under it.
    """
    key_map = workspace.key_map
    if key_map is None:
        raise NoNextKey("There is no next key.")
    if any(load.key_id == key_map.next_key_id for load in workspace.lake.loads()):
        raise NoNextKey("The lake is partly under the next key already: finish with rekey.")
    key_map.destroy()
    workspace.settings.next_key.unlink(missing_ok=True)
