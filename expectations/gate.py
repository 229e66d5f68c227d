"""The way from a delivery to the lake: read, judge, accept or reject as a whole. Knows nothing of Dagster.

Belongs here: walking the inbox, the order of judgement, what happens to the raw file.
Does not belong here: the rules, reading (`ingestion.readers`), waiting for a file to stop growing (the
sensor).

Whoever calls holds the lake for writing (`Lake.writer`) from before the candidates are made until they are judged.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from expectations.judge import Verdict, judge, misnamed
from ingestion.configuration.municipality import Municipality
from ingestion.contracts import Kind, Table, tables
from ingestion.crashes import Crashed, with_masked_errors
from ingestion.failures import PermanentFailure
from ingestion.findings import DeliveryRejected, Finding
from ingestion.lake import Candidate, Lake, LakeDamaged, Load, Rejected, Rejection
from ingestion.lake.raw import KeptRaw
from ingestion.privacy.file_names import presentable
from ingestion.privacy.keys import WrongKey
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.readers import parts
from ingestion.readers.delivery import read_delivery
from ingestion.readers.mapping import nearest_mapping
from ingestion.readers.recognition import NoTable, recognise

Log = Callable[[str], None]
State = Literal["accepted", "unchanged", "rejected"]

WORKERS = 2
"""How many files are read or judged side by side, each by a thread of its own; they are settled one after the other, in
order.
"""

SYSTEM_FILES = {
    "thumbs.db",
    "ehthumbs.db",
    "ehthumbs_vista.db",
    "desktop.ini",
    "$recycle.bin",
    "autorun.inf",
    "icon\r",
    "system volume information",
    "__macosx",
    "@eadir",
    "#recycle",
    "lost+found",
}
"""What Windows, macOS and file servers put into folders that people look at (the rest of it is hidden: it begins with a
dot); in small letters.
"""

UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".download")
"""Endings of files that a transfer has not finished."""


@dataclass(frozen=True)
class Outcome:
    """What became of one candidate, or of a file that never became one (then without period, and without table if it
    cannot be told).

    load: the load that is in force now, if accepted or unchanged. findings: errors and warnings, also of reading.
    """

    table: Table | None
    municipality_id: str | None
    period: str | None
    file: str
    state: State
    load: Load | None
    verdict: Verdict | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Delivery:
    """A file that became candidates; several files, where parts were put together into one candidate."""

    source: str
    paths: tuple[Path, ...]
    municipality: Municipality
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Apart:
    """Files that are neither parts nor corrections of each other: for each its candidate and a finding."""

    delivery: Delivery
    findings: tuple[Finding, ...]


Judged = list[tuple[Candidate, Outcome | Verdict]]
"""A file's candidates, each with its verdict, or the outcome that needs none."""


class TakeInFailed(PermanentFailure):
    """Some files could not be handled for a reason that is not theirs; they stay in the inbox. `outcomes` are the
    others'.
    """

    def __init__(self, failures: dict[Path, Exception], outcomes: list[Outcome]) -> None:
        self.failures = failures
        self.outcomes = outcomes
        reasons = "; ".join(f"{path.name}: {_reason(error)}" for path, error in failures.items())
        super().__init__(
            f"{len(failures)} file(s) could not be taken in and stay in the inbox ({reasons}). The other deliveries are done."
        )


class NotReleasable(PermanentFailure):
    """A rejection that nobody may release: its file is gone, or it broke more than limits of drift."""


