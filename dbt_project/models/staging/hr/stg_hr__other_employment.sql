with source as (select * from {{ source('hr', 'other_employments') }})

select
    ---------- keys
    municipality_id,
    {{ first_of_month('period') }} as month_start,
    {{ last_of_month(first_of_month('period')) }} as month_end,
    employment_id, person_id,

    ---------- person
    gender, birth_month,

    ---------- post
    case employment_form
        when 'tillsvidare' then 'permanent'
        when 'visstid' then 'temporary'
        when 'timavlönad' then 'hourly'
    end as employment_form,

    ---------- time in force
    start_date, end_date,

    ---------- origin
    load_id, source_row

from source
