with source as (select * from {{ source('population', 'inhabitants') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    cast(age as integer) as age,
    gender,

    ---------- numerics
    population as inhabitants,

    ---------- origin
    load_id

from source
