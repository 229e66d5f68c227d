"""From a delivered file to candidates: typed, pseudonymised Parquet that waits for judgement.

Belongs here: the order of reading (header, `RawDelivery`, persons, `TypedRows`, candidate), telling municipality and
period from the contents, splitting a year-to-date SIE file by month, and a file of several periods where a mapping says
that it is one.
Does not belong here: file formats (`files`), which table it is (`recognition`), persons (`persons`), typing
(`typed_rows`), rules that need more than one row or other data (`expectations`).

Rules R120-R122 are raised here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ingestion.configuration.mapping import TableMapping
from ingestion.configuration.municipality import Municipality
from ingestion.contracts import Kind, Table
from ingestion.findings import DeliveryRejected, Finding, quote
from ingestion.in_memory import in_memory
from ingestion.lake import BOOKKEEPING, Candidate, Lake
from ingestion.periods import Period
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.readers import files
from ingestion.readers.files import RawDelivery
from ingestion.readers.mapping import layout_of, mapped, mappings_of, needed_headers
from ingestion.readers.persons import with_persons
from ingestion.readers.recognition import check_headers, first_look, recognise
from ingestion.readers.typed_rows import TypedRows, besides, type_rows
from ingestion.sql import content_hash, literal, quoted, read_parquet


def read_delivery(
    path: Path, source: str, municipality: Municipality, lake: Lake, pseudonymiser: Pseudonymiser
) -> list[Candidate]:
    """Read one delivered file into candidates in `lake`'s incoming folder: one, or one a month of a SIE file; of a file
    that mappings read, one for each table and period.

    Raises DeliveryRejected with every finding that reading can make; nothing is left behind then.
    """
    if files.sniff(path) == "sie":
        return _read_sie(path, source, municipality, lake)
    if mappings := mappings_of(path, source, municipality):
        return _all_or_none(lake, (_read_mapped(path, one, municipality, lake, pseudonymiser) for one in mappings))
    header, table = first_look(path, source)
    notes = check_headers(path, table, header.headers)
    wanted = {column.header for column in table.columns if column.kind is not Kind.DROPPED}
    with files.opened(path, header, wanted) as raw:  # what rewrites a RawDelivery does so before its persons are read
        raw = with_persons(  # noqa: PLW2901 - the same delivery, with pseudonyms
            replace(raw, notes=(*notes, *raw.notes)), table, municipality, pseudonymiser
        )
        return [_candidate(type_rows(raw, table, lake), municipality, pseudonymiser.key_id)]


def _read_mapped(
    path: Path, mapping: TableMapping, municipality: Municipality, lake: Lake, pseudonymiser: Pseudonymiser
) -> list[Candidate]:
    """The candidates of one table, by its mapping."""
    header = files.read_header(path, layout_of(mapping))
    with files.opened(path, header, needed_headers(mapping).keys()) as raw:
        return _of_mapping(mapped(raw, mapping, municipality), mapping, municipality, lake, pseudonymiser)


def _of_mapping(
    raw: RawDelivery, mapping: TableMapping, municipality: Municipality, lake: Lake, pseudonymiser: Pseudonymiser
) -> list[Candidate]:
    table = mapping.table
    rows = type_rows(with_persons(raw, table, municipality, pseudonymiser), table, lake)
    if not mapping.spec.several_periods:
        return [_candidate(rows, municipality, pseudonymiser.key_id)]
    parts = (_candidate(part, municipality, pseudonymiser.key_id) for part in _by_period(rows, lake))
    return _all_or_none(lake, ([part] for part in parts))


def _by_period(rows: TypedRows, lake: Lake) -> Iterator[TypedRows]:
    """The typed rows, each period by itself; rows without one stay together. What is told of the file comes with its
    last period.
    """
    con, period = rows.raw.con, quoted(rows.table.period_column or "period")
    found = con.execute(f"select distinct {period} from {read_parquet(rows.parquet)} order by 1").fetchall()
    try:
        for place, (value,) in enumerate(found):
            part = TypedRows(
                rows.raw if place == len(found) - 1 else replace(rows.raw, notes=()),
                rows.table,
                lake.new_candidate_dir(),
            )
            con.execute(
                f"copy (select * replace ({literal(part.folder.name)} as load_id) from {read_parquet(rows.parquet)} "
                f"where {period} is not distinct from {literal(value) if value is not None else 'null'}) "
                f"to {literal(part.parquet)} (format parquet, compression zstd)"
            )
            yield part
    finally:
        rows.discard()


def _all_or_none(lake: Lake, made: Iterable[list[Candidate]]) -> list[Candidate]:
    """Candidates of one file, made one after the other: if one cannot be, none is left behind."""
    candidates: list[Candidate] = []
    try:
        for one in made:
            candidates += one
    except BaseException:
        for candidate in candidates:
            lake.discard(candidate)
        raise
    return candidates


def _candidate(rows: TypedRows, municipality: Municipality, key_id: str | None) -> Candidate:
    """The candidate of typed rows; of rows that are none nothing is left behind. key_id: the pseudonyms' key, if any.

    Raises DeliveryRejected: no rows (R120), another municipality (R121), several periods (R122).
    """
    table, relation = rows.table, read_parquet(rows.parquet)
    try:
        count, period = _rows_and_period(rows, relation, municipality)
    except DeliveryRejected as rejection:
        rows.discard()
        if sums := besides(rows.raw, rejection.findings):
            raise DeliveryRejected(sums) from None
        raise
    content = [name for name, _ in table.lake_columns() if name not in BOOKKEEPING]
    return Candidate(
        load_id=rows.folder.name,
        table=table,
        municipality_id=municipality.id,
        period=period,
        file=rows.raw.path.name,
        format=rows.raw.header.format,
        path=rows.folder,
        rows=count,
        content_hash=content_hash(rows.raw.con, relation, content),
        data_through=Period.parse(period).last_day,
        key_id=key_id if "person_id" in content else None,
        received_at=datetime.now(UTC),
        notes=rows.raw.notes,
        mapping=dict(rows.raw.mapping) if rows.raw.mapping else None,
    )


def _rows_and_period(rows: TypedRows, relation: str, municipality: Municipality) -> tuple[int, str]:
    """How many rows, and the one period that all say."""
    table, path, con = rows.table, rows.raw.path, rows.raw.con
    period = quoted(table.period_column or "period")
    [(count, same, first)] = con.execute(
        "select count(*), count(municipality_id) = count(*) and min(municipality_id) = max(municipality_id) "
        f"and count({period}) = count(*) and min({period}) = max({period}) and min(municipality_id) = ?, min({period}) from {relation}",
        [municipality.id],
    ).fetchall()
    if count == 0:
        raise files.reject(
            path,
            "R120",
            "a header and no rows",
            "rows",
            "Deliver the extract again; a month without rows is not delivered.",
        )
    for column, rule, expected, advice in () if same else _one_in_all_rows(table, municipality):
        values = con.execute(
            f"select {quoted(column)}, min(source_row), count(*) from {relation} group by 1 order by 3 desc"
        ).fetchall()
        odd = [
            value
            for value in values
            if value[0] is None or (column == "municipality_id" and value[0] != municipality.id)
        ] or values[1:]
        if odd:
            header = table.column(column).header
            raise DeliveryRejected(
                Finding(rule, "error", path.name, _shown(value), expected, advice, row, header, several)
                for value, row, several in odd[: files.NAMED_ROWS]
            )
    return count, first


def _shown(value: str | None) -> str:
    """A municipality or a period as it may be told."""
    return "an empty cell" if value is None else quote(value, public=re.fullmatch(r"[\d-]{1,8}", value) is not None)


def _one_in_all_rows(table: Table, municipality: Municipality) -> tuple[tuple[str, str, str, str], ...]:
    """(lake column, rule, what is expected, advice) of the columns that hold one and the same value in every row of a
    file.
    """
    return (
        (
            "municipality_id",
            "R121",
            f"{municipality.id} in every row",
            "Put the file in the inbox of the municipality that it is of.",
        ),
        (
            table.period_column or "period",
            "R122",
            "one and the same period in every row",
            "Deliver one file for each period.",
        ),
    )


def _read_sie(path: Path, source: str, municipality: Municipality, lake: Lake) -> list[Candidate]:
    """The candidates of a SIE file: of its vouchers one a month; of its budget one, where a mapping reads it."""
    from ingestion.readers import sie_budget

    mapping = next(
        (one for one in municipality.mappings.values() if one.table.source == source and one.spec.record), None
    )
    holds = sie_budget.records(path) if mapping else frozenset()
    made = []
    if mapping is not None and sie_budget.BUDGET in holds:
        made.append(_read_budget(path, mapping, municipality, lake))
    if mapping is None or sie_budget.VOUCHER in holds or not made:
        made.append(_read_vouchers(path, source, municipality, lake))
    return _all_or_none(lake, made)


def _of_another(path: Path, organisation_number: str, municipality: Municipality) -> None:
    if organisation_number != municipality.organisation_number:
        raise files.reject(
            path,
            "R121",
            f"organisation number {quote(organisation_number, public=True)}",
            municipality.organisation_number
            or "the municipality's own number as organisation_number in municipality.yaml",
            "Put the file in the inbox of the municipality that it is of; a number that lacks is written in first.",
            None,
            "#ORGNR",
        )


def _read_budget(path: Path, mapping: TableMapping, municipality: Municipality, lake: Lake) -> list[Candidate]:
    from ingestion.readers.sie_budget import read_budget

    budget = read_budget(path, mapping.spec.dimensions)
    _of_another(path, budget.organisation_number, municipality)
    headers = tuple(name for name in budget.rows.columns if name != "source_row")
    with in_memory(files.threads(path)) as con:
        con.register("delivered", budget.rows)
        raw = RawDelivery(
            con, path, files.Header("sie", headers), "delivered", {name: quoted(name) for name in headers}
        )
        missing = [name for name in needed_headers(mapping) if name not in headers]
        if missing:
            advice = f"Write one of them in {needed_headers(mapping)[missing[0]]}."
            raise files.reject(path, "M101", f"no column '{missing[0]}'", f"one of {', '.join(headers)}", advice)
        raw = mapped(raw, mapping, municipality)
        return [_candidate(type_rows(raw, mapping.table, lake), municipality, None)]


def _read_vouchers(path: Path, source: str, municipality: Municipality, lake: Lake) -> list[Candidate]:
    """One candidate a month of a SIE 4 file; what is to be seen of the file as a whole comes with its last month."""
    from ingestion.readers.sie import read_sie  # with it comes pandas, which starting Dagster must not pay for

    table = recognise(path, source)
    sie = read_sie(path, municipality.sie_dimensions)
    _of_another(path, sie.organisation_number, municipality)
    rows = sie.rows.assign(kommun=municipality.id)
    headers = tuple(column.header for column in table.columns if column.kind is not Kind.DROPPED)
    last = rows["period"].max()

    def months() -> Iterator[list[Candidate]]:
        for period, month in rows.groupby("period", sort=True):
            frame = month[[*headers, "source_row"]]
            notes = sie.notes if period == last else ()
            with in_memory(files.threads(path)) as con:
                con.register("delivered", frame)
                columns = {name: quoted(name) for name in headers}
                raw = RawDelivery(con, path, files.Header("sie", headers), "delivered", columns, notes)
                yield [_candidate(type_rows(raw, table, lake), municipality, None)]

    return _all_or_none(lake, months())
