with source as (select * from {{ source('config', 'statement_line_part') }})

select
    ---------- ids
    municipality_id, line_id, part_line_id

from source
