with

source as (

    select * from {{ source('config', 'choice') }}

),

renamed as (

    select
        ---------- ids
        municipality_id,

        ---------- text
        choice,
        value

    from source

)

select * from renamed
