"""The page for those who deliver says what the contracts say."""

from pathlib import Path

from ingestion.contracts import DELIVERED_SOURCES, tables
from ingestion.contracts.document import extracts_markdown

PAGE = Path(__file__).parent.parent / "docs" / "extracts.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == extracts_markdown(), "run: genomlysning generate"


def test_every_column_of_every_delivered_table_is_on_the_page():
    page = extracts_markdown()
    for source in DELIVERED_SOURCES:
        for table in tables(source):
            section = page.split(f"## {source}: {table.name}\n")[1].split("\n## ")[0]
            for column in table.columns:
                assert f"| `{column.header}` |" in section


def test_every_name_of_a_contract_is_used_once():
    for table in tables():
        for names in ([column.name for column in table.columns], [column.header for column in table.columns]):
            assert len(set(names)) == len(names), table.full_name
        assert set(table.key) <= {name for name, _ in table.lake_columns()}, table.full_name
