"""Where the platform keeps its state and which environment it is: read from the environment, never guessed.

Belongs here: the variables, their defaults and what forbids what. Does not belong here: secrets (`ingestion.pseudonyms`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingestion.failures import PermanentFailure

PROJECT = Path(__file__).resolve().parents[1]
DEFAULT_KOLADA = {"demo": "inprocess://demo.kolada.app/v3", "live": "https://api.kolada.se/v3"}
IN_PROCESS = "inprocess:"


class SettingsError(PermanentFailure):
    """A variable is missing or says what it must not; the message names it and the way out."""


@dataclass(frozen=True)
class Settings:
    """environment: 'demo' or 'live'. home: folder of all state. kolada_base_url: where Kolada is fetched. municipalities: folders.

    readers_group: the system's group that may read publications, reports and the guards' pages; None: only the platform's own user.
    """

    environment: str
    home: Path
    kolada_base_url: str
    municipalities: Path = PROJECT / "municipalities"
    readers_group: str | None = None

    def __post_init__(self) -> None:
        if self.environment not in DEFAULT_KOLADA:
            raise SettingsError(
                f"GENOMLYSNING_ENV is '{self.environment}'; expected demo (bundled demonstration data) or live (real deliveries). "
                "Choose one: make sets demo; an installation sets live."
            )
        if self.environment == "live" and self.kolada_base_url.startswith(IN_PROCESS):
            raise SettingsError(
                f"KOLADA_BASE_URL is {self.kolada_base_url}, the bundled demonstration snapshot; live fetches real figures. "
                f"Leave the variable out ({DEFAULT_KOLADA['live']} is the default) or give another address."
            )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Settings from GENOMLYSNING_ENV (required), _HOME, _READERS_GROUP and KOLADA_BASE_URL. Raises SettingsError."""
        environment = environ.get("GENOMLYSNING_ENV", "")
        return cls(
            environment=environment,
            home=Path(environ.get("GENOMLYSNING_HOME") or PROJECT / "var").resolve(),
            kolada_base_url=environ.get("KOLADA_BASE_URL") or DEFAULT_KOLADA.get(environment, ""),
            readers_group=environ.get("GENOMLYSNING_READERS_GROUP") or None,
        )

    @property
    def inbox(self) -> Path:
        """Deliveries: `<id>-<name>/<source>/<file>`."""
        return self.home / "inbox"

    @property
    def rejected(self) -> Path:
        """Refused deliveries with their reasons; for the operator only."""
        return self.home / "rejected"

    @property
    def lake(self) -> Path:
        """Accepted loads."""
        return self.home / "lake"

    @property
    def build(self) -> Path:
        """The file that dbt writes and nobody else opens."""
        return self.home / "build" / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """Publications, and the pointers at the newest."""
        return self.home / "published"

    @property
    def reports(self) -> Path:
        """Rendered reports: `<id>-<name>/`."""
        return self.home / "reports"

    @property
    def docs(self) -> Path:
        """The guards' pages."""
        return self.home / "docs"

    @property
    def key(self) -> Path:
        """The key of the pseudonyms, unless the environment holds it."""
        return self.home / "keys" / "pseudonym.key"