@dataclass(frozen=True)
class Gate:
    """The way of deliveries into one lake, with what its steps share.

    municipalities: by id, the configured ones. log: told each outcome in a line. raw: where accepted files are kept,
    if they are.
    """

    lake: Lake
    rejected: Rejected
    municipalities: Mapping[str, Municipality]
    pseudonymiser: Pseudonymiser
    log: Log
    raw: KeptRaw | None = None

    def take_in(self, source: str, inbox: Path) -> list[Outcome]:
        """Take in all that waits in `inbox/<id>-<name>/<source>/`; gives an outcome per candidate, in order of
        judgement.

        A file is accepted as a whole: if one month of a year-to-date file is rejected, all are. Accepted and unchanged
        files leave the inbox (removed, or kept by `raw`), rejected ones go to `rejected`. A file at which the platform
        itself stumbles is rejected too (R130): it would stumble again, and hold back all that is delivered beside it.
        One that fails for a reason of the machine's (a full disk, a damaged lake) stays; the others are finished first,
        then TakeInFailed is raised. Raises WrongKey, before any file is read, if the lake's persons were hashed with
        another key than the pseudonymiser's.
        """
        self._same_key(source, inbox)
        found, outcomes = self._readable(source, inbox)
        failures: dict[Path, Exception] = {}
        with ThreadPoolExecutor(WORKERS, "take-in") as pool:
            try:
                deliveries = self._read(source, found, pool, outcomes, failures)
                deliveries, apart = self._in_parts(deliveries)
                for one in apart:
                    outcomes += self._settle_apart(one)
                for delivery, judging in self._judged(deliveries, pool):
                    try:
                        judged = judging.result()
                    except Crashed as crash:
                        outcomes += self._stumbled_at(delivery, crash)
                        continue
                    except Exception as error:  # noqa: BLE001 - raised when all are done
                        failures |= dict.fromkeys(delivery.paths, error)
                        continue
                    try:
                        outcomes += with_masked_errors(self._settle, delivery, judged)
                    except Exception as error:  # noqa: BLE001 - raised when all are done
                        failures |= dict.fromkeys(delivery.paths, error)
            finally:
                pool.shutdown(cancel_futures=True)
        if failures:
            raise TakeInFailed(failures, outcomes) from next(iter(failures.values()))
        return outcomes

    def release(self, rejection: Rejection, by: str, reason: str) -> list[Outcome]:
        """Accept a delivery that was rejected for drift alone, on the word of `by` and for `reason`; both stay with the
        load.

        The file is read and judged again: what else it breaks by now still rejects it. Raises NotReleasable.
        """
        lake, source = self.lake, rejection.source
        path, municipality = self.rejected.raw(rejection), self.municipalities.get(rejection.municipality_id or "")
        if path is None or municipality is None:
            raise NotReleasable(f"{rejection.rejection_id}: the rejected file is not there any more. Deliver it again.")
        self._same_key(source, path.parent)
        candidates = with_masked_errors(read_delivery, path, source, municipality, lake, self.pseudonymiser)
        candidates = [
            self._completed(candidate, municipality)
            for candidate in sorted(candidates, key=lambda candidate: candidate.period)
        ]
        judged = [(candidate, with_masked_errors(judge, candidate, municipality, lake)) for candidate in candidates]
        if any(not (verdict.accepted or verdict.drift_only) for _, verdict in judged):
            for candidate in candidates:
                lake.discard(candidate)
            broken = f"{rejection.rejection_id}: {rejection.file} breaks more than limits of drift"
            raise NotReleasable(f"{broken}. Have it mended and delivered again.")
        word = {"by": by, "reason": reason}
        outcomes = [_logged(_accept(candidate, verdict, lake, word), self.log) for candidate, verdict in judged]
        self._dispose(path, source, municipality)
        return outcomes

    def _same_key(self, source: str, folder: Path) -> None:
        """Raise WrongKey if persons would get pseudonyms under another key than those that the lake holds."""
        if not any(column.kind is Kind.PERSON for of in tables(source) for column in of.columns):
            return
        key_id = self.pseudonymiser.key_id
        if strange := self.lake.key_ids() - {key_id}:
            raise WrongKey(
                f"The lake's persons were pseudonymised with the key {', '.join(sorted(strange))}, the key at hand is {key_id}. "
                f"Nothing was taken in from {folder.name}: the same person would become two. Put the right key back, or finish "
                "replacing it (genomlysning keys status)."
            )

    def _readable(self, source: str, inbox: Path) -> tuple[list[tuple[Path, Municipality]], list[Outcome]]:
        """The waiting files that are to be read, with whose they are; and the outcomes of those that are rejected
        unread.
        """
        found: list[tuple[Path, Municipality]] = []
        outcomes: list[Outcome] = []
        for path, municipality_id in list(waiting(inbox, source)):
            municipality = self.municipalities.get(municipality_id)
            if path.is_symlink():  # what it points at is not read, moved or removed: only the link goes
                finding = _linked(path)
                path.unlink()
                self.rejected.add(source, path.name, [finding], None, None, municipality_id)
                outcome = Outcome(None, municipality_id, None, path.name, "rejected", None, None, (finding,))
                outcomes.append(_logged(outcome, self.log))
            elif self.rejected.finish(path):
                continue
            elif municipality is None:
                finding = _unknown_municipality(path, municipality_id)
                outcomes.append(self._unread(source, path, municipality_id, (finding,)))
            else:
                found.append((path, municipality))
        return found, outcomes

    def _read(
        self,
        source: str,
        found: Sequence[tuple[Path, Municipality]],
        pool: ThreadPoolExecutor,
        outcomes: list[Outcome],
        failures: dict[Path, Exception],
    ) -> list[Delivery]:
        """The files that became candidates, in the order of judgement; what became of the others is added to `outcomes`
        and `failures`.
        """
        order = {of.full_name: position for position, of in enumerate(tables(source))}
        deliveries: list[Delivery] = []
        reading = [
            pool.submit(with_masked_errors, read_delivery, path, source, of, self.lake, self.pseudonymiser)
            for path, of in found
        ]
        for (path, municipality), reader in zip(found, reading, strict=True):
            try:
                deliveries.append(Delivery(source, (path,), municipality, tuple(reader.result())))
            except DeliveryRejected as rejection:
                outcomes.append(self._unread(source, path, municipality.id, rejection.findings))
            except Crashed as crash:
                outcomes.append(self._unread(source, path, municipality.id, (_stumbled(path, crash),)))
            except Exception as error:  # noqa: BLE001 - one bad file must not stop the others; raised when they are done
                failures[path] = error
        return sorted(
            deliveries,
            key=lambda one: (min((order[c.table.full_name], c.period) for c in one.candidates), _came(one.paths[0])),
        )

    def _in_parts(self, deliveries: list[Delivery]) -> tuple[list[Delivery], list[Apart]]:
        """The files in order, those that are parts of one table, municipality and period put together; and those that
        cannot stand together.

        Files with the same content are one delivery; a year-to-date file is split by month, and its months follow each
        other.
        """
        together: dict[tuple[str, str, str], list[Delivery]] = {}
        for one in deliveries:
            first = one.candidates[0]
            if len(one.candidates) == 1 and first.format != "sie":
                together.setdefault((first.table.full_name, one.municipality.id, first.period), []).append(one)
        kept, apart = list(deliveries), []
        for group in together.values():
            different = list({one.candidates[0].content_hash: one for one in reversed(group)}.values())[::-1]
            if len(different) < 2:
                continue
            whole, candidates = different[0], [one.candidates[0] for one in different]
            column = parts.part_column(candidates[0].table, whole.municipality.parts)
            place = kept.index(whole)
            if column and parts.are_parts(candidates, column):
                paths = tuple(path for one in different for path in one.paths)
                kept = [one for one in kept if one not in different]
                kept.insert(place, replace(whole, paths=paths, candidates=(parts.put_together(self.lake, candidates),)))
            elif not column and parts.are_corrections(candidates):
                for earlier, later in itertools.pairwise(different):
                    noted = parts.corrected(earlier.candidates[0], later.candidates[0])
                    kept[kept.index(later)] = replace(later, candidates=(noted,))
            else:
                kept = [one for one in kept if one not in group]
                files = tuple(one.candidates[0] for one in group)
                of = replace(whole, paths=tuple(one.paths[0] for one in group), candidates=files)
                apart.append(Apart(of, tuple(parts.apart(files, column))))
        return kept, apart

    def _settle_apart(self, of: Apart) -> list[Outcome]:
        """Reject files that cannot stand together, each with the names of all."""
        outcomes = []
        for path, candidate, finding in zip(of.delivery.paths, of.delivery.candidates, of.findings, strict=True):
            told = (*candidate.notes, finding)
            self.rejected.add(
                of.delivery.source,
                path.name,
                told,
                path,
                candidate.table.name,
                candidate.municipality_id,
                candidate.period,
            )
            self.lake.discard(candidate)
            outcome = replace(_outcome(candidate, "rejected", told), file=path.name)
            outcomes.append(_logged(outcome, self.log))
        return outcomes

    def _judged(
        self, deliveries: list[Delivery], pool: ThreadPoolExecutor
    ) -> Iterator[tuple[Delivery, Future[Judged]]]:
        """The files in order, each with its judgement, which must be settled before the next is asked for.

        Judgement looks at what is in force for the file's own municipality only, so it goes ahead for the first
        unsettled file of each.
        """
        ahead: dict[str, Future[Judged]] = {}
        rest: dict[str, list[Delivery]] = {}
        for one in reversed(deliveries):
            rest.setdefault(one.municipality.id, []).append(one)

        def go_ahead(municipality_id: str) -> None:
            if rest[municipality_id]:
                ahead[municipality_id] = pool.submit(with_masked_errors, self._judge, rest[municipality_id].pop())

        for municipality_id in dict.fromkeys(one.municipality.id for one in deliveries):
            go_ahead(municipality_id)
        for one in deliveries:
            yield one, ahead[one.municipality.id]
            go_ahead(one.municipality.id)

    def _judge(self, delivery: Delivery) -> Judged:
        """What is to become of a file's candidates, by period."""
        of, lake = delivery.municipality, self.lake
        whole = [self._completed(candidate, of) for candidate in sorted(delivery.candidates, key=lambda c: c.period)]
        return [(candidate, _unchanged(candidate, lake) or judge(candidate, of, lake)) for candidate in whole]

    def _completed(self, candidate: Candidate, municipality: Municipality) -> Candidate:
        """The candidate, with the rest of its period where it is a part of a table that comes in parts."""
        column = parts.part_column(candidate.table, municipality.parts)
        load = self.lake.in_force_for(candidate.table, candidate.municipality_id, candidate.period) if column else None
        return parts.with_the_rest(self.lake, candidate, load, column) if load and column else candidate

    def _settle(self, delivery: Delivery, judged: Judged) -> list[Outcome]:
        """Accept all of a file's judged candidates, or none; of parts that were put together, an outcome for each file.

        A crash between two acceptances leaves the file in the inbox: the next run finds the first unchanged.
        """
        rejections = [
            (candidate, verdict)
            for candidate, verdict in judged
            if isinstance(verdict, Verdict) and not verdict.accepted
        ]
        source, municipality = delivery.source, delivery.municipality
        outcomes: list[Outcome]
        if rejections:
            outcomes = [_rejected(candidate, verdict) for candidate, verdict in rejections]
            periods = {candidate.period for candidate, _ in judged}
            findings = tuple(finding for outcome in outcomes for finding in outcome.findings)
            period = periods.pop() if len(periods) == 1 else None
            for path in delivery.paths:
                self.rejected.add(source, path.name, findings, path, judged[0][0].table.name, municipality.id, period)
            for candidate, _ in judged:
                self.lake.discard(candidate)
        else:
            outcomes = [
                result if isinstance(result, Outcome) else _accept(candidate, result, self.lake)
                for candidate, result in judged
            ]
            for path in delivery.paths:
                self._dispose(path, source, municipality)
        if len(delivery.paths) > 1:
            outcomes = [replace(outcome, file=path.name) for outcome in outcomes for path in delivery.paths]
        return [_logged(outcome, self.log) for outcome in outcomes]

    def _stumbled_at(self, delivery: Delivery, crash: Crashed) -> list[Outcome]:
        """Reject the files at whose judgement the platform stumbled."""
        for candidate in delivery.candidates:
            self.lake.discard(candidate)
        return [
            self._unread(delivery.source, path, delivery.municipality.id, (_stumbled(path, crash),))
            for path in delivery.paths
        ]

    def _unread(self, source: str, path: Path, municipality_id: str, findings: tuple[Finding, ...]) -> Outcome:
        """Reject a file that never became a candidate."""
        of = _recognised(path, source, self.municipalities.get(municipality_id))
        self.rejected.add(source, path.name, findings, path, of.name if of else None, municipality_id)
        outcome = Outcome(of, municipality_id, None, path.name, "rejected", None, None, findings)
        return _logged(outcome, self.log)

    def _dispose(self, path: Path, source: str, municipality: Municipality) -> None:
        """Take an accepted file away: it has done what it came for."""
        if self.raw is None:
            path.unlink()
        else:
            self.raw.dispose(path, source, municipality.id)


