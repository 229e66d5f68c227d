with
employments as (select * from {{ ref('stg_hr__employment') }}),
time_records as (select * from {{ ref('stg_hr__time_record') }}),
absence_months as (select * from {{ ref('int_hr__absence_month') }}),

leave as (
    select
        municipality_id, month_start, employment_id,
        sum(hours) as unpaid_leave_hours
    from absence_months
    where absence_kind = 'unpaid_leave'
    group by municipality_id, month_start, employment_id
),

joined as (
    select
        employments.municipality_id, employments.month_start, employments.employment_id, employments.person_id,
        employments.gender, employments.birth_month, employments.department, employments.unit, employments.aid_code,
        employments.pay_form, time_records.scheduled_hours,
        coalesce(leave.unpaid_leave_hours, 0) as unpaid_leave_hours
    from employments
    inner join time_records
        on employments.municipality_id = time_records.municipality_id
        and employments.month_start = time_records.month_start
        and employments.employment_id = time_records.employment_id
    left join leave
        on employments.municipality_id = leave.municipality_id
        and employments.month_start = leave.month_start
        and employments.employment_id = leave.employment_id
    where time_records.scheduled_hours > 0
)

select
    ---------- keys
    municipality_id, month_start, employment_id, person_id,

    ---------- groups
    gender, birth_month, department, unit, aid_code, pay_form,

    ---------- hours
    scheduled_hours,
    cast(unpaid_leave_hours as decimal(18, 6)) as unpaid_leave_hours,
    cast(scheduled_hours - unpaid_leave_hours as decimal(18, 6)) as ordinary_hours

from joined
