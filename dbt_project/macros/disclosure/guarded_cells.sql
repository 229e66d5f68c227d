{#- The split that a breakdown tells of people: 'law=LSS;statistic=p90' and 'law=LSS' are of the same ones. Null, and a statistic alone, is ''. -#}
{% macro told_split(breakdown) -%}
    case
            when {{ breakdown }} is null or {{ breakdown }} like 'statistic=%' then ''
            else {{ dbt.split_part(breakdown, "';statistic='", 1) }}
        end
{%- endmacro %}

{#- The name of the limit that applies to a row of `classed`. -#}
{% macro class_of_limit() -%}
    case
            when classed.disclosure_class = 'staff_health' and classed.org_unit is not null and classed.staff_group is not null
                then 'staff_health_unit_by_occupation'
            else classed.disclosure_class
        end
{%- endmacro %}

{#- All of a figure's key but the splits and the gender, as one text: figures of one place can be subtracted from each other. -#}
{% macro place_of(figures) -%}
    {{ figures }}.municipality_id || '|' || {{ figures }}.indicator_id || '|' || {{ figures }}.measure_time
        || '|' || coalesce(cast({{ figures }}.period_start as {{ dbt.type_string() }}), '')
        || '|' || coalesce(cast({{ figures }}.period_end as {{ dbt.type_string() }}), '')
{%- endmacro %}

{#- Whether two figures are of the same indicator, split and gender, in any periods; `split`: the column that holds the breakdown. -#}
{% macro same_cell(one, other, split='breakdown') -%}
    {{ one }}.municipality_id = {{ other }}.municipality_id
        and {{ one }}.indicator_id = {{ other }}.indicator_id
        and {{ one }}.gender = {{ other }}.gender
        and coalesce({{ one }}.org_unit, '') = coalesce({{ other }}.org_unit, '')
        and coalesce({{ one }}.staff_group, '') = coalesce({{ other }}.staff_group, '')
        and coalesce({{ one }}.{{ split }}, '') = coalesce({{ other }}.{{ split }}, '')
{%- endmacro %}

{#- The forms of housing under LSS, one by one and without one of them, beside their sum 'service=bmss'. -#}
{% macro is_housing_form(breakdown) -%}
    {{ breakdown }} in (
        'service=gruppbostad', 'service=servicebostad', 'service=annan_sarskilt_anpassad_bostad', 'service=bmss_excl_asab'
    )
{%- endmacro %}
