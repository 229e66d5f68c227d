with source as (select * from {{ source('config', 'disclosure_exemption') }})

select
    ---------- ids
    municipality_id, indicator_id,

    ---------- text
    split

from source
