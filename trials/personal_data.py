"""Trials of what is promised about personal data, and the search of what every trial leaves behind.

Belongs here: planted personal data that must be found; hostile deliveries after which none may be; the register's
enforcement; erasure and replacing the key, killed at every step. Does not belong here: the search itself (`search`),
small groups (`disclosure`).
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import json
import os
import random
import sqlite3
import time
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import dagster as dg
import duckdb
import openpyxl
import typst

from demo.hr.people import INVENTED_FIRST_NAMES, INVENTED_LAST_NAMES
from expectations import gate
from expectations.gate import Gate, Outcome
from genomlysning.cli import main as command
from ingestion import findings
from ingestion.bundled import PROJECT
from ingestion.configuration.municipality import Municipality, load_municipality
from ingestion.contracts import Column, Holds, Kind, Table, table
from ingestion.lake import Load, erasure, lake
from ingestion.lake.rekeying import rekey
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.readers import delivery, recognition, typed_rows
from ingestion.sql import read_parquet
from orchestration import home
from orchestration.resources import Workspace
from orchestration.settings import Settings
from testkit.small_extracts import Row, make, personnummer, write_csv
from trials import search as search_module
from trials.search import Hit, Names, hits_in
from trials.trial import Attempt, Break, Trial, part

NAMES = [f"{first} {last}" for first in INVENTED_FIRST_NAMES for last in INVENTED_LAST_NAMES] + list(
    INVENTED_LAST_NAMES
)
"""Everybody whom the demonstration invents: names that are no words, places or usual names."""
DELIVERED = ("inbox", "raw", "delivered", "templates")
"""Folders that hold deliveries as they came (a trial's own, the inbox, rejected files): there personal data belongs."""

NUMBER = "19811228-9874"  # Skatteverket's example number
SPELLINGS = (
    "811228-9874",
    "8112289874",
    "198112289874",
    NUMBER,
    "811228+9874",
    "19811228 9874",
    "1981-12-28-9874",
    "811228 - 9874",
    "19811288-9871",
    "pnr198112289874x",
    "'811228-9874'",
    "A811228-9874",
    "1981.12.28 9874",
)


def left_behind(folder: Path) -> tuple[int, list[Hit]]:
    """What is searched after every trial: files outside the folders of deliveries, and every personal thing in them."""
    wanted, files, hits = Names(NAMES), 0, list[Hit]()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_symlink() or not path.is_file() or set(relative.parts[:-1]) & set(DELIVERED):
            continue
        files += 1
        hits += hits_in(path, str(relative), wanted)
    return files, hits


# Planted


def as_parquet(path: Path, text: str) -> None:
    """One cell in a thousand."""
    rows = f"select i, case when i = 999 then $${text}$$ else 'nothing' end as note from range(1000) t(i)"
    duckdb.execute(f"copy ({rows}) to '{path}' (format parquet, compression zstd)")


def as_duckdb(path: Path, text: str) -> None:
    """A cell of a mart."""
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute(f"create table marts.t as select $${text}$$ as note")


def as_duckdb_comment(path: Path, text: str) -> None:
    """The comment of a column."""
    with duckdb.connect(str(path)) as con:
        con.execute("create table t as select 1 as x")
        con.execute(f"comment on column t.x is $${text}$$")


def as_sqlite(path: Path, text: str) -> None:
    """An event of Dagster's log."""
    with contextlib.closing(sqlite3.connect(path)) as con, con:
        con.execute("create table event_logs (event text)")
        con.execute("insert into event_logs values (?)", [json.dumps({"message": text}, ensure_ascii=False)])


def as_compressed_sqlite(path: Path, text: str) -> None:
    """A snapshot of Dagster's, compressed."""
    with contextlib.closing(sqlite3.connect(path)) as con, con:
        con.execute("create table snapshots (snapshot_body blob)")
        con.execute("insert into snapshots values (?)", [zlib.compress(text.encode())])


def as_sheet(path: Path, text: str) -> None:
    """A cell of a workbook."""
    book = openpyxl.Workbook()
    book.create_sheet("two")["C7"] = text
    book.save(path)


def as_page(path: Path, text: str) -> None:
    """A cell of a guards' page."""
    path.write_text(f"<html><td>{text.replace('å', '&aring;')}</td></html>", encoding="utf-8")


def as_windows_text(path: Path, text: str) -> None:
    """A delivery in Windows-1252."""
    path.write_bytes(f"rad; {text};".encode("cp1252"))


def as_utf16_text(path: Path, text: str) -> None:
    """What Excel calls Unicode text."""
    path.write_bytes(f"rad; {text};".encode("utf-16"))


def as_sie(path: Path, text: str) -> None:
    """A voucher's text in code page 437."""
    path.write_bytes(f'#VER L 1 20240101 "{text} \x8f"'.encode("cp437", errors="replace"))


def as_log(path: Path, text: str) -> None:
    """A line of a log."""
    path.write_text(f"2026-11-28 01:00:00 +0000 - dagster - INFO - read {text}\n", encoding="utf-8")


def as_gzip(path: Path, text: str) -> None:
    """A rotated log."""
    path.write_bytes(gzip.compress(text.encode()))


def as_json(path: Path, text: str) -> None:
    """A record, letters escaped."""
    path.write_text(json.dumps({"findings": [{"found": text}]}))


def as_data_uri(path: Path, text: str) -> None:
    """A picture within a page."""
    picture = base64.b64encode(f"<svg>{text}</svg>".encode()).decode()
    path.write_text(json.dumps({"preview": f"data:image/svg+xml;base64,{picture}"}))


def as_pdf(path: Path, text: str) -> None:
    """The second page of a report."""
    path.write_bytes(typst.compile(f'A first page. #pagebreak() #text("{text}")'.encode()))


def as_pdf_property(path: Path, text: str) -> None:
    """The title in a report's properties."""
    path.write_bytes(typst.compile(f'#set document(title: "{text}")\nNothing here.'.encode()))


def as_crash(path: Path, text: str) -> None:
    """What an unhandled exception prints, its cause included."""
    try:
        try:
            raise ValueError(text)  # noqa: TRY301 - the cause that is printed
        except ValueError as error:
            raise KeyError("a row") from error
    except KeyError:
        path.write_text(traceback.format_exc(), encoding="utf-8")


KINDS: dict[str, Callable[[Path, str], None]] = {
    "lake.parquet": as_parquet,
    "published.duckdb": as_duckdb,
    "comment.duckdb": as_duckdb_comment,
    "events.db": as_sqlite,
    "snapshots.db": as_compressed_sqlite,
    "report.xlsx": as_sheet,
    "page.html": as_page,
    "windows.csv": as_windows_text,
    "unicode.txt": as_utf16_text,
    "ledger.se": as_sie,
    "run.log": as_log,
    "run.log.gz": as_gzip,
    "load.json": as_json,
    "pages.json": as_data_uri,
    "report.pdf": as_pdf,
    "property.pdf": as_pdf_property,
    "crash.txt": as_crash,
}


def planted(folder: Path, share: float) -> Iterator[Attempt]:
    """Every spelling of a personnummer, and names, in every kind of file: each must be found, and nothing where nothing
    is.
    """
    draw = random.Random(4)
    names = draw.sample([name for name in NAMES if " " in name], 6)
    texts = [*((spelling, "number") for spelling in SPELLINGS), *((name, "name") for name in names)]
    cases = [(kind, text, expected) for kind in KINDS for text, expected in texts]
    draw.shuffle(cases)
    for kind, write in KINDS.items():
        write(folder / kind, "1 318 anställda, 2024-12-31, load 20240331T050000Z-9f8e7d6c")
        found = list(hits_in(folder / kind, kind, Names(NAMES)))
        yield Attempt(f"nothing in {kind}", not found, f"{len(found)} found")
        (folder / kind).unlink()
    for kind, text, expected in cases[: part(len(cases), share)]:
        path = folder / kind
        KINDS[kind](path, text)
        kinds = {hit.kind for hit in hits_in(path, kind, Names(NAMES))}
        yield Attempt(f"'{text}' in {kind}", kinds == {expected}, f"found: {kinds or 'nothing'}")
        path.unlink()


# Nothing personal left


class Office:
    """A home of the small municipality's, with its inbox, and the steps that take in and reject."""

    def __init__(self, root: Path) -> None:
        self.home = root
        self.workspace = Workspace(Settings("demo", root, "inprocess://demo.kolada.app/v3"))
        home.claim(self.workspace.settings)
        self.said: list[str] = []

    @property
    def inbox(self) -> Path:
        """Where HR's files are delivered."""
        return self.home / "inbox" / "1489-alingsas" / "hr"

    def deliver(self, name: str, period: str, rows: Sequence[Row] | None = None, file: str = "") -> Path:
        """Put one of HR's extracts into the inbox."""
        of = table("hr", name)
        return write_csv(
            self.inbox / (file or f"{name} {period}.csv"), of, list(make(of, period) if rows is None else rows)
        )

    def take_in(self) -> list[Outcome]:
        """Take in what waits, without Dagster."""
        w = self.workspace
        with w.lake.writer():
            return Gate(w.lake, w.rejected, known(), w.pseudonymiser, self.said.append, w.raw).take_in(
                "hr", w.settings.inbox
            )

    def parquets(self) -> set[Path]:
        """Every Parquet file in the lake, of loads or not."""
        return set(self.workspace.lake.root.rglob("*.parquet"))

    def people(self) -> set[str]:
        """Every pseudonym in the lake."""
        files = [load.parquet for load in self.workspace.lake.loads() if load.key_id]
        return {
            one
            for (one,) in duckdb.execute(
                f"select distinct person_id from {read_parquet(*files, union_by_name=True)}"
            ).fetchall()
        }

    def pseudonym(self, number: str) -> str:
        """Of a personnummer, under the key at hand."""
        person = self.workspace.pseudonymiser.person(number, datetime.now(UTC).date())
        return person.person_id if person else ""

    def joined(self) -> list[tuple[Any, ...]]:
        """Which employments are one person's, over months, whatever the person is called."""
        files = [load.parquet for load in self.workspace.lake.in_force() if load.table == "employments"]
        sql = f"select list_sort(list(period || employment_id)) from {read_parquet(*files)} group by person_id order by all"
        return duckdb.execute(sql).fetchall()


def known() -> dict[str, Municipality]:
    """The municipality that the trials deliver for."""
    return {"1489": load_municipality(PROJECT / "municipalities" / "1489-alingsas")}


WHO = personnummer(7)
SHE = f"{INVENTED_LAST_NAMES[3]}, {INVENTED_FIRST_NAMES[5]}"
EMPLOYMENTS = table("hr", "employments")


def employments() -> list[Row]:
    """Faultless rows with everybody's name beside the number."""
    rows = make(EMPLOYMENTS, "2024-03")
    return [
        {**row, "name": f"{INVENTED_LAST_NAMES[i % 50]}, {INVENTED_FIRST_NAMES[i % 50]}", "person": personnummer(i)}
        for i, row in enumerate(rows)
    ]


def _with(column: str, value: Any) -> list[Row]:
    rows = employments()
    rows[4] = {**rows[4], column: value}
    return rows


def hostile() -> dict[str, Callable[[Office], None]]:
    """Deliveries with persons where none belong, by what is wrong with them."""
    wanted: dict[str, Callable[[Office], None]] = {
        "faultless": lambda o: void(o.deliver("employments", "2024-03", employments()))
    }
    for column in EMPLOYMENTS.columns:
        if column.kind is Kind.DROPPED:
            continue
        for what, value in (
            ("a personnummer", WHO),
            ("a wrong one", WHO[:-1] + str((int(WHO[-1]) + 1) % 10)),
            ("a name", SHE),
        ):
            if column.kind is not Kind.PERSON or value != WHO:
                rows = _with("person" if column.kind is Kind.PERSON else column.name, value)
                wanted[f"{what} as {column.header}"] = partial(_deliver_rows, rows=rows)
    wanted["a personnummer in the file's name"] = lambda o: void(
        o.deliver("employments", "2024-03", employments(), f"utdrag {WHO}.csv")
    )
    wanted["a rejected file with one in its name"] = lambda o: void(
        o.deliver("employments", "2024-03", _with("degree", 120), f"{WHO[2:]}.csv")
    )

    def text(change: Callable[[str], bytes | str]) -> Callable[[Office], None]:
        def put(office: Office) -> None:
            path = office.deliver("employments", "2024-03", employments())
            changed = change(path.read_text(encoding="utf-8"))
            path.write_bytes(changed if isinstance(changed, bytes) else changed.encode("utf-8"))

        return put

    wanted["no header: the first person is taken for one"] = text(lambda t: t.split("\n", 1)[1])
    wanted["a header of names"] = text(lambda t: t.replace("befattning", SHE.replace(", ", " "), 1))
    wanted["a row more than the header has"] = text(lambda t: t.replace("\n", f"\n{WHO};{SHE};", 1))
    wanted["a quote that is never closed"] = text(lambda t: t.replace(WHO, f'"{WHO}', 1))
    wanted["cut off within a row"] = text(lambda t: t[: t.index(WHO) + len(WHO)])
    wanted["a null byte after a person"] = text(lambda t: t.replace(WHO, f"{WHO}\0", 1))
    wanted["columns swapped: number and unit"] = text(
        lambda t: t.replace("personnummer", "x", 1).replace("enhet", "personnummer", 1).replace("x", "enhet", 1)
    )
    wanted["columns swapped: name and unit"] = text(
        lambda t: t.replace("namn", "x", 1).replace("enhet", "namn", 1).replace("x", "enhet", 1)
    )
    wanted["columns swapped: name and title"] = text(
        lambda t: t.replace("namn", "x", 1).replace("befattning", "namn", 1).replace("x", "befattning", 1)
    )
    wanted["UTF-16"] = text(lambda t: t.encode("utf-16"))
    wanted["not a table at all"] = text(lambda t: f"Hej! {SHE} ({WHO}) ska bort ur listan.".encode("cp1252"))
    return wanted


def _deliver_rows(office: Office, rows: list[Row]) -> None:
    office.deliver("employments", "2024-03", rows)


def void(_: object) -> None:
    """Forget what was given."""


def raising(*_: Any, **__: Any) -> Any:
    """A fault that nobody foresaw, with a person's row in what it says."""
    try:
        int(WHO)
    except ValueError as error:
        raise RuntimeError(f"row ['{SHE}', '{WHO}'] cannot be handled") from error


CRASHES: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "while a person is read": lambda: mock.patch.object(Pseudonymiser, "person_of", raising),
    "while rows are typed": lambda: mock.patch.object(delivery, "_candidate", raising),
    "while rows are judged": lambda: mock.patch.object(gate, "judge", raising),
    "while a load is accepted": lambda: mock.patch.object(lake.Lake, "accept", raising),
}


