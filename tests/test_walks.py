"""The walks of CONTRIBUTING.md, carried out in a copy of the project as they stand there, one after the other.

Belongs here: that each does what it says with the files that it names and no other. Does not belong here: what is generated from what.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WALKS = re.split(r"^### ", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
FILE = re.compile(r"^`([^`\n]+)`(, at its end)?:\n\n```\w+\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
SOURCE, INDICATOR, SECTION, MUNICIPALITY, KOLADA = range(5)

DELIVERED = """
import json, sys
from pathlib import Path
from ingestion.contracts import table
from testkit.deliveries import Deliveries
from testkit.small_extracts import write_csv

made, visits = Deliveries(Path(sys.argv[1])), table("meeting_points", "visits")
common = {"municipality_id": "1489", "year": "2024", "meeting_point": "angabo"}
right = [{**common, "month": f"2024-{month:02}", "occasions": 2, "visitors": 10 * month} for month in range(1, 13)]
folder = made.inbox / "1489-alingsas" / "meeting_points"
write_csv(folder / "wrong.csv", visits, [{**row, "occasions": 0} for row in right])
[wrong] = made.take_in("meeting_points")
write_csv(folder / "right.csv", visits, right)
[accepted] = made.take_in("meeting_points")
figures = ["stg_meeting_points__visit", "int_meeting_points__value", "int_register__figure_loads"]
with made.build([*figures, "own_indicators", "kolada_indicators", "+int_indicator"]) as con:
    rows = con.execute(
        "select v.indicator_id, v.value, i.indicator, count(l.load_id) from intermediate.int_meeting_points__value as v "
        "join intermediate.int_indicator as i using (indicator_id) "
        "left join intermediate.int_register__figure_loads as l using (lineage_id) group by all order by all"
    ).fetchall()
    kolada = con.execute("select indicator from intermediate.int_indicator where indicator_id = 'N01813'").fetchall()
said = "\\n".join(made.said)
print(json.dumps([wrong.state, accepted.state, "MP101" in said, rows, kolada]))
"""
TOLD = """
import json, sys
from pathlib import Path
from ingestion.bundled import SEEDS
from ingestion.configuration.municipality import ReportChoice, load_municipalities
from ingestion.kolada.fetch import read_followed
from reports.compose import compose
from testkit import report_fixture

