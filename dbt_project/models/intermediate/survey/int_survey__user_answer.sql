with
user_answers as (select * from {{ ref('stg_survey__user_answer') }}),
org_units as (select * from {{ ref('stg_config__org_unit') }}),

genders as (
    select 'T' as gender
    union all select 'K'
    union all select 'M'
),

-- T as delivered, else women and men together.
by_unit as (
    select
        municipality_id, survey_year, unit, indicator_id, question_version,
        coalesce(
            sum(case when gender = 'T' then n_answers end), sum(case when gender <> 'T' then n_answers end)
        ) as answers_t,
        coalesce(
            sum(case when gender = 'T' then n_positive end), sum(case when gender <> 'T' then n_positive end)
        ) as positive_t,
        sum(case when gender = 'K' then n_answers end) as answers_k,
        sum(case when gender = 'K' then n_positive end) as positive_k,
        sum(case when gender = 'M' then n_answers end) as answers_m,
        sum(case when gender = 'M' then n_positive end) as positive_m,
        case
            when count(case when gender = 'T' then 1 end) = 0 or count(case when gender <> 'T' then 1 end) = 2 then 1 else 0
        end as is_split
    from user_answers
    group by municipality_id, survey_year, unit, indicator_id, question_version
),

-- A sex has a figure for the whole only where every unit told the sexes apart.
in_whole as (
    select
        municipality_id, survey_year,
        {{ no_text('org_unit') }},
        indicator_id, question_version,
        sum(answers_t) as answers_t,
        sum(positive_t) as positive_t,
        sum(answers_k) as answers_k,
        sum(positive_k) as positive_k,
        sum(answers_m) as answers_m,
        sum(positive_m) as positive_m,
        min(is_split) as is_split
    from by_unit
    group by municipality_id, survey_year, indicator_id, question_version
),

-- A unit that the configuration does not know, such as another provider's, counts in the whole only.
in_known_units as (
    select
        by_unit.municipality_id, by_unit.survey_year, org_units.org_unit, by_unit.indicator_id,
        by_unit.question_version, by_unit.answers_t, by_unit.positive_t, by_unit.answers_k, by_unit.positive_k,
        by_unit.answers_m, by_unit.positive_m, by_unit.is_split
    from by_unit
    inner join org_units
        on by_unit.municipality_id = org_units.municipality_id
        and by_unit.unit = org_units.org_unit
),

counted as (
    select * from in_whole
    union all
    select * from in_known_units
)

select
    ---------- keys
    counted.municipality_id, counted.survey_year, counted.org_unit, counted.indicator_id, counted.question_version,
    genders.gender,

    ---------- the answers
    case genders.gender when 'T' then counted.answers_t when 'K' then counted.answers_k else counted.answers_m end as n_answers,
    case genders.gender when 'T' then counted.positive_t when 'K' then counted.positive_k else counted.positive_m end as n_positive

from counted
cross join genders
where genders.gender = 'T'
    or (
        counted.is_split = 1
        and case genders.gender when 'K' then counted.answers_k else counted.answers_m end is not null
    )
