-- The periods and days that something can be said about, from the years whose decisions have been delivered. A day that lies ahead of the
-- run, or behind the month in which the last date was registered, has none: the register would look as if nobody had come and nobody gone.
with
loads as (select * from {{ ref('stg_loads__load') }} where source = 'care'),
decisions as (select * from {{ ref('int_care__decision') }}),
extra_periods as (select distinct municipality_id, period_start, period_end from {{ ref('int_own__extra_period') }}),
run as (select * from {{ ref('stg_run__run') }}),

month_numbers as (
    select cast(generated_number as integer) as month_number
    from ({{ dbt.generate_series(12) }}) as numbers
),

years as (
    select
        municipality_id,
        cast(period as integer) as year_number,
        max(case when table_name = 'offers' then 1 else 0 end) as offers_delivered,
        max(case when table_name = 'follow_ups' then 1 else 0 end) as follow_ups_delivered
    from loads
    where table_name in ('decisions', 'offers', 'follow_ups')
    group by
        municipality_id,
        cast(period as integer)
    having max(case when table_name = 'decisions' then 1 else 0 end) = 1
),

last_registered as (
    select
        municipality_id,
        {{ last_of_month(
            'max(greatest(application_date, coalesce(decision_date, application_date), coalesce(executed_date, application_date)))'
        ) }} as data_end
    from decisions
    group by municipality_id
),

calendar as (
    select
        years.*,
        month_numbers.month_number,
        {{ add_months(day_of_year('years.year_number', '-01-01'), 'month_numbers.month_number - 1') }} as month_start,
        {{ last_of_month(add_months(day_of_year('years.year_number', '-01-01'), 'month_numbers.month_number - 1')) }} as month_end
    from years
    cross join month_numbers
),

-- A year or a rolling year with a month missing in it would be a smaller sum, not an earlier one: it has no row.
months as (
    select
        calendar.*,
        count(*) over (
            partition by calendar.municipality_id order by 12 * calendar.year_number + calendar.month_number
            range between 11 preceding and current row
        ) as months_of_12,
        min(calendar.offers_delivered) over (
            partition by calendar.municipality_id order by 12 * calendar.year_number + calendar.month_number
            range between 11 preceding and current row
        ) as offers_of_12,
        min(calendar.follow_ups_delivered) over (
            partition by calendar.municipality_id order by 12 * calendar.year_number + calendar.month_number
            range between 11 preceding and current row
        ) as follow_ups_of_12
    from calendar
    inner join last_registered on calendar.municipality_id = last_registered.municipality_id
    cross join run
    where calendar.month_end <= last_registered.data_end
        and calendar.month_end <= run.as_of_date
),

month_ends as (
    select
        municipality_id,
        'month_end' as kind,
        month_end as period_start,
        month_end as period_end,
        case when month_number = 12 then 'year' else 'month' end as period_grain,
        'point' as measure_time,
        offers_delivered, follow_ups_delivered
    from months
),

october as (
    select
        municipality_id,
        'october' as kind,
        month_start as period_start,
        month_start as period_end,
        'year' as period_grain,
        'point' as measure_time,
        offers_delivered, follow_ups_delivered
    from months
    where month_number = 10
),

whole_months as (
    select
        municipality_id,
        'month' as kind,
        month_start as period_start,
        month_end as period_end,
        'month' as period_grain,
        'period' as measure_time,
        offers_delivered, follow_ups_delivered
    from months
),

whole_years as (
    select
        municipality_id,
        'year' as kind,
        {{ day_of_year('year_number', '-01-01') }} as period_start,
        month_end as period_end,
        'year' as period_grain,
        'period' as measure_time,
        offers_delivered, follow_ups_delivered
    from months
    where month_number = 12
),

rolling_years as (
    select
        municipality_id,
        'rolling_12' as kind,
        {{ add_months('month_start', -11) }} as period_start,
        month_end as period_end,
        'month' as period_grain,
        'rolling_12' as measure_time,
        offers_of_12 as offers_delivered,
        follow_ups_of_12 as follow_ups_delivered
    from months
    where months_of_12 = 12
),

extra as (
    select
        extra_periods.municipality_id,
        'extra' as kind,
        extra_periods.period_start, extra_periods.period_end,
        'other' as period_grain,
        'period' as measure_time,
        min(months.offers_delivered) as offers_delivered,
        min(months.follow_ups_delivered) as follow_ups_delivered
    from extra_periods
    inner join months
        on extra_periods.municipality_id = months.municipality_id
        and months.month_end >= extra_periods.period_start
        and months.month_start <= extra_periods.period_end
    left join whole_years
        on extra_periods.municipality_id = whole_years.municipality_id
        and extra_periods.period_start = whole_years.period_start
        and extra_periods.period_end = whole_years.period_end
    where whole_years.municipality_id is null
    group by extra_periods.municipality_id, extra_periods.period_start, extra_periods.period_end
    having min(months.month_start) <= extra_periods.period_start
        and max(months.month_end) >= extra_periods.period_end
        and count(*) = {{ dbt.datediff('extra_periods.period_start', 'extra_periods.period_end', 'month') }} + 1
),

periods as (
    select * from month_ends
    union all select * from october
    union all select * from whole_months
    union all select * from whole_years
    union all select * from rolling_years
    union all select * from extra
)

select
    ---------- keys
    municipality_id, kind, period_start, period_end,

    ---------- the period
    period_grain, measure_time,
    offers_delivered = 1 as has_offers,
    follow_ups_delivered = 1 as has_follow_ups

from periods
