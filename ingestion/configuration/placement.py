"""A configuration held against the loads in force and Kolada's catalogue, before anything is built of them (rules
C401-C503).

Belongs here: rows in force that name what the configuration does not have, and ids of Kolada that its catalogue does
not have. Does not
belong here: rows at the gate (`expectations`: a row that names an unknown department is rejected there, so one in force
was accepted under another configuration), and what only later data can show (`ingestion.monitoring.concerns`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestion.configuration.folder import FILE
from ingestion.configuration.lines import YamlFile, read_yaml
from ingestion.configuration.mistakes import PATH, Mistake, nearest, one_of
from ingestion.configuration.municipality import Municipality
from ingestion.contracts import DELIVERED_SOURCES

if TYPE_CHECKING:
    import duckdb

NAMED_FILES = 3
SIMILAR = "Liknande kommuner"
"""How Kolada's titles of similar groups begin."""


@dataclass(frozen=True)
class Reference:
    """A column of a table by which rows find their place. key: of the configuration, where the place is declared.
    known: its ids there.

    table: as 'hr.employments'. person, amount: columns to count and to add up.
    """

    table: str
    column: str
    key: str
    known: Callable[[Municipality], Collection[str]]
    person: str | None = None
    amount: str | None = None


def _departments(of: Municipality) -> list[str]:
    return [department.id for department in of.departments]


def _units(of: Municipality) -> list[str]:
    return sorted(of.unit_ids)


def _areas(of: Municipality) -> list[str]:
    return [*_departments(of), *_units(of)]


def _plain_lines(of: Municipality) -> list[str]:
    return [line.id for line in of.operating_statement if not line.sum_of]


REFERENCES = (
    Reference("ledger.forecast", "department", "departments", _departments, amount="amount"),
    Reference("ledger.forecast", "line_id", "operating_statement", _plain_lines, amount="amount"),
    Reference("hr.employments", "department", "departments", _departments, person="person_id"),
    Reference("hr.employments", "unit", "departments", _units, person="person_id"),
    Reference("work_environment.reports", "department", "departments", _departments),
    Reference("work_environment.reports", "unit", "departments", _units),
    Reference("survey.pulse", "department", "departments", _departments),
    Reference("survey.pulse", "unit", "departments", _units),
    Reference("goals.indicators", "org_unit", "departments", _areas),
)
"""Every column whose unknown ids the gate rejects. Units of care, of places, of measurements and of users' surveys are
not among them: the gate accepts unknown ones with a warning, as they count in the whole, and the daily check lists
them.
"""


def judge_placement(
    con: duckdb.DuckDBPyConnection,
    municipalities: Mapping[str, Municipality],
    mapped_before: Collection[tuple[str, str]] = (),
) -> list[Mistake]:
    """What the configuration has no place for. con: with the schema `lake`, as `Lake.attach` makes it. mapped_before:
    municipalities and accounts that have a line in the publication.
    """
    files = {name: read_yaml(municipality.folder / FILE) for name, municipality in municipalities.items()}
    found = _without_folder(con, municipalities)
    found += [mistake for of in REFERENCES for mistake in _unplaced(con, municipalities, files, of)]
    found += _left_the_lines(con, municipalities, files, mapped_before)
    return [*_unknown_to_kolada(con, municipalities, files), *found]


def _without_folder(con: duckdb.DuckDBPyConnection, municipalities: Mapping[str, Municipality]) -> list[Mistake]:
    """Municipalities whose deliveries are in force, and that no folder configures."""
    root = next((str(one.folder.parent) for one in municipalities.values()), "municipalities")
    rows = con.execute(
        "select municipality_id, count(*), min(period), max(period), list(distinct source order by source) from lake.loads "
        "where municipality_id is not null and list_contains(?, source) group by 1 order by 1",
        [list(DELIVERED_SOURCES)],
    ).fetchall()
    return [
        Mistake(
            "C503",
            root,
            f"{count} loads of {municipality_id} ({', '.join(sources)}; {first} to {last})",
            f"{municipality_id}-<name>/{FILE}",
        )
        for municipality_id, count, first, last, sources in rows
        if municipality_id not in municipalities
    ]


