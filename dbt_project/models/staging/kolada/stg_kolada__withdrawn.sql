with source as (select * from {{ source('kolada', 'withdrawn') }})

select
    ---------- ids
    kpi_id as indicator_id,

    ---------- dates
    withdrawn_on, withdrawn_until

from source
