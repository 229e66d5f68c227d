-- What is reported to the inspectorate (DEFINITIONS 2.6), decision by decision. Three months are calendar months; where the month is
-- shorter its last day ends them.
with
decision_days as (
    select * from {{ ref('int_care__decision_day') }}
    where kind = 'month_end'
        and law in ('SoL', 'LSS')
),

decisions as (
    select * from {{ ref('int_care__decision') }}
    where is_granted
        and law in ('SoL', 'LSS')
),

quarters as (
    select
        municipality_id,
        period_end as quarter_end,
        {{ add_months(add_days('period_end', 1), -3) }} as quarter_start
    from {{ ref('int_care__period') }}
    where kind = 'month_end'
        and extract(month from period_end) in (3, 6, 9, 12)
),

open_decisions as (
    select
        municipality_id, day,
        case when is_executed then 'interrupted' else 'open' end as state,
        decision_id, person_id, gender, law, service, waiting_reason,
        {{ days_between('case when is_executed then interrupted_date else decision_date end', 'day') }} as days
    from decision_days
    where (not is_executed and {{ add_months('decision_date', 3) }} <= day)
        or (is_executed and is_interrupted and {{ add_months('interrupted_date', 3) }} <= day)
),

-- What a wait ended with: that the service was given or resumed, or that the decision no longer held.
waits as (
    select
        municipality_id, decision_id, person_id, gender, law, service, waiting_reason,
        decision_date as waiting_since,
        least(coalesce(executed_date, ended_on), ended_on) as wait_ended_on
    from decisions

    union all

    select
        municipality_id, decision_id, person_id, gender, law, service, waiting_reason,
        interrupted_date as waiting_since,
        least(coalesce(resumed_date, ended_on), ended_on) as wait_ended_on
    from decisions
    where interrupted_date is not null
),

-- A decision that waited too long twice in a quarter is reported once, with its longer wait.
ended_late as (
    select
        waits.municipality_id,
        quarters.quarter_end as day,
        'ended_late' as state,
        waits.decision_id, waits.person_id, waits.gender, waits.law, waits.service, waits.waiting_reason,
        max({{ days_between('waits.waiting_since', 'waits.wait_ended_on') }}) as days
    from waits
    inner join quarters
        on waits.municipality_id = quarters.municipality_id
        and waits.wait_ended_on >= quarters.quarter_start
        and waits.wait_ended_on <= quarters.quarter_end
    where {{ add_months('waits.waiting_since', 3) }} <= waits.wait_ended_on
    group by
        waits.municipality_id, quarters.quarter_end, waits.decision_id, waits.person_id, waits.gender, waits.law,
        waits.service, waits.waiting_reason
)

select * from open_decisions
union all
select * from ended_late
