"""What docstrings show as examples is what the code does."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("ingestion", "expectations", "publication", "reports", "orchestration", "genomlysning", "demo")
SHOWING = sorted(
    path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("path", SHOWING, ids=lambda path: path.stem)
def test_examples_are_right(path: Path) -> None:
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found = doctest.testmod(module)
    assert found.attempted and not found.failed
