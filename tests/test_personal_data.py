"""The register of personal data says what the contracts say, and a column that it does not list goes nowhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from ingestion.contracts import Column, Holds, Kind, Table, Treatment, table, tables
from ingestion.lake import Lake
from ingestion.privacy import register as personal_data
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.privacy.register import (
    BOOKKEEPING,
    ColumnNotRegistered,
    holds_persons,
    personal_data_markdown,
    processing,
)
from ingestion.readers import delivery, recognition
from testkit.small_extracts import alingsas, candidate, make, write_csv

PAGE = Path(__file__).parent.parent / "docs" / "personal-data.md"
EMPLOYMENTS = table("hr", "employments")
RELIGION = Column(
    "religion", "trosuppfattning", Kind.TEXT, "What nobody has asked for.", "ingen", public=True, personal=None
)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == personal_data_markdown(), "run: genomlysning generate"


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.full_name)
def test_the_register_lists_exactly_the_columns_of_the_contract(table: Table) -> None:
    entry = processing(table)
    assert entry is not None, "whose data is it, and what for?"
    kept = [field.name for field in entry.fields if field.treatment is not Treatment.DROPPED] + list(entry.other)
    assert sorted(kept) == sorted({name for name, _ in table.lake_columns()} - BOOKKEEPING)
    dropped = {field.name for field in entry.fields if field.treatment is Treatment.DROPPED}
    assert dropped == {column.name for column in table.columns if column.kind is Kind.DROPPED}
    if any(column.kind is Kind.PERSON for column in table.columns):
        assert entry.holds_persons
    assert entry.holds_persons or entry.note, "why does it hold no persons?"


def test_a_table_nobody_has_registered_is_taken_to_hold_persons_and_may_keep_nothing() -> None:
    unknown = replace(EMPLOYMENTS, name="beliefs")
    assert personal_data.holds_persons(unknown)
    with pytest.raises(ColumnNotRegistered, match="person_id"):
        personal_data.check_columns(unknown, ["person_id"])


def test_a_delivery_with_an_unlisted_column_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wider = replace(EMPLOYMENTS, columns=(*EMPLOYMENTS.columns, RELIGION))
    monkeypatch.setattr(recognition, "tables", lambda *sources: (wider,))
    rows = [{**row, "religion": "ingen"} for row in make(EMPLOYMENTS, "2024-03")]
    path, lake = write_csv(tmp_path / "hr.csv", wider, rows), Lake(tmp_path / "lake")
    with lake.writer():
        with pytest.raises(ColumnNotRegistered, match=r"religion not in the register of personal data"):
            delivery.read_delivery(path, "hr", alingsas(), lake, Pseudonymiser(b"k" * 32))
        assert not [found for found in (tmp_path / "lake").rglob("*") if found.suffix == ".parquet"]


def test_a_file_with_an_unlisted_column_is_not_accepted_whoever_wrote_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    with lake.writer():
        made = candidate(lake, EMPLOYMENTS, make(EMPLOYMENTS, "2024-03"), "2024-03")
        duckdb.execute(
            f"copy (select *, 'ingen' as religion from read_parquet('{made.parquet}')) to '{made.path}/wider.parquet'"
        )
        (made.path / "wider.parquet").rename(made.parquet)
        with pytest.raises(ColumnNotRegistered, match="religion"):
            lake.accept(made, {})
    assert lake.loads() == []


def test_what_singles_out_a_person_is_never_published() -> None:
    assert {
        "person_id",
        "birth_month",
        "employment_id",
        "staff_id",
        "decision_id",
        "started_at",
    } <= personal_data.never_published()
    assert "gender" not in personal_data.never_published()


def test_prose_is_kept_in_no_table_with_rows_on_persons_but_for_the_question_that_was_put() -> None:
    kept = {
        (of.full_name, c.name)
        for of in tables()
        if holds_persons(of)
        for c in of.columns
        if c.is_free_text and c.holds is Holds.PROSE
    }
    assert kept == {("survey_pulse", "question")}
