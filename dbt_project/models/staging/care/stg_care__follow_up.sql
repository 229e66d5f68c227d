with source as (select * from {{ source('care', 'follow_ups') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    decision_id,

    ---------- follow-up
    followup_date,
    case kind when 'uppföljning' then 'follow_up' when 'omprövning' then 'reassessment' end as followup_kind,

    ---------- origin
    load_id, source_row

from source
