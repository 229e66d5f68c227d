"""The stand-in for benchmarks: a process of its own that answers from pages rendered beforehand, over kept-alive
connections.

Belongs here: the store of rendered pages and the HTTP server. Does not belong here: what a page holds
(`demo.kolada.app`).

Rendering a page costs twenty times what sending it does, so whoever measures fetches everything once before the clock
starts. Pages hold the address that they were rendered for: a folder of pages belongs to one port.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from demo.kolada.app import Application, Snapshot

ENCODINGS = ("gzip", "identity")


class Pages:
    """Answers by address and encoding: from the store, else from the application, and into the store."""

    def __init__(self, snapshot: Path, store: Path, host: str) -> None:
        self.application, self.store, self.host = Application(Snapshot(snapshot)), store, host
        store.mkdir(parents=True, exist_ok=True)

    def answer(self, target: str, encoding: str) -> tuple[str, bytes]:
        """Status line and body."""
        path = self.store / f"{hashlib.sha256(target.encode()).hexdigest()}.{encoding}"
        if path.exists():
            return "200 OK", path.read_bytes()
        parts, started = urlsplit(target), []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": unquote(parts.path),
            "QUERY_STRING": parts.query,
            "HTTP_HOST": self.host,
            "wsgi.url_scheme": "http",
            "HTTP_ACCEPT_ENCODING": encoding,
        }
        body = b"".join(self.application(environ, lambda status, headers: started.append(status)))
        if started[0].startswith("200"):
            part = path.with_suffix(".part")
            part.write_bytes(body)
            part.rename(path)
            with (self.store / "addresses.txt").open("a", encoding="utf-8") as addresses:
                addresses.write(target + "\n")
        return started[0], body


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    pages: Pages

    def do_GET(self) -> None:
        """Answer with a page."""
        encoding = "gzip" if "gzip" in self.headers.get("Accept-Encoding", "") else "identity"
        status, body = self.pages.answer(self.path, encoding)
        self.send_response_only(int(status[:3]))
        self.send_header("Content-Type", "application/json; charset=utf-8")
        if encoding == "gzip":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


@contextmanager
def served(snapshot: Path, store: Path, port: int) -> Iterator[str]:
    """A server process while it is open; gives the base URL of API v3. RuntimeError if it does not start."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.kolada_server", str(snapshot), str(store), str(port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if not process.stdout or process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"the stand-in did not start on port {port}; is it taken?")
        url = f"http://127.0.0.1:{port}/v3"
        urllib.request.urlopen(f"{url}/ou", timeout=30).close()
        yield url
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("snapshot", type=Path)
    parser.add_argument("store", type=Path)
    parser.add_argument("port", type=int)
    arguments = parser.parse_args()
    _Handler.pages = Pages(arguments.snapshot, arguments.store, f"127.0.0.1:{arguments.port}")
    server = ThreadingHTTPServer(("127.0.0.1", arguments.port), _Handler)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
