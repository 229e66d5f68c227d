with source as (select * from {{ source('local_counts', 'counts') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    indicator as indicator_id,
    'unit_type=' || unit_type as breakdown,

    ---------- text
    counted_by,

    ---------- numerics
    number as counted,
    per,

    ---------- origin
    load_id

from source
