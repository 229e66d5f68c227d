-- The signs are turned here and nowhere else: income becomes positive, costs negative. Balance accounts (classes 1 and 2)
-- are no part of the result and end here.
with source as (select * from {{ source('ledger', 'transactions') }})

select
    ---------- ids
    municipality_id, voucher_series, voucher, voucher_row, load_id,

    ---------- text
    accounting_period, account, cost_centre, activity, sub_activity, project, counterparty,

    ---------- numerics
    cast(substring(accounting_period, 1, 4) as integer) as year,
    -amount as amount,

    ---------- booleans
    is_internal,
    substring(accounting_period, 5, 2) = '13' as is_closing_entry,

    ---------- dates
    posting_date,
    {{ first_of_month('period') }} as delivered_month,
    -- period 13 holds the closing entries of the year: they count in December
    cast(
        substring(accounting_period, 1, 4) || '-'
        || case when substring(accounting_period, 5, 2) = '13' then '12' else substring(accounting_period, 5, 2) end
        || '-01' as date
    ) as month

from source
where substring(account, 1, 1) not in ('1', '2')
