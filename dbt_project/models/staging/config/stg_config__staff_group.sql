with source as (select * from {{ source('config', 'staff_group') }})

select
    ---------- ids
    municipality_id, staff_group, aid_code,

    ---------- text
    label, service_area

from source
