with source as (select * from {{ source('kolada', 'municipality_groups') }})

select
    ---------- ids
    group_id, member_id,

    ---------- text
    group_title,
    member_title as member

from source