def take_in(  # noqa: PLR0913 (as it was)
    source: str,
    inbox: Path,
    lake: Lake,
    rejected: Rejected,
    municipalities: dict[str, Municipality],
    pseudonymiser: Pseudonymiser,
    log: Log,
    raw: KeptRaw | None = None,
) -> list[Outcome]:
    """The old name of `Gate.take_in`, for what installations import; nothing in the project does, and it goes with 2.0."""
    return Gate(lake, rejected, municipalities, pseudonymiser, log, raw).take_in(source, inbox)


def _came(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name


def _reason(error: Exception) -> str:
    """What went wrong, without what a reader's error may quote from the file: the type, and the operating system's or
    the lake's words.
    """
    if isinstance(error, LakeDamaged):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}{f' ({error.filename})' if error.filename else ''}"
    if "No space left on device" in str(error):  # DuckDB's own, in words of its own
        return "No space left on device"
    return type(error).__name__


def judge_and_accept(candidates: Iterable[Candidate], lake: Lake, rejected: Rejected, log: Log) -> list[Outcome]:
    """Judge candidates of a source that is fetched as a whole, each on its own, in the order of the contract's tables."""
    order = {of.full_name: position for position, of in enumerate(tables())}
    outcomes = []
    for candidate in sorted(candidates, key=lambda candidate: order[candidate.table.full_name]):
        outcome = _unchanged(candidate, lake)
        if outcome is None:
            verdict = judge(candidate, None, lake)
            if verdict.accepted:
                outcome = _accept(candidate, verdict, lake)
            else:
                outcome = _rejected(candidate, verdict)
                rejected.add(
                    candidate.table.source,
                    candidate.file,
                    outcome.findings,
                    None,
                    candidate.table.name,
                    candidate.municipality_id,
                    candidate.period,
                )
                lake.discard(candidate)
        outcomes.append(_logged(outcome, log))
    return outcomes


