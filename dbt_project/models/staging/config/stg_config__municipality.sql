with source as (select * from {{ source('config', 'municipality') }})

select
    ---------- ids
    municipality_id,

    ---------- text
    municipality, board, administration,

    ---------- numerics
    report_year

from source
