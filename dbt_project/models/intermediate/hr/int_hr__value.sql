with
stock_values as (select * from {{ ref('int_hr__stock_value') }}),
hours_values as (select * from {{ ref('int_hr__hours_value') }}),
sick_leave_values as (select * from {{ ref('int_hr__sick_leave_value') }}),
turnover_values as (select * from {{ ref('int_hr__turnover_value') }}),
manager_values as (select * from {{ ref('int_hr__manager_value') }}),

all_values as (
    select * from stock_values
    union all
    select * from hours_values
    union all
    select * from sick_leave_values
    union all
    select * from turnover_values
    union all
    select * from manager_values
)

select
    ---------- keys
    {{ figure_key() }},

    ---------- the figure
    value, numerator, denominator, n, is_preliminary,

    ---------- origin
    'hr:' || municipality_id || ':' || cast(period_start as {{ dbt.type_string() }})
    || ':' || cast(period_end as {{ dbt.type_string() }}) as lineage_id

from all_values
