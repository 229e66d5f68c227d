-- The homecare index, its sub-indices and the place among the municipalities, as published; the means that they are compared with are in
-- int_own__comparison.
with
results as (select * from {{ ref('stg_homecare_index__result') }}),

measures as (
    select
        municipality_id, year, indicator_id, breakdown,
        cast(value as double) as value,
        cast(null as double) as denominator
    from results

    union all

    select
        municipality_id, year,
        'homecare_index_rank' as indicator_id,
        {{ no_text('breakdown') }},
        cast(place as double) as value,
        cast(municipalities as double) as denominator
    from results
    where indicator_id = 'homecare_index'
)

select
    ---------- keys
    municipality_id, indicator_id,
    {{ no_text('org_unit', 'staff_group') }},
    breakdown,
    'T' as gender,
    {{ day_of_year('year', '-01-01') }} as period_start,
    {{ day_of_year('year', '-12-31') }} as period_end,
    'year' as period_grain,
    'period' as measure_time,

    ---------- the figure
    value,
    cast(null as double) as numerator,
    denominator,
    cast(null as bigint) as n,
    false as is_preliminary,

    ---------- origin
    {{ register_lineage("'homecare_index'", 'municipality_id', 'year') }} as lineage_id

from measures
