-- Which of the municipalities' own figures are withheld, because too few people stand behind them or because one of those could be computed
-- from them (DEFINITIONS 8). The one place that judges: what is withheld here loses value, numerator, denominator and n in
-- `int_own__figure`, before anything is derived from it. See docs/disclosure.md for the rules and how they were tried.
{%- set figure = 'municipality_id, indicator_id, org_unit, staff_group, breakdown, gender' %}
-- noqa: disable=LT02
with
own_values as (select * from {{ ref('int_own__value') }}),
indicators as (select * from {{ ref('int_indicator') }}),
limits as (select * from {{ ref('stg_config__disclosure_limit') }}),
exemptions as (select * from {{ ref('stg_config__disclosure_exemption') }}),
extra_periods as (select * from {{ ref('int_own__extra_period') }}),
org_units as (select * from {{ ref('stg_config__org_unit') }}),

-- a period of its own is told of the indicators that it is wanted for
asked_for as (
    select own_values.*
    from own_values
    left join extra_periods
        on own_values.municipality_id = extra_periods.municipality_id
        and own_values.indicator_id = extra_periods.indicator_id
        and own_values.period_start = extra_periods.period_start
        and own_values.period_end = extra_periods.period_end
    where own_values.measure_time <> 'period'
        or own_values.period_grain <> 'other'
        or extra_periods.indicator_id is not null
),

-- a count that the board has not decided to show is one like any other; a statistic has the split and the people of its mean
classed as (
    select
        asked_for.*,
        indicators.unit,
        {{ told_split('asked_for.breakdown') }} as split,
        case
            when exemptions.indicator_id is not null then 'open'
            when indicators.disclosure_class = 'board_count' then 'persons'
            else indicators.disclosure_class
        end as disclosure_class
    from asked_for
    inner join indicators on asked_for.indicator_id = indicators.indicator_id
    left join exemptions
        on indicators.disclosure_class = 'board_count'
        and asked_for.municipality_id = exemptions.municipality_id
        and asked_for.indicator_id = exemptions.indicator_id
        and coalesce({{ dbt.split_part('asked_for.breakdown', "'='", 1) }}, '') = coalesce(exemptions.split, '')
),

limited as (
    select
        classed.*,
        {{ minimum_of("limits", class_of_limit()) }} as minimum,
        {{ minimum_of("extremes", "'survey_extremes'") }} as minimum_of_extremes
    from classed
    left join limits
        on classed.municipality_id = limits.municipality_id
        and {{ class_of_limit() }} = limits.disclosure_class
    left join limits as extremes
        on classed.municipality_id = extremes.municipality_id
        and extremes.disclosure_class = 'survey_extremes'
),

-- What a longer period has beyond shorter ones that lie in it is known by subtraction; two that follow each other are also known as one.
shorter as (
    select
        municipality_id, indicator_id, org_unit, staff_group, breakdown, gender, period_start, period_end,
        measure_time, denominator
    from limited
    where disclosure_class = 'persons'
        and measure_time in ('period', 'ytd')
        and period_grain <> 'year'
        and denominator is not null
),

parts_of_periods as (
    select
        municipality_id, indicator_id, org_unit, staff_group, breakdown, gender, period_start, period_end,
        measure_time, denominator
    from shorter

    union all

    select
        earlier.municipality_id, earlier.indicator_id, earlier.org_unit, earlier.staff_group, earlier.breakdown,
        earlier.gender, earlier.period_start, later.period_end, earlier.measure_time,
        earlier.denominator + later.denominator as denominator
    from shorter as earlier
    inner join shorter as later
        on {{ same_cell('earlier', 'later') }}
        and earlier.measure_time = 'period'
        and later.measure_time = 'period'
        and {{ add_days('earlier.period_end', 1) }} = later.period_start
),

