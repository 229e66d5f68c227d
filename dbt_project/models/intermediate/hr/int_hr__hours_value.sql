with
periods as (select * from {{ ref('int_hr__reporting_period') }} where subject = 'hours'),
time_records as (select * from {{ ref('stg_hr__time_record') }}),
employments as (select * from {{ ref('stg_hr__employment') }}),
choices as (select * from {{ ref('stg_config__choice') }}),
full_time as (select municipality_id, cast(value as double) as hours_year from choices where choice = 'full_time_hours_year'),

indicators as (
    select 'hourly_paid_work_fte' as indicator_id
    union all select 'additional_time_fte'
    union all select 'overtime_fte'
),

cells as (
    select 'total' as cell
    union all select 'department'
    union all select 'unit'
),

-- Hours with hourly pay count whoever worked them; additional time and overtime are those of the monthly-paid.
hours as (
    select
        indicators.indicator_id, time_records.municipality_id, time_records.month_start, employments.person_id,
        employments.department, employments.unit,
        case
            when indicators.indicator_id = 'hourly_paid_work_fte' then time_records.hourly_paid_hours
            when employments.pay_form <> 'monthly' then 0
            when indicators.indicator_id = 'additional_time_fte' then time_records.additional_hours
            else time_records.overtime_hours
        end as hours
    from time_records
    inner join employments
        on time_records.municipality_id = employments.municipality_id
        and time_records.month_start = employments.month_start
        and time_records.employment_id = employments.employment_id
    cross join indicators
),

-- Hours of a kind that no month has ever held were not delivered: their sum is missing, not 0.
known as (
    select municipality_id, indicator_id
    from hours
    group by municipality_id, indicator_id
    having max(hours) > 0
),

summed as (
    select
        hours.indicator_id, periods.municipality_id,
        case cells.cell when 'department' then hours.department when 'unit' then hours.unit end as org_unit,
        periods.period_start, periods.period_end, periods.period_grain, periods.measure_time, periods.months,
        full_time.hours_year,
        sum(hours.hours) as hours,
        count(distinct case when hours.hours > 0 then hours.person_id end) as n
    from periods
    inner join full_time on periods.municipality_id = full_time.municipality_id
    inner join hours
        on periods.municipality_id = hours.municipality_id
        and hours.month_start >= periods.period_start
        and hours.month_start <= periods.period_end
    inner join known
        on hours.municipality_id = known.municipality_id
        and hours.indicator_id = known.indicator_id
    cross join cells
    -- departments and units by the month only: with their year, a month withheld would be the year less the others
    where cells.cell = 'total'
        or (
            periods.period_grain = 'month'
            and periods.measure_time = 'period'
            and case cells.cell when 'department' then hours.department else hours.unit end is not null
        )
    group by
        hours.indicator_id, periods.municipality_id,
        case cells.cell when 'department' then hours.department when 'unit' then hours.unit end,
        periods.period_start, periods.period_end, periods.period_grain, periods.measure_time, periods.months,
        full_time.hours_year
)

select
    ---------- keys
    municipality_id, indicator_id, org_unit,
    {{ no_text('staff_group', 'breakdown') }},
    'T' as gender,
    period_start, period_end, period_grain, measure_time,

    ---------- the figure: a full-timer's hours of the same months (165 a month by default)
    cast(hours as double) / nullif(hours_year * months / 12, 0) as value,
    cast(hours as double) as numerator,
    hours_year * months / 12 as denominator,
    n,
    false as is_preliminary

from summed
