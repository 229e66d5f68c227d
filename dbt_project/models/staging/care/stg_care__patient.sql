with source as (select * from {{ source('care', 'patients') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    person_id,

    ---------- person
    gender, birth_month,

    ---------- care
    profession, measures,

    ---------- origin
    load_id, source_row

from source
