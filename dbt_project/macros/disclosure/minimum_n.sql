{#-
    Made of DisclosureLimits in ingestion/configuration/municipality.py; do not edit (genomlysning generate).
    The fewest persons or answers that a figure of a disclosure class may rest on (DEFINITIONS 8), where the configuration of a municipality
    says nothing: so for municipalities that are only compared with. Null: the class has no limit.
-#}
{% macro minimum_n(disclosure_class) -%}
    case {{ disclosure_class }}
        when 'persons' then 5
        when 'staff_health' then 11
        when 'staff_health_unit_by_occupation' then 21
        when 'survey' then 5
        when 'survey_extremes' then 10
    end
{%- endmacro %}