def _unplaced(
    con: duckdb.DuckDBPyConnection,
    municipalities: Mapping[str, Municipality],
    files: Mapping[str, YamlFile],
    of: Reference,
) -> list[Mistake]:
    persons = f"count(distinct {of.person})" if of.person else "0"
    # signed as in bookkeeping there, and here as in the marts; of the newest period, as forecasts of several months are
    # no sum
    amount = f"sum(-{of.amount}) filter (where loaded = newest)" if of.amount else "null"
    rows = con.execute(
        f"""
        with named as (
            select r.*, l.period as loaded, l.file, max(l.period) over (partition by r.municipality_id, r.{of.column}) as newest
            from lake.{of.table.replace(".", "_")} as r left join lake.loads as l on r.load_id = l.load_id
            where r.{of.column} is not null
        )
        select municipality_id, {of.column}, count(*), {persons}, {amount}, min(loaded), max(newest), count(distinct load_id),
            list(distinct file order by file)
        from named group by municipality_id, {of.column} order by municipality_id, {of.column}
        """
    ).fetchall()
    found = []
    for municipality_id, name, count, people, kronor, first, last, loads, names in rows:
        municipality = municipalities.get(municipality_id)
        if municipality is None or name in (known := of.known(municipality)):
            continue
        held = f"{count} rows" + (f" on {people} persons" if of.person else "")
        held += f" ({kronor:,.2f} kronor in {last})".replace(",", " ") if kronor is not None else ""
        when = first if first == last else f"{first} to {last}"
        said = f"{held} of {of.table} that name {of.column} '{name}' ({_files(names, loads)}; {when})"
        where = files[municipality_id]
        found.append(where.mistake("C501", (of.key,), said, one_of(list(known), of.key), nearest(name, known)))
    return found


def _files(names: list[str] | None, loads: int) -> str:
    listed = [name for name in names or () if name][:NAMED_FILES]
    more = loads - len(listed)
    return ", ".join(listed) + (f" and {more} more" if listed and more > 0 else "") if listed else f"{loads} loads"


def _left_the_lines(
    con: duckdb.DuckDBPyConnection,
    municipalities: Mapping[str, Municipality],
    files: Mapping[str, YamlFile],
    mapped_before: Collection[tuple[str, str]],
) -> list[Mistake]:
    """Accounts with amounts in force that had a line in the publication, and have none: nobody can mean to take that
    away.
    """
    found = []
    for municipality_id, account, count, amount in unmapped_accounts(con, municipalities):
        if (municipality_id, account) in mapped_before:
            kronor = f"{amount:,.2f}".replace(",", " ")
            said = f"{count} rows of {kronor} kronor on account {account}, which no interval takes"
            found.append(
                files[municipality_id].mistake(
                    "C502", ("accounts",), said, "the account within an interval, as in the publication"
                )
            )
    return found


def unmapped_accounts(
    con: duckdb.DuckDBPyConnection, municipalities: Mapping[str, Municipality]
) -> list[tuple[str, str, int, float]]:
    """Accounts of transactions and budget that no interval takes: municipality, account, rows, amount (income positive,
    cost negative).
    """
    rows = con.execute(
        """
        select municipality_id, account, count(*), sum(-amount) from (
            select municipality_id, account, amount from lake.ledger_transactions
            union all
            select municipality_id, account, amount from lake.ledger_budget
        ) where left(account, 1) not in ('1', '2') group by all order by all
        """
    ).fetchall()
    return [row for row in rows if row[0] in municipalities and not has_line(row[1], municipalities[row[0]])]


def has_line(account: str, municipality: Municipality) -> bool:
    """Whether an interval takes the account, as dbt's int_ledger__account maps them."""
    code = account.ljust(5, "0")
    return any(
        interval.first.ljust(5, "0") <= code <= interval.last.ljust(5, "9") for interval in municipality.accounts
    )


