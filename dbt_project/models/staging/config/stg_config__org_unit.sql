with source as (select * from {{ source('config', 'org_unit') }})

select
    ---------- ids
    municipality_id,
    org_unit_id as org_unit,
    parent_id as parent_org_unit,

    ---------- text
    org_unit as org_unit_name,
    level

from source
