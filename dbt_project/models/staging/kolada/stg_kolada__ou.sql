with source as (select * from {{ source('kolada', 'ou') }})

select
    ---------- ids
    ou_id, municipality_id,

    ---------- text
    title as ou,
    substring(ou_id, 1, 3) as ou_type

from source
