"""A department split, merged, renamed or closed in the configuration alone, with loads in force: every total is
unchanged to the krona and the person, or the build stops and says which rows have no place.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from ingestion.configuration.mistakes import Mistake
from ingestion.configuration.municipality import Municipality, load_municipality
from ingestion.configuration.placement import judge_placement
from testkit.warehouse import failures, run_dbt, write_sources

ROOT = Path(__file__).resolve().parents[1]
AS_OF = datetime(2024, 11, 10)
ID = "1489"
# The amounts in öre are odd, so that no two sums are alike by chance.
CENTRES = {"hemtjanst": ("71100", "71600"), "aldreboende": ("72000",), "verksamhetsstod": ("70200", "76000")}
UNITS = {
    "hemtjanst": ("hemtjanst_centrum", "hemtjanst_natt"),
    "aldreboende": ("brogarden",),
    "verksamhetsstod": ("stab",),
}

Edit = Callable[[dict[str, Any]], None]


def department(values: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in values["departments"] if one["id"] == name)


def split(values: dict[str, Any]) -> None:
    """Home care in two, by its cost centres and units; the old id is gone."""
    old = department(values, "hemtjanst")
    parts = [
        ("hemtjanst_norr", ["71000", "71499"], old["units"][:2]),
        ("hemtjanst_soder", ["71500", "71999"], old["units"][2:]),
    ]
    values["departments"] += [
        {"id": name, "name": name, "cost_centres": [interval], "units": units} for name, interval, units in parts
    ]
    values["departments"].remove(old)


def merge(values: dict[str, Any]) -> None:
    """Home care and homes for the elderly in one of a new id."""
    old = [department(values, "hemtjanst"), department(values, "aldreboende")]
    merged = {
        "id": "aldreomsorg",
        "name": "Äldreomsorg",
        "cost_centres": [c for one in old for c in one["cost_centres"]],
        "units": [unit for one in old for unit in one["units"]],
    }
    values["departments"] = [merged, *(one for one in values["departments"] if one not in old)]


def rename(values: dict[str, Any]) -> None:
    """Another id and name."""
    department(values, "hemtjanst").update(id="hemvard", name="Hemvård")


def close(values: dict[str, Any]) -> None:
    """It is gone, with its units and cost centres."""
    values["departments"].remove(department(values, "hemtjanst"))


def kept(edit: Edit) -> Edit:
    """`edit`, with every department that it takes away kept without cost centres, and its units where they are."""

    def edited(values: dict[str, Any]) -> None:
        before = [dict(one) for one in values["departments"]]
        edit(values)
        now = {one["id"] for one in values["departments"]}
        placed = {unit["id"] for one in values["departments"] for unit in one["units"]}
        for one in before:
            if one["id"] not in now:
                units = [unit for unit in one["units"] if unit["id"] not in placed]
                values["departments"].append(
                    {**one, "name": f"{one['name']} (upphört)", "cost_centres": [], "units": units}
                )

    return edited


def renamed_only(values: dict[str, Any]) -> None:
    """Another name under the same id."""
    department(values, "hemtjanst")["name"] = "Hemvård"


def reorganised(tmp_path: Path, edit: Edit | None) -> Municipality:
    """The municipality with the edited departments; outlines that name the old ones are left out."""
    folder = Path(shutil.copytree(ROOT / "municipalities" / "1489-alingsas", tmp_path / "1489-alingsas"))
    shutil.rmtree(folder / "reports")
    shutil.rmtree(folder / "texts")
    path = folder / "municipality.yaml"
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    if edit is not None:
        edit(values)
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load_municipality(folder)


def delivered() -> dict[str, list[dict[str, Any]]]:
    """What is in force: a ledger of three departments with budget and two forecasts, people in units, in October 2024."""
    here = {"municipality_id": ID}
    postings, budget, forecasts, people = [], [], [], []
    for number, (name, centres) in enumerate(CENTRES.items(), start=1):
        for place, centre in enumerate(centres):
            for account, amount in (("5010", 1000.07), ("3010", -100.03), ("4600", 333.31)):
                row = {
                    **here,
                    "period": "2024-10",
                    "voucher_series": "L",
                    "voucher": f"{number}{place}{account}",
                    "voucher_row": 1,
                    "posting_date": "2024-10-15",
                    "accounting_period": "202410",
                    "account": account,
                    "cost_centre": centre,
                    "amount": f"{amount * number:.2f}",
                    "is_internal": False,
                    "load_id": "t",
                }
                postings.append(row)
                planned = {"year": "2024", "version": "kf-budget", "month": "2024-10", "load_id": "b"}
                budget.append(
                    {
                        **here,
                        **planned,
                        "account": account,
                        "cost_centre": centre,
                        "amount": f"{amount * number + 0.11:.2f}",
                    }
                )
        for month, load in (("2024-08", "f08"), ("2024-10", "f10")):
            for line, amount in (
                ("personnel_costs", 12000.13),
                ("premises_rent", 77.77),
                ("municipal_grant", -13000.17),
            ):
                row = {
                    "period": month,
                    "department": name,
                    "line_id": line,
                    "amount": f"{amount * number:.2f}",
                    "made_on": f"{month}-20",
                }
                forecasts.append({**here, **row, "load_id": load})
        for unit in UNITS[name]:
            for person in range(7 * number):
                row = {
                    "period": "2024-10",
                    "employment_id": f"{unit}{person}",
                    "person_id": f"p{unit}{person}",
                    "gender": "K",
                    "birth_month": "1980-01-01",
                    "employment_form": "tillsvidare",
                    "pay_form": "månad",
                    "degree": 100,
                    "aid_code": "207024",
                    "title": "Undersköterska",
                    "department": name,
                    "unit": unit,
                    "cost_centre": centres[0],
                    "start_date": "2020-01-01",
                    "is_manager": False,
                    "load_id": "h",
                }
                people.append({**here, **row})
    loads = [
        {
            "load_id": name,
            "sequence": place,
            "source": source,
            "table_name": table,
            "municipality_id": ID,
            "period": period,
            "file": f"{table}_{period}.csv",
            "received_at": AS_OF,
            "accepted_at": AS_OF,
            "rows": 1,
            "is_simulated": False,
            "warnings": 0,
        }
        for place, (name, source, table, period) in enumerate(
            [
                ("t", "ledger", "transactions", "2024-10"),
                ("b", "ledger", "budget", "2024"),
                ("f08", "ledger", "forecast", "2024-08"),
                ("f10", "ledger", "forecast", "2024-10"),
                ("h", "hr", "employments", "2024-10"),
            ]
        )
    ]
    return {
        "ledger_transactions": postings,
        "ledger_budget": budget,
        "ledger_forecast": forecasts,
        "hr_employments": people,
        "loads": loads,
    }


def judged(folder: Path, municipality: Municipality) -> list[Mistake]:
    """What the build would stop for."""
    build = folder / "sources.duckdb"
    write_sources(build, {ID: municipality}, delivered(), AS_OF)
    with duckdb.connect(str(build), read_only=True) as con:
        return judge_placement(con, {ID: municipality})


def totals(folder: Path, municipality: Municipality) -> dict[str, Any]:
    """The board's totals as the marts have them."""
    build = folder / "warehouse.duckdb"
    write_sources(build, {ID: municipality}, delivered(), AS_OF)
    wanted = (
        "operating_statement",
        "operating_statement_ytd",
        "ledger_monthly",
        "int_hr__stock_value",
        "int_ledger__statement",
    )
    result = run_dbt(build, "run", "--quiet", "--select", *(f"+{name}" for name in wanted))
    assert failures(result) == []
    asked = {
        "statement": "select line_id, round(sum(budget), 2), round(sum(actual), 2) from marts.operating_statement group by 1 order by 1",
        "forecast": "select line_id, round(sum(forecast), 2) from intermediate.int_ledger__statement group by 1 order by 1",
        "ytd": "select line_id, period_end, round(sum(actual_ytd), 2), round(sum(budget_ytd), 2), round(sum(forecast_year), 2), "
        "round(sum(previous_forecast_year), 2) from marts.operating_statement_ytd where org_unit is null group by 1, 2 order by 1, 2",
        "monthly": "select month, round(sum(actual), 2), round(sum(budget), 2), round(sum(forecast), 2) from marts.ledger_monthly "
        "group by 1 order by 1",
        "persons": "select indicator_id, breakdown, gender, period_end, value from intermediate.int_hr__stock_value "
        "where org_unit is null and staff_group is null order by all",
    }
    with duckdb.connect(str(build), read_only=True) as con:
        return {name: con.execute(sql).fetchall() for name, sql in asked.items()}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The totals before anything was reorganised."""
    folder = tmp_path_factory.mktemp("before")
    found = totals(folder, reorganised(folder, None))
    assert all(found.values()), "a total of nothing would prove nothing"
    return found


@pytest.mark.parametrize("edit", [split, merge, rename, close], ids=lambda edit: edit.__name__)
def test_the_build_stops_and_says_what_has_no_place(edit: Edit, tmp_path: Path) -> None:
    municipality = reorganised(tmp_path, edit)
    found = judged(tmp_path, municipality)
    assert found and {mistake.rule for mistake in found} == {"C501"}
    assert all(
        mistake.line is not None and mistake.file == str(municipality.folder / "municipality.yaml") for mistake in found
    )
    (forecast,) = [
        mistake for mistake in found if "ledger.forecast" in mistake.found and "'hemtjanst'" in mistake.found
    ]
    assert "6 rows" in forecast.found and "922.27 kronor in 2024-10" in forecast.found, forecast.found
    assert "forecast_2024-08.csv, forecast_2024-10.csv" in forecast.found
    (staff,) = [mistake for mistake in found if "hr.employments that name department 'hemtjanst'" in mistake.found]
    assert "14 rows on 14 persons" in staff.found, staff.found
    assert "cost_centres: []" in staff.sentence()


@pytest.mark.parametrize(
    "edit",
    [kept(split), kept(merge), kept(rename), kept(close), renamed_only],
    ids=["split", "merged", "renamed", "closed", "name only"],
)
def test_where_the_old_department_is_kept_every_total_is_unchanged(
    edit: Edit, tmp_path: Path, before: dict[str, Any]
) -> None:
    municipality = reorganised(tmp_path, edit)
    assert judged(tmp_path, municipality) == []
    assert totals(tmp_path, municipality) == before


def test_a_line_taken_away_and_an_account_taken_away_are_told(tmp_path: Path) -> None:
    def without_rent(values: dict[str, Any]) -> None:
        values["operating_statement"] = [
            line for line in values["operating_statement"] if line["id"] != "premises_rent"
        ]
        for line in values["operating_statement"]:
            line["sum_of"] = [part for part in line.get("sum_of", []) if part != "premises_rent"]
        values["cost_indicators"] = []
        values["accounts"] = [
            a for a in values["accounts"] if a["line"] != "premises_rent" and a["account_group"] != "Köp av verksamhet"
        ]

    municipality = reorganised(tmp_path, without_rent)
    build = tmp_path / "sources.duckdb"
    write_sources(build, {ID: municipality}, delivered(), AS_OF)
    with duckdb.connect(str(build), read_only=True) as con:
        (line,) = judge_placement(con, {ID: municipality})
        assert line.rule == "C501" and "line_id 'premises_rent'" in line.found
        found = judge_placement(con, {ID: municipality}, {(ID, "4600"), (ID, "5010")})
    (account,) = [mistake for mistake in found if mistake.rule == "C502"]
    assert "account 4600" in account.found and "10 rows" in account.found


def test_a_folder_that_is_gone_is_told_with_what_was_delivered_for_it(tmp_path: Path) -> None:
    other = load_municipality(ROOT / "municipalities" / "1283-helsingborg")
    build = tmp_path / "sources.duckdb"
    write_sources(build, {other.id: other}, delivered(), AS_OF)
    with duckdb.connect(str(build), read_only=True) as con:
        [gone] = judge_placement(con, {other.id: other})
    assert gone.rule == "C503" and gone.found == "5 loads of 1489 (hr, ledger; 2024 to 2024-10)", gone
    assert gone.expected == "1489-<name>/municipality.yaml"


def test_kolada_knows_the_municipality_and_its_groups(tmp_path: Path) -> None:
    municipality = reorganised(tmp_path, None)
    titles = {"1489": "Alingsås", "1480": "Göteborg"}
    groups = {"G96190": ["1489", "1480"], "G176486": ["1480"], "G39499": ["1480"], "G37326": ["1480"]}

    def found(
        titles: dict[str, str], groups: dict[str, list[str]], name: str, called: dict[str, str] | None = None
    ) -> list[tuple[str, str, str | None]]:
        build = tmp_path / name
        rows = {
            "kolada_municipality": [
                {"municipality_id": code, "title": title, "type": "K"} for code, title in titles.items()
            ],
            "kolada_municipality_groups": [
                {"group_id": g, "group_title": (called or {}).get(g, g), "member_id": m}
                for g, members in groups.items()
                for m in members
            ],
        }
        write_sources(build, {ID: municipality}, rows, AS_OF)
        with duckdb.connect(str(build), read_only=True) as con:
            return [(one.rule, one.where, one.nearest) for one in judge_placement(con, {ID: municipality})]

    assert found(titles, groups, "right") == []
    assert found({}, {}, "not fetched") == []
    without = {"G96191": groups["G96190"], **{name: members for name, members in groups.items() if name != "G96190"}}
    assert found(titles, without, "no group") == [("C402", "comparison_groups.region.group_id", "G96191")]
    assert [rule for rule, *_ in found(titles, {**groups, "G96190": ["1480"]}, "not in it")] == ["C403"]
    similar = {**groups, "G1": ["1480"]}
    called = {"G176486": "Liknande kommuner LSS, Alingsås, 2024", "G1": "Liknande kommuner äldreomsorg, Alingsås, 2024"}
    assert found(titles, similar, "other kind", called) == [
        ("C404", "comparison_groups.similar.äldreomsorg.group_id", "G1")
    ]
    called["G176486"] = "Liknande kommuner äldreomsorg, Göteborg, 2024"
    assert found(titles, similar, "another's", called) == [
        ("C404", "comparison_groups.similar.äldreomsorg.group_id", "G1")
    ]
    assert found({"1488": "Alingsås", "1489": "Grannkommun"}, groups, "wrong id") == [("C401", "id", "1488")]
    assert found({**titles, "1489": "Grannkommun"}, groups, "other name") == [("C401", "name", "Grannkommun")]
