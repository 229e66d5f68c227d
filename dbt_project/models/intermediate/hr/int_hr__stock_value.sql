with
periods as (select * from {{ ref('int_hr__reporting_period') }} where subject = 'stock'),
stock as (select * from {{ ref('int_hr__stock') }}),
staff_groups as (select * from {{ ref('stg_config__staff_group') }}),
staff_shares as (select * from {{ ref('stg_config__staff_share') }}),
staff_share_units as (select * from {{ ref('stg_config__staff_share_unit') }}),

members as (
    select
        {{ period_of('periods') }}, stock.employment_id, stock.person_id, stock.gender, stock.birth_month,
        stock.department, stock.unit, stock.aid_code, stock.employment_form, stock.pay_form, stock.degree
    from periods
    inner join stock
        on periods.municipality_id = stock.municipality_id
        and periods.period_end = stock.month_end
),

cells as (
    select 'total' as cell
    union all select 'gender'
    union all select 'department'
    union all select 'unit'
),

contracts as (
    select
        members.municipality_id,
        case cells.cell when 'department' then members.department when 'unit' then members.unit end as org_unit,
        'employment_form=' || members.employment_form as breakdown,
        case when cells.cell = 'gender' then members.gender else 'T' end as gender,
        members.period_start, members.period_end, members.period_grain, members.measure_time, cells.cell,
        members.employment_form,
        count(*) as headcount,
        count(case when members.degree >= 100 then 1 end) as full_time,
        sum(members.degree) as degree_sum,
        count(distinct members.person_id) as n
    from members
    cross join cells
    where members.pay_form = 'monthly'
        and members.employment_form in ('permanent', 'temporary')
        and (
            cells.cell = 'total'
            or (members.period_grain = 'year' and cells.cell = 'gender' and members.gender is not null)
            or (cells.cell = 'department' and members.department is not null)
            or (cells.cell = 'unit' and members.unit is not null)
        )
    group by
        members.municipality_id,
        case cells.cell when 'department' then members.department when 'unit' then members.unit end,
        case when cells.cell = 'gender' then members.gender else 'T' end,
        members.period_start, members.period_end, members.period_grain, members.measure_time, cells.cell,
        members.employment_form
),

permanent_persons as (
    select
        {{ period_of() }}, person_id,
        min(birth_month) as birth_month
    from members
    where employment_form = 'permanent'
        and period_grain = 'year'
    group by {{ period_of() }}, person_id
),

-- The day of birth is not kept: the 15th stands for it, which is right on average.
ages as (
    select
        {{ period_of() }},
        sum({{ days_between('birth_month', 'period_end') }} - 14) as days_lived,
        count(*) as n
    from permanent_persons
    where birth_month is not null
    group by {{ period_of() }}
),

-- A share is given for all units together, and for the units of each service that the municipality names.
share_members as (
    select
        staff_shares.indicator_id, staff_shares.part,
        {{ no_text('breakdown') }},
        {{ period_of('members') }}, members.unit, members.employment_id, members.person_id
    from members
    inner join staff_groups
        on members.municipality_id = staff_groups.municipality_id
        and members.aid_code = staff_groups.aid_code
    inner join staff_shares
        on staff_groups.municipality_id = staff_shares.municipality_id
        and staff_groups.staff_group = staff_shares.staff_group
    where members.pay_form = 'monthly'
        and members.period_grain = 'year'
),

share_cells as (
    select
        indicator_id, part, breakdown, {{ period_of() }}, employment_id, person_id
    from share_members

    union all

    select
        share_members.indicator_id, share_members.part,
        'service=' || staff_share_units.service as breakdown,
        {{ period_of('share_members') }}, share_members.employment_id, share_members.person_id
    from share_members
    inner join staff_share_units
        on share_members.municipality_id = staff_share_units.municipality_id
        and share_members.indicator_id = staff_share_units.indicator_id
        and share_members.unit = staff_share_units.unit
),

shares as (
    select
        indicator_id, breakdown, {{ period_of() }},
        count(distinct case when part = 'numerator' then employment_id end) as numerator,
        count(distinct case when part = 'denominator' then employment_id end) as denominator,
        count(distinct case when part = 'denominator' then person_id end) as n
    from share_cells
    group by indicator_id, breakdown, {{ period_of() }}
),

measured as (
    select
        'employees_headcount' as indicator_id,
        municipality_id, org_unit, breakdown, gender, period_start, period_end, period_grain, measure_time,
        cast(headcount as double) as value,
        {{ no_ratio() }},
        n
    from contracts

    union all

    select
        'employees_fte' as indicator_id,
        municipality_id, org_unit, breakdown, gender, period_start, period_end, period_grain, measure_time,
        cast(degree_sum as double) / 100 as value,
        {{ no_ratio() }},
        n
    from contracts
    where cell <> 'gender'

    union all

    select
        'employment_rate_contract' as indicator_id,
        municipality_id, org_unit, breakdown, gender, period_start, period_end, period_grain, measure_time,
        cast(degree_sum as double) / nullif(headcount, 0) as value,
        cast(degree_sum as double) / 100 as numerator,
        cast(headcount as double) as denominator,
        n
    from contracts
    where cell <> 'gender'
        and employment_form = 'permanent'

    union all

    select
        'full_time_contract_share' as indicator_id,
        municipality_id, org_unit, breakdown, gender, period_start, period_end, period_grain, measure_time,
        {{ ratio('full_time', 'headcount', times=100) }},
        n
    from contracts
    where cell <> 'gender'
        and employment_form = 'permanent'

    union all

    select
        'mean_age' as indicator_id,
        municipality_id,
        {{ no_text('org_unit') }},
        'employment_form=permanent' as breakdown,
        'T' as gender,
        period_start, period_end, period_grain, measure_time,
        cast(days_lived as double) / 365.25 / nullif(n, 0) as value,
        cast(days_lived as double) / 365.25 as numerator,
        cast(n as double) as denominator,
        n
    from ages

    union all

    select
        indicator_id, municipality_id,
        {{ no_text('org_unit') }},
        breakdown,
        'T' as gender,
        period_start, period_end, period_grain, measure_time,
        {{ ratio('numerator', 'denominator', times=100) }},
        n
    from shares
)

select
    ---------- keys
    municipality_id, indicator_id, org_unit,
    {{ no_text('staff_group') }},
    breakdown, gender, period_start, period_end, period_grain, measure_time,

    ---------- the figure
    value, numerator, denominator, n,
    false as is_preliminary

from measured
