"""`python -m orchestration.raw`: the accepted files that are kept encrypted: make the key, list them, read one back.

Belongs here: the command. Does not belong here: keeping and encrypting (`ingestion.lake.raw`).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import BinaryIO

from ingestion.failures import PermanentFailure
from orchestration.resources import Workspace
from orchestration.settings import Settings


def main(arguments: Sequence[str], out: BinaryIO | None = None) -> int:
    """Print a new key, the kept files, or one of them as it came (to standard output); 0 if done, 1 if it could not be."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.raw", description=(__doc__ or "").splitlines()[0])
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("key", help="print a new key, for the file that GENOMLYSNING_RAW_KEY_FILE names (umask 077)")
    actions.add_parser("list", help="the kept files")
    actions.add_parser("read", help="write a kept file to standard output").add_argument("file", help="as the list names it")
    options = parser.parse_args(arguments)

    if options.action == "key":
        from cryptography.fernet import Fernet

        print(Fernet.generate_key().decode("ascii"))
        return 0
    try:
        raw = Workspace(Settings.from_environment(os.environ)).raw
        kept = {str(path.relative_to(raw.root)): path for path in raw.all()}
        if options.action == "list":
            print("\n".join(kept))
            return 0
        if options.file not in kept:
            print(f"{options.file} is not kept. The list shows what is.", file=sys.stderr)
            return 1
        for chunk in raw.read(kept[options.file]):
            (out or sys.stdout.buffer).write(chunk)
        return 0
    except (PermanentFailure, OSError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
