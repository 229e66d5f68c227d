with source as (select * from {{ source('config', 'statement_line') }})

select
    ---------- ids
    municipality_id, line_id,

    ---------- text
    line, role,

    ---------- numerics
    line_order,

    ---------- booleans
    is_sum

from source
