with source as (select * from {{ source('config', 'choice') }})

select
    ---------- ids
    municipality_id,

    ---------- text
    choice, value

from source
