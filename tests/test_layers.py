"""Imports go downwards only (the contracts of pyproject.toml, which `make lint` checks), and loading the code location
is cheap.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ingestion.configuration.municipality import load_municipality

PROJECT = Path(__file__).resolve().parents[1]


def imports(path: Path, top_level_only: bool = False) -> set[str]:
    """Dotted names of all modules that the file imports anywhere (or at its top level)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes: list[ast.AST] = [*tree.body] if top_level_only else [*ast.walk(tree)]
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            found.add(node.module or "")
    return found


def modules(folder: str) -> list[Path]:
    return sorted((PROJECT / folder).rglob("*.py"))


PLANTED = {
    "the product imports what stands outside it": ("ingestion/lake/loads.py", "import trials"),
    "an arrow back up": ("ingestion/contracts/hr.py", "from ingestion.lake import Lake"),
    "a circle": ("ingestion/lake/loads.py", "from ingestion.lake.compaction import compact"),
    "a folder beside the rooms": ("ingestion/odd.py", ""),
    "Dagster where rows are read": ("ingestion/readers/files.py", "import dagster"),
    "Great Expectations in a report": ("reports/compose.py", "import great_expectations"),
    "a report that reads the lake": ("reports/compose.py", "from ingestion.lake import Lake"),
    "a generator that reads": ("demo/care/__init__.py", "import ingestion"),
    "a generator of the ledger that judges": ("demo/ledger/files.py", "from expectations.judge import judge"),
    "a test in the kit": ("testkit/board.py", "import tests.test_layers"),
}
"""What the contracts of pyproject.toml must turn red, by the file that it is planted in."""


def lint(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())",
            "--no-cache",
        ],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python files of the project and its settings, in a folder of their own."""
    copy = tmp_path_factory.mktemp("project")
    (copy / "pyproject.toml").write_bytes((PROJECT / "pyproject.toml").read_bytes())
    for folder in tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "root_packages"
    ]:
        for path in modules(folder):
            target = copy / path.relative_to(PROJECT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return copy


def test_every_contract_on_imports_holds(copied: Path) -> None:
    done = lint(copied)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("fault", PLANTED)
def test_what_breaks_a_contract_is_told(copied: Path, fault: str) -> None:
    name, line = PLANTED[fault]
    path = copied / name
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text((before or "") + f"\n{line}\n", encoding="utf-8")
    try:
        done = lint(copied)
        assert done.returncode == 1 and "BROKEN" in done.stdout, done.stdout + done.stderr
    finally:
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")


def test_no_import_is_relative() -> None:
    """Relative imports hide the folder."""
    for folder in ("ingestion", "expectations", "publication", "reports", "orchestration", "genomlysning", "demo"):
        for path in modules(folder):
            imports(path)


@pytest.mark.parametrize("module", ["pandas", "great_expectations", "duckdb", "altair", "openpyxl", "dbt"])
def test_loading_the_code_location_imports_nothing_heavy(module: str) -> None:
    """Each costs every process start of Dagster half a second to six seconds."""
    for path in modules("orchestration"):
        roots = {name.split(".")[0] for name in imports(path, top_level_only=True)}
        assert module not in roots, f"{path.relative_to(PROJECT)} imports {module} at its top level"


def test_no_code_lies_with_the_municipalities() -> None:
    assert not modules("municipalities")


# What only people read (`seeds` hold Kolada's own titles) or only tests run; everything else is code.
CODE = (
    "ingestion",
    "expectations",
    "publication",
    "reports",
    "orchestration",
    "genomlysning",
    "dbt_project",
    "dagster_home",
)


def test_nothing_in_the_code_knows_a_municipalitys_name() -> None:
    names = [
        load_municipality(path.parent).name for path in sorted((PROJECT / "municipalities").glob("*/municipality.yaml"))
    ]
    assert len(names) >= 2
    stems = [name.casefold().removesuffix("s") for name in names]
    made = {"target", "logs", "__pycache__"}
    for folder in CODE:
        for path in (PROJECT / folder).rglob("*"):
            if not path.is_file() or made & set(path.parts):
                continue
            text = path.read_text(encoding="utf-8", errors="ignore").casefold()
            found = [stem for stem in stems if stem in text]
            assert not found, f"{path.relative_to(PROJECT)} names {found}"
