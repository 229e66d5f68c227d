with

loads as (

    select * from {{ ref('stg_loads__load') }} where source = 'support_need'

),

final as (

    select
        ---------- keys
        'support_need:' || municipality_id || ':' || period as lineage_id,
        load_id

    from loads

)

select * from final
