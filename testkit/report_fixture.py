"""A small publication for tests of the reports: the marts' columns as in DESIGN, and rows that look like the real ones.

The Kolada figures are those of one municipality to 2022 and the printed ones after (data/report_figures.csv beside
this); staff and ledger are the printed tables. Not a copy of the warehouse: formulas are tested where they are
computed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(__file__).parent / "data" / "report_figures.csv"
SEEDS = ROOT / "dbt_project" / "seeds"
MUNICIPALITY_ID, NAME, YEAR = "1489", "Alingsås", 2024

INDICATOR_COLUMNS = """
    municipality_id varchar, municipality varchar, indicator_id varchar, indicator varchar, service_area varchar, org_unit varchar,
    staff_group varchar, breakdown varchar, gender varchar, period_start date, period_end date, period_grain varchar,
    measure_time varchar, value double, numerator double, denominator double, n bigint, unit varchar, good_direction varchar,
    series_id varchar, disclosure_class varchar, status varchar, region_mean double, region_count bigint, similar_mean double,
    similar_count bigint, national_mean double, national_count bigint, national_rank bigint, rank_order varchar, target double,
    previous_value double, change double, same_period_last_year double, series_key varchar, is_preliminary boolean, is_revised boolean,
    revised_by_load_id varchar, is_suppressed boolean, is_simulated boolean, comparison_is_simulated boolean, source varchar,
    lineage_id varchar"""

DDL = f"""
create schema marts; create schema meta;
{"".join(f"create table marts.{mart} ({INDICATOR_COLUMNS});" for mart in ("volumes", "costs", "quality", "staffing"))}
create view marts.indicators as
    select 'volumes' as domain, * from marts.volumes union all select 'costs', * from marts.costs
    union all select 'quality', * from marts.quality union all select 'staffing', * from marts.staffing;
create table marts.operating_statement (municipality_id varchar, municipality varchar, year integer, line_id varchar, line varchar,
    line_order integer, is_sum boolean, budget double, actual double, deviation double, previous_actual double, change double,
    budget_version varchar, ledger_status varchar, is_preliminary boolean, is_revised boolean, lineage_id varchar);
create table marts.dim_indicator (indicator_id varchar, indicator varchar, domain varchar, service_area varchar,
    similar_group_kind varchar, unit varchar, unit_before_break varchar, good_direction varchar, disclosure_class varchar,
    source varchar, formula varchar, kolada_title varchar, kolada_description varchar, publication_period varchar, decimals integer,
    ended_after integer, series_break_year integer, series_break_year_2 integer, is_amount boolean,
    prel_publication_date date, publication_date date);
create table marts.dim_municipality (municipality_id varchar, municipality varchar, municipality_type varchar, board varchar,
    administration varchar, report_year integer, data_through date, is_configured boolean);
create table marts.dim_comparison_group (municipality_id varchar, group_id varchar, kind varchar, similar_group_kind varchar,
    label varchar, group_title varchar, member_count bigint);
create table marts.dim_comparison_group_member (municipality_id varchar, group_id varchar, member_id varchar, kind varchar,
    similar_group_kind varchar, member varchar);
create table marts.measures_follow_up (municipality_id varchar, year integer, row_order integer, measure_id varchar, horizon varchar,
    area varchar, description varchar, owner_role varchar, begun_on date, expected_effect varchar, effect_label varchar,
    effect_amount double, effect_percent double, follow_up varchar, outcome varchar, indicator_id varchar, lineage_id varchar);
create table meta.publication (publication_id varchar, created_at timestamp, as_of timestamp, environment varchar, git_sha varchar,
    content_hash varchar, data_through date);
create table meta.loads (load_id varchar, municipality_id varchar, source varchar, table_name varchar, period varchar,
    content_hash varchar, file varchar, key_id varchar, load_sequence bigint, row_count bigint, warning_count bigint,
    is_simulated boolean, data_through date, received_at timestamp, accepted_at timestamp);
