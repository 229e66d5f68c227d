with source as (select * from {{ source('run', 'run') }})

select
    ---------- text
    environment, git_sha,

    ---------- dates and timestamps
    as_of,
    cast(as_of as date) as as_of_date

from source
