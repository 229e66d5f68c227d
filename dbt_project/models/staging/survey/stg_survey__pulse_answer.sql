with source as (select * from {{ source('survey', 'pulse') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as survey_year,
    {{ first_of_month("year || case quarter when 1 then '-01' when 2 then '-04' when 3 then '-07' else '-10' end") }} as quarter_start,
    {{ last_of_month(
        first_of_month("year || case quarter when 1 then '-03' when 2 then '-06' when 3 then '-09' else '-12' end")
    ) }} as quarter_end,
    department, unit, question_id, question_version, respondent_id,

    ---------- the question
    question, indicator_id,

    ---------- the answers
    case answer when '1' then 1 when '2' then 2 when '3' then 3 when '4' then 4 end as score,
    answers, invited,

    ---------- origin
    load_id, source_row

from source
