with source as (select * from {{ source('kolada', 'kpi') }})

select
    ---------- ids
    kpi_id as indicator_id,

    ---------- text
    title, description, municipality_type, auspice, operating_area, perspective, publication_period,

    ---------- booleans
    is_divided_by_gender, has_ou_data,

    ---------- dates
    prel_publication_date, publication_date

from source
