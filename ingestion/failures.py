"""What kinds of failure there are: those that pass by themselves, and those that somebody must mend.

Belongs here: the two types that every layer's own failures derive from, and the sorting of what the operating system
reports. Does not belong here: retrying (the Kolada client does it by itself, everything else is retried by
orchestration), and the failures of single layers, which stay where they are raised.
"""

from __future__ import annotations

import errno


class PermanentFailure(Exception):
    """No repetition mends it: the message says to whoever must mend it what is wrong and what to do. Never retried."""


class TransientFailure(Exception):
    """It may pass by itself: retried, a bounded number of times with growing waits."""


# A network file system that was away for a moment, or a resource that is short for a moment.
PASSING = {
    errno.EAGAIN,
    errno.EINTR,
    errno.EBUSY,
    errno.ESTALE,
    errno.ETIMEDOUT,
    errno.ECONNRESET,
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
}

NO_SPACE = "No space left on device"
LOCKED = "Could not set lock on file"
ADVICE = {
    errno.ENOSPC: "The disk is full. Free space where the platform keeps its state, then run again; what was accepted is whole.",
    errno.EDQUOT: "The quota is used up. Free space where the platform keeps its state, then run again; what was accepted is whole.",
    errno.EROFS: "The folder is read-only. Mount it for writing, then run again; what was accepted is whole.",
    errno.EACCES: "The platform's user may not do this. Give it back its rights to the state folder, then run again.",
    errno.EPERM: "The platform's user may not do this. Give it back its rights to the state folder, then run again.",
    errno.EIO: "The disk reports an error. Have it examined, restore what is damaged from backup, then run again.",
}
"""What to do about failures that the operating system reports and that do not pass."""


def is_transient(error: BaseException) -> bool:
    """Whether `error` may pass by itself. A failure of no known kind may not: repeating it would hide it."""
    if isinstance(error, PermanentFailure):
        return False
    return isinstance(error, TransientFailure) or (isinstance(error, OSError) and error.errno in PASSING)


def advice(error: BaseException) -> str | None:
    """What a failure of the operating system, or of DuckDB over it, means here and what to do; None if it is of another
    kind.
    """
    if isinstance(error, OSError):
        return ADVICE.get(error.errno or 0)
    if NO_SPACE in str(error):
        return ADVICE[errno.ENOSPC]
    if LOCKED in str(error):
        return "Another process has the file open for writing; DuckDB's message names it. Let it end or stop it, then run again."
    return None
