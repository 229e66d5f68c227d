-- What is known of each decision: a decision stands in every year that it was open in, and the latest year's row is the truth about it.
with
decisions as (select * from {{ ref('stg_care__decision') }}),

numbered as (
    select
        municipality_id, decision_id, person_id, gender, birth_month, law, service, service_id,
        {{ housing('service_id') }} as housing,
        provider, paying_municipality_id, outcome,
        coalesce(outcome in ('granted', 'partly_granted'), false) as is_granted,
        is_renewal, hours_per_month, application_date, decision_date, valid_from, valid_to, executed_date,
        interrupted_date, resumed_date, closed_date, end_reason, waiting_reason,
        row_number() over (partition by municipality_id, decision_id order by year desc) as recency
    from decisions
)

select
    ---------- keys
    municipality_id, decision_id, person_id,

    ---------- person
    gender, birth_month,

    ---------- decision
    law, service, service_id, housing, provider, paying_municipality_id, outcome, is_granted, is_renewal,
    hours_per_month,

    ---------- its way, in order
    application_date, decision_date, valid_from, valid_to, executed_date, interrupted_date, resumed_date,
    closed_date, end_reason, waiting_reason,
    least(
        coalesce(closed_date, {{ no_end() }}),
        coalesce({{ add_days('valid_to', 1) }}, {{ no_end() }})
    ) as ended_on

from numbered
where recency = 1
