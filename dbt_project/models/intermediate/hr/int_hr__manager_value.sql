-- Permanent managers (DEFINITIONS 1.15). Who is promoted within an employment is a manager afterwards, and has not been hired.
with
periods as (
    select * from {{ ref('int_hr__reporting_period') }}
    where subject in ('stock', 'turnover_administration')
        and period_grain = 'year'
),

stock as (select * from {{ ref('int_hr__stock') }}),
history as (select * from {{ ref('int_hr__employment_history') }}),
leavers as (select * from {{ ref('int_hr__leaver') }} where scope = 'administration'),

manager_posts as (
    select municipality_id, employment_id, person_id, start_date, last_day
    from history
    where employer = 'administration'
        and employment_form = 'permanent'
        and is_manager
),

-- A manager who goes from one such post to another the day after is not hired anew.
hired as (
    select
        manager_posts.municipality_id, manager_posts.person_id,
        manager_posts.start_date as happened_on
    from manager_posts
    left join manager_posts as earlier
        on manager_posts.municipality_id = earlier.municipality_id
        and manager_posts.person_id = earlier.person_id
        and earlier.start_date < manager_posts.start_date
        and (earlier.last_day is null or earlier.last_day >= {{ add_days('manager_posts.start_date', -1) }})
    where earlier.employment_id is null
),

gone as (
    select
        leavers.municipality_id, leavers.person_id,
        leavers.last_day as happened_on
    from leavers
    inner join manager_posts
        on leavers.municipality_id = manager_posts.municipality_id
        and leavers.employment_id = manager_posts.employment_id
),

events as (
    select
        'managers_hired' as indicator_id,
        municipality_id, person_id, happened_on
    from hired

    union all

    select
        'managers_left' as indicator_id,
        municipality_id, person_id, happened_on
    from gone
),

indicators as (
    select 'managers_hired' as indicator_id
    union all select 'managers_left'
),

-- Where no post was ever marked as a manager's, the mark was not delivered: nobody can say that none was hired.
known as (select distinct municipality_id from history where is_manager),

counted as (
    select
        'managers_permanent' as indicator_id,
        {{ period_of('periods') }},
        count(distinct stock.person_id) as managers
    from periods
    inner join stock
        on periods.municipality_id = stock.municipality_id
        and periods.period_end = stock.month_end
        and stock.employment_form = 'permanent'
        and stock.is_manager
    where periods.subject = 'stock'
    group by {{ period_of('periods') }}

    union all

    select
        indicators.indicator_id, {{ period_of('periods') }},
        count(distinct events.person_id) as managers
    from periods
    inner join known on periods.municipality_id = known.municipality_id
    cross join indicators
    left join events
        on periods.municipality_id = events.municipality_id
        and indicators.indicator_id = events.indicator_id
        and events.happened_on between periods.period_start and periods.period_end
    where periods.subject = 'turnover_administration'
    group by indicators.indicator_id, {{ period_of('periods') }}
)

select
    ---------- keys
    municipality_id, indicator_id,
    {{ no_text('org_unit', 'staff_group', 'breakdown') }},
    'T' as gender,
    period_start, period_end, period_grain, measure_time,

    ---------- the figure
    cast(managers as double) as value,
    {{ no_ratio() }},
    managers as n,
    false as is_preliminary

from counted
