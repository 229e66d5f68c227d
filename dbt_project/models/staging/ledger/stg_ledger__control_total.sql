with source as (select * from {{ source('ledger', 'control_totals') }})

select
    ---------- ids
    municipality_id, load_id,

    ---------- text
    accounting_period, account_class,

    ---------- numerics
    cast(substring(accounting_period, 1, 4) as integer) as year,
    row_count,
    -amount as amount,

    ---------- booleans
    substring(accounting_period, 5, 2) = '13' as is_closing_period,

    ---------- dates
    {{ first_of_month('period') }} as delivered_month

from source
