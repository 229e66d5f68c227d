{#-
    What every row of a model promises, judged by one test: dbt's own work for a test is many times the query's, so ten tests of one column
    each cost ten times as much. One row per broken rule: the rule, the columns, how many rows break it (of a key: how many values
    are there more than once) and the first example that can be told of without telling of a person (`tellable_columns`).

    key: columns that identify a row; null counts as a value, so a null key cannot hide a duplicate. complete: never null. not_empty: texts
    that are neither null nor blank. accepted_values: {column: [value]}. ranges: {column: {low, high}}, both inclusive, either may be
    left out; null passes the last two. expressions: hold for every row; a row where one is null fails as well, so say
    `... is null or ...` where that is meant.
-#}
{% test rules(model, key=[], complete=[], not_empty=[], accepted_values={}, ranges={}, expressions=[]) %}
{{ config(fail_calc='coalesce(sum(failing_rows), 0)') }}
{%- set rules = [] -%}
{%- for column in complete -%}
    {%- do rules.append(('is missing', column, column ~ ' is null')) -%}
{%- endfor -%}
{%- for column in not_empty -%}
    {%- do rules.append(('is missing or blank', column, column ~ " is null or trim(" ~ column ~ ") = ''")) -%}
{%- endfor -%}
{%- for column, values in accepted_values.items() -%}
    {%- do rules.append(('is none of ' ~ values | join(', '), column, column ~ " not in ('" ~ values | join("', '") ~ "')")) -%}
{%- endfor -%}
{%- for column, range in ranges.items() -%}
    {%- if 'low' in range -%}
        {%- do rules.append(('is below ' ~ range['low'], column, column ~ ' < ' ~ range['low'])) -%}
    {%- endif -%}
    {%- if 'high' in range -%}
        {%- do rules.append(('is above ' ~ range['high'], column, column ~ ' > ' ~ range['high'])) -%}
    {%- endif -%}
{%- endfor -%}
{%- for expression in expressions -%}
    {%- do rules.append(('does not hold', expression, 'case when ' ~ expression ~ ' then 0 else 1 end = 1')) -%}
{%- endfor -%}
with
{% if rules -%}
counted as (
    select
        {%- for rule, columns, condition in rules %}
        sum(case when {{ condition }} then 1 else 0 end) as failing_{{ loop.index }},
        min(case when {{ condition }} then {{ example_row(key) }} end) as example_{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}

){{ ',' if key }}

{% endif -%}
{% if key -%}
duplicates as (
    select {{ key | join(', ') }}
    from {{ model }}
    group by {{ key | join(', ') }}
    having count(*) > 1
)

{% endif -%}
{%- for rule, columns, condition in rules %}
select
    '{{ rule | replace("'", "''") }}' as rule,
    '{{ columns | replace("'", "''") }}' as columns,
    failing_{{ loop.index }} as failing_rows,
    example_{{ loop.index }} as example
from counted
where failing_{{ loop.index }} > 0
{{ 'union all' if key or not loop.last }}
{%- endfor %}
{%- if key %}
select
    'identify more than one row' as rule,
    '{{ key | join(", ") }}' as columns,
    count(*) as failing_rows,
    min({{ example_row(key) }}) as example
from duplicates
having count(*) > 0
{%- endif %}
{% endtest %}