create table meta.figure_loads (lineage_id varchar, load_id varchar);
"""

# line_id, line, is_sum, budget, actual, previous_actual, tkr; the öre that the printed roundings need are in the
# actuals.
STATEMENT = (
    ("income", "Verksamhetens intäkter", False, 206297, 254669.3, 237998.2),
    ("personnel_costs", "Personalkostnader", False, -802020, -821815.1, -772705.0),
    ("premises_rent", "Lokalhyror", False, -113241, -114174.1, -100637.2),
    ("purchased_services", "Köp av tjänster", False, -176046, -188451.0, -187012.4),
    ("other_costs", "Övriga kostnader", False, -81323, -94684.7, -89873.5),
    ("total_costs", "Verksamhetens kostnader", True, -1172630, -1219124.9, -1150228.1),
    ("net_costs", "Verksamhetens nettokostnader", True, -966333, -964455.6, -912229.9),
    ("municipal_grant", "Kommunbidrag", False, 966333, 966333.0, 913280.0),
    ("financial_net", "Finansnetto", False, 0, -4.6, 8.6),
    ("result", "Årets resultat", True, 0, 1872.8, 1058.7),
)

_P, _T = "employment_form=permanent", "employment_form=temporary"
# indicator, breakdown, gender, value 2023, value 2024, persons behind it
STAFF: tuple[tuple[str, str | None, str, float, float, int], ...] = (
    ("employees_headcount", _P, "T", 1315, 1318, 1310),
    ("employees_headcount", _T, "T", 112, 131, 130),
    ("employees_fte", _P, "T", 1253.8, 1266.9, 1310),
    ("employees_fte", _T, "T", 103.1, 120.9, 130),
    ("employment_rate_contract", _P, "T", 95.36, 96.13, 1310),
    ("mean_age", _P, "T", 44.4, 45.0, 1310),
    ("hourly_paid_work_fte", None, "T", 172.5, 181.6, 600),
    ("additional_time_fte", None, "T", 6.06, 5.34, 400),
    ("overtime_fte", None, "T", 17.8, 14.9, 700),
    ("turnover_excl_pension_total", None, "T", 9.8, 9.0, 1316),
    ("sick_leave_all_forms", None, "T", 8.3, 8.2, 1900),
    ("sick_leave_all_forms", None, "K", 9.3, 9.0, 1600),
    ("sick_leave_all_forms", None, "M", 4.1, 4.9, 300),
    ("sick_leave_all_forms", "age_band=0-29", "T", 5.54, 5.26, 400),
    ("sick_leave_all_forms", "age_band=30-49", "T", 8.4, 8.2, 800),
    ("sick_leave_all_forms", "age_band=50-", "T", 9.5, 9.7, 700),
    ("sick_leave_span_1_14", None, "T", 3.7, 3.5, 1900),
    ("sick_leave_span_15_59", None, "T", 1.1, 1.2, 1900),
    ("sick_leave_span_60_plus", None, "T", 3.5, 3.5, 1900),
)
# indicator, staff group, values 2022-2024, persons behind them
BY_OCCUPATION: tuple[tuple[str, str, tuple[float, float, float], tuple[int, int, int]], ...] = (
    ("turnover_excl_pension_by_occupation", "underskoterska", (9.6, 9.1, 8.8), (640, 650, 660)),
    ("turnover_excl_pension_by_occupation", "socialsekreterare", (16.2, 15.6, 10.2), (37, 38, 39)),
    ("turnover_excl_pension_by_occupation", "stodassistent", (6.1, 5.8, 5.3), (300, 301, 302)),
    ("turnover_excl_pension_by_occupation", "personlig_assistent", (8.1, 3.2, 8.7), (62, 63, 69)),
    ("turnover_excl_pension_by_occupation", "sjukskoterska", (17.5, 15.1, 9.0), (57, 60, 67)),
    ("turnover_excl_pension_by_occupation", "rehab", (22.2, 35.0, 10.2), (18, 20, 20)),
    ("sick_leave_monthly_by_occupation", "underskoterska", (10.9, 10.4, 10.2), (700, 700, 700)),
    ("sick_leave_monthly_by_occupation", "socialsekreterare", (7.7, 9.9, 13.0), (37, 38, 39)),
    ("sick_leave_monthly_by_occupation", "stodassistent", (11.4, 11.2, 11.1), (300, 300, 300)),
    ("sick_leave_monthly_by_occupation", "personlig_assistent", (8.5, 6.2, 7.9), (62, 63, 69)),
    ("sick_leave_monthly_by_occupation", "sjukskoterska", (6.4, 4.7, 3.7), (57, 60, 67)),
    ("sick_leave_monthly_by_occupation", "rehab", (9.9, 14.9, 17.1), (18, 20, 20)),
    ("sick_leave_monthly_by_occupation", "stodpedagog", (9.0, 12.0, 44.4), (12, 11, 10)),
)
# The region's members with their values of municipal primary care: satisfied 2023 and 2024, very and fairly satisfied
# 2024, PERCCI-S, nurses and rehabilitation staff with specialist training; None where the member took no part.
MEMBERS: tuple[tuple[str, str, tuple[float | None, ...]], ...] = (
    (MUNICIPALITY_ID, NAME, (86, 75, 36, 39, 57.2, 14, 0)),
    ("1401", "Härryda", (88, 85, 50, 35, 60.1, 70, 0)),
    ("1407", "Öckerö", (90, 88, 55, 33, 61.0, 35, 13)),
    ("1480", "Göteborg", (80, None, None, None, None, 20, 6)),
)
PRIMARY_CARE = (
    ("kpv_satisfied_share", 2023),
    ("kpv_satisfied_share", 2024),
    ("kpv_very_satisfied_share", 2024),
    ("kpv_fairly_satisfied_share", 2024),
    ("percci_s_score", 2024),
    ("kpv_nurses_specialist_share", 2024),
    ("kpv_rehab_specialist_share", 2024),
)
NURSES = (
    ("distriktsskoterska", 7),
    ("vard_av_aldre", 1),
    ("demens", 1),
    ("psykiatri", 0),
    ("palliativ_vard", 0),
    ("ovrig", 5),
)
# org unit, value, quarter of 2024 or 2023
PULSE: tuple[tuple[str | None, int, int, float], ...] = (
    ("hemtjanst", 2024, 4, 3.3),
    ("aldreboende", 2024, 4, 2.9),
    ("myndighetsenheten", 2024, 4, 2.8),
    ("lss_boende_och_arbete", 2024, 4, 3.1),
    ("personlig_assistans_och_stod", 2024, 4, 2.6),
    ("kommunal_primarvard", 2024, 4, 3.3),
    (None, 2024, 4, 3.1),
    (None, 2024, 2, 3.0),
)
SHARES = (("nurse_assistants_share_own", (87.6, 87.1, 84.3)), ("support_assistants_share_own", (89.9, 90.0, 91.3)))
COLUMNS = tuple(part.split()[0] for part in INDICATOR_COLUMNS.replace("\n", " ").split(","))


def _seed(name: str) -> dict[str, dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return {row["indicator_id"]: row for row in csv.DictReader(file)}


def build(
    path: Path, *, with_staff_and_ledger: bool = True, environment: str = "demo", then: Iterable[str] = ()
) -> Path:
    """Write the publication to `path`; `then`: SQL statements run at the end, to make a case."""
    con = duckdb.connect(str(path))
    con.execute(DDL)
    kolada, own = _seed("kolada_indicators.csv"), _seed("own_indicators.csv")
    described = {**kolada, **own}
    for indicator_id, row in described.items():
        con.execute(
            "insert into marts.dim_indicator values (?,?,?,?,?,?,?,?,?,?,?,null,?,null,?,?,?,null,?,null,null)",
            [
                indicator_id,
                row["indicator"],
                row["domain"],
                row["service_area"] or None,
                row["similar_group_kind"] or None,
                row["unit"],
                row["unit_before_break"] or None,
                row["good_direction"] or None,
                row["disclosure_class"],
                "own" if indicator_id in own else "kolada",
                row.get("formula") or None,
                None if indicator_id in own else f"Koladas beskrivning av {row['indicator']}.",
                int(row["decimals"]),
                int(row["ended_after"]) if row["ended_after"] else None,
                int(row["series_break_year"]) if row["series_break_year"] else None,
                row["is_amount"] == "true",
            ],
        )
    # 290 municipalities, two of them configured, and one region that must not be counted
    configured = [(MUNICIPALITY_ID, NAME, "K"), ("1283", "Helsingborg", "K")]
    names = [*configured, ("0014", "Region X", "L")] + [(f"{3000 + i}", f"Kommun {i}", "K") for i in range(288)]
    con.executemany("insert into marts.dim_municipality values (?,?,?,null,null,null,null,false)", names)
    con.execute(
        "update marts.dim_municipality set report_year = ?, data_through = ?, is_configured = true "
        "where list_contains(?, municipality_id)",
        [YEAR, date(YEAR, 12, 31), [municipality_id for municipality_id, _, _ in configured]],
    )
    con.executemany(
        "insert into marts.dim_comparison_group values ('1489',?,?,?,?,?,?)",
        [
            ("G96190", "region", None, "Göteborgsregionen", "Göteborgsregionen (ovägt medel)", 13),
            (
                "G176486",
                "similar",
                "äldreomsorg",
                "Liknande kommuner äldreomsorg",
                "Liknande kommuner äldreomsorg, Alingsås, 2023",
                7,
            ),
            ("G39499", "similar", "LSS", "Liknande kommuner LSS", "Liknande kommuner LSS, Alingsås, 2023", 7),
            (
                "G37326",
                "similar",
                "övergripande",
                "Liknande kommuner, övergripande",
                "Liknande kommuner, övergripande, Alingsås, 2023",
                7,
            ),
        ],
    )
    rows = list(_kolada_rows(described))
    if with_staff_and_ledger:
        rows += _staff_rows(described) + _care_rows(described)
        con.execute(
            "insert into marts.measures_follow_up values ('1489', 2024, 1, 'A1', 'short', 'Bemanning', 'Se över scheman', "
            "'avdelningschef', null, 'Lägre kostnader.', 'Minskade övertidskostnader', null, 50, "
            "'Arbetet har börjat.', null, null, 'goals:1489:2024')"
        )
        con.executemany(
            "insert into marts.dim_comparison_group_member values ('1489', 'G96190', ?, 'region', null, ?)",
            [(member_id, name) for member_id, name, _ in MEMBERS],
        )
        for order, (line_id, line, is_sum, budget, actual, previous) in enumerate(STATEMENT, start=1):
            amounts = [
                budget * 1000,
                actual * 1000,
                (actual - budget) * 1000,
                previous * 1000,
                (actual - previous) * 1000,
            ]
            con.execute(
                "insert into marts.operating_statement values (?,?,?,?,?,?,?,?,?,?,?,?,'antagen','closed',false,false,?)",
                [
                    MUNICIPALITY_ID,
                    NAME,
                    YEAR,
                    line_id,
                    line,
                    order,
                    is_sum,
                    *amounts,
                    f"ledger:{MUNICIPALITY_ID}:{YEAR}",
                ],
            )
    for domain, values in rows:
        con.execute(
            f"insert into marts.{domain} values ({','.join('?' * len(COLUMNS))})",
            [values.get(column) for column in COLUMNS],
        )
    _loads(con, with_staff_and_ledger)
    con.execute(
        "insert into meta.publication values (?,?,?,?,?,?,?)",
        [
            "20250205T053000Z_ab12cd34",
            datetime(2025, 2, 5, 5, 30),
            datetime(2025, 2, 5, 5, 0),
            environment,
            "0123456789abcdef",
            "f" * 64,
            date(2024, 12, 31),
        ],
    )
    for statement in then:
        con.execute(statement)
    con.close()
    return path


def _row(
    indicator: dict[str, str], indicator_id: str, year: int, value: float | None, **rest: object
) -> tuple[str, dict[str, object]]:
    broken = int(indicator["series_break_year"]) if indicator["series_break_year"] else None
    before = broken is not None and year < broken
    row: dict[str, object] = {
        "municipality_id": MUNICIPALITY_ID,
        "municipality": NAME,
        "indicator_id": indicator_id,
        "indicator": indicator["indicator"],
        "service_area": indicator["service_area"],
        "gender": "T",
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "period_grain": "year",
        "measure_time": "period",
        "value": value,
        "good_direction": indicator["good_direction"] or None,
        "unit": indicator["unit_before_break"] or indicator["unit"] if before else indicator["unit"],
        "series_id": f"{indicator_id}-{broken}" if broken and not before else indicator_id,
        "disclosure_class": indicator["disclosure_class"],
        "is_preliminary": False,
        "is_revised": False,
        "is_suppressed": False,
        "is_simulated": False,
        "comparison_is_simulated": False,
        **rest,
    }
    return indicator["domain"], row


def _with_change(rows: list[tuple[str, dict[str, object]]]) -> list[tuple[str, dict[str, object]]]:
    """The adjacent year's value and the change, as the marts hold them."""
    key = ("municipality_id", "indicator_id", "gender", "breakdown", "staff_group", "series_id", "period_end")
    known = {tuple(row.get(part) for part in key): row["value"] for _, row in rows}
    for _, row in rows:
        end = row["period_end"]
        assert isinstance(end, date)
        previous = known.get((*(row.get(part) for part in key[:-1]), date(end.year - 1, 12, 31)))
        row["previous_value"] = row["same_period_last_year"] = previous
        row["change"] = row["value"] - previous if row["value"] is not None and previous is not None else None  # type: ignore[operator]
    return rows


