"""The command of the trials: what counts as noticing a broken guard."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from trials import __main__ as command
from trials.runner import ITSELF, Count
from trials.trial import Attempt, Break


@pytest.mark.parametrize(
    ("failures", "is_red", "printed"),
    [
        ([Attempt("a page", False, "Traceback:\nis not escaped\n")], False, "pages: a page: is not escaped"),
        ([Attempt(ITSELF, False, "OSError: no room"), Attempt("a page", False, "")], False, "pages: a page"),
        ([Attempt(ITSELF, False, "OSError: no room")], True, "NOBODY\n  the trial itself: OSError: no room"),
        ([], True, "NOBODY"),
    ],
)
def test_a_broken_guard_is_noticed_by_an_attempt_only(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failures: list[Attempt],
    is_red: bool,
    printed: str,
) -> None:
    monkeypatch.setattr(command, "breaks", lambda: (Break("pages escape", "pages", nullcontext),))
    monkeypatch.setattr(command, "run_apart", lambda name, broken: (Count(), failures))
    assert command._broken(["pages"]) is is_red
    assert capsys.readouterr().out.split("noticed by\n")[1].rstrip() == f"{'pages escape':64} {printed}"
