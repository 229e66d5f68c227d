with

source as (

    select * from {{ source('config', 'municipality') }}

),

renamed as (

    select
        ---------- ids
        municipality_id,

        ---------- text
        municipality,
        board,
        administration,

        ---------- numerics
        report_year

    from source

)

select * from renamed