def _kolada_rows(described: dict[str, dict[str, str]]) -> list[tuple[str, dict[str, object]]]:
    rows = []
    with DATA.open(encoding="utf-8", newline="") as file:
        for raw in csv.DictReader(file):
            indicator, year = described[raw["indicator_id"]], int(raw["year"])
            numbers = {
                name: float(raw[name]) if raw[name] else None
                for name in ("value", "region_mean", "similar_mean", "national_mean")
            }
            if indicator["unit_before_break"] == "%" and year >= int(indicator["series_break_year"]):
                numbers = {
                    name: value * 100 if value is not None else None for name, value in numbers.items()
                }  # per 10 000
            counts = {name: int(raw[name]) for name in ("region_count", "similar_count", "national_count")}
            value = numbers.pop("value")
            rows.append(
                _row(
                    indicator,
                    raw["indicator_id"],
                    year,
                    value,
                    gender=raw["gender"],
                    **numbers,
                    **counts,
                    source="Källa: Kolada",
                    comparison_is_simulated=raw["comparison_is_simulated"] == "1",
                    lineage_id="kolada:K1",
                )
            )
    return _with_change(rows)


def _staff_rows(described: dict[str, dict[str, str]]) -> list[tuple[str, dict[str, object]]]:
    def row(indicator_id: str, year: int, value: float, n: int, **rest: object) -> tuple[str, dict[str, object]]:
        return _row(
            described[indicator_id],
            indicator_id,
            year,
            value,
            n=n,
            source="Egen bearbetning av data från HR-systemet",
            lineage_id=f"hr:{MUNICIPALITY_ID}:{year}-01-01:{year}-12-31",
            **rest,
        )

    rows = []
    for indicator_id, breakdown, gender, before, after, n in STAFF:
        rows += [
            row(indicator_id, year, value, n, breakdown=breakdown, gender=gender)
            for year, value in ((2023, before), (2024, after))
        ]
    for indicator_id, group, values, persons in BY_OCCUPATION:
        years = zip((2022, 2023, 2024), values, persons, strict=True)
        # ten employees are too few for a figure of sick leave: the mart leaves the value out and says so
        for year, value, n in years:
            hidden = n <= 10 and indicator_id.startswith("sick")
            rows.append(row(indicator_id, year, value, n, staff_group=group, is_suppressed=hidden))
            if hidden:
                rows[-1][1]["value"] = None
    for indicator_id, values in SHARES:
        rows += [row(indicator_id, year, value, 500) for year, value in zip((2022, 2023, 2024), values, strict=True)]
    return _with_change(rows)


