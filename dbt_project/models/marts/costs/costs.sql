with

figures as (

    select * from {{ ref('int_kolada__figure') }}

),

final as (

    select
        {{ indicator_mart_columns() }}
    from figures
    where domain = 'costs'

)

select * from final
