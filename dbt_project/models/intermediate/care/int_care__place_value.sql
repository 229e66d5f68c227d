-- Places at the board's disposal on 31 December, those bought elsewhere among them. A year whose register holds no housing of a kind says
-- nothing about it.
with
places as (select * from {{ ref('stg_care__place') }}),
run as (select * from {{ ref('stg_run__run') }}),

year_ends as (
    select
        places.municipality_id, places.housing_id, places.orientation_id, places.provider,
        {{ day_of_year('places.year', '-12-31') }} as day,
        places.available_from, places.available_to
    from places
    cross join run
    where {{ day_of_year('places.year', '-12-31') }} <= run.as_of_date
),

counted as (
    select
        municipality_id, day,
        case when housing_id = 'sarskilt_boende' then 'sabo' else 'lss' end as housing,
        count(*) as places,
        count(case when provider = 'external' then 1 end) as external_places,
        count(case when orientation_id = 'demens' then 1 end) as dementia_places,
        count(case when housing_id = 'annan_sarskilt_anpassad_bostad' then 1 end) as asab_places
    from year_ends
    where housing_id <> 'korttidsboende'
        and available_from <= day
        and coalesce(available_to, {{ no_end() }}) >= day
    group by
        municipality_id, day,
        case when housing_id = 'sarskilt_boende' then 'sabo' else 'lss' end
),

measures as (
    select 'sabo_places' as indicator_id, 'sabo' as housing
    union all select 'sabo_external_places', 'sabo'
    union all select 'sabo_dementia_places_share', 'sabo'
    union all select 'lss_external_places', 'lss'
    union all select 'lss_asab_apartments', 'lss'
    union all select 'lss_asab_share_of_housing', 'lss'
),

measured as (
    select
        counted.municipality_id, measures.indicator_id, counted.day,
        cast(
            case measures.indicator_id
                when 'sabo_places' then counted.places
                when 'sabo_external_places' then counted.external_places
                when 'lss_external_places' then counted.external_places
                when 'sabo_dementia_places_share' then counted.dementia_places
                else counted.asab_places
            end as double
        ) as places,
        cast(
            case when measures.indicator_id in ('sabo_dementia_places_share', 'lss_asab_share_of_housing') then counted.places end as double
        ) as all_places
    from counted
    inner join measures on counted.housing = measures.housing
)

select
    'places' as subject,
    municipality_id, indicator_id,
    {{ no_text('breakdown') }},
    'T' as gender,
    day as period_start,
    day as period_end,
    'year' as period_grain,
    'point' as measure_time,
    case when all_places is null then places else 100 * places / all_places end as value,
    case when all_places is not null then places end as numerator,
    all_places as denominator,
    cast(null as bigint) as n
from measured
