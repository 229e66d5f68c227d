-- The operating statement per department from January to each delivered month, with the forecast in force then (DEFINITIONS 4.3): the
-- newest on or before the month, as a whole, and the one before it. The budget is the periodised one: a twelfth of the year would call
-- every summer a deviation.
with
statement as (select * from {{ ref('int_ledger__statement') }}),
amounts as (select * from {{ ref('int_ledger__month_amount') }}),
forecasts as (select * from {{ ref('stg_ledger__forecast') }}),
lines as (select * from {{ ref('stg_config__statement_line_part') }}),

parts as (
    select municipality_id, line_id, part_line_id
    from lines

    union all

    -- what no interval maps is a line of its own, in no sum
    select distinct
        municipality_id,
        'unmapped' as line_id,
        'unmapped' as part_line_id
    from amounts
    where line_id = 'unmapped'
),

delivered_months as (
    select distinct municipality_id, year, month
    from amounts
    where actual is not null
),

part_months as (
    select
        municipality_id, org_unit, line_id, year, month,
        sum(actual) as actual,
        sum(budget) as budget
    from amounts
    group by municipality_id, org_unit, line_id, year, month
),

line_months as (
    select
        part_months.municipality_id, part_months.org_unit, parts.line_id, part_months.year, part_months.month,
        sum(part_months.actual) as actual,
        sum(part_months.budget) as budget
    from part_months
    inner join parts
        on part_months.municipality_id = parts.municipality_id
        and part_months.line_id = parts.part_line_id
    group by part_months.municipality_id, part_months.org_unit, parts.line_id, part_months.year, part_months.month
),

accumulated as (
    select
        statement.municipality_id, statement.org_unit, statement.line_id, statement.year, delivered_months.month,
        coalesce(sum(line_months.actual), 0) as actual_ytd,
        coalesce(sum(line_months.budget), 0) as budget_ytd
    from statement
    inner join delivered_months
        on statement.municipality_id = delivered_months.municipality_id
        and statement.year = delivered_months.year
    left join line_months
        on statement.municipality_id = line_months.municipality_id
        and statement.org_unit = line_months.org_unit
        and statement.line_id = line_months.line_id
        and statement.year = line_months.year
        and line_months.month <= delivered_months.month
    group by statement.municipality_id, statement.org_unit, statement.line_id, statement.year, delivered_months.month
),

occasions as (
    select
        municipality_id, org_unit, year, month,
        lag(month) over (partition by municipality_id, org_unit, year order by month) as previous_month,
        lead(month) over (partition by municipality_id, org_unit, year order by month) as next_month
    from (
        select distinct municipality_id, org_unit, year, month
        from forecasts
    ) as made
),

line_forecasts as (
    select
        forecasts.municipality_id, forecasts.org_unit, parts.line_id, forecasts.year, forecasts.month,
        sum(forecasts.amount) as forecast
    from forecasts
    inner join parts
        on forecasts.municipality_id = parts.municipality_id
        and forecasts.line_id = parts.part_line_id
    group by forecasts.municipality_id, forecasts.org_unit, parts.line_id, forecasts.year, forecasts.month
)

select
    ---------- ids
    accumulated.municipality_id, accumulated.org_unit, accumulated.line_id, statement.lineage_id,

    ---------- text
    statement.line,

    ---------- numerics
    accumulated.year, statement.line_order,
    case when statement.budget is not null then accumulated.budget_ytd end as budget_ytd,
    accumulated.actual_ytd,
    statement.budget as budget_year,
    -- a line that a forecast leaves out is forecast as 0
    case when occasions.month is not null then coalesce(latest.forecast, 0) end as forecast_year,
    case when occasions.previous_month is not null then coalesce(earlier.forecast, 0) end as previous_forecast_year,
    previous_years.actual_ytd as previous_actual_ytd,

    ---------- booleans
    statement.is_sum,

    ---------- dates
    accumulated.month,
    occasions.month as forecast_month

from accumulated
inner join statement
    on accumulated.municipality_id = statement.municipality_id
    and accumulated.org_unit = statement.org_unit
    and accumulated.line_id = statement.line_id
    and accumulated.year = statement.year
left join occasions
    on accumulated.municipality_id = occasions.municipality_id
    and accumulated.org_unit = occasions.org_unit
    and accumulated.year = occasions.year
    and accumulated.month >= occasions.month
    and (accumulated.month < occasions.next_month or occasions.next_month is null)
left join line_forecasts as latest
    on accumulated.municipality_id = latest.municipality_id
    and accumulated.org_unit = latest.org_unit
    and accumulated.line_id = latest.line_id
    and occasions.year = latest.year
    and occasions.month = latest.month
left join line_forecasts as earlier
    on accumulated.municipality_id = earlier.municipality_id
    and accumulated.org_unit = earlier.org_unit
    and accumulated.line_id = earlier.line_id
    and occasions.year = earlier.year
    and occasions.previous_month = earlier.month
left join accumulated as previous_years
    on accumulated.municipality_id = previous_years.municipality_id
    and accumulated.org_unit = previous_years.org_unit
    and accumulated.line_id = previous_years.line_id
    and accumulated.month = {{ add_months('previous_years.month', '12') }}
