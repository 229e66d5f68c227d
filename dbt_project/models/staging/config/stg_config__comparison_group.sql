with source as (select * from {{ source('config', 'comparison_group') }})

select
    ---------- ids
    municipality_id, group_id,

    ---------- text
    kind, similar_group_kind, label

from source
