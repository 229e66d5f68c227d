with source as (select * from {{ source('config', 'account_interval') }})

select
    ---------- ids
    municipality_id, line_id,

    ---------- text
    first_account, last_account, account_group

from source
