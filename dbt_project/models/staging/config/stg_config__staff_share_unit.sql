with source as (select * from {{ source('config', 'staff_share_unit') }})

select
    ---------- ids
    municipality_id, indicator_id, unit,

    ---------- text
    service

from source
