with
statement_ytd as (select * from {{ ref('int_ledger__statement_ytd') }}),
years as (select * from {{ ref('int_ledger__year') }}),
municipalities as (select * from {{ ref('int_municipality') }}),
revisions as (select * from {{ ref('int_own__revision') }}),

departments as (
    select
        municipality_id, org_unit, year, month,
        max(case when coalesce(budget_year, 0) <> 0 then 1 else 0 end) as has_budget,
        -- without budget and postings: its cost centres are now another's
        min(case when coalesce(budget_year, 0) = 0 and coalesce(actual_ytd, 0) = 0 then 1 else 0 end) as is_closed,
        max(case when forecast_year is not null then 1 else 0 end) as has_forecast,
        max(case when previous_forecast_year is not null then 1 else 0 end) as has_previous_forecast,
        max(forecast_month) as forecast_month
    from statement_ytd
    group by municipality_id, org_unit, year, month
),

newest as (
    select
        municipality_id, year, month,
        max(forecast_month) as forecast_month,
        max(case when has_budget = 1 and has_forecast = 0 then 1 else 0 end) as lacks_forecast,
        max(case when has_budget = 1 and has_previous_forecast = 0 then 1 else 0 end) as lacks_previous_forecast
    from departments
    group by municipality_id, year, month
),

-- A closed department's forecast counts while it is as new as any: made for the organisation that was, it speaks for its heirs too. An
-- older one has been followed by theirs, and both would be counted twice.
counted as (
    select
        departments.municipality_id, departments.org_unit, departments.year, departments.month, newest.lacks_forecast,
        newest.lacks_previous_forecast,
        case when departments.is_closed = 0 or departments.forecast_month = newest.forecast_month then 1 else 0 end as is_counted,
        max(case when departments.is_closed = 1 and departments.forecast_month = newest.forecast_month then 1 else 0 end) over (
            partition by departments.municipality_id, departments.year, departments.month
        ) as has_predecessor
    from departments
    inner join newest
        on departments.municipality_id = newest.municipality_id
        and departments.year = newest.year
        and departments.month = newest.month
),

whole as (
    select
        statement_ytd.municipality_id,
        {{ no_text('org_unit') }},
        statement_ytd.line_id, statement_ytd.line, statement_ytd.year, statement_ytd.line_order,
        sum(statement_ytd.budget_ytd) as budget_ytd,
        sum(statement_ytd.actual_ytd) as actual_ytd,
        sum(statement_ytd.budget_year) as budget_year,
        -- a forecast of the whole needs every department that has a budget, on whatever line; or the closed one that it was part of
        case
            when max(counted.lacks_forecast) = 0 or max(counted.has_predecessor) = 1
                then sum(case when counted.is_counted = 1 then statement_ytd.forecast_year end)
        end as forecast_year,
        case
            when max(counted.lacks_previous_forecast) = 0 or max(counted.has_predecessor) = 1
                then sum(case when counted.is_counted = 1 then statement_ytd.previous_forecast_year end)
        end as previous_forecast_year,
        sum(statement_ytd.previous_actual_ytd) as previous_actual_ytd,
        max(statement_ytd.forecast_month) as forecast_month,
        statement_ytd.is_sum, statement_ytd.month
    from statement_ytd
    inner join counted
        on statement_ytd.municipality_id = counted.municipality_id
        and statement_ytd.org_unit = counted.org_unit
        and statement_ytd.year = counted.year
        and statement_ytd.month = counted.month
    group by
        statement_ytd.municipality_id, statement_ytd.line_id, statement_ytd.line, statement_ytd.year,
        statement_ytd.line_order, statement_ytd.is_sum, statement_ytd.month
),

all_units as (
    select
        municipality_id, org_unit, line_id, line, year, line_order, budget_ytd, actual_ytd, budget_year, forecast_year,
        previous_forecast_year, previous_actual_ytd, forecast_month, is_sum, month
    from statement_ytd

    union all

    select
        municipality_id, org_unit, line_id, line, year, line_order, budget_ytd, actual_ytd, budget_year, forecast_year,
        previous_forecast_year, previous_actual_ytd, forecast_month, is_sum, month
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

{{ newest_revision('days', 'revised') }}

select
    ---------- key and line
    all_units.municipality_id, municipalities.municipality,
    {{ last_of_month('all_units.month') }} as period_end,
    all_units.org_unit, all_units.line_id, all_units.line, all_units.line_order, all_units.is_sum,

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
left join municipalities on all_units.municipality_id = municipalities.municipality_id
