with
loads as (select * from {{ ref('stg_loads__load') }} where source = 'hr'),
run as (select * from {{ ref('stg_run__run') }}),

-- The tables that must have been delivered for a month before anything can be said about it.
requirement as (
    select 'stock' as subject, 'employments' as table_name
    union all select 'hours', 'employments'
    union all select 'hours', 'time_records'
    union all select 'sick_leave', 'employments'
    union all select 'sick_leave', 'absences'
    union all select 'sick_leave', 'time_records'
    union all select 'turnover_administration', 'employments'
    union all select 'turnover_municipality', 'employments'
    union all select 'turnover_municipality', 'other_employments'
),

required as (select subject, count(*) as tables_required from requirement group by subject),

delivered as (
    select
        loads.municipality_id, requirement.subject, loads.period,
        count(distinct loads.table_name) as tables_delivered
    from loads
    inner join requirement on loads.table_name = requirement.table_name
    group by loads.municipality_id, requirement.subject, loads.period
),

complete_month as (
    select
        delivered.municipality_id, delivered.subject,
        {{ first_of_month('delivered.period') }} as month_start,
        cast(substr(delivered.period, 1, 4) as integer) as year_number,
        cast(substr(delivered.period, 6, 2) as integer) as month_number
    from delivered
    inner join required
        on delivered.subject = required.subject
        and delivered.tables_delivered = required.tables_required
),

-- A year to date or a rolling year with a month missing in it would be a smaller sum, not an earlier one: it has no row.
counted_month as (
    select
        municipality_id, subject, month_start,
        {{ last_of_month('month_start') }} as month_end,
        {{ day_of_year('year_number', '-01-01') }} as year_start,
        month_number,
        count(*) over (
            partition by municipality_id, subject, year_number order by month_number
        ) as months_of_year,
        count(*) over (
            partition by municipality_id, subject order by 12 * year_number + month_number
            range between 11 preceding and current row
        ) as months_of_12,
        max(month_start) over (partition by municipality_id, subject) as last_month_start
    from complete_month
),

points as (
    select
        municipality_id, subject,
        month_end as period_start,
        month_end as period_end,
        case when month_number = 12 and months_of_year = 12 then 'year' else 'month' end as period_grain,
        'point' as measure_time,
        1 as months,
        month_start = last_month_start as is_last_delivered
    from counted_month
    where subject = 'stock'
),

months as (
    select
        municipality_id, subject,
        month_start as period_start,
        month_end as period_end,
        'month' as period_grain,
        'period' as measure_time,
        1 as months,
        month_start = last_month_start as is_last_delivered
    from counted_month
    where subject in ('hours', 'sick_leave')
),

years as (
    select
        municipality_id, subject,
        year_start as period_start,
        month_end as period_end,
        'year' as period_grain,
        'period' as measure_time,
        12 as months,
        month_start = last_month_start as is_last_delivered
    from counted_month
    where subject <> 'stock'
        and month_number = 12
        and months_of_year = 12
),

years_to_date as (
    select
        municipality_id, subject,
        year_start as period_start,
        month_end as period_end,
        'month' as period_grain,
        'ytd' as measure_time,
        month_number as months,
        month_start = last_month_start as is_last_delivered
    from counted_month
    where subject in ('sick_leave', 'hours')
        and months_of_year = month_number
),

rolling_years as (
    select
        municipality_id, subject,
        {{ add_months('month_start', -11) }} as period_start,
        month_end as period_end,
        'month' as period_grain,
        'rolling_12' as measure_time,
        12 as months,
        month_start = last_month_start as is_last_delivered
    from counted_month
    where subject in ('sick_leave', 'turnover_administration', 'turnover_municipality')
        and months_of_12 = 12
),

periods as (
    select * from points
    union all select * from months
    union all select * from years
    union all select * from years_to_date
    union all select * from rolling_years
)

select
    ---------- keys
    periods.municipality_id, periods.subject, periods.period_start, periods.period_end, periods.measure_time,

    ---------- the period
    periods.period_grain, periods.months,

    -- what is registered late, and paid a month later, arrives until the end of the month after
    periods.is_last_delivered
    and run.as_of_date <= {{ last_of_month(add_months('periods.period_end', 1)) }} as is_open

from periods
cross join run
