with source as (select * from {{ source('forecasts', 'occasions') }})

select
    ---------- ids
    municipality_id, load_id,

    ---------- text
    occasion, paragraph, author_role, comment,

    ---------- numerics
    cast(year as integer) as year,
    version,

    ---------- dates
    {{ first_of_month('month') }} as month,
    adopted_on

from source
