{#-
    The shape of a figure, said once: the models `int_<source>__value` give these columns in this order, and `int_own__value` lays them
    together. `of` is the CTE that they are taken from, where there are several.
-#}
{% macro figure_columns(of=none) -%}
    {{ figure_key(of) }},
    {{ columns_of(['value', 'numerator', 'denominator', 'n', 'is_preliminary', 'lineage_id'], of) }}
{%- endmacro %}

{#- What tells one figure from all others, with the grain of its period. -#}
{% macro figure_key(of=none) -%}
    {{ columns_of([
        'municipality_id', 'indicator_id', 'org_unit', 'staff_group', 'breakdown', 'gender', 'period_start', 'period_end', 'period_grain',
        'measure_time',
    ], of) }}
{%- endmacro %}

{#- Whose the figures of a period are, and which period it is; in a select and in its group by. -#}
{% macro period_of(of=none) -%}
    {{ columns_of(['municipality_id', 'period_start', 'period_end', 'period_grain', 'measure_time'], of) }}
{%- endmacro %}

{#- A quotient with what stands above and below its line, so that it can be added up as a ratio of sums; null over nothing. -#}
{% macro ratio(numerator, denominator, times=none) -%}
    {{ times ~ ' * ' if times }}cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0) as value,
    cast({{ numerator }} as double) as numerator,
    cast({{ denominator }} as double) as denominator
{%- endmacro %}

{#- The same two columns of what is no quotient: a count, a sum, a median. -#}
{% macro no_ratio() -%}
    cast(null as double) as numerator, cast(null as double) as denominator
{%- endmacro %}

{#- Columns of text without a value in these rows: `no_text('org_unit', 'staff_group')`. -#}
{% macro no_text() -%}
    {%- for column in varargs -%}
    cast(null as {{ dbt.type_string() }}) as {{ column }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro columns_of(names, of=none) -%}
    {%- for name in names -%}
    {{ of ~ '.' if of }}{{ name }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
