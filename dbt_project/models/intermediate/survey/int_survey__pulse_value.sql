-- A department is the sum of its rows and the whole the sum of all: also of answers that the supplier hands out without a department,
-- because too few gave them.
with
pulse_answers as (select * from {{ ref('stg_survey__pulse_answer') }}),

cells as (
    select 'total' as cell
    union all select 'department'
    union all select 'unit'
),

-- "vet ej" has no score and is no answer here
by_cell as (
    select
        pulse_answers.municipality_id, pulse_answers.survey_year, pulse_answers.quarter_start,
        pulse_answers.quarter_end,
        case cells.cell when 'department' then pulse_answers.department when 'unit' then pulse_answers.unit end as org_unit,
        pulse_answers.question_id, pulse_answers.question_version,
        max(pulse_answers.indicator_id) as indicator_id,
        sum(pulse_answers.score * pulse_answers.answers) as score_sum,
        sum(case when pulse_answers.score >= 3 then pulse_answers.answers else 0 end) as agreeing,
        sum(pulse_answers.answers) as answers
    from pulse_answers
    cross join cells
    where pulse_answers.score is not null
        and (
            cells.cell = 'total'
            or (cells.cell = 'department' and pulse_answers.department is not null)
            or (cells.cell = 'unit' and pulse_answers.unit is not null)
        )
    group by
        pulse_answers.municipality_id, pulse_answers.survey_year, pulse_answers.quarter_start, pulse_answers.quarter_end,
        case cells.cell when 'department' then pulse_answers.department when 'unit' then pulse_answers.unit end,
        pulse_answers.question_id, pulse_answers.question_version
),

-- A question's earlier wordings are series of their own.
newest_version as (
    select
        municipality_id, indicator_id, question_version,
        row_number() over (partition by municipality_id, indicator_id order by quarter_end desc, question_version desc) as version_age
    from by_cell
    where indicator_id is not null
),

measured as (
    -- the mean of the questions' means (DEFINITIONS 3.3); behind it stand as many answers as the least answered question has.
    -- A round delivered with one question only has no mean of all questions. Means are added as decimals: doubles give another last
    -- bit in another order.
    select
        municipality_id,
        'pulse_mean_all_questions' as indicator_id,
        survey_year, quarter_start, quarter_end, org_unit,
        {{ no_text('breakdown') }},
        cast(sum(cast(cast(score_sum as double) / answers as decimal(38, 20))) as double) / count(*) as value,
        cast(sum(cast(cast(score_sum as double) / answers as decimal(38, 20))) as double) as numerator,
        cast(count(*) as double) as denominator,
        cast(min(answers) as bigint) as n
    from by_cell
    where answers > 0
    group by municipality_id, survey_year, quarter_start, quarter_end, org_unit
    having count(*) > 1

    union all

    -- "Instämmer helt" and "Instämmer" of all answers (DEFINITIONS 3.4)
    select
        by_cell.municipality_id, by_cell.indicator_id, by_cell.survey_year, by_cell.quarter_start, by_cell.quarter_end,
        by_cell.org_unit,
        case
            when by_cell.question_version <> newest_version.question_version then 'question_version=' || by_cell.question_version
        end as breakdown,
        {{ ratio('by_cell.agreeing', 'by_cell.answers', times=100) }},
        cast(by_cell.answers as bigint) as n
    from by_cell
    inner join newest_version
        on by_cell.municipality_id = newest_version.municipality_id
        and by_cell.indicator_id = newest_version.indicator_id
        and newest_version.version_age = 1
)

select
    ---------- keys
    municipality_id, indicator_id, org_unit, breakdown,
    'T' as gender,
    quarter_start as period_start,
    quarter_end as period_end,
    'quarter' as period_grain,

    ---------- the figure
    value, numerator, denominator, n,

    ---------- origin
    'survey:' || municipality_id || ':pulse:' || cast(survey_year as {{ dbt.type_string() }}) as lineage_id,
    survey_year as first_year

from measured
