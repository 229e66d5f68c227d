with source as (select * from {{ source('grants', 'passed_on') }})

select
    ---------- ids
    municipality_id, grant_id, load_id,

    ---------- text
    recipient,

    ---------- numerics
    cast(year as integer) as year,
    amount

from source
