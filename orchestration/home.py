"""The state folder: which environment it belongs to, who may read it, and what a live one must not hold.

Belongs here: the folder's mark, the modes of what is made in it, and what refuses to start. Does not belong here: what
lies in it.

A home is marked with its environment by the first step that works in it, and opened by that environment only. What
nobody but the platform may read is made with mode 0700 and 0600, whatever started the process; what readers get is made
readable for their group.
"""

from __future__ import annotations

import grp
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.bundled import DAGSTER_SETTINGS
from ingestion.durable import create_text
from orchestration.settings import Settings, SettingsError

if TYPE_CHECKING:
    from ingestion.lake import Candidate, Load

MARK = "environment"
PRIVATE = ("rejected", "lake", "build", "keys", "raw", "erasures", "dagster", "alerts")
DELIVERED = "inbox"
"""Its group is the operator's business: deliveries may come by an account of their own."""
SHARED = ("published", "reports", "docs")
PRIVATE_MASK, SHARED_MASK = 0o077, 0o027
OTHERS, GROUP_AND_OTHERS = 0o007, 0o077

DEMONSTRATION_KEY = hashlib.sha256(b"genomlysning demonstration").digest()
"""The demonstration's pseudonyms are no secret: its people are invented, and the same everywhere."""


def refuse(settings: Settings) -> None:
    """Raise SettingsError if `settings.environment` must not start in this home. Reads only, and little."""
    mark = settings.home / MARK
    marked = mark.read_text(encoding="ascii").strip() if mark.exists() else None
    if marked not in (None, settings.environment):
        raise SettingsError(
            f"{settings.home} is a home of the environment {marked}, and GENOMLYSNING_ENV is {settings.environment}. They are never mixed: "
            f"choose another GENOMLYSNING_HOME, or GENOMLYSNING_ENV={marked}."
        )
    if marked is None:
        _refuse_unmarked(settings)
    if settings.readers_group is not None:
        _group_id(settings.readers_group)
    if settings.environment == "live":
        if os.environ.get(_key_variable()) is not None or settings.key.exists():
            key_of(settings)
        _refuse_open(settings)


def claim(settings: Settings) -> None:
    """Mark the home as this environment's, on first use, and close its private folders to others. Raises SettingsError."""
    refuse(settings)
    try:
        settings.home.mkdir(parents=True, mode=0o700, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"GENOMLYSNING_HOME is {settings.home}, where no folder can be made ({error.strerror}). Choose another place."
        ) from error
    if settings.readers_group is not None:
        # They must come through, not look around.
        os.chown(settings.home, -1, _group_id(settings.readers_group))
        settings.home.chmod(0o710)
    for name in (*PRIVATE, DELIVERED):
        folder = settings.home / name
        folder.mkdir(exist_ok=True, mode=0o700)
        mode, closed = folder.stat().st_mode, OTHERS if name == DELIVERED else GROUP_AND_OTHERS
        if mode & closed:
            folder.chmod(mode & 0o7777 & ~closed)
    if not (settings.home / MARK).exists():
        create_text(settings.home / MARK, settings.environment + "\n")


def dagster_home(settings: Settings) -> Path:
    """Dagster's folder of this home, with the platform's settings in it; what DAGSTER_HOME names, else `dagster`. Sets
    DAGSTER_HOME.

    Those of a demonstration follow the code; in live they are the operator's once they are there.
    """
    folder = Path(os.environ.setdefault("DAGSTER_HOME", str(settings.home / "dagster")))
    written = folder / DAGSTER_SETTINGS.name
    with private():
        folder.mkdir(parents=True, exist_ok=True)
        if settings.environment == "demo" or not written.exists():
            shutil.copyfile(DAGSTER_SETTINGS, written)
    return folder


@contextmanager
def private() -> Iterator[None]:
    """Whatever is made meanwhile is for the platform's own user."""
    previous = os.umask(PRIVATE_MASK)
    try:
        yield
    finally:
        os.umask(previous)


