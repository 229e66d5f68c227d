-- The municipalities' own values as rows of an indicator mart. Groups that are too small to be shown (DEFINITIONS 8) lose value, numerator,
-- denominator and n here, before anything is derived from them; so do the other halves of a split, which would give them away, and
-- the next smallest department where only one would be withheld: the total minus the others would tell it.
with

own_values as (

    select * from {{ ref('int_own__value') }}

),

indicators as (

    select * from {{ ref('int_indicator') }}

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

judged as (

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
        own_values.value,
        own_values.numerator,
        own_values.denominator,
        own_values.n,
        own_values.is_preliminary,
        own_values.lineage_id,
        own_values.source,
        coalesce(simulated.simulated_loads, 0) > 0 as is_simulated,
        service_areas.service_area,
        indicators.disclosure_class,
        case
            when own_values.n > 0 and own_values.n < {{ minimum_n('indicators.disclosure_class') }} then 1
            else 0
        end as is_small
    from own_values
    inner join indicators
        on own_values.indicator_id = indicators.indicator_id
    left join simulated
        on own_values.lineage_id = simulated.lineage_id
    left join service_areas
        on own_values.municipality_id = service_areas.municipality_id
        and own_values.staff_group = service_areas.staff_group

),

with_splits as (

    select
        municipality_id,
        indicator_id,
        org_unit,
        staff_group,
        breakdown,
        gender,
        period_start,
        period_end,
        period_grain,
        measure_time,
        value,
        numerator,
        denominator,
        n,
        is_preliminary,
        lineage_id,
        source,
        is_simulated,
        service_area,
        is_small,
        max(case when gender <> 'T' then is_small else 0 end) over (
            partition by municipality_id, indicator_id, org_unit, staff_group, breakdown, period_start, period_end, measure_time
        ) as small_genders,
        max(case when breakdown is not null and disclosure_class = 'staff_health' then is_small else 0 end) over (
            partition by municipality_id, indicator_id, org_unit, staff_group, gender, period_start, period_end, measure_time
        ) as small_breakdowns,
        sum(case when org_unit is not null then is_small else 0 end) over (
            partition by municipality_id, indicator_id, staff_group, breakdown, gender, period_start, period_end, measure_time
        ) as small_org_units,
        row_number() over (
            partition by municipality_id, indicator_id, staff_group, breakdown, gender, period_start, period_end, measure_time
            order by case when org_unit is not null and is_small = 0 then 0 else 1 end, n, org_unit
        ) as next_smallest_org_unit
    from judged

),

guarded as (

    select
        municipality_id,
        indicator_id,
        org_unit,
        staff_group,
        breakdown,
        gender,
        period_start,
        period_end,
        period_grain,
        measure_time,
        value,
        numerator,
        denominator,
        n,
        is_preliminary,
        lineage_id,
        source,
        is_simulated,
        service_area,
        is_small = 1
        or (gender <> 'T' and small_genders = 1)
        or (breakdown is not null and small_breakdowns = 1)
        or (org_unit is not null and small_org_units = 1 and next_smallest_org_unit = 1) as is_suppressed
    from with_splits

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
        case when not guarded.is_suppressed then guarded.value end as value,
        case when not guarded.is_suppressed then guarded.numerator end as numerator,
        case when not guarded.is_suppressed then guarded.denominator end as denominator,
        case when not guarded.is_suppressed then guarded.n end as n,
        cast(null as {{ dbt.type_string() }}) as status,
        comparisons.region_mean,
        comparisons.region_count,
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
