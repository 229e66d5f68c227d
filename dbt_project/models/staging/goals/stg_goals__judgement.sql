with source as (select * from {{ source('goals', 'judgements') }})

select
    ---------- ids
    municipality_id, goal_id, load_id,

    ---------- text
    case judgement
        when 'helt uppfyllt' then 'met'
        when 'delvis uppfyllt' then 'partly_met'
        when 'ej uppfyllt' then 'not_met'
    end as judgement,
    decided_by, reason,

    ---------- numerics
    cast(year as integer) as year,

    ---------- dates
    decided_on

from source
