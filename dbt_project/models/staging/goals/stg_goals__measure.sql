with source as (select * from {{ source('goals', 'measures') }})

select
    ---------- ids
    municipality_id, measure_id, indicator_id, load_id,

    ---------- text
    case horizon
        when 'kort sikt' then 'short'
        when 'lång sikt' then 'long'
        when 'utreds' then 'investigated'
        when 'ska undersökas' then 'to_examine'
        when 'kräver samordning' then 'needs_coordination'
    end as horizon,
    area, description, expected_effect, effect_label, owner_role, follow_up, outcome,

    ---------- numerics
    cast(year as integer) as year,
    row_order, effect_amount, effect_percent,

    ---------- dates
    started_on

from source
