"""The register of personal data: every column that may leave ingestion, and of those on persons why it is kept and what
becomes of it.

Belongs here: the register and its enforcement (`check_columns`: where candidates are written and where loads are
accepted); the page `docs/personal-data.md` that is written from it (`genomlysning generate`; a test sees that it is up
to date). Does not belong here: how a column is typed (`contracts`), how rows are erased (`erasure`, `retention`).

What a column says of a person stands beside it in the contract, without a default: one that is forgotten is no column.
The boundary asks the installed contracts all the same: a column that came into a file in any other way goes nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ingestion.contracts import Column, Kind, Persons, Table, Treatment, tables
from ingestion.failures import PermanentFailure

RETENTION_MONTHS = 25
"""How long rows on persons are kept after the end of the period that they describe, unless the board has decided
otherwise.
"""

BOOKKEEPING = frozenset({"source_row", "load_id"})


SINGLES_OUT = (Treatment.PSEUDONYM, Treatment.NUMBER, Treatment.DAY)
"""What may never be in a publication: alone or with one column more it points at one person."""


@dataclass(frozen=True)
class Field:
    """One personal field. name: in the lake (of a dropped one: in the contract). purpose: what it is needed for."""

    name: str
    treatment: Treatment
    purpose: str


@dataclass(frozen=True)
class Processing:
    """One table in the register.

    subjects: whose data (empty: no rows on persons; then `note` says why, and what else could point at somebody).
    secrecy: the chapters of OSL that cover it. fields: those on persons. other: columns that say nothing of a person by
    themselves.
    """

    table: str
    subjects: str
    secrecy: str
    fields: tuple[Field, ...]
    other: tuple[str, ...]
    note: str = ""

    @property
    def holds_persons(self) -> bool:
        """Whether a row is of one person."""
        return bool(self.subjects)


class ColumnNotRegistered(PermanentFailure):
    """A column would leave ingestion that the register of personal data does not list. A fault of the platform, not of
    the delivery.
    """


@cache
def processings() -> tuple[Processing, ...]:
    """The register: one entry for each table, as its contract says."""
    return tuple(_entry(of) for of in tables())


def _entry(table: Table) -> Processing:
    fields: list[Field] = []
    for column in table.columns:
        if column.personal is None:
            continue
        if column.kind is Kind.PERSON:
            fields += [
                Field("person_id", column.personal.treatment, column.personal.purpose),
                Field("gender", Treatment.DERIVED, "figures by sex"),
                Field("birth_month", Treatment.DERIVED, column.personal.age),
            ]
        else:
            fields.append(Field(column.name, column.personal.treatment, column.personal.purpose))
    other = tuple(column.name for column in table.columns if column.personal is None)
    if isinstance(table.subjects, Persons):
        return Processing(table.full_name, table.subjects.subjects, table.subjects.secrecy, tuple(fields), other)
    return Processing(table.full_name, "", "", tuple(fields), other, table.subjects.note)


def processing(table: Table) -> Processing | None:
    """The table's place in the register; None if nobody has put it there."""
    return next((one for one in processings() if one.table == table.full_name), None)


def holds_persons(table: Table) -> bool:
    """Whether the table's rows are on persons; a table that is not in the register is taken to be."""
    found = processing(table)
    return found is None or found.holds_persons


def check_columns(table: Table, columns: Iterable[str]) -> None:
    """Raise ColumnNotRegistered unless the register lists each of `columns` of the table as one that may be kept."""
    found = processing(table)
    kept = {field.name for field in found.fields if field.treatment is not Treatment.DROPPED} if found else set()
    listed = kept | set(found.other if found else ())
    if unlisted := sorted(set(columns) - listed - BOOKKEEPING):
        raise ColumnNotRegistered(
            f"{table.full_name}: {', '.join(unlisted)} not in the register of personal data (no contract has it), so nothing of the table "
            "was written. Say in the table's contract what it says of a person and what it is needed for, or take it out."
        )


def never_published() -> frozenset[str]:
    """Names of columns that no publication may have: what singles out a person, and the month of birth."""
    return frozenset(
        {"birth_month"}
        | {field.name for one in processings() for field in one.fields if field.treatment in SINGLES_OUT}
    )