def nothing_personal(folder: Path, share: float) -> Iterator[Attempt]:
    """Hostile deliveries and crashes through Dagster's step: afterwards nothing personal lies outside the inbox and the
    rejected files.
    """
    cases: list[tuple[str, Callable[[Office], None], Callable[[], AbstractContextManager[object]]]] = [
        (name, put, contextlib.nullcontext) for name, put in hostile().items()
    ]
    cases += [
        (f"a crash {name}", lambda o: void(o.deliver("employments", "2024-03", employments())), broken)
        for name, broken in CRASHES.items()
    ]
    random.Random(4).shuffle(cases)
    # What every share tries: without one of these a guard could be missing unseen.
    always = (
        "a personnummer in the file's name",
        "a personnummer as sysselsattningsgrad",
        "a crash while a person is read",
        "faultless",
    )
    cases.sort(key=lambda case: case[0] not in always)
    dagster = folder / "dagster"
    dagster.mkdir()
    with dg.DagsterInstance.local_temp(
        str(dagster)
    ) as instance:  # one for all: making its three databases takes longer than a run
        for number, (name, put, broken) in enumerate(cases[: max(len(always), part(len(cases), share))]):
            office, began = Office(folder / str(number)), time.time()
            put(office)
            with broken():
                _through_dagster(office, instance)
                _released(office)
            files, hits = left_behind(office.home)
            history = [path for path in dagster.rglob("*") if path.is_file() and path.stat().st_mtime >= began - 1]
            hits += [hit for path in history for hit in hits_in(path, path.name, Names(NAMES))]
            where = "; ".join(f"{hit.file.relative_to(folder)} ({hit.where}): {hit.kind}" for hit in hits[:3])
            yield Attempt(
                name,
                files > 3 and len(history) > 0 and not hits,
                where or f"{files} files searched, {len(history)} of Dagster's",
            )


