with
org_units as (select * from {{ ref('stg_config__org_unit') }}),
municipalities as (select * from {{ ref('stg_config__municipality') }})

select
    ---------- ids
    municipality_id, org_unit, parent_org_unit,

    ---------- text
    org_unit_name, level

from org_units

union all

-- where the ledger's cost centres belong that no interval of the configuration covers
select
    municipality_id,
    'unmapped' as org_unit,
    {{ no_text('parent_org_unit') }},
    'Ansvar utan avdelning' as org_unit_name,
    'department' as level
from municipalities
