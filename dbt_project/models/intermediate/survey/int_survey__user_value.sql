{#- Percentage points that a unit's share must have fallen by to be counted as a decline: a choice, since the printed reports name no
    limit. Less than ten points is within the chance of a unit with a few dozen answers. -#}
{%- set decline = 10 -%}
with
user_answers as (select * from {{ ref('int_survey__user_answer') }}),
limits as (select * from {{ ref('stg_config__disclosure_limit') }}),

-- A question's earlier wordings are series of their own.
versions as (
    select
        municipality_id, indicator_id, question_version,
        row_number() over (partition by municipality_id, indicator_id order by survey_year desc, question_version desc) as version_age
    from user_answers
),

shares as (
    select
        user_answers.*,
        case
            when user_answers.question_version <> versions.question_version then 'question_version=' || user_answers.question_version
        end as breakdown,
        {{ ratio('user_answers.n_positive', 'user_answers.n_answers', times=100) }},
        cast(user_answers.n_answers as bigint) as n,
        user_answers.survey_year as first_year
    from user_answers
    inner join versions
        on user_answers.municipality_id = versions.municipality_id
        and user_answers.indicator_id = versions.indicator_id
        and versions.version_age = 1
),

-- Units that could be asked the same question in both years, with answers enough to be shown in both.
compared_units as (
    select
        later.municipality_id, later.survey_year, later.breakdown, later.n,
        case when later.value - earlier.value <= -{{ decline }} then 1 else 0 end as has_declined
    from shares as later
    inner join shares as earlier
        on later.municipality_id = earlier.municipality_id
        and later.indicator_id = earlier.indicator_id
        and later.org_unit = earlier.org_unit
        and later.question_version = earlier.question_version
        and later.gender = earlier.gender
        and later.survey_year = earlier.survey_year + 1
    left join limits
        on later.municipality_id = limits.municipality_id
        and limits.disclosure_class = 'survey'
    where later.indicator_id = 'sabo_can_raise_complaints_share'
        and later.gender = 'T'
        and later.n >= {{ minimum_of("limits", "'survey'") }}
        and earlier.n >= {{ minimum_of("limits", "'survey'") }}
),

measured as (
    select
        municipality_id, indicator_id, survey_year, org_unit, breakdown, gender, value, numerator, denominator, n,
        first_year
    from shares

    union all

    select
        municipality_id,
        'sabo_units_with_decline' as indicator_id,
        survey_year,
        {{ no_text('org_unit') }},
        breakdown,
        'T' as gender,
        cast(sum(has_declined) as double) as value,
        {{ no_ratio() }},
        cast(sum(n) as bigint) as n,
        survey_year - 1 as first_year
    from compared_units
    group by municipality_id, survey_year, breakdown
)

select
    ---------- keys
    municipality_id, indicator_id, org_unit, breakdown, gender,
    {{ day_of_year('survey_year', '-01-01') }} as period_start,
    {{ day_of_year('survey_year', '-12-31') }} as period_end,
    'year' as period_grain,

    ---------- the figure
    value, numerator, denominator, n,

    ---------- origin
    'survey:' || municipality_id || ':users:'
    || case when first_year < survey_year then cast(first_year as {{ dbt.type_string() }}) || '-' else '' end
    || cast(survey_year as {{ dbt.type_string() }}) as lineage_id,
    first_year

from measured