def _care_rows(described: dict[str, dict[str, str]]) -> list[tuple[str, dict[str, object]]]:
    """Primary care of the region's members, and the quarters of the pulse survey."""
    rows = []
    for (indicator_id, year), values in zip(
        PRIMARY_CARE, zip(*(values for _, _, values in MEMBERS), strict=True), strict=True
    ):
        present = [value for value in values if value is not None]
        for (member_id, member, _), value in zip(MEMBERS, values, strict=True):
            if value is not None:
                rows.append(
                    _row(
                        described[indicator_id],
                        indicator_id,
                        year,
                        value,
                        municipality_id=member_id,
                        municipality=member,
                        n=100,
                        region_mean=sum(present) / len(present),
                        region_count=len(present),
                        source="Källa: regionens sammanställning",
                        lineage_id=f"region:{year}",
                    )
                )
    for specialisation, value in NURSES:
        split = {
            "breakdown": f"specialisation={specialisation}",
            "source": "Källa: regionens sammanställning",
            "lineage_id": "region:2024",
        }
        rows.append(_row(described["kpv_nurses_specialist_share"], "kpv_nurses_specialist_share", YEAR, value, **split))
    rows = _with_change(rows)
    for unit, year, quarter, value in PULSE:
        first, last = (
            date(year, 3 * quarter - 2, 1),
            date(year, 12, 31) if quarter == 4 else date(year, 3 * quarter, 30),
        )
        dated = {"period_start": first, "period_end": last, "period_grain": "quarter", "org_unit": unit, "n": 200}
        source = {"source": "Egen bearbetning av data från pulsmätningen", "lineage_id": f"survey:{year}"}
        rows.append(
            _row(described["pulse_mean_all_questions"], "pulse_mean_all_questions", year, value, **dated, **source)
        )
    return rows