def waiting(inbox: Path, source: str) -> Iterator[tuple[Path, str]]:
    """Files of `source` in the inbox with their folder's municipality id; hidden, unfinished and the system's own are
    left out.

    Links to files are among them (so that their rejection can be told); a folder that is a link and leads out of the
    inbox is not looked into. A file's name goes into messages, loads and logs: one that may not be told
    (`privacy.file_names`) is renamed first.
    """
    root = inbox.resolve()
    for folder in sorted(inbox.glob(f"*/{source}")):
        if not folder.is_dir() or not folder.resolve().is_relative_to(root):
            continue
        municipality_id, _, name = folder.parent.name.partition("-")
        for path in sorted(folder.iterdir()):
            is_delivery = path.is_symlink() or path.is_file()
            if is_delivery and not passed_over(path.name):
                yield _presentable(path, name), municipality_id


def passed_over(name: str) -> bool:
    """Whether a file of this name is no delivery: hidden, an office program's lock file, the system's own, or not yet
    finished.
    """
    small = name.casefold()
    return small.startswith((".", "~$")) or small in SYSTEM_FILES or small.endswith((*UNFINISHED, ":zone.identifier"))


def _presentable(path: Path, place: str) -> Path:
    """The file under a name that can be shown and kept: `path` itself, if its name is one."""
    name = presentable(path.name, place)
    if name == path.name:
        return path
    fitting, copies = path.with_name(name), 1
    while fitting.exists():
        copies += 1
        fitting = path.with_name(f"{Path(name).stem} ({copies}){path.suffix}")
    return path.rename(fitting)


