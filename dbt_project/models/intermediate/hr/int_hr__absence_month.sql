with
absences as (select * from {{ ref('stg_hr__absence') }}),
employments as (select * from {{ ref('stg_hr__employment') }}),
time_records as (select * from {{ ref('stg_hr__time_record') }}),
choices as (select * from {{ ref('stg_config__choice') }}),

-- The days of the month on which the employment was in force, and the hours scheduled over them. Without scheduled hours
-- (hourly-paid without booked shifts) an employment is in neither numerator nor denominator (DEFINITIONS 1.7).
employed as (
    select
        employments.municipality_id, employments.month_start, employments.employment_id, time_records.scheduled_hours,
        case
            when employments.start_date > employments.month_start then employments.start_date else employments.month_start
        end as first_day,
        case when employments.end_date < employments.month_end then employments.end_date else employments.month_end end as last_day
    from employments
    inner join time_records
        on employments.municipality_id = time_records.municipality_id
        and employments.month_start = time_records.month_start
        and employments.employment_id = time_records.employment_id
    where time_records.scheduled_hours > 0
),

absent as (
    select
        absences.municipality_id, absences.month_start, absences.spell_id, absences.employment_id,
        case choices.choice when 'sick_types' then 'sick' else 'unpaid_leave' end as absence_kind,
        absences.start_date as spell_start,
        case when absences.start_date > employed.first_day then absences.start_date else employed.first_day end as first_day,
        case when absences.end_date < employed.last_day then absences.end_date else employed.last_day end as last_day,
        absences.degree,
        absences.hours as delivered_hours,
        employed.scheduled_hours,
        {{ weekdays_between('employed.first_day', 'employed.last_day') }} as employed_weekdays
    from absences
    inner join choices
        on absences.municipality_id = choices.municipality_id
        and absences.absence_type = choices.value
    inner join employed
        on absences.municipality_id = employed.municipality_id
        and absences.month_start = employed.month_start
        and absences.employment_id = employed.employment_id
    where choices.choice in ('sick_types', 'unpaid_leave_types')
),

measured as (
    select
        absent.*,
        {{ weekdays_between('first_day', 'last_day') }} as absent_weekdays
    from absent
    where first_day <= last_day
)

select
    ---------- keys
    municipality_id, month_start, spell_id, absence_kind, employment_id,

    ---------- days
    spell_start, first_day, last_day, absent_weekdays,

    ---------- hours: as the system booked them, else the schedule spread over the weekdays employed (a spell on a weekend loses
    -- none); decimal, so that sums are the same in whatever order an engine adds them
    cast(
        case
            when delivered_hours is not null then cast(delivered_hours as double)
            when absent_weekdays = 0 then cast(0 as double)
            else cast(scheduled_hours as double) * absent_weekdays / employed_weekdays * cast(degree as double) / 100
        end as decimal(18, 6)
    ) as hours

from measured