def _loads(con: duckdb.DuckDBPyConnection, with_staff_and_ledger: bool) -> None:
    def load(load_id: str, source: str, table: str, period: str, through: date | None, simulated: bool = False) -> None:
        moment = datetime(2025, 2, 4, 6, 0)
        con.execute(
            "insert into meta.loads values (?,?,?,?,?,'h',?,null,1,100,0,?,?,?,?)",
            [
                load_id,
                "all" if source == "kolada" else MUNICIPALITY_ID,
                source,
                table,
                period,
                f"{load_id}.csv",
                simulated,
                through,
                moment,
                moment,
            ],
        )

    load("K1", "kolada", "data", "all", None)
    con.execute("insert into meta.figure_loads values ('kolada:K1', 'K1')")
    if not with_staff_and_ledger:
        return
    for year in (2022, 2023, 2024):
        for month in range(1, 13):
            for table in ("employments", "absences", "time_records"):
                load_id = f"{table[:3].upper()}{year}{month:02d}"
                load(load_id, "hr", table, f"{year}-{month:02d}", date(year, month, 28))
                con.execute(
                    "insert into meta.figure_loads values (?,?)",
                    [f"hr:{MUNICIPALITY_ID}:{year}-01-01:{year}-12-31", load_id],
                )
    for month in range(1, 14):
        load(f"T2024{month:02d}", "ledger", "transactions", f"2024-{month:02d}", date(2024, min(month, 12), 28))
        con.execute(
            "insert into meta.figure_loads values (?,?)", [f"ledger:{MUNICIPALITY_ID}:{YEAR}", f"T2024{month:02d}"]
        )