found = load_municipalities(Path("municipalities"))
bare = found["1489"].model_copy(update={"folder": Path(sys.argv[1])})
publication = report_fixture.build(Path(sys.argv[1]) / "publication.duckdb")
made = compose(publication, bare, ReportChoice(kind="genomlysning"))
[part] = [part for part in made.parts if part.anchor == "invanare"]
[table] = [table for table in made.tables if table.table_id == "invanare"]
followed = [one.indicator_id for one in read_followed(SEEDS / "kolada_indicators.csv")]
print(json.dumps([sorted(found), part.heading, [line.label for of in table.sections for line in of.lines], followed[-1]]))
"""


@dataclass(frozen=True)
class Copy:
    """A copy of the project in which the walks are carried out, each a commit."""

    root: Path

    def run(self, *arguments: str) -> str:
        """What a process says whose code is the copy's; it must end well."""
        here = {"PYTHONPATH": str(self.root), "GENOMLYSNING_ENV": "demo", "GENOMLYSNING_HOME": str(self.root / "var")}
        ended = subprocess.run(
            arguments, cwd=self.root, env={**os.environ, **here}, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
        return ended.stdout

    def python(self, *arguments: str) -> str:
        """The same, of a Python process."""
        return self.run(sys.executable, *arguments)

    def git(self, *arguments: str) -> str:
        """The same, of git, as nobody in particular."""
        return self.run("git", "-c", "user.name=walk", "-c", "user.email=walk@example.org", *arguments)

    def changed(self) -> set[str]:
        """The files that differ from the last commit."""
        return {line[3:] for line in self.git("status", "--porcelain", "--untracked-files=all").splitlines()}

    def carry_out(self, walk: int) -> set[str]:
        """Write the files of a walk, generate, and commit; gives the files that were written by hand."""
        for path, is_added, content in FILE.findall(WALKS[walk]):
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text((file.read_text(encoding="utf-8") if is_added else "") + content, encoding="utf-8")
        by_hand = self.changed()
        self.python("-m", "genomlysning", "generate")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", WALKS[walk].splitlines()[0])
        return by_hand


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The files that git knows, with what has been changed in them."""
    made = Copy(tmp_path_factory.mktemp("walks"))
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (made.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, made.root / name)
    made.git("init", "--quiet")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--no-verify", "--message", "As it is")
    return made


@pytest.fixture(scope="module")
def by_hand(copy: Copy) -> list[set[str]]:
    """All walks carried out; by walk, what was written by hand."""
    return [copy.carry_out(walk) for walk in range(len(WALKS))]


def test_a_source_is_four_files_and_everything_else_is_written(copy: Copy, by_hand: list[set[str]]) -> None:
    name = "meeting_points"
    assert by_hand[SOURCE] == {
        f"ingestion/contracts/{name}.py",
        f"expectations/suites/{name}.py",
        f"dbt_project/models/staging/{name}/stg_{name}__visit.sql",
        f"dbt_project/models/intermediate/{name}/int_{name}__value.sql",
    }
    written = set(copy.git("diff", "--name-only", "HEAD~5", "HEAD~4").splitlines()) - by_hand[SOURCE]
    assert written >= {
        f"dbt_project/models/staging/{name}/_{name}__sources.yml",
        f"dbt_project/models/staging/{name}/_{name}__models.yml",
        f"dbt_project/models/intermediate/{name}/_{name}__models.yml",
        "dbt_project/macros/own_sources.sql",
        "docs/extracts.md",
        "docs/rules.md",
        "docs/personal-data.md",
    }


def test_the_other_walks_are_as_few(by_hand: list[set[str]]) -> None:
    value = "dbt_project/models/intermediate/meeting_points/int_meeting_points__value"
    assert by_hand[INDICATOR] == {"dbt_project/seeds/own_indicators.csv", f"{value}.sql", f"{value}.yml"}
    assert by_hand[SECTION] == {"reports/outlines/genomlysning.yaml"}
    assert by_hand[MUNICIPALITY] == {"municipalities/1480-goteborg/municipality.yaml"}
    assert by_hand[KOLADA] == {"dbt_project/seeds/kolada_indicators.csv", "reports/outlines/genomlysning.yaml"}


def test_a_delivery_goes_through_the_gate_and_its_figures_come_out_of_dbt(
    copy: Copy, by_hand: list[set[str]], tmp_path: Path
) -> None:
    """With the models' unit tests and rules; both indicators are described, and rest on the load."""
    rejected, accepted, is_told, rows, kolada = json.loads(copy.python("-c", DELIVERED, str(tmp_path)).splitlines()[-1])
    assert (rejected, accepted, is_told) == ("rejected", "accepted", True)
    assert rows == [
        ["meeting_point_visitors", 780.0, "Antal besökare på träffpunkter (ackumulerat)", 1],
        ["meeting_point_visitors_per_occasion", 32.5, "Besökare per tillfälle på träffpunkter", 1],
    ]
    assert kolada == [["Invånare 80+, andel (%)"]]


def test_the_section_the_municipality_and_kolada_s_indicator_are_there(
    copy: Copy, by_hand: list[set[str]], tmp_path: Path
) -> None:
    municipalities, heading, labels, last = json.loads(copy.python("-c", TOLD, str(tmp_path)).splitlines()[-1])
    assert municipalities == ["1283", "1480", "1489"] and last == "N01813"
    assert (heading, labels) == ("Invånare", ["Invånare", "Invånare 80 år och äldre, andel"])
    assert "3 municipalities" in copy.python("-m", "genomlysning", "check-configuration")


def test_nothing_else_turns_red(copy: Copy, by_hand: list[set[str]]) -> None:
    """Form, types of what is new, and what holds every source and every model."""
    copy.python("-m", "genomlysning", "generate", "--check")
    for check in (("check", "."), ("format", "--check", ".")):
        copy.python("-m", "ruff", *check)
    project = ["--project-dir", "dbt_project", "--profiles-dir", "dbt_project"]
    copy.python("-c", "from dbt.cli.main import cli; cli()", "--quiet", "parse", *project)
    held = (
        "described_in_one_file",
        "described_once",
        "rules_are_one_test",
        "that_of_the_catalogue",
        "has_every_source",
    )
    pytest_ = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
    copy.python(*pytest_, *(f"tests/test_{name}.py" for name in ("dbt_sources", "extracts", "personal_data")))
    copy.python(*pytest_, "tests/test_dbt_project.py", "tests/test_trials_deliveries.py", "-k", " or ".join(held))
