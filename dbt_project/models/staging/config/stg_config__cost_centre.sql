with source as (select * from {{ source('config', 'cost_centre') }})

select
    ---------- ids
    municipality_id,
    department_id as org_unit,
    unit_id as unit,

    ---------- text
    first_cost_centre, last_cost_centre

from source
