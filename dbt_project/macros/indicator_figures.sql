{#-
    From values to the rows of an indicator mart, for every source alike: metadata of the indicator, the series that a value
    belongs to, and the adjacent period's value. `figures` is a CTE with the columns of `int_kolada__indicator_value`, those of
    `int_kolada__comparison`, `source`, `is_suppressed` and `service_area` (null: the indicator's own).

    A macro and not one model over all sources: the Kolada marts must neither wait for nor fail with the HR models.
    Use it as the end of a model's CTEs; it closes the query.
-#}
{% macro indicator_figures(figures) %}
{%- set carried = [
    'municipality_id', 'indicator_id', 'org_unit', 'staff_group', 'breakdown', 'gender', 'period_start', 'period_end', 'period_grain',
    'measure_time', 'value', 'numerator', 'denominator', 'n', 'status', 'region_mean', 'region_count', 'similar_mean', 'similar_count',
    'national_mean', 'national_count', 'national_rank', 'is_preliminary', 'is_revised', 'is_suppressed', 'is_simulated',
    'comparison_is_simulated', 'source', 'lineage_id',
] -%}
mart_indicators as (

    select * from {{ ref('int_indicator') }}

),

mart_municipalities as (

    select * from {{ ref('int_municipality') }}

),

described as (

    select
        {%- for column in carried %}
        figures.{{ column }},
        {%- endfor %}
        mart_municipalities.municipality,
        mart_indicators.indicator,
        mart_indicators.domain,
        coalesce(figures.service_area, mart_indicators.service_area) as service_area,
        mart_indicators.good_direction,
        mart_indicators.disclosure_class,
        case
            when extract(year from figures.period_end) < mart_indicators.series_break_year
                then coalesce(mart_indicators.unit_before_break, mart_indicators.unit)
            else mart_indicators.unit
        end as unit,
        case
            when extract(year from figures.period_end) >= mart_indicators.series_break_year_2
                then mart_indicators.indicator_id || '-' || cast(mart_indicators.series_break_year_2 as {{ dbt.type_string() }})
            when extract(year from figures.period_end) >= mart_indicators.series_break_year
                then mart_indicators.indicator_id || '-' || cast(mart_indicators.series_break_year as {{ dbt.type_string() }})
            else mart_indicators.indicator_id
        end as series_id,
        -- part of the key in which null counts as a value
        coalesce(figures.org_unit, '') || '|' || coalesce(figures.staff_group, '') || '|' || coalesce(figures.breakdown, '') as split,
        -- months to the adjacent period: accumulated and rolling figures overlap with all nearer ones
        case
            when figures.period_grain = 'year' or figures.measure_time in ('ytd', 'rolling_12') then 12
            when figures.period_grain = 'tertial' then 4
            when figures.period_grain = 'quarter' then 3
            when figures.period_grain = 'month' then 1
        end as months_to_adjacent
    from {{ figures }} as figures
    inner join mart_indicators
        on figures.indicator_id = mart_indicators.indicator_id
    left join mart_municipalities
        on figures.municipality_id = mart_municipalities.municipality_id

),

-- the adjacent period's row of the same series: none over a gap
with_previous as (

    select
        {%- for column in carried %}
        described.{{ column }},
        {%- endfor %}
        described.municipality,
        described.indicator,
        described.domain,
        described.service_area,
        described.good_direction,
        described.disclosure_class,
        described.unit,
        described.series_id,
        previous.value as previous_value,
        -- no source of targets is connected
        cast(null as double) as target
    from described
    left join described as previous
        on described.series_id = previous.series_id
        and described.municipality_id = previous.municipality_id
        and described.gender = previous.gender
        and described.measure_time = previous.measure_time
        and described.period_grain = previous.period_grain
        and described.split = previous.split
        and previous.period_end = {{ last_of_month(add_months('described.period_end', '-described.months_to_adjacent')) }}

),

final as (

    select
        domain,
        {{ indicator_mart_columns({'change': 'value - previous_value as change'}) }}
    from with_previous

)

select * from final
{% endmacro %}

{#- The columns of an indicator mart, in the order of the contract; `expressions` says which are computed on the way. -#}
{% macro indicator_mart_columns(expressions={}) -%}
    {%- set columns = [
        'municipality_id', 'municipality', 'indicator_id', 'indicator', 'service_area', 'org_unit', 'staff_group',
        'breakdown', 'gender', 'period_start', 'period_end', 'period_grain', 'measure_time', 'value', 'numerator',
        'denominator', 'n', 'unit', 'good_direction', 'series_id', 'disclosure_class', 'status', 'region_mean',
        'region_count', 'similar_mean', 'similar_count', 'national_mean', 'national_count', 'national_rank', 'target',
        'previous_value', 'change', 'is_preliminary', 'is_revised', 'is_suppressed', 'is_simulated',
        'comparison_is_simulated', 'source', 'lineage_id',
    ] -%}
    {%- for column in columns -%}
        {{ expressions.get(column, column) }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
