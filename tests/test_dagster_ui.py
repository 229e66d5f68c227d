"""The Dagster UI, as people use it: open it, press "Materialize all", see it succeed; nothing is asked of other hosts."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingestion.contracts import table
from testkit import small_extracts

PROJECT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium")
PATIENCE = 300.0

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Ui:
    """The UI as `make dev` starts it, on a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {
            **os.environ,
            "GENOMLYSNING_ENV": "demo",
            "GENOMLYSNING_HOME": str(home),
            "DAGSTER_HOME": str(home / "dagster"),
            "PYTHONPATH": str(PROJECT),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        command = [sys.executable, "-m", "genomlysning", "dev", "--port", str(self.port)]
        home.mkdir(exist_ok=True)
        self.log = (home / "dev.log").open("wb")
        self.process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/server_info", timeout=2).read()
            except OSError:
                time.sleep(0.2)
            else:
                return
        pytest.fail(f"dagster dev did not start: {(self.home / 'dev.log').read_text()[-3000:]}")

    def latest_run(self) -> dict[str, Any] | None:
        query = json.dumps({"query": "{ runsOrError(limit: 1) { ... on Runs { results { runId status } } } }"}).encode()
        request = urllib.request.Request(
            f"{self.url}/graphql", data=query, headers={"content-type": "application/json"}
        )
        runs = json.loads(urllib.request.urlopen(request, timeout=20).read())["data"]["runsOrError"]["results"]
        return runs[0] if runs else None

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.log.close()


@pytest.fixture
def ui(tmp_path: Path) -> Iterator[Ui]:
    folder = tmp_path / "inbox" / "1489-alingsas" / "hr"
    folder.mkdir(parents=True)
    for name in ("employments", "absences", "time_records", "other_employments"):
        small_extracts.write_csv(
            folder / f"{name}.csv", table("hr", name), small_extracts.make(table("hr", name), "2024-01")
        )
    started = Ui(tmp_path)
    try:
        started.wait_until_it_answers()
        yield started
    finally:
        started.stop()


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (make test installs it where it may)")
def test_materialize_all_succeeds_in_the_ui(ui: Ui) -> None:
    from playwright.sync_api import sync_playwright

    elsewhere: set[str] = set()
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_context(viewport={"width": 1500, "height": 900}).new_page()
        page.on(
            "request", lambda r: None if r.url.startswith((ui.url, "data:", "blob:", "ws:")) else elsewhere.add(r.url)
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{ui.url}/asset-groups", wait_until="domcontentloaded")
        button = page.get_by_role("button", name="Materialize all")
        button.wait_for(timeout=120_000)
        page.wait_for_timeout(2_000)
        button.click()
        run = None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            run = ui.latest_run()
            if run and run["status"] in ("SUCCESS", "FAILURE", "CANCELED"):
                break
            time.sleep(0.5)
        assert run is not None, "the click started no run"
        page.goto(f"{ui.url}/runs/{run['runId']}")
        assert run["status"] == "SUCCESS", page.inner_text("body")[-3000:]
        page.get_by_text("Success").first.wait_for(timeout=60_000)
        page.goto(f"{ui.url}/assets/reports/genomlysning", wait_until="domcontentloaded")
        page.get_by_text("publication_id").first.wait_for(timeout=60_000)
        browser.close()
    assert not elsewhere
    assert not errors
    assert (ui.home / "published" / "current.duckdb").exists()
    assert (ui.home / "reports" / "1489-alingsas" / "genomlysning-2024.html").exists()
    assert not list((ui.home / "inbox").rglob("*.csv"))
