-- The internal control: what was sampled, how much of it held, what the statistics say, and the judgement. The judgement is the reviewers';
-- the platform suggests one beside it, from the share that held and the limits of the configuration (DEFINITIONS 6).
with
controls as (select * from {{ ref('stg_internal_control__control') }}),
figures as (select * from {{ ref('indicators') }}),
choices as (select * from {{ ref('stg_config__choice') }}),
municipalities as (select * from {{ ref('int_municipality') }}),

limits as (
    select
        municipality_id,
        max(case when choice = 'control_clean_percent' then cast(value as double) end) as clean_percent,
        max(case when choice = 'control_negligible_percent' then cast(value as double) end) as negligible_percent
    from choices
    where choice in ('control_clean_percent', 'control_negligible_percent')
    group by municipality_id
),

-- of a control's rows, one sample may have been drawn over several
samples as (
    select
        municipality_id, year, control_id, sample_label,
        100.0 * sum(sample_n) / sum(population) as sample_group_share
    from controls
    where sample_label is not null
    group by municipality_id, year, control_id, sample_label
),

shared as (
    select
        municipality_id, year, control_id, row_order, threshold_kind,
        100.0 * sample_n / population as sample_share,
        100.0 * fulfilled_n / sample_n as fulfilled_share
    from controls
),

graded as (
    select
        shared.*,
        case
            when shared.threshold_kind <> 'share' or shared.fulfilled_share is null then null
            when shared.fulfilled_share >= limits.clean_percent then 1
            when shared.fulfilled_share >= limits.negligible_percent then 2
            else 3
        end as grade
    from shared
    left join limits on shared.municipality_id = limits.municipality_id
),

worst as (
    select
        municipality_id, year, control_id,
        max(grade) as grade
    from graded
    group by municipality_id, year, control_id
),

grades as (
    select
        1 as grade,
        'utan anmärkning' as judgement
    union all
    select
        2 as grade,
        'försumbar anmärkning' as judgement
    union all
    select
        3 as grade,
        'med anmärkning' as judgement
)

select
    ---------- control
    controls.municipality_id, municipalities.municipality, controls.year, controls.control_id,
    cast(controls.row_order as integer) as row_order,
    controls.risk, controls.risk_description, controls.control,

    ---------- what the row measures
    controls.label, controls.decision_type, controls.law, controls.period_start, controls.period_end,
    controls.method, controls.reviewer_role,

    ---------- the sample
    cast(controls.population as integer) as population,
    cast(controls.sample_n as integer) as sample_n,
    cast(controls.fulfilled_n as integer) as fulfilled_n,
    cast(graded.sample_share as double) as sample_share,
    cast(graded.fulfilled_share as double) as fulfilled_share,
    controls.sample_label,
    cast(samples.sample_group_share as double) as sample_group_share,

    ---------- the statistics
    controls.indicator_id, controls.breakdown, figures.value, figures.unit, figures.n,
    coalesce(figures.is_suppressed, false) as is_suppressed,
    coalesce(figures.is_simulated, false) as is_simulated,

    ---------- judgement
    controls.threshold_kind,
    row_grades.judgement as suggested_judgement,
    control_grades.judgement as control_suggested_judgement,
    controls.judgement as delivered_judgement,
    coalesce(controls.judgement, control_grades.judgement) as judgement,
    coalesce(controls.judgement, control_grades.judgement) = 'med anmärkning' as has_remark,
    controls.result_text, controls.action,

    ---------- origin
    {{ register_lineage("'internal_control'", 'controls.municipality_id', 'controls.year') }} as lineage_id,
    figures.lineage_id as value_lineage_id

from controls
inner join graded
    on controls.municipality_id = graded.municipality_id
    and controls.year = graded.year
    and controls.control_id = graded.control_id
    and controls.row_order = graded.row_order
inner join worst
    on controls.municipality_id = worst.municipality_id
    and controls.year = worst.year
    and controls.control_id = worst.control_id
left join grades as row_grades on graded.grade = row_grades.grade
left join grades as control_grades on worst.grade = control_grades.grade
left join samples
    on controls.municipality_id = samples.municipality_id
    and controls.year = samples.year
    and controls.control_id = samples.control_id
    and controls.sample_label = samples.sample_label
left join figures
    on controls.municipality_id = figures.municipality_id
    and controls.indicator_id = figures.indicator_id
    and controls.period_start = figures.period_start
    and controls.period_end = figures.period_end
    and coalesce(controls.breakdown, '') = coalesce(figures.breakdown, '')
    and figures.measure_time = 'period'
    and figures.gender = 'T'
    and figures.org_unit is null
    and figures.staff_group is null
left join municipalities on controls.municipality_id = municipalities.municipality_id
