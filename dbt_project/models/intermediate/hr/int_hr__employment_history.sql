with
employments as (select * from {{ ref('stg_hr__employment') }}),
other_employments as (select * from {{ ref('stg_hr__other_employment') }}),

versions as (
    select
        municipality_id,
        'administration' as employer,
        employment_id, person_id, employment_form, department, unit, aid_code, degree, is_manager, start_date,
        end_date, leave_reason, month_start, month_end
    from employments
    union all
    select
        municipality_id,
        'other_board' as employer,
        employment_id, person_id, employment_form,
        {{ no_text('department', 'unit', 'aid_code') }},
        cast(null as decimal(18, 2)) as degree,
        false as is_manager,
        start_date, end_date,
        {{ no_text('leave_reason') }},
        month_start, month_end
    from other_employments
),

numbered as (
    select
        versions.*,
        row_number() over (
            partition by municipality_id, employer, employment_id order by month_start desc
        ) as version_age,
        max(month_start) over (partition by municipality_id, employer) as last_month_start
    from versions
)

select
    ---------- keys
    municipality_id, employer, employment_id, person_id,

    ---------- post
    employment_form, department, unit, aid_code, degree, is_manager,

    ---------- time in force: an employment that a later month's extract no longer holds was not in force in that month,
    -- so it ended at the latest with the last month that held it, whatever that month's extract still believed
    start_date,
    case
        when month_start < last_month_start and coalesce(end_date, month_end) >= month_end then month_end
        else end_date
    end as last_day,
    leave_reason

from numbered
where version_age = 1