-- what exceeds the longer period somewhere is counted on a day, not over days: nothing can be subtracted
remainders as (
    select
        limited.municipality_id, limited.indicator_id, limited.org_unit, limited.staff_group, limited.split,
        limited.gender, limited.minimum,
        -- of a year to date and what it lies in, the former is withheld; else the longer period, for the shorter was asked for by name
        case when parts_of_periods.measure_time = 'ytd' then parts_of_periods.period_start else limited.period_start end as period_start,
        case when parts_of_periods.measure_time = 'ytd' then parts_of_periods.period_end else limited.period_end end as period_end,
        case when parts_of_periods.measure_time = 'ytd' then 'ytd' else limited.measure_time end as measure_time,
        limited.denominator - parts_of_periods.denominator as remainder,
        min(limited.denominator - parts_of_periods.denominator) over (
            partition by limited.municipality_id, limited.indicator_id
        ) as least_remainder
    from limited
    inner join parts_of_periods
        on {{ same_cell('limited', 'parts_of_periods') }}
        and limited.period_start <= parts_of_periods.period_start
        and limited.period_end >= parts_of_periods.period_end
    where limited.measure_time in ('period', 'ytd', 'rolling_12')
),

telling_periods as (
    select distinct municipality_id, indicator_id, org_unit, staff_group, split, gender, period_start, period_end, measure_time
    from remainders
    where least_remainder >= 0
        and remainder > 0
        and remainder < minimum
),

judged as (
    select
        limited.municipality_id, limited.indicator_id,
        coalesce(limited.org_unit, '') as org_unit,
        coalesce(limited.staff_group, '') as staff_group,
        limited.split as breakdown,
        limited.gender,
        {{ place_of('limited') }} as place,
        limited.minimum, limited.n,
        case
            when telling_periods.indicator_id is not null then 1
            when {{ is_few('limited.n', 'limited.minimum') }} then 1
            -- a share of few, also of few on average over the period
            when limited.disclosure_class = 'persons' and {{ is_few('limited.denominator', 'limited.minimum') }} then 1
            -- of staff of unknown number, only the whole is shown
            when limited.disclosure_class = 'staff_health' and limited.n is null
                and (limited.gender <> 'T' or coalesce(limited.org_unit, limited.staff_group, limited.breakdown) is not null) then 1
            when limited.disclosure_class = 'survey' and limited.unit = '%'
                and limited.n < limited.minimum_of_extremes
                and (limited.numerator = 0 or limited.numerator = limited.denominator) then 1
            else 0
        end as is_small
    from limited
    left join telling_periods
        on {{ same_cell('limited', 'telling_periods', 'split') }}
        and limited.period_start = telling_periods.period_start
        and limited.period_end = telling_periods.period_end
        and limited.measure_time = telling_periods.measure_time
    where limited.disclosure_class <> 'open'
),

-- women and men of one cell side by side
paired as (
    select
        judged.place, judged.org_unit,
        coalesce(org_units.parent_org_unit, '') as parent_org_unit,
        judged.staff_group, judged.breakdown,
        max(judged.minimum) as minimum,
        max(case when judged.gender = 'T' then judged.n end) as all_n,
        coalesce(max(case when judged.gender = 'K' then judged.n end), 0) as women_n,
        coalesce(max(case when judged.gender = 'M' then judged.n end), 0) as men_n,
        max(case when judged.gender = 'T' then judged.is_small else 0 end) as is_small,
        max(case when judged.gender <> 'T' then judged.is_small else 0 end) as has_small_gender,
        max(case when judged.gender <> 'T' then 1 else 0 end) as has_pair
    from judged
    left join org_units
        on judged.municipality_id = org_units.municipality_id
        and judged.org_unit = org_units.org_unit
    group by judged.place, judged.org_unit, org_units.parent_org_unit, judged.staff_group, judged.breakdown
),

-- A unit is a part of its department; where that has no figure, of the whole, beside the departments.
placed as (
    select
        paired.*,
        case
            when parent_org_unit = '' then 0
            else max(case when parent_org_unit = '' then 1 else 0 end) over (
                partition by place, staff_group, breakdown, case when parent_org_unit = '' then org_unit else parent_org_unit end
            )
        end as is_within_department
    from paired
),

