"""The one command: what it understands, how it ends, and that errors are for the person who must mend them.

What its commands do is tested where the functions behind them are; release in `test_release`, erase, keys and raw in
`test_person_rights`.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import click
import pytest
from conftest import ROOT

from demo.cookbook import NoAnswer, with_answers_of
from genomlysning import cli, generated
from genomlysning.cli import SENDS_NOTHING, main
from ingestion.bundled import DAGSTER_SETTINGS, MUNICIPALITIES, WORKSPACE
from ingestion.contracts import table
from ingestion.failures import TransientFailure
from orchestration import in_process
from orchestration.home import claim
from orchestration.resources import Workspace
from orchestration.settings import Settings
from testkit.command import invoke
from testkit.small_extracts import make, write_csv

EMPLOYMENTS = table("hr", "employments")
PROCESS = [sys.executable, "-m", "genomlysning"]


def all_commands(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*before, name)
        if isinstance(command, click.Group):
            yield from all_commands(command, *before, name)


COMMANDS = sorted(all_commands(main))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty home of a demonstration, which the environment names."""
    for name in (*SENDS_NOTHING, "DAGSTER_HOME", "GENOMLYSNING_MUNICIPALITIES"):
        monkeypatch.setenv(name, "")  # so that what the command sets goes again after the test
        monkeypatch.delenv(name)
    monkeypatch.setenv("GENOMLYSNING_ENV", "demo")
    monkeypatch.setenv("GENOMLYSNING_HOME", str(tmp_path / "home"))
    settings = Settings.from_environment(os.environ)
    claim(settings)
    return Workspace(settings)


def deliver(workspace: Workspace, name: str, rows: list) -> Path:
    folder = workspace.settings.inbox / "1489-alingsas" / "hr"
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / name, EMPLOYMENTS, rows)
    return folder / name


def take_in(workspace: Workspace) -> None:
    from expectations.gate import Gate

    w = workspace
    with w.lake.writer():
        Gate(w.lake, w.rejected, w.municipalities, w.pseudonymiser, lambda _: None).take_in("hr", w.settings.inbox)


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """With February accepted, half of March rejected, and April waiting."""
    for name, rows in (("feb.csv", make(EMPLOYMENTS, "2024-02")), ("halv.csv", make(EMPLOYMENTS, "2024-03")[:15])):
        deliver(workspace, name, rows)
        take_in(workspace)
    deliver(workspace, "april.csv", make(EMPLOYMENTS, "2024-04"))
    return workspace


# Understanding


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    ended = invoke(*words, "--help")
    assert ended.exit_code == 0
    assert f"Usage: genomlysning {' '.join(words)}" in ended.stdout
    command: click.Command = main
    for word in words:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    assert command.help and command.help.split("\n")[0].rstrip(".") in " ".join(ended.stdout.split())
    assert all(option.help for option in command.params if isinstance(option, click.Option)), (
        "an option without a word of help"
    )


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom genomlysning.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = (
        "dagster",
        "dbt",
        "great_expectations",
        "pandas",
        "duckdb",
        "pydantic",
        "yaml",
        "orchestration",
        "demo",
        "reports",
    )
    assert not [name for name in heavy if f"'{name}'" in ended.stderr]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("refreshh", "No such command"),
        ("status --all", "No such option"),
        ("refresh --job concerns_check", "is not one of"),
        ("dev --port 99999", "is not in the range"),
        ("erase", "needs --by and --reason"),
        ("erase --by N.N.", "needs --by and --reason"),
        ("erase --lift X", "needs --by"),
        ("keys rekey", "Missing option '--by'"),
        ("raw read", "Missing argument"),
        ("erase 19121212-1212", "unexpected extra argument"),
    ],
)
def test_what_is_not_understood_ends_with_2(workspace: Workspace, words: str, why: str) -> None:
    ended = invoke(*words.split())
    assert ended.exit_code == 2 and why in ended.stderr and not ended.stdout