def unknown_cost_centres(
    con: duckdb.DuckDBPyConnection, municipalities: Mapping[str, Municipality]
) -> list[tuple[str, str, int, float]]:
    """Cost centres of transactions and budget that no department has: municipality, cost centre, rows, amount (income
    positive).
    """
    rows = con.execute(
        """
        select municipality_id, cost_centre, count(*), sum(-amount) from (
            select municipality_id, cost_centre, account, amount from lake.ledger_transactions
            union all
            select municipality_id, cost_centre, account, amount from lake.ledger_budget
        ) where left(account, 1) not in ('1', '2') and cost_centre is not null group by all order by all
        """
    ).fetchall()
    return [row for row in rows if row[0] in municipalities and not has_department(row[1], municipalities[row[0]])]


def has_department(cost_centre: str, municipality: Municipality) -> bool:
    """Whether a department has the cost centre."""
    intervals = (interval for department in municipality.departments for interval in department.cost_centres)
    return any(len(cost_centre) == len(first) and first <= cost_centre <= last for first, last in intervals)


def _unknown_to_kolada(
    con: duckdb.DuckDBPyConnection, municipalities: Mapping[str, Municipality], files: Mapping[str, YamlFile]
) -> list[Mistake]:
    """What Kolada's catalogue does not have; nothing before it was fetched."""
    titles = dict(
        con.execute("select municipality_id, title from lake.kolada_municipality where type = 'K'").fetchall()
    )
    members: dict[str, set[str]] = {}
    called: dict[str, str] = {}
    sql = "select group_id, group_title, member_id from lake.kolada_municipality_groups"
    for group_id, title, member_id in con.execute(sql).fetchall():
        members.setdefault(group_id, set()).add(member_id)
        called[group_id] = title or ""
    found = []
    for one in municipalities.values():
        file = files[one.id]
        named = next((code for code, title in titles.items() if title == one.name), one.id)
        if titles and (one.id not in titles or named != one.id):
            expected = (
                f"the id of '{one.name}' in Kolada's catalogue" if named != one.id else "an id of Kolada's catalogue"
            )
            found.append(
                file.mistake(
                    "C401", ("id",), f"'{one.id}'", expected, named if named != one.id else nearest(one.id, titles)
                )
            )
        elif titles and titles[one.id] != one.name:
            found.append(
                file.mistake("C401", ("name",), f"'{one.name}'", "the name in Kolada's catalogue", titles[one.id])
            )
        if not members:
            continue
        groups: dict[PATH, str] = {
            ("comparison_groups", "similar", kind, "group_id"): g.group_id
            for kind, g in one.comparison_groups.similar.items()
        }
        if (region := one.comparison_groups.region) is not None:
            groups[("comparison_groups", "region", "group_id")] = region.group_id
        for where, group_id in groups.items():
            if group_id not in members:
                near = nearest(group_id, members)
                found.append(
                    file.mistake(
                        "C402", where, f"'{group_id}'", f"one of the {len(members)} groups of Kolada's catalogue", near
                    )
                )
            elif where[1] == "region" and one.id not in members[group_id]:
                own = [name for name in members if one.id in members[name]]
                found.append(
                    file.mistake(
                        "C403", where, f"'{group_id}', without {one.id}", one_of(own, "the groups that hold it")
                    )
                )
            elif (
                where[1] == "similar"
                and called[group_id].startswith(SIMILAR)
                and not is_similar_group(called[group_id], one.name, where[2])
            ):
                meant = next(
                    (name for name, title in called.items() if is_similar_group(title, one.name, where[2])), None
                )
                found.append(
                    file.mistake(
                        "C404",
                        where,
                        f"'{group_id}', {called[group_id]}",
                        f"the group of {one.name}, {where[2]}",
                        meant,
                    )
                )
    return found


def is_similar_group(title: str, municipality: str, kind: object) -> bool:
    """Whether Kolada's title ('Liknande kommuner äldreomsorg, Kommunstad, 2024') is of the municipality's similar group of
    the kind.
    """
    return (
        title.startswith(SIMILAR) and f", {municipality}," in f"{title}," and f" {kind}".casefold() in title.casefold()
    )
