with source as (select * from {{ source('work_environment', 'inspections') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as inspection_year,
    inspection_id,

    ---------- the inspection
    inspected_on,
    case type when 'planerad' then 'planned' when 'händelsestyrd' then 'event_driven' end as inspection_type,
    topic, outcome,

    ---------- origin
    load_id, source_row

from source
