with source as (select * from {{ source('goals', 'indicators') }})

select
    ---------- ids
    municipality_id, goal_id, indicator_id, org_unit, load_id,

    ---------- text
    breakdown, label,
    case target_kind
        when 'värde' then 'value'
        when 'intervall' then 'band'
        when 'bättre än riket' then 'beats_mean'
        when 'bättre än föregående år' then 'beats_previous'
    end as target_kind,
    case direction
        when 'hög' then 'high'
        when 'låg' then 'low'
    end as direction,
    footnote,

    ---------- numerics
    cast(year as integer) as year,
    row_order, quarter, target, target_low, target_high, statutory_limit

from source
