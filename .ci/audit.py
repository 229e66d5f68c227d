"""`make audit`: known vulnerabilities and withdrawn releases among the pinned packages, and how old the pins are.

Exit code 1 for a known vulnerability or a withdrawn release. An audit that could not be made says so, in its last line,
and exits 0: a build must not hang on a service's day off, and must not be told that all is well either.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PINS = ("requirements.txt", "requirements-dev.txt")
PIP_AUDIT = "pip-audit==2.10.1"
# Of its own, for as long as it runs: among the development packages it would bring twenty more that must agree with
# Dagster's.
UV = str(Path(sys.executable).with_name("uv"))
LONGEST = 240


def run(*command: str) -> tuple[int | None, str, str]:
    """Exit code (None if it did not end in time or could not begin), output, messages."""
    try:
        ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=LONGEST, check=False)
    except (subprocess.TimeoutExpired, OSError) as error:
        return None, "", type(error).__name__
    return ended.returncode, ended.stdout, ended.stderr


def age(today: date) -> str:
    """How long ago the pins were last changed, by the history."""
    _, said, _ = run("git", "log", "-1", "--format=%cs", "--", *PINS)
    if not said.strip():
        return "how old the pins are cannot be told without the repository's history"
    changed = date.fromisoformat(said.strip())
    return f"the pins were last changed on {changed}, {(today - changed).days} days ago"


def vulnerabilities(answer: str) -> tuple[list[str], int, int]:
    """Known vulnerabilities, how many packages were looked up, and how many could not be, of pip-audit's answer."""
    listed = json.loads(answer)["dependencies"]
    looked_up = [package for package in listed if "skip_reason" not in package]
    found = [
        f"{package['name']} {package['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'no release yet'}"
        for package in looked_up
        for one in package["vulns"]
    ]
    return found, len(looked_up), len(listed) - len(looked_up)


def withdrawn(messages: str) -> list[str]:
    """Releases that the registry has withdrawn, of uv's messages."""
    return [line.removeprefix("warning: ").strip() for line in messages.splitlines() if "yanked" in line]


def main() -> int:
    """Audit both files of pins; 1 if anything is known to be wrong."""
    wrong: list[str] = []
    unknown: list[str] = []
    code, _, messages = run(
        UV, "pip", "install", "--dry-run", "--reinstall", "--no-deps", "--python", sys.executable, "-r", PINS[1]
    )
    if code == 0:
        wrong += withdrawn(messages)
    else:
        unknown.append("withdrawn releases: the registry did not answer")
    options = ("--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10")
    code, answer, messages = run(UV, "tool", "run", "--from", PIP_AUDIT, "pip-audit", *options, "-r", PINS[1])
    try:
        found, looked_up, left = vulnerabilities(answer)
    except (ValueError, KeyError):
        last = (messages.strip().splitlines() or ["no answer"])[-1]
        found, looked_up, left = [], 0, 0
        unknown.append(
            f"vulnerabilities: pip-audit gave no answer ({last.split('https:')[0].split('http:')[0][:120].strip()})"
        )
    else:
        wrong += found
        if left:
            unknown.append(
                f"vulnerabilities: {left} of {looked_up + left} packages are unknown where they were looked up"
            )
    for line in wrong:
        print(f"WRONG {line}")
    print(f"Audit: {looked_up} packages looked up, {len(wrong)} findings; {age(date.today())}.")
    if unknown:
        print(f"THE AUDIT IS NOT WHOLE. {'; '.join(unknown)}. Nothing is known of those.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
