{#- Key of the loads that a row or figure of the yearly delivered `source` (an SQL expression) rests on. -#}
{% macro register_lineage(source, municipality_id, year) -%}
    {{ source }} || ':' || {{ municipality_id }} || ':' || cast({{ year }} as {{ dbt.type_string() }})
{%- endmacro %}
