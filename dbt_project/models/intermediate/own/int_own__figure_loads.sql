-- The loads that each figure of a municipality's own rows rests on.
with

final as (

    {%- for own_source in own_sources() %}

    select
        lineage_id,
        load_id
    from {{ ref('int_' ~ own_source ~ '__figure_loads') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
