with

statement_ytd as (

    select * from {{ ref('int_ledger__statement_ytd') }}

),

years as (

    select * from {{ ref('int_ledger__year') }}

),

municipalities as (

    select * from {{ ref('int_municipality') }}

),

revisions as (

    select * from {{ ref('int_own__revision') }}

),

whole as (

    select
        municipality_id,
        cast(null as {{ dbt.type_string() }}) as org_unit,
        line_id,
        line,
        year,
        line_order,
        sum(budget_ytd) as budget_ytd,
        sum(actual_ytd) as actual_ytd,
        sum(budget_year) as budget_year,
        -- a forecast of the whole needs every department that has a budget
        case when max(case when coalesce(budget_year, 0) <> 0 and forecast_year is null then 1 else 0 end) = 0 then sum(forecast_year) end
            as forecast_year,
        case when max(case when coalesce(budget_year, 0) <> 0 and previous_forecast_year is null then 1 else 0 end) = 0 then sum(previous_forecast_year) end
            as previous_forecast_year,
        sum(previous_actual_ytd) as previous_actual_ytd,
        max(forecast_month) as forecast_month,
        is_sum,
        month
    from statement_ytd
    group by
        municipality_id,
        line_id,
        line,
        year,
        line_order,
        is_sum,
        month

),

all_units as (

    select
        municipality_id,
        org_unit,
        line_id,
        line,
        year,
        line_order,
        budget_ytd,
        actual_ytd,
        budget_year,
        forecast_year,
        previous_forecast_year,
        previous_actual_ytd,
        forecast_month,
        is_sum,
        month
    from statement_ytd

    union all

    select
        municipality_id,
        org_unit,
        line_id,
        line,
        year,
        line_order,
        budget_ytd,
        actual_ytd,
        budget_year,
        forecast_year,
        previous_forecast_year,
        previous_actual_ytd,
        forecast_month,
        is_sum,
        month
    from whole

),

days as (

    select distinct
        years.lineage_id,
        {{ day_of_year('all_units.year', '-01-01') }} as period_start,
        {{ last_of_month('all_units.month') }} as period_end
    from all_units
    inner join years
        on all_units.municipality_id = years.municipality_id
        and all_units.year = years.year

),

{{ newest_revision('days', 'revised') }},

final as (

    select
        ---------- key and line
        all_units.municipality_id,
        municipalities.municipality,
        {{ last_of_month('all_units.month') }} as period_end,
        all_units.org_unit,
        all_units.line_id,
        all_units.line,
        all_units.line_order,
        all_units.is_sum,

        ---------- the year so far
        cast(all_units.budget_ytd as double) as budget_ytd,
        cast(all_units.actual_ytd as double) as actual_ytd,
        cast(all_units.actual_ytd - all_units.budget_ytd as double) as deviation_ytd,
        cast(all_units.previous_actual_ytd as double) as previous_actual_ytd,

        ---------- the whole year, as forecast by then
        cast(all_units.budget_year as double) as budget_year,
        cast(all_units.forecast_year as double) as forecast_year,
        cast(all_units.forecast_year - all_units.budget_year as double) as forecast_deviation,
        cast(all_units.previous_forecast_year as double) as previous_forecast_year,
        cast(all_units.forecast_year - all_units.previous_forecast_year as double) as forecast_change,
        all_units.forecast_month,

        ---------- how far it can be trusted
        years.ledger_status,
        not years.is_closed as is_preliminary,
        revised.load_id is not null as is_revised,
        revised.load_id as revised_by_load_id,

        ---------- origin
        years.lineage_id

    from all_units
    inner join years
        on all_units.municipality_id = years.municipality_id
        and all_units.year = years.year
    left join revised
        on years.lineage_id = revised.lineage_id
        and {{ last_of_month('all_units.month') }} = revised.period_end
    left join municipalities
        on all_units.municipality_id = municipalities.municipality_id

)

select * from final
