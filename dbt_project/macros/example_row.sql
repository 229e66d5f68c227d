{#- A row's key as one text, as far as it may be told: 'municipality_id 1489, year 2024'. -#}
{% macro example_row(key) -%}
    {%- set told = [] -%}
    {%- for column in key if column in tellable_columns() -%}
        {%- do told.append("'" ~ column ~ " ' || coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), 'null')") -%}
    {%- endfor -%}
    {{ told | join(" || ', ' || ") if told else "''" }}
{%- endmacro %}

{#- Columns of keys that name no person, case, visit or respondent: what a failing test may show in logs and in Dagster. -#}
{% macro tellable_columns() -%}
    {{ return([
        'municipality_id', 'indicator_id', 'year', 'quarter', 'month', 'month_start', 'period_start', 'period_end', 'measure_time',
        'gender', 'org_unit', 'staff_group', 'breakdown', 'line_id', 'account', 'account_group', 'cost_centre', 'department', 'group_id',
        'member_id', 'ou_id', 'load_id', 'lineage_id', 'goal_id', 'grant_id', 'choice',
    ]) }}
{%- endmacro %}
