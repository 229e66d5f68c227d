-- Every wait whose mean is a figure, with the day that decides which period it belongs to.
with
decisions as (select * from {{ ref('int_care__decision') }}),
offers as (select * from {{ ref('int_care__first_offer') }}),
choices as (select * from {{ ref('stg_config__choice') }}),

-- Whether renewals count is the municipality's choice, in each of the two times by itself (DEFINITIONS 2.1, 2.2).
counting_renewals as (
    select
        municipality_id,
        max(case when choice = 'reassessments_in_investigation' and lower(value) = 'true' then 1 else 0 end) as in_investigation,
        max(case when choice = 'reassessments_in_execution' and lower(value) = 'true' then 1 else 0 end) as in_execution
    from choices
    group by municipality_id
),

-- From application to decision, granted or refused. What was withdrawn before it was decided is no investigation.
investigations as (
    select
        'ic_investigation_days' as indicator_id,
        decisions.municipality_id, decisions.decision_id, decisions.person_id, decisions.gender,
        'law=' || decisions.law as breakdown,
        decisions.decision_date as measured_on,
        {{ days_between('decisions.application_date', 'decisions.decision_date') }} as days
    from decisions
    left join counting_renewals on decisions.municipality_id = counting_renewals.municipality_id
    where decisions.law in ('SoL', 'LSS')
        and decisions.outcome is not null
        and not (
            coalesce(decisions.end_reason, '') = 'withdrawn'
            and coalesce(decisions.closed_date, {{ no_end() }}) <= decisions.decision_date
        )
        and (not decisions.is_renewal or counting_renewals.in_investigation = 1)
),

-- From decision to the first day that the service was given. A renewal of a running service waits for nothing and pulls the mean down.
executions as (
    select
        'ic_execution_days' as indicator_id,
        decisions.municipality_id, decisions.decision_id, decisions.person_id, decisions.gender,
        'law=' || decisions.law as breakdown,
        decisions.executed_date as measured_on,
        {{ days_between('decisions.decision_date', 'decisions.executed_date') }} as days
    from decisions
    left join counting_renewals on decisions.municipality_id = counting_renewals.municipality_id
    where decisions.law in ('SoL', 'LSS')
        and decisions.is_granted
        and (not decisions.is_renewal or counting_renewals.in_execution = 1)
        and decisions.executed_date is not null
),

-- From application to the first move-in day offered, of persons who had turned 65 when they applied.
special_housing as (
    select
        'sabo_wait_days_r12' as indicator_id,
        decisions.municipality_id, decisions.decision_id, decisions.person_id, decisions.gender,
        {{ no_text('breakdown') }},
        decisions.decision_date as measured_on,
        {{ days_between('decisions.application_date', 'offers.first_move_in_date') }} as days
    from decisions
    inner join offers
        on decisions.municipality_id = offers.municipality_id
        and decisions.decision_id = offers.decision_id
    where decisions.housing = 'sabo'
        and decisions.is_granted
        and not decisions.is_renewal
        and {{ add_months(add_days('decisions.birth_month', 14), 65 * 12) }} <= decisions.application_date
),

-- From decision to the first move-in day offered, of housing that was moved into in the first half of the year.
disability_housing as (
    select
        'lss_housing_wait_days' as indicator_id,
        decisions.municipality_id, decisions.decision_id, decisions.person_id, decisions.gender,
        {{ no_text('breakdown') }},
        decisions.executed_date as measured_on,
        {{ days_between('decisions.decision_date', 'offers.first_move_in_date') }} as days
    from decisions
    inner join offers
        on decisions.municipality_id = offers.municipality_id
        and decisions.decision_id = offers.decision_id
    where decisions.housing = 'lss'
        and decisions.is_granted
        and not decisions.is_renewal
        and extract(month from decisions.executed_date) <= 6
)

select * from investigations
union all
select * from executions
union all
select * from special_housing
union all
select * from disability_housing
