"""Alerts: what has failed, and that it is mended, told once each to a webhook and by mail.

Belongs here: the two channels, and the memory of what was told. Does not belong here: what is a failure (`sensors`,
`concerns`).

Alerts are off until a receiver is configured. Texts come from the platform's own words, and hold nothing personal and
no file's name. What
cannot be sent fails nothing: it is said to whoever asked, stands in the daily check, and is tried again at the next
occasion.
"""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any, Literal

from ingestion.durable import replace_text
from ingestion.failures import PermanentFailure, TransientFailure
from orchestration.settings import Mail, Settings, Webhook

State = Literal["failure", "recovery"]

CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
ATTEMPTS = 3
FIRST_WAIT = 1.0
MOST_LINES = 20
"""A card that Teams takes holds at most 28 KB."""


@dataclass(frozen=True)
class Alert:
    """One thing that is wrong. key: the same for as long as it is. what: for people. advice: what to do, or where to
    look.
    """

    key: str
    what: str
    advice: str = ""


class Refused(PermanentFailure):
    """The receiver does not take the message, or the way to it is configured wrongly."""


class NotReached(TransientFailure):
    """The receiver could not be reached, or said that it has a trouble that passes."""


class Alerts:
    """The configured channels, and what was told on each of them (`alerts/told.json` in the home)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file = settings.alerts / "told.json"
        self._channels: dict[str, Callable[[State, Sequence[Alert]], None]] = {}
        if (webhook := settings.webhook) is not None:
            self._channels["webhook"] = lambda state, alerts: self._post(webhook, state, alerts)
        if (mail := settings.mail) is not None:
            self._channels["mail"] = lambda state, alerts: self._mail(mail, state, alerts)

    def tell(self, scope: str, alerts: Sequence[Alert]) -> list[str]:
        """Tell what is new among `alerts`, and what of the scope stands no more: at most one message each and channel.

        scope: what `alerts` is the whole of ('concerns', 'job/refresh'). Returns why a channel was not reached, in
        words; what was not told there is told next time. Never raises for a channel's sake.
        """
        troubles: list[str] = []
        if not self._channels:
            return troubles
        with self._memory() as told:
            for name, send in self._channels.items():
                known: dict[str, str] = told.setdefault(name, {}).setdefault(scope, {})
                fresh = [alert for alert in alerts if alert.key not in known]
                gone = [Alert(key, what) for key, what in known.items() if key not in {alert.key for alert in alerts}]
                try:
                    if fresh:
                        _patiently(send, "failure", fresh)
                        known |= {alert.key: alert.what for alert in fresh}
                    if gone:
                        _patiently(send, "recovery", gone)
                        for alert in gone:
                            del known[alert.key]
                    told.setdefault("troubles", {}).pop(name, None)
                except (Refused, NotReached) as error:
                    troubles.append(f"Alerts by {name} are not reaching anybody: {error}")
                    told.setdefault("troubles", {}).setdefault(name, datetime.now(UTC).isoformat(timespec="seconds"))
        return troubles

    def troubles(self) -> dict[str, str]:
        """Channels whose last message was not sent, and since when."""
        if not self._file.exists():
            return {}
        told: dict[str, dict[str, str]] = json.loads(self._file.read_text(encoding="utf-8"))
        return {name: since for name, since in told.get("troubles", {}).items() if name in self._channels}

    @contextmanager
    def _memory(self) -> Iterator[dict[str, Any]]:
        """What was told, held by one process at a time and written when it is let go of."""
        from filelock import FileLock

        from orchestration.home import private

        with private():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._file.with_name(".lock"), timeout=120):
                told = json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else {}
                try:
                    yield told
                finally:
                    replace_text(self._file, json.dumps(told, ensure_ascii=False, indent=1))

    def _title(self, state: State, alerts: Sequence[Alert]) -> str:
        many = f"{len(alerts)} failures" if len(alerts) > 1 else "a failure"
        return f"Genomlysning ({self._settings.environment}): {many if state == 'failure' else many + ' mended'}"

    def _post(self, webhook: Webhook, state: State, alerts: Sequence[Alert]) -> None:
        import requests

        body = self._card(state, alerts) if webhook.format == "teams" else self._plain(state, alerts)
        try:
            # The answer's body is not read: a receiver that drips it would hold the run.
            with requests.post(
                webhook.url, json=body, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False, stream=True
            ) as answer:
                status = answer.status_code
        except requests.exceptions.SSLError as error:
            raise Refused("the webhook's certificate was not accepted") from error
        except requests.exceptions.RequestException as error:  # its message holds the address, which is a secret
            raise NotReached(f"the webhook could not be reached ({type(error).__name__})") from None
        if status in (408, 429) or status >= 500:
            raise NotReached(f"the webhook answered {status}")
        if not 200 <= status < 300:
            raise Refused(f"the webhook answered {status}. Check GENOMLYSNING_ALERT_WEBHOOK_URL and _FORMAT.")

    def _plain(self, state: State, alerts: Sequence[Alert]) -> dict[str, Any]:
        """The generic message: stable names, one object for each thing."""
        return {
            "source": "genomlysning",
            "environment": self._settings.environment,
            "state": state,
            "title": self._title(state, alerts),
            "sent_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "alerts": [asdict(alert) for alert in alerts],
            "link": self._settings.webserver_url,
        }

    def _card(self, state: State, alerts: Sequence[Alert]) -> dict[str, Any]:
        """The message that a Teams workflow ('When a Teams webhook request is received') posts: an adaptive card as
        attachment.
        """
        colour = "attention" if state == "failure" else "good"
        title = {
            "type": "TextBlock",
            "size": "medium",
            "weight": "bolder",
            "color": colour,
            "wrap": True,
            "text": self._title(state, alerts),
        }
        blocks = [{"type": "TextBlock", "wrap": True, "text": _no_link(line)} for line in _lines(alerts)]
        card: dict[str, Any] = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [title, *blocks],
        }
        if self._settings.webserver_url:
            card["actions"] = [{"type": "Action.OpenUrl", "title": "Dagster", "url": self._settings.webserver_url}]
        kind = "application/vnd.microsoft.card.adaptive"
        return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}

    def _mail(self, mail: Mail, state: State, alerts: Sequence[Alert]) -> None:
        message = EmailMessage()
        message["Subject"] = self._title(state, alerts)
        message["From"], message["To"] = mail.sender, ", ".join(mail.recipients)
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="genomlysning.invalid")
        message["Auto-Submitted"] = "auto-generated"  # no out-of-office answers
        link = [self._settings.webserver_url] if self._settings.webserver_url else []
        message.set_content("\n\n".join([*_lines(alerts), *link]) + "\n")
        context = ssl.create_default_context()
        try:
            connect = smtplib.SMTP_SSL if mail.security == "tls" else smtplib.SMTP
            options: dict[str, Any] = {"context": context} if mail.security == "tls" else {}
            with connect(mail.host, mail.port, timeout=READ_SECONDS, **options) as server:
                if mail.security == "starttls":
                    server.starttls(context=context)
                if mail.user is not None and mail.password is not None:
                    server.login(mail.user, mail.password)
                server.send_message(message)
        except ssl.SSLCertVerificationError as error:
            raise Refused(f"the certificate of {mail.host} was not accepted") from error
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
            raise Refused(
                f"{mail.host} refused it ({type(error).__name__}). Check GENOMLYSNING_ALERT_SMTP_*."
            ) from None
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(
                f"{mail.host} offers no {'encryption' if mail.security == 'starttls' else 'login'}"
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotReached(f"{mail.host} could not be reached or broke off ({type(error).__name__})") from None


def _patiently(send: Callable[[State, Sequence[Alert]], None], state: State, alerts: Sequence[Alert]) -> None:
    """Send, at most `ATTEMPTS` times: under a minute in all, whatever the receiver does."""
    import tenacity

    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(ATTEMPTS),
        wait=tenacity.wait_exponential(FIRST_WAIT),
        retry=tenacity.retry_if_exception_type(TransientFailure),
        reraise=True,
    )
    retrying(send, state, alerts)


def _lines(alerts: Sequence[Alert]) -> list[str]:
    lines = [" ".join(f"{alert.what}. {alert.advice}".split()) for alert in alerts[:MOST_LINES]]
    return [*lines, f"… and {len(alerts) - MOST_LINES} more."] if len(alerts) > MOST_LINES else lines


def _no_link(text: str) -> str:
    """Text blocks read a part of Markdown: links are made harmless, for none is ours."""
    return text.replace("](", "] (")
