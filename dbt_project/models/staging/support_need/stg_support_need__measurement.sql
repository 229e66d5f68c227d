with source as (select * from {{ source('support_need', 'measurements') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    person_id,
    replace(service, ' ', '_') as service,
    measured_on,

    ---------- text
    unit,

    ---------- numerics
    level as need_level,
    points,

    ---------- origin
    load_id

from source
