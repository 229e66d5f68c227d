with source as (select * from {{ source('kolada', 'municipality') }})

select
    ---------- ids
    municipality_id,

    ---------- text
    title as municipality,
    type as municipality_type

from source
