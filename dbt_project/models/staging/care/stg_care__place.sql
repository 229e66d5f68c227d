with source as (select * from {{ source('care', 'places') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    place_id,

    ---------- place
    {{ slug('housing') }} as housing_id,
    {{ slug('orientation') }} as orientation_id,
    unit,
    case provider
        when 'egen regi' then 'municipal'
        when 'privat' then 'private'
        when 'externt köpt' then 'external'
    end as provider,
    available_from, available_to,

    ---------- origin
    load_id, source_row

from source
