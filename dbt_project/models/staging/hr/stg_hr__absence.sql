with source as (select * from {{ source('hr', 'absences') }})

select
    ---------- keys
    municipality_id,
    {{ first_of_month('period') }} as month_start,
    {{ last_of_month(first_of_month('period')) }} as month_end,
    spell_id, employment_id,

    ---------- spell
    absence_type, start_date, end_date, degree, hours,

    ---------- origin
    load_id, source_row

from source
