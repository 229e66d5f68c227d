with
periods as (
    select * from {{ ref('int_hr__reporting_period') }}
    where subject in ('turnover_administration', 'turnover_municipality')
),

stock as (select * from {{ ref('int_hr__stock') }} where employment_form = 'permanent'),
leavers as (select * from {{ ref('int_hr__leaver') }}),
staff_groups as (select * from {{ ref('stg_config__staff_group') }}),

indicators as (
    select 'turnover_excl_pension_total' as indicator_id, 'administration' as scope, 0 as counts_pension
    union all select 'turnover_excl_pension_by_occupation', 'municipality', 0
    union all select 'turnover_incl_pension_total', 'municipality', 1
),

-- The cells of every indicator, each for the periods that it is told of.
cells as (
    select 'turnover_excl_pension_total' as indicator_id, 'total' as cell, 'period' as measure_time
    union all select 'turnover_excl_pension_total', 'department', 'period'
    union all select 'turnover_excl_pension_total', 'total', 'rolling_12'
    union all select 'turnover_excl_pension_total', 'department', 'rolling_12'
    union all select 'turnover_excl_pension_total', 'unit', 'rolling_12'
    union all select 'turnover_excl_pension_by_occupation', 'staff_group', 'period'
    union all select 'turnover_incl_pension_total', 'total', 'period'
    union all select 'turnover_incl_pension_total', 'department', 'period'
    union all select 'turnover_incl_pension_total', 'total', 'rolling_12'
    union all select 'turnover_incl_pension_total', 'department', 'rolling_12'
    union all select 'turnover_incl_pension_total', 'unit', 'rolling_12'
),

measures as (
    select
        periods.*,
        indicators.indicator_id, indicators.scope, indicators.counts_pension
    from indicators
    inner join periods on periods.subject = 'turnover_' || indicators.scope
),

kinds as (select distinct cell from cells),

-- Employed persons at the month-ends, once for every cell that they are in.
employed as (
    select distinct
        stock.municipality_id, stock.month_end, stock.person_id, kinds.cell,
        case kinds.cell when 'department' then stock.department when 'unit' then stock.unit end as org_unit,
        case when kinds.cell = 'staff_group' then staff_groups.staff_group end as staff_group
    from stock
    cross join kinds
    left join staff_groups
        on stock.municipality_id = staff_groups.municipality_id
        and stock.aid_code = staff_groups.aid_code
        and kinds.cell = 'staff_group'
    where kinds.cell = 'total'
        or (kinds.cell = 'department' and stock.department is not null)
        or (kinds.cell = 'unit' and stock.unit is not null)
        or (kinds.cell = 'staff_group' and staff_groups.staff_group is not null)
),

employed_in_period as (
    select
        measures.indicator_id, {{ period_of('measures') }}, measures.months, employed.org_unit, employed.staff_group,
        count(*) as month_ends_employed,
        count(distinct employed.month_end) as month_ends,
        count(distinct employed.person_id) as n,
        0 as leavers
    from measures
    inner join cells
        on measures.indicator_id = cells.indicator_id
        and measures.measure_time = cells.measure_time
    inner join employed
        on measures.municipality_id = employed.municipality_id
        and cells.cell = employed.cell
        and employed.month_end >= measures.period_start
        and employed.month_end <= measures.period_end
    group by measures.indicator_id, {{ period_of('measures') }}, measures.months, employed.org_unit, employed.staff_group
),

-- A person is counted once in a period, by the last time that he or she left.
left_in_period as (
    select
        measures.*,
        leavers.department, leavers.unit, leavers.aid_code,
        row_number() over (
            partition by
                measures.indicator_id, measures.municipality_id, measures.period_start, measures.period_end,
                measures.measure_time, leavers.person_id
            order by leavers.last_day desc
        ) as recency
    from measures
    inner join leavers
        on measures.municipality_id = leavers.municipality_id
        and measures.scope = leavers.scope
        and leavers.last_day >= measures.period_start
        and leavers.last_day <= measures.period_end
    where measures.counts_pension = 1
        or not leavers.is_pension
),

left_by_cell as (
    select
        left_in_period.indicator_id, {{ period_of('left_in_period') }}, left_in_period.months,
        case cells.cell when 'department' then left_in_period.department when 'unit' then left_in_period.unit end as org_unit,
        case when cells.cell = 'staff_group' then staff_groups.staff_group end as staff_group
    from left_in_period
    inner join cells
        on left_in_period.indicator_id = cells.indicator_id
        and left_in_period.measure_time = cells.measure_time
    left join staff_groups
        on left_in_period.municipality_id = staff_groups.municipality_id
        and left_in_period.aid_code = staff_groups.aid_code
        and cells.cell = 'staff_group'
    where left_in_period.recency = 1
        and (
            cells.cell = 'total'
            or (cells.cell = 'department' and left_in_period.department is not null)
            or (cells.cell = 'unit' and left_in_period.unit is not null)
            or (cells.cell = 'staff_group' and staff_groups.staff_group is not null)
        )
),

-- Both parts on top of each other: a cell that nobody left has 0 leavers, a cell that nobody was in has no value.
parts as (
    select
        indicator_id, {{ period_of() }}, months, org_unit, staff_group, month_ends_employed, month_ends, n, leavers
    from employed_in_period
    union all
    select
        indicator_id, {{ period_of() }}, months, org_unit, staff_group,
        0 as month_ends_employed,
        0 as month_ends,
        0 as n,
        1 as leavers
    from left_by_cell
),

summed as (
    select
        indicator_id, {{ period_of() }}, org_unit, staff_group,
        cast(sum(leavers) as double) as leavers,
        cast(sum(month_ends_employed) as double) / months as mean_employed,
        -- who left over the mean of the whole period is no rate of a department that had nobody in some of it: it began or ended
        sum(month_ends) = max(sum(month_ends)) over (
            partition by indicator_id, municipality_id, period_start, period_end, period_grain, measure_time
        ) as was_there,
        cast(sum(n) as bigint) as n
    from parts
    group by indicator_id, {{ period_of() }}, months, org_unit, staff_group
)

select
    ---------- keys
    municipality_id, indicator_id, org_unit, staff_group,
    {{ no_text('breakdown') }},
    'T' as gender,
    period_start, period_end, period_grain, measure_time,

    ---------- the figure
    case when was_there or org_unit is null then 100 * leavers / nullif(mean_employed, 0) end as value,
    leavers as numerator,
    mean_employed as denominator,
    n,
    false as is_preliminary

from summed
