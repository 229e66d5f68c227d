"""The demonstration, end to end: what it publishes against independent oracles, and what bad deliveries do to it.

The printed figures are those that the generators' own oracles are held to; here they are read from the publication,
where the models computed them from rows.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
import sqlglot
from conftest import ROOT, Demonstration
from sqlglot import exp
from test_demo_hr import PRINTED as PRINTED_HR
from test_demo_ledger import PRINTED as PRINTED_LEDGER

from demo.cookbook import answer, questions
from demo.deliveries import write_deliveries
from demo.hr.people import INVENTED_FIRST_NAMES, INVENTED_LAST_NAMES
from ingestion.contracts import Kind, tables
from ingestion.lake import Rejected
from reports.format import rounded
from trials.search import search, texts

QUERIES = ROOT / "docs" / "queries.md"

pytestmark = pytest.mark.slow

MUNICIPALITIES = sorted(path.parent for path in (ROOT / "municipalities").glob("*/municipality.yaml"))
SNAPSHOT = ROOT / "demo" / "kolada" / "snapshot"
# The whole of Kolada to 2022, where it lies beside the project; else the bundled part of it.
VALUES = Path(os.environ.get("KOLADA_VALUES", ROOT.parent / "shared" / "kolada" / "kolada_values_1994_2022.parquet"))
REGION, SIMILAR = "G96190", {"äldreomsorg": "G176486", "LSS": "G39499", "övergripande": "G37326"}

Query = Callable[..., list[tuple]]


@pytest.fixture(scope="module")
def query(demonstration: Demonstration) -> Iterator[Query]:
    with duckdb.connect(str(demonstration.current), read_only=True) as con:
        yield lambda sql, *parameters: con.execute(sql, list(parameters)).fetchall()


def selection(name: str) -> str:
    """The rows of `marts.staffing` that hold the figure which the generator's oracle calls `name`."""
    forms = {"headcount": "employees_headcount", "fte": "employees_fte"}
    plain = {
        "employment rate": "indicator_id = 'employment_rate_contract'",
        "mean age": "indicator_id = 'mean_age'",
        "hourly-paid work": "indicator_id = 'hourly_paid_work_fte'",
        "additional time": "indicator_id = 'additional_time_fte'",
        "overtime": "indicator_id = 'overtime_fte'",
        "turnover board": "indicator_id = 'turnover_excl_pension_total'",
        "sick total": "indicator_id = 'sick_leave_all_forms' and breakdown is null and gender = 'T'",
        "nurse assistants share": "indicator_id = 'nurse_assistants_share_own'",
        "support assistants share": "indicator_id = 'support_assistants_share_own' and breakdown is null",
        "sick K": "indicator_id = 'sick_leave_all_forms' and breakdown is null and gender = 'K'",
        "sick M": "indicator_id = 'sick_leave_all_forms' and breakdown is null and gender = 'M'",
        "sick span 60-": "indicator_id = 'sick_leave_span_60_plus'",
        "sick span 1-14": "indicator_id = 'sick_leave_span_1_14'",
        "sick span 15-59": "indicator_id = 'sick_leave_span_15_59'",
    }
    first, _, rest = name.partition(" ")
    if name in plain:
        found, org_unit = plain[name], "org_unit is null"
    elif first in forms:
        found, org_unit = (
            f"indicator_id = '{forms[first]}' and breakdown = 'employment_form={rest}' and gender = 'T'",
            "org_unit is null",
        )
    elif name.startswith("support assistants share "):
        found = f"indicator_id = 'support_assistants_share_own' and breakdown = 'service={name[25:]}'"
        org_unit = "org_unit is null"
    elif name.startswith("sick all "):
        found, org_unit = (
            f"indicator_id = 'sick_leave_by_occupation' and staff_group = '{name[9:]}'",
            "org_unit is null",
        )
    elif name.startswith("sick monthly "):
        found, org_unit = (
            f"indicator_id = 'sick_leave_monthly_by_occupation' and staff_group = '{name[13:]}'",
            "org_unit is null",
        )
    elif name.startswith("turnover "):
        found, org_unit = (
            f"indicator_id = 'turnover_excl_pension_by_occupation' and staff_group = '{rest}'",
            "org_unit is null",
        )
    elif rest[:1].isdigit():
        found, org_unit = f"indicator_id = 'sick_leave_all_forms' and breakdown = 'age_band={rest}'", "org_unit is null"
    else:
        found, org_unit = "indicator_id = 'sick_leave_all_forms' and breakdown is null", f"org_unit = '{rest}'"
    return f"{found} and {org_unit} and municipality_id = '1489' and period_grain = 'year'"


