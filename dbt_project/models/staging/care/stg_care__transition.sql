with source as (select * from {{ source('care', 'transitions') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    person_id,
    case kind
        when 'arbetspraktik' then 'work_placement'
        when 'studier' then 'studies'
        when 'lönearbete' then 'paid_work'
        when 'egen anställning' then 'own_employment'
        when 'egen bostad' then 'own_home'
    end as step,
    started_on,

    ---------- person
    gender, birth_month,

    ---------- step
    case provider when 'egen regi' then 'municipal' when 'privat' then 'private' end as provider,
    ended_on,

    ---------- origin
    load_id, source_row

from source
