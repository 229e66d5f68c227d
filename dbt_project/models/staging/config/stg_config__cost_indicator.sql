with source as (select * from {{ source('config', 'cost_indicator') }})

select
    ---------- ids
    municipality_id, indicator_id,

    ---------- text
    first_account, last_account

from source