def test_what_the_pages_say_to_type_exists() -> None:
    pages = [ROOT / "README.md", ROOT / "Makefile", ROOT / ".pre-commit-config.yaml", *(ROOT / "docs").glob("*.md")]
    typed = {
        (page.name, *words)
        for page in pages
        for words in re.findall(
            r"(?:^|[`/])genomlysning ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?",
            page.read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        )
    }
    named = {words[1] for words in typed}
    assert named >= {"demo", "dev", "release", "erase", "keys", "raw", "check-lake", "dead-runs", "generate"}, (
        "too few are found"
    )
    for page, word, second in typed:
        assert word in main.commands, f"{page}: genomlysning {word}"
        command = main.commands[word]
        assert not isinstance(command, click.Group) or not second or second in command.commands, (
            f"{page}: genomlysning {word} {second}"
        )


def test_the_shell_completes_commands() -> None:
    asked = {"_GENOMLYSNING_COMPLETE": "bash_complete", "COMP_WORDS": "genomlysning keys ", "COMP_CWORD": "2"}
    ended = subprocess.run(PROCESS, cwd=ROOT, env={**os.environ, **asked}, capture_output=True, text=True, check=False)
    assert {line.partition(",")[2] for line in ended.stdout.splitlines()} == {"cancel", "prepare", "rekey", "status"}


# Errors


@pytest.mark.parametrize(
    "words",
    [
        "demo",
        "dev",
        "refresh",
        "status",
        "release",
        "erase --list",
        "keys status",
        "raw list",
        "retention",
        "check-lake",
    ],
)
def test_a_setting_that_is_wrong_is_said_in_a_sentence(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("GENOMLYSNING_ENV", "production")
    ended = invoke(*words.split())
    assert ended.exit_code == 1 and not ended.stdout
    assert ended.stderr.startswith("Error: GENOMLYSNING_ENV is 'production'; expected demo")


def test_a_process_says_it_without_a_stack() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "GENOMLYSNING_ENV"}
    ended = subprocess.run([*PROCESS, "status"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1 and "GENOMLYSNING_ENV is ''" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (TransientFailure("the network was away"), "Error: the network was away"),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full. Free space"),
    ],
)
def test_what_somebody_can_mend_is_told_with_what_to_do(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fails(_: Workspace) -> None:
        raise error

    monkeypatch.setattr("orchestration.check_lake.check_lake", fails)
    ended = invoke("check-lake")
    assert ended.exit_code == 1 and said in ended.stderr


def test_a_fault_of_the_platform_keeps_its_stack(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Workspace) -> None:
        raise KeyError("nobody has thought of this")

    monkeypatch.setattr("orchestration.check_lake.check_lake", fails)
    with pytest.raises(KeyError, match="nobody has thought of this"):
        invoke("check-lake")


# The demonstration, and every day


def test_the_demonstration_is_never_mixed_with_real_deliveries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOMLYSNING_ENV", "live")
    monkeypatch.setenv("GENOMLYSNING_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GENOMLYSNING_MUNICIPALITIES", str(MUNICIPALITIES))
    ended = invoke("demo")
    assert ended.exit_code == 1 and "never mixed" in ended.stderr
    assert not (tmp_path / "home").exists()


def test_the_ui_listens_on_this_machine_only_and_makes_private_files(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, list[str], int]] = []

    def execute(program: str, arguments: list[str]) -> None:
        mask = os.umask(0)
        os.umask(mask)
        started.append((program, arguments, mask))

    before = os.umask(0o022)
    try:
        monkeypatch.setattr(os, "execv", execute)
        assert invoke("dev", "--port", "3999").exit_code == 0
    finally:
        os.umask(before)
    [(program, arguments, mask)] = started
    assert program == sys.executable and mask == 0o077
    assert arguments[1:] == [
        "-m",
        "dagster",
        "dev",
        "--workspace",
        str(WORKSPACE),
        "--host",
        "127.0.0.1",
        "--port",
        "3999",
    ]
    dagster = workspace.settings.home / "dagster"
    assert os.environ["DAGSTER_HOME"] == str(dagster)
    assert (dagster / "dagster.yaml").read_bytes() == DAGSTER_SETTINGS.read_bytes()
    assert all(os.environ[name] == value for name, value in SENDS_NOTHING.items()), (
        "Dagster's processes would send telemetry"
    )


