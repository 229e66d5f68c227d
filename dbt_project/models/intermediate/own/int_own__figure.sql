-- The municipalities' own values as rows of an indicator mart. What is withheld (int_own__guarded) loses value, numerator, denominator and
-- n here, before anything is derived from it.
{%- set carried = [
    'value', 'numerator', 'denominator', 'n', 'is_preliminary', 'is_suppressed', 'lineage_id', 'source',
] %}
with
guarded_values as (select * from {{ ref('int_own__guarded') }}),
revisions as (select * from {{ ref('int_own__revision') }}),
loads as (select * from {{ ref('stg_loads__load') }}),
figure_loads as (select * from {{ ref('int_own__figure_loads') }}),
staff_groups as (select * from {{ ref('stg_config__staff_group') }}),
comparisons as (select * from {{ ref('int_own__comparison') }}),

-- Months are twelve: a stock of 31 December is delivered and judged once, as the year's, and told as December's too in the series that
-- have months. It has the month's first day then, as all months have, so that no two rows have one key.
monthly_stocks as (
    select distinct
        municipality_id, indicator_id, gender,
        {{ split('guarded_values') }} as split
    from guarded_values
    where measure_time = 'point'
        and period_grain = 'month'
),

own_values as (
    select
        municipality_id, indicator_id, org_unit, staff_group, breakdown, gender,
        case
            when measure_time = 'point' and period_grain = 'month' then cast({{ dbt.date_trunc('month', 'period_end') }} as date)
            else period_start
        end as period_start,
        period_end, period_grain, measure_time,
        {{ columns_of(carried) }}
    from guarded_values

    union all

    select
        guarded_values.municipality_id, guarded_values.indicator_id, guarded_values.org_unit,
        guarded_values.staff_group, guarded_values.breakdown, guarded_values.gender,
        cast({{ dbt.date_trunc('month', 'guarded_values.period_end') }} as date) as period_start,
        guarded_values.period_end,
        'month' as period_grain,
        guarded_values.measure_time,
        {{ columns_of(carried, 'guarded_values') }}
    from guarded_values
    inner join monthly_stocks
        on guarded_values.municipality_id = monthly_stocks.municipality_id
        and guarded_values.indicator_id = monthly_stocks.indicator_id
        and guarded_values.gender = monthly_stocks.gender
        and {{ split('guarded_values') }} = monthly_stocks.split
    where guarded_values.measure_time = 'point'
        and guarded_values.period_grain = 'year'
        and extract(month from guarded_values.period_end) = 12
),

{{ newest_revision('own_values', 'revised') }},

simulated as (
    select
        figure_loads.lineage_id,
        max(case when loads.is_simulated then 1 else 0 end) as simulated_loads
    from figure_loads
    inner join loads on figure_loads.load_id = loads.load_id
    group by figure_loads.lineage_id
),

-- a staff group has a row per AID code
service_areas as (
    select
        municipality_id, staff_group,
        max(service_area) as service_area
    from staff_groups
    group by municipality_id, staff_group
),

guarded as (
    select
        {{ figure_key('own_values') }},
        case when not own_values.is_suppressed then own_values.value end as value,
        case when not own_values.is_suppressed then own_values.numerator end as numerator,
        case when not own_values.is_suppressed then own_values.denominator end as denominator,
        case when not own_values.is_suppressed then own_values.n end as n,
        own_values.is_preliminary, own_values.is_suppressed, own_values.lineage_id, own_values.source,
        coalesce(simulated.simulated_loads, 0) > 0 as is_simulated,
        service_areas.service_area as service_area_of_staff,
        revised.load_id as revised_by_load_id,
        -- a mean gives away the one member's value that it lacks
        max(case when own_values.is_suppressed then 1 else 0 end) over (
            partition by
                own_values.indicator_id, own_values.org_unit, own_values.staff_group, own_values.breakdown, own_values.gender,
                own_values.period_grain, extract(year from own_values.period_end)
        ) as has_withheld_member
    from own_values
    left join simulated on own_values.lineage_id = simulated.lineage_id
    left join service_areas
        on own_values.municipality_id = service_areas.municipality_id
        and own_values.staff_group = service_areas.staff_group
    left join revised
        on own_values.lineage_id = revised.lineage_id
        and own_values.period_start = revised.period_start
        and own_values.period_end = revised.period_end
),

-- means are told of a year and of all of the municipality, so they stand beside such figures only
safe as (
    select
        guarded.*,
        {{ no_text('status') }},
        case when guarded.has_withheld_member = 0 then comparisons.region_mean end as region_mean,
        case when guarded.has_withheld_member = 0 then comparisons.region_count end as region_count,
        cast(null as double) as similar_mean,
        cast(null as bigint) as similar_count,
        comparisons.national_mean, comparisons.national_count, comparisons.national_rank,
        guarded.revised_by_load_id is not null as is_revised,
        coalesce(comparisons.is_simulated, false) as comparison_is_simulated
    from guarded
    left join comparisons
        on guarded.municipality_id = comparisons.municipality_id
        and guarded.indicator_id = comparisons.indicator_id
        and coalesce(guarded.staff_group, '') = coalesce(comparisons.staff_group, '')
        and coalesce(guarded.breakdown, '') = coalesce(comparisons.breakdown, '')
        and extract(year from guarded.period_end) = comparisons.year
        and guarded.period_grain = 'year'
        and guarded.gender = 'T'
        and guarded.org_unit is null
),

{{ indicator_figures('safe', 'safe') }}
