"""Where the platform keeps its state and which environment it is: read from the environment, never guessed.

Belongs here: the variables, their defaults and what forbids what. Does not belong here: secrets
(`ingestion.privacy.pseudonyms`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ingestion.bundled import IS_CLONE, MUNICIPALITIES, PROJECT
from ingestion.failures import PermanentFailure

DEFAULT_KOLADA = {"demo": "inprocess://demo.kolada.app/v3", "live": "https://api.kolada.se/v3"}
IN_PROCESS = "inprocess:"
TIMEZONE = "Europe/Stockholm"
"""Whose days are meant where a day is meant."""
NOT_IN_A_HOME = {"?", *map(chr, range(32)), chr(127)}
"""DuckDB cuts a path at the question mark and puts its log before it."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SECURITIES = {"starttls": "587", "tls": "465", "none": "25"}


class SettingsError(PermanentFailure):
    """A variable is missing or says what it must not; the message names it and the way out."""


@dataclass(frozen=True)
class Webhook:
    """Where alerts are posted. url: as good as a password, so it is shown nowhere. format: 'teams' (a workflow's card)
    or 'json'.
    """

    url: str = field(repr=False)
    format: str


@dataclass(frozen=True)
class Mail:
    """How alerts are mailed. security: 'starttls', 'tls', or 'none' (to a relay on this machine only)."""

    host: str
    port: int
    security: str
    sender: str
    recipients: tuple[str, ...]
    user: str | None
    password: str | None = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """environment: 'demo' or 'live'. home: folder of all state. kolada_base_url: where Kolada is fetched.

    municipalities: folder of the municipalities' folders; live names its own, the bundled ones are the demonstration's.
    readers_group: the system's group that may read publications, reports and the guards' pages; None: only the
    platform's own user.
    webhook, mail: where alerts go; None: nowhere, as by default. webserver_url: where people open Dagster, for the
    links in alerts.
    raw_key_file: the key that accepted files are kept encrypted with; None: they are removed.
    """

    environment: str
    home: Path
    kolada_base_url: str
    municipalities: Path = MUNICIPALITIES
    readers_group: str | None = None
    webhook: Webhook | None = None
    mail: Mail | None = None
    webserver_url: str | None = None
    raw_key_file: Path | None = None

    def __post_init__(self) -> None:
        if self.environment not in DEFAULT_KOLADA:
            raise SettingsError(
                f"GENOMLYSNING_ENV is '{self.environment}'; expected demo (bundled demonstration data) or live (real deliveries). "
                "Choose one: make and genomlysning demo set demo; a live installation sets live."
            )
        if any(character in str(self.home) for character in NOT_IN_A_HOME):
            raise SettingsError(
                f"GENOMLYSNING_HOME is {str(self.home)!r}, a folder with a question mark or a control character in its path, which DuckDB "
                "cannot write below. Choose another folder: any other characters will do."
            )
        if self.environment == "live" and self.kolada_base_url.startswith(IN_PROCESS):
            raise SettingsError(
                f"KOLADA_BASE_URL is {self.kolada_base_url}, the bundled demonstration snapshot; live fetches real figures. "
                f"Leave the variable out ({DEFAULT_KOLADA['live']} is the default) or give another address."
            )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Settings from KOLADA_BASE_URL and the variables GENOMLYSNING_*: ENV (required), HOME, MUNICIPALITIES,
        READERS_GROUP, RAW_KEY_FILE, WEBSERVER_URL and those of alerts (docs/operations.md). Raises SettingsError.
        """
        raw_key_file = environ.get("GENOMLYSNING_RAW_KEY_FILE")
        environment = environ.get("GENOMLYSNING_ENV", "")
        return cls(
            environment=environment,
            home=_home(environ.get("GENOMLYSNING_HOME"), environment),
            kolada_base_url=environ.get("KOLADA_BASE_URL") or DEFAULT_KOLADA.get(environment, ""),
            municipalities=_municipalities(environ.get("GENOMLYSNING_MUNICIPALITIES"), environment),
            readers_group=environ.get("GENOMLYSNING_READERS_GROUP") or None,
            webhook=_webhook(environ),
            mail=_mail(environ),
            webserver_url=environ.get("GENOMLYSNING_WEBSERVER_URL", "").rstrip("/") or None,
            raw_key_file=Path(raw_key_file).resolve() if raw_key_file else None,
        )

    def due_through(self, now: datetime) -> date | None:
        """The day until which deliveries are expected: today, in live. None: those of a demonstration end where its
        bundle ends.
        """
        return now.astimezone(ZoneInfo(TIMEZONE)).date() if self.environment == "live" else None

    @property
    def inbox(self) -> Path:
        """Deliveries: `<id>-<name>/<source>/<file>`."""
        return self.home / "inbox"

    @property
    def rejected(self) -> Path:
        """Rejected deliveries with their reasons; for the operator only."""
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
    def adopted(self) -> Path:
        """Reports as the board adopted them: `<id>-<name>/<kind>-<period>/`; never written again."""
        return self.home / "adopted"

    @property
    def templates(self) -> Path:
        """Empty workbooks to be filled in and delivered: `<id>-<name>/<source>/`."""
        return self.home / "templates"

    @property
    def docs(self) -> Path:
        """The guards' pages."""
        return self.home / "docs"

    @property
    def key(self) -> Path:
        """The key of the pseudonyms, unless the environment holds it."""
        return self.home / "keys" / "pseudonym.key"

    @property
    def next_key(self) -> Path:
        """The key that is to replace it, while it is being replaced."""
        return self.home / "keys" / "pseudonym.key.next"

    @property
    def key_map(self) -> Path:
        """The encrypted map between the two, while the key is being replaced."""
        return self.home / "keys" / "map"

    @property
    def tombstone_key(self) -> Path:
        """The key of the tombstones of people who have been erased; never replaced."""
        return self.home / "keys" / "tombstones.key"

    @property
    def erasures(self) -> Path:
        """What is recorded of every erasure of a person."""
        return self.home / "erasures"

    @property
    def raw(self) -> Path:
        """Accepted files, where they are kept, encrypted."""
        return self.home / "raw"

    @property
    def alerts(self) -> Path:
        """What was told, so that nothing is told twice."""
        return self.home / "alerts"


