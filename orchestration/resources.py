"""What assets are given: the settings, and the lake, the rejections, the configuration and the key that lie where they
say.

Belongs here: opening them. Does not belong here: using them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ingestion.bundled import IS_CLONE, PROJECT
from orchestration import home
from orchestration.settings import Settings

if TYPE_CHECKING:
    from expectations.gate import Gate
    from ingestion.configuration.municipality import Municipality
    from ingestion.lake import Lake, Rejected
    from ingestion.lake.raw import KeptRaw
    from ingestion.privacy.key_map import KeyMap
    from ingestion.privacy.pseudonyms import Pseudonymiser
    from ingestion.privacy.tombstones import Tombstones
    from orchestration.alerts import Alerts

TOMBSTONE_KEY_VARIABLE = "GENOMLYSNING_TOMBSTONE_KEY"


@dataclass(frozen=True)
class Workspace:
    """The state under `settings.home`, opened on demand: loading the code location touches no file."""

    settings: Settings

    @property
    def lake(self) -> Lake:
        """The lake."""
        from ingestion.lake import Lake

        return Lake(self.settings.lake)

    def remove_build(self) -> None:
        """Remove the build file: it holds rows that have been erased or rekeyed, and a table deleted from would keep
        them in free blocks.

        Raises LakeBusy if a refresh is building in it.
        """
        import duckdb

        from ingestion.lake import LakeBusy

        build = self.settings.build
        if not build.exists():
            return
        try:
            duckdb.connect(str(build), read_only=True).close()
        except duckdb.IOException as error:
            raise LakeBusy(f"{build} is in use: a refresh is running. Wait for it to end, and run again.") from error
        for path in (build.parent / "verdict.json", build, build.with_name(f"{build.name}.wal")):
            path.unlink(missing_ok=True)

    @property
    def rejected(self) -> Rejected:
        """The rejected deliveries."""
        from ingestion.lake import Rejected

        return Rejected(self.settings.rejected)

    def gate(self, log: Callable[[str], None]) -> Gate:
        """The way of deliveries into the lake. log: told what became of each, in a line."""
        from expectations.gate import Gate

        return Gate(self.lake, self.rejected, self.municipalities, self.pseudonymiser, log, self.raw)

    @property
    def alerts(self) -> Alerts:
        """Where failures and recoveries are told."""
        from orchestration.alerts import Alerts

        return Alerts(self.settings)

    @property
    def municipalities(self) -> dict[str, Municipality]:
        """Every municipality's configuration, by id."""
        from ingestion.configuration.municipality import load_municipalities

        return load_municipalities(self.settings.municipalities)

    @property
    def pseudonymiser(self) -> Pseudonymiser:
        """Pseudonyms with the deployment's key, which is made on first use."""
        from ingestion.privacy.pseudonyms import Pseudonymiser

        return Pseudonymiser(home.key_of(self.settings), self.key_map, self.tombstones)

    @property
    def key_map(self) -> KeyMap | None:
        """The map to the next key, while one is in place."""
        from ingestion.privacy.keys import NEXT_KEY_VARIABLE, load_key

        if NEXT_KEY_VARIABLE not in os.environ and not self.settings.next_key.exists():
            return None
        from ingestion.privacy.key_map import KeyMap

        return KeyMap(self.settings.key_map, load_key(self.settings.next_key, NEXT_KEY_VARIABLE))

    @property
    def tombstones(self) -> Tombstones:
        """Who has been erased."""
        from ingestion.privacy.keys import load_key
        from ingestion.privacy.tombstones import Tombstones

        return Tombstones(self.settings.erasures, lambda: load_key(self.settings.tombstone_key, TOMBSTONE_KEY_VARIABLE))

    @property
    def raw(self) -> KeptRaw:
        """Accepted files as they came, where they are kept."""
        from ingestion.lake.raw import KeptRaw

        return KeptRaw(self.settings.raw, self.settings.raw_key_file)


def git_sha() -> str:
    """The commit of the code that runs, '+' after it if files were changed since; 'unknown' outside a repository.

    Of an installation the number of its version.
    """
    if not IS_CLONE:  # git would tell of whatever repository the installation happens to lie in
        return version("genomlysning")
    command = ["git", "describe", "--always", "--exclude=*", "--abbrev=40", "--dirty=+"]
    answer = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else "unknown"


def build_resources(settings: Settings) -> dict[str, Any]:
    """The resources of the code location."""
    return {"workspace": Workspace(settings)}
