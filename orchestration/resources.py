"""What assets are given: the settings, and the lake, the refusals, the configuration and the key that lie where they say.

Belongs here: opening them. Does not belong here: using them.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration import home
from orchestration.settings import PROJECT, Settings

if TYPE_CHECKING:
    from ingestion.lake import Lake, Rejected
    from ingestion.municipality import Municipality
    from ingestion.pseudonyms import Pseudonymiser
    from orchestration.alerts import Alerts


@dataclass(frozen=True)
class Workspace:
    """The state under `settings.home`, opened on demand: loading the code location touches no file."""

    settings: Settings

    @property
    def lake(self) -> Lake:
        """The lake."""
        from ingestion.lake import Lake

        return Lake(self.settings.lake)

    @property
    def rejected(self) -> Rejected:
        """The refused deliveries."""
        from ingestion.lake import Rejected

        return Rejected(self.settings.rejected)

    @property
    def alerts(self) -> Alerts:
        """Where failures and recoveries are told."""
        from orchestration.alerts import Alerts

        return Alerts(self.settings)

    @property
    def municipalities(self) -> dict[str, Municipality]:
        """Every municipality's configuration, by id."""
        from ingestion.municipality import load_municipalities

        return load_municipalities(self.settings.municipalities)

    @property
    def pseudonymiser(self) -> Pseudonymiser:
        """Pseudonyms with the deployment's key, which is made on first use."""
        from ingestion.pseudonyms import Pseudonymiser

        return Pseudonymiser(home.key_of(self.settings))


def git_sha() -> str:
    """The commit of the code that runs, '+' after it if files were changed since; 'unknown' outside a repository."""
    command = ["git", "describe", "--always", "--exclude=*", "--abbrev=40", "--dirty=+"]
    answer = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else "unknown"


def build_resources(settings: Settings) -> dict[str, Any]:
    """The resources of the code location."""
    return {"workspace": Workspace(settings)}
