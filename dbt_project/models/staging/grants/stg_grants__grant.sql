with source as (select * from {{ source('grants', 'grants') }})

select
    ---------- ids
    municipality_id, grant_id, load_id,

    ---------- text
    grant_type, grant_name, payer,

    ---------- numerics
    cast(year as integer) as year,
    row_order, applied, awarded, received, recognised, deferred, repaid

from source