def _home(written: str | None, environment: str) -> Path:
    """The state folder: the one that is named; else `var` of the clone, or of an installed demonstration's current
    folder.
    """
    if written:
        return _absolute("GENOMLYSNING_HOME", written, "/srv/genomlysning")
    if IS_CLONE:
        return (PROJECT / "var").resolve()
    if environment == "live":
        raise SettingsError(
            "GENOMLYSNING_HOME is not set: it names the folder of all state, and is never guessed in live. Set it, as /srv/genomlysning."
        )
    return Path("var").resolve()


def _municipalities(written: str | None, environment: str) -> Path:
    """The folder that is named; in a demonstration without one the bundled folder."""
    if written:
        folder = _absolute("GENOMLYSNING_MUNICIPALITIES", written, "/etc/genomlysning/municipalities")
        if not folder.is_dir():
            raise SettingsError(
                f"GENOMLYSNING_MUNICIPALITIES is {folder}, which is no folder. Make it, or correct the name."
            )
        return folder
    if environment == "live":
        raise SettingsError(
            "GENOMLYSNING_MUNICIPALITIES is not set: it names the folder that holds a folder <id>-<name> for each municipality, as "
            "/etc/genomlysning/municipalities. Live never reads the bundled ones, which are the demonstration's."
        )
    return MUNICIPALITIES


def _absolute(variable: str, written: str, example: str) -> Path:
    """The path that a variable holds; `~` is the user's own folder. Raises SettingsError unless every process would
    read it alike.
    """
    try:
        path = Path(written).expanduser()
        str(path).encode()
        if path.is_absolute():
            return path.resolve()
    except (RuntimeError, UnicodeEncodeError):  # a user or bytes that nobody knows
        pass
    raise SettingsError(
        f"{variable} is {written!r}, which is no absolute path in UTF-8. Every process would look for it in a place of its own: "
        f"write it from / on, without quotes and variables, as {example}."
    )


def _webhook(environ: Mapping[str, str]) -> Webhook | None:
    url, form = (
        _secret(environ, "GENOMLYSNING_ALERT_WEBHOOK_URL"),
        environ.get("GENOMLYSNING_ALERT_WEBHOOK_FORMAT") or "teams",
    )
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise SettingsError(
            "GENOMLYSNING_ALERT_WEBHOOK_URL is no https address. Over anything else the address itself would be given away."
        )
    if form not in ("teams", "json"):
        raise SettingsError(f"GENOMLYSNING_ALERT_WEBHOOK_FORMAT is '{form}'; expected teams or json.")
    return Webhook(url, form)


def _mail(environ: Mapping[str, str]) -> Mail | None:
    host = environ.get("GENOMLYSNING_ALERT_SMTP_HOST") or None
    if host is None:
        return None
    security = environ.get("GENOMLYSNING_ALERT_SMTP_SECURITY") or "starttls"
    if security not in SECURITIES:
        raise SettingsError(
            f"GENOMLYSNING_ALERT_SMTP_SECURITY is '{security}'; expected one of {', '.join(SECURITIES)}."
        )
    if security == "none" and host not in LOOPBACK:
        raise SettingsError(
            f"GENOMLYSNING_ALERT_SMTP_SECURITY is none, and {host} is not this machine: mail would go out unencrypted."
        )
    sender = environ.get("GENOMLYSNING_ALERT_SMTP_FROM", "").strip()
    recipients = tuple(
        part.strip() for part in environ.get("GENOMLYSNING_ALERT_SMTP_TO", "").split(",") if part.strip()
    )
    if not sender or not recipients:
        raise SettingsError(
            "GENOMLYSNING_ALERT_SMTP_HOST is set; set _FROM (one address) and _TO (addresses with commas) too."
        )
    port = environ.get("GENOMLYSNING_ALERT_SMTP_PORT") or SECURITIES[security]
    if not port.isdigit():
        raise SettingsError(f"GENOMLYSNING_ALERT_SMTP_PORT is '{port}'; expected a number.")
    user, password = (
        environ.get("GENOMLYSNING_ALERT_SMTP_USER") or None,
        _secret(environ, "GENOMLYSNING_ALERT_SMTP_PASSWORD"),
    )
    if (user is None) != (password is None):
        raise SettingsError(
            "GENOMLYSNING_ALERT_SMTP_USER and GENOMLYSNING_ALERT_SMTP_PASSWORD (or _PASSWORD_FILE) go together."
        )
    return Mail(host, int(port), security, sender, recipients, user, password)


def _secret(environ: Mapping[str, str], name: str) -> str | None:
    """A secret of the environment, or of the file that `<name>_FILE` names; never quoted in a message."""
    path = environ.get(f"{name}_FILE")
    if not path:
        return environ.get(name) or None
    try:
        if Path(path).stat().st_mode & 0o007:
            raise SettingsError(f"{name}_FILE names {path}, which everybody can read. Close it: chmod o= {path}")
        return Path(path).read_text(encoding="utf-8").strip() or None
    except OSError as error:
        raise SettingsError(f"{name}_FILE names {path}, which cannot be read ({error.strerror}).") from error
