with source as (select * from {{ source('ledger', 'budget') }})

select
    ---------- ids
    municipality_id, load_id,

    ---------- text
    version, account, cost_centre, activity,

    ---------- numerics
    cast(year as integer) as year,
    -amount as amount,

    ---------- dates
    {{ first_of_month('month') }} as month

from source
where substring(account, 1, 1) not in ('1', '2')
