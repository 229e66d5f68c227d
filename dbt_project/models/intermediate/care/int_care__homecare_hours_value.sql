-- Homecare hours per month and provider (DEFINITIONS 2.12): granted are the decisions' hours for the days that they are in force,
-- performed is the time at the client.
with
decisions as (
    select * from {{ ref('int_care__decision') }}
    where is_granted
        and law = 'SoL'
        and service_id = 'hemtjanst'
        and hours_per_month is not null
),

visits as (select * from {{ ref('stg_care__visit') }}),
months as (select * from {{ ref('int_care__period') }} where kind = 'month'),
choices as (select * from {{ ref('stg_config__choice') }}),
run as (select * from {{ ref('stg_run__run') }}),

once_per_visit as (
    select municipality_id
    from choices
    where choice = 'double_staffing_counts_per_person'
        and lower(value) = 'false'
),

granted_days as (
    select
        decisions.municipality_id, months.period_start, months.period_end, decisions.provider, decisions.person_id,
        decisions.hours_per_month,
        greatest(coalesce(decisions.valid_from, decisions.decision_date), months.period_start) as first_day,
        least({{ add_days('decisions.ended_on', -1) }}, months.period_end) as last_day
    from decisions
    inner join months
        on decisions.municipality_id = months.municipality_id
        and coalesce(decisions.valid_from, decisions.decision_date) <= months.period_end
        and decisions.ended_on > months.period_start
),

granted as (
    select
        'homecare_hours_granted' as indicator_id,
        'decisions' as subject,
        municipality_id, provider, period_start, period_end, person_id,
        cast(hours_per_month as double) * ({{ days_between('first_day', 'last_day') }} + 1)
        / ({{ days_between('period_start', 'period_end') }} + 1) as hours
    from granted_days
),

-- Some months hold the fortnight of the continuity measure only: homecare has no day without visits, so a month with one is not whole.
whole_months as (
    select visits.municipality_id, visits.month_start, visits.month_end
    from visits
    cross join run
    where visits.month_end <= run.as_of_date
    group by visits.municipality_id, visits.month_start, visits.month_end
    having count(distinct visits.visit_date) = {{ days_between('visits.month_start', 'visits.month_end') }} + 1
),

performed_visits as (
    select
        visits.municipality_id, visits.month_start, visits.month_end, visits.visit_id, visits.provider,
        visits.person_id,
        case when max(once_per_visit.municipality_id) is null then sum(visits.minutes) else max(visits.minutes) end as minutes
    from visits
    inner join whole_months
        on visits.municipality_id = whole_months.municipality_id
        and visits.month_start = whole_months.month_start
    left join once_per_visit on visits.municipality_id = once_per_visit.municipality_id
    where visits.is_performed
        and visits.visit_kind = 'care'
    group by
        visits.municipality_id, visits.month_start, visits.month_end, visits.visit_id, visits.provider,
        visits.person_id
),

hours as (
    select indicator_id, subject, municipality_id, provider, period_start, period_end, person_id, hours
    from granted

    union all

    select
        'homecare_hours_performed' as indicator_id,
        'visits' as subject,
        municipality_id, provider,
        month_start as period_start,
        month_end as period_end,
        person_id,
        minutes / 60.0 as hours
    from performed_visits
),

cells as (
    select 'total' as cell
    union all select 'provider'
)

select
    hours.subject, hours.municipality_id, hours.indicator_id,
    case when cells.cell = 'provider' then 'provider=' || hours.provider end as breakdown,
    'T' as gender,
    hours.period_start, hours.period_end,
    'month' as period_grain,
    'period' as measure_time,
    -- as decimals: a sum of doubles has another last bit in another order
    cast(sum(cast(hours.hours as decimal(28, 10))) as double) as value,
    {{ no_ratio() }},
    count(distinct hours.person_id) as n
from hours
cross join cells
where cells.cell = 'total'
    or hours.provider is not null
group by
    hours.subject, hours.municipality_id, hours.indicator_id,
    case when cells.cell = 'provider' then 'provider=' || hours.provider end,
    hours.period_start, hours.period_end