def _through_dagster(office: Office, instance: dg.DagsterInstance) -> None:
    """Take in as a run of Dagster does; what it prints is kept in the home."""
    from orchestration.assets.extracts import extract_assets

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        dg.materialize(
            [extract_assets("hr")], instance=instance, resources={"workspace": office.workspace}, raise_on_error=False
        )
    (office.home / "printed.log").write_text(printed.getvalue(), encoding="utf-8")


def _released(office: Office) -> None:
    """Try to release what was rejected, as an operator would; what an unhandled exception prints is kept in the home."""
    here = {"GENOMLYSNING_ENV": "demo", "GENOMLYSNING_HOME": str(office.home)}
    for rejection in office.workspace.rejected.all():
        printed = io.StringIO()
        with (
            mock.patch.dict(os.environ, here),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            try:
                command.main(["release", rejection.rejection_id, "--by", "N. N.", "--reason", "a trial"])
            except SystemExit:
                pass
            except Exception:
                traceback.print_exc(file=printed)
        (office.home / f"released-{rejection.rejection_id}.log").write_text(printed.getvalue(), encoding="utf-8")


# The register


def unlisted(folder: Path, share: float) -> Iterator[Attempt]:
    """A column that nobody has put into the register, in each table of HR: nothing of the delivery is written.

    The register alone stands in the way: the column's values and the rest of the delivery are such as the guards
    accept.
    """
    for of in (table("hr", name) for name in ("employments", "absences", "time_records", "other_employments")):
        office = Office(folder / of.name)
        if of != EMPLOYMENTS:
            office.deliver("employments", "2024-03")
            office.take_in()
        before = office.parquets()
        religion = Column("religion", "trosuppfattning", Kind.TEXT, "Not asked for.", "R1", public=True, personal=None)
        wider = replace(of, columns=(*of.columns, religion))
        write_csv(office.inbox / f"{of.name}.csv", wider, [{**row, "religion": "R1"} for row in make(of, "2024-03")])
        with (
            mock.patch.object(recognition, "tables", lambda *sources, wider=wider: (wider,)),
            contextlib.suppress(gate.TakeInFailed),
        ):
            office.take_in()
        written, waits = office.parquets() - before, list(office.inbox.iterdir())
        yield Attempt(
            of.full_name, not written and len(waits) == 1, f"{len(written)} files written, {len(waits)} waiting"
        )


# Erasure and keys, killed at every step


class Killed(BaseException):
    """Stands for SIGKILL where a process would have to be started for each: nothing catches it."""


@contextlib.contextmanager
def killed_at(step: int) -> Iterator[None]:
    """Die at the given change of a load's record: odd steps before it, even ones after it."""
    calls, real = 0, lake.write_record

    def dies(path: Path, values: dict[str, Any]) -> None:
        nonlocal calls
        calls += 1
        if calls == (step + 1) // 2 and step % 2:
            raise Killed
        real(path, values)
        if calls == step // 2 and not step % 2:
            raise Killed

    with mock.patch.object(lake, "write_record", dies), contextlib.suppress(Killed):
        yield


def _filled(folder: Path) -> Office:
    """An office with two months of HR, one of them replaced once."""
    office = Office(folder)
    for period in ("2024-02", "2024-03"):
        for name in ("employments", "absences", "time_records", "other_employments"):
            office.deliver(name, period)
    office.take_in()
    office.deliver("employments", "2024-03", [{**row, "title": "Vårdbiträde"} for row in make(EMPLOYMENTS, "2024-03")])
    office.take_in()
    return office


def erased(folder: Path, share: float) -> Iterator[Attempt]:
    """People erased one after the other, each time killed at another step: gone everywhere, nobody else touched, and
    they stay away.
    """
    office = _filled(folder)
    w = office.workspace

    def once(who: str) -> None:
        with w.lake.writer():
            erasure.erase(who, [], "N. N.", "a trial", w.lake, w.rejected, w.raw, w.pseudonymiser, w.tombstones)

    for number in range(part(20, share)):
        who, before = personnummer(number), office.people()
        with killed_at(number + 1):
            once(who)
        once(who)
        left, files = erasure.rows_left(office.home, office.pseudonym(who))
        employment, _ = erasure.rows_left(office.home, f"A{number:04d}")
        for name in ("employments", "absences", "time_records"):
            office.deliver(name, "2024-02")
        again = office.take_in()
        held = not left and not employment and files and office.people() == before - {office.pseudonym(who)}
        held = held and {outcome.state for outcome in again} == {"unchanged"}
        said = f"{left} rows by pseudonym, {employment} by employment left in {files} files; "
        said += f"delivered again: {[one.state for one in again]}"
        yield Attempt(f"person {number}, killed at step {number + 1}", bool(held), said)


def rekeyed(folder: Path, share: float) -> Iterator[Attempt]:
    """The key replaced, killed at each step and finished: everybody joins as before, one key, no map, no old pseudonym."""
    from ingestion.privacy.keys import load_key

    for step in range(1, part(14, share) + 1):
        office = _filled(folder / str(step))
        w = office.workspace
        joined, old = office.joined(), office.people()
        load_key(w.settings.next_key)
        for name in ("employments", "other_employments"):
            office.deliver(
                name, "2024-03", [{**row, "title": "Vårdbiträde"} for row in make(table("hr", name), "2024-03")]
            )
        office.take_in()
        key_map = w.key_map
        assert key_map is not None
        with killed_at(step), w.lake.writer():
            rekey(w.lake, key_map, 0, "N. N.")
        ids = w.lake.key_ids()
        with w.lake.writer():
            rekey(w.lake, key_map, 0, "N. N.")
        w.settings.next_key.replace(w.settings.key)
        key_map.destroy()
        same = office.joined() == joined and not office.people() & old and w.lake.key_ids() == {w.pseudonymiser.key_id}
        whole = all([path.name for path in load.directory.glob("*.parquet")] == [load.data] for load in w.lake.loads())
        secrets = [path for path in (office.home / "keys").rglob("*") if path.is_file()]
        yield Attempt(
            f"killed at step {step}", same and whole and len(secrets) == 1, f"keys in force when killed: {len(ids)}"
        )


TRIALS = (
    Trial("planted", "whatever personal is planted is found, in every kind of file", planted),
    Trial("nothing-personal", "nothing personal is left by hostile deliveries and crashes", nothing_personal),
    Trial("unlisted", "a column that is not in the register leaves nothing in the lake", unlisted),
    Trial("erased", "who is erased is gone everywhere and stays away", erased),
    Trial("rekeyed", "the key is replaced and everybody joins as before", rekeyed),
)


@contextlib.contextmanager
def _names_kept() -> Iterator[None]:
    """The column of names is kept as prose (as a code G115 would reject it), and nobody asks the register."""
    kept = tuple(
        replace(column, kind=Kind.TEXT, holds=Holds.PROSE) if column.kind is Kind.DROPPED else column
        for column in EMPLOYMENTS.columns
    )
    real = recognition.tables

    def wider(source: str | None = None) -> tuple[Table, ...]:
        return tuple(replace(of, columns=kept) if of.full_name == EMPLOYMENTS.full_name else of for of in real(source))

    with mock.patch.object(recognition, "tables", wider), _no_register():
        yield


def _no_register() -> AbstractContextManager[object]:
    stack = contextlib.ExitStack()
    stack.enter_context(mock.patch.object(typed_rows, "check_columns"))
    stack.enter_context(mock.patch.object(lake, "check_columns"))
    return stack


@contextlib.contextmanager
def _one_load_skipped() -> Iterator[None]:
    real, skipped = erasure._erase_from, list[str]()

    def skips(con: Any, of: lake.Lake, load: Load, *rest: Any) -> int:
        if load.table == "employments" and (not skipped or load.load_id in skipped):
            skipped.append(load.load_id)
            return 0
        return real(con, of, load, *rest)

    with mock.patch.object(erasure, "_erase_from", skips):
        yield


BREAKS = (
    Break(
        "compressed contents are opened by the search",
        "planted",
        lambda: mock.patch.object(search_module, "_inflated", lambda _: None),
        0.5,
    ),
    Break(
        "file names are masked",
        "nothing-personal",
        lambda: mock.patch.object(gate, "presentable", lambda name, _: name),
    ),
    Break(
        "values in messages are shown by their shape",
        "nothing-personal",
        lambda: mock.patch.object(findings, "shape", str),
    ),
    Break("names are left behind", "nothing-personal", _names_kept),
    Break(
        "what a crash said is left out",
        "nothing-personal",
        lambda: mock.patch.object(gate, "with_masked_errors", lambda function, *given: function(*given)),
    ),
    Break("the register is asked before anything is written", "unlisted", _no_register),
    Break("every load is rewritten when a person is erased", "erased", _one_load_skipped),
    Break(
        "erased people are left out of later deliveries",
        "erased",
        lambda: mock.patch.object(erasure.Tombstones, "holds_person", lambda *_: False),
    ),
)
