with source as (select * from {{ source('care', 'visits') }})

select
    ---------- keys
    municipality_id,
    {{ first_of_month('period') }} as month_start,
    {{ last_of_month(first_of_month('period')) }} as month_end,
    visit_id, person_id, staff_id,

    ---------- person
    gender, birth_month,

    ---------- visit; the start is delivered as '2024-10-07 07:40'
    cast(substr(started_at, 1, 10) as date) as visit_date,
    cast(substr(started_at, 12, 2) as integer) as start_hour,
    minutes,
    case provider when 'egen regi' then 'municipal' when 'privat' then 'private' end as provider,
    not is_planned_only as is_performed,
    case kind when 'omsorg' then 'care' when 'larm' then 'alarm' when 'mat' then 'meal' when 'hsl' then 'health_care' end as visit_kind,

    ---------- origin
    load_id, source_row

from source
