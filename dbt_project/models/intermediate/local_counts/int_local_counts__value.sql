-- Counts that somebody keeps, as figures; what is told per something is divided here.
with counts as (select * from {{ ref('stg_local_counts__count') }})

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
    case when per is not null then cast(counted as double) / nullif(per, 0) else cast(counted as double) end as value,
    case when per is not null then cast(counted as double) end as numerator,
    cast(per as double) as denominator,
    cast(null as bigint) as n,
    false as is_preliminary,

    ---------- origin
    {{ register_lineage("'local_counts'", 'municipality_id', 'year') }} as lineage_id

from counts
