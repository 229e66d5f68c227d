with

loads as (

    select * from {{ ref('stg_loads__load') }} where source = 'homecare_index'

),

final as (

    select
        ---------- keys
        'homecare_index:' || municipality_id || ':' || period as lineage_id,
        load_id

    from loads

)

select * from final
