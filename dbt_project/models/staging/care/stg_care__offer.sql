with source as (select * from {{ source('care', 'offers') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    decision_id,

    ---------- offer
    offer_made_date, offered_move_in_date,
    case reply when 'ja' then 'accepted' when 'nej' then 'declined' end as reply,

    ---------- origin
    load_id, source_row

from source