-- The forms of housing overlap with their sums, and those with each other: one that is small withholds all.
cells as (
    select
        place, org_unit,
        case when is_within_department = 1 then parent_org_unit else org_unit end as department,
        case when is_within_department = 1 then org_unit else '' end as unit,
        staff_group, breakdown,
        {{ dbt.split_part('breakdown', "'='", 1) }} as dimension,
        minimum,
        coalesce(all_n, women_n + men_n) as all_n,
        women_n, men_n, has_pair,
        case
            when is_small = 1 then 1
            when {{ is_housing_form('breakdown') }}
                and max(case when {{ is_housing_form('breakdown') }} then is_small else 0 end) over (
                    partition by place, org_unit, staff_group
                ) = 1 then 1
            else 0
        end as is_withheld,
        case
            when is_small = 1 or has_small_gender = 1 then has_pair
            when has_pair = 1 and {{ is_few('all_n - women_n - men_n', 'minimum') }} then 1
            else 0
        end as is_pair_withheld
    from placed
),

-- A part withheld in one split is new to the others: two rounds over all of them settle what two splits at once can hold.
{%- set ns = namespace(cells='cells') %}
{%- for round in ['first', 'second'] %}
{%- for dimension in ['department', 'unit', 'staff_group', 'breakdown'] %}
{{ complete_families(ns.cells, dimension, round ~ '_' ~ dimension) }},
{% set ns.cells = round ~ '_' ~ dimension %}
{%- endfor %}
{%- endfor %}

settled_figures as (
    select
        limited.*,
        case when limited.measure_time in ('period', 'ytd') then limited.period_grain else 'none' end as grain_of_sum,
        extract(month from limited.period_start) = 1 and extract(month from limited.period_end) = 12 as is_whole_year,
        coalesce(case when limited.gender = 'T' then settled.is_withheld else settled.is_pair_withheld end, 0) as is_withheld
    from limited
    left join {{ ns.cells }} as settled
        on {{ place_of('limited') }} = settled.place
        and coalesce(limited.org_unit, '') = settled.org_unit
        and coalesce(limited.staff_group, '') = settled.staff_group
        and limited.split = settled.breakdown
),

-- Months add up to their year, of a count and of both parts of a share, so they go together where the year or a year to date is told, and
-- the
-- years to date with them: one that is small takes all, and so does a year that is withheld. A year that is not stays, also as the year to
-- December. Of shares told as years to date alone, those that leave few have gone already. Two rolling years differ by two months, a
-- rolling year and the years by the months outside: with a month withheld anywhere, those that are no year go.
summed_months as (
    select
        settled_figures.*,
        max(case when grain_of_sum in ('month', 'year') then is_withheld else 0 end) over (
            partition by {{ figure }}, extract(year from period_end)
        ) as has_withheld_of_year,
        max(case when grain_of_sum = 'year' or measure_time = 'ytd' then 1 else 0 end) over (
            partition by {{ figure }}, extract(year from period_end)
        ) as is_year_told,
        max(case when grain_of_sum = 'month' and (measure_time = 'period' or denominator is null) then 1 else 0 end) over (
            partition by {{ figure }}, extract(year from period_end)
        ) as are_months_told,
        max(case when grain_of_sum = 'month' then is_withheld else 0 end) over (
            partition by {{ figure }}
        ) as has_withheld_month
    from settled_figures
)

select
    ---------- keys
    {{ figure_key() }},

    ---------- the figure
    value, numerator, denominator, n, is_preliminary,
    is_withheld = 1
    or (
        grain_of_sum = 'month'
        and not is_whole_year
        and is_year_told = 1
        and are_months_told = 1
        and has_withheld_of_year = 1
    )
    or (not is_whole_year and measure_time = 'rolling_12' and has_withheld_month = 1) as is_suppressed,

    ---------- origin
    lineage_id, source
from summed_months
