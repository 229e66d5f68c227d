with

members as (

    select * from {{ ref('int_comparison__member') }}

),

final as (

    select
        ---------- ids
        municipality_id,
        group_id,
        member_id,

        ---------- text
        kind,
        similar_group_kind,
        member

    from members

)

select * from final
