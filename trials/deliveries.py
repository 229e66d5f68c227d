"""Bad deliveries: every case of the catalogue goes through the real gate, beside a good file, and meets the fate said
beforehand.

Belongs here: trying the catalogue, and the page that is written from it (`genomlysning generate`).
Does not belong here: the deliveries themselves (`trials.catalogue`).
"""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from unittest import mock

import duckdb

from expectations import gate, judge
from expectations.gate import Gate, Outcome
from expectations.suites import suite
from ingestion.configuration.municipality import load_municipality
from ingestion.contracts import Kind, tables
from ingestion.findings import Finding
from ingestion.lake import Lake, Load, Rejected
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.readers import delivery, typed_rows
from ingestion.readers import files as readers
from ingestion.sql import read_parquet
from trials import catalogue
from trials.catalogue import CASES, Case
from trials.extracts import FOLDER, good_file
from trials.search import numbers
from trials.trial import Attempt, Break, Trial, part

PROJECT = Path(__file__).resolve().parents[1]
MEMORY = 512 * 1024**2
"""How much a delivery may add to the process's peak memory, whatever its size."""
ADDRESS_SPACE = 6 * 1024**3
"""What the process may reserve at most while a delivery is taken in, beyond what it has: a broken guard ends in
MemoryError, not in a dead machine. (Without "beyond", a process that had reserved more could start no thread, and
Python waits for such a thread for ever.)
"""

OLD, LAST = {Kind.MONTH: "2023-11", Kind.YEAR: "2022"}, {Kind.MONTH: "2024-02", Kind.YEAR: "2023"}
"""The period of the good file beside, and the period that is in force."""


class Office:
    """An inbox, a lake with one month of one source in force, and what the gate said."""

    def __init__(self, root: Path) -> None:
        self.root, self.said = root, list[str]()
        self.inbox, self.lake, self.rejected = root / "inbox", Lake(root / "lake"), Rejected(root / "rejected")
        self.temporary = root / "temporary"
        self.temporary.mkdir(parents=True, exist_ok=True)

    def folder(self, source: str) -> Path:
        """The inbox's folder of a source."""
        path = self.inbox / FOLDER / source
        path.mkdir(parents=True, exist_ok=True)
        return path

    def take_in(self, source: str) -> list[Outcome]:
        """All that waits of a source, through the gate."""
        known = {"1489": load_municipality(PROJECT / "municipalities" / FOLDER)}
        with self.lake.writer(), mock.patch.object(tempfile, "tempdir", str(self.temporary)):
            return Gate(self.lake, self.rejected, known, Pseudonymiser(b"k" * 32), self.said.append).take_in(
                source, self.inbox
            )

    def in_force(self) -> dict[tuple[str, str], Load]:
        """By table and period."""
        return {(load.table, load.period): load for load in self.lake.in_force()}


def office(folder: Path, source: str) -> Office:
    """An office where the last period of every table of `source` is in force; the same deliveries, made once for each
    source.
    """
    template = folder / "templates" / source
    if not template.exists():
        made = Office(template)
        for of in tables(source):
            kind = of.column(of.period_column or "").kind
            good_file(made.folder(source), of.full_name, LAST[kind])
        if source == "ledger":
            good_file(made.folder(source), "ledger_control_totals", "2024-03")
        rejected = [line for outcome in made.take_in(source) for line in made.said if outcome.state != "accepted"]
        if rejected:
            raise ValueError(f"the faultless extracts of {source} are rejected: {rejected}")
    root = Path(tempfile.mkdtemp(dir=folder))
    shutil.copytree(template, root, dirs_exist_ok=True, copy_function=os.link, ignore=shutil.ignore_patterns(".lock"))
    return Office(root)


