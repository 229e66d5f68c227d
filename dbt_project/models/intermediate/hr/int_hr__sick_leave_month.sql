with
ordinary_hours as (select * from {{ ref('int_hr__ordinary_hours') }}),
absence_months as (select * from {{ ref('int_hr__absence_month') }} where absence_kind = 'sick'),
span_hours as (select * from {{ ref('int_hr__sick_span_hours') }}),

sick as (
    select
        municipality_id, month_start, employment_id,
        sum(hours) as sick_hours
    from absence_months
    group by municipality_id, month_start, employment_id
),

by_span as (
    select
        municipality_id, month_start, employment_id,
        sum(case when span = '1_14' then hours else 0 end) as sick_hours_1_14,
        sum(case when span = '15_59' then hours else 0 end) as sick_hours_15_59,
        sum(case when span = '60_plus' then hours else 0 end) as sick_hours_60_plus
    from span_hours
    group by municipality_id, month_start, employment_id
)

select
    ---------- keys
    ordinary_hours.municipality_id, ordinary_hours.month_start, ordinary_hours.employment_id, ordinary_hours.person_id,

    ---------- groups
    ordinary_hours.gender, ordinary_hours.birth_month, ordinary_hours.department, ordinary_hours.unit,
    ordinary_hours.aid_code, ordinary_hours.pay_form,

    ---------- hours
    ordinary_hours.ordinary_hours,
    cast(coalesce(sick.sick_hours, 0) as decimal(18, 6)) as sick_hours,
    cast(coalesce(by_span.sick_hours_1_14, 0) as decimal(18, 6)) as sick_hours_1_14,
    cast(coalesce(by_span.sick_hours_15_59, 0) as decimal(18, 6)) as sick_hours_15_59,
    cast(coalesce(by_span.sick_hours_60_plus, 0) as decimal(18, 6)) as sick_hours_60_plus

from ordinary_hours
left join sick
    on ordinary_hours.municipality_id = sick.municipality_id
    and ordinary_hours.month_start = sick.month_start
    and ordinary_hours.employment_id = sick.employment_id
left join by_span
    on ordinary_hours.municipality_id = by_span.municipality_id
    and ordinary_hours.month_start = by_span.month_start
    and ordinary_hours.employment_id = by_span.employment_id