def _recognised(path: Path, source: str, municipality: Municipality | None) -> Table | None:
    """The table of a file that could not be read, or the nearest, if its headers or a mapping tell; so that only that
    table's check turns red.
    """
    try:
        if municipality is not None and (mapping := nearest_mapping(path, source, municipality)):
            return mapping.table
        return recognise(path, source)
    except NoTable as error:
        return error.nearest
    except Exception:  # noqa: BLE001 - whatever the headers hold has been told already, or is no reason to tell less
        return None


def _unchanged(candidate: Candidate, lake: Lake) -> Outcome | None:
    """The outcome if the load in force has the candidate's content (the candidate is discarded); else None.

    Not for a file whose name says another period: whoever sent last month's rows again believes that this month's came.
    """
    load = lake.in_force_for(candidate.table, candidate.municipality_id, candidate.period)
    if load is None or load.content_hash != candidate.content_hash or misnamed(candidate):
        return None
    try:
        load.verify()
    except LakeDamaged:
        return None  # delivered again because the load's file is damaged: what comes now takes its place
    lake.discard(candidate)
    return _outcome(candidate, "unchanged", candidate.notes, load)


def _accept(candidate: Candidate, verdict: Verdict, lake: Lake, released: dict[str, str] | None = None) -> Outcome:
    suite = verdict.as_dict()
    if released:
        suite["released"] = released
    suite["warnings"] = [*(note.as_dict() for note in candidate.notes), *suite["warnings"]]
    load = lake.accept(candidate, suite)
    findings = (*candidate.notes, *verdict.findings)
    return _outcome(candidate, "accepted", findings, load, verdict)


