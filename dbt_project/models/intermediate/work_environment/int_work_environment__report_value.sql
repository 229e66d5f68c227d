-- Reports by the day that it happened, as known when the extract was made: of a month that had not ended then, nothing is said.
with
reports as (select * from {{ ref('stg_work_environment__report') }}),

months as (
    select 1 as month_number
    {%- for number in range(2, 13) %}
    union all select {{ number }}
    {%- endfor %}
),

extracts as (
    select
        municipality_id, occurrence_year,
        max(extracted_on) as extracted_on
    from reports
    group by municipality_id, occurrence_year
),

year_months as (
    select
        extracts.municipality_id, extracts.occurrence_year, extracts.extracted_on, months.month_number,
        {{ day_of_year('extracts.occurrence_year', '-01-01') }} as year_start,
        {{ add_months(day_of_year('extracts.occurrence_year', '-01-01'), 'months.month_number - 1') }} as month_start,
        {{ last_of_month(add_months(day_of_year('extracts.occurrence_year', '-01-01'), 'months.month_number - 1')) }} as month_end
    from extracts
    cross join months
),

periods as (
    select
        municipality_id, occurrence_year, extracted_on,
        month_start as period_start,
        month_end as period_end,
        'month' as period_grain,
        'period' as measure_time
    from year_months
    where month_end < extracted_on

    union all

    select
        municipality_id, occurrence_year, extracted_on,
        year_start as period_start,
        month_end as period_end,
        'month' as period_grain,
        'ytd' as measure_time
    from year_months
    where month_end < extracted_on

    union all

    select
        municipality_id, occurrence_year, extracted_on,
        year_start as period_start,
        month_end as period_end,
        'year' as period_grain,
        'period' as measure_time
    from year_months
    where month_number = 12
        and month_end < extracted_on
),

-- Categories by the year only: in a month they are too few to say anything.
cells as (
    select 'total' as cell, 0 as has_months
    union all select 'total', 1
    union all select 'department', 0
    union all select 'department', 1
    union all select 'category', 0
    union all select 'department_category', 0
),

kinds as (
    select 'injury' as report_type, 'work_injuries_count' as indicator_id
    union all select 'incident', 'incidents_count'
),

in_cells as (
    select
        reports.municipality_id, reports.occurrence_year, reports.report_type, reports.occurred_on, cells.has_months,
        case when cells.cell in ('department', 'department_category') then reports.department end as org_unit,
        case when cells.cell in ('category', 'department_category') then 'category=' || reports.category end as breakdown
    from reports
    cross join cells
),

-- A kind that no extract had held by the end of a year is unknown, not a 0: it may be reported in another system.
known as (
    select
        municipality_id, report_type,
        min(occurrence_year) as first_year
    from reports
    group by municipality_id, report_type
),

-- A cell that has a report of either kind in the year has a figure of both in each of its periods: none reported is 0.
groups as (
    select distinct
        in_cells.municipality_id, in_cells.occurrence_year, in_cells.has_months, in_cells.org_unit, in_cells.breakdown,
        kinds.report_type, kinds.indicator_id
    from in_cells
    cross join kinds
    inner join known
        on in_cells.municipality_id = known.municipality_id
        and kinds.report_type = known.report_type
        and in_cells.occurrence_year >= known.first_year
),

counted as (
    select
        groups.municipality_id, groups.indicator_id, groups.org_unit, groups.breakdown, periods.occurrence_year,
        periods.period_start, periods.period_end, periods.period_grain, periods.measure_time, periods.extracted_on,
        count(in_cells.occurred_on) as reports
    from groups
    inner join periods
        on groups.municipality_id = periods.municipality_id
        and groups.occurrence_year = periods.occurrence_year
        and groups.has_months = case periods.period_grain when 'month' then 1 else 0 end
    left join in_cells
        on groups.municipality_id = in_cells.municipality_id
        and groups.occurrence_year = in_cells.occurrence_year
        and groups.has_months = in_cells.has_months
        and groups.report_type = in_cells.report_type
        and coalesce(groups.org_unit, '') = coalesce(in_cells.org_unit, '')
        and coalesce(groups.breakdown, '') = coalesce(in_cells.breakdown, '')
        and in_cells.occurred_on between periods.period_start and periods.period_end
    group by
        groups.municipality_id, groups.indicator_id, groups.org_unit, groups.breakdown, periods.occurrence_year, periods.period_start,
        periods.period_end, periods.period_grain, periods.measure_time, periods.extracted_on
)

select
    ---------- keys
    municipality_id, indicator_id, org_unit, breakdown, period_start, period_end, period_grain, measure_time,

    ---------- the figure
    reports,
    -- reports come late: the two whole months before the extract are not complete (DEFINITIONS 1.14)
    period_end > {{ last_of_month(add_months('extracted_on', -3)) }} as is_preliminary,

    ---------- origin
    occurrence_year

from counted
