with employments as (select * from {{ ref('stg_hr__employment') }})

select
    ---------- keys
    municipality_id, month_end, employment_id, person_id,

    ---------- person
    gender, birth_month,

    ---------- post
    department, unit, aid_code, employment_form, pay_form, degree, is_manager

from employments
where start_date <= month_end
    and (end_date is null or end_date >= month_end)
