-- The first dwelling that was offered on a decision, whatever the reply. An offer that several years' extracts hold is the latest's.
with
offers as (select * from {{ ref('stg_care__offer') }}),

numbered as (
    select
        municipality_id, decision_id, offer_made_date, offered_move_in_date, reply,
        row_number() over (partition by municipality_id, decision_id, offer_made_date order by year desc) as recency
    from offers
)

select
    ---------- keys
    municipality_id, decision_id,

    ---------- offers
    min(offered_move_in_date) as first_move_in_date,
    min(case when reply = 'declined' then offer_made_date end) as first_declined_date

from numbered
where recency = 1
group by municipality_id, decision_id
