with source as (select * from {{ source('config', 'staff_share') }})

select
    ---------- ids
    municipality_id, indicator_id, staff_group,

    ---------- text
    part

from source
