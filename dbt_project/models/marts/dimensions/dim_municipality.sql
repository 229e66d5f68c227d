with municipalities as (select * from {{ ref('int_municipality') }})

select
    ---------- ids
    municipality_id,

    ---------- text
    municipality, municipality_type, board, administration,

    ---------- numerics
    report_year,

    ---------- dates
    data_through,

    ---------- booleans
    is_configured

from municipalities
