with source as (select * from {{ source('goals', 'goals') }})

select
    ---------- ids
    municipality_id, goal_id, load_id,

    ---------- text
    case kind
        when 'nämndmål' then 'board'
        when 'arbetsmiljömål' then 'work_environment'
    end as kind,
    council_goal, goal, agenda_2030,

    ---------- numerics
    cast(year as integer) as year,
    goal_order

from source
