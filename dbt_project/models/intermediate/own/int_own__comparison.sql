-- What figures of the municipalities' own years are compared with, where a source brings other municipalities' values or means: the region's
-- from its joint reports, the nation's from the homecare index and from what the joint reports pass on.
with

region_means as (

    select * from {{ ref('int_region_report__mean') }}

),

homecare_index as (

    select * from {{ ref('stg_homecare_index__result') }}

),

loads as (

    select * from {{ ref('stg_loads__load') }}

),

final as (

    select
        municipality_id,
        indicator_id,
        staff_group,
        breakdown,
        year,
        region_mean,
        region_count,
        national_mean,
        national_count,
        cast(null as bigint) as national_rank,
        is_simulated
    from region_means

    union all

    select
        homecare_index.municipality_id,
        homecare_index.indicator_id,
        cast(null as {{ dbt.type_string() }}) as staff_group,
        homecare_index.breakdown,
        homecare_index.year,
        cast(null as double) as region_mean,
        cast(null as bigint) as region_count,
        cast(homecare_index.national_mean as double) as national_mean,
        homecare_index.municipalities as national_count,
        homecare_index.place as national_rank,
        coalesce(loads.is_simulated, false) as is_simulated
    from homecare_index
    left join loads
        on homecare_index.load_id = loads.load_id

)

select * from final
