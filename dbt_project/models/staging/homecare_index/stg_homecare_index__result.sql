with source as (select * from {{ source('homecare_index', 'results') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    case when part = 'index' then 'homecare_index' else 'homecare_index_subindex' end as indicator_id,
    case part
        when 'information' then 'subindex=information'
        when 'biståndshandläggning' then 'subindex=bistandshandlaggning'
        when 'utförande' then 'subindex=utforande'
        when 'stöd och utveckling' then 'subindex=stod_utveckling'
    end as breakdown,

    ---------- numerics
    value, national_mean, place, municipalities,

    ---------- origin
    load_id

from source
