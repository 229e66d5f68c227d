-- Nothing is lost or counted twice between the extracts and the sick-leave facts: per municipality and month, scheduled hours
-- of employments less unpaid leave are the ordinary hours, and the hours that spells lost are the sick hours.
with
scheduled as (
    select
        employments.municipality_id, employments.month_start,
        sum(time_records.scheduled_hours) as hours
    from {{ ref('stg_hr__employment') }} as employments
    inner join {{ ref('stg_hr__time_record') }} as time_records
        on employments.municipality_id = time_records.municipality_id
        and employments.month_start = time_records.month_start
        and employments.employment_id = time_records.employment_id
    group by employments.municipality_id, employments.month_start
),

absent as (
    select
        municipality_id, month_start,
        sum(case when absence_kind = 'sick' then hours else 0 end) as sick_hours,
        sum(case when absence_kind = 'unpaid_leave' then hours else 0 end) as unpaid_leave_hours
    from {{ ref('int_hr__absence_month') }}
    group by municipality_id, month_start
),

facts as (
    select
        municipality_id, month_start,
        sum(ordinary_hours) as ordinary_hours,
        sum(sick_hours) as sick_hours
    from {{ ref('int_hr__sick_leave_month') }}
    group by municipality_id, month_start
)

select scheduled.municipality_id, scheduled.month_start
from scheduled
left join absent
    on scheduled.municipality_id = absent.municipality_id
    and scheduled.month_start = absent.month_start
left join facts
    on scheduled.municipality_id = facts.municipality_id
    and scheduled.month_start = facts.month_start
where abs(scheduled.hours - coalesce(absent.unpaid_leave_hours, 0) - coalesce(facts.ordinary_hours, 0)) > 0.001
    or abs(coalesce(absent.sick_hours, 0) - coalesce(facts.sick_hours, 0)) > 0.001
