with source as (select * from {{ source('config', 'extra_period_indicator') }})

select
    ---------- ids
    municipality_id, indicator_id,

    ---------- dates
    period_start, period_end

from source
