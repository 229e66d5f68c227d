-- Investments by category, with the sums of groups, of expenditure and income, and the net (DEFINITIONS 4.2). Expenditure and income are
-- both positive; a deviation is positive where less was spent, or more came in, than budgeted. No posting in a delivered year is 0.
-- noqa: disable=LT02
with
postings as (select * from {{ ref('stg_investments__posting') }}),
municipalities as (select * from {{ ref('int_municipality') }}),

years as (
    select
        municipality_id, year,
        max(case when measure = 'actual' then 1 else 0 end) as has_actual,
        {{ last_of_month("max(case when measure = 'actual' then month end)") }} as actual_through
    from postings
    group by municipality_id, year
),

-- what a line is called and where it stands is taken from the newest year that has it
categories as (
    select
        municipality_id, category_id, flow, category, category_group,
        row_number() over (partition by municipality_id, category_id, flow order by year desc, category asc) as newest
    from postings
),

amounts as (
    select
        municipality_id, year, category_id, flow,
        sum(case when measure = 'budget' then amount end) as budget,
        sum(case when measure = 'actual' then amount end) as actual
    from postings
    group by municipality_id, year, category_id, flow
),

-- a category of last year has a row this year too
category_years as (
    select amounts.municipality_id, years.year, amounts.category_id, amounts.flow
    from amounts
    inner join years
        on amounts.municipality_id = years.municipality_id
        and (amounts.year = years.year or amounts.year = years.year - 1)
    group by amounts.municipality_id, years.year, amounts.category_id, amounts.flow
),

compared as (
    select
        category_years.*,
        categories.category, categories.category_group, this_year.budget,
        case when years.has_actual = 1 then coalesce(this_year.actual, 0) end as actual,
        case when year_before.has_actual = 1 then coalesce(previous.actual, 0) end as previous_actual
    from category_years
    inner join categories
        on category_years.municipality_id = categories.municipality_id
        and category_years.category_id = categories.category_id
        and category_years.flow = categories.flow
        and categories.newest = 1
    inner join years
        on category_years.municipality_id = years.municipality_id
        and category_years.year = years.year
    left join years as year_before
        on category_years.municipality_id = year_before.municipality_id
        and category_years.year = year_before.year + 1
    left join amounts as this_year
        on category_years.municipality_id = this_year.municipality_id
        and category_years.year = this_year.year
        and category_years.category_id = this_year.category_id
        and category_years.flow = this_year.flow
    left join amounts as previous
        on category_years.municipality_id = previous.municipality_id
        and category_years.year = previous.year + 1
        and category_years.category_id = previous.category_id
        and category_years.flow = previous.flow
),

lines as (
    select
        municipality_id, year,
        'category' as line_kind,
        flow || ':' || category_id as line_id,
        category as line,
        category_group,
        category_id as sort_key,
        flow, budget, actual, previous_actual
    from compared

    union all

    select
        municipality_id, year,
        'group' as line_kind,
        flow || ':group:' || category_group as line_id,
        category_group as line,
        category_group,
        min(category_id) as sort_key,
        flow,
        sum(budget) as budget,
        sum(actual) as actual,
        sum(previous_actual) as previous_actual
    from compared
    where category_group is not null
    group by municipality_id, year, category_group, flow

    union all

    select
        municipality_id, year,
        'total' as line_kind,
        flow as line_id,
        case flow when 'expenditure' then 'Utgifter' else 'Inkomster' end as line,
        {{ no_text('category_group', 'sort_key') }},
        flow,
        sum(budget) as budget,
        sum(actual) as actual,
        sum(previous_actual) as previous_actual
    from compared
    group by municipality_id, year, flow

    union all

    select
        municipality_id, year,
        'total' as line_kind,
        'net' as line_id,
        'Netto' as line,
        {{ no_text('category_group', 'sort_key') }},
        'expenditure' as flow,
        {%- for amount in ['budget', 'actual', 'previous_actual'] %}
        sum(case when flow = 'expenditure' then {{ amount }} else -{{ amount }} end) as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from compared
    group by municipality_id, year
)

select
    ---------- key and line
    lines.municipality_id, municipalities.municipality, lines.year, lines.line_id, lines.line, lines.line_kind,
    lines.category_group, lines.flow,
    cast(
        row_number() over (
            partition by lines.municipality_id, lines.year
            order by
                case when lines.line_kind = 'total' then 2 when lines.flow = 'income' then 1 else 0 end,
                case lines.line_id when 'expenditure' then 0 when 'income' then 1 else 2 end,
                coalesce(lines.sort_key, ''),
                case lines.line_kind when 'group' then 0 else 1 end,
                lines.line_id
        ) as integer
    ) as line_order,
    lines.line_kind <> 'category' as is_sum,

    ---------- amounts, rounded by nobody but the reports
    cast(lines.budget as double) as budget,
    cast(lines.actual as double) as actual,
    cast(
        case lines.flow
            when 'expenditure' then coalesce(lines.budget, 0) - lines.actual
            else lines.actual - coalesce(lines.budget, 0)
        end as double
    ) as deviation,
    cast(lines.previous_actual as double) as previous_actual,
    cast(lines.actual - lines.previous_actual as double) as change,

    ---------- how far the year has come
    years.actual_through,

    ---------- origin
    {{ register_lineage("'investments'", 'lines.municipality_id', 'lines.year') }} as lineage_id

from lines
inner join years
    on lines.municipality_id = years.municipality_id
    and lines.year = years.year
left join municipalities on lines.municipality_id = municipalities.municipality_id