@pytest.mark.parametrize(
    ("errors", "failures", "code"), [([], [], 0), (["hr/absences: R111"], [], 1), ([], ["warehouse: broken"], 1)]
)
def test_a_refresh_ends_with_1_where_anything_is_red(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, errors: list[str], failures: list[str], code: int
) -> None:
    ran: list[str] = []

    def run_job(settings: Settings, name: str) -> in_process.Progress:
        ran.append(name)
        progress = in_process.Progress()
        progress.errors, progress.failures, progress.warnings = errors, failures, ["one"]
        return progress

    monkeypatch.setattr(in_process, "run_job", run_job)
    before = os.umask(0o022)
    try:
        ended = invoke("refresh", "--job", "marts_only")
    finally:
        os.umask(before)
    assert ended.exit_code == code and ran == ["marts_only"]
    steps, checks = (
        f"{len(failures)} step{'' if failures else 's'} failed",
        f"{len(errors)} check{'' if errors else 's'} red",
    )
    assert f"{steps}, {checks}, 1 check yellow" in ended.stdout
    assert all(f"ERROR: {line}" in ended.stdout for line in (*errors, *failures))


def test_operators_settings_of_dagster_are_not_overwritten_in_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.home import dagster_home

    for environment, kept in (("live", "mine"), ("demo", DAGSTER_SETTINGS.read_text(encoding="utf-8"))):
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / environment))
        folder = tmp_path / environment
        folder.mkdir()
        (folder / "dagster.yaml").write_text("mine", encoding="utf-8")
        dagster_home(Settings(environment, tmp_path / "home", "https://api.kolada.se/v3"))
        assert (folder / "dagster.yaml").read_text(encoding="utf-8") == kept


def test_status_says_what_is_there_and_changes_nothing(filled: Workspace) -> None:
    home = filled.settings.home
    before = {path: path.lstat().st_mtime_ns for path in home.rglob("*")}
    ended = invoke("status")
    assert ended.exit_code == 0, ended.output
    header, row = (line.split() for line in ended.stdout.splitlines() if line.startswith(("municipality", "1489")))
    assert header[:2] == ["municipality", "source"] and header[-5:] == [
        "loads",
        "late",
        "missing",
        "rejected",
        "waiting",
    ]
    assert row == ["1489", "hr", "2024-02", "2024-02", "2024-02-29", "1", "1", "1"], (
        "one load, one rejection, one file that waits"
    )
    assert "Publication  none yet" in ended.stdout
    assert "- rejected: a delivery of hr.employments, 1489, 2024-03 was rejected (D101" in ended.stdout
    assert {path: path.lstat().st_mtime_ns for path in home.rglob("*")} == before


def test_status_counts_what_is_late_in_live(filled: Workspace) -> None:
    from orchestration.status import status_of

    live = Settings("live", filled.settings.home.parent / "other", "https://api.kolada.se/v3")
    live.home.mkdir(mode=0o700)
    shutil.copytree(filled.settings.lake, live.lake, copy_function=shutil.copy2)
    live.lake.chmod(0o700)
    [hr] = status_of(Workspace(live), datetime(2024, 6, 15, tzinfo=UTC)).sources
    assert (hr.source, hr.loads, hr.late, hr.rejected, hr.waiting) == ("hr", 1, 3, 0, 0), "March to May"


