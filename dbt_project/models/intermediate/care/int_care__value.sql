with
run as (select * from {{ ref('stg_run__run') }}),

all_values as (
    select * from {{ ref('int_care__lead_time_value') }}
    union all
    select * from {{ ref('int_care__follow_up_value') }}
    union all
    select * from {{ ref('int_care__queue_value') }}
    union all
    select * from {{ ref('int_care__service_value') }}
    union all
    select * from {{ ref('int_care__elderly_value') }}
    union all
    select * from {{ ref('int_care__homecare_hours_value') }}
    union all
    select * from {{ ref('int_care__continuity_value') }}
    union all
    select * from {{ ref('int_care__year_count_value') }}
    union all
    select * from {{ ref('int_care__place_value') }}
)

select
    ---------- keys
    all_values.municipality_id, all_values.indicator_id,
    {{ no_text('org_unit', 'staff_group') }},
    all_values.breakdown, all_values.gender, all_values.period_start, all_values.period_end,
    all_values.period_grain, all_values.measure_time,

    ---------- the figure; what is registered late arrives for two months
    all_values.value, all_values.numerator, all_values.denominator, all_values.n,
    all_values.measure_time <> 'point'
    and run.as_of_date <= {{ last_of_month(add_months('all_values.period_end', 2)) }} as is_preliminary,

    ---------- origin
    'care:' || all_values.subject || ':' || all_values.municipality_id || ':' || cast(all_values.period_start as {{ dbt.type_string() }})
    || ':' || cast(all_values.period_end as {{ dbt.type_string() }}) as lineage_id

from all_values
cross join run