@pytest.mark.parametrize(
    ("name", "printed", "difference"), PRINTED_HR, ids=lambda value: value if isinstance(value, str) else None
)
def test_staffing_gives_the_printed_figures_from_rows(query, name, printed, difference):
    found = query(f"select year(period_end), value from marts.staffing where {selection(name)}")
    values = dict(found)
    assert len(values) == len(found), "more than one figure of a year"
    decimals = len(next(iter(printed.values())).partition(".")[2])
    assert {year: str(rounded(values[year], decimals)) for year in printed} == printed
    if difference is not None:
        assert str(rounded(values[2024] - values[2023], len(difference.partition(".")[2]))) == difference


def test_operating_statement_gives_all_fifty_printed_figures(query):
    found = query(
        "select line_id, budget, actual, deviation, previous_actual, change from marts.operating_statement "
        "where municipality_id = '1489' and year = 2024"
    )
    printed = {
        line: tuple(int(rounded(kronor / 1000)) for kronor in figures)
        for line, *figures in found
        if line in PRINTED_LEDGER
    }
    assert printed == PRINTED_LEDGER


def straight_from_the_values(indicator: str, year: int, kind: str) -> tuple[float | None, ...]:
    """Own value and the three means, computed from the source file without the platform."""
    source = str(VALUES if VALUES.exists() else SNAPSHOT / "values.parquet")
    with duckdb.connect() as con:
        columns = [row[0] for row in con.execute("describe select * from read_parquet(?)", [source]).fetchall()]
        kpi, unit, when = (
            ("kpi", "municipality", "period") if "kpi" in columns else ("kpi_id", "municipality_id", "year")
        )
        rows = con.execute(
            f"select {unit}, value from read_parquet(?) where {kpi} = ? and {when} = ? and gender = 'T' and value is not null",
            [source, indicator, year],
        ).fetchall()
    values = dict(rows)
    groups = {
        group["id"]: [member["member_id"] for member in group["members"]] for group in bundled("municipality_groups")
    }
    municipalities = [unit["id"] for unit in bundled("municipality") if unit["type"] == "K"]

    def mean(members: list[str], least: int) -> float | None:
        present = [values[member] for member in members if member in values]
        return sum(present) / len(present) if len(present) >= least else None

    others = [member for member in groups[SIMILAR[kind]] if member != "1489"]
    return (values["1489"], mean(groups[REGION], 3), mean(others, 3), mean(municipalities, 30))


def bundled(name: str) -> list[dict]:
    content = json.loads(gzip.decompress((SNAPSHOT / f"{name}.json.gz").read_bytes()))
    return content["values"] if isinstance(content, dict) else content


def test_kolada_figures_and_means_equal_those_computed_straight_from_the_values(query):
    pairs = query(
        "select i.indicator_id, year(i.period_end), d.similar_group_kind from marts.indicators as i "
        "inner join marts.dim_indicator as d on i.indicator_id = d.indicator_id "
        "where i.municipality_id = '1489' and i.gender = 'T' and i.value is not null and not i.is_simulated "
        "and year(i.period_end) between 2005 and 2022 and i.source = 'Källa: Kolada' "
        "and not d.is_amount order by all"  # of kronor and heads of a whole municipality there is no mean
    )
    seed = random.randrange(10**9)
    picked = [("U23401", 2022, "äldreomsorg"), *random.Random(seed).sample(pairs, 20)]
    for indicator, year, kind in picked:
        [found] = query(
            "select value, region_mean, similar_mean, national_mean from marts.indicators where municipality_id = '1489' "
            "and gender = 'T' and indicator_id = ? and year(period_end) = ?",
            indicator,
            year,
        )
        assert found == pytest.approx(straight_from_the_values(indicator, year, kind)), (
            f"{indicator} {year} (seed {seed})"
        )
    [(waiting,)] = query(
        "select value from marts.quality where indicator_id = 'U23401' and municipality_id = '1489' and gender = 'T' "
        "and year(period_end) = 2022"
    )
    assert waiting == 74.0


