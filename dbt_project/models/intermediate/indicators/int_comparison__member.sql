-- Who a configured municipality is compared with. Membership is the configured group's latest and holds for all years.
-- As Kolada does, the own municipality is left out of the similar ones and kept in the region.
with
comparison_groups as (select * from {{ ref('stg_config__comparison_group') }}),
members as (select * from {{ ref('stg_kolada__municipality_group_member') }})

select
    ---------- ids
    comparison_groups.municipality_id, comparison_groups.group_id, members.member_id,

    ---------- text
    comparison_groups.kind, comparison_groups.similar_group_kind, members.member

from comparison_groups
inner join members on comparison_groups.group_id = members.group_id
where comparison_groups.kind = 'region'
    or members.member_id <> comparison_groups.municipality_id
