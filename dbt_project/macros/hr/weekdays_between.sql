{#-
    Number of days Monday to Friday from `first` to `last`, both inclusive (0 if `last` is the day before `first`).
    Counted arithmetically from a Monday (1900-01-01), so that no day has to be listed and no engine asked how it numbers
    its weekdays; public holidays are weekdays here, as in the definition of hours lost (DEFINITIONS 1.7, 11.1).
-#}
{% macro weekdays_between(first, last) -%}
    ({{ weekdays_through(last, 0) }} - {{ weekdays_through(first, -1) }})
{%- endmacro %}

{#- Weekdays from 1900-01-01 through the day that lies `offset` days after `date`. -#}
{% macro weekdays_through(date, offset) -%}
    {%- set days = "(" ~ days_between("cast('1899-12-31' as date)", date) ~ " + (" ~ offset ~ "))" -%}
    (5 * cast(floor({{ days }} / 7.0) as integer) + case when mod({{ days }}, 7) < 5 then mod({{ days }}, 7) else 5 end)
{%- endmacro %}
