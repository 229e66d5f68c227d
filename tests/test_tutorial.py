"""docs/tutorial.md, walked as it stands: every command of it, in one shell, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

BLOCKS = re.findall(
    r"^```sh\n(.*?)^```$", (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder in which the tutorial was walked, and what each block printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    bin_ = Path(sys.executable).parent
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("GENOMLYSNING", "DAGSTER"))
    }
    environment |= {"PATH": f"{bin_}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    script = "set -e\n" + "\necho ---\n".join(BLOCKS)
    ended = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return folder, re.split(r"^---$", ended.stdout, flags=re.MULTILINE)


def test_each_step_gives_what_the_page_says(walked: tuple[Path, list[str]]) -> None:
    folder, said = walked
    assert len(said) == len(BLOCKS) == 8
    assert (folder / "municipalities" / "1441-lerum" / "att-gora.md").exists()
    assert "genomlysning-2024.html" in said[2] and "genomlysning-2024.pdf" in said[2]
    assert "local_counts" in said[5] and "2 rows" in said[5]
    assert not list((folder / "state" / "inbox" / "1441-lerum" / "local_counts").iterdir()), "it was taken in"
    assert "7.0" in said[7] and "Källa: egen räkning i förvaltningen" in said[7]
