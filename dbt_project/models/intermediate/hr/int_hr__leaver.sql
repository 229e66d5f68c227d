with
history as (select * from {{ ref('int_hr__employment_history') }} where employment_form = 'permanent'),
choices as (select * from {{ ref('stg_config__choice') }}),
pension_reasons as (select municipality_id, value as leave_reason from choices where choice = 'pension_reasons'),

scopes as (
    select 'administration' as scope
    union all select 'municipality'
),

ended as (
    select
        municipality_id, employment_id, person_id, department, unit, aid_code, degree, last_day,
        {{ add_days('last_day', 1) }} as day_after,
        leave_reason
    from history
    where employer = 'administration'
        and last_day is not null
),

gone as (
    select
        ended.*,
        scopes.scope
    from ended
    cross join scopes
    left join history as held
        on ended.municipality_id = held.municipality_id
        and ended.person_id = held.person_id
        and held.start_date <= ended.day_after
        and (held.last_day is null or held.last_day >= ended.day_after)
        and (scopes.scope = 'municipality' or held.employer = 'administration')
    where held.employment_id is null
),

-- A person leaves once on a day: of several employments ended, the largest says from where and why.
numbered as (
    select
        gone.*,
        row_number() over (
            partition by municipality_id, scope, person_id, last_day order by degree desc, employment_id asc
        ) as size_order
    from gone
)

select
    ---------- keys
    numbered.municipality_id, numbered.scope, numbered.person_id, numbered.last_day,

    ---------- the employment left
    numbered.employment_id, numbered.department, numbered.unit, numbered.aid_code, numbered.leave_reason,
    pension_reasons.leave_reason is not null as is_pension

from numbered
left join pension_reasons
    on numbered.municipality_id = pension_reasons.municipality_id
    and numbered.leave_reason = pension_reasons.leave_reason
where numbered.size_order = 1
