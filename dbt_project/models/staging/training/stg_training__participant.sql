with source as (select * from {{ source('training', 'participants') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as training_year,
    person_id,

    ---------- the programme
    programme,
    case education
        when 'undersköterska' then 'underskoterska'
        when 'specialistundersköterska' then 'specialistunderskoterska'
        when 'handledare och språkombud' then 'handledare_sprakombud'
        when 'övrig' then 'ovrig'
    end as education,
    role, funded_by,

    ---------- time
    started_on, ended_on,

    ---------- origin
    load_id, source_row

from source
