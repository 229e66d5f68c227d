"""`python -m demo.figures` (make figures): the printed figures against the reports that `make demo` rendered.

Belongs here: finding the reports, and the table on the screen. Does not belong here: what counts as the same figure
(`compare`).
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

from demo.figures.compare import Result, compare
from demo.figures.printed import read_printed, read_reasons
from demo.figures.reported import read_report

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTS = {
    "000": ("Alingsås, årsbokslut 2024", "1489-alingsas/arsbokslut-2024.html"),
    "001": ("Alingsås, genomlysning 2025-2026", "1489-alingsas/genomlysning-2024.html"),
    "003": ("Helsingborg, årsbokslut 2024", "1283-helsingborg/arsbokslut-2024.html"),
}


def results(reports: Path) -> list[Result]:
    """The comparison of all printed figures with the reports below the folder `reports`; FileNotFoundError if one is
    missing.
    """
    return compare(
        read_printed(), {doc: read_report(reports / path) for doc, (_, path) in DOCUMENTS.items()}, read_reasons()
    )


def summary(found: list[Result]) -> str:
    """The comparison as text: matched/printed per document and table, every difference with its reason, and the sums."""
    lines = []
    for doc, (title, _) in DOCUMENTS.items():
        lines.append(
            f"\n{title}\n{'table':34} {'printed':>8} {'matched':>8} {'computed':>9} {'explained':>10} {'differs':>8}"
        )
        of_doc = [result for result in found if result.printed.doc == doc]
        for table_id in dict.fromkeys(result.printed.table_id for result in of_doc):
            states = [result for result in of_doc if result.printed.table_id == table_id]
            count = Counter(result.state for result in states)
            computed = sum(result.is_computed for result in states)
            lines.append(
                f"{table_id:34} {len(states):8} {count['matched']:8} {computed:9} {count['explained']:10} {count['differs']:8}"
            )
    lines.append("\nNot as printed")
    for result in (result for result in found if result.state != "matched"):
        p = result.printed
        why = (
            f"{result.reason.kind}: {result.reason.text}" if result.reason else f"NO REASON ON RECORD ({result.found})"
        )
        lines.append(
            f"  {p.row_id} l.{p.line} {p.table_id}: {p.row_label[:70]} | {p.column_label[:30]} = {p.raw}\n      {why}"
        )
    for name, of_kind in (("Tables", False), ("Running text", True)):
        part = [result for result in found if result.printed.is_text is of_kind]
        suppressed = sum(bool(result.reason and result.reason.kind == "suppressed") for result in part)
        misprints = sum(bool(result.reason and result.reason.kind == "misprint") for result in part)
        matched = sum(result.state == "matched" for result in part)
        lines.append(
            f"\n{name}: {matched} of {len(part)} matched; {misprints} misprints, {suppressed} suppressed small groups, "
            f"{sum(result.state == 'explained' for result in part) - misprints - suppressed} others with a reason, "
            f"{sum(result.state == 'differs' for result in part)} without."
        )
    lines.append(f"Of the matched, {sum(result.is_computed for result in found)} are computed from rows.")
    return "\n".join(lines)


def main() -> int:
    """Print the comparison; 1 if a figure differs and no reason is on record."""
    home = Path(os.environ.get("GENOMLYSNING_HOME") or PROJECT / "var")
    try:
        found = results(home / "reports")
    except OSError as error:
        print(f"{error}. Run `make demo` first.", file=sys.stderr)
        return 2
    print(summary(found))
    return int(any(result.state == "differs" for result in found))


if __name__ == "__main__":
    sys.exit(main())
