"""What a crash may say: where it happened and of which kind, never what it said.

Belongs here: the one way in which code that holds rows in clear is called. Does not belong here: rejections of
deliveries (`findings`).

Engines and libraries quote the value that they stumbled over, and an unhandled exception is printed, logged, mailed and
kept in Dagster's history. Masking such messages would mean knowing every way of quoting; so nothing of them is kept.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import duckdb

from ingestion.failures import PermanentFailure, TransientFailure

P = ParamSpec("P")
T = TypeVar("T")

# The platform's own words, and messages of files and memory: they are not of rows, and the way out is in them.
SAY_NOTHING_OF_ROWS = (
    PermanentFailure,
    TransientFailure,
    OSError,
    MemoryError,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
)


class Crashed(PermanentFailure):
    """Something failed that nobody foresaw, while rows were in memory; its own message is left out.

    where: the failure's type and its place in the code.
    """

    def __init__(self, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        places = " <- ".join(
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames[-4:])
        )
        self.where = f"{type(error).__name__} at {places}"
        super().__init__(
            f"{self.where}. What it said is left out, for it may quote a row; try the same with an invented file."
        )


def with_masked_errors(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call `function`; what it raises that may quote a row is raised as Crashed instead, without cause or context.

    The platform's own failures pass as they are (rejections among them), and so do those of files and memory.
    """
    try:
        return function(*arguments, **named)
    except SAY_NOTHING_OF_ROWS as error:
        error.__cause__ = error.__context__ = None
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it may quote a row
        crashed = Crashed(error)
    raise crashed  # outside the handler: inside it the original would come along as its context
