"""The benchmarks' frame: what holds a goal and what does not, and deliveries of a region that the platform accepts
whole.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import extracts, small
from benchmarks.measure import Measured, Run, at_least, at_most, middle, run, table


def test_a_goal_is_held_at_its_limit_and_not_beyond() -> None:
    assert at_most("b", "w", 1.3, "x", 1.3).held and not at_most("b", "w", 1.31, "x", 1.3).held
    assert at_least("b", "w", 15, "x", 15).held and not at_least("b", "w", 14.9, "x", 15).held
    lines = table([at_most("b", "slow", 2, "x", 1.3), Measured("b", "plain", 7e6, "rows")]).splitlines()[2:]
    assert lines == ["| b | slow | 2 x | at most 1.3 x | **no** |", "| b | plain | 7e+06 rows |  |  |"]


def test_a_process_is_measured_and_its_failure_told(tmp_path: Path) -> None:
    ours = bytearray(300_000_000)
    spent = run(
        ["-c", "import time; sum(range(3_000_000)); x = bytearray(60_000_000); time.sleep(0.2)"], {}, tmp_path / "log"
    )
    assert spent.wall > 0 and spent.cpu > 0 and 57 < spent.peak_mb < len(ours) / 2**20, (
        "its own memory, not its parent's"
    )
    with pytest.raises(RuntimeError, match="no such luck"):
        run(["-c", "raise SystemExit('no such luck')"], {}, tmp_path / "log")
    assert middle([Run(1, 1, 9), Run(5, 2, 7), Run(3, 9, 8)]) == Run(3, 2, 8)


def test_ci_fails_on_a_ratio_more_than_twice_the_recorded() -> None:
    assert small.worse({"a": 3.0, "b": 1.0}, {"a": 1.5, "b": 1.0}) == []
    assert small.worse({"a": 3.1, "b": 1.0}, {"a": 1.5, "b": 1.0}) == ["a: 3.10, recorded 1.50"]


@pytest.mark.parametrize("source", extracts.ROWS)
def test_the_generated_deliveries_are_accepted_and_always_the_same(tmp_path: Path, source: str) -> None:
    for name in ("one", "two"):
        assert extracts.write(source, tmp_path / name / "inbox", 2, 30) == 2 * 30 * len(extracts.MUNICIPALITIES)
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.csv")}
        for name in ("one", "two")
    )
    assert one == two and len(one) == 2 * len(extracts.MUNICIPALITIES) * (2 if source == "ledger" else 1)
    extracts.floor(source, tmp_path / "one")
    extracts.take(source, tmp_path / "one")  # fails on anything that is rejected