def test_no_figure_is_a_sum_of_doubles(demonstration: Demonstration) -> None:
    """Doubles added in another order differ in the last bit: the same deliveries would publish anew. Every model runs
    once more on the build with each sum's argument asked for its type.
    """
    compiled = demonstration.home / "build" / "dbt" / "compiled" / "genomlysning" / "models"
    con = duckdb.connect()
    con.execute(f"attach '{demonstration.home / 'build' / 'warehouse.duckdb'}' as warehouse (read_only)")
    con.execute(
        "create macro exact(x) as case when typeof(x) in ('DOUBLE', 'FLOAT') then error('a sum of doubles') else x end"
    )
    summing, inexact = 0, []
    for path in sorted(compiled.rglob("*.sql")):
        tree = sqlglot.parse_one(path.read_text(encoding="utf-8"), dialect="duckdb")
        sums = [*tree.find_all(exp.Sum, exp.Avg)] if path.parent.suffix != ".yml" else []
        for one in sums:
            one.set("this", exp.Anonymous(this="exact", expressions=[one.this]))
        if sums:
            summing += 1
            try:
                con.execute(f"create or replace temp table computed as {tree.sql('duckdb')}")
            except duckdb.InvalidInputException as error:
                assert "a sum of doubles" in str(error), error  # noqa: PT017 - only some raise
                inexact.append(path.stem)
    assert summing > 30 and not inexact, inexact


def test_simulated_values_are_marked_and_never_stand_before_2023(query):
    assert query("select count(*) from marts.indicators where is_simulated and period_end < date '2023-01-01'") == [
        (0,)
    ]
    assert query("select count(*) > 0 from marts.indicators where is_simulated and status = 'simulated'") == [(True,)]
    unmarked = "select count(*) from marts.indicators where is_simulated and (status <> 'simulated' or source = 'Källa: Kolada')"
    assert query(unmarked) == [(0,)]


@pytest.mark.parametrize(
    "question", questions(QUERIES.read_text(encoding="utf-8")), ids=lambda question: question.title
)
def test_a_question_of_the_cookbook_has_the_answer_that_stands_below_it(demonstration, question):
    assert question.answer, "no answer stands on the page: genomlysning generate --queries"
    with duckdb.connect(str(demonstration.current), read_only=True) as con:
        assert answer(con, question.sql) == question.answer


def test_a_second_run_ends_in_the_same_state(demonstration):
    before = demonstration.current.resolve()
    ended = demonstration.run("-m", "genomlysning", "demo")
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert demonstration.current.resolve() == before


NAMES = [f"{first} {last}" for first in INVENTED_FIRST_NAMES for last in INVENTED_LAST_NAMES] + list(
    INVENTED_LAST_NAMES
)


def test_nothing_personal_is_anywhere_after_a_refresh(demonstration):
    hits = search(demonstration.home, NAMES)
    assert not hits, [f"{hit.file.relative_to(demonstration.home)}: {hit.where}: {hit.kind}" for hit in hits[:20]]


def test_the_search_reads_every_report_of_both_municipalities_in_every_format(demonstration):
    """Else nothing would have been found in them either way."""
    folders = {folder.name: sorted(folder.glob("[!.]*")) for folder in (demonstration.home / "reports").iterdir()}
    assert set(folders) == {folder.name for folder in MUNICIPALITIES}
    for folder, reports in folders.items():
        formats = {
            suffix: {report.stem for report in reports if report.suffix == suffix}
            for suffix in (".html", ".xlsx", ".pdf")
        }
        assert formats[".html"] == formats[".xlsx"] == formats[".pdf"], folder
        assert {name.split("-")[0] for name in formats[".pdf"]} == {
            "arsbokslut",
            "delarsbokslut",
            "genomlysning",
            "manadsuppfoljning",
        }
        for report in reports:
            assert any("demonstrationsdata" in text.lower() for _, text in texts(report)), report


