with source as (select * from {{ source('survey', 'users') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as survey_year,
    unit, indicator_id, question_version, gender,

    ---------- the question
    service, question,

    ---------- the answers
    n_answers, n_positive, invited,

    ---------- origin
    load_id, source_row

from source
