-- Whether decisions are followed up in time, all decisions and not a sample (DEFINITIONS 2.7, 2.8).
with
decisions as (select * from {{ ref('int_care__decision') }} where is_granted),
follow_ups as (select * from {{ ref('stg_care__follow_up') }}),

periods as (
    select * from {{ ref('int_care__period') }}
    where kind in ('year', 'extra', 'rolling_12')
        and has_follow_ups
),

choices as (select * from {{ ref('stg_config__choice') }}),

tolerances as (
    select
        municipality_id,
        cast(value as integer) as days
    from choices
    where choice = 'followup_tolerance_days'
),

-- Time-limited decisions whose last day came, with the first follow-up while they were valid.
time_limited as (
    select
        decisions.municipality_id, decisions.decision_id, decisions.person_id,
        case
            when decisions.law = 'LSS' then 'lss'
            else decisions.service_id
        end as decision_type,
        decisions.valid_to,
        max(case when follow_ups.decision_id is not null then 1 else 0 end) as is_followed_up
    from decisions
    left join follow_ups
        on decisions.municipality_id = follow_ups.municipality_id
        and decisions.decision_id = follow_ups.decision_id
        and follow_ups.followup_kind = 'follow_up'
        and follow_ups.followup_date >= coalesce(decisions.valid_from, decisions.decision_date)
        and follow_ups.followup_date <= decisions.valid_to
    where decisions.valid_to is not null
        and (
            decisions.law = 'LSS'
            or (decisions.law = 'SoL' and decisions.service_id in ('hemtjanst', 'korttidsboende'))
        )
        and not (
            coalesce(decisions.end_reason, '') in ('died', 'moved', 'withdrawn')
            and coalesce(decisions.closed_date, {{ no_end() }}) < decisions.valid_to
        )
    group by
        decisions.municipality_id, decisions.decision_id, decisions.person_id,
        case
            when decisions.law = 'LSS' then 'lss'
            else decisions.service_id
        end,
        decisions.valid_to
),

before_expiry as (
    select
        'followup_before_expiry_share' as indicator_id,
        time_limited.municipality_id, time_limited.decision_type, periods.period_start, periods.period_end,
        periods.period_grain, periods.measure_time,
        sum(time_limited.is_followed_up) as followed_up,
        count(*) as decisions,
        count(distinct time_limited.person_id) as n
    from time_limited
    inner join periods
        on time_limited.municipality_id = periods.municipality_id
        and time_limited.valid_to >= periods.period_start
        and time_limited.valid_to <= periods.period_end
    group by
        time_limited.municipality_id, time_limited.decision_type, periods.period_start, periods.period_end,
        periods.period_grain, periods.measure_time
),

-- Decisions without a last day that are in force at the end of the period and were made more than a year before it.
open_ended as (
    select
        decisions.municipality_id, decisions.decision_id, decisions.person_id,
        case
            when decisions.housing = 'lss' then 'bmss'
            else decisions.service_id
        end as decision_type,
        periods.period_start, periods.period_end, periods.period_grain, periods.measure_time,
        max(case when follow_ups.decision_id is not null then 1 else 0 end) as is_followed_up
    from decisions
    inner join periods
        on decisions.municipality_id = periods.municipality_id
        and decisions.executed_date <= periods.period_end
        and decisions.ended_on > periods.period_end
        and decisions.decision_date < {{ add_months('periods.period_end', -12) }}
    inner join tolerances on decisions.municipality_id = tolerances.municipality_id
    left join follow_ups
        on decisions.municipality_id = follow_ups.municipality_id
        and decisions.decision_id = follow_ups.decision_id
        and follow_ups.followup_date <= periods.period_end
        and follow_ups.followup_date > {{ add_days(add_months('periods.period_end', -12), '-tolerances.days') }}
    where decisions.valid_to is null
        and (
            decisions.housing is not null
            or (decisions.law = 'LSS' and decisions.service_id = 'daglig_verksamhet')
        )
    group by
        decisions.municipality_id, decisions.decision_id, decisions.person_id,
        case
            when decisions.housing = 'lss' then 'bmss'
            else decisions.service_id
        end,
        periods.period_start, periods.period_end, periods.period_grain, periods.measure_time
),

annual as (
    select
        'annual_followup_share' as indicator_id,
        municipality_id, decision_type, period_start, period_end, period_grain, measure_time,
        sum(is_followed_up) as followed_up,
        count(*) as decisions,
        count(distinct person_id) as n
    from open_ended
    group by municipality_id, decision_type, period_start, period_end, period_grain, measure_time
),

shares as (
    select * from before_expiry
    union all
    select * from annual
)

select
    'follow_ups' as subject,
    municipality_id, indicator_id,
    'decision_type=' || decision_type as breakdown,
    'T' as gender,
    period_start, period_end, period_grain, measure_time,
    {{ ratio('followed_up', 'decisions', times=100) }},
    n
from shares
