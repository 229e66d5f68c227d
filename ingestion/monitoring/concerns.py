"""What stands unmended among deliveries and loads: late, missing, rejected, damaged, or gone without a word.

Belongs here: concerns that the lake, the rejections and the configuration tell. Does not belong here: runs and
publications (`orchestration.concerns`), and telling anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingestion.configuration.mistakes import MOST_LISTED
from ingestion.configuration.municipality import Municipality
from ingestion.configuration.placement import unknown_cost_centres, unmapped_accounts
from ingestion.contracts import SOURCES, tables
from ingestion.contracts.kolada import WITHDRAWN
from ingestion.findings import Finding
from ingestion.lake import WHOLE, Lake, LakeDamaged, Load, Rejected, Rejection, select_lake
from ingestion.monitoring.calendar import DAYS_TO_DELIVER, DAYS_TO_DELIVER_YEAR, delivery_calendar, late_years
from ingestion.periods import Period
from ingestion.privacy.file_names import presentable
from ingestion.sql import read_parquet

PLACES = ("department", "unit", "org_unit")
"""Columns that name a department or unit of the configuration."""

PLACE_ADVICE = {
    "accounts": "Add them to the intervals of accounts in the municipality's configuration.",
    "cost centres": "Add them to a department's intervals in the municipality's configuration.",
    "unknown units": "Add them to the municipality's configuration, or have the ids corrected where they are delivered.",
    "units": "Correct their ids in the municipality's configuration, or take them out.",
}


@dataclass(frozen=True)
class Concern:
    """One thing that stands until it is mended. Nothing personal, and no file's name: those are people's.

    key: the same for as long as it is the same concern. kind: in one word. what: for people. since: ISO date, or moment
    (UTC). advice: what to do. finding: the first one, of a rejected delivery; it names the file, so it is for who may
    see deliveries, and is not sent.
    """

    key: str
    kind: str
    what: str
    since: str
    advice: str
    finding: Finding | None = None


def concerns_of_loads(
    lake: Lake, rejected: Rejected, municipalities: Mapping[str, Municipality], today: date | None
) -> list[Concern]:
    """Every concern about deliveries and loads, worst first. today: as in `delivery_calendar` (None: a demonstration)."""
    try:
        loads, in_force = lake.loads(), lake.in_force()
        unresolved = rejected.unresolved(lake)
    except (LakeDamaged, ValueError) as error:
        # Without the ledger nothing else can be told.
        advice = "Restore what is damaged from backup. Nothing else of the deliveries can be told before."
        return [
            Concern(
                "damaged/ledger", "damaged", f"the ledger of loads cannot be read ({type(error).__name__})", "", advice
            )
        ]
    return [
        *_damaged(loads),
        *_rejected(unresolved),
        *_overdue(in_force, unresolved, municipalities, today),
        *_unexpected(in_force, municipalities),
        *_keys(in_force),
        *_withdrawn(in_force),
        *_misplaced(in_force, municipalities, today),
    ]


def _damaged(loads: Iterable[Load]) -> list[Concern]:
    found = []
    for load in loads:
        try:
            load.verify()
        except LakeDamaged:
            what = f"load {load.load_id} of {_named(load.source, load.table, load.municipality_id, load.period)} is missing or damaged"
            advice = "Restore its folder from backup, or remove the folder and deliver the period again."
            found.append(Concern(f"damaged/{load.load_id}", "damaged", what, "", advice))
    return found


def _rejected(unresolved: Iterable[Rejection]) -> list[Concern]:
    found = []
    for rejection in unresolved:
        rules = ", ".join(sorted({finding.rule for finding in rejection.findings if finding.severity == "error"}))
        delivery = _named(rejection.source, rejection.table, rejection.municipality_id, rejection.period)
        what = f"a delivery of {delivery} was rejected ({rules})"
        advice = "Read the findings on its page or check, have the file mended, and deliver it again."
        if rejection.source == "kolada":
            advice = "Read the findings on the check, mend the cause, and run the job refresh."
        first = next((finding for finding in rejection.findings if finding.severity == "error"), None)
        shown = first and replace(first, file=presentable(first.file, ""))
        found.append(
            Concern(f"rejected/{rejection.rejection_id}", "rejected", what, rejection.rejected_at[:10], advice, shown)
        )
    return found


def _overdue(
    in_force: list[Load], unresolved: list[Rejection], municipalities: Mapping[str, Municipality], today: date | None
) -> list[Concern]:
    """One concern per municipality, table and kind, however many months it is: a file that never came is told once, not
    monthly anew.
    """
    declare = "Have it delivered; if it will come no more, declare it under removed_sources in the municipality's configuration."
    found: dict[str, Concern] = {}
    for source in SOURCES:
        loads = [load for load in in_force if load.source == source]
        rejections = [rejection for rejection in unresolved if rejection.source == source]
        overdue: dict[tuple[str, str, str], list[str]] = {}
        for month in delivery_calendar(tables(source), loads, rejections, today, municipalities):
            for name, state in month.states.items():
                if state in ("late", "missing"):
                    overdue.setdefault((state, month.municipality_id, name), []).insert(0, month.period)
        for (kind, municipality_id, name), periods in sorted(overdue.items()):
            what = f"{_named(source, name, municipality_id, None)}: {_listed(periods)}"
            key = f"{kind}/{municipality_id}/{source}.{name}"
            found[key] = Concern(key, kind, what, _promised(periods[0]), declare)
        if today is None:
            continue
        for municipality_id, of, year in late_years(tables(source), loads, today, municipalities):
            key = f"late/{municipality_id}/{source}.{of.name}"
            since = (date(int(year), 12, 31) + timedelta(days=DAYS_TO_DELIVER_YEAR)).isoformat()
            found[key] = Concern(key, "late", f"{_named(source, of.name, municipality_id, year)}", since, declare)
    return list(found.values())


def _unexpected(in_force: Iterable[Load], municipalities: Mapping[str, Municipality]) -> list[Concern]:
    """Loads of a municipality without configuration, and of a table after it was declared removed."""
    found: dict[str, Concern] = {}
    by_table = {(of.source, of.name): of for of in tables()}
    for load in in_force:
        if load.municipality_id == WHOLE:
            continue
        municipality = municipalities.get(load.municipality_id)
        if municipality is None:
            key = f"removed/{load.municipality_id}"
            what = f"municipality {load.municipality_id} has loads in force and no folder in municipalities/"
            advice = (
                "Put its folder back; or, if it has left, remove its folders from the lake by decision on retention."
            )
        else:
            if not municipality.is_removed(by_table[load.source, load.table], load.period):
                continue
            key = f"removed/{load.municipality_id}/{load.source}.{load.table}"
            what = f"{_named(load.source, load.table, load.municipality_id, load.period)} is in force, and declared not to come"
            advice = "Correct removed_sources in the municipality's configuration: the source delivers."
        found.setdefault(key, Concern(key, "removed", what, load.accepted_at[:10], advice))
    return list(found.values())


def _keys(in_force: Iterable[Load]) -> list[Concern]:
    keys: dict[str, str] = {}
    for load in in_force:
        if load.key_id is not None:
            keys[load.key_id] = min(load.accepted_at, keys.get(load.key_id, load.accepted_at))
    if len(keys) < 2:
        return []
    what = f"loads in force have pseudonyms of {len(keys)} keys: the same person has several pseudonyms"
    return [
        Concern(
            "keys",
            "keys",
            what,
            max(keys.values())[:10],
            "Restore the deployment's key, and deliver again what came under another.",
        )
    ]


def _withdrawn(in_force: Iterable[Load]) -> list[Concern]:
    """Followed indicators that Kolada no longer has, until they are back or followed no more."""
    import duckdb

    found = []
    for load in in_force:
        if (load.source, load.table) != (WITHDRAWN.source, WITHDRAWN.name):
            continue
        gone = f"select kpi_id, withdrawn_on from {read_parquet(load.parquet)}"
        try:
            rows = duckdb.execute(f"{gone} where withdrawn_until is null order by all").fetchall()
        except duckdb.Error:  # the file is damaged: that stands already
            continue
        for kpi, since in rows:
            what = f"Kolada no longer has the indicator {kpi}, which is followed: its figures end, those that were fetched stay"
            advice = "Decide whether another indicator replaces it, and change the list of followed indicators. If it comes back, nothing."
            found.append(Concern(f"withdrawn/{kpi}", "withdrawn", what, since.isoformat(), advice))
    return found


def _misplaced(
    in_force: Iterable[Load], municipalities: Mapping[str, Municipality], today: date | None
) -> list[Concern]:
    """What the configuration has no own place for, or that nothing was ever delivered for: only later data could show
    it, and it vanishes from no total. today: None for a demonstration, whose configuration may speak of more than its
    bundle holds.
    """
    import duckdb

    named: dict[str, set[str]] = {}
    loads = list(in_force)
    try:
        with duckdb.connect() as con:
            con.execute("create schema lake")
            for of in tables():
                files = [load.parquet for load in loads if (load.source, load.table) == (of.source, of.name)]
                con.execute(f"create view lake.{of.full_name} as {select_lake(of, files)}")
                for column in (column.name for column in of.columns if column.name in PLACES and files):
                    sql = f"select distinct municipality_id, {column} from lake.{of.full_name} where {column} is not null order by all"
                    for municipality_id, place in con.execute(sql).fetchall():
                        named.setdefault(municipality_id, set()).add(place)
            # what was booked and booked back takes nothing from any sum
            accounts = [row for row in unmapped_accounts(con, municipalities) if row[3]]
            centres = unknown_cost_centres(con, municipalities)
    except duckdb.Error:
        # a file that cannot be read stands already, as damaged
        return []
    # before a year of staff was delivered, a unit may yet come
    months = Counter(load.municipality_id for load in loads if (load.source, load.table) == ("hr", "employments"))
    found = []
    for name, municipality in municipalities.items():
        known = {*municipality.unit_ids, *(department.id for department in municipality.departments)}
        said = named.get(name, set())
        useless = sorted(unit.id for unit in municipality.units if unit.id not in said and not unit.cost_centres)
        told = (
            (
                "accounts",
                [row[1] for row in accounts if row[0] == name],
                "accounts are on no line of the operating statement, in no sum",
            ),
            ("cost centres", [row[1] for row in centres if row[0] == name], "cost centres are in no department"),
            (
                "unknown units",
                sorted(said - known),
                "units that deliveries name are not configured: they count in the whole only",
            ),
            (
                "units",
                useless if today is not None and months.get(name, 0) >= 12 else [],
                "units are configured, and no delivery has ever named them",
            ),
        )
        for kind, codes, what in told:
            if codes:
                listed = ", ".join(codes[:MOST_LISTED]) + (" …" if len(codes) > MOST_LISTED else "")
                key = f"configuration/{name}/{kind.replace(' ', '_')}"
                found.append(
                    Concern(key, "configuration", f"{name}: {len(codes)} {what}: {listed}", "", PLACE_ADVICE[kind])
                )
    return found


def _named(source: str, table: str | None, municipality_id: str | None, period: str | None) -> str:
    parts = (f"{source}.{table}" if table else source, municipality_id, period)
    return ", ".join(part for part in parts if part and part != WHOLE)


def _listed(periods: list[str]) -> str:
    return ", ".join(periods) if len(periods) <= 3 else f"{periods[0]} to {periods[-1]}, {len(periods)} months"


def _promised(period: str) -> str:
    """The day by which a month's delivery was promised: '2024-03' -> '2024-04-10'."""
    return (Period.parse(period).last_day + timedelta(days=DAYS_TO_DELIVER)).isoformat()
