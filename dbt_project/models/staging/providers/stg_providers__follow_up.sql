with source as (select * from {{ source('providers', 'follow_ups') }})

select
    ---------- ids
    municipality_id, follow_up_id, load_id,

    ---------- text
    contract, legal_basis, subject, finding, impact, action,

    ---------- numerics
    cast(year as integer) as year,
    row_order, min_months,

    ---------- booleans
    is_fulfilled

from source
