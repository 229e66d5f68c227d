-- How many members of staff a homecare client meets in fourteen days (DEFINITIONS 2.10), once a year: from the first day of visits of the
-- month nearest October that has been delivered, when the national measurement was made.
with
visits as (
    select * from {{ ref('stg_care__visit') }}
    where is_performed
        and visit_kind = 'care'
),

run as (select * from {{ ref('stg_run__run') }}),

delivered_months as (
    select
        municipality_id,
        extract(year from month_start) as year_number,
        extract(month from month_start) as month_number,
        min(visit_date) as first_day,
        max(visit_date) as last_day
    from visits
    group by
        municipality_id,
        extract(year from month_start),
        extract(month from month_start)
),

numbered_months as (
    select
        municipality_id, year_number, first_day,
        {{ add_days('first_day', 13) }} as last_day,
        row_number() over (partition by municipality_id, year_number order by abs(month_number - 10), month_number) as nearness
    from delivered_months
    where last_day >= {{ add_days('first_day', 13) }}
),

fortnights as (
    select
        numbered_months.municipality_id,
        {{ day_of_year('numbered_months.year_number', '-01-01') }} as period_start,
        {{ day_of_year('numbered_months.year_number', '-12-31') }} as period_end,
        numbered_months.first_day, numbered_months.last_day
    from numbered_months
    cross join run
    where numbered_months.nearness = 1
        and {{ day_of_year('numbered_months.year_number', '-12-31') }} <= run.as_of_date
),

daytime as (
    select
        fortnights.municipality_id, fortnights.period_start, fortnights.period_end, visits.person_id,
        visits.visit_date, visits.visit_id, visits.staff_id
    from visits
    inner join fortnights
        on visits.municipality_id = fortnights.municipality_id
        and visits.visit_date >= fortnights.first_day
        and visits.visit_date <= fortnights.last_day
    where visits.start_hour >= 7
        and visits.start_hour < 22
        and {{ add_months(add_days('visits.birth_month', 14), 65 * 12) }} <= fortnights.first_day
),

visited_days as (
    select municipality_id, period_start, person_id, visit_date
    from daytime
    group by municipality_id, period_start, person_id, visit_date
    having count(distinct visit_id) >= 2
),

-- Two visits on each of the fourteen days: whoever was away on one of them is not in the measure.
clients as (
    select municipality_id, period_start, person_id
    from visited_days
    group by municipality_id, period_start, person_id
    having count(*) = 14
),

staff_met as (
    select
        daytime.municipality_id, daytime.period_start, daytime.period_end, daytime.person_id,
        count(distinct daytime.staff_id) as staff
    from daytime
    inner join clients
        on daytime.municipality_id = clients.municipality_id
        and daytime.period_start = clients.period_start
        and daytime.person_id = clients.person_id
    group by daytime.municipality_id, daytime.period_start, daytime.period_end, daytime.person_id
),

summed as (
    select
        municipality_id, period_start, period_end,
        cast(sum(staff) as double) as staff,
        cast(sum(case when staff > 20 then 1 else 0 end) as double) as met_over_20,
        count(*) as clients
    from staff_met
    group by municipality_id, period_start, period_end
)

select
    'visits' as subject,
    municipality_id,
    'homecare_staff_continuity_14d' as indicator_id,
    {{ no_text('breakdown') }},
    'T' as gender,
    period_start, period_end,
    'year' as period_grain,
    'period' as measure_time,
    staff / clients as value,
    staff as numerator,
    cast(clients as double) as denominator,
    clients as n
from summed

union all

select
    'visits' as subject,
    municipality_id,
    'homecare_over20_staff_share' as indicator_id,
    {{ no_text('breakdown') }},
    'T' as gender,
    period_start, period_end,
    'year' as period_grain,
    'period' as measure_time,
    100 * met_over_20 / clients as value,
    met_over_20 as numerator,
    cast(clients as double) as denominator,
    clients as n
from summed
