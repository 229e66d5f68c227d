"""Imports go downwards only, and each folder keeps from what DESIGN forbids it (read from the source, nothing is run)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ingestion.municipality import load_municipality

PROJECT = Path(__file__).resolve().parents[1]
OWN = {"ingestion", "expectations", "publication", "reports", "orchestration", "genomlysning", "demo", "trials", "tests", "benchmarks"}
MAY_IMPORT = {
    "ingestion": {"ingestion"},
    "expectations": {"ingestion", "expectations"},
    "publication": {"ingestion", "expectations", "publication"},
    "reports": {"ingestion", "reports"},
    "orchestration": {"ingestion", "expectations", "publication", "reports", "orchestration"},
    "demo": {"ingestion", "expectations", "publication", "reports", "orchestration", "demo"},
    "genomlysning": {"ingestion", "expectations", "publication", "reports", "orchestration", "demo", "genomlysning"},
}
MUST_NOT_IMPORT = {
    "ingestion": {"dagster", "dagster_dbt", "dbt", "great_expectations"},
    "expectations": {"dagster", "dagster_dbt", "dbt"},
    "publication": {"dagster", "dagster_dbt", "dbt", "great_expectations"},
    "reports": {"dagster", "dagster_dbt", "dbt", "great_expectations"},
    "orchestration": set[str](),
    "demo": set[str](),
    "genomlysning": set[str](),
}
# What reports may know of ingestion: a municipality's folder, and the kinds of failure. The lake and the inbox are not theirs.
REPORTS_MAY_KNOW = {
    "ingestion.municipality",
    "ingestion.failures",
    *(f"ingestion.configuration.{name}" for name in ("folder", "form", "lines", "mistakes", "references")),
}


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


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_go_downwards_only(folder: str) -> None:
    assert modules(folder), f"{folder} is empty"
    for path in modules(folder):
        roots = {name.split(".")[0] for name in imports(path)}
        upwards = (roots & OWN) - MAY_IMPORT[folder]
        assert not upwards, f"{path.relative_to(PROJECT)} imports {upwards}"
        forbidden = roots & MUST_NOT_IMPORT[folder]
        assert not forbidden, f"{path.relative_to(PROJECT)} imports {forbidden}"


def test_reports_know_the_publication_and_the_municipality_only() -> None:
    for path in modules("reports"):
        known = {name for name in imports(path) if name.split(".")[0] == "ingestion"}
        assert known <= REPORTS_MAY_KNOW, f"{path.relative_to(PROJECT)} imports {known - REPORTS_MAY_KNOW}"


def test_the_generators_share_no_code_with_what_computes_or_reads() -> None:
    """Else agreement between the printed figures and the models would prove nothing."""
    for path in [*modules("demo/hr"), PROJECT / "demo" / "ledger.py", PROJECT / "demo" / "hr.py"]:
        if path.exists():
            names = {name for name in imports(path) if name.split(".")[0] in OWN - {"demo"}}
            assert names <= {"ingestion.municipality", "ingestion.contracts"}, f"{path.relative_to(PROJECT)} imports {names}"


@pytest.mark.parametrize("module", ["pandas", "great_expectations", "duckdb", "altair", "openpyxl", "dbt"])
def test_loading_the_code_location_imports_nothing_heavy(module: str) -> None:
    """Each costs every process start of Dagster half a second to six seconds."""
    for path in modules("orchestration"):
        roots = {name.split(".")[0] for name in imports(path, top_level_only=True)}
        assert module not in roots, f"{path.relative_to(PROJECT)} imports {module} at its top level"


def test_no_code_lies_with_the_municipalities() -> None:
    assert not modules("municipalities")


# What only people read (`seeds` hold Kolada's own titles) or only tests run; everything else is code.
CODE = ("ingestion", "expectations", "publication", "reports", "orchestration", "genomlysning", "dbt_project", "dagster_home")


def test_nothing_in_the_code_knows_a_municipalitys_name() -> None:
    names = [load_municipality(path.parent).name for path in sorted((PROJECT / "municipalities").glob("*/municipality.yaml"))]
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
