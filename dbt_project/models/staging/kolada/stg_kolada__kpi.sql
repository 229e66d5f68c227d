with

source as (

    select * from {{ source('kolada', 'kpi') }}

),

renamed as (

    select
        ---------- ids
        kpi_id as indicator_id,

        ---------- text
        title,
        description,
        municipality_type,
        auspice,
        operating_area,
        perspective,

        ---------- numerics
        cast(publication_period as integer) as publication_year,

        ---------- booleans
        is_divided_by_gender,
        has_ou_data,

        ---------- dates
        prel_publication_date,
        publication_date

    from source

)

select * from renamed