_OPENING = f"""# Personal data

Every field on a person that the platform reads: what it is needed for, where it is read, what becomes of it, who can see it and when it
is erased. Fit for the register of processing (GDPR art. 30); each board is the controller of its own. Written from the register that the
platform enforces by `genomlysning generate`: **a column that is not listed here cannot leave
ingestion**; the delivery of a table with one is not taken in until the register says what it is for.

- **Where a field is read**: in one place, `ingestion/readers`, from a file in `inbox/`. Personnummer, names and free texts
  exist in the memory of that step alone.
- **What becomes of a personnummer**: sex and month of birth are derived, then a hash keyed with the installation's secret takes its place.
  Pseudonymised rows are still personal data, and still secret.
- **Names** have columns of their own, which are left behind. A name in a column of codes, titles or roles rejects the delivery (G115): a
  number has a digit, an id in words no capital and no blank, a title its capital first only. Two things no rule can tell: one surname
  in small letters where an id in words belongs (departments and units have lists; projects and goals have none), and a name within the
  sentences of plans and follow-ups, which are in tables without rows on persons. Whoever delivers those answers for them.
- **The delivered file** leaves the inbox when it is accepted: removed, or kept encrypted where the operators chose that. A rejected file
  stays in `rejected/`, for operators only, until it is released or its time is over.
- **Who can see rows**: operators, in `lake/` and `build/`. Analysts and readers get figures only (`published/`, `reports/`): a column
  marked *never published* stops the publication, and small groups are suppressed.
- **When rows are erased**: {RETENTION_MONTHS} months after the end of the year that they describe, unless the board has decided another
  time (`retention_months` of the municipality), by the job `retention`; one person on request, by `genomlysning erase`.
  Both are described in [operations.md](operations.md#personal-data). Figures and adopted reports are kept.
- **Messages, logs, Dagster's history, the guards' pages**: values are shown by their shape (`99999999-9999`), and a file whose name holds
  a personnummer, or capitalised words that the platform does not know, is renamed before anything is said of it. A name in small letters
  in a file's name is not recognised: agree on file names with who delivers.
- **Recipients**: none. Nothing is sent anywhere.
"""


def personal_data_markdown() -> str:
    """The whole page."""
    by_name = {table.full_name: table for table in tables()}
    on_persons = [one for one in processings() if one.holds_persons]
    others = [one for one in processings() if not one.holds_persons]
    lines = [_OPENING, "\n# Tables with rows on persons\n"]
    for one in on_persons:
        table = by_name[one.table]
        lines += [
            f"\n## {table.source}: {table.name}\n",
            f"{table.description} Data subjects: {one.subjects}. Secrecy: OSL {one.secrecy} Delivered by: {table.delivered_by}.\n",
            "| field | delivered as | purpose | what becomes of it | who can see it | erased |",
            "|---|---|---|---|---|---|",
            *(_row(table, field) for field in one.fields),
            f"\nOther columns: {', '.join(f'`{name}`' for name in one.other)}.",
        ]
    lines += [
        "\n# Tables without rows on persons\n",
        "| table | what it holds | personal fields | other columns |",
        "|---|---|---|---|",
    ]
    for one in others:
        fields = "; ".join(f"`{field.name}`: {field.treatment} ({field.purpose})" for field in one.fields)
        lines.append(f"| {one.table} | {one.note} | {fields} | {', '.join(f'`{name}`' for name in one.other)} |")
    return "\n".join(lines) + "\n"


def _row(table: Table, field: Field) -> str:
    delivered = f"`{_delivered(table, field.name).header}`"
    if field.treatment is Treatment.DROPPED:
        seen, erased = "nobody", "at once"
    else:
        hidden = field.name in never_published()
        seen = "operators; never published" if hidden else "operators; others in figures only"
        erased = f"after {RETENTION_MONTHS} months, or on request"
    return f"| `{field.name}` | {delivered} | {field.purpose} | {field.treatment} | {seen} | {erased} |"


def _delivered(table: Table, name: str) -> Column:
    """The delivered column that a field comes from."""
    if name in {column.name for column in table.columns if column.kind is Kind.DROPPED}:
        return next(column for column in table.columns if column.name == name)
    return table.column(name)
