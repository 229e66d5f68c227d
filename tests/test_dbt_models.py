"""What follows of a model from its contract and its SQL, and what is told where nothing follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from expectations.suites import NoSuite, suite
from ingestion.bundled import DBT_PROJECT
from ingestion.contracts import table
from ingestion.contracts.dbt_models import (
    FIGURE_MODEL,
    FIGURES,
    NotDerivable,
    figures_yaml,
    own_sources_sql,
    staging_yaml,
)

SQL = """with source as (select * from {{ source('population', 'inhabitants') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as counted_year,
    age,
    case {{ slug('gender') }} when 'age, k' then 'woman' end as sex,
    gender, population, load_id
from source
"""


def test_a_column_has_the_description_of_what_it_is_made_of_and_the_key_its_names() -> None:
    [model] = yaml.safe_load(staging_yaml("population", {"stg_population__x": SQL}))["models"]
    rules = model["data_tests"][0]["rules"]["arguments"]
    assert rules["key"] == ["municipality_id", "counted_year", "age", "gender"]
    assert rules["complete"] == ["municipality_id", "counted_year", "age", "gender", "population", "load_id"]
    assert rules["accepted_values"] == {"gender": ["K", "M"], "sex": ["woman"]}
    described = {column["name"]: column["description"] for column in model["columns"]}
    assert list(described) == ["municipality_id", "counted_year", "age", "sex", "gender", "population", "load_id"]
    assert described["counted_year"] == table("population", "inhabitants").column("year").description
    assert described["sex"] == "Gender, K (women) or M (men). Here: woman."
    assert model["description"].endswith("Grain: one row per age, gender and year.")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("population, load", "population / age as per_year, load"), r"per_year .* write stg_population__x.yml"),
        (("    age,\n", ""), r"leaves out age of the key of population_inhabitants"),
        (("'inhabitants'", "'houses'"), r"reads no table of the contract population"),
    ],
)
def test_what_does_not_follow_must_be_written_by_hand(changed: tuple[str, str], told: str) -> None:
    with pytest.raises(NotDerivable, match=told):
        staging_yaml("population", {"stg_population__x": SQL.replace(*changed)})


def test_figures_are_described_by_the_comment_that_their_model_opens_with() -> None:
    described = yaml.safe_load((DBT_PROJECT / FIGURES).read_text(encoding="utf-8"))["models"]
    figures = next(one for one in described if one["name"] == FIGURE_MODEL)
    [model] = yaml.safe_load(figures_yaml("kpb", "-- Costs,\n-- by service.\nselect 1", figures))["models"]
    assert (model["name"], model["description"], len(model["columns"])) == ("int_kpb__value", "Costs, by service.", 16)
    with pytest.raises(NotDerivable, match=r"int_kpb__value.sql opens with no comment"):
        figures_yaml("kpb", "select 1", figures)


def test_a_source_that_tells_its_loads_itself_is_no_register() -> None:
    without, with_it = own_sources_sql(()), own_sources_sql(("int_kpb__figure_loads",))
    assert "return(['register'])" in without and "        'kpb',\n" in without
    assert "return(['kpb', 'register'])" in with_it and "        'kpb',\n" not in with_it
    assert "'hr',\n" not in without.split("macro registers")[1], "delivered by the month"


def test_a_contract_without_suite_is_told_with_the_file_to_write() -> None:
    with pytest.raises(NoSuite, match=r"write expectations/suites/nowhere.py with RULES = {'inhabitants': \(\)}"):
        suite(replace(table("population", "inhabitants"), source="nowhere"))
    with pytest.raises(NoSuite, match=r"expectations/suites/population.py has no table houses"):
        suite(replace(table("population", "inhabitants"), name="houses"))
