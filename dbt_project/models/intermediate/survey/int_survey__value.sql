with
pulse_values as (select * from {{ ref('int_survey__pulse_value') }}),
patient_values as (select * from {{ ref('int_survey__patient_value') }}),
user_values as (select * from {{ ref('int_survey__user_value') }}),

all_values as (
    select * from pulse_values
    union all
    select * from patient_values
    union all
    select * from user_values
)

select
    ---------- keys
    municipality_id, indicator_id, org_unit,
    {{ no_text('staff_group') }},
    breakdown, gender, period_start, period_end, period_grain,
    'period' as measure_time,

    ---------- the figure
    value, numerator, denominator, n,
    false as is_preliminary,

    ---------- origin
    lineage_id

from all_values
