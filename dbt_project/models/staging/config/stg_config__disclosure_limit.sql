with

source as (

    select * from {{ source('config', 'disclosure_limit') }}

),

renamed as (

    select
        ---------- ids
        municipality_id,

        ---------- text
        disclosure_class,

        ---------- numerics
        minimum_n

    from source

)

select * from renamed
