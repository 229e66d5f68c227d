with source as (select * from {{ source('survey', 'patients') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as survey_year,
    respondent_id,

    ---------- respondent
    gender, age_band,

    ---------- the answers
    instrument,
    {%- for number in range(1, 13) %}
    item_{{ number }},
    {%- endfor %}
    satisfaction,

    ---------- origin
    load_id, source_row

from source
