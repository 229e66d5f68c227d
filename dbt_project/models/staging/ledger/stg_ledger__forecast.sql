with source as (select * from {{ source('ledger', 'forecast') }})

select
    ---------- ids
    municipality_id,
    department as org_unit,
    line_id, load_id,

    ---------- numerics
    cast(substring(period, 1, 4) as integer) as year,
    -amount as amount,

    ---------- dates
    {{ first_of_month('period') }} as month,
    made_on

from source