def _rejected(candidate: Candidate, verdict: Verdict) -> Outcome:
    """The outcome of a rejected candidate: what rejects it comes first, for the first finding is what people see."""
    findings = tuple(sorted((*candidate.notes, *verdict.findings), key=lambda finding: finding.severity != "error"))
    return _outcome(candidate, "rejected", findings, verdict=verdict)


def _outcome(
    candidate: Candidate,
    state: State,
    findings: tuple[Finding, ...],
    load: Load | None = None,
    verdict: Verdict | None = None,
) -> Outcome:
    of, municipality_id, period = candidate.table, candidate.municipality_id, candidate.period
    return Outcome(of, municipality_id, period, candidate.file, state, load, verdict, findings)


def _logged(outcome: Outcome, log: Log) -> Outcome:
    """Tell `log` one line of what happened, and a line for each error."""
    what = " ".join(
        filter(None, (outcome.table.full_name if outcome.table else None, outcome.municipality_id, outcome.period))
    )
    rows = f", {outcome.load.rows} rows" if outcome.load and outcome.state == "accepted" else ""
    warnings = sum(finding.severity == "warning" for finding in outcome.findings)
    log(f"{outcome.state}: {what} ({outcome.file}{rows}{f', {warnings} warnings' if warnings else ''})")
    for finding in outcome.findings:
        if finding.severity == "error":
            log(f"  {finding.sentence()}")
    return outcome


def _linked(path: Path) -> Finding:
    return Finding(
        "R116",
        "error",
        path.name,
        "a link to another place",
        "the file itself",
        "Put a copy of the file in the inbox: links are not followed, so that nothing outside the inbox is read.",
    )


def _stumbled(path: Path, crash: Crashed) -> Finding:
    """R130: where the platform failed, in words of its code and never of the file."""
    return Finding(
        "R130",
        "error",
        path.name,
        f"a fault of the platform at this file ({crash.where})",
        "a file that is either read or rejected for what is in it",
        "Report this to the platform's maintainers, with the place and without the file; meanwhile deliver the extract in another format, "
        "if there is one. Nothing else is held back.",
    )


def _unknown_municipality(path: Path, municipality_id: str) -> Finding:
    return Finding(
        "G106",
        "error",
        path.name,
        f"the inbox folder of municipality '{municipality_id[:20]}'",
        "a municipality with a folder in municipalities/",
        "Move the file to the right municipality's inbox, or configure the municipality first.",
    )