@pytest.mark.parametrize("folder", MUNICIPALITIES, ids=lambda folder: folder.name)
def test_the_search_would_find_whom_the_deliveries_are_about(deliveries, tmp_path, folder):
    """In the smallest file of each kind: every personnummer column, and every column of names."""
    smallest: dict[tuple[str, str], Path] = {}
    for path in sorted((deliveries.parent / folder.name).rglob("*.csv"), key=lambda path: path.stat().st_size):
        header = path.read_bytes().split(b"\n", 1)[0].decode("cp1252").strip()
        if "personnummer" in header:
            smallest.setdefault((path.parent.name, header), path)
    with_persons = {of.source for of in tables() if any(column.kind is Kind.PERSON for column in of.columns)}
    assert {source for source, _ in smallest} == with_persons & {
        path.name for path in (deliveries.parent / folder.name).iterdir()
    }
    for number, ((_, header), path) in enumerate(smallest.items()):
        (tmp_path / str(number)).mkdir()
        shutil.copy(path, tmp_path / str(number))
        expected = {"number", "name"} if "namn" in header.split(";") else {"number"}
        assert {hit.kind for hit in search(tmp_path / str(number), NAMES)} == expected, path


# Ten deliveries with one fault each


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's own deliveries once more, to be spoilt."""
    folder = tmp_path_factory.mktemp("deliveries")
    write_deliveries(folder)
    return folder / "1489-alingsas"


def lines_of(deliveries: Path, source: str, month: str, *headers: str) -> tuple[list[str], str]:
    """Lines and encoding of the CSV delivery of `month` whose header line has `headers`."""
    for path in sorted((deliveries / source).iterdir()):
        if path.suffix == ".xlsx":
            continue
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                lines = path.read_bytes().decode(encoding).splitlines()
            except UnicodeDecodeError:
                continue
            if (
                set(headers) <= set(lines[0].lower().split(";"))
                and len(lines) > 1
                and {month, month.replace("-", "")} & set(lines[1].split(";"))
            ):
                return lines, encoding
            break
    raise LookupError(f"no CSV of {source} {month} with {headers}")


def changed(lines: list[str], header: str, row: int, text: str) -> list[str]:
    position = lines[0].lower().split(";").index(header)
    cells = lines[row].split(";")
    cells[position] = text
    return [*lines[:row], ";".join(cells), *lines[row + 1 :]]


