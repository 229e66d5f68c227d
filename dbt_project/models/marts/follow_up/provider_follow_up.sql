-- The follow-up of private providers as it was delivered: "in the main" is a judgement of people, which nothing is derived from.
with
follow_ups as (select * from {{ ref('stg_providers__follow_up') }}),
municipalities as (select * from {{ ref('int_municipality') }})

select
    follow_ups.municipality_id, municipalities.municipality, follow_ups.year, follow_ups.follow_up_id,
    cast(follow_ups.row_order as integer) as row_order,
    follow_ups.contract, follow_ups.legal_basis, follow_ups.subject, follow_ups.is_fulfilled, follow_ups.finding,
    follow_ups.impact, follow_ups.action,
    cast(follow_ups.min_months as integer) as min_months,
    {{ register_lineage("'providers'", 'follow_ups.municipality_id', 'follow_ups.year') }} as lineage_id
from follow_ups
left join municipalities on follow_ups.municipality_id = municipalities.municipality_id
