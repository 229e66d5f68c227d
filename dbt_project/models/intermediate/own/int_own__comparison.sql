-- What figures of the municipalities' own years are compared with, where a source brings other municipalities' values or means: the
-- region's
-- from its joint reports, the nation's from the homecare index and from what the joint reports pass on. As of Kolada's figures, a mean of
-- few members is not told, nor that of an amount; how many they are is.
with
region_means as (select * from {{ ref('int_region_report__mean') }}),
homecare_index as (select * from {{ ref('stg_homecare_index__result') }}),
loads as (select * from {{ ref('stg_loads__load') }}),
indicators as (select * from {{ ref('int_indicator') }}),

all_means as (
    select
        municipality_id, indicator_id, staff_group, breakdown, year, region_mean, region_count, national_mean,
        national_count,
        cast(null as bigint) as national_rank,
        is_simulated
    from region_means

    union all

    select
        homecare_index.municipality_id, homecare_index.indicator_id,
        {{ no_text('staff_group') }},
        homecare_index.breakdown, homecare_index.year,
        cast(null as double) as region_mean,
        cast(null as bigint) as region_count,
        cast(homecare_index.national_mean as double) as national_mean,
        homecare_index.municipalities as national_count,
        homecare_index.place as national_rank,
        coalesce(loads.is_simulated, false) as is_simulated
    from homecare_index
    left join loads on homecare_index.load_id = loads.load_id
)

-- a mean that came without a number of members stands as it came
select
    all_means.municipality_id, all_means.indicator_id, all_means.staff_group, all_means.breakdown, all_means.year,
    case
        when not indicators.is_amount and coalesce(all_means.region_count, {{ var('least_members') }}) >= {{ var('least_members') }}
            then all_means.region_mean
    end as region_mean,
    all_means.region_count,
    case
        when not indicators.is_amount
            and coalesce(all_means.national_count, {{ var('least_municipalities') }}) >= {{ var('least_municipalities') }}
            then all_means.national_mean
    end as national_mean,
    all_means.national_count,
    case when all_means.national_count >= {{ var('least_ranked') }} then all_means.national_rank end as national_rank,
    all_means.is_simulated
from all_means
inner join indicators on all_means.indicator_id = indicators.indicator_id