def test_retention_shows_what_is_due_and_erases_nothing(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Later:
            return cls(2027, 2, 1, tzinfo=tz)

    monkeypatch.setattr(cli, "datetime", Later)
    loads = filled.lake.loads()
    ended = invoke("retention")
    assert ended.exit_code == 0
    assert re.search(
        r"^1489 +hr_employments +2024 +1 +30 +2027-01-31 +the board has not decided", ended.stdout, flags=re.MULTILINE
    )
    assert ended.stdout.endswith("30 rows are due, 0 of them decided.\n")
    assert filled.lake.loads() == loads


# Looking for what is wrong


def test_a_damaged_file_and_a_load_that_is_gone_are_named(filled: Workspace) -> None:
    assert invoke("check-lake").stdout == "1 loads, 0 damaged, 0 gone\n"
    [load] = filled.lake.loads()
    load.parquet.write_bytes(load.parquet.read_bytes()[:-1] + b"x")
    ended = invoke("check-lake")
    assert ended.exit_code == 1
    assert ended.stdout.startswith(f"{load.parquet} is damaged") and ended.stdout.endswith(
        "1 loads, 1 damaged, 0 gone\n"
    )


def test_a_load_that_is_published_and_gone_is_named(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingestion.monitoring.published_loads import PublishedLoad

    [load] = filled.lake.loads()
    loads = ((load.load_id, "2024-02"), ("L1", "2023-01"))
    published = [
        PublishedLoad(name, "hr", "employments", "1489", period, datetime(2024, 1, 1)) for name, period in loads
    ]
    monkeypatch.setattr("publication.publish.published_loads", lambda _: published)
    ended = invoke("check-lake")
    assert ended.exit_code == 1 and "L1 is gone (load L1 of hr.employments, 1489, 2023-01)" in ended.stdout
    assert ended.stdout.endswith("1 loads, 0 damaged, 1 gone\n")


def test_mistakes_in_the_configuration_are_told_at_once(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "2 municipalities" in invoke("check-configuration").stdout
    own = Path(shutil.copytree(MUNICIPALITIES, tmp_path / "own"))
    monkeypatch.setenv("GENOMLYSNING_MUNICIPALITIES", str(own))
    assert f"2 municipalities in {own}, no mistake" in invoke("check-configuration").stdout
    for folder in ("1489-alingsas", "1283-helsingborg"):
        path = own / folder / "municipality.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("board:", "bord:", 1), encoding="utf-8")
    ended = invoke("check-configuration")
    assert ended.exit_code == 1 and not ended.stdout
    assert all(re.search(rf"C10\d.*{folder}", ended.stderr) for folder in ("1489-alingsas", "1283-helsingborg"))


def test_dead_runs_are_those_of_a_folder_that_is_named(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ended = invoke("dead-runs")
    assert ended.exit_code == 1 and "DAGSTER_HOME is not set" in ended.stderr
    (tmp_path / "dagster").mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    monkeypatch.setattr(
        "orchestration.dead_runs.end_dead_runs", lambda instance: ["run-1"] if instance.root_directory else []
    )
    assert invoke("dead-runs").stdout == "ended: run-1\n1 dead runs\n"


# Generated pages


def test_every_generated_page_is_up_to_date() -> None:
    ended = invoke("generate", "--check")
    assert ended.exit_code == 0, ended.output


def test_what_is_stale_is_named_and_written_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in generated.PAGES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(generated, "PROJECT", tmp_path)
    stale, missing = tmp_path / "docs" / "rules.md", tmp_path / "municipalities" / "municipality.schema.json"
    stale.write_text(stale.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    missing.unlink()
    ended = invoke("generate", "--check")
    assert ended.exit_code == 1
    assert {line for line in ended.stderr.splitlines() if line.startswith("stale")} == {
        f"stale: {stale}",
        f"stale: {missing}",
    }
    assert not missing.exists() and "by hand" in stale.read_text(encoding="utf-8")
    assert invoke("generate").exit_code == 0
    assert all((tmp_path / name).read_bytes() == (ROOT / name).read_bytes() for name in generated.PAGES)
    assert invoke("generate", "--check").exit_code == 0


def test_an_installation_has_no_pages_to_generate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated, "IS_CLONE", False)
    ended = invoke("generate")
    assert ended.exit_code == 1 and "run this in a clone" in ended.stderr


def test_the_answers_of_the_cookbook_need_a_publication(workspace: Workspace, tmp_path: Path) -> None:
    ended = invoke("generate", "--check", "--queries")
    assert ended.exit_code == 1 and "there is no publication to ask" in ended.stderr
    import duckdb

    with duckdb.connect(str(tmp_path / "some.duckdb")) as con:
        con.execute("create table t as select 3 as n")
    page = "### How many?\n\n```sql\nselect n from t\n```\n\n| n |\n| --- |\n| 2 |\n"
    assert with_answers_of(page, tmp_path / "some.duckdb") == page.replace("| 2 |", "| 3 |")
    with pytest.raises(NoAnswer, match="How many"):
        with_answers_of(page.replace("from t", "from other"), tmp_path / "some.duckdb")
