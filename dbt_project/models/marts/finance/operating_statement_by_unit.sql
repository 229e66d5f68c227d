with
statement as (select * from {{ ref('int_ledger__statement') }}),
years as (select * from {{ ref('int_ledger__year') }}),
municipalities as (select * from {{ ref('int_municipality') }}),
revisions as (select * from {{ ref('int_own__revision') }}),

days as (
    select
        lineage_id,
        {{ day_of_year('year', '-01-01') }} as period_start,
        {{ day_of_year('year', '-12-31') }} as period_end
    from years
),

{{ newest_revision('days', 'revised') }},

org_units as (select * from {{ ref('dim_org_unit') }})

select
    ---------- key and line
    statement.municipality_id, municipalities.municipality, statement.year, statement.org_unit,
    org_units.org_unit_name, statement.line_id, statement.line, statement.line_order, statement.is_sum,

    ---------- amounts, rounded by nobody but the reports
    cast(statement.budget as double) as budget,
    cast(statement.actual as double) as actual,
    cast(statement.actual - statement.budget as double) as deviation,
    cast(statement.previous_actual as double) as previous_actual,
    cast(statement.actual - statement.previous_actual as double) as change,
    cast(statement.forecast as double) as forecast,
    cast(statement.forecast - statement.budget as double) as forecast_deviation,
    statement.forecast_month,

    ---------- how far it can be trusted
    years.budget_version, years.ledger_status,
    not years.is_closed as is_preliminary,
    revised.load_id is not null as is_revised,
    revised.load_id as revised_by_load_id,

    ---------- origin
    statement.lineage_id

from statement
inner join years
    on statement.municipality_id = years.municipality_id
    and statement.year = years.year
left join revised on years.lineage_id = revised.lineage_id
left join municipalities on statement.municipality_id = municipalities.municipality_id
left join org_units
    on statement.municipality_id = org_units.municipality_id
    and statement.org_unit = org_units.org_unit
