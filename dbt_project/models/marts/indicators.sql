{{ config(materialized='view') }}

with

final as (

    {%- for domain in ['volumes', 'costs', 'quality', 'staffing'] %}

    select
        '{{ domain }}' as domain,
        {{ indicator_mart_columns() }}
    from {{ ref(domain) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
