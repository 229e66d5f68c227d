with source as (select * from {{ source('config', 'extra_period') }})

select
    ---------- ids
    municipality_id, indicator_id,

    ---------- numerics
    last_year,

    ---------- dates
    period_start, period_end

from source
