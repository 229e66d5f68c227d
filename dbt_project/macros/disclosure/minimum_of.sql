{#- The limit of a disclosure class in a municipality: as `limits` (a row of stg_config__disclosure_limit, if there is one) says, else the general one. -#}
{% macro minimum_of(limits, disclosure_class) -%}
    coalesce({{ limits }}.minimum_n, {{ minimum_n(disclosure_class) }})
{%- endmacro %}

{#- Whether so few stand behind a figure that it is not shown; nobody is not few. -#}
{% macro is_few(n, minimum) -%}
    {{ n }} > 0 and {{ n }} < {{ minimum }}
{%- endmacro %}
