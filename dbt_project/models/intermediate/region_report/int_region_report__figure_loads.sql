with

loads as (

    select * from {{ ref('stg_loads__load') }} where source = 'region_report'

),

final as (

    select
        ---------- keys
        'region_report:' || municipality_id || ':' || period as lineage_id,
        load_id

    from loads

)

select * from final
