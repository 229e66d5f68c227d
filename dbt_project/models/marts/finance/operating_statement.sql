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

summed as (
    select
        municipality_id, year, line_id, line, line_order, is_sum,
        sum(budget) as budget,
        sum(actual) as actual,
        sum(previous_actual) as previous_actual
    from statement
    group by municipality_id, year, line_id, line, line_order, is_sum
)

select
    ---------- key and line
    summed.municipality_id, municipalities.municipality, summed.year, summed.line_id, summed.line,
    summed.line_order, summed.is_sum,

    ---------- amounts, rounded by nobody but the reports
    cast(summed.budget as double) as budget,
    cast(summed.actual as double) as actual,
    cast(summed.actual - summed.budget as double) as deviation,
    cast(summed.previous_actual as double) as previous_actual,
    cast(summed.actual - summed.previous_actual as double) as change,

    ---------- how far it can be trusted
    years.budget_version, years.ledger_status,
    not years.is_closed as is_preliminary,
    revised.load_id is not null as is_revised,
    revised.load_id as revised_by_load_id,

    ---------- origin
    years.lineage_id

from summed
inner join years
    on summed.municipality_id = years.municipality_id
    and summed.year = years.year
left join revised on years.lineage_id = revised.lineage_id
left join municipalities on summed.municipality_id = municipalities.municipality_id
