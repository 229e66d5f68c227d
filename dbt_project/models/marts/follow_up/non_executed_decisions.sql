-- The quarterly report of decisions that were not executed in time. Counts of few persons (1-4, or as configured) are withheld, and with
-- them the whole split that
-- they stand in and everything below it: the parts that remained would give them away beside their sum. Open and interrupted are parts
-- of what was not executed, and are withheld together.
{%- set minimum = minimum_of('limits', "'persons'") %}
with
non_executed as (select * from {{ ref('int_care__non_executed') }}),
delivered as (select * from {{ ref('int_care__delivered_year') }} where has_all),

-- A year without a law that other years hold has no report: what was not delivered would be counted as executed.
quarters as (
    select periods.municipality_id, periods.period_end
    from {{ ref('int_care__period') }} as periods
    inner join delivered
        on periods.municipality_id = delivered.municipality_id
        and extract(year from periods.period_end) = delivered.year
    where periods.kind = 'month_end'
        and extract(month from periods.period_end) in (3, 6, 9, 12)
),

municipalities as (select * from {{ ref('int_municipality') }}),
limits as (select * from {{ ref('stg_config__disclosure_limit') }} where disclosure_class = 'persons'),

levels as (
    select 'all' as level
    union all select 'law'
    union all select 'service'
    union all select 'gender'
    union all select 'reason'
),

members as (
    select
        quarters.municipality_id, quarters.period_end, levels.level,
        case when levels.level <> 'all' then non_executed.law end as law,
        case when levels.level not in ('all', 'law') then non_executed.service end as service,
        case when levels.level = 'gender' then coalesce(non_executed.gender, 'U') else 'T' end as gender,
        case when levels.level = 'reason' then coalesce(non_executed.waiting_reason, 'ej angivet') end as reason,
        non_executed.state, non_executed.person_id, non_executed.days
    from quarters
    cross join levels
    left join non_executed
        on quarters.municipality_id = non_executed.municipality_id
        and quarters.period_end = non_executed.day
    where levels.level = 'all'
        or non_executed.decision_id is not null
),

counted as (
    select
        municipality_id, period_end, level, law, service, gender, reason,
        count(case when state = 'open' then 1 end) as open_decisions,
        count(case when state = 'interrupted' then 1 end) as interruptions,
        count(case when state = 'ended_late' then 1 end) as ended_late,
        count(distinct case when state <> 'ended_late' then person_id end) as persons,
        count(distinct case when state = 'open' then person_id end) as open_persons,
        count(distinct case when state = 'interrupted' then person_id end) as interrupted_persons,
        count(distinct case when state = 'ended_late' then person_id end) as ended_persons,
        percentile_cont(0.5) within group (order by case when state <> 'ended_late' then days end) as median_days,
        max(case when state <> 'ended_late' then days end) as longest_days
    from members
    group by municipality_id, period_end, level, law, service, gender, reason
),

judged as (
    select
        counted.municipality_id, counted.period_end, counted.level, counted.law, counted.service, counted.gender,
        counted.reason, counted.open_decisions, counted.interruptions, counted.ended_late, counted.median_days,
        counted.longest_days,
        case when {{ is_few('counted.persons', minimum) }} then 1 else 0 end as is_small,
        case
            when {{ is_few('counted.persons', minimum) }} then 1
            when {{ is_few('counted.open_persons', minimum) }} then 1
            when {{ is_few('counted.interrupted_persons', minimum) }} then 1
            else 0
        end as is_small_part,
        case when {{ is_few('counted.ended_persons', minimum) }} then 1 else 0 end as is_small_ended
    from counted
    left join limits on counted.municipality_id = limits.municipality_id
),

guarded as (
    select
        municipality_id, period_end, law, service, gender, reason, open_decisions, interruptions, ended_late,
        median_days, longest_days,
        {{ is_withheld('is_small') }} as is_withheld,
        {{ is_withheld('is_small_part') }} as are_parts_withheld,
        {{ is_withheld('is_small_ended') }} as is_ended_withheld
    from judged
)

select
    ---------- keys
    guarded.municipality_id, municipalities.municipality,
    cast(guarded.period_end as date) as period_end,
    guarded.law, guarded.service, guarded.gender, guarded.reason,

    ---------- what is reported
    case when not guarded.is_withheld then guarded.open_decisions + guarded.interruptions end as non_executed,
    case when not guarded.are_parts_withheld then guarded.open_decisions end as open_decisions,
    case when not guarded.are_parts_withheld then guarded.interruptions end as interruptions,
    case when not guarded.is_ended_withheld then guarded.ended_late end as ended_late,
    case when not guarded.is_withheld then guarded.median_days end as median_days,
    case when not guarded.is_withheld then cast(guarded.longest_days as bigint) end as longest_days,
    guarded.is_withheld as is_suppressed,
    guarded.are_parts_withheld or guarded.is_ended_withheld as has_suppressed_parts,

    ---------- origin
    'care:decisions:' || guarded.municipality_id || ':' || cast(guarded.period_end as {{ dbt.type_string() }})
    || ':' || cast(guarded.period_end as {{ dbt.type_string() }}) as lineage_id

from guarded
left join municipalities on guarded.municipality_id = municipalities.municipality_id
