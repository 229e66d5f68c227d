-- What the ledger says in single figures: the year's result, each area's result against its budget and its net frame (DEFINITIONS 4.8: two
-- concepts, never subtracted), and the costs that are followed by themselves. Which line is the frame and which the result, the
-- municipality's configuration says.
with
statement as (select * from {{ ref('int_ledger__statement') }}),
unit_years as (select * from {{ ref('int_ledger__unit_year') }}),
cost_months as (select * from {{ ref('int_ledger__cost_month') }}),
years as (select * from {{ ref('int_ledger__year') }}),
lines as (select * from {{ ref('stg_config__statement_line') }} where role is not null),
parts as (select * from {{ ref('stg_config__statement_line_part') }}),

area_years as (
    select statement.municipality_id, statement.org_unit, statement.year, lines.role, statement.actual, statement.budget
    from statement
    inner join lines
        on statement.municipality_id = lines.municipality_id
        and statement.line_id = lines.line_id

    union all

    select
        unit_years.municipality_id,
        unit_years.unit as org_unit,
        unit_years.year, lines.role,
        sum(unit_years.actual) as actual,
        sum(unit_years.budget) as budget
    from unit_years
    inner join parts
        on unit_years.municipality_id = parts.municipality_id
        and unit_years.line_id = parts.part_line_id
    inner join lines
        on parts.municipality_id = lines.municipality_id
        and parts.line_id = lines.line_id
    group by unit_years.municipality_id, unit_years.unit, unit_years.year, lines.role

    union all

    select
        statement.municipality_id,
        {{ no_text('org_unit') }},
        statement.year, lines.role,
        sum(statement.actual) as actual,
        sum(statement.budget) as budget
    from statement
    inner join lines
        on statement.municipality_id = lines.municipality_id
        and statement.line_id = lines.line_id
    group by statement.municipality_id, statement.year, lines.role
),

-- a year's figure speaks of a whole year
whole_years as (select * from years where months_delivered = 12),

figures as (
    select
        area_years.municipality_id,
        'ledger_result' as indicator_id,
        area_years.org_unit, area_years.year,
        12 as month_number,
        area_years.actual as value,
        'year' as period_grain,
        'period' as measure_time
    from area_years
    inner join whole_years
        on area_years.municipality_id = whole_years.municipality_id
        and area_years.year = whole_years.year
    where area_years.role = 'result'
        and area_years.org_unit is null

    union all

    select
        area_years.municipality_id,
        'result_by_area' as indicator_id,
        area_years.org_unit, area_years.year,
        12 as month_number,
        area_years.actual - area_years.budget as value,
        'year' as period_grain,
        'period' as measure_time
    from area_years
    inner join whole_years
        on area_years.municipality_id = whole_years.municipality_id
        and area_years.year = whole_years.year
    where area_years.role = 'result'
        and whole_years.has_budget

    union all

    select
        area_years.municipality_id,
        'net_frame_by_area' as indicator_id,
        area_years.org_unit, area_years.year,
        12 as month_number,
        area_years.budget as value,
        'year' as period_grain,
        'period' as measure_time
    from area_years
    inner join years
        on area_years.municipality_id = years.municipality_id
        and area_years.year = years.year
    where area_years.role = 'frame'
        and years.has_budget

    union all

    select
        cost_months.municipality_id, cost_months.indicator_id,
        {{ no_text('org_unit') }},
        cost_months.year,
        12 as month_number,
        sum(cost_months.amount) as value,
        'year' as period_grain,
        'period' as measure_time
    from cost_months
    inner join whole_years
        on cost_months.municipality_id = whole_years.municipality_id
        and cost_months.year = whole_years.year
    group by cost_months.municipality_id, cost_months.indicator_id, cost_months.year

    union all

    select
        municipality_id, indicator_id,
        {{ no_text('org_unit') }},
        year,
        extract(month from month) as month_number,
        sum(amount) over (
            partition by municipality_id, indicator_id, year
            order by month
        ) as value,
        'month' as period_grain,
        'ytd' as measure_time
    from cost_months
)

select
    ---------- keys
    figures.municipality_id, figures.indicator_id, figures.org_unit,
    {{ no_text('staff_group', 'breakdown') }},
    'T' as gender,
    {{ day_of_year('figures.year', '-01-01') }} as period_start,
    {{ last_of_month(add_months(day_of_year('figures.year', '-01-01'), 'figures.month_number - 1')) }} as period_end,
    figures.period_grain, figures.measure_time,

    ---------- the figure
    cast(figures.value as double) as value,
    {{ no_ratio() }},
    cast(null as bigint) as n,
    not years.is_closed as is_preliminary,

    ---------- origin
    years.lineage_id

from figures
inner join years
    on figures.municipality_id = years.municipality_id
    and figures.year = years.year
