with source as (select * from {{ source('config', 'disclosure_limit') }})

select
    ---------- ids
    municipality_id,

    ---------- text
    disclosure_class,

    ---------- numerics
    minimum_n

from source
