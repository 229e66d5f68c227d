{#-
    From values to the rows of an indicator mart, for every source alike: metadata of the indicator, the series that a value
    belongs to, the adjacent period's value and that of a year before. `figures` is a CTE with the columns of
    `int_kolada__indicator_value`, those of `int_kolada__comparison`, `source`, `is_suppressed`, `revised_by_load_id` and
    `service_area_of_staff` (null: the indicator's own); `earlier_values` is where earlier values are looked up: a relation with the key
    and the value, so that a mart need not compute all figures first.

    A macro and not one model over all sources: the Kolada marts must neither wait for nor fail with the HR models.
    Use it as the end of a model's CTEs; it closes the query.
-#}
{% macro indicator_figures(figures, earlier_values) %}
mart_indicators as (select * from {{ ref('int_indicator') }}),
mart_municipalities as (select * from {{ ref('int_municipality') }}),
goal_targets as (select * from {{ ref('int_goals__target') }}),

described as (
    select
        figures.*,
        mart_municipalities.municipality, mart_indicators.indicator, mart_indicators.domain,
        coalesce(figures.service_area_of_staff, mart_indicators.service_area) as service_area,
        mart_indicators.good_direction, mart_indicators.disclosure_class,
        case
            when extract(year from figures.period_end) < mart_indicators.series_break_year
                then coalesce(mart_indicators.unit_before_break, mart_indicators.unit)
            else mart_indicators.unit
        end as unit,
        {{ series_id('mart_indicators', 'figures.period_end') }} as series_id,
        {{ split('figures') }} as split,
        case
            when figures.period_grain = 'year' then 12
            when figures.period_grain = 'tertial' then 4
            when figures.period_grain = 'quarter' then 3
            when figures.period_grain = 'month' then 1
        end as months_to_adjacent
    from {{ figures }} as figures
    inner join mart_indicators on figures.indicator_id = mart_indicators.indicator_id
    left join mart_municipalities on figures.municipality_id = mart_municipalities.municipality_id
),

earlier as (
    select
        earlier_values.municipality_id, earlier_values.gender, earlier_values.measure_time,
        earlier_values.period_grain, earlier_values.period_start, earlier_values.period_end, earlier_values.value,
        {{ series_id('mart_indicators', 'earlier_values.period_end') }} as series_id,
        {{ split('earlier_values') }} as split
    from {{ earlier_values }} as earlier_values
    inner join mart_indicators on earlier_values.indicator_id = mart_indicators.indicator_id
),

-- The adjacent period's row of the same grain and measure time in the same series, and the same period's of the year before: none over a
-- gap. Of years these are one row, which is looked up once: most rows are years.
with_earlier as (
    select
        described.*,
        {{ series_key('described') }} as series_key,
        -- a place needs a better end, or is told by size
        case
            when described.national_rank is null then null
            when described.good_direction is null then 'highest'
            else 'best'
        end as rank_order,
        adjacent.value as previous_value,
        case when described.period_grain = 'year' then adjacent.value else year_before.value end as same_period_last_year,
        goal_targets.target
    from described
    left join earlier as adjacent
        on {{ same_series('described', 'adjacent') }}
        -- by the month: a stock may be counted on another day than its last
        and {{ last_of_month('adjacent.period_end') }} = {{ last_of_month(add_months('described.period_end', '-described.months_to_adjacent')) }}
    left join earlier as year_before
        on {{ same_series('described', 'year_before') }}
        and year_before.period_grain <> 'year'
        and {{ last_of_month('year_before.period_end') }} = {{ last_of_month(add_months('described.period_end', '-12')) }}
        -- a period of its own begins where it likes
        and {{ last_of_month('year_before.period_start') }} = {{ last_of_month(add_months('described.period_start', '-12')) }}
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
)

select
    domain,
    {{ indicator_mart_columns({'change': 'value - previous_value as change'}) }}
from with_earlier
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

{#-
    What makes a series, as one text that is never null: rows with one key are one figure in period after period, also over a break of its
    definition (series_id). Joins use it and the period.
-#}
{% macro series_key(figures) -%}
    {{ figures }}.indicator_id || '|' || {{ figures }}.municipality_id || '|' || {{ figures }}.gender || '|' || {{ figures }}.period_grain
        || '|' || {{ figures }}.measure_time || '|' || {{ figures }}.split
{%- endmacro %}

{#- Whether two rows are of one series whose definition did not break between them; both have `series_id` and `split`. -#}
{% macro same_series(one, other) -%}
    {{ one }}.series_id = {{ other }}.series_id
        and {{ one }}.municipality_id = {{ other }}.municipality_id
        and {{ one }}.gender = {{ other }}.gender
        and {{ one }}.measure_time = {{ other }}.measure_time
        and {{ one }}.period_grain = {{ other }}.period_grain
        and {{ one }}.split = {{ other }}.split
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
        'region_count', 'similar_mean', 'similar_count', 'national_mean', 'national_count', 'national_rank', 'rank_order',
        'target', 'previous_value', 'change', 'same_period_last_year', 'series_key', 'is_preliminary', 'is_revised',
        'revised_by_load_id', 'is_suppressed', 'is_simulated', 'comparison_is_simulated', 'source', 'lineage_id',
    ] -%}
    {%- for column in columns -%}
        {{ expressions.get(column, column) }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
