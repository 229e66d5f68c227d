"""The command, called in this process."""

from __future__ import annotations

from click.testing import CliRunner, Result

from genomlysning.cli import main


def invoke(*arguments: str, given: str | bytes = "") -> Result:
    """`genomlysning` with these arguments and `given` on standard input; a failure that it has no words for is raised."""
    return CliRunner().invoke(main, arguments, input=given, catch_exceptions=False, prog_name="genomlysning")
