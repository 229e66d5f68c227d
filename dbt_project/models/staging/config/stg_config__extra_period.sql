with source as (select * from {{ source('config', 'extra_period') }})

select municipality_id, period_start, period_end

from source
