-- Goals with what became of them (DEFINITIONS 6). The outcome is looked up in the indicator marts, never delivered with the goal. It is
-- held
-- against the target as both are printed, by the indicator's direction or the goal's own; an outcome that is missing counts for nothing,
-- but is listed. All met: met; none: not met; otherwise partly. With more than half missing nothing is suggested.
{%- set printed_value = as_printed('value', 'decimals') %}
{%- set printed_target = as_printed('target', 'decimals') %}
with
goals as (select * from {{ ref('stg_goals__goal') }}),
goal_indicators as (select * from {{ ref('stg_goals__indicator') }}),
overrides as (select * from {{ ref('stg_goals__judgement') }}),
figures as (select * from {{ ref('indicators') }}),
indicators as (select * from {{ ref('int_indicator') }}),
choices as (select * from {{ ref('stg_config__choice') }}),
municipalities as (select * from {{ ref('int_municipality') }}),

-- for the whole staff and both sexes; a target is for a year or a quarter
outcomes as (
    select
        municipality_id, indicator_id,
        coalesce(org_unit, '') as org_unit_key,
        coalesce(breakdown, '') as breakdown_key,
        cast(extract(year from period_end) as integer) as year,
        cast(case when period_grain = 'quarter' then extract(quarter from period_end) else 0 end as integer) as quarter_key,
        value, national_mean, national_count, is_suppressed, is_simulated, lineage_id
    from figures
    where gender = 'T'
        and staff_group is null
        and period_grain in ('year', 'quarter')
        and measure_time in ('period', 'point')
),

with_outcomes as (
    select
        goal_indicators.municipality_id, goal_indicators.year, goal_indicators.goal_id, goal_indicators.row_order,
        goal_indicators.indicator_id, goal_indicators.org_unit, goal_indicators.breakdown, goal_indicators.quarter,
        goal_indicators.label, goal_indicators.target_kind, goal_indicators.target_low, goal_indicators.target_high,
        goal_indicators.statutory_limit, goal_indicators.footnote, indicators.unit, indicators.decimals,
        coalesce(goal_indicators.direction, indicators.good_direction) as direction,
        case goal_indicators.target_kind
            when 'value' then cast(goal_indicators.target as double)
            when 'beats_mean' then this_year.national_mean
            when 'beats_previous' then year_before.value
        end as target,
        this_year.value,
        year_before.value as previous_value,
        two_years_before.value as value_two_years_before,
        this_year.national_mean, this_year.national_count,
        coalesce(this_year.is_suppressed, false) as is_suppressed,
        coalesce(this_year.is_simulated, false) as is_simulated,
        this_year.lineage_id as value_lineage_id
    from goal_indicators
    left join indicators on goal_indicators.indicator_id = indicators.indicator_id
    {%- for name, years in [('this_year', 0), ('year_before', 1), ('two_years_before', 2)] %}
    left join outcomes as {{ name }}
        on goal_indicators.municipality_id = {{ name }}.municipality_id
        and goal_indicators.indicator_id = {{ name }}.indicator_id
        and coalesce(goal_indicators.org_unit, '') = {{ name }}.org_unit_key
        and coalesce(goal_indicators.breakdown, '') = {{ name }}.breakdown_key
        and coalesce(goal_indicators.quarter, 0) = {{ name }}.quarter_key
        and goal_indicators.year - {{ years }} = {{ name }}.year
    {%- endfor %}
),

judged as (
    select
        with_outcomes.*,
        case
            when target_kind = 'band' then {{ printed_value }} between target_low and target_high
            when target_kind = 'value' and direction = 'high' then {{ printed_value }} >= {{ printed_target }}
            when target_kind = 'value' and direction = 'low' then {{ printed_value }} <= {{ printed_target }}
            when direction = 'high' then {{ printed_value }} > {{ printed_target }}
            when direction = 'low' then {{ printed_value }} < {{ printed_target }}
        end as is_met
    from with_outcomes
),

counted as (
    select
        municipality_id, year, goal_id,
        count(*) as indicator_count,
        count(is_met) as measured_count,
        sum(case when is_met then 1 else 0 end) as met_count
    from judged
    group by municipality_id, year, goal_id
),

suggested as (
    select
        counted.*,
        case
            when 2 * measured_count < indicator_count then null
            when met_count = measured_count then 'met'
            when met_count = 0 then 'not_met'
            else 'partly_met'
        end as suggested_judgement
    from counted
),

words as (
    select
        municipality_id,
        replace(choice, 'goal_', '') as judgement,
        value as word
    from choices
    where choice in ('goal_met', 'goal_partly_met', 'goal_not_met')
),

goal_judgements as (
    select
        goals.municipality_id, goals.year, goals.goal_id,
        cast(coalesce(suggested.indicator_count, 0) as integer) as indicator_count,
        cast(coalesce(suggested.measured_count, 0) as integer) as measured_count,
        cast(coalesce(suggested.met_count, 0) as integer) as met_count,
        suggested.suggested_judgement,
        overrides.judgement as override_judgement,
        overrides.decided_by as override_by,
        overrides.decided_on as override_on,
        overrides.reason as override_reason,
        coalesce(overrides.judgement, suggested.suggested_judgement) as judgement
    from goals
    left join suggested
        on goals.municipality_id = suggested.municipality_id
        and goals.year = suggested.year
        and goals.goal_id = suggested.goal_id
    left join overrides
        on goals.municipality_id = overrides.municipality_id
        and goals.year = overrides.year
        and goals.goal_id = overrides.goal_id
)

select
    ---------- goal
    goals.municipality_id, municipalities.municipality, goals.year, goals.goal_id,
    cast(goals.goal_order as integer) as goal_order,
    goals.kind as goal_kind,
    goals.council_goal, goals.goal, goals.agenda_2030,

    ---------- indicator
    cast(judged.row_order as integer) as row_order,
    judged.indicator_id, judged.org_unit, judged.breakdown,
    cast(judged.quarter as integer) as quarter,
    judged.label, judged.unit,
    cast(judged.decimals as integer) as decimals,
    judged.direction, judged.footnote,

    ---------- target and outcome
    judged.target_kind, judged.target,
    cast(judged.target_low as double) as target_low,
    cast(judged.target_high as double) as target_high,
    cast(judged.statutory_limit as double) as statutory_limit,
    judged.value, judged.previous_value, judged.value_two_years_before, judged.national_mean,
    cast(judged.national_count as integer) as national_count,
    judged.is_met, judged.is_suppressed, judged.is_simulated,

    ---------- judgement of the goal, the same in all its rows
    goal_judgements.indicator_count, goal_judgements.measured_count, goal_judgements.met_count,
    goal_judgements.suggested_judgement, goal_judgements.override_judgement, goal_judgements.override_by,
    goal_judgements.override_on, goal_judgements.override_reason, goal_judgements.judgement,
    words.word as judgement_label,

    ---------- origin
    {{ register_lineage("'goals'", 'goals.municipality_id', 'goals.year') }} as lineage_id,
    judged.value_lineage_id

from goals
inner join goal_judgements
    on goals.municipality_id = goal_judgements.municipality_id
    and goals.year = goal_judgements.year
    and goals.goal_id = goal_judgements.goal_id
left join judged
    on goals.municipality_id = judged.municipality_id
    and goals.year = judged.year
    and goals.goal_id = judged.goal_id
left join words
    on goals.municipality_id = words.municipality_id
    and goal_judgements.judgement = words.judgement
left join municipalities on goals.municipality_id = municipalities.municipality_id
