with
periods as (select * from {{ ref('int_hr__reporting_period') }} where subject = 'sick_leave'),
facts as (select * from {{ ref('int_hr__sick_leave_month') }}),
span_hours as (select * from {{ ref('int_hr__sick_span_hours') }}),
chains as (select * from {{ ref('int_hr__sick_chain') }}),
staff_groups as (select * from {{ ref('stg_config__staff_group') }}),

-- Extracts without a single sick spell hold other absence only: sick leave is missing then, not 0.
known as (select distinct municipality_id from chains),

members as (
    select
        periods.*,
        facts.person_id, facts.gender,
        -- completed years on the period's last day, which ends a month: the day of birth does not matter
        extract(year from periods.period_end) - extract(year from facts.birth_month)
        - case when extract(month from facts.birth_month) > extract(month from periods.period_end) then 1 else 0 end as age,
        facts.department, facts.unit, facts.aid_code, facts.pay_form, facts.ordinary_hours, facts.sick_hours,
        facts.sick_hours_1_14, facts.sick_hours_15_59, facts.sick_hours_60_plus
    from periods
    inner join known on periods.municipality_id = known.municipality_id
    inner join facts
        on periods.municipality_id = facts.municipality_id
        and facts.month_start >= periods.period_start
        and facts.month_start <= periods.period_end
),

cells as (
    select 'total' as cell
    union all select 'gender'
    union all select 'age_band'
    union all select 'department'
    union all select 'unit'
),

all_forms_rows as (
    select
        members.municipality_id,
        case cells.cell when 'department' then members.department when 'unit' then members.unit end as org_unit,
        case
            when cells.cell = 'age_band' and members.age < 30 then 'age_band=0-29'
            when cells.cell = 'age_band' and members.age < 50 then 'age_band=30-49'
            when cells.cell = 'age_band' then 'age_band=50-'
        end as breakdown,
        case when cells.cell = 'gender' then members.gender else 'T' end as gender,
        members.period_start, members.period_end, members.period_grain, members.measure_time, members.is_open,
        cells.cell, members.person_id, members.ordinary_hours, members.sick_hours, members.sick_hours_1_14,
        members.sick_hours_15_59, members.sick_hours_60_plus
    from members
    cross join cells
    where cells.cell = 'total'
        or (
            (members.period_grain = 'year' or members.measure_time = 'rolling_12')
            and cells.cell = 'gender'
            and members.gender is not null
        )
        or (members.period_grain = 'year' and cells.cell = 'age_band' and members.age is not null)
        or (
            members.measure_time = 'period'
            and cells.cell = 'department'
            and members.department is not null
        )
        -- no year of a unit: its months could then be computed from each other
        or (
            members.period_grain = 'month'
            and members.measure_time = 'period'
            and cells.cell = 'unit'
            and members.unit is not null
        )
),

all_forms_sums as (
    select
        municipality_id, org_unit, breakdown, gender, period_start, period_end, period_grain, measure_time, is_open,
        cell,
        sum(ordinary_hours) as ordinary_hours,
        sum(sick_hours) as sick_hours,
        sum(sick_hours_1_14) as sick_hours_1_14,
        sum(sick_hours_15_59) as sick_hours_15_59,
        sum(sick_hours_60_plus) as sick_hours_60_plus,
        count(distinct case when ordinary_hours > 0 then person_id end) as n
    from all_forms_rows
    group by
        municipality_id, org_unit, breakdown, gender, period_start, period_end, period_grain, measure_time, is_open, cell
),

span_indicators as (
    select 'sick_leave_span_1_14' as indicator_id
    union all select 'sick_leave_span_15_59'
    union all select 'sick_leave_span_60_plus'
),

-- The statutory measure (DEFINITIONS 1.8 b): a chain of spells is long, whole from day 1, once it has reached day 60 by the
-- period's end. What later months bring does not change a period's figure.
reached as (
    select
        periods.municipality_id, periods.period_start, periods.period_end, periods.measure_time, chains.employment_id,
        chains.chain_start,
        max(
            {{ days_between(
                'chains.chain_start',
                'case when chains.last_day < periods.period_end then chains.last_day else periods.period_end end'
            ) }} + 1 - chains.well_days_before
        ) as days_reached
    from periods
    inner join chains
        on periods.municipality_id = chains.municipality_id
        and chains.first_day <= periods.period_end
        and chains.last_day >= periods.period_start
    where periods.period_grain = 'year'
    group by
        periods.municipality_id, periods.period_start, periods.period_end, periods.measure_time, chains.employment_id,
        chains.chain_start
),