@contextmanager
def readable(settings: Settings, folder: Path) -> Iterator[None]:
    """Whatever is made in `folder` meanwhile is for the readers' group too: the folder hands its group on to what is
    made in it.
    """
    previous = os.umask(SHARED_MASK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if settings.readers_group is not None:
            os.chown(folder, -1, _group_id(settings.readers_group))
        folder.chmod(0o2750)
        yield
    finally:
        os.umask(previous)


def key_of(settings: Settings) -> bytes:
    """The key of the pseudonyms. Live makes its own on first use and refuses one that others could know
    (SettingsError).
    """
    from ingestion.privacy.keys import KEY_VARIABLE, load_key

    if settings.environment == "demo" and KEY_VARIABLE not in os.environ and not settings.key.exists():
        settings.key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        create_text(settings.key, DEMONSTRATION_KEY.hex() + "\n")
    key = load_key(settings.key)
    if settings.environment == "live" and (why := guessable(key)):
        origin = KEY_VARIABLE if KEY_VARIABLE in os.environ else settings.key
        command = "python -c 'import secrets; print(secrets.token_hex(32))'"
        raise SettingsError(f"{origin} is {why}. Live pseudonyms need a key that nobody else has: {command}")
    return key


def guessable(key: bytes) -> str | None:
    """Why others could know `key`; None for one that was drawn at random (of those, one in 10^14 would be called
    guessable).
    """
    if key == DEMONSTRATION_KEY:
        return "the demonstration's key"
    if len(set(key)) < len(key) // 2 or len({(after - before) % 256 for before, after in pairwise(key)}) <= 2:
        return "an example: its bytes repeat"
    if all(32 <= byte < 127 for byte in key):
        return "an example: its bytes are typed text"
    return None


def refuse_simulated(settings: Settings, loads: Iterable[Load]) -> None:
    """Raise SettingsError if live would build on simulated loads."""
    if settings.environment == "live" and (found := [load for load in loads if load.is_simulated]):
        raise SettingsError(
            f"{len(found)} simulated loads lie in the lake of a live home, the first in {found[0].directory}. "
            "Simulated values are for demonstrations: remove their folders, and run marts_only."
        )


def only_real(settings: Settings, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates; DeliveryRejected in live if any holds simulated values (a stand-in answers where Kolada should)."""
    from ingestion.findings import DeliveryRejected, Finding

    listed = list(candidates)
    if settings.environment == "live" and any(candidate.is_simulated for candidate in listed):
        found = "values with the status 'simulated'"
        advice = "Set KOLADA_BASE_URL to Kolada itself: what answers there is the demonstration's stand-in. Then run the job refresh."
        raise DeliveryRejected([Finding("K112", "error", "api", found, "Kolada's own values, as this is live", advice)])
    return listed


def _refuse_unmarked(settings: Settings) -> None:
    """A home from before homes were marked: live must not take over a demonstration, nor a demonstration real
    deliveries.
    """
    from ingestion.lake import Lake

    if not settings.lake.exists():
        return
    loads = Lake(settings.lake).loads()
    is_demonstration = (settings.home / "demo").exists() or any(load.is_simulated for load in loads)
    if settings.environment == "live" and is_demonstration:
        raise SettingsError(
            f"{settings.home} holds demonstration data. Live starts in a home of its own: set GENOMLYSNING_HOME to a new, empty folder."
        )
    if settings.environment == "demo" and loads and not is_demonstration:
        raise SettingsError(
            f"{settings.home} holds loads that are no demonstration. Set GENOMLYSNING_ENV=live, or GENOMLYSNING_HOME to an empty folder."
        )


def _refuse_open(settings: Settings) -> None:
    """Live does not start where others than those it is for can read its state."""
    folders = [(settings.home / name, GROUP_AND_OTHERS, "go=") for name in PRIVATE]
    folders += [(settings.home / name, OTHERS, "o=") for name in (DELIVERED, *SHARED)]
    folders += [(settings.key, GROUP_AND_OTHERS, "go="), (settings.home, 0o006, "o-rw")]
    opened = [(path, rights) for path, mask, rights in folders if path.exists() and path.stat().st_mode & mask]
    if opened:
        commands = "; ".join(f"chmod {rights} {path}" for path, rights in opened)
        raise SettingsError(
            f"Others than the platform can read {', '.join(str(path) for path, _ in opened)}. Close them: {commands}"
        )


def _group_id(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError as error:
        raise SettingsError(
            f"GENOMLYSNING_READERS_GROUP is '{name}', which is no group of this machine. Make or correct it."
        ) from error


def _key_variable() -> str:
    from ingestion.privacy.keys import KEY_VARIABLE

    return KEY_VARIABLE
