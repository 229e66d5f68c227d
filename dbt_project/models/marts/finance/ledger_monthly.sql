with
amounts as (select * from {{ ref('int_ledger__month_amount') }}),
years as (select * from {{ ref('int_ledger__year') }}),
transactions as (select * from {{ ref('stg_ledger__transaction') }}),
forecasts as (select * from {{ ref('stg_ledger__forecast') }}),
intervals as (select * from {{ ref('stg_config__account_interval') }}),
municipalities as (select * from {{ ref('int_municipality') }}),
revisions as (select * from {{ ref('int_own__revision') }}),
org_units as (select * from {{ ref('dim_org_unit') }}),
delivered_months as (select distinct municipality_id, month from transactions),

-- a forecast is made per line: it can be told per account group only where the line has one
single_group_lines as (
    select
        municipality_id, line_id,
        max(account_group) as account_group
    from intervals
    group by municipality_id, line_id
    having count(distinct account_group) = 1
),

line_forecasts as (
    select
        forecasts.municipality_id, forecasts.org_unit, forecasts.line_id, single_group_lines.account_group,
        forecasts.year, forecasts.month,
        forecasts.amount as forecast
    from forecasts
    inner join single_group_lines
        on forecasts.municipality_id = single_group_lines.municipality_id
        and forecasts.line_id = single_group_lines.line_id
),

-- a forecast of what has neither postings nor budget in the month has a row of its own
told as (
    select municipality_id, org_unit, account_group, line_id, year, month, budget, actual, closing_entries
    from amounts

    union all

    select
        line_forecasts.municipality_id, line_forecasts.org_unit, line_forecasts.account_group, line_forecasts.line_id,
        line_forecasts.year, line_forecasts.month,
        cast(null as decimal(18, 2)) as budget,
        cast(null as decimal(18, 2)) as actual,
        cast(null as decimal(18, 2)) as closing_entries
    from line_forecasts
    left join amounts
        on line_forecasts.municipality_id = amounts.municipality_id
        and line_forecasts.org_unit = amounts.org_unit
        and line_forecasts.account_group = amounts.account_group
        and line_forecasts.line_id = amounts.line_id
        and line_forecasts.month = amounts.month
    where amounts.org_unit is null
),

filled as (
    select
        amounts.municipality_id, amounts.org_unit, amounts.account_group, amounts.line_id, amounts.year, amounts.month,
        years.lineage_id, years.ledger_status,
        case when years.has_budget then coalesce(amounts.budget, 0) end as budget,
        case when delivered_months.month is not null then coalesce(amounts.actual, 0) end as actual,
        amounts.closing_entries
    from told as amounts
    inner join years
        on amounts.municipality_id = years.municipality_id
        and amounts.year = years.year
    left join delivered_months
        on amounts.municipality_id = delivered_months.municipality_id
        and amounts.month = delivered_months.month
),

accumulated as (
    select
        filled.*,
        sum(budget) over (
            partition by municipality_id, org_unit, account_group, line_id, year
            order by month
        ) as budget_ytd,
        sum(actual) over (
            partition by municipality_id, org_unit, account_group, line_id, year
            order by month
        ) as actual_so_far
    from filled
),

days as (
    select distinct
        lineage_id,
        month as period_start,
        {{ last_of_month('month') }} as period_end
    from accumulated
),

{{ newest_revision('days', 'revised') }}

select
    ---------- key
    accumulated.municipality_id, municipalities.municipality, accumulated.org_unit, org_units.org_unit_name,
    accumulated.account_group, accumulated.line_id, accumulated.year, accumulated.month,

    ---------- the month
    cast(accumulated.budget as double) as budget,
    cast(accumulated.actual as double) as actual,
    cast(accumulated.actual - accumulated.budget as double) as deviation,
    cast(accumulated.closing_entries as double) as closing_entries,

    ---------- the year so far
    cast(accumulated.budget_ytd as double) as budget_ytd,
    cast(case when accumulated.actual is not null then accumulated.actual_so_far end as double) as actual_ytd,
    cast(case when accumulated.actual is not null then accumulated.actual_so_far - accumulated.budget_ytd end as double) as deviation_ytd,

    ---------- the full year, as forecast after the month
    cast(line_forecasts.forecast as double) as forecast,

    ---------- how far it can be trusted
    accumulated.ledger_status,
    revised.load_id is not null as is_revised,
    revised.load_id as revised_by_load_id,

    ---------- origin
    accumulated.lineage_id

from accumulated
left join line_forecasts
    on accumulated.municipality_id = line_forecasts.municipality_id
    and accumulated.org_unit = line_forecasts.org_unit
    and accumulated.line_id = line_forecasts.line_id
    and accumulated.month = line_forecasts.month
left join revised
    on accumulated.lineage_id = revised.lineage_id
    and accumulated.month = revised.period_start
left join municipalities on accumulated.municipality_id = municipalities.municipality_id
left join org_units
    on accumulated.municipality_id = org_units.municipality_id
    and accumulated.org_unit = org_units.org_unit
