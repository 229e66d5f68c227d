with
kolada_figures as (select * from {{ ref('int_kolada__figure') }}),
own_figures as (select * from {{ ref('int_own__figure') }})

select
    {{ indicator_mart_columns() }}
from kolada_figures
where domain = 'quality'

union all

select
    {{ indicator_mart_columns() }}
from own_figures
where domain = 'quality'
