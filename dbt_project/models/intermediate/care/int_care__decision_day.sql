{{ config(materialized='view') }}
-- Granted decisions on the days that stocks are counted on; a view, for half a million rows are sooner computed than written.
-- On the day that a case is closed it is no longer counted; the last day of a time-limited decision still is.
with
decisions as (select * from {{ ref('int_care__decision') }} where is_granted),
days as (select * from {{ ref('int_care__period') }} where kind in ('month_end', 'october'))

select
    ---------- keys
    decisions.municipality_id, days.kind,
    days.period_end as day,
    decisions.decision_id, decisions.person_id,

    ---------- person
    decisions.gender,
    {{ add_months(add_days('decisions.birth_month', 14), 65 * 12) }} <= days.period_end as is_65,
    {{ add_months(add_days('decisions.birth_month', 14), 80 * 12) }} <= days.period_end as is_80,
    decisions.paying_municipality_id is null
    or decisions.paying_municipality_id = decisions.municipality_id as is_own_inhabitant,

    ---------- decision
    decisions.law, decisions.service, decisions.service_id, decisions.housing, decisions.waiting_reason,
    decisions.decision_date, decisions.interrupted_date,

    ---------- where it stands on the day
    coalesce(decisions.valid_from, decisions.decision_date) <= days.period_end as is_valid,
    coalesce(decisions.executed_date <= days.period_end, false) as is_executed,
    coalesce(
        decisions.interrupted_date <= days.period_end
        and coalesce(decisions.resumed_date, {{ no_end() }}) > days.period_end,
        false
    ) as is_interrupted,
    {{ days_between('decisions.decision_date', 'days.period_end') }} as days_since_decision

from decisions
inner join days
    on decisions.municipality_id = days.municipality_id
    and decisions.decision_date <= days.period_end
    and decisions.ended_on > days.period_end
