"""The models keep to SQL that other engines understand: no sugar of one engine, checked in the parsed tree and in the
text.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from testkit.warehouse import DBT_PROJECT, run_dbt, write_sources

SQL_FILES = sorted(path for folder in ("models", "tests", "macros") for path in (DBT_PROJECT / folder).rglob("*.sql"))
MODELS = [path for path in SQL_FILES if path.is_relative_to(DBT_PROJECT / "models")]

# What is banned in any text, with the reason that a failure prints.
BANNED = {
    r"\bqualify\b": "qualify: number the rows in a CTE and filter in the next",
    r"\bgroup\s+by\s+all\b": "group by all: name the columns",
    r"\border\s+by\s+all\b": "order by all: name the columns",
    r"\*\s*(exclude|except|replace)\s*\(": "select * exclude/replace: name the columns",
    r"::": "::, write cast(... as ...)",
    r"\bfilter\s*\(\s*where\b": "filter (where): use case inside the aggregate",
    r"\bilike\b": "ilike: use lower(...) like",
    r"\bread_\w+\s*\(": "read_*: models read sources, never files",
    r"\b(list|array|struct|map)_\w+\s*\(": "list and struct functions",
    r"\bunnest\s*\(|\bunion\s+(all\s+)?by\s+name\b|\basof\s+join\b|\b(un)?pivot\b|\bsemi\s+join\b|\banti\s+join\b": "sugar of one engine",
    r"\bstr[fp]time\s*\(|\barg_(min|max)\s*\(|\btry_cast\b|\bmake_date\s*\(": "a function of one engine: write a dispatch macro",
    r"\bis\s+not\s+distinct\s+from\b|\bis\s+distinct\s+from\b": "is distinct from: compare coalesced values",
}


def bare(text: str) -> str:
    """The SQL without comments of either kind and without what stands in quotes."""
    text = re.sub(r"\{#.*?#\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"--[^\n]*", " ", text)
    return re.sub(r"'[^']*'", "''", text)


def sugar(text: str) -> list[str]:
    """Which banned things the SQL text holds."""
    return [reason for pattern, reason in BANNED.items() if re.search(pattern, bare(text), flags=re.IGNORECASE)]


def stars(text: str) -> list[str]:
    """The `select *` that are not of one relation whole: an import (`select * from {{ ref }}`), or all rows of a CTE."""
    plain = bare(text)
    found = re.findall(r"\bselect\s+(?:distinct\s+)?\*[^()]*?(?=\)|\Z|\bunion\b)", plain, flags=re.IGNORECASE)
    allowed = re.compile(r"select\s+\*\s+from\s+(\{\{.*?\}\}|\w+)\s*(where\b.*)?$", flags=re.IGNORECASE | re.DOTALL)
    return [" ".join(star.split()) for star in found if not allowed.match(star.strip())]


def carried(tree: exp.Expr) -> list[str]:
    """The `cte.*` that stand where they must not: anywhere but first, in a union, or in a model's last select.

    Between CTEs it says that all columns go on, and what follows is new. Where columns are told by their place (a
    union) or are a contract with whoever reads the model (its last select), they are named.
    """
    found = []
    for select in tree.find_all(exp.Select):
        stars = [
            place
            for place, column in enumerate(select.expressions)
            if isinstance(column, exp.Column) and column.is_star
        ]
        if stars and (stars != [0] or isinstance(select.parent, exp.Union) or not select.find_ancestor(exp.CTE)):
            found.append(select.sql()[:200])
    return found


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: str(path.relative_to(DBT_PROJECT)))
def test_no_sugar_of_one_engine(path: Path) -> None:
    engine_specific = path.is_relative_to(DBT_PROJECT / "macros" / "dispatch")
    found = [] if engine_specific else sugar(path.read_text(encoding="utf-8"))
    assert not found, f"{path}: {found}"


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_columns_are_named_where_a_model_computes(path: Path) -> None:
    assert not stars(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(
    "sql",
    [
        "select a from t qualify row_number() over (order by a) = 1",
        "select a, count(*) from t group by all",
        "select * exclude (a) from t",
        "select a::int from t",
        "select count(*) filter (where a > 1) from t",
        "select a from t where a ilike 'x'",
        "select * from read_parquet('x')",
        "select list_sort(a) from t",
    ],
)
def test_the_ban_finds_each_thing(sql: str) -> None:
    assert sugar(sql)


def test_stars_that_are_found_and_allowed() -> None:
    assert stars("with a as (select *, 1 as b from t) select * from a") == ["select *, 1 as b from t"]
    assert stars("with a as (select * from b join c on b.x = c.x) select * from a")
    assert not stars("with a as (\n\n    select * from {{ ref('b') }}\n\n)\n\nselect * from a")


def test_columns_that_go_on_are_found_where_they_must_not() -> None:
    def told(sql: str) -> list[str]:
        return carried(sqlglot.parse_one(sql, dialect="duckdb"))

    assert not told("with a as (select t.*, 1 as b from t) select x, b from a")
    assert told("with a as (select 1 as b, t.* from t) select x, b from a")
    assert told("with a as (select t.*, u.* from t join u on t.i = u.i) select x, b from a")
    assert told("with a as (select x from t union all select t.* from t) select x from a")
    assert told("with a as (select x from t) select a.*, 1 as b from a")


def test_compiled_models_are_understood_as_spark(compiled: dict[str, str]) -> None:
    """Every compiled model parses, and its tree holds none of the constructs that a text search could miss."""
    banned = (exp.Qualify, exp.Filter, exp.Lambda, exp.Struct, exp.Array, exp.Unnest, exp.Pivot, exp.ILike, exp.TryCast)
    for name, sql in compiled.items():
        tree = sqlglot.parse_one(sql, dialect="duckdb")
        found = {node.sql() for kind in banned for node in tree.find_all(kind)}
        assert not found, f"{name}: {found}"
        assert not carried(tree), name
        for star in tree.find_all(exp.Star):
            assert not star.args.get("except_") and not star.args.get("replace"), name
        assert sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE), name


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The models as dbt sends them to the engine, by name."""
    folder = tmp_path_factory.mktemp("portable")
    build = folder / "warehouse.duckdb"
    write_sources(build, {}, {}, datetime(2025, 1, 1))
    assert run_dbt(build, "compile", "--quiet").success
    models = folder / "target" / "compiled" / "genomlysning" / "models"
    found = {path.stem: path.read_text(encoding="utf-8") for path in models.rglob("*.sql")}
    assert len(found) >= len(MODELS)
    return found
