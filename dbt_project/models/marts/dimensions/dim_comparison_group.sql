with
comparison_groups as (select * from {{ ref('stg_config__comparison_group') }}),
members as (select * from {{ ref('int_comparison__member') }}),
titles as (select * from {{ ref('stg_kolada__municipality_group_member') }}),

group_titles as (
    select
        group_id,
        max(group_title) as group_title
    from titles
    group by group_id
),

member_counts as (
    select
        municipality_id, group_id, kind, similar_group_kind,
        count(*) as member_count
    from members
    group by municipality_id, group_id, kind, similar_group_kind
)

select
    ---------- ids
    comparison_groups.municipality_id, comparison_groups.group_id,

    ---------- text
    comparison_groups.kind, comparison_groups.similar_group_kind, comparison_groups.label, group_titles.group_title,

    ---------- numerics
    coalesce(member_counts.member_count, 0) as member_count

from comparison_groups
left join group_titles on comparison_groups.group_id = group_titles.group_id
left join member_counts
    on comparison_groups.municipality_id = member_counts.municipality_id
    and comparison_groups.group_id = member_counts.group_id
    and comparison_groups.kind = member_counts.kind
    and coalesce(comparison_groups.similar_group_kind, '') = coalesce(member_counts.similar_group_kind, '')