def faults(deliveries: Path) -> Iterator[tuple[str, str, str, bytes]]:
    """(file name, source, rule, content): ten deliveries with one fault each."""

    def text(lines: list[str]) -> bytes:
        return ("\r\n".join(lines) + "\r\n").encode("utf-8")

    staff, _ = lines_of(deliveries, "hr", "2024-10", "personnummer", "befattning")
    before, _ = lines_of(deliveries, "hr", "2024-09", "personnummer", "befattning")
    time, _ = lines_of(deliveries, "hr", "2024-10", "schemalagd_tid")
    ledger, _ = lines_of(deliveries, "ledger", "2024-10", "verifikation", "belopp")
    drop = time[0].lower().split(";").index("overtid")
    half = text(staff)
    whole = next(
        path for path in (deliveries / "ledger").iterdir() if path.read_bytes()[:8].upper().startswith(b"#FLAGGA")
    ).read_bytes()
    # without the file's own totals: a file that contradicts them is rejected before its vouchers are judged
    totals = (b"#IB", b"#UB", b"#RES", b"#PSALDO")
    sie = b"\n".join(line for line in whole.split(b"\n") if not line.lstrip().upper().startswith(totals))
    at = sie.rindex(b"#TRANS")
    end = sie.index(b"\n", at)
    amount = sie[at:end].split(b"}")[1].split()[0]
    unbalanced = sie[:at] + sie[at:end].replace(b" " + amount, b" " + str(float(amount) + 1).encode(), 1) + sie[end:]
    yield "1_duplicate_key.csv", "hr", "G101", text([*staff, staff[5]])
    yield (
        "2_missing_column.csv",
        "hr",
        "R111",
        text([";".join(c for i, c in enumerate(line.split(";")) if i != drop) for line in time]),
    )
    yield "3_unbalanced_voucher.se", "ledger", "L201", unbalanced
    yield "4_control_totals.csv", "ledger", "L202", text(changed(ledger, "belopp", 7, "12345,67"))
    yield "5_text_in_number.csv", "hr", "R113", text(changed(time, "overtid", 9, "många"))
    yield "6_wrong_municipality.csv", "hr", "R121", text([line.replace("1489;", "1283;", 1) for line in staff])
    yield "7_half_a_file.csv", "hr", "R106", half[: len(half) // 2]
    yield "8_last_month_2024-10.csv", "hr", "G109", text(before)
    yield (
        "9_forty_per_cent_gone.csv",
        "hr",
        "D101",
        text([line for index, line in enumerate(time) if index == 0 or index % 5 < 3]),
    )
    yield "10_personnummer_in_unit.csv", "hr", "G105", text(changed(staff, "enhet", 3, "Hemma hos 19800101-0001"))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_ten_faulty_deliveries_are_rejected_by_name_and_nothing_changes(demonstration, deliveries, tmp_path):
    before = (demonstration.current.resolve(), digest(demonstration.current))
    known = {rejection.rejection_id for rejection in Rejected(demonstration.home / "rejected").all()}
    expected = {}
    for name, source, rule, content in faults(deliveries):
        folder = demonstration.home / "inbox" / "1489-alingsas" / source
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        expected[name] = rule
    ended = demonstration.run("-m", "genomlysning", "demo")
    assert ended.returncode == 1, "a rejected delivery must show in the exit code"
    rejected = {
        r.file: r.findings for r in Rejected(demonstration.home / "rejected").all() if r.rejection_id not in known
    }
    try:
        assert set(rejected) == set(expected)
        for name, rule in expected.items():
            named = [finding for finding in rejected[name] if finding.rule == rule and finding.severity == "error"]
            assert named, (name, [finding.sentence() for finding in rejected[name]])
            assert named[0].file == name and named[0].row is not None and named[0].advice
            assert "19800101" not in " ".join(finding.sentence() for finding in rejected[name])
        assert (demonstration.current.resolve(), digest(demonstration.current)) == before
        marts_only = (
            "import os; import dagster as dg; from orchestration.definitions import build_defs\n"
            "from orchestration.settings import Settings\n"
            "defs = build_defs(Settings.from_environment(os.environ))\n"
            "with dg.DagsterInstance.get() as instance:\n"
            "    assert defs.resolve_job_def('marts_only').execute_in_process(instance=instance).success"
        )
        later = demonstration.run("-c", marts_only)
        assert later.returncode == 0, later.stderr[-3000:]
        assert (demonstration.current.resolve(), digest(demonstration.current)) == before
    finally:  # the operator's part: the rejected raw files hold what was searched for above
        for rejection in Rejected(demonstration.home / "rejected").all():
            if rejection.file in expected:
                shutil.rmtree(demonstration.home / "rejected" / rejection.rejection_id)


def test_a_reader_sees_no_change_and_a_new_reader_sees_the_new(demonstration, deliveries, tmp_path):
    """Through a whole refresh; that a reader outlives many publications is shown in test_publish."""
    own = demonstration.copy(tmp_path)
    held = duckdb.connect(str(own.current), read_only=True)
    count = "select count(*), max(publication_id) from marts.staffing, meta.publication"
    seen = held.execute(count).fetchall()
    lines, _ = lines_of(deliveries, "hr", "2024-11", "schemalagd_tid")
    path = own.home / "inbox" / "1489-alingsas" / "hr" / "rattad_tid.csv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(changed(lines, "overtid", 4, "11,00")) + "\n", encoding="utf-8")
    ended = own.run("-m", "genomlysning", "demo")
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert held.execute(count).fetchall() == seen
    # A process of its own: DuckDB gives a second connection of one process the file that the first has open.
    fresh = own.run(
        "-c", f"import duckdb; print(duckdb.connect('{own.current}', read_only=True).execute('{count}').fetchall())"
    )
    assert fresh.returncode == 0 and fresh.stdout.strip() != str(seen)
    held.close()
