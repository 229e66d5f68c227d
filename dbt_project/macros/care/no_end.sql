{#- The day that stands for 'never' where dates are compared. -#}
{% macro no_end() -%}
    cast('9999-12-31' as date)
{%- endmacro %}
