with source as (select * from {{ source('hr', 'time_records') }})

select
    ---------- keys
    municipality_id,
    {{ first_of_month('period') }} as month_start,
    {{ last_of_month(first_of_month('period')) }} as month_end,
    employment_id,

    ---------- hours
    scheduled_hours, worked_hours, hourly_paid_hours, additional_hours, overtime_hours,

    ---------- origin
    load_id, source_row

from source
