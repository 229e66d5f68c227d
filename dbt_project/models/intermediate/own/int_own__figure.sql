-- The municipalities' own values as rows of an indicator mart. What is withheld (int_own__guarded) loses value, numerator, denominator and n
-- here, before anything is derived from it.
with

own_values as (

    select * from {{ ref('int_own__guarded') }}

),

loads as (

    select * from {{ ref('stg_loads__load') }}

),

figure_loads as (

    select * from {{ ref('int_own__figure_loads') }}

),

staff_groups as (

    select * from {{ ref('stg_config__staff_group') }}

),

comparisons as (

    select * from {{ ref('int_own__comparison') }}

),

simulated as (

    select
        figure_loads.lineage_id,
        max(case when loads.is_simulated then 1 else 0 end) as simulated_loads
    from figure_loads
    inner join loads
        on figure_loads.load_id = loads.load_id
    group by figure_loads.lineage_id

),

-- a staff group has a row per AID code
service_areas as (

    select
        municipality_id,
        staff_group,
        max(service_area) as service_area
    from staff_groups
    group by
        municipality_id,
        staff_group

),

guarded as (

    select
        own_values.municipality_id,
        own_values.indicator_id,
        own_values.org_unit,
        own_values.staff_group,
        own_values.breakdown,
        own_values.gender,
        own_values.period_start,
        own_values.period_end,
        own_values.period_grain,
        own_values.measure_time,
        case when not own_values.is_suppressed then own_values.value end as value,
        case when not own_values.is_suppressed then own_values.numerator end as numerator,
        case when not own_values.is_suppressed then own_values.denominator end as denominator,
        case when not own_values.is_suppressed then own_values.n end as n,
        own_values.is_preliminary,
        own_values.is_suppressed,
        own_values.lineage_id,
        own_values.source,
        coalesce(simulated.simulated_loads, 0) > 0 as is_simulated,
        service_areas.service_area,
        -- a mean gives away the one member's value that it lacks
        max(case when own_values.is_suppressed then 1 else 0 end) over (
            partition by
                own_values.indicator_id, own_values.org_unit, own_values.staff_group, own_values.breakdown, own_values.gender,
                own_values.period_grain, extract(year from own_values.period_end)
        ) as has_withheld_member
    from own_values
    left join simulated
        on own_values.lineage_id = simulated.lineage_id
    left join service_areas
        on own_values.municipality_id = service_areas.municipality_id
        and own_values.staff_group = service_areas.staff_group

),

-- means are told of a year and of all of the municipality, so they stand beside such figures only
safe as (

    select
        guarded.municipality_id,
        guarded.indicator_id,
        guarded.org_unit,
        guarded.staff_group,
        guarded.breakdown,
        guarded.gender,
        guarded.period_start,
        guarded.period_end,
        guarded.period_grain,
        guarded.measure_time,
        guarded.value,
        guarded.numerator,
        guarded.denominator,
        guarded.n,
        cast(null as {{ dbt.type_string() }}) as status,
        case when guarded.has_withheld_member = 0 then comparisons.region_mean end as region_mean,
        case when guarded.has_withheld_member = 0 then comparisons.region_count end as region_count,
        cast(null as double) as similar_mean,
        cast(null as bigint) as similar_count,
        comparisons.national_mean,
        comparisons.national_count,
        comparisons.national_rank,
        guarded.is_preliminary,
        -- a redelivered month replaces the earlier one: only a publication knows what it said before
        false as is_revised,
        guarded.is_suppressed,
        guarded.is_simulated,
        coalesce(comparisons.is_simulated, false) as comparison_is_simulated,
        guarded.source,
        guarded.lineage_id,
        guarded.service_area
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
