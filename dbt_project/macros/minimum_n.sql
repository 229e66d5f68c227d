{#-
    The fewest persons or answers that a figure of a disclosure class may rest on (DEFINITIONS 8). Groups of ten or fewer are not
    shown in sick leave (law); null: the class has no limit.
-#}
{% macro minimum_n(disclosure_class) -%}
    case {{ disclosure_class }}
        when 'staff_health' then 11
        when 'persons' then 5
        when 'survey' then 5
    end
{%- endmacro %}
