with

loads as (

    select * from {{ ref('stg_loads__load') }} where source = 'kpb'

),

final as (

    select
        ---------- keys
        'kpb:' || municipality_id || ':' || period as lineage_id,
        load_id

    from loads

)

select * from final
