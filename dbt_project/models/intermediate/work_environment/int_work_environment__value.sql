with
report_values as (select * from {{ ref('int_work_environment__report_value') }}),
inspections as (select * from {{ ref('stg_work_environment__inspection') }}),

inspection_types as (
    select 'planned' as inspection_type
    union all select 'event_driven'
),

-- In a year of which inspections are known, a type without any had none.
inspected as (
    select
        inspections.municipality_id, inspections.inspection_year, inspection_types.inspection_type,
        sum(case when inspections.inspection_type = inspection_types.inspection_type then 1 else 0 end) as inspections
    from inspections
    cross join inspection_types
    group by inspections.municipality_id, inspections.inspection_year, inspection_types.inspection_type
),

measured as (
    select
        municipality_id, indicator_id, org_unit, breakdown, period_start, period_end, period_grain, measure_time,
        reports as amount,
        is_preliminary,
        'reports' as table_name,
        occurrence_year as load_year
    from report_values

    union all

    select
        municipality_id,
        'work_environment_inspections_count' as indicator_id,
        {{ no_text('org_unit') }},
        'type=' || inspection_type as breakdown,
        {{ day_of_year('inspection_year', '-01-01') }} as period_start,
        {{ day_of_year('inspection_year', '-12-31') }} as period_end,
        'year' as period_grain,
        'period' as measure_time,
        inspections as amount,
        false as is_preliminary,
        'inspections' as table_name,
        inspection_year as load_year
    from inspected
)

select
    ---------- keys
    municipality_id, indicator_id, org_unit,
    {{ no_text('staff_group') }},
    breakdown,
    'T' as gender,
    period_start, period_end, period_grain, measure_time,

    ---------- the figure
    cast(amount as double) as value,
    {{ no_ratio() }},
    cast(amount as bigint) as n,
    is_preliminary,

    ---------- origin
    'work_environment:' || municipality_id || ':' || table_name || ':' || cast(load_year as {{ dbt.type_string() }}) as lineage_id

from measured
