-- Mean, median and 90th percentile of the waits of each period (DEFINITIONS 2.1-2.4): the mean of few long waits tells little alone.
with
lead_times as (select * from {{ ref('int_care__lead_time') }}),
periods as (select * from {{ ref('int_care__period') }}),

measures as (
    select 'ic_investigation_days' as indicator_id, 'year' as kind, 1 as fewest
    union all select 'ic_investigation_days', 'extra', 1
    union all select 'ic_investigation_days', 'rolling_12', 1
    union all select 'ic_execution_days', 'year', 1
    union all select 'ic_execution_days', 'extra', 1
    union all select 'ic_execution_days', 'rolling_12', 1
    union all select 'sabo_wait_days_r12', 'rolling_12', 1
    union all select 'lss_housing_wait_days', 'year', 4
),

genders as (
    select 'T' as gender
    union all select 'K'
    union all select 'M'
),

summed as (
    select
        lead_times.indicator_id, lead_times.municipality_id, lead_times.breakdown, genders.gender,
        periods.period_start, periods.period_end, periods.period_grain, periods.measure_time, measures.fewest,
        cast(sum(lead_times.days) as double) as days,
        cast(count(*) as double) as decisions,
        count(distinct lead_times.person_id) as persons,
        percentile_cont(0.5) within group (order by lead_times.days) as median_days,
        percentile_cont(0.9) within group (order by lead_times.days) as p90_days
    from lead_times
    inner join measures on lead_times.indicator_id = measures.indicator_id
    inner join periods
        on lead_times.municipality_id = periods.municipality_id
        and measures.kind = periods.kind
        and lead_times.measured_on >= periods.period_start
        and lead_times.measured_on <= periods.period_end
    inner join genders
        on genders.gender = 'T'
        or (lead_times.indicator_id = 'sabo_wait_days_r12' and lead_times.gender = genders.gender)
    where lead_times.indicator_id not in ('sabo_wait_days_r12', 'lss_housing_wait_days')
        or periods.has_offers
    group by
        lead_times.indicator_id, lead_times.municipality_id, lead_times.breakdown, genders.gender,
        periods.period_start, periods.period_end, periods.period_grain, periods.measure_time, measures.fewest
),

statistics as (
    select 'mean' as statistic
    union all select 'median'
    union all select 'p90'
)

select
    case when summed.indicator_id in ('sabo_wait_days_r12', 'lss_housing_wait_days') then 'offers' else 'decisions' end as subject,
    summed.municipality_id, summed.indicator_id,
    case
        when statistics.statistic = 'mean' then summed.breakdown
        else coalesce(summed.breakdown || ';', '') || 'statistic=' || statistics.statistic
    end as breakdown,
    summed.gender, summed.period_start, summed.period_end, summed.period_grain, summed.measure_time,
    -- fewer than the definition asks for: no value, and no hint of how few they were
    case
        when summed.decisions < summed.fewest then null
        when statistics.statistic = 'mean' then summed.days / summed.decisions
        when statistics.statistic = 'median' then summed.median_days
        else summed.p90_days
    end as value,
    case when summed.decisions >= summed.fewest and statistics.statistic = 'mean' then summed.days end as numerator,
    case when summed.decisions >= summed.fewest and statistics.statistic = 'mean' then summed.decisions end as denominator,
    case when summed.decisions >= summed.fewest then summed.persons end as n
from summed
cross join statistics
