with source as (select * from {{ source('hr', 'employments') }})

select
    ---------- keys
    municipality_id,
    {{ first_of_month('period') }} as month_start,
    {{ last_of_month(first_of_month('period')) }} as month_end,
    employment_id, person_id,

    ---------- person
    gender, birth_month,

    ---------- post
    title, aid_code, department, unit, cost_centre,
    case employment_form
        when 'tillsvidare' then 'permanent'
        when 'visstid' then 'temporary'
        when 'timavlönad' then 'hourly'
    end as employment_form,
    case pay_form when 'månad' then 'monthly' when 'tim' then 'hourly' end as pay_form,
    degree, full_time_hours, is_manager,

    ---------- time in force
    start_date, end_date, leave_reason,

    ---------- origin
    load_id, source_row

from source
