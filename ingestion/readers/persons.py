"""The persons of a delivery: numbers become pseudonyms, and who has been erased is left out.

Belongs here: reading the column of numbers, the century that ten digits lack, rows and numbers that have been erased.
Does not belong here: how a number is read and hashed, who has been erased (`ingestion.privacy`). Rules R123 and R124
are raised here.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd

from ingestion.configuration.municipality import Municipality
from ingestion.contracts import Column, Kind, Table
from ingestion.findings import DeliveryRejected, Finding
from ingestion.periods import Period
from ingestion.privacy.personnummer import Reading, read_number
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.privacy.tombstones import is_of_another, left_out_by
from ingestion.readers import cell_sql
from ingestion.readers.files import NAMED_ROWS, RawDelivery
from ingestion.sql import literal


def with_persons(
    raw: RawDelivery, table: Table, municipality: Municipality, pseudonymiser: Pseudonymiser
) -> RawDelivery:
    """The delivery without who has been erased, its persons registered beside it.

    Relation `persons` (delivered, person_id, gender, birth_month) holds every number that is one, where the table has
    a column of them. Raises DeliveryRejected (R124).
    """
    left_out: dict[str, list[str]] = {}
    for column in table.columns:
        if column.kind is Kind.PERSON:
            left_out[column.name], guessed = _register_persons(raw, table, column, pseudonymiser)
            raw = replace(raw, notes=(*raw.notes, *guessed))
    if pseudonymiser.erased is not None and pseudonymiser.erased.digests:
        for name in left_out_by(table):
            cell = cell_sql.of(raw, table.column(name))
            values = [
                str(row[0]) for row in raw.query(f"select distinct {cell} from {raw.relation} where {cell} is not null")
            ]
            left_out[name] = pseudonymiser.erased.holds(table, name, municipality.id, values)
    return _without_erased(raw, table, {name: values for name, values in left_out.items() if values})


def read_on(raw: RawDelivery, table: Table) -> date:
    """The day by which ten digits are read: the last one of the period that the first row says, today if that has not
    passed.
    """
    period = table.column(table.period_column or "period")
    first = raw.query(f"select {cell_sql.typed(period, raw.columns[period.header])} from {raw.relation} limit 1")
    today = datetime.now(UTC).date()
    return min(Period.parse(str(first[0][0])).last_day, today) if first and first[0][0] is not None else today


def _register_persons(
    raw: RawDelivery, table: Table, column: Column, pseudonymiser: Pseudonymiser
) -> tuple[list[str], tuple[Finding, ...]]:
    """Register relation `persons` (delivered, person_id, gender, birth_month) for the person column of the file.

    Gives those of the delivered numbers whose person has been erased, and what is worth seeing of numbers without
    century.
    """
    cell = cell_sql.of(raw, column)
    numbers = [
        str(row[0]) for row in raw.query(f"select distinct {cell} as n from {raw.relation} where {cell} is not null")
    ]
    on, today = read_on(raw, table), datetime.now(UTC).date()
    readings = {number: read_number(number, on, today) for number in numbers}
    known = [(number, person) for number, reading in readings.items() if (person := pseudonymiser.person_of(reading))]
    tombstones = pseudonymiser.erased
    erased = {
        number
        for number, _ in known
        if tombstones is not None and tombstones.holds_person(readings[number].number or "")
    }
    frame = pd.DataFrame(
        {
            "delivered": pd.Series([number for number, _ in known], dtype="str"),
            "person_id": pd.Series([person.person_id for _, person in known], dtype="str"),
            "gender": pd.Series([person.gender for _, person in known], dtype="str"),
            "birth_month": pd.Series([person.birth_month.isoformat() for _, person in known], dtype="str"),
        }
    )
    raw.con.register("person_frame", frame)
    raw.con.execute(
        "create or replace temp table persons as "
        "select delivered, person_id, gender, cast(birth_month as date) as birth_month from person_frame"
    )
    raw.con.unregister("person_frame")
    if pseudonymiser.key_map is not None:
        remembered = [(number, person) for number, person in known if number not in erased]
        pseudonymiser.key_map.remember(
            (readings[number].number or "", person.person_id) for number, person in remembered
        )
    young = {number: reading for number, reading in readings.items() if reading.is_young}
    return sorted(erased), _centuries(raw, table, column, young, on) if young else ()


def _centuries(
    raw: RawDelivery, table: Table, column: Column, young: Mapping[str, Reading], on: date
) -> tuple[Finding, ...]:
    """Numbers without century that say a child, where a hundred years older may be meant: people of a hundred have a
    plus sign, or should.

    Where nobody is so young (an employee, home care), the century is lost: DeliveryRejected (R124). Where children are
    (LSS), they are read as such, with a warning (R124), unless a minus sign says so.
    """
    cell = cell_sql.of(raw, column)
    minors = "true" if table.youngest is None else "false"
    if table.minors:
        name, values = table.minors
        minors = f"coalesce({cell_sql.of(raw, table.column(name))} in ({', '.join(literal(value) for value in values)}), false)"
    found = raw.query(
        f"select {cell}, {minors}, min(source_row), count(*) from {raw.relation} where {cell} is not null group by 1, 2"
    )
    rows = sorted((row, number, may_be, count) for number, may_be, row, count in found if number in young)
    youngest = table.youngest or 0
    too_young = [
        (row, count)
        for row, number, may_be, count in rows
        if not may_be and on.year - _born(young[number]).year < youngest
    ]
    if too_young:
        what, expected = (
            "ten digits of a child, or of somebody a hundred years older",
            f"the century (twelve digits), or a plus sign for who has turned a hundred; nobody under {youngest} is expected here",
        )
        advice = "Export the number with twelve digits (19230101-0000): without them nobody can tell which of the two is meant."
        raise DeliveryRejected(
            Finding("R124", "error", raw.path.name, what, expected, advice, row, column.header, count)
            for row, count in too_young[:NAMED_ROWS]
        )
    unsure = [(row, count) for row, number, may_be, count in rows if may_be and not young[number].has_sign]
    if not unsure:
        return ()
    return (
        Finding(
            "R124",
            "warning",
            raw.path.name,
            "ten digits without sign of children, or of people a hundred years older",
            "the century (twelve digits), or a sign",
            "They were read as children. Export the number with twelve digits.",
            unsure[0][0],
            column.header,
            sum(count for _, count in unsure),
        ),
    )


def _born(reading: Reading) -> date:
    return reading.birth_month or date.max


def _without_erased(raw: RawDelivery, table: Table, left_out: Mapping[str, list[str]]) -> RawDelivery:
    """The delivery without the rows (and numbers) that have been erased, and a warning that they were delivered again
    (R123).
    """
    if not left_out:
        return raw
    gone, kept, among = ["false"], [], []
    for name, values in left_out.items():
        position = raw.columns[table.column(name).header]
        found = f"{cell_sql.of(raw, table.column(name))} in ({', '.join(literal(value) for value in values)})"
        among.append(found)
        if is_of_another(table, name):
            kept.append(
                f"case when {found} then {literal(f'erased-{secrets.token_hex(4)}')} else {position} end as {position}"
            )
        else:
            gone.append(found)
    [(rows,)] = raw.query(f"select count(*) from {raw.relation} where {' or '.join(among)}")
    columns = f"* replace ({', '.join(kept)})" if kept else "*"
    note = Finding(
        "R123",
        "warning",
        raw.path.name,
        f"{rows} rows of people who have been erased",
        "no rows of them",
        "They were left out. Erase them in the source system too; if the board has decided that they may come back, lift the erasure.",
    )
    relation = f"(select {columns} from {raw.relation} where ({' or '.join(gone)}) is not true)"
    return replace(raw, relation=relation, notes=(*raw.notes, note))
