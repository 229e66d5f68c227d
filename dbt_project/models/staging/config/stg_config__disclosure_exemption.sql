with

source as (

    select * from {{ source('config', 'disclosure_exemption') }}

),

renamed as (

    select
        ---------- ids
        municipality_id,
        indicator_id,

        ---------- text
        split

    from source

)

select * from renamed
