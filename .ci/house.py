"""`make house` (FROM=<commit> beside it): how much there is of the code, counted, for a commit and for the tree as it
is.

Belongs here: counts of lines, parameters and repetitions, by folder where that says something. Does not belong here:
how fast anything is (`benchmarks`), or what a number should be.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = {"benchmarks", "demo", "testkit", "tests", "trials"}
"""Folders that are no part of what is installed and run."""
REPEATED = 6
"""So many lines that stand in two places are one repetition."""
MOST_PARAMETERS, MOST_LINES = 6, 60
_BARE_COLUMN = re.compile(r"\s*(?:[a-z_][a-z0-9_]*\.)?[a-z_][a-z0-9_]*,?\s*")

Files = dict[str, str]


def main(arguments: list[str]) -> None:
    """Print a table with one column for each commit named, and one for the tree."""
    counted = {name: counts(dict(_of_commit(name))) for name in arguments} | {"tree": counts(dict(_of_tree()))}
    rows = list(dict.fromkeys(row for one in counted.values() for row in one))
    print("| what | " + " | ".join(counted) + " |\n|---|" + "---:|" * len(counted))
    for row in rows:
        print(f"| {row} | " + " | ".join(f"{one.get(row, 0):,}" for one in counted.values()) + " |")


def counts(files: Files) -> dict[str, int]:
    """What there is: lines by folder, SQL lines that are a bare column, YAML, parameters, the longest function,
    repetitions.
    """
    python = {name: text for name, text in files.items() if name.endswith(".py")}
    product = {name: text for name, text in python.items() if name.split("/")[0] not in OUTSIDE and "/" in name}
    sql = {name: text for name, text in files.items() if name.startswith("dbt_project/") and name.endswith(".sql")}
    yaml = {name: text for name, text in files.items() if name.startswith("dbt_project/") and name.endswith(".yml")}
    found = {f"Python lines, {folder}": n for folder, n in sorted(_by_folder(python).items())}
    functions = [
        one for text in product.values() for one in ast.walk(ast.parse(text)) if isinstance(one, ast.FunctionDef)
    ]
    lengths = [(one.end_lineno or one.lineno) - one.lineno + 1 for one in functions]
    parameters = [
        len(one.args.args + one.args.kwonlyargs) - (one.args.args[:1] != [] and one.args.args[0].arg in ("self", "cls"))
        for one in functions
    ]
    found |= {
        "SQL lines": sum(map(_lines, sql.values())),
        "SQL lines that are a bare column": sum(
            bool(_BARE_COLUMN.fullmatch(line)) for text in sql.values() for line in text.splitlines()
        ),
        "YAML lines of the dbt project": sum(map(_lines, yaml.values())),
        f"functions of the product with more than {MOST_PARAMETERS} parameters": sum(
            n > MOST_PARAMETERS for n in parameters
        ),
        f"functions of the product with more than {MOST_LINES} lines": sum(n > MOST_LINES for n in lengths),
        "longest function of the product, lines": max(lengths, default=0),
        f"repetitions of {REPEATED} lines in the product's Python": _repeated(product.values()),
        f"repetitions of {REPEATED} lines in SQL": _repeated(sql.values()),
        "exceptions from formatting (fmt: skip, fmt: off)": sum(
            text.count("# fmt: skip") + text.count("# fmt: off") for text in python.values()
        ),
    }
    return found


def _lines(text: str) -> int:
    return sum(bool(line.strip()) for line in text.splitlines())


def _by_folder(files: Files) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, text in files.items():
        parts = name.split("/")
        found["/".join(parts[:2]) if parts[0] == "ingestion" and len(parts) > 2 else parts[0]] += _lines(text)
    return found


def _repeated(texts: Iterable[str]) -> int:
    """How many windows of lines stand somewhere else too."""
    seen: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        seen.update(tuple(lines[at : at + REPEATED]) for at in range(len(lines) - REPEATED + 1))
    return sum(n - 1 for n in seen.values() if n > 1)


def _of_tree() -> Iterator[tuple[str, str]]:
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in names.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix in (".py", ".sql", ".yml"):
            yield name, path.read_text(encoding="utf-8")


def _of_commit(commit: str) -> Iterator[tuple[str, str]]:
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar.getmembers():
            file = tar.extractfile(member) if Path(member.name).suffix in (".py", ".sql", ".yml") else None
            if file is not None:
                yield member.name, file.read().decode("utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
