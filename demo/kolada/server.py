"""The stand-in over HTTP on the loopback, for tests, live trials without the internet, and benchmarks.

Belongs here: sockets and the command line. Does not belong here: answers (`app`), faults (`misbehaviour`).

Run: python -m demo.kolada.server --port 8808 [--fault 429 --fault truncated --every 7]; then
KOLADA_BASE_URL=http://127.0.0.1:8808/v3
"""

from __future__ import annotations

import argparse
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer, make_server

from demo.kolada.app import Application, Snapshot
from demo.kolada.misbehaviour import FAULTS, DroppedConnection, Misbehaving, Misbehaviour


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    """Quiet; a dropped connection is closed without an answer."""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: a fetch is a hundred requests."""

    def handle(self) -> None:
        """Answer one request on this connection."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            return
        stdin, stdout = cast(IO[bytes], self.rfile), cast(IO[bytes], self.wfile)
        handler = _Answer(stdin, stdout, self.get_stderr(), self.get_environ(), multithread=True)
        handler.request_handler = self
        handler.run(self.server.get_app())  # type: ignore[attr-defined]


class _Answer(ServerHandler):
    """wsgiref's handler, which would answer 500 to any exception."""

    request_handler: Any

    def handle_error(self) -> None:
        """Close the socket without an answer if that was meant; anything else is an error of the stand-in."""
        if sys.exc_info()[0] is not DroppedConnection:
            super().handle_error()


@contextmanager
def serving(snapshot: Snapshot | None = None, misbehaviour: Misbehaviour | None = None, port: int = 0) -> Iterator[str]:
    """Serve on a free port of the loopback; gives the base URL of API v3 (http://127.0.0.1:port/v3)."""
    application: Any = Application(snapshot)
    if misbehaviour:
        application = Misbehaving(application, misbehaviour)
    server = make_server("127.0.0.1", port, application, _Server, _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v3"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8808)
    parser.add_argument(
        "--fault", action="append", default=[], choices=sorted(FAULTS), help="may be given more than once"
    )
    parser.add_argument("--every", type=int, default=7, help="every n-th request goes wrong (default 7)")
    arguments = parser.parse_args()
    misbehaviour = Misbehaviour(tuple(arguments.fault), arguments.every, retry_after=1) if arguments.fault else None
    with serving(misbehaviour=misbehaviour, port=arguments.port) as url:
        print(f"KOLADA_BASE_URL={url}  (Ctrl-C ends it)", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
