"""Receivers of alerts on the loopback: a web server and a mail server that keep what they are sent.

Belongs here: real sockets for trials and tests of alerts. Does not belong here: what alerts should say.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Webhook:
    """A web server. url: where it listens. received: bodies that it took. statuses: what it answers next, before 202
    for ever.
    """

    url: str = ""
    received: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    requests: int = 0
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def webhook() -> Iterator[Webhook]:
    """Serve one on a free port."""
    kept = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Keep the body, unless another answer is wanted."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.requests += 1
            kept.headers = dict(self.headers)
            status = kept.statuses.pop(0) if kept.statuses else 202
            if status == 202:
                kept.received.append(json.loads(body))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", kept.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/workflows/secret-of-the-address"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Mailbox:
    """A mail server's port, the messages that it took, whether each came encrypted, and how many recipients it will
    refuse.
    """

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refuse: int = 0
    logins: list[str] = field(default_factory=list)


@contextmanager
def mailbox(tls: ssl.SSLContext | None = None, password: str | None = None) -> Iterator[Mailbox]:
    """Serve one on a free port; with `tls` it asks for STARTTLS, with `password` for a login too."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult, LoginPassword

    kept = Mailbox()

    class Handler:
        async def handle_RCPT(  # noqa: N802 - the library's name
            self, server: Any, session: Any, envelope: Any, address: str, options: Any
        ) -> str:
            """Refuse as often as wanted."""
            if kept.refuse:
                kept.refuse -= 1
                return "451 busy"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            """Keep the message."""
            kept.messages.append(message_from_bytes(envelope.content, policy=policy.default))
            kept.encrypted.append(session.ssl is not None)
            return "250 OK"

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        is_right = isinstance(data, LoginPassword) and data.password.decode() == password
        kept.logins.append("right" if is_right else "wrong")
        return AuthResult(success=is_right, handled=is_right)

    options: dict[str, Any] = {"tls_context": tls, "require_starttls": True} if tls else {}
    if password is not None:
        options |= {"authenticator": authenticate, "auth_required": True}
    with socket.socket() as free:  # aiosmtpd connects to the port that it was given, so it cannot be given none
        free.bind(("127.0.0.1", 0))
        kept.port = free.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=kept.port, **options)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
