with members as (select * from {{ ref('int_comparison__member') }})

select
    ---------- ids
    municipality_id, group_id, member_id,

    ---------- text
    kind, similar_group_kind, member

from members
