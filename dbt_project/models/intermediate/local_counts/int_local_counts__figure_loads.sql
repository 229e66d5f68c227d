with

loads as (

    select * from {{ ref('stg_loads__load') }} where source = 'local_counts'

),

final as (

    select
        ---------- keys
        'local_counts:' || municipality_id || ':' || period as lineage_id,
        load_id

    from loads

)

select * from final
