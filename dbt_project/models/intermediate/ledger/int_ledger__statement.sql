-- The operating statement per department (DEFINITIONS 4.1): every line of the municipality's configuration in every year that the
-- ledger or the budget speaks of. Sums add up their parts in kronor and öre, never rounded cells (G3). No posting in a delivered
-- year is 0; a year that was not delivered is null.
with
years as (select * from {{ ref('int_ledger__year') }}),
amounts as (select * from {{ ref('int_ledger__month_amount') }}),
forecasts as (select * from {{ ref('int_ledger__forecast') }}),
lines as (select * from {{ ref('stg_config__statement_line') }}),
parts as (select * from {{ ref('stg_config__statement_line_part') }}),

line_amounts as (
    select
        municipality_id, org_unit, line_id, year,
        sum(actual) as actual,
        sum(budget) as budget
    from amounts
    group by municipality_id, org_unit, line_id, year
),

-- a department that has closed may have forecasts and no cost centres: the board's forecast holds them all the same
org_units as (
    select municipality_id, org_unit
    from amounts

    union

    select municipality_id, org_unit
    from forecasts
),

-- what no interval maps has a line of its own, last, in no sum
unmapped as (
    select distinct municipality_id
    from amounts
    where line_id = 'unmapped'
),

-- the years in which that line has something to tell: those with such postings, and the years compared with them
unmapped_years as (
    select municipality_id, year
    from amounts
    where line_id = 'unmapped'

    union

    select
        municipality_id,
        year + 1 as year
    from amounts
    where line_id = 'unmapped'
),

all_lines as (
    select municipality_id, line_id, line, line_order, is_sum
    from lines

    union all

    select
        municipality_id,
        'unmapped' as line_id,
        'Konton utan rad' as line,
        999 as line_order,
        false as is_sum
    from unmapped
),

all_parts as (
    select municipality_id, line_id, part_line_id
    from parts

    union all

    select
        municipality_id,
        'unmapped' as line_id,
        'unmapped' as part_line_id
    from unmapped
),

forecast_occasions as (select distinct municipality_id, org_unit, year, forecast_month from forecasts),

summed as (
    select
        years.municipality_id, org_units.org_unit, all_parts.line_id, years.year,
        sum(line_amounts.actual) as actual,
        sum(line_amounts.budget) as budget,
        sum(forecasts.forecast) as forecast
    from years
    inner join org_units on years.municipality_id = org_units.municipality_id
    inner join all_parts on years.municipality_id = all_parts.municipality_id
    left join line_amounts
        on years.municipality_id = line_amounts.municipality_id
        and years.year = line_amounts.year
        and org_units.org_unit = line_amounts.org_unit
        and all_parts.part_line_id = line_amounts.line_id
    left join forecasts
        on years.municipality_id = forecasts.municipality_id
        and years.year = forecasts.year
        and org_units.org_unit = forecasts.org_unit
        and all_parts.part_line_id = forecasts.line_id
    group by years.municipality_id, org_units.org_unit, all_parts.line_id, years.year
)

select
    ---------- ids
    summed.municipality_id, summed.org_unit, summed.line_id, years.lineage_id,

    ---------- text
    all_lines.line,

    ---------- numerics
    summed.year, all_lines.line_order,
    case when years.has_transactions then coalesce(summed.actual, 0) end as actual,
    case when years.has_budget then coalesce(summed.budget, 0) end as budget,
    -- the year before is compared with only when all of it has been delivered
    case when previous_years.months_delivered = 12 then coalesce(previous.actual, 0) end as previous_actual,
    case when forecast_occasions.forecast_month is not null then coalesce(summed.forecast, 0) end as forecast,

    ---------- booleans
    all_lines.is_sum,

    ---------- dates
    forecast_occasions.forecast_month

from summed
inner join years
    on summed.municipality_id = years.municipality_id
    and summed.year = years.year
inner join all_lines
    on summed.municipality_id = all_lines.municipality_id
    and summed.line_id = all_lines.line_id
left join years as previous_years
    on summed.municipality_id = previous_years.municipality_id
    and summed.year = previous_years.year + 1
left join summed as previous
    on summed.municipality_id = previous.municipality_id
    and summed.year = previous.year + 1
    and summed.org_unit = previous.org_unit
    and summed.line_id = previous.line_id
left join forecast_occasions
    on summed.municipality_id = forecast_occasions.municipality_id
    and summed.year = forecast_occasions.year
    and summed.org_unit = forecast_occasions.org_unit
left join unmapped_years
    on summed.municipality_id = unmapped_years.municipality_id
    and summed.year = unmapped_years.year
where summed.line_id <> 'unmapped'
    or unmapped_years.year is not null
