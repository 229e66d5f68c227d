with municipalities as (select * from {{ ref('int_municipality') }})

select
    ---------- ids
    municipality_id,

    ---------- text
    municipality, municipality_type, board, administration,

    ---------- numerics
    report_year,

    ---------- booleans
    is_configured

from municipalities