def run(group: str, folder: Path, share: float) -> Iterator[Attempt]:
    """A share of the catalogue's part `group`, spread over its whole length."""
    cases = [case for case in CASES if case.group == group]
    wanted = part(len(cases), share)
    for i in range(wanted):
        yield attempt(folder, cases[i * len(cases) // wanted])


def attempt(folder: Path, case: Case) -> Attempt:
    """Try one case; what was seen is told without any delivered value."""
    at = office(folder, case.source)
    path = case.make(at.folder(case.source))
    beside = next(
        of for of in tables(case.source) if of.name not in ("control_totals", "transactions")
    )  # these two need each other
    period = OLD[beside.column(beside.period_column or "").kind]
    good_file(at.folder(case.source), beside.full_name, period, "granne.csv")
    before, files = at.in_force(), _files(at.lake.root)
    name = case.kept_as or path.name
    try:
        with _measured() as grown:
            outcomes = at.take_in(case.source)
    except Exception as error:
        wrong = [f"ended in {type(error).__name__}"]
    else:
        wrong = list(_wrong(case, at, name, outcomes, before, files, (beside.name, period)))
        if grown() > MEMORY:
            wrong.append(f"took {grown() // 1024**2} MB")
    shutil.rmtree(at.root)
    return Attempt(case.name, not wrong, "; ".join(wrong))


def _wrong(
    case: Case,
    at: Office,
    name: str,
    outcomes: list[Outcome],
    before: dict[tuple[str, str], Load],
    files: set[tuple[str, int, int]],
    beside: tuple[str, str],
) -> Iterator[str]:
    after = at.in_force()
    of_case = [outcome for outcome in outcomes if outcome.file == name]
    if [outcome.state for outcome in outcomes if outcome.file == "granne.csv"] != ["accepted"] or beside not in after:
        yield "the good file beside it was not accepted"
        yield from (line for line in at.said if "granne" in line)
    if bool(of_case) == case.passed_over or len(of_case) < len(outcomes) - 1:
        yield f"outcomes of {len(outcomes)} files"
    changed = {key for key, load in after.items() if before.get(key) != load} - {beside}
    if case.passed_over:
        if changed or at.rejected.all():
            yield "it is taken for a delivery"
    elif case.rule is None:
        yield from _wrongly_rejected(case, of_case, changed)
    else:
        yield from _wrongly_told(case, name, of_case)
        if changed:
            yield f"what is in force changed: {sorted(changed)}"
        if not any(rejection.file == name and rejection.findings for rejection in at.rejected.all()):
            yield "the rejection is not recorded"
    if not files <= _files(at.lake.root):
        yield "a file of the lake changed"
    left = [path.name for path in at.inbox.rglob("*") if path.is_file() or path.is_symlink()]
    if left != [name] * case.passed_over:
        yield f"{len(left)} files are left in the inbox"
    if any((at.lake.root / ".incoming").glob("*")) or any(at.temporary.iterdir()) or _in_memory():
        yield "something temporary is left"
    yield from _personal(at, outcomes)


def _wrongly_rejected(case: Case, outcomes: list[Outcome], changed: set[tuple[str, str]]) -> Iterator[str]:
    if {outcome.state for outcome in outcomes} - {"accepted", "unchanged"}:
        yield f"rejected by {', '.join(sorted({f.rule for o in outcomes for f in o.findings if f.severity == 'error'}))}"
        return
    loads = [outcome.load for outcome in outcomes if outcome.load]
    if not loads:
        yield "nothing was accepted"
        return
    relation = read_parquet(*(load.parquet for load in loads))
    column, expected = case.total
    seen = duckdb.sql(f"select count(*), sum({column}) from {relation}").fetchone()
    if seen != (case.rows, Decimal(expected)):
        yield f"accepted as {seen}, not as ({case.rows}, {expected})"
    if not changed:
        yield "accepted without being in force"
    warnings = {finding.rule for outcome in outcomes for finding in outcome.findings}
    if case.warning and case.warning not in warnings:
        yield f"no warning {case.warning}"


def _wrongly_told(case: Case, name: str, outcomes: list[Outcome]) -> Iterator[str]:
    if {outcome.state for outcome in outcomes} != {"rejected"}:
        yield f"not rejected: {', '.join(outcome.state for outcome in outcomes)}"
        return
    findings = [finding for outcome in outcomes for finding in outcome.findings]
    errors = [finding for finding in findings if finding.severity == "error" and finding.rule == case.rule]
    if not errors:
        yield f"rejected by {', '.join(sorted({finding.rule for finding in findings}))}, not by {case.rule}"
        return
    if not any(_is_told(finding, case) for finding in errors):
        yield f"told {_where(errors[0])}"
    if any(
        finding.file != name or not finding.found or not finding.expected or not finding.advice for finding in findings
    ):
        yield "a finding without file, or without what was found, expected or advised"
    private = {column.header for of in tables(case.source) for column in of.columns if not column.public}
    if any(finding.column in private and finding.found.startswith("'") for finding in findings):
        yield "a finding quotes a cell that is not public"


def _is_told(finding: Finding, case: Case) -> bool:
    return (finding.row, finding.column, finding.found) == (case.row, case.column, case.told)


def _where(finding: Finding) -> str:
    return f"row {finding.row}, column {finding.column}: {finding.found}"


def _personal(at: Office, outcomes: list[Outcome]) -> Iterator[str]:
    """Names and personnummer in what the gate says and writes beside the lake's data."""
    told = [finding.sentence() for outcome in outcomes for finding in outcome.findings] + at.said
    told += [outcome.file for outcome in outcomes]
    told += [
        path.read_text(encoding="utf-8")
        for root in (at.lake.root, at.rejected.root)
        for path in root.rglob("*.json")
        if _is_own(path)
    ]
    # a checksum may hold ten digits that would be a personnummer elsewhere: the search knows those
    if any("quistberg" in text.lower() or any(numbers(text)) for text in told):
        yield "a name or personnummer is told"


def _is_own(path: Path) -> bool:
    return path.parent.name != "raw"


def _files(root: Path) -> set[tuple[str, int, int]]:
    found = ((path, path.stat()) for path in root.rglob("*.*") if path.is_file() and path.name != ".lock")
    return {(str(path.relative_to(root)), stat.st_size, stat.st_mtime_ns) for path, stat in found}


def _in_memory() -> bool:
    import fsspec

    return bool(fsspec.filesystem("memory").store)


@contextmanager
def _measured() -> Iterator[Callable[[], int]]:
    """Gives how many bytes the process's peak grew meanwhile; bounds its address space so that a broken guard cannot
    take the machine.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    start = _peak(reset=True)
    resource.setrlimit(resource.RLIMIT_AS, (_reserved() + ADDRESS_SPACE, hard))
    try:
        yield lambda: _peak() - start
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _reserved() -> int:
    """Bytes of address space that the process has reserved."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _peak(reset: bool = False) -> int:
    """Bytes of resident memory at most, since the last reset where the system can do that, else since the process
    began.
    """
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


# The page

_OPENING = """# Bad deliveries

{count} deliveries of all {sources} sources, each faultless but for one thing, and what becomes of each. Written from
`trials/catalogue.py` by `genomlysning generate`; `make trials` delivers every one of them through the
real gate, beside a good file, and sees that it meets this fate, that the good file is accepted, that what was in force stays in
force, that nobody is named, that memory stays bounded and that nothing is left behind.

A rejected file is rejected whole. Whoever delivered it is told the file, the row (1 is the header; lines without any text do not
count), the column, the rule, what was found, what was expected and what to do; a value is shown only where its column is public,
else its shape (`Aaaa 99`). The rules G1xx and those of single tables are in [rules.md](rules.md), the formats in
[extracts.md](extracts.md).
"""


def deliveries_markdown() -> str:
    """The whole page."""
    parts = [_OPENING.format(count=len(CASES), sources=len({case.source for case in CASES}))]
    for group in dict.fromkeys(case.group for case in CASES):
        parts.append(f"\n## {group}\n\n| delivered | to | becomes | rule | what is told |\n|---|---|---|---|---|\n")
        parts += [_line(case) for case in CASES if case.group == group]
    return "".join(parts)


def _line(case: Case) -> str:
    if case.passed_over:
        cells = (case.delivered, case.source, "passed over", "", "nothing: it stays where it is")
    elif case.rule:
        where = ", ".join(
            filter(None, (f"row {case.row}" if case.row else "", f"column {case.column}" if case.column else ""))
        )
        cells = (case.delivered, case.source, "rejected", case.rule, f"{where}: {case.told}" if where else case.told)
    else:
        kept = f", known as `{case.kept_as}`" if case.kept_as else ""
        fate = f"{case.rows} rows, {case.total[0]} {case.total[1]} in all{kept}"
        cells = (case.delivered, case.source, "accepted", f"{case.warning} (warning)" if case.warning else "", fate)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("*.", "\\*.") for cell in cells) + " |\n"


NAMES = {
    catalogue.CSV: "deliveries-text",
    catalogue.CELLS: "deliveries-cells",
    catalogue.SHAPE: "deliveries-rows",
    catalogue.TIMES: "deliveries-periods",
    catalogue.PEOPLE: "deliveries-persons",
    catalogue.PERSONS: "deliveries-people",
    catalogue.NAMES: "deliveries-names",
    catalogue.BOOKS: "deliveries-workbooks",
    catalogue.LEDGER: "deliveries-ledger",
    catalogue.OTHERS: "deliveries-sources",
    catalogue.SIZE: "deliveries-size",
}
"""A trial for each part of the catalogue: a broken guard is then looked for where it stood."""

TRIALS = tuple(
    Trial(
        name, f"{group}: each rejected whole by its rule, or accepted, as said; the rest goes on", partial(run, group)
    )
    for group, name in NAMES.items()
)


def _without_rule(number: str) -> AbstractContextManager[object]:
    """The suites without one rule."""
    return mock.patch.object(judge, "suite", lambda of: tuple(rule for rule in suite(of) if rule.number != number))


def _shown(value: object, public: bool) -> str:
    return f"'{value}'"


BREAKS = tuple(
    Break(guard, NAMES[group], broken, 1.0)
    for guard, group, broken in (
        (
            "a file is decoded as a whole before it is read",
            catalogue.CSV,
            lambda: mock.patch.object(readers, "_encoding", lambda path: ("utf-8", False)),
        ),
        ("damaged letters are looked for (G111)", catalogue.CSV, lambda: _without_rule("G111")),
        (
            "no header stands twice (R105)",
            catalogue.SHAPE,
            lambda: mock.patch.object(readers, "_distinct", lambda path, headers: headers),
        ),
        (
            "one municipality and one period in a file (R121, R122)",
            catalogue.TIMES,
            lambda: mock.patch.object(delivery, "_one_in_all_rows", lambda table, municipality: ()),
        ),
        ("personnummer are looked for in texts (G105)", catalogue.PEOPLE, lambda: _without_rule("G105")),
        ("names are looked for where codes belong (G115)", catalogue.PERSONS, lambda: _without_rule("G115")),
        (
            "delivered values are shown by their shape only",
            catalogue.PEOPLE,
            lambda: mock.patch.object(typed_rows, "quote", _shown),
        ),
        (
            "a file's name is no pattern",
            catalogue.NAMES,
            lambda: mock.patch.object(readers, "without_pattern", lambda location: location),
        ),
        (
            "what the system puts into folders is no delivery",
            catalogue.NAMES,
            lambda: mock.patch.object(gate, "SYSTEM_FILES", set()),
        ),
        (
            "links are not followed (R116)",
            catalogue.NAMES,
            lambda: mock.patch.object(Path, "is_symlink", lambda path: False),
        ),
        ("formulas are no values (R108)", catalogue.BOOKS, lambda: mock.patch.object(readers, "_NO_VALUE", {})),
        (
            "workbooks are small when unpacked (R115)",
            catalogue.SIZE,
            lambda: mock.patch.object(readers, "MAX_UNPACKED_BYTES", 1 << 40),
        ),
    )
)
