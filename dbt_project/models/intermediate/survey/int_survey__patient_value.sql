with
patients as (select * from {{ ref('stg_survey__patient') }}),

genders as (
    select 'T' as gender
    union all select 'K'
    union all select 'M'
),

instruments as (
    select 'PERCCI' as instrument, 'percci_score' as indicator_id, 'instrument=percci' as breakdown
    union all select 'PERCCI-S', 'percci_s_score', 'instrument=percci_s'
),

satisfaction_classes as (
    select 'kpv_satisfied_share' as indicator_id, 3 as lowest, 4 as highest
    union all select 'kpv_very_satisfied_share', 4, 4
    union all select 'kpv_fairly_satisfied_share', 3, 3
),

-- A respondent with a statement unanswered has no score: a sum with a term missing would be a lower one.
respondents as (
    select
        patients.municipality_id, patients.survey_year, genders.gender, patients.instrument, patients.satisfaction,
        {% for number in range(1, 13) %}patients.item_{{ number }}{{ ' + ' if not loop.last }}{% endfor %} as score  -- noqa: LT05
    from patients
    inner join genders
        on genders.gender = 'T'
        or patients.gender = genders.gender
),

measured as (
    select
        respondents.municipality_id, instruments.indicator_id,
        {{ no_text('breakdown') }},
        respondents.survey_year, respondents.gender,
        {{ ratio('sum(respondents.score)', 'count(respondents.score)') }},
        count(respondents.score) as n
    from respondents
    inner join instruments on respondents.instrument = instruments.instrument
    group by respondents.municipality_id, instruments.indicator_id, respondents.survey_year, respondents.gender

    union all

    select
        respondents.municipality_id,
        'percci_incomplete_answers' as indicator_id,
        instruments.breakdown, respondents.survey_year,
        'T' as gender,
        cast(count(*) - count(respondents.score) as double) as value,
        {{ no_ratio() }},
        count(*) as n
    from respondents
    inner join instruments on respondents.instrument = instruments.instrument
    where respondents.gender = 'T'
    group by respondents.municipality_id, instruments.breakdown, respondents.survey_year

    union all

    select
        respondents.municipality_id, satisfaction_classes.indicator_id,
        {{ no_text('breakdown') }},
        respondents.survey_year, respondents.gender,
        100 * cast(
            sum(
                case
                    when respondents.satisfaction between satisfaction_classes.lowest and satisfaction_classes.highest then 1
                    else 0
                end
            ) as double
        ) / count(*) as value,
        cast(
            sum(
                case
                    when respondents.satisfaction between satisfaction_classes.lowest and satisfaction_classes.highest then 1
                    else 0
                end
            ) as double
        ) as numerator,
        cast(count(*) as double) as denominator,
        count(*) as n
    from respondents
    cross join satisfaction_classes
    where respondents.satisfaction is not null
    group by respondents.municipality_id, satisfaction_classes.indicator_id, respondents.survey_year, respondents.gender
)

select
    ---------- keys
    municipality_id, indicator_id,
    {{ no_text('org_unit') }},
    breakdown, gender,
    {{ day_of_year('survey_year', '-01-01') }} as period_start,
    {{ day_of_year('survey_year', '-12-31') }} as period_end,
    'year' as period_grain,

    ---------- the figure
    value, numerator, denominator,
    cast(n as bigint) as n,

    ---------- origin
    'survey:' || municipality_id || ':patients:' || cast(survey_year as {{ dbt.type_string() }}) as lineage_id,
    survey_year as first_year

from measured
