{#-
    From values to the rows of an indicator mart, for every source alike: metadata of the indicator, the series that a value
    belongs to, and the adjacent period's value. `figures` is a CTE with the columns of `int_kolada__indicator_value`, those of
    `int_kolada__comparison`, `source`, `is_suppressed` and `service_area` (null: the indicator's own); `earlier_values` is where the
    adjacent period's value is looked up: a relation with the key and the value, so that a mart need not compute all figures first.

    A macro and not one model over all sources: the Kolada marts must neither wait for nor fail with the HR models.
    Use it as the end of a model's CTEs; it closes the query.
-#}
{% macro indicator_figures(figures, earlier_values) %}
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

goal_targets as (

    select * from {{ ref('int_goals__target') }}

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
        {{ series_id('mart_indicators', 'figures.period_end') }} as series_id,
        {{ split('figures') }} as split,
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

earlier as (

    select
        earlier_values.municipality_id,
        earlier_values.gender,
        earlier_values.measure_time,
        earlier_values.period_grain,
        earlier_values.period_end,
        earlier_values.value,
        {{ series_id('mart_indicators', 'earlier_values.period_end') }} as series_id,
        {{ split('earlier_values') }} as split
    from {{ earlier_values }} as earlier_values
    inner join mart_indicators
        on earlier_values.indicator_id = mart_indicators.indicator_id

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
        earlier.value as previous_value,
        goal_targets.target
    from described
    left join earlier
        on described.series_id = earlier.series_id
        and described.municipality_id = earlier.municipality_id
        and described.gender = earlier.gender
        and described.measure_time = earlier.measure_time
        and described.period_grain = earlier.period_grain
        and described.split = earlier.split
        -- by the month: a stock may be counted on another day than its last
        and {{ last_of_month('earlier.period_end') }} = {{ last_of_month(add_months('described.period_end', '-described.months_to_adjacent')) }}
    -- the board's goal for the year or quarter, for both sexes together; what is accumulated within a year has none
    left join goal_targets
        on described.municipality_id = goal_targets.municipality_id
        and described.indicator_id = goal_targets.indicator_id
        and described.period_grain = goal_targets.period_grain
        and extract(year from described.period_end) = goal_targets.year
        and case when described.period_grain = 'quarter' then extract(quarter from described.period_end) else 0 end = goal_targets.quarter
        and described.split = goal_targets.split
        and described.gender = 'T'
        and described.measure_time in ('period', 'point')

),

final as (

    select
        domain,
        {{ indicator_mart_columns({'change': 'value - previous_value as change'}) }}
    from with_previous

)

select * from final
{% endmacro %}

{#- The series that a value of `indicator` belongs to: the indicator, and the year of the break that its period lies behind. -#}
{% macro series_id(indicator, period_end) -%}
    case
            when extract(year from {{ period_end }}) >= {{ indicator }}.series_break_year_2
                then {{ indicator }}.indicator_id || '-' || cast({{ indicator }}.series_break_year_2 as {{ dbt.type_string() }})
            when extract(year from {{ period_end }}) >= {{ indicator }}.series_break_year
                then {{ indicator }}.indicator_id || '-' || cast({{ indicator }}.series_break_year as {{ dbt.type_string() }})
            else {{ indicator }}.indicator_id
        end
{%- endmacro %}

{#- The part of a figure's key in which null counts as a value, as one text. -#}
{% macro split(figures) -%}
    coalesce({{ figures }}.org_unit, '') || '|' || coalesce({{ figures }}.staff_group, '') || '|' || coalesce({{ figures }}.breakdown, '')
{%- endmacro %}

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