lost_in_chains as (
    select
        periods.*,
        facts.person_id, reached.days_reached, span_hours.hours
    from periods
    inner join span_hours
        on periods.municipality_id = span_hours.municipality_id
        and span_hours.month_start >= periods.period_start
        and span_hours.month_start <= periods.period_end
    inner join chains
        on span_hours.municipality_id = chains.municipality_id
        and span_hours.spell_id = chains.spell_id
    inner join reached
        on periods.municipality_id = reached.municipality_id
        and periods.period_start = reached.period_start
        and periods.period_end = reached.period_end
        and periods.measure_time = reached.measure_time
        and chains.employment_id = reached.employment_id
        and chains.chain_start = reached.chain_start
    inner join facts
        on span_hours.municipality_id = facts.municipality_id
        and span_hours.month_start = facts.month_start
        and span_hours.employment_id = facts.employment_id
    where periods.period_grain = 'year'
),

occupation_indicators as (
    select 'sick_leave_monthly_by_occupation' as indicator_id, 1 as is_monthly_only
    union all select 'sick_leave_by_occupation', 0
),

measured as (
    select
        'sick_leave_all_forms' as indicator_id,
        municipality_id, org_unit,
        {{ no_text('staff_group') }},
        breakdown, gender, period_start, period_end, period_grain, measure_time, is_open,
        sick_hours as numerator,
        ordinary_hours as denominator,
        n
    from all_forms_sums

    union all

    select
        span_indicators.indicator_id, all_forms_sums.municipality_id, all_forms_sums.org_unit,
        {{ no_text('staff_group') }},
        all_forms_sums.breakdown, all_forms_sums.gender, all_forms_sums.period_start, all_forms_sums.period_end,
        all_forms_sums.period_grain, all_forms_sums.measure_time, all_forms_sums.is_open,
        case span_indicators.indicator_id
            when 'sick_leave_span_1_14' then all_forms_sums.sick_hours_1_14
            when 'sick_leave_span_15_59' then all_forms_sums.sick_hours_15_59
            else all_forms_sums.sick_hours_60_plus
        end as numerator,
        all_forms_sums.ordinary_hours as denominator,
        all_forms_sums.n
    from all_forms_sums
    cross join span_indicators
    where all_forms_sums.measure_time = 'period'
        and all_forms_sums.cell in ('total', 'department', 'unit')
        and (all_forms_sums.period_grain = 'month' or all_forms_sums.cell = 'total')

    union all

    select
        'sick_leave_long_share' as indicator_id,
        municipality_id,
        {{ no_text('org_unit', 'staff_group', 'breakdown') }},
        'T' as gender,
        period_start, period_end, period_grain, measure_time, is_open,
        sum(case when days_reached >= 60 then hours else 0 end) as numerator,
        sum(hours) as denominator,
        count(distinct case when hours > 0 then person_id end) as n
    from lost_in_chains
    group by {{ period_of() }}, is_open

    union all

    select
        occupation_indicators.indicator_id, members.municipality_id,
        {{ no_text('org_unit') }},
        staff_groups.staff_group,
        {{ no_text('breakdown') }},
        'T' as gender,
        members.period_start, members.period_end, members.period_grain, members.measure_time, members.is_open,
        sum(members.sick_hours) as numerator,
        sum(members.ordinary_hours) as denominator,
        count(distinct case when members.ordinary_hours > 0 then members.person_id end) as n
    from members
    inner join staff_groups
        on members.municipality_id = staff_groups.municipality_id
        and members.aid_code = staff_groups.aid_code
    cross join occupation_indicators
    where members.period_grain = 'year'
        and (occupation_indicators.is_monthly_only = 0 or members.pay_form = 'monthly')
    group by occupation_indicators.indicator_id, staff_groups.staff_group, {{ period_of('members') }}, members.is_open
)

select
    ---------- keys
    {{ figure_key() }},

    ---------- the figure
    {{ ratio('numerator', 'denominator', times=100) }},
    n,

    -- an open month still misses what is registered late (DEFINITIONS 10)
    is_open as is_preliminary

from measured
